"""What is done to one enrolment: enrol, record, move, pause, resume, drop, transfer, undo."""

from __future__ import annotations

import sys
from datetime import date
from typing import Annotated, Any

import typer

from cli.desk import opened
from cli.options import By, CommandId, Json, On, Pathway, Reference, as_date
from cli.output import as_json, danish, say, warn
from engine.refusal import Refused
from onboarding.assign import assign as assign_verb
from onboarding.drop import drop as drop_verb
from onboarding.move import move as move_verb
from onboarding.pause import pause as pause_verb
from onboarding.pause import resume as resume_verb
from onboarding.record import record as record_verb
from onboarding.transfer import transfer as transfer_verb
from onboarding.undo import undo as undo_verb
from onboarding.withdraw import withdraw as withdraw_verb

app = typer.Typer()

_STATUS = {"open": "i gang", "paused": "på pause", "ended": "afsluttet"}
_LONGEST_CPR_INPUT = 64


@app.command()
def enrol(
    pathway: Pathway,
    name: Annotated[str, typer.Option("--name", help="Kandidatens fulde navn.")],
    cpr: Annotated[str, typer.Option("--cpr", help="Altid »-«: CPR-nummeret læses fra standard input.")],
    area: Annotated[str, typer.Option("--area", help="Værtsområdet.")],
    coordinator: Annotated[str, typer.Option("--coordinator", help="Koordinatorens e-mail.")],
    start: Annotated[date, typer.Option("--start", parser=as_date, metavar="DATO", help="Den første dag.")],
    consent: Annotated[bool, typer.Option("--consent", help="Samtykket er givet.")] = False,
    phone: Annotated[str | None, typer.Option("--phone", help="Telefon.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="Kandidatens e-mail.")] = None,
    mother_tongue: Annotated[str | None, typer.Option("--mother-tongue", help="Modersmål.")] = None,
    on: On = None,
    by: By = None,
    command_id: CommandId = None,
    as_json_: Json = False,
) -> None:
    """Indskriv én kandidat. CPR-nummeret skrives aldrig på kommandolinjen, men sendes ind: --cpr -"""
    from onboarding.enrol import Applicant
    from onboarding.enrol import enrol as enrol_verb
    from onboarding.keyring import keyring_of

    applicant = Applicant(
        cpr=cpr_from_input(cpr),
        name=name,
        area=area,
        coordinator=coordinator,
        starts_on=start,
        consent=consent,
        phone=phone,
        email=email,
        mother_tongue=mother_tongue,
    )
    with opened() as desk, desk.database.write() as session:
        keyring = keyring_of(session, desk.settings.key_file)
        answer = enrol_verb(session, keyring, pathway, applicant, desk.signed(on, by, command_id))
    _tell(answer, as_json_)
    for notice in answer["notices"]:
        warn(notice)


def cpr_from_input(option: str) -> str:
    """The CPR number from standard input: an argument would show among the processes and in the shell's history."""
    if option != "-":
        raise Refused("CPR-nummeret må ikke stå på kommandolinjen. Skriv »--cpr -«, og send det på standard input.")
    if sys.stdin.isatty():
        typed: str = typer.prompt("CPR-nummer", hide_input=True)
        return typed
    return sys.stdin.readline(_LONGEST_CPR_INPUT)


@app.command()
def record(
    reference: Reference,
    milestone: Annotated[str, typer.Argument(help="Milepælens nøgle; se »sosu pathway show«.")],
    value: Annotated[str | None, typer.Option("--value", help="Milepælens værdi, hvis den har en.")] = None,
    achieved: Annotated[
        date | None,
        typer.Option("--achieved-on", parser=as_date, metavar="DATO", help="Hvornår den blev nået, hvis tidligere."),
    ] = None,
    on: On = None,
    by: By = None,
    command_id: CommandId = None,
    as_json_: Json = False,
) -> None:
    """Registrér en milepæl. Trin, der ventede på den, tages med det samme."""
    with opened() as desk, desk.database.write() as session:
        answer = record_verb(session, reference, milestone, desk.signed(on, by, command_id), value, achieved)
    _tell(answer, as_json_)


@app.command()
def withdraw(
    reference: Reference,
    milestone: Annotated[str, typer.Argument(metavar="MILEPÆL", help="Milepælens nøgle; se »sosu show«.")],
    on: On = None,
    by: By = None,
    command_id: CommandId = None,
    as_json_: Json = False,
) -> None:
    """Træk en milepæl tilbage, der er registreret ved en fejl. Ingen flyttes; en flytning fortrydes med undo."""
    with opened() as desk, desk.database.write() as session:
        answer = withdraw_verb(session, reference, milestone, desk.signed(on, by, command_id))
    _tell(answer, as_json_)


@app.command()
def move(
    reference: Reference,
    step: Annotated[str, typer.Argument(help="Trinnets nøgle, eller nøglen på det, det fører til.")],
    on: On = None,
    by: By = None,
    command_id: CommandId = None,
    as_json_: Json = False,
) -> None:
    """Flyt i hånden. Afvises med alle manglende betingelser."""
    with opened() as desk, desk.database.write() as session:
        answer = move_verb(session, reference, step, desk.signed(on, by, command_id))
    _tell(answer, as_json_)


@app.command()
def pause(
    reference: Reference,
    reason: Annotated[str, typer.Option("--reason", help="Årsag fra forløbets liste, fx illness.")] = "other",
    review: Annotated[
        date | None,
        typer.Option("--review-on", "--until", parser=as_date, metavar="DATO", help="Opfølgning; normalt om 4 uger."),
    ] = None,
    on: On = None,
    by: By = None,
    command_id: CommandId = None,
    as_json_: Json = False,
) -> None:
    """Sæt på pause. Prognosen flytter sig, og ingen rykkes imens."""
    with opened() as desk, desk.database.write() as session:
        answer = pause_verb(session, reference, desk.signed(on, by, command_id), reason, review)
    _tell(answer, as_json_)


@app.command()
def resume(
    reference: Reference, on: On = None, by: By = None, command_id: CommandId = None, as_json_: Json = False
) -> None:
    """Genoptag efter en pause."""
    with opened() as desk, desk.database.write() as session:
        answer = resume_verb(session, reference, desk.signed(on, by, command_id))
    _tell(answer, as_json_)


@app.command()
def drop(
    reference: Reference,
    reason: Annotated[str, typer.Option("--reason", help="Årsag fra forløbets liste, fx moved eller »Sygdom«.")],
    on: On = None,
    by: By = None,
    command_id: CommandId = None,
    as_json_: Json = False,
) -> None:
    """Registrér frafald med en årsag fra listen."""
    with opened() as desk, desk.database.write() as session:
        answer = drop_verb(session, reference, reason, desk.signed(on, by, command_id))
    _tell(answer, as_json_)


@app.command()
def transfer(
    reference: Reference,
    to: Annotated[str, typer.Option("--to", help="Nøglen på det forløb, kandidaten går over i.")],
    on: On = None,
    by: By = None,
    command_id: CommandId = None,
    as_json_: Json = False,
) -> None:
    """Overfør til et andet forløb. Kandidatens varige milepæle følger med."""
    with opened() as desk, desk.database.write() as session:
        answer = transfer_verb(session, reference, to, desk.signed(on, by, command_id))
    _tell(answer, as_json_)


@app.command()
def renumber(
    reference: Reference,
    cpr: Annotated[str, typer.Option("--cpr", help="Altid »-«: det nye CPR-nummer læses fra standard input.")],
    on: On = None,
    by: By = None,
    command_id: CommandId = None,
    as_json_: Json = False,
) -> None:
    """Ret kandidatens CPR-nummer, fx når et erstatningspersonnummer afløses af et rigtigt."""
    from onboarding.keyring import keyring_of
    from onboarding.renumber import renumber as renumber_verb

    number = cpr_from_input(cpr)
    with opened() as desk, desk.database.write() as session:
        keyring = keyring_of(session, desk.settings.key_file)
        answer = renumber_verb(session, keyring, reference, number, desk.signed(on, by, command_id))
    if as_json_:
        as_json(answer)
    else:
        say(f"CPR-nummeret på {answer['enrolment']} er rettet.")


@app.command()
def assign(
    reference: Reference,
    coordinator: Annotated[str, typer.Option("--coordinator", help="Den nye koordinators e-mail.")],
    area: Annotated[str | None, typer.Option("--area", help="Det nye værtsområde, hvis det også skifter.")] = None,
    on: On = None,
    by: By = None,
    command_id: CommandId = None,
    as_json_: Json = False,
) -> None:
    """Overdrag forløbet til en anden koordinator, som får besked."""
    with opened() as desk, desk.database.write() as session:
        answer = assign_verb(session, reference, coordinator, area, desk.signed(on, by, command_id))
    _tell(answer, as_json_)


@app.command()
def undo(
    reference: Reference, on: On = None, by: By = None, command_id: CommandId = None, as_json_: Json = False
) -> None:
    """Fortryd den seneste flytning, og den milepæl, der udløste den. Historikken bevares."""
    with opened() as desk, desk.database.write() as session:
        answer = undo_verb(session, reference, desk.signed(on, by, command_id))
    _tell(answer, as_json_)


def _tell(answer: dict[str, Any], in_json: bool) -> None:
    if in_json:
        as_json(answer)
        return
    for move_made in answer["moves"]:
        say(f"{danish(move_made['on'])}: {move_made['from']} → {move_made['to']}")
    say(f"{answer['enrolment']} er nu i {answer['stage']} ({_STATUS[answer['status']]}).")
