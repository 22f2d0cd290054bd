"""What is done to one enrolment: enrol, record, move, pause, prolong, resume, drop, transfer, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Annotated

import typer
from sqlmodel import Session

from cli.desk import opened
from cli.input import cpr_from_input
from cli.options import By, CommandId, Json, On, Pathway, Reference, as_date
from cli.output import confirm, danish, say, warn
from onboarding.acting import Answer
from onboarding.assign import assign as assign_verb
from onboarding.drop import drop as drop_verb
from onboarding.move import move as move_verb
from onboarding.pause import pause as pause_verb
from onboarding.pause import resume as resume_verb
from onboarding.prolong import prolong as prolong_verb
from onboarding.record import record as record_verb
from onboarding.signed import Signed
from onboarding.store import find
from onboarding.transfer import transfer as transfer_verb
from onboarding.undo import undo as undo_verb
from onboarding.withdraw import withdraw as withdraw_verb
from reports.words import STATUS, stage_titles

app = typer.Typer()


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
        made = enrol_verb(session, keyring, pathway, applicant, desk.signed(on, by, command_id))
        titles = _titles(session, made)
    confirm(made, as_json_, partial(_tell, titles))
    for notice in made["notices"]:
        warn(notice)


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
    _do(
        lambda session, signed: record_verb(session, reference, milestone, signed, value, achieved),
        on,
        by,
        command_id,
        as_json_,
    )


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
    _do(lambda session, signed: withdraw_verb(session, reference, milestone, signed), on, by, command_id, as_json_)


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
    _do(lambda session, signed: move_verb(session, reference, step, signed), on, by, command_id, as_json_)


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
    _do(lambda session, signed: pause_verb(session, reference, signed, reason, review), on, by, command_id, as_json_)


@app.command()
def prolong(
    reference: Reference,
    review: Annotated[
        date,
        typer.Option("--review-on", "--until", parser=as_date, metavar="DATO", help="Senere end den dato, der står."),
    ],
    reason: Annotated[
        str | None, typer.Option("--reason", help="En anden årsag fra forløbets liste; ellers den samme.")
    ] = None,
    on: On = None,
    by: By = None,
    command_id: CommandId = None,
    as_json_: Json = False,
) -> None:
    """Forlæng en pause. Den tæller som én pause, og der mindes først om den nye opfølgning."""
    _do(lambda session, signed: prolong_verb(session, reference, signed, review, reason), on, by, command_id, as_json_)


@app.command()
def resume(
    reference: Reference, on: On = None, by: By = None, command_id: CommandId = None, as_json_: Json = False
) -> None:
    """Genoptag efter en pause."""
    _do(lambda session, signed: resume_verb(session, reference, signed), on, by, command_id, as_json_)


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
    _do(lambda session, signed: drop_verb(session, reference, reason, signed), on, by, command_id, as_json_)


@app.command()
def transfer(
    reference: Reference,
    to: Annotated[str, typer.Option("--to", help="Nøglen på det forløb, kandidaten går over i.")],
    on: On = None,
    by: By = None,
    command_id: CommandId = None,
    as_json_: Json = False,
) -> None:
    """Overfør til et andet forløb. Milepæle, som begge forløb kender, følger med."""
    _do(lambda session, signed: transfer_verb(session, reference, to, signed), on, by, command_id, as_json_)


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
        made = renumber_verb(session, keyring, reference, number, desk.signed(on, by, command_id))
    confirm(made, as_json_, lambda made: say(f"CPR-nummeret på {made['enrolment']} er rettet."))


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
    _do(
        lambda session, signed: assign_verb(session, reference, coordinator, area, signed), on, by, command_id, as_json_
    )


@app.command()
def undo(
    reference: Reference, on: On = None, by: By = None, command_id: CommandId = None, as_json_: Json = False
) -> None:
    """Fortryd den seneste flytning, og den milepæl, der udløste den; under en pause, at den blev forlænget.

    Historikken bevares."""
    _do(lambda session, signed: undo_verb(session, reference, signed), on, by, command_id, as_json_)


def _do(
    verb: Callable[[Session, Signed], Answer],
    on: date | None,
    by: str | None,
    command_id: str | None,
    in_json: bool,
) -> None:
    """Carries out a verb in a transaction of its own, and tells what came of it."""
    with opened() as desk, desk.database.write() as session:
        made = verb(session, desk.signed(on, by, command_id))
        titles = _titles(session, made)
    confirm(made, in_json, partial(_tell, titles))


def _titles(session: Session, made: Answer) -> dict[str, str]:
    """Of the pathway version that the answer is about."""
    return stage_titles(find(session, made["enrolment"], lock=False).pathway)


def _tell(titles: Mapping[str, str], made: Answer) -> None:
    for move_made in made["moves"]:
        there_and_here = (titles.get(move_made[end], move_made[end]) for end in ("from", "to"))
        say(f"{danish(move_made['on'])}: {' → '.join(there_and_here)}")
    say(f"{made['enrolment']} er nu i {titles.get(made['stage'], made['stage'])} ({STATUS[made['status']]}).")
