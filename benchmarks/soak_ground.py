"""What every process of `make soak` stands on: where it happens, how fast time goes, and what it tells of itself."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from queue import Queue

from engine.fault import where
from engine.refusal import Refused
from flows.unreachable import may_pass
from onboarding.signed import Signed, new_command_id

PATHWAYS, AREAS = ("immigrant_track", "ped_assistant_track"), 8
OFFICER = "jobcenter@example.org"
_TELLS, _MORNING, _FIRST_DAY = 2.0, time_of_day(7, tzinfo=UTC), date(2026, 9, 1)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where it all happens, and how fast time goes. `begins` and `ends` are seconds since 1970."""

    url: str
    folder: Path
    port: int
    begins: float
    ends: float
    day: float
    postgres_bin: Path | None = None
    list_rows: int = 30

    @property
    def at(self) -> datetime:
        """The time of the play: each of its days lasts `day` seconds, all of them the first of that morning. A lease
        is as long as ever, but for one that is held while a day ends.
        """
        days, seconds = divmod(max(time.time() - self.begins, 0), self.day)
        return datetime.combine(_FIRST_DAY, _MORNING) + timedelta(days=days, seconds=seconds)

    def begun(self) -> Ground:
        """The same, from now on and for as long."""
        now = time.time()
        return replace(self, begins=now, ends=now + self.ends - self.begins)

    @property
    def is_over(self) -> bool:
        return time.time() >= self.ends

    @property
    def key_file(self) -> Path:
        return self.folder / "keys.json"

    def signed(self, by: str) -> Signed:
        at = self.at
        return Signed(by=by, on=at.date(), at=at, command_id=new_command_id())


@dataclass(slots=True)
class Told:
    """What a process has done so far, and what it takes now: `memory` in KiB, and open file handles."""

    role: str
    number: int
    at: float
    counts: Counter[str]
    memory: int
    handles: int
    slowest: float = 0.0


@dataclass(slots=True)
class Role:
    """One process. `done` counts what went well by what it was; what did not is counted by why."""

    name: str
    number: int
    ground: Ground
    tell: Queue[Told]
    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0

    def attempt(self, what: Callable[[], str]) -> None:
        began = time.perf_counter()
        try:
            self.counts[what()] += 1
        except Refused:
            self.counts["refused"] += 1  # by a rule, as people are
        except Exception as error:
            why = "busy" if may_pass(error) else f"error: {type(error).__name__} ({where(error)})"
            self.counts[why] += 1
        self.slowest = max(self.slowest, time.perf_counter() - began)

    def repeats(self, what: Callable[[], str], every: float) -> None:
        """Attempts it every so many seconds, until it is over."""
        while not self.ground.is_over:
            self.attempt(what)
            time.sleep(min(every, max(self.ground.ends - time.time(), 0)))

    def told(self) -> Told:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        handles = len(os.listdir("/proc/self/fd"))
        memory = pages * os.sysconf("SC_PAGE_SIZE") // 1024
        return Told(self.name, self.number, time.time(), Counter(self.counts), memory, handles, self.slowest)

    def tells(self) -> None:
        while not self.ground.is_over:
            self.tell.put(self.told())
            time.sleep(_TELLS)
