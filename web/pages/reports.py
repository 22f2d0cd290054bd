"""Rapporter: the status of a pathway in the words of the sources, how far people came, and how long it took."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from onboarding.pathways import known_keys, newest
from reports.export import as_xlsx
from reports.figures import figures
from reports.status import status_report
from web.guard import NotFound, Reports
from web.permissions import Person
from web.render import page
from web.state import state_of

router = APIRouter(prefix="/rapporter")

#: The words of the sources, and the figure of each.
_STATUS = (
    ("Indskrevet i alt", "enrolled"),
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
def shown(request: Request, pathway: str, person: Reports) -> Response:
    found = _found(request, pathway, person)
    return page(
        request,
        "report.html",
        person,
        pathway=pathway,
        on=state_of(request).today(),
        list_of=lambda stage="": (
            f"/forloeb/{pathway}?{urlencode({'vis': 'tabel'} | ({'trin': stage} if stage else {}))}"
        ),
        **found,
    )


@router.get("/{pathway}/eksport.xlsx")
def exported(request: Request, pathway: str, person: Reports) -> Response:
    """Every table of the page, one below the other."""
    found, on = _found(request, pathway, person), state_of(request).today()
    rows: list[tuple[str, str, str, Any]] = [("Status", words, "antal", count) for words, count in found["totals"]]
    rows += [("Frafald efter årsag", reason, "antal", count) for reason, count in found["reasons"].items()]
    rows += [("Afslutninger", ending["title"], "antal", ending["count"]) for ending in found["endings"]]
    for stage in found["stages"]:
        rows += [
            ("Trin", stage["title"], "har nået trinnet", stage["reached"]),
            ("Trin", stage["title"], "i trinnet nu", stage["now"]),
            ("Tid i trinnet", stage["title"], "har forladt trinnet", stage["left"]),
            ("Tid i trinnet", stage["title"], "dage, median", stage["days"]),
            ("Tid i trinnet", stage["title"], "dage, plan", stage["planned_days"]),
        ]
    content = as_xlsx("Rapport", ("Tabel", "Række", "Mål", "Tal"), rows)
    name = f"rapport-{pathway}-{on.isoformat()}.xlsx"
    return Response(content, media_type=_XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _found(request: Request, pathway: str, person: Person) -> dict[str, Any]:
    """What the page shows of this person's cases. Raises `NotFound` when there is no such pathway."""
    with state_of(request).database.read() as session:
        pathways = {key: newest(session, key) for key in known_keys(session)}
        if pathway not in pathways:
            raise NotFound
        report = status_report(session, pathway, person.scope)
        stages = figures(session, pathway, person.scope)
    endings = pathways[pathway].endings
    return {
        "pathways": pathways,
        "totals": [(words, report[key]) for words, key in _STATUS],
        "enrolled": report["enrolled"],
        "reasons": report["by_reason_title"],
        "endings": [
            {"stage": key, "title": endings[key].title if key in endings else key, "count": count}
            for key, count in report["by_ending"].items()
        ],
        "stages": [stage | {"now": report["by_stage"].get(stage["stage"], 0)} for stage in stages],
    }
