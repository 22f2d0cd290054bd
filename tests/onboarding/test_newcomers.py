"""An area that was without a manager for a while, or changed hands: nothing that was to reach its manager is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import String, cast, event, insert, literal, select, text

from engine import kinds
from engine.case import Rung
from models.message import MAIL, State
from models.staff import Role
from onboarding import users
from onboarding.arriving import Arrival, Grant, arrive
from onboarding.newcomers import tell_what_waits
from onboarding.outbox import take
from onboarding.staffing import remove_staff
from tests.municipality import (
    MESSAGE,
    SYD,
    SYD_AREA,
    SYD_MANAGER,
    VIBY,
    VIBY_AREA,
    VIBY_MANAGER,
    Candidate,
    Inbox,
    Municipality,
)
from tests.support import AwayPostbox

ESCALATION = kinds.OF_RUNG[Rung.ESCALATION]
NEW, ADMINISTRATOR = "ny.leder@example.org", "admin@example.org"


def forgotten(town: Municipality) -> Candidate:
    """Somebody of whom the manager is to be told, written and not sent yet."""
    olena = town.enrols()
    town.delivers()
    town.clock.passes(days=24)
    town.sweeps()
    return olena


def puts(town: Municipality, email: str, *areas: str, role: str = "manager") -> None:
    with town.database.write() as session:
        users.put_staff(session, email, "Ny Leder", role, areas, by=ADMINISTRATOR, at=town.clock.now)


def removes(town: Municipality, email: str) -> None:
    with town.database.write() as session:
        remove_staff(session, email)


def escalated(town: Municipality, email: str) -> list[str]:
    return [subject for subject in Inbox(town.postbox, email).reads_subjects() if "Eskalering" in subject]


def test_a_new_manager_is_told_once_of_what_came_while_the_area_had_none(either_town: Municipality) -> None:
    removes(either_town, VIBY_MANAGER)
    olena = forgotten(either_town)
    either_town.delivers()
    assert ("skipped", "nobody_in_audience") in {(m["state"], m["reason"]) for m in either_town.messages()}
    either_town.clock.passes(days=3)
    puts(either_town, NEW, VIBY_AREA)
    puts(either_town, NEW, VIBY_AREA)
    either_town.delivers()
    assert escalated(either_town, NEW) == [f"{olena.reference}: Eskalering: 13 dage over tid"]


def test_whoever_takes_an_area_over_is_told_what_waits_and_whoever_had_it_is_not(either_town: Municipality) -> None:
    olena = forgotten(either_town)
    puts(either_town, VIBY_MANAGER, SYD_AREA)
    puts(either_town, NEW, VIBY_AREA)
    either_town.delivers()
    either_town.delivers()
    assert [len(escalated(either_town, email)) for email in (VIBY_MANAGER, NEW)] == [0, 1]
    reasons = {(m["recipient"], m["reason"]) for m in olena.shown()["messages"] if m["kind"] == ESCALATION}
    assert (VIBY_MANAGER, "left_audience") in reasons


@pytest.mark.parametrize("taken_out_first", [True, False])
def test_a_successor_is_told_what_the_one_who_was_taken_out_did_not_get(
    either_town: Municipality, taken_out_first: bool
) -> None:
    forgotten(either_town)
    removes(either_town, VIBY_MANAGER)
    if taken_out_first:
        either_town.delivers()
    puts(either_town, NEW, VIBY_AREA)
    either_town.delivers()
    either_town.delivers()
    assert [len(escalated(either_town, email)) for email in (VIBY_MANAGER, NEW)] == [0, 1]


def test_a_second_manager_is_told_nothing_of_what_the_first_one_knows(either_town: Municipality) -> None:
    forgotten(either_town)
    puts(either_town, NEW, VIBY_AREA)  # it is still on its way to the first
    either_town.delivers()
    puts(either_town, "endnu.en@example.org", VIBY_AREA)
    either_town.delivers()
    assert [len(escalated(either_town, who)) for who in (VIBY_MANAGER, NEW, "endnu.en@example.org")] == [1, 0, 0]


def test_a_new_manager_gets_one_message_of_all_that_was_told_to_nobody(either_town: Municipality) -> None:
    removes(either_town, VIBY_MANAGER)
    candidates = [either_town.enrols() for _ in range(3)]
    either_town.delivers()
    either_town.clock.passes(days=24)
    either_town.sweeps()
    either_town.delivers()
    either_town.clock.passes(days=3)
    puts(either_town, NEW, VIBY_AREA)
    either_town.delivers()
    (told,) = either_town.postbox.to(NEW)
    assert told.subject == "Overtaget: 3 haster"
    assert all(candidate.reference in told.text for candidate in candidates)
    assert "som ikke har det mere" in told.text


@pytest.mark.parametrize("count", [1, 3])
def test_nothing_ends_with_those_who_were_taken_out_however_many_it_was(either_town: Municipality, count: int) -> None:
    """Several were gathered into one message, to somebody who gets none any more."""
    candidates = [either_town.enrols() for _ in range(count)]
    either_town.delivers()
    either_town.clock.passes(days=24)
    either_town.sweeps()
    puts(either_town, SYD, VIBY_AREA, SYD_AREA, role="coordinator")
    for email in (VIBY, VIBY_MANAGER):
        removes(either_town, email)
    either_town.delivers()
    either_town.clock.passes(days=1)
    puts(either_town, NEW, VIBY_AREA)
    for candidate in candidates:
        candidate.is_assigned(SYD)
    for _ in range(3):
        either_town.sweeps()
        either_town.delivers()
        either_town.clock.passes(days=1)
    for email in (SYD, NEW):
        mails = [f"{mail.subject}\n{mail.text}" for mail in either_town.postbox.to(email)]
        mails = [mail for mail in mails if "Eskalering" in mail]
        assert len(mails) == 1
        assert all(candidate.reference in mails[0] for candidate in candidates)


def test_a_digest_tells_what_is_left_and_a_successor_the_rest_when_an_area_was_given_away(
    either_town: Municipality,
) -> None:
    """It was written, and waited for the mail server."""
    puts(either_town, VIBY_MANAGER, VIBY_AREA, SYD_AREA)
    removes(either_town, SYD_MANAGER)
    here = [either_town.enrols() for _ in range(2)]
    there = [either_town.enrols(area=SYD_AREA, coordinator=SYD) for _ in range(2)]
    either_town.delivers()
    either_town.clock.passes(days=24)
    either_town.sweeps()
    either_town.delivers(AwayPostbox())
    puts(either_town, VIBY_MANAGER, SYD_AREA)
    puts(either_town, NEW, VIBY_AREA)
    for _ in range(2):
        either_town.clock.passes(minutes=30)
        either_town.delivers()
    kept, passed_on = (either_town.postbox.to(email)[-1].text for email in (VIBY_MANAGER, NEW))
    assert [one.reference in kept for one in (*here, *there)] == [False, False, True, True]
    assert [one.reference in passed_on for one in (*here, *there)] == [True, True, False, False]
    reasons = [row["reason"] for row in here[0].shown()["messages"] if row["recipient"] == VIBY_MANAGER]
    assert "left_audience" in reasons


def test_a_new_manager_is_told_of_nobody_for_whom_reminders_rest_until_they_do_not(either_town: Municipality) -> None:
    removes(either_town, VIBY_MANAGER)
    elsewhere, snoozed = either_town.enrols(), either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(days=24)
    either_town.sweeps()
    either_town.delivers()
    elsewhere.is_handled_elsewhere()
    snoozed.snoozes(either_town.clock.today + timedelta(days=3))
    puts(either_town, NEW, VIBY_AREA)
    either_town.delivers()
    assert either_town.postbox.to(NEW) == []
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=3))
    either_town.delivers()
    assert escalated(either_town, NEW) == [f"{snoozed.reference}: Eskalering: 13 dage over tid"]


def test_the_manager_of_the_new_area_is_told_when_a_dead_delivery_had_it_at_the_hand_over(
    either_town: Municipality,
) -> None:
    olena = forgotten(either_town)
    either_town.sorts()
    with either_town.database.write() as session:
        take(session, "dead", MAIL, either_town.clock.now, 50)
    olena.is_assigned(SYD, SYD_AREA)
    for _ in range(2):
        either_town.clock.passes(minutes=20)
        either_town.delivers()
    assert [len(escalated(either_town, email)) for email in (VIBY_MANAGER, SYD_MANAGER, VIBY, SYD)] == [0, 1, 0, 1]


def among_many(town: Municipality, count: int) -> None:
    """So many messages more that were sent, as after a year."""
    m = MESSAGE.c
    one = [column for column in m if column.name not in ("id", "cause", "state", "reason")]
    numbers = select(literal(1).label("n")).cte(recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < count))
    cause = (literal("old:") + cast(numbers.c.n, String)).label("cause")
    of_one = select(cause, literal("sent").label("state"), *one).select_from(numbers).join(MESSAGE, m.id == 1)
    with town.database.write() as session:
        names = ["cause", "state", *(column.name for column in one)]
        session.connection().execute(insert(MESSAGE).from_select(names, of_one))
    with town.database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def test_only_what_reached_nobody_is_read_when_somebody_comes_to_an_area(either_town: Municipality) -> None:
    """Everybody else waits for whoever writes: with a year's messages that must not take longer."""
    asked = list[tuple[str, Any]]()

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT message.id, message.cause"):
            asked.append((statement, values))

    removes(either_town, VIBY_MANAGER)
    forgotten(either_town)
    either_town.delivers()
    among_many(either_town, 5_000)
    event.listen(either_town.database.engine, "before_cursor_execute", note)
    with either_town.database.write() as session:
        tell_what_waits(session, VIBY, either_town.clock.now)
    event.remove(either_town.database.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN" if either_town.database.is_sqlite else "EXPLAIN"
    with either_town.database.read() as session:
        plan = [str(row) for row in session.connection().exec_driver_sql(f"{explain} {asked[0][0]}", asked[0][1])]
    assert any("ix_message_unreached" in step for step in plan), plan


def test_nothing_is_told_of_what_is_over(either_town: Municipality) -> None:
    removes(either_town, VIBY_MANAGER)
    olena, amina = forgotten(either_town), forgotten(either_town)
    either_town.delivers()
    olena.drops_out()
    amina.records("interest_confirmed")
    amina.moves("admit")
    puts(either_town, NEW, VIBY_AREA)
    assert [row for row in either_town.messages(kind=ESCALATION) if row["state"] == State.QUEUED] == []


def test_a_manager_whom_the_provider_gives_an_area_is_told_what_waits(either_town: Municipality) -> None:
    removes(either_town, VIBY_MANAGER)
    forgotten(either_town)
    either_town.delivers()
    arrival = Arrival("https://id.example.org", "17", NEW, "Ny Leder", ("ledere",))
    with either_town.database.write() as session:
        arrive(session, {"ledere": Grant(Role.MANAGER, (VIBY_AREA,))}, arrival, either_town.clock.now)
    either_town.clock.passes(days=1)
    either_town.delivers()
    assert len(escalated(either_town, NEW)) == 1
