"""An enrolment that cannot be decided is seen, tried again and counted, and holds up nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from models.incident import Incident
from models.types import table
from onboarding.advance import advance_stage
from onboarding.incidents import open_incidents, report
from onboarding.store import ENROLMENT
from tests.municipality import Candidate, Municipality
from tests.onboarding.test_advance import in_danish_course
from tests.support import assert_folds

INCIDENT = table(Incident)


def incidents(town: Municipality) -> list[dict[str, Any]]:
    with town.database.read() as session:
        return open_incidents(session)


def breaks(town: Municipality, candidate: Candidate) -> None:
    """Puts the candidate in a stage that no pathway has."""
    town.changes(ENROLMENT, {"reference": candidate.reference}, {"stage": "bogus"})


def mends(town: Municipality, candidate: Candidate) -> None:
    town.changes(ENROLMENT, {"reference": candidate.reference}, {"stage": "danish_course"})


def test_an_incident_is_opened_and_the_others_move_when_a_stage_does_not_exist(either_town: Municipality) -> None:
    people = in_danish_course(either_town, 3)
    breaks(either_town, people[1])
    either_town.clock.passes(weeks=12)
    swept = either_town.sweeps()
    assert (swept.due, swept.moved, swept.incidents) == (3, 2, 1)
    (incident,) = incidents(either_town)
    error = incident.pop("error")
    assert incident == {
        "enrolment": people[1].reference,
        "stage": "bogus",
        "first_on": "2026-11-30",
        "last_on": "2026-11-30",
        "times": 1,
    }
    assert error.startswith("KeyError in ")


def test_the_page_goes_on_when_one_of_its_rows_cannot_be_decided(either_town: Municipality) -> None:
    """In one page with the others: a definition that cannot decide this stage any more."""
    people = in_danish_course(either_town, 5)
    person = people[2].reference
    # A visit that no date can be added to.
    either_town.changes(ENROLMENT, {"reference": person}, {"entered_on": date(9999, 12, 30)})
    either_town.clock.passes(weeks=12)
    town, now = either_town, either_town.clock.now
    swept = advance_stage(town.database, "immigrant_track", "danish_course", town.clock.today, now, page=3)
    assert (swept.due, swept.moved, swept.incidents) == (5, 4, 1)
    assert [incident["enrolment"] for incident in incidents(town)] == [person]
    assert incidents(town)[0]["error"].startswith("OverflowError")


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE milestone SET achieved_on = 'soon' WHERE enrolment_id = 3 AND key = 'danish_course_passed'",
        "UPDATE enrolment SET entered_on = 'soon' WHERE id = 3",
        "UPDATE enrolment SET pathway_version = 77 WHERE id = 3",
        "UPDATE candidate SET birth_date = '' WHERE id = (SELECT candidate_id FROM enrolment WHERE id = 3)",
    ],
)
def test_the_page_goes_on_when_one_of_its_rows_cannot_be_read(town: Municipality, fault: str) -> None:
    people = in_danish_course(town, 5)
    with town.database.engine.connect() as connection:  # SQLite keeps whatever it is given
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.execute(text(fault))
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    town.clock.passes(weeks=12)
    now = town.clock.now
    swept = advance_stage(town.database, "immigrant_track", "danish_course", town.clock.today, now, page=3)
    assert (swept.due, swept.moved, swept.incidents) == (5, 4, 1)
    assert [row["enrolment_id"] for row in town.rows(INCIDENT)] == [3]
    assert {person.stage for person in people if person.reference != "IM-0003"} == {"amu_course"}


def test_an_incident_is_counted_when_it_is_tried_again_and_resolved_when_it_succeeds(either_town: Municipality) -> None:
    (olena,) = in_danish_course(either_town)
    breaks(either_town, olena)
    either_town.clock.passes(weeks=12)
    for _ in range(3):
        assert either_town.sweeps().incidents == 1
        either_town.clock.passes(days=1)
    (incident,) = incidents(either_town)
    assert (incident["times"], incident["first_on"], incident["last_on"]) == (3, "2026-11-30", "2026-12-02")
    mends(either_town, olena)
    assert either_town.sweeps().moved == 1
    assert incidents(either_town) == []
    (row,) = either_town.rows(INCIDENT)
    assert row["resolved_at"] == either_town.clock.now
    assert_folds(either_town.database)


def test_a_second_incident_is_opened_when_it_breaks_again_after_being_resolved(town: Municipality) -> None:
    (olena,) = in_danish_course(town, passed=False)
    for weeks in (11, 2):
        town.clock.passes(weeks=weeks)
        breaks(town, olena)
        town.sweeps()
        mends(town, olena)
        town.sweeps()
    assert [row["resolved_at"] is not None for row in town.rows(INCIDENT)] == [True, True]


def test_an_incident_is_resolved_when_a_person_puts_an_end_to_it(either_town: Municipality) -> None:
    (olena,) = in_danish_course(either_town)
    breaks(either_town, olena)
    either_town.clock.passes(weeks=12)
    either_town.sweeps()
    mends(either_town, olena)
    olena.drops_out()
    assert incidents(either_town) == []


def test_one_incident_is_counted_twice_when_two_sweeps_report_it_at_once(either_town: Municipality) -> None:
    """As when each found the enrolment alone: one has reported and not yet committed when the other comes."""
    town, (olena,) = either_town, in_danish_course(either_town)
    of = town.rows(ENROLMENT)[0]["id"]

    def report_another() -> None:
        with town.database.write() as session:
            report(session, of, "KeyError in decide, line 2", town.signed())

    with ThreadPoolExecutor(1) as pool:
        with town.database.write() as session:
            report(session, of, "KeyError in decide, line 1", town.signed())
            waiting = pool.submit(report_another)
            with pytest.raises(TimeoutError):
                waiting.result(0.5)  # it takes its turn
        waiting.result(30)
    (incident,) = incidents(town)
    assert (incident["enrolment"], incident["times"]) == (olena.reference, 2)


def test_no_incident_is_looked_for_by_its_enrolment_when_none_is_open(either_town: Municipality) -> None:
    """A sweep writes 500 at a time: their numbers are sent only when there is something to resolve."""
    said: list[str] = []
    event.listen(either_town.database.engine, "before_cursor_execute", lambda *call: said.append(call[2]))
    (olena,) = in_danish_course(either_town)
    assert [statement for statement in said if statement.startswith("UPDATE enrolment")]
    assert not [statement for statement in said if statement.startswith("UPDATE incident")]
    breaks(either_town, olena)
    either_town.clock.passes(weeks=12)
    either_town.sweeps()
    mends(either_town, olena)
    assert either_town.sweeps().moved == 1
    assert [statement for statement in said if statement.startswith("UPDATE incident SET resolved_at")]


def test_nothing_of_the_person_is_in_the_incident_when_the_error_holds_it(town: Municipality) -> None:
    (olena,) = in_danish_course(town)
    town.changes(ENROLMENT, {"reference": olena.reference}, {"stage": "olena kovalenko"})
    town.clock.passes(weeks=12)
    town.sweeps()
    assert "kovalenko" not in incidents(town)[0]["error"]


def test_the_sweep_stops_when_the_database_is_away(town: Municipality) -> None:
    """Nothing is wrong with the enrolments then: no incident may say so."""
    in_danish_course(town)
    town.clock.passes(weeks=12)
    with town.database.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE reminder RENAME TO elsewhere")
    with pytest.raises(Exception, match="reminder"):
        town.sweeps()
    assert town.rows(INCIDENT) == []
    assert town.clock.today - timedelta(weeks=12) == date(2026, 9, 7)
