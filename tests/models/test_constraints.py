"""The rules that stand in the schema: the database itself refuses what must not be, whoever writes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Insert, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import Session

from engine.case import Rung, Status
from engine.history import Verb
from models.keys import Keyring
from models.message import State
from models.session import Database
from notifications.queue import MESSAGE
from onboarding.store import CANDIDATE, ENROLMENT, MILESTONE, PAUSE, REMINDER, TRANSITION
from tests.municipality import Municipality
from tests.support import MONDAY, Clock

NOW = Clock().now


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lived_in(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One candidate in the Danish course with milestones, a closed pause, a reminder and messages."""
    folder = tmp_path_factory.mktemp("lived_in")
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        url = f"sqlite:///{shutil.copy(template, folder / 'sosu.db')}"
    else:
        url = request.getfixturevalue("new_postgres")(request.getfixturevalue("postgres_template"))
    database = Database(url)
    town = Municipality(database, Keyring.at(folder / "keys.json"))
    olena = town.enrols("Olena Kovalenko")
    olena.records("interest_confirmed")
    olena.moves("admit")
    olena.pauses()
    town.clock.passes(days=1)
    olena.resumes()
    town.clock.passes(weeks=13)
    town.sweeps()
    yield database
    database.close()


@pytest.fixture
def session(lived_in: Database) -> Iterator[Session]:
    """Whatever a test writes is gone after it."""
    with lived_in.rehearse() as rehearsal:
        yield rehearsal


def row_of(session: Session, of: Table, **changed: Any) -> dict[str, Any]:
    """The first row of a table as a new one, with these values changed."""
    first = session.connection().execute(of.select().order_by(*of.primary_key).limit(1)).one()
    row = {name: value for name, value in first._mapping.items() if name != "id"}
    return row | ({"id": uuid4()} if of is CANDIDATE else {}) | changed


def insert(session: Session, into: Table, **changed: Any) -> None:
    session.connection().execute(into.insert(), row_of(session, into, **changed))


def refused(session: Session, into: Table, **changed: Any) -> str:
    """What the database says, constraint and all, when such a row is inserted."""
    with pytest.raises(IntegrityError) as error, session.begin_nested():
        insert(session, into, **changed)
    return str(error.value.orig)


@pytest.mark.parametrize("verb", ["""UPDATE transition SET "by" = 'nobody'""", "DELETE FROM transition"])
def test_transitions_stay_when_somebody_changes_or_deletes_them(session: Session, verb: str) -> None:
    before = session.connection().execute(TRANSITION.select()).all()
    with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
        session.connection().execute(text(verb))
    assert len(before) > 3
    assert session.connection().execute(TRANSITION.select()).all() == before


@pytest.mark.parametrize("key", ["id", "enrolment_id seq"])
def test_transitions_stay_when_somebody_writes_another_in_the_place_of_one(
    session: Session, lived_in: Database, key: str
) -> None:
    before = session.connection().execute(TRANSITION.select()).all()
    row = dict(before[1]._mapping) | {"by": "nobody"}
    if key != "id":
        del row["id"]
    insert_into = sqlite.insert if lived_in.is_sqlite else postgresql.insert
    upsert = insert_into(TRANSITION).on_conflict_do_update(index_elements=key.split(), set_={"by": "nobody"})
    replacing: list[Insert] = [upsert]
    if lived_in.is_sqlite:  # whose REPLACE deletes without asking the triggers of a DELETE
        replacing.append(TRANSITION.insert().prefix_with("OR REPLACE"))
    for statement in replacing:
        with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
            session.connection().execute(statement, row)
    assert session.connection().execute(TRANSITION.select()).all() == before


def test_transitions_stay_when_the_table_is_emptied_at_once(session: Session, lived_in: Database) -> None:
    if lived_in.is_sqlite:
        return  # it has no TRUNCATE: a DELETE of everything is refused row by row
    with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
        session.connection().execute(text("TRUNCATE transition CASCADE"))


@pytest.mark.parametrize(
    ("into", "changed", "constraint"),
    [
        (ENROLMENT, {"status": "lost", "reference": "XX-1"}, "ck_enrolment_status"),
        (TRANSITION, {"action": "edit", "seq": 99}, "ck_transition_action"),
        (REMINDER, {"rung": "shout"}, "ck_reminder_rung"),
        (MESSAGE, {"state": "lost", "cause": "x"}, "ck_message_state"),
        (MESSAGE, {"audience": "mayor", "cause": "x"}, "ck_message_audience"),
        (PAUSE, {"seq": 99, "review_on": MONDAY, "from_on": MONDAY}, "ck_pause_review"),
    ],
)
def test_a_row_is_refused_when_a_value_is_not_on_the_list(
    session: Session, into: Table, changed: dict[str, Any], constraint: str
) -> None:
    assert constraint in refused(session, into, **changed)


