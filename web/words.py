"""Words that several pages use: deadlines, roles, statuses and actions, in Danish."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from engine import kinds
from engine.case import Status
from engine.history import Verb
from engine.pathway import Pathway
from notifications.render import danish_date, danish_days
from onboarding.looks import OWN_CASE, PURPOSES
from reports.words import HAPPENED, ROLE, STATUS

_KINDS = {
    "moved": "forløbet er flyttet",
    "list_imported": "en liste er læst ind",
    "list_undone": "en liste er taget tilbage",
    "enrolled": "indskrevet",
    "assigned": "overdraget",
    "dropped_out": "frafald",
    "transferred": "overført",
    "paused": "sat på pause",
    "resumed": "genoptaget",
    "undone": "fortrudt",
    "annulled": "forløbet er taget tilbage",
    "reminder_before": "fristen nærmer sig",
    "reminder_after": "fristen er overskredet",
    "escalation": "eskalering til lederen",
    "pause_review": "pausen skal følges op",
    "pause_forgotten": "pausen er ikke fulgt op",
    "pause_prolonged": "pausen er forlænget",
    "prolonging_undone": "forlængelsen af pausen er fortrudt",
}
_STATES = {"queued": "i kø", "sent": "sendt", "skipped": "sprunget over", "dead": "opgivet"}


#: What a row of the audit log says that somebody did.
AUDITED = {
    "purpose_said": "sagde, hvad sagen skal bruges til",
    "look": "så sagen",
    "cpr_shown": "så CPR-nummeret",
    "person_found": "fandt kandidaten ved CPR-nummeret",
    "people_found": "fandt kendte kandidater ved CPR-numre",
    "sign_in": "loggede ind",
    "sign_in_refused": "blev afvist ved login",
    "signed_out": "loggede medarbejderen af overalt",
    "browsers_ended": "loggede sig selv af i andre browsere",
    "user_added": "gav medarbejderen adgang",
    "user_changed": "rettede medarbejderens adgang",
    "password_set": "gav medarbejderen en adgangskode",
    "user_removed": "tog medarbejderen ud",
    "account_bound": "knyttede en arbejdskonto til medarbejderen",
    "token_made": "lavede en adgangsnøgle",
    "token_revoked": "tilbagekaldte adgangsnøgler",
    "area_added": "oprettede værtsområdet",
}
_TOKEN_SCOPES = {
    "read": "se sager, tal og beskeder",
    "act": "registrere, flytte, sætte på pause og afslutte",
    "enrol": "indskrive og indlæse lister",
    "metrics": "hente driftstal (Prometheus)",
}


def audited(key: str) -> str:
    """What a row of the audit log says that somebody did; the key of what is not known any more."""
    return AUDITED.get(key, key)


def why(action: str, said: str) -> str:
    """What a row of the audit log adds: what a look was for, which role and areas somebody got, what a token is for."""
    if action.startswith("user_") and said:
        key, _, areas = said.partition(": ")
        worked_for = {"": "", "*": "; alle områder"}.get(areas, f"; områder: {areas}")
        return f"rolle: {ROLE.get(key, key)}{worked_for}"
    if action.startswith("token_") and said:
        number, _, scopes = said.partition(": ")
        used_for = "; ".join(_TOKEN_SCOPES.get(key, key) for key in scopes.split())
        return f"nøgle {number}: {used_for}" if used_for else f"nøgle {number}"
    return purpose(said)


def purpose(key: str) -> str:
    """What a look was for, or the role that somebody was given."""
    if key == OWN_CASE:
        return "egen sag"
    return ROLE.get(key) or PURPOSES.get(key, key)


def token_scope(key: str) -> str:
    """What a token may be used for."""
    return _TOKEN_SCOPES[key]


def called(pathway: Pathway | None, key: str) -> str:
    """What a message is called: a step's by the step's title, the others by what they tell of."""
    step = pathway.step(key) if pathway else None
    return step.title if step else kind(key).capitalize()


def kind(key: str) -> str:
    """What a message is about; a step's message is called by the step's title instead."""
    return _KINDS[key]


def state(key: str) -> str:
    return _STATES[key]


_KEY = re.compile(r" \([a-z0-9_]+(?: = [a-z0-9_]+)?\)")
#: What a sentence tells whoever types commands to do, and what it tells whoever has a page.
_COMMANDS = {
    "ret det med »sosu renumber«": "sig det til driften",
    "opret det med »sosu area add«": "lad en administrator oprette det",
    "opret området med »sosu area add«": "lad en administrator oprette området",
    "opret koordinatoren med »sosu staff add«": "lad en administrator oprette koordinatoren",
    "opret med »sosu staff add«": "lad en administrator oprette koordinatoren",
}


def plainly(sentence: str) -> str:
    """A sentence without the keys and commands of the command line: »Milepælen »AMU-bevis« er ikke registreret.«"""
    for typed, done in _COMMANDS.items():
        sentence = sentence.replace(typed, done)
    return _KEY.sub("", sentence)


def role(key: str) -> str:
    return ROLE[key]


def status(key: str) -> str:
    return STATUS[key]


def action(key: str) -> str:
    return HAPPENED[key]


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
    Verb.DROP: "registreret frafald",
    Verb.TRANSFER: "overført kandidaten til et andet forløb",
    Verb.UNDO: "fortrudt den seneste flytning, så trinnet er »{to}«",
    "milestone": "registreret »{title}«",
    "withdrawn": "trukket »{title}« tilbage",
}
#: What the fields of the forms on a case are called.
_FIELDS: Mapping[str, str] = {
    "milestone": "milepælen",
    "value": "valgt",
    "on": "nået den",
    "reason": "årsag",
    "review_on": "skal følges op",
    "to": "overføres til",
    "coordinator": "koordinator",
    "area": "værtsområde",
}


def did(entries: Iterable[Mapping[str, Any]]) -> str:
    """What somebody did, by the entries of a case's timeline: »registreret »AMU-bevis« og fået forløbet flyttet …«."""
    return _and(_filled(_DID, entry) for entry in entries)


