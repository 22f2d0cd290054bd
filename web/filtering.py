"""Which cases somebody wants to see, as the address says it."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from reports.caseload import Wanted

#: The address part for every pathway together.
ALL = "alle"


class Filter:
    """What the address says is wanted; kept in it, so that it can be sent to a colleague."""

    def __init__(
        self,
        pathway: str,
        trin: str = "",
        omraade: str = "",
        koordinator: str = "",
        over_tid: str = "",
        frist: str = "",
        pauser: str = "",
        fra: str = "",
        til: str = "",
        soeg: str = "",
        vis: str = "",
        side: str = "1",
    ) -> None:
        self.pathway = None if pathway == ALL else pathway
        self.as_table = vis == "tabel" or self.pathway is None
        self.page = int(side) if side.isdecimal() and 0 < int(side) < 10_000 else 1
        self.given = {
            name: value.strip()
            for name, value in (
                ("trin", trin),
                ("omraade", omraade),
                ("koordinator", koordinator),
                ("over_tid", over_tid),
                ("frist", frist),
                ("pauser", pauser),
                ("fra", fra),
                ("til", til),
                ("soeg", soeg),
            )
        }

    def wanted(self, stage: str | None = None) -> Wanted:
        given = self.given
        return Wanted(
            pathway=self.pathway,
            stage=stage or given["trin"] or None,
            area=_number(given["omraade"]),
            coordinator=_number(given["koordinator"]),
            overdue=bool(given["over_tid"]),
            due_soon=bool(given["frist"]),
            forgotten=bool(given["pauser"]),
            starts_from=_day(given["fra"]),
            starts_to=_day(given["til"]),
            search=given["soeg"],
        )

    def query(self, **changed: str) -> str:
        """The same as the end of an address, with some of it changed."""
        chosen = {**self.given, "vis": "tabel" if self.as_table else "", **changed}
        return urlencode({name: value for name, value in chosen.items() if value})


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
