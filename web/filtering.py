"""Which cases somebody wants to see, as the address says it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from pydantic import BaseModel, ConfigDict

from engine.case import Status
from reports.caseload import Wanted
from web import behind
from web.asked import TypedPeriod, number, page_number

#: The address part for every pathway together.
ALL = "alle"
#: Those that can be chosen; what has ended is in the reports.
STATUSES = (Status.OPEN, Status.PAUSED)


class Given(BaseModel):
    """Everything that the address may say. Of a figure's parts `web.behind` knows what they mean."""

    model_config = ConfigDict(str_strip_whitespace=True)

    trin: str = ""
    status: str = ""
    omraade: str = ""
    koordinator: str = ""
    over_tid: str = ""
    frist: str = ""
    pauser: str = ""
    fra: str = ""
    til: str = ""
    soeg: str = ""
    tal: str = ""
    tal_fra: str = ""
    tal_til: str = ""
    tal_trin: str = ""
    tal_udfald: str = ""
    tal_aarsag: str = ""
    tal_maaneder: str = ""
    # How it is shown, not what.
    vis: str = ""
    side: str = "1"


class Filter:
    """What the address says is wanted; kept in it, so that it can be sent to a colleague."""

    def __init__(self, pathway: str, given: Annotated[Given, Query()]) -> None:
        self.pathway = None if pathway == ALL else pathway
        self.page = page_number(given.side)
        self.given: dict[str, str] = given.model_dump(exclude={"vis", "side"})
        self.started = TypedPeriod(given.fra, given.til)
        figures_period = TypedPeriod(given.tal_fra, given.tal_til)
        of_figure = self.pathway is not None and given.tal in behind.WHAT
        #: What cannot be understood, by the field it stands in; then nothing is shown as if it had been.
        self.problems = self.started.problems
        if of_figure and figures_period.problems:
            self.problems |= {"tal": "Tallets periode kan ikke læses. Åbn rapporten, og vælg tallet dér."}
        #: The figure of a report whose list this is.
        self.behind = behind.asked(self.given) if of_figure and not figures_period.problems else None
        self.as_table = given.vis == "tabel" or self.pathway is None or of_figure

    def keeps_to(self, stages: Collection[str]) -> None:
        """Adds a problem when the stage that is asked for is none of these."""
        if self.given["trin"] and self.given["trin"] not in stages:
            self.problems |= {"trin": "Trinnet findes ikke i forløbet. Vælg et af dem, der er."}

    def turns_to(self, last: int) -> None:
        """The last page, when an address asks for one behind it."""
        self.page = max(1, min(self.page, last))

    def wanted(self) -> Wanted:
        """Of a filter without `problems`."""
        given, started = self.given, self.started.understood()
        return Wanted(
            pathway=self.pathway,
            stage=given["trin"] or None,
            status=given["status"] if given["status"] in STATUSES else None,
            area=number(given["omraade"]),
            coordinator=number(given["koordinator"]),
            overdue=bool(given["over_tid"]),
            due_soon=bool(given["frist"]),
            forgotten=bool(given["pauser"]),
            starts_from=started.since,
            starts_to=started.until,
            search=given["soeg"],
        )

    def without_figure(self) -> str:
        """The end of the address without the figure, and otherwise the same."""
        return self.query(**dict.fromkeys(behind.PARTS, ""))

    def here(self) -> str:
        """The same as the end of an address, at the page of the table that is shown."""
        return self.query(side=str(self.page) if self.page > 1 else "")

    def query(self, **changed: str) -> str:
        """The same as the end of an address, with some of it changed."""
        chosen = {**self.given, "vis": "tabel" if self.as_table else "", **changed}
        return urlencode({name: value for name, value in chosen.items() if value})
