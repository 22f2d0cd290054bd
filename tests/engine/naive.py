"""The rules a second time, as someone would play them through by hand with a calendar: dicts, loops, one day after
the other. It reads a pathway's stored definition and shares no code with the engine that decides.

A person is a dict. Each function below is one thing that can be done to a person; it changes the dict, or changes
nothing and says what stood in the way.
"""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from tests.engine.naive_calendar import shift
from tests.engine.naive_truths import (
    Definition,
    Person,
    all_rungs,
    automatic_step,
    hindrance,
    is_ending,
    occurrence,
    open_pause,
    untold_rungs,
)


class No(Exception):
    """What stood in the way: for each hindrance a piece of text that its sentence has to hold."""

    def __init__(self, *hindrances: str) -> None:
        self.hindrances = hindrances


def newcomer(definition: Definition, starts_on: date, born: date | None) -> Person:
    person: Person = {
        "stage": definition["starts_in"],
        "status": "open",
        "entered": starts_on,
        "visit": 1,
        "held": [],
        "facts": {},
        "replaced": {},
        "pauses": [],
        "quiet": {},
        "seq": 1,
        "starts": starts_on,
        "last": starts_on,
        "birth": born,
        "log": [],
        "behind": [],
        "told": [],
        "command": None,
    }
    happened(person, "enrol", None, starts_on)
    return person


def happened(person: Person, action: str, source: str | None, on: date, **more: Any) -> None:
    entry = {"seq": person["seq"], "action": action, "source": source, "target": person["stage"], "on": on}
    person["log"].append({**entry, "step": None, "reason": None, "review": None, "undoes": None, **more})
    person["last"] = on


def go(definition: Definition, person: Person, action: str, target: str, on: date, **more: Any) -> None:
    """Into another stage or an ending; remembers the place that is left, for an undo."""
    names = ("stage", "status", "entered", "visit", "held")
    place = copy.deepcopy({name: person[name] for name in names})
    person["seq"] += 1
    left = {"place": place, "seq": person["seq"], "command": person["command"], "step": more.get("step")}
    left |= {"last": person["last"], "on": on}
    pause = open_pause(person)
    left["pause"] = None if pause is None else pause["seq"]
    left["prolonged"] = False
    person["behind"].append(left)
    if pause is not None:
        pause["until"] = on
    person |= {"stage": target, "entered": on, "visit": person["seq"], "held": []}
    person["status"] = "ended" if is_ending(definition, target) else "open"
    happened(person, action, place["stage"], on, **more)


def take_automatic_steps(definition: Definition, person: Person, on: date) -> None:
    while (step := automatic_step(definition, person, on)) is not None:
        go(definition, person, "advance", step["target"], on, step=step["key"])


def sweep(definition: Definition, person: Person, on: date) -> None:
    if person["status"] == "ended":
        return
    take_automatic_steps(definition, person, on)
    due = [rung for rung in untold_rungs(definition, person) if rung[2] <= on]
    if due:
        number, rung, day = due[-1]
        meant = min(day for _, _, day in due)  # that of the first that nobody was told of
        person["told"].append({"occurrence": number, "rung": rung, "due": day, "meant": meant, "fired": on})


def record(definition: Definition, person: Person, key: str, value: str | None, achieved: date, on: date) -> None:
    if person["status"] == "ended":
        raise No("afsluttet")
    known = [milestone for milestone in definition["milestones"] if milestone["key"] == key]
    if not known:
        raise No("milepæl")
    hindrances = []
    if known[0]["values"] and value not in known[0]["values"]:
        hindrances.append(key)
    if value is not None and not known[0]["values"]:
        hindrances.append(f"({key}) har ingen værdier")
    if achieved > on:
        hindrances.append("fremtiden")
    if hindrances:
        raise No(*hindrances)
    fact = person["facts"].get(key)
    if fact is None or (fact["on"], fact["value"]) != (achieved, value):
        person["facts"][key] = {"on": achieved, "value": value, "command": person["command"]}
        person["replaced"][person["command"]] = {key: fact}
    take_automatic_steps(definition, person, on if len(person["log"]) == 1 else max(on, person["last"]))


