"""When somebody is told: at once within their hours, or gathered in a digest. Pure: the moment is an argument."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from engine.refusal import Refused
from engine.topic import Topic
from engine.workdays import DENMARK, is_holiday, is_working_day
from models.message import MAIL, Pace
from models.preference import Preference, TopicChoice
from models.staff import Role

#: What can be chosen for each topic. Nobody can do without what has no `Pace.NEVER`.
CHOICES: Mapping[Topic, tuple[Pace, ...]] = {
    Topic.ESCALATIONS: (Pace.AT_ONCE,),
    Topic.DEADLINES: (Pace.AT_ONCE, Pace.DIGEST),
    Topic.ENDINGS: tuple(Pace),
    Topic.HANDOVERS: (Pace.AT_ONCE, Pace.DIGEST),
    Topic.MOVES: tuple(Pace),
}
_GATHERED_FOR_MANAGERS = frozenset({Topic.ENDINGS, Topic.MOVES})

ALWAYS = "always"
_FRIDAY = 5
_ONE_DAY = timedelta(days=1)
_CLOCK = re.compile(r"(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])")
#: The last time of day from which hours can last an hour, as they have to: a delivery now and then must find them.
_LAST_TO_OPEN = time(22, 59)
_HOURS_ARE_WRITTEN = "Skriv det som 07:00-17:00, eller »always« for altid."


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody may be disturbed: on Danish working days from `opens` to `closes`, exclusive, by Danish time."""

    opens: time = time(7)
    closes: time = time(17)

    def next_open(self, at: datetime) -> datetime:
        """`at`, or the first moment after it that lies within these hours."""
        local = at.astimezone(DENMARK)
        if is_working_day(local.date()) and self.opens <= local.time() < self.closes:
            return at
        days = (day for day in days_from(local.date()) if is_working_day(day))
        return next(opening for opening in (moment(day, self.opens) for day in days) if opening > at)


@dataclass(frozen=True, slots=True)
class Slots:
    """When digests go out: at `at`, Danish time, on these ISO weekdays. What would come on a public holiday comes on
    the next working day.
    """

    days: frozenset[int] = frozenset(range(1, _FRIDAY + 1))
    at: time = time(7, 30)

    @property
    def days_as_said(self) -> str:
        """`12345`."""
        return "".join(str(day) for day in sorted(self.days))

    @property
    def at_as_said(self) -> str:
        """`07:30`."""
        return f"{self.at:%H:%M}"

    def next_after(self, instant: datetime) -> datetime:
        """The first slot after `instant`."""
        days = (day for day in days_from(instant.astimezone(DENMARK).date()) if self._are_on(day))
        return next(slot for slot in (moment(day, self.at) for day in days) if slot > instant)

    def _are_on(self, day: date) -> bool:
        """On a chosen day; and on the first working day after one that is a holiday, if none has come since."""
        if day.isoweekday() in self.days or not is_working_day(day):
            return day.isoweekday() in self.days and not is_holiday(day)
        before = day - _ONE_DAY
        while before.isoweekday() not in self.days and not is_working_day(before):
            before -= _ONE_DAY
        return before.isoweekday() in self.days and is_holiday(before)


class Sorted(NamedTuple):
    """How a message goes: `planned_at` is when it was meant to, and `send_after` when it may."""

    pace: Pace
    planned_at: datetime
    send_after: datetime


@dataclass(frozen=True, slots=True)
class Choices:
    """How one person is told. `hours` is None for somebody who may be disturbed at any time; hours that they did not
    choose (`chose_hours`) hold only for what leaves the machine.
    """

    role: str
    hours: Hours | None = field(default_factory=Hours)
    chose_hours: bool = False
    slots: Slots = field(default_factory=Slots)
    paces: Mapping[str, Pace] = field(default_factory=dict)
    channels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def pace(self, topic: Topic) -> Pace:
        """What they chose, if that can still be chosen; otherwise what their role has."""
        chosen = self.paces.get(topic)
        return chosen if chosen in CHOICES[topic] else default_pace(self.role, topic)

    def sort(
        self,
        topic: Topic,
        meant_at: datetime,
        made_at: datetime,
        send_after: datetime,
        now: datetime,
        *,
        leaves: bool,
        alone: bool = False,
    ) -> Sorted:
        """How a message goes: it was written at `made_at`, meant for `meant_at`, and may go from `send_after` on.
        `leaves`: it leaves the machine. `alone`: it is not gathered any more, whatever they chose.
        """
        pace = self.pace(topic)
        if pace is Pace.DIGEST and not alone:
            return Sorted(pace, self.slots.next_after(meant_at), self.slots.next_after(made_at))
        earliest = max(now, send_after)
        planned, opens = (self.may_be_told(at, leaves=leaves) for at in (meant_at, earliest))
        return Sorted(Pace.AT_ONCE if alone else pace, planned, opens if opens > earliest else send_after)

    def may_be_told(self, at: datetime, *, leaves: bool) -> datetime:
        """`at`, or the first moment after it at which they may be disturbed."""
        hours = self.hours if leaves or self.chose_hours else None
        return at if hours is None else hours.next_open(at)

    def ways(self, topic: Topic) -> tuple[str, ...]:
        """By which channels they are told; never none."""
        return self.channels.get(topic) or (MAIL,)


