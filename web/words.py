"""Words that several pages use: deadlines, roles, statuses and actions, in Danish."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.case import Status
from engine.pathway import Pathway
from notifications.danish import danish_date, danish_days, danish_rest
from onboarding.audit import RENAMED
from onboarding.looks import OWN_CASE, PURPOSES
from reports.words import CHANNEL, DETAIL, ROLE, STATUS

_KINDS = {
    "moved": "forløbet er flyttet",
    "list_imported": "en liste er læst ind",
    "list_undone": "en liste er taget tilbage",
    "digest": "oversigt",
    "enrolled": "indskrevet",
    "assigned": "overdraget",
    "dropped_out": "frafald",
    "transferred": "overført",
    "paused": "sat på pause",
    "resumed": "genoptaget",
    "snoozed": "rykkere udsat",
    "handled_elsewhere": "håndteres andetsteds",
    "reminded_again": "der rykkes igen",
    "undone": "fortrudt",
    "annulled": "forløbet er taget tilbage",
    "reminder_before": "fristen nærmer sig",
    "reminder_on": "fristen er i dag",
    "reminder_after": "fristen er overskredet",
    "escalation": "eskalering til lederen",
    "pause_review": "pausen skal følges op",
    "pause_forgotten": "pausen er ikke fulgt op",
    "pause_prolonged": "pausen er forlænget",
    "prolonging_undone": "forlængelsen af pausen er fortrudt",
}
_STATES = {
    "queued": "i kø",
    "gathered": "samlet i en oversigt",
    "sent": "sendt",
    "delivered": "modtaget",
    "skipped": "sprunget over",
    "dead": "opgivet",
}


#: What a row of the audit log says that somebody did.
AUDITED = {
    "purpose_said": "sagde, hvad sagen skal bruges til",
    "look": "så sagen",
    "cpr_shown": "så CPR-nummeret",
    "person_found": "fandt kandidaten ved CPR-nummeret",
    "details_changed": "rettede kandidatens oplysninger",
    "names_exported": "hentede en fil med navne",
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
    "calendar_made": "lavede en kalenderadresse",
    "calendar_revoked": "tilbagekaldte kalenderadressen",
    "area_added": "oprettede værtsområdet",
    "trial_on": "slog prøvedriften til",
    "trial_off": "slog prøvedriften fra",
    "trial_person_added": "satte medarbejderen på prøvelisten",
    "trial_person_removed": "tog medarbejderen af prøvelisten",
    "contact_put": "skrev, hvor medarbejderen også kan nås",
    "contact_removed": "slettede, hvor medarbejderen også kunne nås",
    "absence_put": "skrev, at medarbejderen er væk",
    "absence_removed": "slettede medarbejderens fravær",
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
        key, _, areas = said.removeprefix(RENAMED).partition(": ")
        new_name = "nyt navn; " if said.startswith(RENAMED) else ""
        worked_for = {"": "", "*": "; alle områder"}.get(areas, f"; områder: {areas}")
        return f"{new_name}rolle: {ROLE.get(key, key)}{worked_for}"
    if action.startswith("token_") and said:
        number, _, scopes = said.partition(": ")
        used_for = "; ".join(_TOKEN_SCOPES.get(key, key) for key in scopes.split())
        return f"nøgle {number}: {used_for}" if used_for else f"nøgle {number}"
    if action.startswith("absence_") and said:
        first, last, stand_in = said.split()
        return f"{as_date(first)} til {as_date(last)}; {stand_in} afløser"
    if action.startswith("contact_"):
        return channel(said)
    if action == "names_exported":
        return f"{said} forløb"
    if action == "details_changed":
        return ", ".join(DETAIL[key] for key in said.split())
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


def channel(name: str) -> str:
    """How a message was sent; the name of what is not known here."""
    return CHANNEL.get(name, name)


_KEY = re.compile(r" \([a-z0-9_]+(?: = [a-z0-9_]+)?\)")
#: What a sentence tells whoever types commands to do, and what it tells whoever has a page.
_COMMANDS = {
    "ret det med »sosu renumber«": "sig det til driften",
    "opret det med »sosu area add«": "lad en administrator oprette det",
    "opret området med »sosu area add«": "lad en administrator oprette området",
    "opret koordinatoren med »sosu staff add«": "lad en administrator oprette koordinatoren",
    "opret med »sosu staff add«": "lad en administrator oprette koordinatoren",
    "Skriv det som 07:00-17:00, eller »always« for altid.": "Skriv timer og minutter, fx 07:00 og 17:00.",
    "Skriv mindst en time, fx 07:00-17:00.": "Skriv mindst en time, fx 07:00 til 17:00.",
    ", hver højst én gang: 1 er mandag, og 7 er søndag. Skriv fx 12345.": ".",
    "Se dem med »sosu prefs show«.": "Åbn siden igen for at se, hvad der er.",
    "med »sosu prefs contact«": "under »Hvor du kan nås«",
    " med »sosu prefs back«": "",
    "Sæt vedkommende på den med »sosu trial add«, eller slå prøvedrift fra med »sosu trial off«.": "En administrator "
    "kan sætte vedkommende på den eller slå prøvedriften fra under »Prøvedrift« på siden »Administration«.",
    "Vælg --pace at_once eller digest.": "Vælg »Med det samme« eller »Samlet i en oversigt«.",
    "Vælg --pace at_once.": "Vælg »Med det samme«.",
}


_DAY = re.compile(r"\b(\d\d)-(\d\d)-(\d{4})\b")


def plainly(sentence: str) -> str:
    """A sentence without the keys and commands of the command line: »Milepælen »AMU-bevis« er ikke registreret.« Its
    days are written as on the rest of the page: »12. august 2026«.
    """
    for typed, done in _COMMANDS.items():
        sentence = sentence.replace(typed, done)
    return _DAY.sub(lambda day: as_date("-".join(reversed(day.groups()))), _KEY.sub("", sentence))


def role(key: str) -> str:
    return ROLE[key]


def status(key: str) -> str:
    return STATUS[key]


#: What the fields of the forms on a case are called.
_FIELDS: Mapping[str, str] = {
    "milestone": "milepælen",
    "value": "valgt",
    "on": "nået den",
    "reason": "årsag",
    "review_on": "skal følges op",
    "until": "udsættes til",
    "to": "overføres til",
    "coordinator": "koordinator",
    "area": "værtsområde",
}


def begun(words: str) -> str:
    """As a sentence begins; the rest as it is: »Så CPR-nummeret«."""
    return words[:1].upper() + words[1:]


def phone(number: str) -> str:
    """A number as people read it: a Danish one is »20 30 40 50«, another is as it was given."""
    digits = number.replace(" ", "").removeprefix("+45")
    danish = len(digits) == 8 and digits.isdecimal()
    return " ".join(digits[at : at + 2] for at in range(0, 8, 2)) if danish else number


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


def snoozed(snooze: Mapping[str, Any]) -> str:
    """»rykkere udsat til 3. marts 2027«, »håndteres andetsteds«: said beside a deadline, so that no two chase it."""
    return danish_rest(snooze["until"] and _day(snooze["until"]))


def as_date(day: date | str | None) -> str:
    """»12. august 2026«; a day in ISO text too. Nothing for none."""
    return "" if day is None else danish_date(_day(day))


def dates_of(stage: Mapping[str, Any]) -> list[str]:
    """When a stage was or is expected, and what was planned: a start beside a start, an end beside an end; or that
    it is as planned. `stage` is a row of the `plan` of `reports.case`; nothing is said of one that never began.
    """
    start, end = as_date(stage["planned_start"]), as_date(stage["planned_end"])
    if stage["actual_end"]:
        was = as_date(stage["actual_start"]), as_date(stage["actual_end"])
        since = f"{start} " if start and start != was[0] else ""
        return _beside(f"{was[0]} til {was[1]}", f"planlagt {since}til {end}", end, (start, end) == was)
    if stage["actual_start"]:
        expected = as_date(stage["forecast_end"])
        said = f"siden {as_date(stage['actual_start'])}" + (f", ventes færdig {expected}" if expected else "")
        return _beside(said, f"planlagt færdig {end}", end, end == expected)
    begins = as_date(stage["forecast_start"])
    return _beside(f"ventes {begins}", f"planlagt {start}", start, start == begins) if begins else []


def _beside(said: str, planned: str, day: str, as_planned: bool) -> list[str]:
    """What is said, and beside it what was planned, if there is such a day."""
    if as_planned and day:
        return [f"{said}, som planlagt"]
    return [said, planned] if day else [said]


#: Who did something where it was no member of staff.
_NOBODYS = {"system": "programmet", "cli": "driften", "openid": "arbejdskontoens udbyder", "unknown": "en ukendt"}


def doer(by: str, names: Mapping[str, str]) -> str:
    """Who did something, by name: staff are kept by e-mail, and what is no person by the part of the program."""
    kind, _, _ = by.partition(":")
    return names.get(by) or _NOBODYS.get(kind, by)


def _day(day: date | str) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day