def check_day(person: Person, on: date, *, leaving: bool = False) -> None:
    if person["status"] == "ended":
        raise No("afsluttet")
    if leaving and len(person["log"]) == 1:
        return
    if on < person["last"] or (not leaving and on < person["entered"]):
        raise No("Angiv den dag")


def move(definition: Definition, person: Person, wanted: str, on: date) -> None:
    if person["status"] == "ended":
        raise No("afsluttet")
    here = [step for step in definition["steps"] if step["source"] == person["stage"]]
    named = [step for step in here if step["key"] == wanted] or [s for s in here if s["target"] == wanted]
    if len(named) != 1:
        raise No("Vælg en af")
    hindrances = ["Angiv den dag"] if on < max(person["last"], person["entered"]) else []
    hindrances += ["på pause"] if person["status"] == "paused" else []
    hindrances += [hindrance(definition, person, condition, on) for condition in named[0]["when"]]
    if any(hindrances):
        raise No(*(text for text in hindrances if text is not None))
    go(definition, person, "move", named[0]["target"], on, step=named[0]["key"])
    take_automatic_steps(definition, person, on)


def pause(definition: Definition, person: Person, reason: str, review: date, on: date) -> None:
    check_day(person, on)
    if person["status"] == "paused":
        raise No("allerede på pause")
    hindrances = []
    if reason not in definition["pause_reasons"]:
        hindrances.append("Årsagen")
    if review <= on or review > shift(on, 60, "months", 1):
        hindrances.append("opfølgningsdato")
    if hindrances:
        raise No(*hindrances)
    person["seq"] += 1
    person["pauses"].append({"seq": person["seq"], "from": on, "review": review, "until": None, "reason": reason})
    person["status"] = "paused"
    happened(person, "pause", person["stage"], on, reason=reason, review=review)


def prolong(definition: Definition, person: Person, reason: str | None, review: date, on: date) -> None:
    """The calendar page with the pause is torn off today, and the rest of it stands on a new one."""
    check_day(person, on)
    if person["status"] != "paused":
        raise No("ikke på pause")
    lasting = person["pauses"][-1]
    reason = reason or lasting["reason"]
    hindrances = ["Årsagen"] if reason not in definition["pause_reasons"] else []
    if review <= on or review <= lasting["review"] or review > shift(on, 60, "months", 1):
        hindrances.append("opfølgningsdato")
    if hindrances:
        raise No(*hindrances)
    person["seq"] += 1
    names = ("stage", "status", "entered", "visit", "held")
    left = {"place": copy.deepcopy({name: person[name] for name in names}), "seq": person["seq"], "step": None}
    left |= {"command": person["command"], "last": person["last"], "on": on, "pause": lasting["seq"]}
    person["behind"].append({**left, "prolonged": True})
    lasting["until"] = on
    person["pauses"].append({"seq": person["seq"], "from": on, "review": review, "until": None, "reason": reason})
    happened(person, "pause", person["stage"], on, reason=reason, review=review)


def resume(definition: Definition, person: Person, on: date) -> None:
    check_day(person, on)
    lasting = open_pause(person)
    if lasting is None:
        raise No("ikke på pause")
    lasting["until"] = on
    person["behind"] = [left for left in person["behind"] if not left["prolonged"]]
    person["seq"] += 1
    person["status"] = "open"
    happened(person, "resume", person["stage"], on)
    take_automatic_steps(definition, person, on)


def assign(_definition: Definition, person: Person, on: date) -> None:
    if person["status"] == "ended":
        raise No("afsluttet")
    person["seq"] += 1
    happened(person, "assign", person["stage"], on if person["seq"] == 2 else max(on, person["last"]))


SNOOZE_REASONS = ["agreed", "awaits_answer", "awaits_paper", "awaits_start", "holiday", "other"]
ELSEWHERE_REASONS = ["jobcenter", "college", "host_area", "personnel", "manager", "other"]


def note_on_the_calendar(
    definition: Definition,
    person: Person,
    action: str,
    hindrances: list[str],
    on: date,
    until: date | None,
    reason: str,
) -> None:
    """A slip of paper over the reminders of what the person is in now; the last one that is put there counts."""
    if not all_rungs(definition, person):
        hindrances = ["ingen frist", *hindrances]
    if hindrances:
        raise No(*hindrances)
    person["seq"] += 1
    person["quiet"][occurrence(person)] = (reason, until)
    happened(person, action, person["stage"], on, reason=reason, review=until)


