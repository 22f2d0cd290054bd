"""Rapporter: the status of a pathway in the words of the sources, how far people came, how long, who is kept."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from onboarding.pathways import known_keys, newest
from reports.export import as_xlsx
from reports.period import Period, half_year_title, usual
from reports.report import Figure, report
from reports.retention import MONTHS
from web.asked import Typed, TypedPeriod, as_query
from web.behind import address
from web.guard import NotFound, Reports
from web.permissions import Person
from web.render import page
from web.state import state_of
from web.words import as_date

router = APIRouter(prefix="/rapporter")

#: The words of the sources, and the figure of each.
_STATUS = (
    ("Begyndt", "enrolled"),
    ("Aktive", "active"),
    ("Gennemført", "completed"),
    ("Heraf uddannet", "qualified"),
    ("Heraf efterfølgende ansat", "employed"),
    ("Heraf videre i uddannelse", "in_education"),
    ("Frafald", "dropped_out"),
    ("Ikke optaget", "not_admitted"),
    ("Overgået til andet forløb", "transferred"),
)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("")
def first(request: Request, _person: Reports) -> Response:
    with state_of(request).database.read() as session:
        return RedirectResponse(f"/rapporter/{known_keys(session)[0]}", status_code=303)


@router.get("/{pathway}")
def shown(request: Request, pathway: str, typed: Typed, person: Reports, udskrift: str = "") -> Response:
    """The figures with the lists behind them; for paper (`udskrift`), without them and without what is not to leave."""
    if typed.problems:
        return _page(request, pathway, typed, person, status=422)
    leaves, period = udskrift == "ja", typed.understood()
    found = _found(request, pathway, period, person, leaves=leaves)
    return _page(request, pathway, typed, person, leaves=leaves, period=period, query=as_query(period), **found)


@router.get("/{pathway}/eksport.xlsx")
def exported(request: Request, pathway: str, typed: Typed, person: Reports) -> Response:
    """Every table of the page, one below the other, without what is not to leave the unit; the page itself, where the
    period cannot be understood.
    """
    if typed.problems:
        return _page(request, pathway, typed, person, status=422)
    found, on = _found(request, pathway, typed.understood(), person, leaves=True), state_of(request).today()
    with state_of(request).database.read() as session:
        title = newest(session, pathway).title
    about = (
        ("Forløb", title),
        ("Periode", found["when"] or "alle, der er indskrevet"),
        ("Opgjort", as_date(on)),
        ("Omfatter", f"de forløb, som {person.name} kan se"),
    )
    rows = [*(("Rapporten", what, "", said) for what, said in about), *_rows(found)]
    content = as_xlsx("Rapport", ("Tabel", "Række", "Mål", "Tal"), rows)
    name = f"rapport-{pathway}-{on.isoformat()}.xlsx"
    return Response(content, media_type=_XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _page(
    request: Request, pathway: str, typed: TypedPeriod, person: Person, status: int = 200, **found: Any
) -> Response:
    """Without figures, when there are none in `found`. Raises `NotFound` when there is no such pathway."""
    state = state_of(request)
    with state.database.read() as session:
        pathways = {key: newest(session, key) for key in known_keys(session)}
    if pathway not in pathways:
        raise NotFound
    on = state.today()
    return page(
        request,
        "report.html",
        person,
        status=status,
        pathway=pathway,
        pathways=pathways,
        on=on,
        typed=typed,
        choices=[(title, one, as_query(one)) for title, one in usual(on).items()],
        months=MONTHS,
        list_of=partial(address, pathway),
        **{"leaves": False, "period": None, "query": ""} | found,
    )


def _rows(found: dict[str, Any]) -> Iterator[tuple[str, str, str, int | str]]:
    for words, figure in found["totals"]:
        yield "Status", words, "antal", _cell(figure)
    for ending in found["endings"]:
        yield "Afslutninger", ending["title"], "antal", _cell(ending["figure"])
    for reason in found["reasons"]:
        yield "Frafald efter årsag", reason["title"], "antal", _cell(reason["figure"])
    for stage in found["stages"]:
        yield "Trin", stage["title"], "nåede trinnet", _cell(stage["reached"])
        yield "Trin", stage["title"], "i trinnet", _cell(stage["now"])
        yield "Tid i trinnet", stage["title"], "forlod trinnet", _cell(stage["left"])
        yield (
            "Tid i trinnet",
            stage["title"],
            "dage, median",
            stage["days_shown"] if stage["days"] is None else stage["days"],
        )
        yield "Tid i trinnet", stage["title"], "dage, plan", stage["planned_days"] or "–"
    for group in found["groups"]:
        yield "Fastholdelse", group["title"], "begyndt", _cell(group["began"])
        for months, kept in group["kept"].items():
            yield "Fastholdelse", group["title"], f"efter {months} mdr.", _cell(kept) if kept else "–"


def _cell(figure: Figure) -> int | str:
    return figure.shown if figure.count is None else figure.count


def _found(request: Request, pathway: str, period: Period, person: Person, *, leaves: bool) -> dict[str, Any]:
    """What the page shows of this person's cases. Raises `NotFound` when there is no such pathway."""
    state = state_of(request)
    with state.database.read() as session:
        if pathway not in known_keys(session):
            raise NotFound
        made = report(session, pathway, state.today(), person.scope, period, leaves=leaves)
    endings, reasons, stages = made["endings"], made["reasons"], made["stages"]
    told = [
        *made["status"].values(),
        *(one["figure"] for one in (*endings, *reasons)),
        *(one["reached"] for one in stages),
    ]
    return {
        "endings": endings,
        "reasons": reasons,
        "stages": stages,
        "is_empty": all(figure.count == 0 for figure in told),
        "when": period.in_words(),
        "totals": [(words, made["status"][key]) for words, key in _STATUS],
        "groups": [group | {"title": half_year_title(group["year"], group["half"])} for group in made["groups"]],
    }