def test_every_word_that_the_program_uses_is_taken_when_it_is_written(session: Session) -> None:
    for number, verb in enumerate(Verb, start=100):
        insert(session, TRANSITION, seq=number, action=verb)
    for number, state in enumerate(State):
        insert(session, MESSAGE, state=state, cause=f"test:{number}")
    for number, rung in enumerate(Rung, start=100):
        insert(session, REMINDER, occurrence=number, rung=rung)
    for status in Status:
        session.connection().execute(ENROLMENT.update().values(status=status))


def test_a_second_open_enrolment_is_refused_when_the_candidate_has_one_in_the_pathway(session: Session) -> None:
    for status in ("open", "paused"):
        assert "candidate_id" in refused(session, ENROLMENT, reference="IM-9999", status=status)
    insert(session, ENROLMENT, reference="IM-9999", status="ended")
    insert(session, ENROLMENT, reference="PA-9999", pathway_key="ped_assistant_track")


@pytest.mark.parametrize(
    ("into", "changed", "said"),
    [
        (ENROLMENT, {"status": "ended"}, "reference"),
        (CANDIDATE, {}, "cpr_index"),
        (TRANSITION, {}, "seq"),
        (MILESTONE, {}, "key"),
        (MESSAGE, {}, "cause"),
        (PAUSE, {}, "seq"),
        (REMINDER, {}, "rung"),
    ],
)
def test_a_row_is_refused_when_it_is_there_already(
    session: Session, into: Table, changed: dict[str, Any], said: str
) -> None:
    assert said in refused(session, into, **changed)


def test_a_milestone_is_taken_again_when_the_first_was_withdrawn(session: Session) -> None:
    again = row_of(session, MILESTONE)
    session.connection().execute(MILESTONE.update().values(withdrawn_at=NOW, withdrawn_by="test"))
    session.connection().execute(MILESTONE.insert(), again)


def test_a_second_open_pause_is_refused_when_one_lasts(session: Session) -> None:
    insert(session, PAUSE, seq=50, until_on=None)
    assert "enrolment_id" in refused(session, PAUSE, seq=51, until_on=None)


@pytest.mark.parametrize(
    ("into", "changed"),
    [
        (ENROLMENT, {"candidate_id": uuid4()}),
        (ENROLMENT, {"pathway_version": 99}),
        (ENROLMENT, {"area_id": 99}),
        (ENROLMENT, {"coordinator_id": 99}),
        (ENROLMENT, {"officer_id": 99}),
        (ENROLMENT, {"previous_id": 99}),
        (ENROLMENT, {"list_import_id": 99}),
        (TRANSITION, {"enrolment_id": 99}),
        (MILESTONE, {"enrolment_id": 99}),
        (PAUSE, {"enrolment_id": 99}),
        (REMINDER, {"enrolment_id": 99}),
        (MESSAGE, {"recipient_id": 99, "cause": "x"}),
        (MESSAGE, {"seq": 99, "cause": "x"}),
        (MESSAGE, {"list_import_id": 99, "cause": "x"}),
    ],
)
def test_a_row_is_refused_when_what_it_points_to_is_not_there(
    session: Session, into: Table, changed: dict[str, Any]
) -> None:
    unique = {"reference": "XX-1", "status": "ended"} if into is ENROLMENT else {}
    assert "foreign key" in refused(session, into, **(unique | changed)).lower()


def test_a_candidate_stays_when_somebody_deletes_one_who_is_enrolled(session: Session) -> None:
    with pytest.raises(IntegrityError), session.begin_nested():
        session.connection().execute(CANDIDATE.delete())


def test_a_step_is_remembered_as_held_when_there_are_many_with_long_keys(session: Session) -> None:
    held = " ".join(letter * 63 for letter in "abcd")
    session.connection().execute(ENROLMENT.update().values(held=held))
    assert session.connection().execute(ENROLMENT.select()).one().held == held


def test_dates_and_instants_come_back_as_they_were_when_they_are_read(session: Session) -> None:
    enrolment = session.connection().execute(ENROLMENT.select()).one()
    assert enrolment.starts_on == MONDAY
    assert enrolment.created_at == NOW
    assert enrolment.created_at.utcoffset() == timedelta(0)
