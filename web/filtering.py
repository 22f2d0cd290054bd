"""Which cases somebody wants to see, as the address says it."""

from __future__ import annotations

from urllib.parse import urlencode

from engine.case import Status
from reports.caseload import Wanted
from web import behind
from web.asked import day, number

#: The address part for every pathway together.
ALL = "alle"
#: Those that can be chosen; what has ended is in the reports.
STATUSES = (Status.OPEN, Status.PAUSED)


class Filter:
    """What the address says is wanted; kept in it, so that it can be sent to a colleague."""

    def __init__(
        self,
        pathway: str,
        trin: str = "",
        status: str = "",
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
        tal: str = "",
        tal_fra: str = "",
        tal_til: str = "",
        tal_trin: str = "",
        tal_udfald: str = "",
        tal_aarsag: str = "",
        tal_maaneder: str = "",
    ) -> None:
        self.pathway = None if pathway == ALL else pathway
        self.page = int(side) if side.isdecimal() and 0 < int(side) < 10_000 else 1
        self.given = {
            name: value.strip()
            for name, value in (
                ("trin", trin),
                ("status", status),
                ("omraade", omraade),
                ("koordinator", koordinator),
                ("over_tid", over_tid),
                ("frist", frist),
                ("pauser", pauser),
                ("fra", fra),
                ("til", til),
                ("soeg", soeg),
                ("tal", tal),
                ("tal_fra", tal_fra),
                ("tal_til", tal_til),
                ("tal_trin", tal_trin),
                ("tal_udfald", tal_udfald),
                ("tal_aarsag", tal_aarsag),
                ("tal_maaneder", tal_maaneder),
            )
        }
        #: The figure of a report whose list this is.
        self.behind = behind.asked(self.given) if self.pathway else None
        self.as_table = vis == "tabel" or self.pathway is None or self.behind is not None

    def wanted(self, stage: str | None = None) -> Wanted:
        given = self.given
        return Wanted(
            pathway=self.pathway,
            stage=stage or given["trin"] or None,
            status=given["status"] if given["status"] in STATUSES else None,
            area=number(given["omraade"]),
            coordinator=number(given["koordinator"]),
            overdue=bool(given["over_tid"]),
            due_soon=bool(given["frist"]),
            forgotten=bool(given["pauser"]),
            starts_from=day(given["fra"]),
            starts_to=day(given["til"]),
            search=given["soeg"],
        )

    def without_figure(self) -> str:
        """The end of the address without the figure, and otherwise the same."""
        return self.query(**dict.fromkeys(behind.PARTS, ""))

    def query(self, **changed: str) -> str:
        """The same as the end of an address, with some of it changed."""
        chosen = {**self.given, "vis": "tabel" if self.as_table else "", **changed}
        return urlencode({name: value for name, value in chosen.items() if value})