def choices(role: str, said: Preference | None, topics: Iterable[TopicChoice]) -> Choices:
    """What somebody in this role chose."""
    hours = None if said is None else said.hours
    topics = list(topics)
    return Choices(
        role=role,
        hours=kept_hours(hours),
        chose_hours=hours is not None,
        slots=slots_of(said.digest_days, said.digest_at) if said else Slots(),
        paces={choice.topic: Pace(choice.pace) for choice in topics},
        channels={choice.topic: tuple(choice.channels.split()) for choice in topics},
    )


def default_pace(role: str, topic: Topic) -> Pace:
    """Everything at once; but what moves and ends is gathered for managers."""
    return Pace.DIGEST if role == Role.MANAGER and topic in _GATHERED_FOR_MANAGERS else Pace.AT_ONCE


def hours_of(said: str | None) -> Hours | None:
    """`07:00-17:00` or `always`; None, not chosen, is working days from 7 to 17. Raises `Refused`."""
    hours = _read(said)
    if hours != _lasting(hours):
        raise Refused("Tidsrummet er for kort. Skriv mindst en time, fx 07:00-17:00.")
    return hours


def kept_hours(said: str | None) -> Hours | None:
    """What `hours_of` read once. Shorter hours, from before they had to last an hour, are widened to one."""
    return _lasting(_read(said))


def _read(said: str | None) -> Hours | None:
    if said is None:
        return Hours()
    if said.strip().lower() == ALWAYS:
        return None
    opens, closes = (_time(part) for part in said.partition("-")[::2])
    if opens is None or closes is None:
        raise Refused(f"Tidsrummet kan ikke læses. {_HOURS_ARE_WRITTEN}")
    if opens >= closes:
        raise Refused(f"Tidsrummet skal begynde, før det slutter. {_HOURS_ARE_WRITTEN}")
    return Hours(opens, closes)


def _lasting(hours: Hours | None) -> Hours | None:
    """They, or an hour that holds them."""
    if hours is None:
        return None
    opens = min(hours.opens, _LAST_TO_OPEN)
    return Hours(opens, max(hours.closes, opens.replace(hour=opens.hour + 1)))


def hours_as_said(hours: Hours | None) -> str:
    """What `hours_of` reads, always written in one way."""
    return ALWAYS if hours is None else f"{hours.opens:%H:%M}-{hours.closes:%H:%M}"


def slots_of(days: str | None, at: str | None) -> Slots:
    """ISO weekdays (`12345`) and a time of day (`07:30`); None is what nobody has chosen. Raises `Refused`."""
    usual = Slots()
    chosen = usual.days if days is None else frozenset(int(day) for day in days if day in "1234567")
    if not chosen or (days is not None and len(chosen) != len(days)):
        raise Refused("Vælg mindst én ugedag, hver højst én gang: 1 er mandag, og 7 er søndag. Skriv fx 12345.")
    chosen_at = usual.at if at is None else _time(at)
    if chosen_at is None:
        raise Refused("Klokkeslættet kan ikke læses. Skriv timer og minutter, fx 07:30.")
    return Slots(chosen, chosen_at)


def moment(day: date, at: time) -> datetime:
    """The instant of a Danish time of day; where the clock is put forward past it, the same time after the gap."""
    return datetime.combine(day, at, tzinfo=DENMARK).astimezone(UTC)


def days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += _ONE_DAY


def _time(said: str) -> time | None:
    """Hours and minutes, and nothing besides: what would be left out of the rest is what somebody meant."""
    found = _CLOCK.fullmatch(said.strip())
    return time(int(found["hour"]), int(found["minute"])) if found else None
