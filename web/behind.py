"""The list behind a figure of a report: as the address asks for it, and as a sentence says it.

`tal` names what is counted, the others which of it: `tal_fra` and `tal_til` the period, `tal_trin` a stage or an
ending, `tal_udfald` what an ending counts as, `tal_aarsag` the reasons for dropping out, `tal_maaneder` how long
somebody was kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from engine.pathway import Outcome, Pathway
from notifications.danish import danish_date
from reports.behind import COMPLETED, Behind, What
from reports.words import counted, stage_titles
from web.asked import TypedPeriod, number

PARTS = ("tal", "tal_fra", "tal_til", "tal_trin", "tal_udfald", "tal_aarsag", "tal_maaneder")

#: The words of `tal`.
WHAT = {
    "begyndt": What.BEGUN,
    "aktive": What.ACTIVE,
    "afsluttet": What.ENDED,
    "naaet": What.REACHED,
    "forladt": What.LEFT,
    "tilbage": What.KEPT,
}
_CALLED = {what: word for word, what in WHAT.items()}
#: What those are called whose ending counts as this.
OUTCOMES = {
    COMPLETED: "Gennemført",
    Outcome.QUALIFIED: "Uddannet",
    Outcome.EMPLOYED: "Ansat",
    Outcome.IN_EDUCATION: "Videre i uddannelse",
    Outcome.DROPPED_OUT: "Frafald",
    Outcome.NOT_ADMITTED: "Ikke optaget",
    Outcome.TRANSFERRED: "Overgået til andet forløb",
}


def is_readable(given: Mapping[str, str]) -> bool:
    """Whether `asked` understands every part of an address."""
    months = given["tal_maaneder"]
    return (
        given["tal"] in WHAT
        and not TypedPeriod(given["tal_fra"], given["tal_til"]).problems
        and given["tal_udfald"] in ("", *OUTCOMES)
        and (not months or number(months) is not None)
    )


def asked(given: Mapping[str, str]) -> Behind:
    """What the parts of an address ask for that `is_readable`."""
    return Behind(
        what=WHAT[given["tal"]],
        period=TypedPeriod(given["tal_fra"], given["tal_til"]).understood(),
        stage=given["tal_trin"] or None,
        outcome=given["tal_udfald"] or None,
        reasons=tuple(filter(None, given["tal_aarsag"].split(","))),
        months=number(given["tal_maaneder"]) or 0,
    )


def address(pathway: str, behind: Behind) -> str:
    """Where the list is: what `asked` understands."""
    since, until = behind.period.since, behind.period.until
    parts = {
        "vis": "tabel",
        "tal": _CALLED[behind.what],
        "tal_fra": since.isoformat() if since else "",
        "tal_til": until.isoformat() if until else "",
        "tal_trin": behind.stage or "",
        "tal_udfald": behind.outcome or "",
        "tal_aarsag": ",".join(behind.reasons),
        "tal_maaneder": str(behind.months or ""),
    }
    return f"/forloeb/{pathway}?{urlencode({name: value for name, value in parts.items() if value})}"


def sentence(pathway: Pathway, behind: Behind) -> str:
    """»Frafald i 2025, årsag: Sygdom«."""
    stage = stage_titles(pathway).get(behind.stage or "", behind.stage or "")
    match behind.what:
        case What.BEGUN:
            said = "Begyndt"
        case What.ACTIVE:
            until = behind.period.until
            at = f"ved udgangen af {danish_date(until)}" if until else "nu"
            return " ".join(filter(None, ("Aktive", stage and f"i {stage}", at)))
        case What.ENDED:
            said = stage or OUTCOMES.get(behind.outcome or "", "Frafald" if behind.reasons else "Afsluttet")
        case What.REACHED:
            said = f"Nået til {stage}"
        case What.LEFT:
            said = f"Gået videre fra {stage}"
        case What.KEPT:
            said = f"I gang eller gennemført {counted(behind.months, 'måned', 'måneder')} efter start: begyndt"
    titles = [pathway.dropout_reasons.get(reason, reason) for reason in behind.reasons]
    why = f", årsag: {' eller '.join(dict.fromkeys(titles))}" if titles else ""
    return " ".join(filter(None, (said, behind.period.in_words()))) + why