def _filled(words: Mapping[str, str], entry: Mapping[str, Any]) -> str:
    """The words for an entry of a timeline, with what they tell of it."""
    said = words[entry.get("action", entry["kind"])]
    return said.format_map({**entry, "review": as_date(entry.get("review_on"))})


#: What a command is called when it is done; the first of these that it did, whatever came along with it.
_DONE: Mapping[str, str] = {
    Verb.UNDO: "Den seneste flytning er fortrudt",
    Verb.ENROL: "Kandidaten er overført hertil",
    Verb.MOVE: "Forløbet er flyttet til »{to}«",
    Verb.PAUSE: "Forløbet er sat på pause",
    kinds.PROLONGED: "Pausen er forlænget til den {review}",
    kinds.PROLONGING_UNDONE: "Forlængelsen af pausen er fortrudt",
    Verb.RESUME: "Forløbet er genoptaget",
    Verb.DROP: "Frafaldet er registreret",
    Verb.ASSIGN: "Forløbet er overdraget",
    "milestone": "Milepælen er registreret",
    "withdrawn": "Milepælen er trukket tilbage",
}


def receipt(entries: Sequence[Mapping[str, Any]]) -> str:
    """What one command did, by its entries of a case's timeline: »Milepælen er registreret, og forløbet er flyttet til
    »AMU-forløb«.« Nothing when it did nothing.
    """
    done = {entry.get("action", entry["kind"]): entry for entry in entries}
    first = next((key for key in _DONE if key in done), None)
    if first is None:
        return ""
    onwards = " og videre til ".join(f"»{entry['to']}«" for entry in entries if entry.get("action") == Verb.ADVANCE)
    how = " og videre til " if first == Verb.MOVE else ", og forløbet er flyttet til "
    return f"{_filled(_DONE, done[first])}{how + onwards if onwards else ''}."


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


