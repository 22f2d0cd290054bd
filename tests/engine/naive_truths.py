"""What is true of a person of the naive model: when a stage ends, what hinders a step, which reminders wait."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.engine.naive_calendar import ONE_DAY, is_working_day, shift

Person = dict[str, Any]
Definition = dict[str, Any]


def stage_of(definition: Definition, key: str) -> dict[str, Any]:
    return next(stage for stage in definition["stages"] if stage["key"] == key)


def is_ending(definition: Definition, key: str) -> bool:
    written = [stage for stage in definition["stages"] if stage["key"] == key]
    return key in ("dropped_out", "transferred") or "counts_as" in written[0]


def open_pause(person: Person) -> dict[str, Any] | None:
    return next((pause for pause in person["pauses"] if pause["until"] is None), None)


def paused_days(person: Person) -> int:
    """Days of pause in the present stage; a pause that lasts is expected to last until its review."""
    count = 0
    for pause in person["pauses"]:
        day = pause["from"]
        while day < (pause["until"] or pause["review"]):
            count += day >= person["entered"]
            day += ONE_DAY
    return count


def end_of_stage(definition: Definition, person: Person) -> date | None:
    lasts = stage_of(definition, person["stage"])["lasts"]
    if lasts is None:
        return None
    return shift(person["entered"], lasts["count"], lasts["unit"], 1) + paused_days(person) * ONE_DAY


def hindrance(definition: Definition, person: Person, condition: dict[str, Any], on: date) -> str | None:
    """What the sentence about this condition has to hold, or None when the condition is met on this day."""
    if condition["kind"] == "lasted":
        end = end_of_stage(definition, person)
        assert end is not None
        return None if on >= end else f"{end:%d-%m-%Y}"
    if condition["kind"] == "age_at_least":
        born = person["birth"]
        if born is None:
            return "fødselsdato"
        age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        return None if age >= condition["years"] else f"{condition['years']} år"
    fact = person["facts"].get(condition["milestone"])
    right = fact is not None and condition["value"] in (None, fact["value"])
    return None if right else f"({condition['milestone']}"


def automatic_step(definition: Definition, person: Person, on: date) -> dict[str, Any] | None:
    """The automatic step that is to be taken on this day: the first that nothing hinders."""
    if person["status"] != "open" or on < person["last"] or on < person["entered"]:
        return None
    for step in definition["steps"]:
        if step["source"] == person["stage"] and step["automatic"] and step["key"] not in person["held"]:
            hindrances = [hindrance(definition, person, condition, on) for condition in step["when"]]
            if hindrances == [None] * len(hindrances):
                return dict(step)
    return None


def occurrence(person: Person) -> int:
    pause = open_pause(person)
    return int(person["visit"] if pause is None else pause["seq"])


def rungs(definition: Definition, person: Person) -> list[tuple[int, str, date]]:
    """The reminders of the present visit or pause as they are to come: none where it is handled elsewhere, and none
    before the day until which they are put off.
    """
    slip = person["quiet"].get(occurrence(person))
    found = []
    for number, rung, day in all_rungs(definition, person):
        if slip is None:
            found.append((number, rung, day))
        elif slip[1] is not None:
            found.append((number, rung, slip[1] if day < slip[1] else day))
    return found


def all_rungs(definition: Definition, person: Person) -> list[tuple[int, str, date]]:
    """The reminders of the present visit or pause, lightest first, and the day of each."""
    if person["status"] == "ended":
        return []
    pause = open_pause(person)
    if pause is not None:
        deadline = stage_of(definition, person["stage"])["deadline"]
        found = [(pause["seq"], "review", pause["review"])]
        if deadline is not None and deadline["escalate_after"] is not None:
            patience = deadline["escalate_after"]
            found.append((pause["seq"], "forgotten", shift(pause["review"], patience["count"], patience["unit"], 1)))
        return found
    deadline, end = stage_of(definition, person["stage"])["deadline"], end_of_stage(definition, person)
    found = []
    if deadline is not None and end is not None:
        for rung, name, direction in (
            ("before", "remind_before", -1),
            ("after", "remind_after", 1),
            ("escalation", "escalate_after", 1),
        ):
            span = deadline[name]
            if span is not None:
                day = shift(end, span["count"], span["unit"], direction)
                while rung == "before" and not is_working_day(day):
                    day -= ONE_DAY
                found.append((person["visit"], rung, max(day, person["entered"])))
            if rung == "before" and deadline.get("remind_on"):
                day = end
                while not is_working_day(day):
                    day -= ONE_DAY
                found.append((person["visit"], "on", max(day, person["entered"])))
    return found


def untold_rungs(definition: Definition, person: Person) -> list[tuple[int, str, date]]:
    """Those that may still be told: not told before, and not lighter than one that was told of this very deadline."""
    own_day = {(number, rung): day for number, rung, day in all_rungs(definition, person)}
    told = {(one["occurrence"], one["rung"]): one["due"] for one in person["told"]}
    order, left = list(own_day), []
    for one in rungs(definition, person):
        heavier = [key for key in order[order.index(one[:2]) + 1 :] if key in told]
        if one[:2] not in told and all(told[key] < own_day[key] for key in heavier):
            left.append(one)
    return left


def next_change(definition: Definition, person: Person, after: date, until: date) -> date | None:
    """The first day in the span on which a sweep would move the person or remind somebody."""
    day = after
    unused = untold_rungs(definition, person)
    while day <= until and person["status"] != "ended":
        if automatic_step(definition, person, day) is not None or any(rung[2] <= day for rung in unused):
            return day
        day += ONE_DAY
    return None
