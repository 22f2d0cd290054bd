"""A pathway's whole report: every figure with the list behind it, for the screen or for leaving the unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from engine.pathway import Pathway
from onboarding.pathways import versions
from reports.behind import COMPLETED, Behind, What
from reports.discretion import HIDDEN, is_small, marks
from reports.figures import figures
from reports.period import ALWAYS, Period
from reports.reckoning import OUTCOMES, Key, sums
from reports.retention import MONTHS, retention
from reports.scope import Scope
from reports.status import status_report

#: Those who ended in the period, by what their ending counts as.
_ENDED = (*map(str, OUTCOMES), COMPLETED)


@dataclass(frozen=True, slots=True)
class Figure:
    """How many people, and which. `count` is None and `shown` says why where the count is not to be told."""

    count: int | None
    shown: str
    behind: Behind


def report(
    session: Session,
    pathway_key: str,
    on: date,
    scope: Scope | None = None,
    period: Period = ALWAYS,
    *,
    leaves: bool,
) -> dict[str, Any]:
    """`status`: a `Figure` by its name in `status_report`; `endings` and `reasons`: `title` and `figure`; `stages`:
    `title`, `reached`, `left` and `now` as figures, `days` and `planned_days`; `groups` by half-year: `year`, `half`,
    `began`, `kept` by months and `shares` (whole per cent; None: too early, or not to be told).

    With `leaves`, what is not to leave the unit is hidden (`reports.discretion`). Raises `Refused` for an
    unknown pathway.
    """
    made = _Made(session, pathway_key, on, scope, period)
    hidden = marks(made.counts, sums(made.counts, made.published)) if leaves else {}
    told = {
        key: Figure(None if key in hidden else count, hidden.get(key, str(count)), made.behind[key])
        for key, count in made.counts.items()
    }
    return {
        "status": {name: told["status", name] for name in made.status if ("status", name) in told},
        "endings": [
            {"title": made.endings.get(key, key), "figure": told["ending", key]} for key in made.status["by_ending"]
        ],
        "reasons": [{"title": title, "figure": told["reason", title]} for title in made.status["by_reason_title"]],
        "stages": [_stage(stage, told, leaves) for stage in made.stages],
        "groups": [_group(group, told) for group in made.groups],
    }


def _stage(stage: dict[str, Any], told: Mapping[Key, Figure], leaves: bool) -> dict[str, Any]:
    key, few = stage["stage"], leaves and is_small(stage["left"])
    days = "–" if stage["days"] is None else HIDDEN if few else str(stage["days"])
    return {
        "title": stage["title"],
        **{name: told[name, key] for name in ("reached", "left", "now")},
        "days": None if few else stage["days"],
        "days_shown": days,
        "planned_days": stage["planned_days"],
    }


def _group(group: dict[str, Any], told: Mapping[Key, Figure]) -> dict[str, Any]:
    year, half = group["year"], group["half"]
    began, kept = told["began", year, half], {n: told.get(("kept", year, half, n)) for n in MONTHS}
    return {"year": year, "half": half, "began": began, "kept": kept} | {
        "shares": {n: _share(one, began) for n, one in kept.items()}
    }


def _share(kept: Figure | None, began: Figure) -> int | None:
    if kept is None or kept.count is None or not began.count:
        return None
    return round(100 * kept.count / began.count)


class _Made:
    """The counts of a report by their keys, which list is behind each, and how they add up."""

    def __init__(self, session: Session, pathway_key: str, on: date, scope: Scope | None, period: Period) -> None:
        self.published = versions(session, pathway_key)
        self.status = status_report(session, pathway_key, scope, period)
        now = self.status["by_stage"]
        found = figures(session, pathway_key, scope, period)
        self.stages = [stage | {"now": now.get(stage["stage"], 0)} for stage in found]
        self.groups = retention(session, pathway_key, on, scope, period)
        self.endings = {key: one.title for pathway in self._oldest_first() for key, one in pathway.endings.items()}
        self.counts: dict[Key, int] = {}
        self.behind: dict[Key, Behind] = {}
        for key, count, behind in (*self._of_status(period), *self._of_stages(period), *self._of_groups()):
            self.counts[key], self.behind[key] = count, behind

    def _oldest_first(self) -> list[Pathway]:
        return list(reversed(self.published.values()))

    def _of_status(self, period: Period) -> Iterator[tuple[Key, int, Behind]]:
        yield ("status", "enrolled"), self.status["enrolled"], Behind(what=What.BEGUN, period=period)
        yield ("status", "active"), self.status["active"], Behind(what=What.ACTIVE, period=period)
        for name in _ENDED:
            yield ("status", name), self.status[name], Behind(what=What.ENDED, period=period, outcome=name)
        for key, count in self.status["by_ending"].items():
            yield ("ending", key), count, Behind(what=What.ENDED, period=period, stage=key)
        titles = {key: title for one in self._oldest_first() for key, title in one.dropout_reasons.items()}
        for title, count in self.status["by_reason_title"].items():
            keys = tuple(key for key in self.status["by_reason"] if titles.get(key, key) == title)
            yield ("reason", title), count, Behind(what=What.ENDED, period=period, reasons=keys)

    def _of_stages(self, period: Period) -> Iterator[tuple[Key, int, Behind]]:
        whats = {"reached": What.REACHED, "left": What.LEFT, "now": What.ACTIVE}
        for stage in self.stages:
            for name, what in whats.items():
                yield (name, stage["stage"]), stage[name], Behind(what=what, period=period, stage=stage["stage"])

    def _of_groups(self) -> Iterator[tuple[Key, int, Behind]]:
        for group in self.groups:
            which = (group["year"], group["half"])
            yield ("began", *which), group["began"], Behind(what=What.BEGUN, period=group["period"])
            for months, count in group["kept"].items():
                if count is not None:
                    behind = Behind(what=What.KEPT, period=group["period"], months=months)
                    yield ("kept", *which, months), count, behind
