"""Whether reminders are heard, reckoned with a pencil over every row; and what each rule of it is for."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.topic import Topic
from models.message import Pace
from models.staff import Role
from notifications.channels.envelope import Fate, NotReceived, Received
from onboarding.preferences import choose_topic
from onboarding.store import MILESTONE
from reports.effect import ASKING, Heard, effect
from reports.period import ALWAYS, Period
from reports.scope import Scope
from tests.municipality import PATHWAYS, SYD, VIBY, VIBY_MANAGER, Candidate, Municipality
from tests.reports.lives import live_by_the_day
from tests.reports.pencil import COUNTED, Pencil
from tests.support import RefusingPostbox, TellingPostbox


def plain(heard: list[Heard]) -> dict[str, dict[str, Any]]:
    return {one.kind: {name: getattr(one, name) for name in COUNTED} for one in heard}


def asked(
    town: Municipality, key: str = "immigrant_track", period: Period = ALWAYS, scope: Scope | None = None
) -> dict[str, dict[str, Any]]:
    with town.database.read() as session:
        return plain(effect(session, key, town.clock.now, scope, period, leaves=False))


def test_every_kind_has_its_figures_when_all_rows_are_gone_through_with_a_pencil(either_town: Municipality) -> None:
    gathers(either_town, SYD)
    live_by_the_day(either_town, Random(1 if either_town.database.is_sqlite else 2))
    assert {row["state"] for row in either_town.messages() if row["kind"] in ASKING} >= {"sent", "gathered"}
    pencil, today = Pencil(either_town), either_town.clock.today
    # In the week after the last one was sent, it is too early to tell of some.
    either_town.clock.now = max(row["finished_at"] for row in pencil.messages) + timedelta(days=3)
    seen: defaultdict[str, int] = defaultdict(int)
    for key in PATHWAYS:
        for period in (
            ALWAYS,
            Period(None, today - timedelta(days=60)),
            Period(today - timedelta(days=60), None),
            *(Period(today - timedelta(days=day + 9), today - timedelta(days=day)) for day in range(0, 200, 10)),
        ):
            for areas in ({1, 2}, {1}, {2}):
                made = asked(either_town, key, period, Scope(0, Role.MANAGER, frozenset(areas)))
                assert made == pencil.reckons(key, either_town.clock.now, period, areas)
                for kind in made.values():
                    for name in ("sent", "followed", "too_early"):
                        seen[name] += kind[name]
    assert 0 < seen["followed"] < seen["sent"]
    assert seen["too_early"]


def gathers(town: Municipality, email: str) -> None:
    """Whoever this is wants reminders once a day, in one message."""
    with town.database.write() as session:
        choose_topic(session, email, Topic.DEADLINES, Pace.DIGEST)


def late(town: Municipality, **more: Any) -> Candidate:
    """Somebody who has been in the first stage for so long that a reminder was sent, this moment."""
    olena = town.enrols(**more)
    town.delivers()
    town.clock.moves_to(date(2026, 9, 22))
    town.sweeps()
    town.delivers()
    assert [row["state"] for row in town.messages(kind="reminder_after")] == ["sent"]
    return olena


def figures(town: Municipality, kind: str = "reminder_after") -> tuple[int, ...]:
    """Sent, followed and too early to tell, of a reminder, once eight days have gone by."""
    town.clock.passes(days=8)
    found = asked(town)[kind]
    return found["sent"], found["followed"], found["too_early"]


def test_a_reminder_counts_as_followed_when_a_milestone_was_recorded_in_the_week_after(town: Municipality) -> None:
    olena = late(town)
    town.clock.passes(days=3)
    olena.records("interest_confirmed")
    town.clock.passes(days=5)
    assert asked(town)["reminder_after"] == {"sent": 1, "followed": 1, "share": 100, "days": 3, "too_early": 0}


def test_it_is_too_early_to_tell_when_a_reminder_is_not_a_week_old(town: Municipality) -> None:
    olena = late(town)
    olena.records("interest_confirmed")
    town.clock.passes(days=6, hours=23, minutes=59)
    assert asked(town)["reminder_after"] == {"sent": 0, "followed": 0, "share": None, "days": None, "too_early": 1}
    town.clock.passes(minutes=1)
    assert asked(town)["reminder_after"]["sent"] == 1


@pytest.mark.parametrize(("days", "counted"), [(6, 1), (7, 0)])
def test_what_comes_later_than_a_week_does_not_count_when_somebody_acts(
    either_town: Municipality, days: int, counted: int
) -> None:
    olena = late(either_town)
    either_town.clock.passes(days=days)
    olena.pauses()
    assert figures(either_town) == (1, counted, 0)


@pytest.mark.parametrize(
    ("knows", "state", "sent"), [(Received(), "delivered", 1), (NotReceived("Telefonen er slukket."), "dead", 0)]
)
@pytest.mark.parametrize("together", [False, True])
def test_a_reminder_counts_when_it_was_received_and_not_when_it_was_not(
    either_town: Municipality, knows: Fate, state: str, sent: int, together: bool
) -> None:
    if together:
        gathers(either_town, VIBY)
    count = 2 if together else 1
    for _ in range(count):
        either_town.enrols()
    either_town.delivers()
    either_town.clock.moves_to(date(2026, 9, 22))
    either_town.sweeps()
    either_town.clock.passes(hours=23)  # a digest's slot has come
    postbox = TellingPostbox(knows=knows)
    either_town.delivers(postbox)
    either_town.clock.passes(minutes=1)
    either_town.delivers(postbox)
    told = either_town.messages(kind="digest" if together else "reminder_after")
    assert [row["state"] for row in told] == [state]
    assert figures(either_town) == (count * sent, 0, 0)


def on_a_course(town: Municipality) -> Candidate:
    """Somebody who has passed, and of whom a reminder was sent this moment, a few days before the course ends."""
    olena = town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    olena.records("danish_course_passed")
    town.delivers()
    town.clock.moves_to(date(2026, 11, 24))
    town.sweeps()
    town.delivers()
    assert [row["state"] for row in town.messages(kind="reminder_before")] == ["sent"]
    return olena


def test_what_the_program_did_does_not_count_when_nobody_else_did_anything(town: Municipality) -> None:
    olena = on_a_course(town)
    town.clock.moves_to(date(2026, 11, 30))
    town.sweeps()
    assert olena.stage == "amu_course"
    assert figures(town, "reminder_before") == (1, 0, 0)


def test_what_was_taken_back_does_not_count_when_it_followed_a_reminder(town: Municipality) -> None:
    olena = late(town)
    town.clock.passes(days=1)
    olena.moves("reject")
    town.clock.passes(hours=1)
    olena.undoes()
    assert figures(town) == (1, 0, 0)


def test_that_a_pause_was_prolonged_does_not_count_when_that_was_taken_back(town: Municipality) -> None:
    olena = town.enrols()
    olena.pauses(review_on=date(2026, 9, 21))
    town.clock.moves_to(date(2026, 9, 21))
    town.sweeps()
    town.delivers()
    for does in (lambda: olena.prolongs(date(2026, 10, 12)), olena.undoes):
        town.clock.passes(hours=1)
        does()
    assert figures(town, "pause_review") == (1, 0, 0)


def test_a_pause_still_counts_when_the_move_before_it_was_taken_back(town: Municipality) -> None:
    olena = on_a_course(town)
    for does in (olena.pauses, olena.resumes, olena.undoes):
        town.clock.passes(days=1)
        does()
    assert olena.stage == "intake"
    assert figures(town, "reminder_before") == (1, 1, 0)


def test_a_milestone_does_not_count_when_it_was_found_to_be_wrong(town: Municipality) -> None:
    olena = late(town)
    town.clock.passes(days=1)
    olena.records("interest_confirmed")
    town.clock.passes(days=1)
    olena.withdraws("interest_confirmed")
    assert figures(town) == (1, 0, 0)


def test_a_milestone_counts_when_its_day_was_corrected_later(town: Municipality) -> None:
    olena = late(town)
    town.clock.passes(days=1)
    olena.records("interest_confirmed")
    town.clock.passes(days=9)
    olena.records("interest_confirmed", achieved_on=date(2026, 9, 22))
    assert len(town.rows(MILESTONE)) == 3, "consent, and both of these"
    assert figures(town) == (1, 1, 0)


def test_what_held_before_does_not_count_when_an_undo_writes_it_anew(town: Municipality) -> None:
    olena = on_a_course(town)
    town.clock.moves_to(date(2026, 11, 30))
    olena.records("danish_course_passed", achieved_on=date(2026, 11, 29))
    assert olena.stage == "amu_course"
    town.clock.passes(hours=1)
    olena.undoes()
    assert olena.stage == "danish_course"
    assert figures(town, "reminder_before") == (1, 0, 0)


def test_a_reminder_is_one_when_several_people_were_told_of_it(town: Municipality) -> None:
    town.enrols()
    town.clock.moves_to(date(2026, 10, 30))
    town.sweeps()
    town.delivers(RefusingPostbox(permanent=False, whom=VIBY_MANAGER))
    town.clock.passes(days=2)
    town.delivers()
    escalations = town.messages(kind="escalation")
    assert {row["audience"] for row in escalations} == {"coordinator", "manager"}
    first = min(row["finished_at"] for row in escalations)
    assert figures(town, "escalation") == (1, 0, 0)
    for period, count in ((Period(first.date(), first.date()), 1), (Period(first.date() + timedelta(days=1), None), 0)):
        assert asked(town, period=period)["escalation"]["sent"] == count


def test_a_reminder_counts_from_its_digest_when_it_was_gathered(either_town: Municipality) -> None:
    town = either_town
    gathers(town, VIBY)
    olena, _ = town.enrols(), town.enrols()
    town.delivers()
    town.clock.moves_to(date(2026, 9, 22))
    town.sweeps()
    town.delivers()
    assert {row["state"] for row in town.messages(kind="reminder_after")} == {"queued"}
    olena.records("interest_confirmed")
    town.clock.passes(days=1)
    town.delivers(RefusingPostbox(permanent=False))
    assert {row["state"] for row in town.messages(kind="reminder_after")} == {"gathered"}
    assert figures(town, "reminder_after") == (0, 0, 0), "the digest was not sent yet"
    town.delivers()
    assert asked(town)["reminder_after"]["too_early"] == 2
    assert figures(town, "reminder_after") == (2, 0, 0), "what was recorded before it was told follows nothing"


def test_nothing_is_counted_when_nobody_got_the_reminder(town: Municipality) -> None:
    town.enrols()
    town.clock.moves_to(date(2026, 9, 22))
    town.sweeps()
    town.delivers(RefusingPostbox(permanent=True))
    assert figures(town) == (0, 0, 0)


def test_those_of_other_areas_are_not_counted_when_somebody_has_an_area(town: Municipality) -> None:
    late(town)
    assert figures(town) == (1, 0, 0)
    for areas, sent in (({1}, 1), ({2}, 0)):
        scope = Scope(0, Role.COORDINATOR, frozenset(areas))
        assert asked(town, scope=scope)["reminder_after"]["sent"] == sent


def test_a_reminder_is_of_its_danish_day_when_it_was_sent_late_in_the_evening(either_town: Municipality) -> None:
    late_at_night = datetime(2026, 9, 22, 22, 30, tzinfo=ZoneInfo("UTC"))
    either_town.enrols()
    either_town.clock.now = late_at_night
    either_town.sweeps()
    either_town.delivers()
    either_town.clock.passes(days=8)
    for day, sent in ((date(2026, 9, 22), 0), (date(2026, 9, 23), 1)):
        assert asked(either_town, period=Period(day, day))["reminder_after"]["sent"] == sent


def test_small_counts_are_hidden_when_the_figures_leave_the_unit(town: Municipality) -> None:
    everybody = [town.enrols() for _ in range(12)]
    town.clock.moves_to(date(2026, 9, 22))
    town.sweeps()
    town.delivers()
    town.clock.passes(days=2)
    for olena in everybody[:4]:
        olena.records("interest_confirmed")
    town.clock.passes(days=6)
    with town.database.read() as session:
        now, place = town.clock.now, ASKING.index("reminder_after")
        inside, outside = (effect(session, "immigrant_track", now, leaves=leaves)[place] for leaves in (False, True))
    assert (inside.sent, inside.followed, inside.share, inside.days) == (12, 4, 33, 2)
    assert (outside.followed, outside.share, outside.days) == (None, None, None)
    assert outside.shown["followed"] == "under 5"
    assert (outside.shown["share"], outside.shown["days"]) == ("skjult", "skjult")
