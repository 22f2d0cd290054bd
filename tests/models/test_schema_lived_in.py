"""A database in which people have lived is taken to an older shape and back: nothing is lost, and all of it holds."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine import kinds
from models import schema
from models.message import Attempt, State
from models.preference import Absence
from models.types import table
from onboarding.staffing import add_staff, remove_staff
from onboarding.store import MILESTONE, PAUSE, REMINDER, TRANSITION
from tests.municipality import MESSAGE, VIBY, VIBY_AREA, Municipality
from tests.onboarding.absent import OTHER, THIRD, away
from tests.support import MONDAY, assert_folds


def lived_in(town: Municipality) -> None:
    """Every kind of row that another leans on: transitions that messages tell of, and attempts to send those."""
    olena, bogdan = town.enrols("Olena Kovalenko"), town.enrols("Bogdan Popescu")
    olena.records("interest_confirmed")
    olena.moves("admit")
    bogdan.pauses()
    town.delivers()
    town.sweeps_every_day_until(town.clock.today + timedelta(weeks=6))
    town.delivers()


def sent(town: Municipality) -> list[tuple[object, ...]]:
    """Every message that somebody was sent by itself, with how often it was tried: an older program knows no digest."""
    tried = Counter(row["message_id"] for row in town.rows(table(Attempt)))
    alone = (row for row in town.messages(state=State.SENT) if row["kind"] != kinds.DIGEST)
    return [(row["id"], row["cause"], row["recipient_id"], tried[row["id"]]) for row in alone]


def test_what_happened_is_all_there_when_an_older_database_is_upgraded(either_town: Municipality) -> None:
    lived_in(either_town)
    kept = (TRANSITION, MILESTONE, PAUSE, REMINDER)
    before, told = [either_town.rows(of) for of in kept], sent(either_town)
    assert all([*before, told])
    schema.downgrade(either_town.database, "0013")
    assert schema.upgrade(either_town.database) == schema.HEAD
    assert [either_town.rows(of) for of in kept] == before
    assert set(told) <= set(sent(either_town)), "and those that a digest told of"
    assert_folds(either_town.database)


def test_history_is_still_only_added_to_and_messages_still_tell_of_what_there_is_when_it_is_upgraded(
    either_town: Municipality,
) -> None:
    lived_in(either_town)
    schema.downgrade(either_town.database, "0013")
    schema.upgrade(either_town.database)
    for change in ("UPDATE transition SET reason = 'x'", "DELETE FROM transition"):
        with pytest.raises(DBAPIError, match="append-only"), either_town.database.write() as session:
            session.connection().execute(text(change))
    with pytest.raises(DBAPIError), either_town.database.write() as session:
        session.connection().execute(MESSAGE.update().values(seq=999))


def test_an_older_shape_is_refused_whole_when_reminders_have_been_snoozed(either_town: Municipality) -> None:
    lived_in(either_town)
    olena = either_town.enrols("Ioana Popa")
    olena.pauses()
    olena.snoozes(either_town.clock.today + timedelta(days=9))
    with pytest.raises(DBAPIError):
        schema.downgrade(either_town.database, "0013")
    assert schema.revision(either_town.database) == schema.HEAD
    assert olena.shown()["snooze"] is not None


def test_a_reminder_that_told_nobody_is_none_any_more_and_its_case_is_looked_at_when_it_is_upgraded(
    either_town: Municipality,
) -> None:
    """An older program kept a row of it, and thought that it would never be due again."""
    olena = either_town.enrols("Olena Kovalenko")
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=11))
    either_town.delivers()
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(weeks=4))
    told = either_town.rows(REMINDER)
    schema.downgrade(either_town.database, "0018")
    with either_town.database.write() as session:
        session.connection().execute(text("UPDATE reminder SET superseded = (rung <> 'escalation')"))
        session.connection().execute(text("UPDATE enrolment SET next_due_on = NULL"))
    schema.upgrade(either_town.database)
    assert [row["rung"] for row in either_town.rows(REMINDER)] == ["escalation"]
    assert [row["rung"] for row in told] == ["before", "escalation"]
    assert olena.shown()["next_due_on"] is not None


def test_whoever_had_left_before_stands_in_for_nobody_when_an_older_database_is_upgraded(
    either_town: Municipality,
) -> None:
    with either_town.database.write() as session:
        add_staff(session, OTHER, "Ida", "coordinator", [VIBY_AREA])
        add_staff(session, THIRD, "Ole", "coordinator", [VIBY_AREA])
    away(either_town, VIBY, OTHER, days=1)
    away(either_town, VIBY, THIRD, MONDAY + timedelta(days=1), days=1)
    with either_town.database.write() as session:
        remove_staff(session, OTHER)
    schema.downgrade(either_town.database, "0021")
    schema.upgrade(either_town.database)
    assert [row["stand_in_left"] for row in either_town.rows(table(Absence))] == [True, False]
