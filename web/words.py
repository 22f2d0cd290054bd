"""Words that several pages use: deadlines, roles, statuses and actions, in Danish."""

from __future__ import annotations

import re
from datetime import date

from engine.case import Status
from notifications.render import danish_days
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
    "reminder_before": "fristen nærmer sig",
    "reminder_after": "fristen er overskredet",
    "escalation": "eskalering til lederen",
    "pause_review": "pausen skal følges op",
    "pause_forgotten": "pausen er ikke fulgt op",
}
_STATES = {"queued": "i kø", "sent": "sendt", "skipped": "sprunget over", "dead": "opgivet"}


_AUDITED = {
    "look": "så sagen",
    "cpr_shown": "så CPR-nummeret",
    "person_found": "slog CPR-nummeret op",
    "sign_in": "loggede ind",
    "sign_in_refused": "blev afvist ved login",
    "signed_out": "loggede af overalt",
    "user_added": "oprettede",
    "user_changed": "rettede",
    "user_removed": "tog ud",
    "account_bound": "knyttede en arbejdskonto til",
}


def audited(key: str) -> str:
    """What a row of the audit log says that somebody did."""
    return _AUDITED.get(key, key)


def purpose(key: str) -> str:
    """What a look was for, or the role that somebody was given."""
    if key == OWN_CASE:
        return "egen sag"
    return ROLE.get(key) or PURPOSES.get(key, key)


def kind(key: str) -> str:
    """What a message is about; a step's message is called by the step's title instead."""
    return _KINDS[key]


def state(key: str) -> str:
    return _STATES[key]


_KEY = re.compile(r" \([a-z0-9_]+(?: = [a-z0-9_]+)?\)")


def plainly(sentence: str) -> str:
    """A refusal without the keys that whoever types commands needs: »Milepælen »AMU-bevis« er ikke registreret.«"""
    return _KEY.sub("", sentence)


def role(key: str) -> str:
    return ROLE[key]


def status(key: str) -> str:
    return STATUS[key]


def action(key: str) -> str:
    return HAPPENED[key]


def deadline(due_on: date | str | None, on: date, status_key: str = "open") -> str:
    """»5 dage over tid«, »frist i dag«, »12 dage til frist«; for a pause and an open-ended stage what holds there."""
    if status_key == Status.PAUSED:
        return "på pause"
    if due_on is None:
        return "ingen frist"
    day = date.fromisoformat(due_on) if isinstance(due_on, str) else due_on
    left = (day - on).days
    if left < 0:
        return f"{danish_days(-left)} over tid"
    return "frist i dag" if left == 0 else f"{danish_days(left)} til frist"
