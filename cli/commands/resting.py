"""That nobody need be reminded of a case for now: until a day, or while it is handled elsewhere; and the way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

import typer
from sqlmodel import Session

from cli.desk import opened
from cli.options import By, CommandId, Json, On, Reference, as_date
from cli.output import confirm, danish, say
from onboarding.acting import Answer
from onboarding.signed import Signed
from onboarding.snooze import elsewhere as elsewhere_verb
from onboarding.snooze import remind as remind_verb
from onboarding.snooze import snooze as snooze_verb
from reports.words import from_now_on, meanwhile

app = typer.Typer()


@app.command()
def snooze(
    reference: Reference,
    until: Annotated[
        date,
        typer.Option("--until", parser=as_date, metavar="DATO", help="Den dag, der rykkes igen; højst om 60 dage."),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Årsag fra listen, fx agreed eller »Ferie«.")],
    on: On = None,
    by: By = None,
    command_id: CommandId = None,
    as_json_: Json = False,
) -> None:
    """Udsæt rykkerne for et trin eller en pause til en dag. Fristen er den samme."""
    _do(lambda session, signed: snooze_verb(session, reference, signed, until, reason), on, by, command_id, as_json_)


@app.command()
def elsewhere(
    reference: Reference,
    reason: Annotated[str, typer.Option("--reason", help="Årsag fra listen, fx jobcenter eller »Lederen følger op«.")],
    on: On = None,
    by: By = None,
    command_id: CommandId = None,
    as_json_: Json = False,
) -> None:
    """Det håndteres andetsteds: ingen rykkes mere for trinnet eller pausen, før kandidaten er videre."""
    _do(lambda session, signed: elsewhere_verb(session, reference, signed, reason), on, by, command_id, as_json_)


@app.command()
def remind(
    reference: Reference, on: On = None, by: By = None, command_id: CommandId = None, as_json_: Json = False
) -> None:
    """Tag det tilbage: der rykkes igen, med det, der er forfaldet imens, ved næste gennemgang."""
    _do(lambda session, signed: remind_verb(session, reference, signed), on, by, command_id, as_json_)


def _do(
    verb: Callable[[Session, Signed], Answer],
    on: date | None,
    by: str | None,
    command_id: str | None,
    in_json: bool,
) -> None:
    with opened() as desk, desk.database.write() as session:
        made = verb(session, desk.signed(on, by, command_id))
    confirm(made, in_json, _tell)


def _tell(made: Answer) -> None:
    if made["until"]:
        say(f"{made['enrolment']}: ingen rykkes før {danish(made['until'])}, heller ikke lederen.")
        say(meanwhile(made["status"], reminders_left=made.get("reminders_left", True)))
    elif made["reason"]:
        say(f"{made['enrolment']} håndteres andetsteds: ingen rykkes mere, før kandidaten er videre.")
    else:
        say(f"Der rykkes igen for {made['enrolment']}.")
        if none_left := from_now_on(made["status"], reminders_left=made.get("reminders_left", True)):
            say(none_left)
