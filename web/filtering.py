"""Which cases somebody wants to see, as the address says it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from pydantic import BaseModel, ConfigDict

from engine.case import Status
from engine.pathway import Pathway
from reports.caseload import Wanted
from web import behind
from web.asked import TypedPeriod, number, page_number

#: The address part for every pathway together.
ALL = "alle"
#: Those that can be chosen; what has ended is in the reports.
STATUSES = (Status.OPEN, Status.PAUSED)
_TICKS = ("over_tid", "frist", "pauser")
#: What each field is called where it is left out, and what is said when it is not one of what there is.
_CALLED = {
    "fra": "datoer",
    "til": "datoer",
    "trin": "trin",
    "status": "status",
    "omraade": "værtsområde",
    "koordinator": "koordinator",
    "tal": "rapportens tal",
    **dict.fromkeys(_TICKS, "afkrydsning"),
}
_UNKNOWN = {
    "trin": "Trinnet findes ikke i forløbet. Vælg et af dem, der er.",
    "status": "Statussen findes ikke. Vælg en af dem, der er.",
    "omraade": "Værtsområdet findes ikke, eller du har ikke adgang til det. Vælg et af dem, der er.",
    "koordinator": "Koordinatoren findes ikke eller har ingen forløb mere. Vælg en af dem, der er.",
    "tal": "Rapportens tal kan ikke læses. Åbn rapporten, og vælg tallet dér.",
    **dict.fromkeys(_TICKS, "En afkrydsning i adressen kan ikke læses. Sæt krydset igen, hvis det skal være der."),
}


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
        #: What cannot be understood, by the field it stands in; then nothing is shown as if it had been.
        self.problems = self.started.problems
        self.keeps_to("status", STATUSES)
        for tick in _TICKS:
            self.keeps_to(tick, ("ja",))
        readable = self.pathway is not None and behind.is_readable(self.given)
        self.keeps_to("tal", (given.tal,) if readable else ())
        #: The figure of a report whose list this is.
        self.behind = behind.asked(self.given) if given.tal and readable else None
        self.as_table = given.vis == "tabel" or self.pathway is None or bool(given.tal)
        #: What the stage that is asked for is called, and whether it is an ending.
        self.stage_title, self.of_ended = "", False

    def keeps_to(self, field: str, known: Collection[str]) -> None:
        """Adds a problem when this field asks for what is none of these."""
        if self.given[field] and self.given[field] not in known:
            self.problems |= {field: _UNKNOWN[field]}

    def finds_stage(self, named: Sequence[Pathway]) -> None:
        """Looks the stage up in these versions, each before the older ones. Those in an ending are on no board."""
        stage = self.given["trin"]
        titles = [one.stage_title(stage) for one in named if stage in one.open_stages | one.endings]
        self.keeps_to("trin", (stage,) if titles else ())
        self.stage_title = titles[0] if titles else ""
        self.of_ended = bool(titles) and not any(stage in one.open_stages for one in named)
        self.as_table = self.as_table or self.of_ended

    def turns_to(self, last: int) -> None:
        """The last page, when an address asks for one behind it."""
        self.page = max(1, min(self.page, last))

    def wanted(self) -> Wanted:
        """Of a filter without `problems`."""
        given, started = self.given, self.started.understood()
        return Wanted(
            pathway=self.pathway,
            stage=given["trin"] or None,
            status=given["status"] or None,
            area=number(given["omraade"]),
            coordinator=number(given["koordinator"]),
            overdue=bool(given["over_tid"]),
            due_soon=bool(given["frist"]),
            forgotten=bool(given["pauser"]),
            starts_from=started.since,
            starts_to=started.until,
            search=given["soeg"],
        )

    def without_problems(self) -> tuple[str, str]:
        """What is left out when all that cannot be understood is, in words; and the end of that address."""
        left_out = {"fra", "til"} if self.started.problems else set()
        left_out |= set(behind.PARTS) if "tal" in self.problems else set()
        words = dict.fromkeys(_CALLED[field] for field in self.problems)
        return " og ".join(words), self.query(**dict.fromkeys({*left_out, *self.problems}, ""))

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