def begun(words: str) -> str:
    """As a sentence begins; the rest as it is: »Så CPR-nummeret«."""
    return words[:1].upper() + words[1:]


def phone(number: str) -> str:
    """A number as people read it: a Danish one is »20 30 40 50«, another is as it was given."""
    digits = number.replace(" ", "").removeprefix("+45")
    danish = len(digits) == 8 and digits.isdecimal()
    return " ".join(digits[at : at + 2] for at in range(0, 8, 2)) if danish else number


def _and(words: Iterable[str]) -> str:
    """»a, b og c«."""
    *most, last = words
    return f"{', '.join(most)} og {last}" if most else last


def typed_words(typed: Mapping[str, str], titles: Mapping[str, Mapping[str, str]]) -> str:
    """What somebody typed in a form that may not be there any more: »årsag Sygdom, skal følges op 3. maj 2027«.
    `titles` are what is chosen is called, by the field's name.
    """
    said = [(label, titles.get(name, {}), typed.get(name, "")) for name, label in _FIELDS.items()]
    return ", ".join(f"{label} {known.get(value, _as_day(value))}" for label, known, value in said if value)


def _as_day(text: str) -> str:
    """A day as people write it; anything else as it is."""
    try:
        return danish_date(date.fromisoformat(text))
    except ValueError:
        return text


def deadline(due_on: date | str | None, on: date, status_key: str = "open", review_on: date | str | None = None) -> str:
    """»5 dage over tid«, »frist i dag«, »12 dage til frist«; for a pause, »på pause, følges op 5. oktober 2026«."""
    if status_key == Status.PAUSED:
        if review_on is None:
            return "på pause"
        return f"på pause, {'skulle følges op' if _day(review_on) < on else 'følges op'} {as_date(review_on)}"
    if due_on is None:
        return "ingen frist"
    left = (_day(due_on) - on).days
    if left < 0:
        return f"{danish_days(-left)} over tid"
    return "frist i dag" if left == 0 else f"{danish_days(left)} til frist"


def as_date(day: date | str | None) -> str:
    """»12. august 2026«; a day in ISO text too. Nothing for none."""
    return "" if day is None else danish_date(_day(day))


def dates_of(stage: Mapping[str, Any]) -> list[str]:
    """When a stage was or is expected, and what was planned where that is another day: a start beside a start, an end
    beside an end. `stage` is a row of the `plan` of `reports.case`; nothing is said of one that never began.
    """
    start, end = as_date(stage["planned_start"]), as_date(stage["planned_end"])
    if stage["actual_end"]:
        was = as_date(stage["actual_start"]), as_date(stage["actual_end"])
        since = f"{start} " if start and start != was[0] else ""
        return [f"{was[0]} til {was[1]}", *([f"planlagt {since}til {end}"] if end and (start, end) != was else ())]
    if stage["actual_start"]:
        expected = as_date(stage["forecast_end"])
        said = f"siden {as_date(stage['actual_start'])}" + (f", ventes færdig {expected}" if expected else "")
        return [said, *([f"planlagt færdig {end}"] if end and end != expected else ())]
    begins = as_date(stage["forecast_start"])
    return [f"ventes {begins}", *([f"planlagt {start}"] if start and start != begins else ())] if begins else []


#: Who did something where it was no member of staff.
_NOBODYS = {"system": "programmet", "cli": "driften", "openid": "arbejdskontoens udbyder", "unknown": "en ukendt"}


def doer(by: str, names: Mapping[str, str]) -> str:
    """Who did something, by name: staff are kept by e-mail, and what is no person by the part of the program."""
    kind, _, _ = by.partition(":")
    return names.get(by) or _NOBODYS.get(kind, by)


def _day(day: date | str) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day
