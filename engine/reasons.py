"""Why somebody need not be reminded, as lists to choose from: free text could hold what nobody may read."""

from __future__ import annotations

from collections.abc import Mapping

SNOOZE_REASONS: Mapping[str, str] = {
    "agreed": "Der er en aftale",
    "awaits_answer": "Venter på svar",
    "awaits_paper": "Venter på et bevis eller en underskrift",
    "awaits_start": "Venter på en startdato",
    "holiday": "Ferie",
    "other": "Andet",
}

ELSEWHERE_REASONS: Mapping[str, str] = {
    "jobcenter": "Jobcentret følger op",
    "college": "Skolen følger op",
    "host_area": "Værtsområdet følger op",
    "personnel": "Personaleafdelingen følger op",
    "manager": "Lederen følger op",
    "other": "Andet",
}

#: What any of these keys is called.
QUIET_REASONS: Mapping[str, str] = {**SNOOZE_REASONS, **ELSEWHERE_REASONS}


def choose(reasons: Mapping[str, str], wanted: str) -> str | None:
    """The key of a reason that is named by its key or its Danish title, in any case of letters."""
    folded = wanted.strip().casefold()
    return next((key for key, title in reasons.items() if folded in (key, title.casefold())), None)
