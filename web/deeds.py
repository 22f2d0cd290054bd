"""What was done to a case, in words: on its page, in the receipt, and after a conflict; and what an undo takes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from engine import kinds
from engine.history import Verb
from reports.words import from_now_on, happened, meanwhile
from web.words import as_date, begun

#: What somebody did, behind »Karen har i dag kl. 9.05 …«.
_DID: Mapping[str, str] = {
    Verb.ENROL: "indskrevet forløbet",
    Verb.ASSIGN: "overdraget forløbet til {coordinator}",
    Verb.MOVE: "flyttet forløbet til »{to}«",
    Verb.ADVANCE: "fået forløbet flyttet til »{to}«",
    Verb.PAUSE: "sat forløbet på pause",
    kinds.PROLONGED: "forlænget pausen til den {review}",
    kinds.PROLONGING_UNDONE: "fortrudt, at pausen blev forlænget",
    Verb.RESUME: "genoptaget forløbet",
    Verb.SNOOZE: "udsat rykkerne til den {review}",
    Verb.ELSEWHERE: "sagt, at det håndteres andetsteds",
    Verb.REMIND: "bedt om, at der rykkes igen",
    Verb.DROP: "registreret frafald",
    Verb.TRANSFER: "overført kandidaten til et andet forløb",
    Verb.UNDO: "fortrudt den seneste flytning, så trinnet er »{to}«",
    "milestone": "registreret »{title}«",
    "withdrawn": "trukket »{title}« tilbage",
}


def did(entries: Iterable[Mapping[str, Any]]) -> str:
    """What somebody did, by the entries of a case's timeline: »registreret »AMU-bevis« og fået forløbet flyttet …«."""
    return _and(_filled(_DID, entry) for entry in entries)


def _filled(words: Mapping[str, str], entry: Mapping[str, Any]) -> str:
    """The words for an entry of a timeline, with what they tell of it."""
    said = words[entry.get("action", entry["kind"])]
    return said.format_map({**entry, "review": as_date(entry.get("review_on"))})


#: Whose line in the history says from where to where.
_MOVES = frozenset({Verb.ENROL, Verb.MOVE, Verb.ADVANCE, Verb.TRANSFER, Verb.UNDO})


def in_history(entry: Mapping[str, Any]) -> str:
    """A transition as a line of the history: »Flyttet: Visitation → Intensivt danskforløb«."""
    where = f": {' → '.join(filter(None, (entry['from'], entry['to'])))}" if entry["action"] in _MOVES else ""
    return begun(happened(entry, as_date(entry["review_on"]), where))


#: What a command is called when it is done; the first of these that it did, whatever came along with it.
_DONE: Mapping[str, str] = {
    Verb.UNDO: "Den seneste flytning er fortrudt",
    Verb.ENROL: "Kandidaten er overført hertil",
    Verb.MOVE: "Forløbet er flyttet til »{to}«",
    Verb.PAUSE: "Forløbet er sat på pause",
    kinds.PROLONGED: "Pausen er forlænget til den {review}",
    kinds.PROLONGING_UNDONE: "Forlængelsen af pausen er fortrudt",
    Verb.RESUME: "Forløbet er genoptaget",
    Verb.SNOOZE: "Ingen rykkes før den {review}, heller ikke lederen",
    Verb.ELSEWHERE: "Forløbet håndteres andetsteds. Ingen rykkes mere for det, før kandidaten er videre",
    Verb.REMIND: "Der rykkes igen",
    Verb.DROP: "Frafaldet er registreret",
    Verb.ASSIGN: "Forløbet er overdraget",
    "milestone": "Milepælen er registreret",
    "withdrawn": "Milepælen er trukket tilbage",
}
#: What becomes of the reminders, behind that.
_REST: Mapping[str, Callable[..., str]] = {Verb.SNOOZE: meanwhile, Verb.REMIND: from_now_on}


def receipt(entries: Sequence[Mapping[str, Any]], case: Mapping[str, Any]) -> str:
    """What one command did, by its entries of a case's timeline, and how the case stands since: »Milepælen er
    registreret, og forløbet er flyttet til »AMU-forløb«.« Nothing when it did nothing.
    """
    done = {entry.get("action", entry["kind"]): entry for entry in entries}
    first = next((key for key in _DONE if key in done), None)
    if first is None:
        return ""
    onwards = " og videre til ".join(f"»{entry['to']}«" for entry in entries if entry.get("action") == Verb.ADVANCE)
    how = " og videre til " if first == Verb.MOVE else ", og forløbet er flyttet til "
    rest = _REST[first](case["status"], reminders_left=case["reminders_left"]) if first in _REST else ""
    return f"{_filled(_DONE, done[first])}{how + onwards if onwards else ''}. {rest}".rstrip()


def taken_back(undone: Mapping[str, Any]) -> str:
    """What an undo takes back, behind »Du fortryder …«: the moves, and the milestones that brought them about."""
    moves, withdrawn = undone["moves"], [f"»{title}«" for title in undone["withdrawn"]]
    first = moves[0]
    day = f" den {as_date(first['on'])}"
    if first["action"] == Verb.DROP:
        moved = f"frafaldet{day}" + (f" ({first['reason']})" if first["reason"] else "")
    elif first["action"] == Verb.PAUSE:
        moved = f"forlængelsen af pausen til den {as_date(first['review_on'])}"
    elif first["action"] == Verb.TRANSFER:
        moved = f"overførslen til et andet forløb{day}"
    else:
        ways = _and(f"fra {move['from']} til {move['to']} den {as_date(move['on'])}" for move in moves)
        moved = f"{'flytningen' if len(moves) == 1 else 'flytningerne'} {ways}"
    if not withdrawn:
        return moved
    it = "den" if len(moves) == 1 else "dem"
    if len(withdrawn) == 1:
        return f"{moved} og milepælen {withdrawn[0]}, der udløste {it}"
    return f"{moved} og milepælene {_and(withdrawn)}, der blev registreret sammen med {it}"


def _and(words: Iterable[str]) -> str:
    """»a, b og c«."""
    *most, last = words
    return f"{', '.join(most)} og {last}" if most else last
