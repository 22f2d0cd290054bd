"""What time brings about: advance and deliver, and what went wrong with either."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from cli.desk import now, opened, today
from cli.options import Json, On
from cli.output import as_json, danish, progress, say, table
from cli.posting import post_for, where_messages_go

app = typer.Typer()

_ONE_PATHWAY = typer.Option("--pathway", help="Kun dette forløb.")


@app.command()
def advance(pathway: Annotated[str | None, _ONE_PATHWAY] = None, on: On = None, as_json_: Json = False) -> None:
    """Flyt dem, hvis tid er kommet, og ryk for dem, der er over tid. Kan køres igen og igen."""
    from onboarding.advance import advance as advance_verb
    from onboarding.advance import count_due
    from onboarding.pathways import newest

    day = on or today()
    with opened() as desk:
        with desk.database.read() as session:
            if pathway is not None:
                newest(session, pathway)  # an unknown one is refused
            total = count_due(session, day, pathway)
        with progress("Gennemgår", total, quiet=as_json_) as step:
            done = advance_verb(desk.database, day, now(), pathway, step)
    if as_json_:
        as_json({"on": day.isoformat(), **asdict(done)})
        return
    say(
        f"{danish(day)}: {done.due} gennemgået, {done.moved} flyttet, {done.reminders} rykkere, "
        f"{done.messages} beskeder lagt i kø."
    )
    if done.incidents:
        say(f"{done.incidents} kunne ikke afgøres; se »sosu incidents«.")
    if done.messages:
        say("Send beskederne med »sosu deliver«.")


@app.command()
def deliver(as_json_: Json = False) -> None:
    """Send de beskeder, der venter."""
    from onboarding.deliver import deliver as deliver_verb
    from onboarding.outbox import waiting

    with opened() as desk:
        post = post_for(desk)
        with desk.database.read() as session:
            total = waiting(session)
        with progress("Sender", total, quiet=as_json_) as step:
            done = deliver_verb(desk.database, post, step)
        place = where_messages_go(desk)
    if as_json_:
        as_json({**asdict(done), **place})
        return
    say(f"{done.sent} sendt, {done.failed} prøves igen, {done.skipped} sprunget over, {done.dead} opgivet.")
    if done.stopped is not None:
        say(f"Udsendelsen stoppede, og resten bliver i køen. {done.stopped}")
    if "outbox" in place and done.sent:
        say(f"Der er ingen mailserver (SOSU_MAIL_URL), så beskederne ligger som .eml-filer i {place['outbox']}")
    if done.left:
        say(f"{done.left} venter endnu.")
    if done.dead:
        say("Se de opgivne med »sosu messages --dead«, og send dem igen med »sosu resend«.")


@app.command()
def messages(
    dead: Annotated[bool, typer.Option("--dead", help="Kun de opgivne.")] = False, as_json_: Json = False
) -> None:
    """Vis beskedernes tilstand, eller de opgivne og hvorfor."""
    from reports.messages import by_state, dead_letters

    with opened(publish=False) as desk, desk.database.read() as session:
        found = dead_letters(session) if dead else by_state(session)
    if as_json_:
        as_json(found)
    elif dead:
        letters = [(f["message"], f["enrolment"], f["kind"], f["recipient"], f["reason"], f["detail"]) for f in found]
        table("Opgivne beskeder", ("nr.", "forløb", "besked", "til", "hvorfor", "sidste svar"), letters)
    else:
        rows = [(f["state"], f["reason"], f["count"]) for f in found]
        table("Beskeder", ("tilstand", "hvorfor", "antal"), rows)


@app.command()
def resend(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="[NR]...", help="Beskedernes numre.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Alle opgivne.")] = False,
    as_json_: Json = False,
) -> None:
    """Læg opgivne beskeder i kø igen."""
    from engine.refusal import Refused
    from onboarding.outbox import resend as resend_verb

    if not numbers and not everything:
        raise Refused("Angiv beskedernes numre, eller --all for alle opgivne.")
    with opened(publish=False) as desk, desk.database.write() as session:
        count = resend_verb(session, numbers or [], now())
    if as_json_:
        as_json({"queued": count})
    else:
        say(f"{count} lagt i kø. Send dem med »sosu deliver«.")


@app.command()
def incidents(as_json_: Json = False) -> None:
    """Vis de forløb, der ikke kunne afgøres ved en gennemgang."""
    from onboarding.incidents import open_incidents

    with opened(publish=False) as desk, desk.database.read() as session:
        found = open_incidents(session)
    if as_json_:
        as_json(found)
        return
    rows = [(i["enrolment"], i["stage"], i["error"], danish(i["last_on"]), i["times"]) for i in found]
    table(
        "Hændelser i driften" if rows else "Ingen hændelser i driften",
        ("forløb", "trin", "fejl", "senest", "gange"),
        rows,
    )
