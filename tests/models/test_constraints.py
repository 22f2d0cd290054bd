"""The rules that stand in the schema: the database itself refuses what must not be, whoever writes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Table, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from engine.case import Rung, Status
from engine.history import Verb
from models.message import State
from models.session import Database
from notifications.queue import MESSAGE
from onboarding.store import CANDIDATE, ENROLMENT, MILESTONE, PAUSE, REMINDER, TRANSITION
from tests.municipality import Municipality
from tests.support import MONDAY, Clock

NOW = Clock().now


@pytest.fixture
def furnished(either_town: Municipality) -> Municipality:
    """One candidate in the Danish course with milestones, a closed pause and messages."""
    olena = either_town.enrols("Olena Kovalenko")
    olena.records("interest_confirmed")
    olena.moves("admit")
    olena.pauses()
    either_town.clock.passes(days=1)
    olena.resumes()
    return either_town


def row_of(town: Municipality, of: Table, **changed: Any) -> dict[str, Any]:
    """The first row of a table as a new one, with these values changed."""
    row = {name: value for name, value in town.rows(of, *(c.name for c in of.primary_key))[0].items() if name != "id"}
    return row | ({"id": uuid4()} if of is CANDIDATE else {}) | changed


def insert(database: Database, into: Table, row: dict[str, Any]) -> None:
    with database.write() as session:
        session.connection().execute(into.insert(), row)


def refused(town: Municipality, into: Table, **changed: Any) -> str:
    """The name of the constraint, or what else the database says, when such a row is inserted."""
    with pytest.raises(IntegrityError) as error:
        insert(town.database, into, row_of(town, into, **changed))
    return str(error.value.orig)


@pytest.mark.parametrize("verb", ["UPDATE transition SET by = 'nobody'", "DELETE FROM transition"])
def test_a_transition_stays_when_somebody_changes_or_deletes_it(furnished: Municipality, verb: str) -> None:
    before = furnished.rows(TRANSITION)
    with pytest.raises(DatabaseError, match="append-only"), furnished.database.write() as session:
        session.connection().execute(text(verb.replace(" by ", ' "by" ')))
    assert furnished.rows(TRANSITION) == before


def test_transitions_stay_when_the_table_is_emptied_at_once(furnished: Municipality) -> None:
    if furnished.database.is_sqlite:
        pytest.skip("SQLite has no TRUNCATE: its DELETE is refused row by row")
    with pytest.raises(DatabaseError, match="append-only"), furnished.database.write() as session:
        session.connection().execute(text("TRUNCATE transition CASCADE"))


def test_a_transition_is_refused_when_its_number_is_taken(furnished: Municipality) -> None:
    assert "seq" in refused(furnished, TRANSITION, seq=1)


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
    furnished: Municipality, into: Table, changed: dict[str, Any], constraint: str
) -> None:
    if into is REMINDER:
        furnished.clock.passes(weeks=13)
        furnished.sweeps()
    assert constraint in refused(furnished, into, **changed)


def test_every_word_that_the_program_uses_is_taken_when_it_is_written(furnished: Municipality) -> None:
    for number, verb in enumerate(Verb, start=100):
        insert(furnished.database, TRANSITION, row_of(furnished, TRANSITION, seq=number, action=verb))
    for number, state in enumerate(State):
        insert(furnished.database, MESSAGE, row_of(furnished, MESSAGE, state=state, cause=f"test:{number}"))
    for number, rung in enumerate(Rung):
        row = {"enrolment_id": 1, "occurrence": number, "rung": rung, "due_on": MONDAY, "fired_on": MONDAY, "at": NOW}
        insert(furnished.database, REMINDER, row | {"superseded": False})
    for number, status in enumerate(Status):
        other = furnished.enrols(f"Person {number}")
        furnished.changes(ENROLMENT, {"reference": other.reference}, {"status": status})


def test_a_second_open_enrolment_is_refused_when_the_candidate_has_one_in_the_pathway(furnished: Municipality) -> None:
    for status in ("open", "paused"):
        assert "candidate_id" in refused(furnished, ENROLMENT, reference="IM-9999", status=status)
    insert(furnished.database, ENROLMENT, row_of(furnished, ENROLMENT, reference="IM-9999", status="ended"))


def test_a_second_enrolment_is_taken_when_it_is_in_another_pathway(furnished: Municipality) -> None:
    insert(
        furnished.database,
        ENROLMENT,
        row_of(furnished, ENROLMENT, reference="PA-9999", pathway_key="ped_assistant_track"),
    )


@pytest.mark.parametrize(
    ("into", "changed", "said"),
    [
        (ENROLMENT, {"status": "ended"}, "reference"),
        (CANDIDATE, {}, "cpr_index"),
        (MILESTONE, {}, "key"),
        (MESSAGE, {}, "cause"),
        (PAUSE, {}, "seq"),
    ],
)
def test_a_row_is_refused_when_it_is_there_already(
    furnished: Municipality, into: Table, changed: dict[str, Any], said: str
) -> None:
    assert said in refused(furnished, into, **changed)


def test_a_milestone_is_taken_again_when_the_first_was_withdrawn(furnished: Municipality) -> None:
    first = furnished.rows(MILESTONE)[0]
    furnished.changes(MILESTONE, {"id": first["id"]}, {"withdrawn_at": NOW, "withdrawn_by": "test"})
    insert(furnished.database, MILESTONE, {k: v for k, v in first.items() if k != "id"})


def test_a_second_open_pause_is_refused_when_one_lasts(furnished: Municipality) -> None:
    insert(furnished.database, PAUSE, row_of(furnished, PAUSE, seq=50, until_on=None))
    assert "enrolment_id" in refused(furnished, PAUSE, seq=51, until_on=None)



@pytest.mark.parametrize(
    ("into", "changed"),
    [
        (ENROLMENT, {"candidate_id": uuid4()}),
        (ENROLMENT, {"pathway_version": 99}),
        (ENROLMENT, {"area_id": 99}),
        (ENROLMENT, {"coordinator_id": 99}),
        (ENROLMENT, {"officer_id": 99}),
        (ENROLMENT, {"previous_id": 99}),
        (TRANSITION, {"enrolment_id": 99}),
        (MILESTONE, {"enrolment_id": 99}),
        (PAUSE, {"enrolment_id": 99}),
        (MESSAGE, {"recipient_id": 99, "cause": "x"}),
        (MESSAGE, {"seq": 99, "cause": "x"}),
    ],
)
def test_a_row_is_refused_when_what_it_points_to_is_not_there(
    furnished: Municipality, into: Table, changed: dict[str, Any]
) -> None:
    unique = {"reference": "XX-1", "status": "ended"} if into is ENROLMENT else {}
    assert "foreign key" in refused(furnished, into, **(unique | changed)).lower()


def test_a_candidate_stays_when_somebody_deletes_one_who_is_enrolled(furnished: Municipality) -> None:
    with pytest.raises(IntegrityError), furnished.database.write() as session:
        session.connection().execute(CANDIDATE.delete())
    assert len(furnished.rows(CANDIDATE)) == 1


def test_dates_and_instants_come_back_as_they_were_when_they_are_read(furnished: Municipality) -> None:
    enrolment = furnished.rows(ENROLMENT)[0]
    assert enrolment["starts_on"] == MONDAY
    assert enrolment["created_at"] == NOW
    assert enrolment["created_at"].utcoffset() == timedelta(0)
    assert isinstance(enrolment["entered_on"], date)
