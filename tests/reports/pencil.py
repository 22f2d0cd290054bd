"""How often reminders were followed, reckoned with a pencil over every row: it shares nothing with the report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from models.message import TOLD
from onboarding.store import ENROLMENT, MILESTONE, TRANSITION
from reports.effect import ASKING
from reports.period import Period
from tests.municipality import MESSAGE, Municipality

WEEK = timedelta(days=7)
DENMARK = ZoneInfo("Europe/Copenhagen")  # our own, and not the program's
COUNTED = ("sent", "followed", "share", "days", "too_early")


class Pencil:
    """Every row there is, and what a patient person makes of it."""

    def __init__(self, town: Municipality) -> None:
        self.enrolments = {row["id"]: row for row in town.rows(ENROLMENT)}
        everything = {row["id"]: row for row in town.rows(MESSAGE)}
        asking = (row for row in everything.values() if row["kind"] in ASKING)
        told = ((row, everything[row["digest_id"]] if row["state"] == "gathered" else row) for row in asking)
        self.messages = [row | {"finished_at": by["finished_at"]} for row, by in told if by["state"] in TOLD]
        self.acts: defaultdict[int, list[datetime]] = defaultdict(list)
        for enrolment in self.enrolments:
            moves = [row for row in town.rows(TRANSITION, "enrolment_id", "seq") if row["enrolment_id"] == enrolment]
            facts = [row for row in town.rows(MILESTONE) if row["enrolment_id"] == enrolment]
            self.acts[enrolment] += [row["at"] for row in (*_standing(moves), *_kept(facts)) if _is_person(row["by"])]

    def reckons(self, key: str, now: datetime, period: Period, areas: set[int]) -> dict[str, dict[str, Any]]:
        sent: dict[tuple[str, int, int], datetime] = {}
        for row in self.messages:
            enrolment = self.enrolments[row["enrolment_id"]]
            if enrolment["pathway_key"] == key and enrolment["area_id"] in areas:
                event = row["kind"], row["enrolment_id"], row["seq"]
                sent[event] = min(sent.get(event, row["finished_at"]), row["finished_at"])
        made = {}
        for kind in ASKING:
            days, known, too_early = [], 0, 0
            for (which, enrolment, _), at in sent.items():
                if which != kind or not period.includes(at.astimezone(DENMARK).date()):
                    continue
                if now < at + WEEK:
                    too_early += 1
                    continue
                known += 1
                days += [(min(after) - at).days for after in [self.after(enrolment, at)] if after]
            share = round(100 * len(days) / known) if known else None
            middle = round(median(days)) if days else None
            made[kind] = dict(zip(COUNTED, (known, len(days), share, middle, too_early), strict=True))
        return made

    def after(self, enrolment: int, at: datetime) -> list[datetime]:
        return [act for act in self.acts[enrolment] if at < act < at + WEEK]


def _is_person(by: str) -> bool:
    return not by.startswith("system:")


def _standing(moves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What happened, without what was taken back and without the taking back."""
    standing: list[dict[str, Any]] = []
    for row in moves:
        if row["action"] != "undo":
            standing.append(row)
            continue
        of_a_pause = row["review_on"] is not None
        takes_back = {"pause"} if of_a_pause else {"move", "advance", "drop", "transfer"}
        standing = [one for one in standing if one["seq"] < row["undoes"] or one["action"] not in takes_back]
    return standing


def _kept(facts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What was recorded: not what an undo wrote anew, and not what was found to be wrong. In the order of the rows."""
    recorded = set()
    for row in facts:
        if (row["key"], row["command_id"]) in recorded:
            continue
        recorded.add((row["key"], row["command_id"]))
        gone = row["withdrawn_command_id"]
        if gone is None or any((one["key"], one["command_id"]) == (row["key"], gone) for one in facts):
            yield row
