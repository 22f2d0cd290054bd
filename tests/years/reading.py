"""A message as whoever gets it reads it: which cases it tells of, and what of each."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import notifications.digest
from flows.tracks import TRACKS
from notifications.digest import OVERDUE, OVERDUE_TOO, UNDONE

#: A case and what is said of it; what changes from day to day is left out of the words.
Line = tuple[str, str]

_ITEM = re.compile(r"<li>(.*?)</li>", re.DOTALL)
#: Behind it stands who is late, whatever happened.
_OVERDUE = re.compile(f"<h2>(?:{OVERDUE}|{OVERDUE_TOO}) ")
_CASE = re.compile(r'<a href="[^"]*/sag/([A-Z]+-\d+)"[^>]*>([^<]*)')
_TIMES = re.compile(r" \((\d+) gange\)$")
_WHOLE = re.compile(r"([A-Z]+-\d+): (.*)", re.DOTALL)

_LISTED = re.compile(r"\d+ ny(t|e) forløb")
_TO_A_LIST = re.compile(r'<a href="[^"]*/forloeb/[^>]*>([^<]*)')
#: What stands for the case where a list of new ones is told of; how many they are by then is left out.
LIST = "en liste"
NEW_ONES = "Nye forløb"

#: What each reminder is called.
OF_RUNG = {
    "before": "Frist",
    "on": "Frist",
    "after": "over tid",
    "escalation": "Eskalering",
    "review": "Pausen skal følges op",
    "forgotten": "Pausen er ikke fulgt op",
}
#: What the day before a day off is called, when the deadline is then.
_LAST_WORKDAY = "Sidste arbejdsdag før fristen"
_TODAY, _LATE = re.compile(r"Frist i dag, (\d+)\. \w+ (\d+)"), re.compile(r"(\d+) dage? over tid")
#: What each thing that is no step is called.
OF_ACTION = {
    "enrol": "Nyt forløb",
    "assign": "Overdraget til dig",
    "snooze": "Rykkere udsat",
    "elsewhere": "Håndteres andetsteds",
    "remind": "Der rykkes igen",
    "drop": "Frafald",
    "transfer": "Overgået til andet forløb",
    "pause": "Sat på pause",
    "prolong": "Pausen er forlænget",
    "resume": "Genoptaget",
    "undo": "Overgangen er fortrudt",
    "undo_prolong": "Forlængelsen af pausen er fortrudt",
    "annul": "Forløbet er taget tilbage",
}


def _of_steps() -> dict[tuple[str, str], str]:
    said: dict[tuple[str, str], str] = {}
    for track in TRACKS:
        for subject in Path(str(track.templates)).glob("*/subject.txt"):
            words = subject.read_text("utf-8").strip().removeprefix("{{ reference }}: ")
            said[track.pathway.key, subject.parent.name] = words
    return said


#: What each step of a pathway is called.
OF_STEP = _of_steps()


def lines(subject: str, body: str) -> list[Line]:
    """What a message says, a line for each thing."""
    return [(reference, _words(said)) for reference, said in sayings(subject, body)]


def is_single(subject: str) -> bool:
    """Whether it tells of one thing, and is no digest."""
    return _WHOLE.fullmatch(subject) is not None or _LISTED.match(subject) is not None


def sayings(subject: str, body: str) -> list[tuple[str, str]]:
    """The same with all that is said of each."""
    whole = _WHOLE.fullmatch(subject)
    if whole is not None:
        return [(whole[1], whole[2])]
    if _LISTED.match(subject):
        return [(LIST, NEW_ONES)]
    found: list[tuple[str, str]] = []
    for item in _ITEM.findall(_OVERDUE.split(body)[0]):
        said = html.unescape(re.sub(r"<[^>]*>", "", item.partition("<br>")[0])).strip()
        if _LISTED.match(said):
            found += [(LIST, NEW_ONES)] * sum(map(_times, _TO_A_LIST.findall(item)))
            continue
        said = _TIMES.sub("", said)
        alone = _WHOLE.fullmatch(said)
        words = (alone[2] if alone else re.sub(r" \(\d+\)$", "", said)).removesuffix(f" ({UNDONE})")
        found += [(reference, words) for reference, link in _CASE.findall(item) for _ in range(_times(link))]
    return found


def _times(link: str) -> int:
    """How often what a link leads to happened."""
    times = _TIMES.search(link)
    return int(times[1]) if times else 1


def is_true(said: str, on: date, due_on: date | None) -> bool:
    """Whether what a reminder says of a deadline holds on the day on which it is read."""
    if today := _TODAY.match(said):
        return (int(today[1]), int(today[2])) == (on.day, on.year) and on == due_on
    if late := _LATE.search(said):
        return due_on is not None and int(late[1]) == (on - due_on).days
    return True


def _words(said: str) -> str:
    if said.startswith("Eskalering"):
        return "Eskalering"
    if said.lower().endswith("over tid"):
        return "over tid"
    if said.startswith(_LAST_WORKDAY):
        return OF_RUNG["on"]
    return next((first for first in ("Frist", "Rykkere udsat") if said.startswith(first)), said)


@contextmanager
def whole_digests() -> Iterator[None]:
    """Digests leave no line out meanwhile: what is only counted cannot be read."""
    kept = notifications.digest.MOST_LINES, notifications.digest.MOST_CASES
    notifications.digest.MOST_LINES = notifications.digest.MOST_CASES = 100_000
    try:
        yield
    finally:
        notifications.digest.MOST_LINES, notifications.digest.MOST_CASES = kept