def snooze(definition: Definition, person: Person, reason: str, until: date, on: date) -> None:
    check_day(person, on)
    hindrances = [] if reason in SNOOZE_REASONS else ["Årsagen"]
    if until <= on or (until - on).days > 60:
        hindrances.append("udsættes")
    note_on_the_calendar(definition, person, "snooze", hindrances, on, until, reason)


def elsewhere(definition: Definition, person: Person, reason: str, on: date) -> None:
    check_day(person, on)
    hindrances = [] if reason in ELSEWHERE_REASONS else ["Årsagen"]
    note_on_the_calendar(definition, person, "elsewhere", hindrances, on, None, reason)


def remind(_definition: Definition, person: Person, on: date) -> None:
    check_day(person, on)
    slip = person["quiet"].get(occurrence(person))
    if slip is None or (slip[1] is not None and slip[1] <= on):
        raise No("ikke udsat")
    del person["quiet"][occurrence(person)]
    person["seq"] += 1
    happened(person, "remind", person["stage"], on)


def drop(definition: Definition, person: Person, reason: str, on: date) -> None:
    check_day(person, on, leaving=True)
    if reason not in definition["dropout_reasons"]:
        raise No("Årsagen")
    go(definition, person, "drop", "dropped_out", on, reason=reason)


def transfer(definition: Definition, person: Person, to: str, on: date) -> None:
    check_day(person, on, leaving=True)
    go(definition, person, "transfer", "transferred", on, reason=to)


def undo(definition: Definition, person: Person, on: date) -> list[str]:
    """Takes back what the last command moved, or how it prolonged; gives the milestones that went with it."""
    if person["stage"] == "mistaken":
        raise No("afsluttet")
    if person["status"] == "paused" and not (person["behind"] and person["behind"][-1]["prolonged"]):
        raise No("på pause")
    if not person["behind"]:
        raise No("fortryde")
    command = person["behind"][-1]["command"]
    together = [left for left in person["behind"] if left["command"] == command]
    first = together[0]
    since = [pause for pause in person["pauses"] if pause["seq"] > first["seq"]]
    stands = [min(first["last"], first["on"]), *(pause[end] for pause in since for end in ("from", "until"))]
    if any(on < day for day in stands if day is not None):
        raise No("Angiv den dag")
    person["behind"] = person["behind"][: -len(together)]
    withdrawn = []
    for key, fact in list(person["facts"].items()):
        if fact["command"] == command:
            earlier = person["replaced"].get(command, {}).get(key)
            del person["facts"][key]
            if earlier is None:
                withdrawn.append(key)
            else:
                person["facts"][key] = earlier
    source = person["stage"]
    person |= first["place"]
    if first["prolonged"]:
        person["pauses"] = [pause for pause in person["pauses"] if pause["seq"] != first["seq"]]
    again = None
    for lasting in person["pauses"]:
        if lasting["seq"] == first["pause"]:
            lasting["until"] = None
            again = lasting["review"] if first["prolonged"] else None
    hold = [step["key"] for step in definition["steps"] if step["key"] == first["step"] and step["automatic"]]
    for step in definition["steps"]:
        for condition in step["when"] if [step["key"]] == hold else []:
            if condition["kind"] == "holds" and hindrance(definition, person, condition, on) is not None:
                hold = []
    person["held"] += [key for key in hold if key not in person["held"]]
    person["seq"] += 1
    happened(person, "undo", source, on, step=hold[0] if hold else None, review=again, undoes=first["seq"])
    return withdrawn


def annul(_definition: Definition, person: Person, on: date) -> None:
    """Nobody was to be enrolled: only of a newcomer with whom nothing was done."""
    if person["status"] == "ended":
        raise No("afsluttet")
    if len(person["log"]) > 1 or person["facts"]:
        raise No("siden indskrivningen")
    source = person["stage"]
    person["seq"] += 1
    person |= {"stage": "mistaken", "status": "ended", "entered": on, "visit": person["seq"], "held": []}
    happened(person, "undo", source, on, undoes=1)
