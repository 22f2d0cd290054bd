"""The same story on SQLite and on PostgreSQL: a list comes in, people move and wait, everybody is told. It ends in
the same rows and the same messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from models.command import Command
from models.incident import Incident
from models.keys import Keyring
from models.list_import import ListImport
from models.pathway_version import PathwayVersion
from models.session import Database
from models.staff import Staff
from models.types import table
from notifications.queue import MESSAGE
from onboarding.store import CANDIDATE, ENROLMENT, MILESTONE, PAUSE, REMINDER, TRANSITION
from tests.municipality import ATTEMPT, Candidate, Municipality
from tests.onboarding.listed import HEADINGS, person
from tests.support import RefusingPostbox, assert_folds

#: Each table in an order that both databases have, without what is random or drawn by chance.
TABLES: dict[Table, tuple[str, ...]] = {
    ENROLMENT: ("id", "candidate_id"),
    CANDIDATE: ("cpr_index", "id", "cpr_sealed", "cpr_index"),
    TRANSITION: ("id", "command_id"),
    MILESTONE: ("id", "command_id", "withdrawn_command_id"),
    PAUSE: ("id",),
    REMINDER: ("due_on", "id"),  # one that was not used is taken out, and SQLite gives its number again
    MESSAGE: ("id", "lease"),
    ATTEMPT: ("id",),
    table(Incident): ("id",),
    table(ListImport): ("id", "command_id"),
    table(Staff): ("id",),
    table(PathwayVersion): ("key",),
    table(Command): ("id", "id", "request"),
}


def rows(town: Municipality) -> dict[str, list[dict[str, Any]]]:
    """What the database holds; the first name of `TABLES` orders, the rest is left out."""
    return {
        of.name: sorted(({k: v for k, v in row.items() if k not in left_out} for row in town.rows(of, order)), key=str)
        for of, (order, *left_out) in TABLES.items()
    }


def people(town: Municipality) -> Iterator[Candidate]:
    for row in town.rows(ENROLMENT):
        yield Candidate(town, row["reference"], town.applicant())


def goes_on(town: Municipality, weeks: int) -> None:
    """A sweep and a delivery a week."""
    for _ in range(weeks):
        town.clock.passes(weeks=1)
        town.sweeps()
        town.delivers()


def live_through(town: Municipality, folder: Path) -> None:
    path = folder / "liste.csv"
    path.write_text("\n".join(";".join(r) for r in (HEADINGS, *(person(n) for n in range(8)))), encoding="utf-8")
    assert town.imports(path)["created"] == 8
    everybody = list(people(town))
    for candidate in everybody[:6]:
        candidate.records("interest_confirmed")
        candidate.moves("admit")
    everybody[6].moves("reject")
    for candidate in everybody[:4]:
        candidate.records("danish_course_passed", "amu_school_completed")
    everybody[1].pauses("illness")
    town.delivers()
    goes_on(town, weeks=3)
    everybody[1].resumes()
    everybody[5].drops_out("moved")
    goes_on(town, weeks=9)
    everybody[2].undoes()
    everybody[4].is_assigned("koordinator.syd@example.org", "Syd")
    town.delivers(RefusingPostbox(whom="leder.viby@example.org", permanent=True))
    everybody[3].transfers("ped_assistant_track")
    goes_on(town, weeks=30)


def test_the_same_rows_and_messages_are_there_when_the_story_is_lived_on_either_database(
    database: Database, postgres: Database, key_file: Path, tmp_path: Path
) -> None:
    keyring = Keyring.read(key_file)
    towns = [Municipality(each, keyring) for each in (database, postgres)]
    for town in towns:
        live_through(town, tmp_path)
        assert assert_folds(town.database) == 9
    on_sqlite, on_postgresql = (rows(town) for town in towns)
    assert on_sqlite == on_postgresql
    assert {len(found) > 0 for name, found in on_sqlite.items() if name != "incident"} == {True}
    sent = [[(e.message_id, e.recipient, e.subject, e.text, e.html) for e in town.postbox.envelopes] for town in towns]
    assert sent[0] == sent[1]
    assert len(sent[0]) > 20
