"""What stands still for days, and what is away for hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from tests.years.servers import AWAY, BUSY, LOST, OK

#: What can stand still for days, and what is away for hours.
DAYS, HOURS = ("all", "sweeps", "deliveries", AWAY), (BUSY, LOST, AWAY)

#: From, until, and what.
Stop = tuple[datetime, datetime, str]


class Stops:
    """About six long ones a year, of one to ten days, and a score of short ones."""

    def __init__(self, random: Random, first: date, days: int) -> None:
        self.random, self.first, self.days = random, first, days
        self.planned: list[Stop] = []
        for _ in range(round(days / 60)):
            self._plans(random.choice(DAYS), timedelta(hours=random.randint(24, 240)))
        for _ in range(round(days / 18)):
            self._plans(random.choice(HOURS), timedelta(minutes=random.randint(20, 300)))

    def _plans(self, what: str, lasts: timedelta) -> None:
        begins = datetime.combine(self.first, time(), UTC) + timedelta(minutes=self.random.randrange(self.days * 1440))
        self.planned.append((begins, begins + lasts, what))

    def hold(self, at: datetime, *whats: str) -> bool:
        """Whether any of these stands still at this moment."""
        return any(begins <= at < ends for begins, ends, what in self.planned if what in whats)

    def mode(self, at: datetime) -> str:
        """How the other ends are."""
        return next((mode for mode in (AWAY, BUSY, LOST) if self.hold(at, mode)), OK)
