"""Some hundreds of candidates who are all due on one day: most will move, the others are reminded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select

from engine.actions import Action, Move, Record
from engine.decide import decide
from models.incident import Incident
from models.session import Database
from models.types import table
from notifications.audiences import Directory
from onboarding.outbox import MESSAGE
from onboarding.store import ENROLMENT, MILESTONE, REMINDER, TRANSITION, cases, enrolments
from onboarding.writing import Change, write
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA, Municipality
from tests.support import made_up_people

#: Twelve weeks of Danish course and four of placement have passed.
SWEPT_ON = date(2026, 12, 9)
SWEPT_AT = datetime(2026, 12, 9, 4, tzinfo=UTC)

INCIDENT = table(Incident)


def gather(town: Municipality, folder: Path, immigrants: int, assistants: int) -> None:
    """Imports them and lets every fourth of each kind lack what would move them."""
    people = list(made_up_people(immigrants + assistants))
    town.imports(_listed(folder / "immigrants.csv", people[:immigrants], town.clock.today))
    if assistants:
        town.imports(_listed(folder / "assistants.csv", people[immigrants:], town.clock.today), "ped_assistant_track")
    moving = immigrants * 3 // 4, assistants * 3 // 4
    for action in (Record("interest_confirmed"), Move("admit")):
        _all_do(town, "intake", action, immigrants)
    _all_do(town, "danish_course", Record("danish_course_passed"), moving[0])
    _all_do(town, "selection", Move("select"), moving[1])
    for milestone in ("intro_meeting_attended", "mentor_assigned", "host_area_assigned"):
        _all_do(town, "intro_meeting", Record(milestone), moving[1])
    _all_do(town, "intro_meeting", Move("start_placement"), moving[1])
    for milestone in ("basic_training_completed", "placement_approved"):
        _all_do(town, "work_placement", Record(milestone), moving[1])


def _listed(path: Path, people: list[Any], begin_on: date) -> Path:
    places = ((VIBY_AREA, VIBY), (SYD_AREA, SYD))
    rows = ["CPR-nr.;Navn;Værtsområde;Koordinator;Startdato;Samtykke"]
    for number, (name, cpr, _) in enumerate(people):
        rows.append(";".join((cpr, name, *places[number % 2], f"{begin_on:%d-%m-%Y}", "ja")))
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def _all_do(town: Municipality, stage: str, action: Action, count: int) -> None:
    """The first `count` in a stage do the same: a verb for each of them would take as long as the test."""
    wanted = enrolments().where(ENROLMENT.c.stage == stage).order_by(ENROLMENT.c.id).limit(count)
    with town.database.write() as session:
        loaded = cases(session, session.connection().execute(wanted).all())
        changes = [Change(one, decide(one.pathway, one.case, action, town.clock.today)) for one in loaded]
        assert not [change.decision.refusal for change in changes if change.decision.refusal]
        write(session, changes, Directory.load(session), town.signed())


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def copied(url: str, to: Path) -> str:
    """A copy of an SQLite file that nobody has open."""
    return f"sqlite:///{shutil.copy(url.removeprefix('sqlite:///'), to)}"


#: What is compared, each table without what differs from one run to the next.
_COMPARED = (
    (ENROLMENT, ()),
    (TRANSITION, ("id", "command_id")),
    (REMINDER, ("id",)),
    (MESSAGE, ("id", "lease", "leased_until", "finished_at")),
    (MILESTONE, ("id",)),
    (INCIDENT, ("id",)),
)


def everything(url: str) -> dict[str, list[str]]:
    """What the database says, in an order of its own: two runs that did the same say the same."""
    said = {}
    with opened(url) as database, database.read() as session:
        for of, differs in _COMPARED:
            wanted = [column for column in of.c if column.name not in differs]
            rows = session.connection().execute(select(*wanted))
            said[of.name] = sorted(str(tuple(row)) for row in rows)
    return said


def count_of(url: str, of: Table, *conditions: ColumnElement[bool]) -> int:
    with opened(url) as database, database.read() as session:
        return session.connection().execute(select(func.count()).select_from(of).where(*conditions)).scalar_one()


def in_the_middle(kills: list[int], of: int) -> list[int]:
    """The kills when something was done and not all of it."""
    return [done for done in kills if 0 < done < of]
