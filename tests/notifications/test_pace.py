"""When somebody is told: within their hours, by Danish time and Danish holidays, or at the time of their digest."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.refusal import Refused
from engine.topic import Topic
from engine.workdays import DENMARK, is_working_day
from models.message import MAIL, Pace
from models.preference import Preference
from notifications.pace import CHOICES, Choices, Hours, Slots, choices, hours_as_said, hours_of, kept_hours, slots_of
from tests.years.danish_time import last_slot, next_slot

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
AN_INSTANT = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: NEW_YEAR + timedelta(minutes=minutes))
A_MINUTE = st.integers(0, 24 * 60 - 1).map(lambda minutes: time(minutes // 60, minutes % 60))
SOME_HOURS = st.tuples(A_MINUTE, A_MINUTE).filter(lambda ends: ends[0] < ends[1]).map(lambda ends: Hours(*ends))
SOME_SLOTS = st.builds(Slots, st.frozensets(st.integers(1, 7), min_size=1), A_MINUTE)
#: The clock goes forward at 2 on 29 March 2026, and back at 3 on 25 October.
NEAR_A_CHANGE = st.sampled_from([datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]).flatmap(
    lambda day: st.integers(0, 3 * 24 * 60).map(lambda minutes: day + timedelta(minutes=minutes))
)


def danish(day: str, at: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=DENMARK)


def minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def is_open(hours: Hours, at: datetime) -> bool:
    local = at.astimezone(DENMARK)
    return is_working_day(local.date()) and hours.opens <= local.time() < hours.closes


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (danish("2026-11-26", "07:00"), danish("2026-11-26", "07:00")),
        (danish("2026-11-26", "16:59"), danish("2026-11-26", "16:59")),
        (danish("2026-11-26", "17:00"), danish("2026-11-27", "07:00")),
        (danish("2026-11-26", "03:00"), danish("2026-11-26", "07:00")),
        (danish("2026-11-27", "18:00"), danish("2026-11-30", "07:00")),  # a Friday evening
        (danish("2026-04-01", "17:30"), danish("2026-04-07", "07:00")),  # before Easter
        (danish("2026-12-23", "20:00"), danish("2026-12-28", "07:00")),  # Christmas Eve is a closing day
    ],
)
def test_nobody_is_disturbed_outside_their_hours_when_they_left_them_as_they_are(at: datetime, opens: datetime) -> None:
    assert Hours().next_open(at) == opens


@given(SOME_HOURS, AN_INSTANT | NEAR_A_CHANGE)
def test_it_is_the_first_open_moment_when_hours_are_chosen(hours: Hours, at: datetime) -> None:
    opens = hours.next_open(at)
    assert opens >= at
    assert is_open(hours, opens) or hours.opens.hour in (2, 3)  # a time of day that there is not in one night a year
    between, step = at, timedelta(minutes=37)
    while between < opens:
        assert not is_open(hours, between)
        between += step


@pytest.mark.parametrize(
    ("made", "slot"),
    [
        (danish("2026-11-26", "07:29"), danish("2026-11-26", "07:30")),
        (danish("2026-11-26", "07:30"), danish("2026-11-27", "07:30")),
        (danish("2026-11-27", "12:00"), danish("2026-11-30", "07:30")),
        (danish("2026-12-23", "12:00"), danish("2026-12-28", "07:30")),
    ],
)
def test_a_digest_comes_on_weekdays_when_nobody_chose_otherwise(made: datetime, slot: datetime) -> None:
    assert Slots().next_after(made) == slot


def test_a_digest_comes_once_a_week_when_one_day_is_chosen() -> None:
    monday = slots_of("1", "09:15")
    assert monday.next_after(danish("2026-11-26", "12:00")) == danish("2026-11-30", "09:15")
    assert monday.next_after(danish("2026-11-30", "09:15")) == danish("2026-12-07", "09:15")


@given(SOME_SLOTS, AN_INSTANT | NEAR_A_CHANGE)
def test_slots_follow_one_another_when_asked_again_and_again(slots: Slots, at: datetime) -> None:
    first = slots.next_after(at)
    second = slots.next_after(first)
    assert at < first < second
    assert slots.next_after(first - timedelta(seconds=1)) == first


@pytest.mark.parametrize(
    ("days", "made", "slot"),
    [
        ("1", danish("2026-03-30", "12:00"), danish("2026-04-07", "07:30")),  # Easter Monday was the 6th
        ("4", danish("2026-03-30", "12:00"), danish("2026-04-07", "07:30")),  # Maundy Thursday, and four more days
        ("1", danish("2026-04-07", "07:30"), danish("2026-04-13", "07:30")),
        ("45", danish("2026-04-01", "12:00"), danish("2026-04-07", "07:30")),
        ("12", danish("2026-04-01", "12:00"), danish("2026-04-07", "07:30")),  # a day of the digest anyway
        ("12", danish("2026-04-07", "07:30"), danish("2026-04-13", "07:30")),
        ("56", danish("2026-04-01", "12:00"), danish("2026-04-04", "07:30")),  # the Saturday comes first
        ("56", danish("2026-04-04", "07:30"), danish("2026-04-10", "07:30")),
        ("7", danish("2026-04-01", "12:00"), danish("2026-04-07", "07:30")),  # Easter Sunday
        ("7", danish("2026-12-24", "12:00"), danish("2026-12-27", "07:30")),  # whoever chose a plain Sunday has it
        ("6", danish("2026-12-24", "12:00"), danish("2026-12-28", "07:30")),  # the Saturday is the 26th
        ("67", danish("2026-12-24", "12:00"), danish("2026-12-27", "07:30")),
        ("56", danish("2026-12-24", "12:00"), danish("2026-12-28", "07:30")),
        ("6", danish("2026-12-28", "07:30"), danish("2027-01-02", "07:30")),
        ("6", danish("2026-05-01", "12:00"), danish("2026-05-02", "07:30")),  # Great Prayer Day is none any more
        ("4", danish("2026-12-18", "12:00"), danish("2026-12-28", "07:30")),  # Christmas Eve
        ("5", danish("2026-12-31", "12:00"), danish("2027-01-04", "07:30")),
    ],
)
def test_a_digest_comes_on_the_next_working_day_when_its_own_is_a_holiday(
    days: str, made: datetime, slot: datetime
) -> None:
    assert slots_of(days, None).next_after(made) == slot


@given(SOME_SLOTS, AN_INSTANT | NEAR_A_CHANGE)
def test_slots_are_where_plain_arithmetic_has_them(slots: Slots, at: datetime) -> None:
    slot = slots.next_after(at)
    assert slot == next_slot(slots.days_as_said, slots.at, at)
    assert last_slot(slots.days_as_said, slots.at, slot) == slot


@given(SOME_SLOTS, AN_INSTANT)
def test_nobody_waits_longer_than_over_a_holiday_when_a_day_comes_each_week(slots: Slots, at: datetime) -> None:
    assert slots.next_after(at) - at <= timedelta(days=7 + 5, hours=1)


@given(AN_INSTANT, st.sampled_from(Topic), st.booleans())
def test_a_message_goes_within_hours_or_at_a_slot_when_it_is_sorted(at: datetime, topic: Topic, manager: bool) -> None:
    chosen = Choices("manager" if manager else "coordinator")
    pace, planned_at, send_after = chosen.sort(topic, at, at, at, at, leaves=True)
    if pace is Pace.DIGEST:
        assert manager
        assert topic in (Topic.MOVES, Topic.ENDINGS)
        assert send_after == planned_at == chosen.slots.next_after(at)
    else:
        assert send_after == planned_at == Hours().next_open(at)


def test_it_may_go_now_when_it_is_late() -> None:
    meant, now = danish("2026-11-23", "10:00"), danish("2026-11-26", "12:00")
    sorted_ = Choices("coordinator").sort(Topic.MOVES, meant, meant, meant, now, leaves=True)
    assert (sorted_.planned_at, sorted_.send_after <= now) == (meant, True)
    night = danish("2026-11-26", "22:00")
    at_night = Choices("coordinator").sort(Topic.MOVES, meant, meant, meant, night, leaves=True)
    assert at_night.send_after == danish("2026-11-27", "07:00")


def test_a_topic_that_nobody_can_do_without_is_told_when_it_was_turned_off() -> None:
    silent = Choices("coordinator", paces=dict.fromkeys(Topic, Pace.NEVER))
    assert {topic for topic in Topic if silent.pace(topic) is Pace.NEVER} == {Topic.ENDINGS, Topic.MOVES}
    assert all(silent.pace(topic) in CHOICES[topic] for topic in Topic)


def test_mail_is_the_way_when_no_other_was_chosen() -> None:
    assert Choices("coordinator").ways(Topic.MOVES) == (MAIL,)
    assert Choices("coordinator", channels={Topic.MOVES: ()}).ways(Topic.MOVES) == (MAIL,)


@pytest.mark.parametrize(("hours", "waits"), [(None, False), ("always", False), ("07:00-17:00", True)])
def test_only_hours_that_were_chosen_hold_when_nothing_leaves_the_machine(hours: str | None, waits: bool) -> None:
    night = danish("2026-11-26", "22:00")
    chosen = choices("coordinator", Preference(staff_id=1, hours=hours), ())
    assert (chosen.sort(Topic.MOVES, night, night, night, night, leaves=False).send_after > night) is waits


@pytest.mark.parametrize(
    "said",
    [
        "17:00-07:00",
        "7",
        "syv",
        "07:00-07:00",
        "-",
        "25:00-26:00",
        "07:00+02:00-17:00",
        "07:00-17:00Z",
        "07:00:30-17:00",
        "07:00-17:00:00",
        "07:00-17:00-18:00",
        "07-17",
        "٠٧:00-17:00",
    ],
)
def test_hours_are_refused_with_an_example_when_they_cannot_be_read(said: str) -> None:
    with pytest.raises(Refused, match="Skriv det som 07:00-17:00, eller »always« for altid"):
        hours_of(said)


@pytest.mark.parametrize("said", ["12:00-12:01", "07:00-07:59", "23:00-23:59"])
def test_hours_are_refused_when_a_delivery_now_and_then_could_miss_them(said: str) -> None:
    with pytest.raises(Refused, match=r"^Tidsrummet er for kort\. Skriv mindst en time, fx 07:00-17:00\.$"):
        hours_of(said)


@pytest.mark.parametrize(
    ("kept", "lasts"),
    [
        ("12:00-12:01", Hours(time(12), time(13))),
        ("12:00-13:00", Hours(time(12), time(13))),
        ("23:30-23:59", Hours(time(22, 59), time(23, 59))),
    ],
)
def test_hours_last_an_hour_when_they_were_chosen_before_they_had_to(kept: str, lasts: Hours) -> None:
    assert choices("coordinator", Preference(staff_id=1, hours=kept), ()).hours == lasts


@given(SOME_HOURS)
def test_hours_are_read_as_they_are_when_they_last_an_hour(hours: Hours) -> None:
    said = hours_as_said(hours)
    assert (kept_hours(said) == hours) is (minutes(hours.closes) - minutes(hours.opens) >= 60)


@pytest.mark.parametrize(
    ("days", "at"),
    [
        ("", "07:30"),
        ("8", "07:30"),
        ("11", "07:30"),
        ("1x", None),
        ("1", "halv otte"),
        ("1", "07:00+02:00"),
        ("1", "07:00:30"),
        ("1", "T07:00"),
        ("1", "0700"),
        ("1", ""),
    ],
)
def test_a_digest_is_refused_when_its_time_cannot_be_read(days: str, at: str | None) -> None:
    with pytest.raises(Refused):
        slots_of(days, at)
