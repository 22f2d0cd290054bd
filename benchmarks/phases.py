"""Where the time goes, as a profiler sees it: of a sweep and of telling of it, or of other work with phases of its own.

A profiler makes calls dearer than they are, so these are shares and not seconds.
"""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable, Mapping
from typing import Any

#: Of a sweep: what each phase is called, and the function whose time (with all that it calls) it is.
PHASES = {
    "read the cases": "store.py:cases",
    "decide": "decide.py:decide",
    "make and write the rows": "writing.py:write",
    "commit": "~:<method 'commit' of 'sqlite3.Connection' objects>",
    "read what to tell": "telling.py:tell",
    "put it in words": "render.py:render",
}


def shares(work: Callable[[], Any], phases: Mapping[str, str] = PHASES) -> dict[str, float]:
    """The part of the whole, 0 to 1, that each phase takes; the rest is »everything else«."""
    profiler = cProfile.Profile()
    profiler.runcall(work)
    stats = pstats.Stats(profiler)
    cumulative: dict[str, float] = {}
    for (path, _line, name), (_calls, _primitive, _own, total, _callers) in stats.stats.items():  # type: ignore[attr-defined]
        key = f"{path.rpartition('/')[2]}:{name}"
        cumulative[key] = max(total, cumulative.get(key, 0.0))
    whole = stats.total_tt  # type: ignore[attr-defined]
    taken = {phase: cumulative[name] / whole for phase, name in phases.items()}
    return taken | {"everything else": 1 - sum(taken.values())}
