"""Forløb: the cases of a pathway as a board and as a table, filtered, moved, and taken along as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from engine.history import Verb
from engine.pathway import Pathway
from engine.plan import DUE_SOON_DAYS
from engine.refusal import Refused
from onboarding import looks
from onboarding.acting import CommandUsed
from onboarding.expecting import expect
from onboarding.move import move
from onboarding.pathways import known_keys, newest, versions
from onboarding.signed import new_command_id
from onboarding.store import ENROLMENT, NoSuchCase
from onboarding.together import together
from onboarding.writing import Conflict
from reports import export
from reports.caseload import Wanted, cases
from reports.receipt import has_done
from reports.scope import visible
from web.asked import is_reference, number
from web.behind import sentence
from web.filtering import ALL, STATUSES, Filter
from web.guard import Acts, NotFound, SeesCases
from web.listing import CARDS, listed, understood, wanted_by
from web.permissions import Person
from web.render import page
from web.state import state_of
from web.together import Several, receipt, receipt_of, told
from web.words import deadline, snoozed
from web.words import status as in_words

router = APIRouter(prefix="/forloeb")

_HEADINGS = (
    "Reference",
    "Navn",
    "Forløb",
    "Trin",
    "Status",
    "I trinnet siden",
    "Frist",
    "Frist i ord",
    "Pausen følges op",
    "Værtsområde",
    "Koordinator",
)
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_OLDER = "Forløbet er ændret, siden siden blev vist. Se på det igen, og gentag handlingen."
#: What is said of a move from a board that is older than the case, in place of what the verb says.
_ON_BOARD: dict[type[Refused], tuple[str, ...]] = {
    NoSuchCase: ("Forløbet er der ikke mere, eller du har ikke adgang til det.",),
    Conflict: (_OLDER,),
    CommandUsed: (_OLDER,),  # the same card of the same page went somewhere else before
}


Filtered = Annotated[Filter, Depends()]
Text = Annotated[str, Form()]


@router.get("")
def first(request: Request, _person: SeesCases) -> Response:
    with state_of(request).database.read() as session:
        return RedirectResponse(f"/forloeb/{known_keys(session)[0]}", status_code=303)


@router.get("/{pathway}")
def shown(request: Request, pathway: str, chosen: Filtered, person: SeesCases) -> Response:
    return _page(request, pathway, chosen, person)


@router.get("/{pathway}/eksport.{kind}")
def exported(request: Request, pathway: str, kind: str, chosen: Filtered, person: SeesCases) -> Response:
    """Exactly the rows that the filter shows, all of them; the page itself, where it cannot be understood."""
    state = state_of(request)
    on = state.today()
    if kind not in _TYPES:
        raise NotFound
    with state.database.read() as session:
        pathways = _pathways(session, pathway, chosen)
        understood(session, chosen, person)
        found = (
            [] if chosen.problems else cases(session, person.scope, wanted_by(session, chosen, person), on, limit=None)
        )
    if chosen.problems:
        return _page(request, pathway, chosen, person)
    rows = [_row(case, pathways, on) for case in found]
    with state.database.write() as session:  # before it leaves: names that nobody knows the way of are not handed out
        looks.took_out(session, person.email, len(rows), state.now())
    content = export.as_csv(_HEADINGS, rows) if kind == "csv" else export.as_xlsx("Forløb", _HEADINGS, rows)
    name = f"forloeb-{on.isoformat()}.{kind}"
    return Response(content, media_type=_TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _row(case: Mapping[str, Any], pathways: Mapping[str, Pathway], on: date) -> tuple[Any, ...]:
    """Under `_HEADINGS`."""
    return (
        case["reference"],
        case["name"],
        pathways[case["pathway"]].title,
        case["stage_title"],
        in_words(case["status"]),
        case["entered_on"],
        case["due_on"],
        ", ".join(_due(case, on)),
        case["review_on"],
        case["area"],
        case["coordinator"],
    )


def _due(case: Mapping[str, Any], on: date) -> Iterator[str]:
    yield deadline(case["due_on"], on, case["status"], case["review_on"])
    if case["snooze"]:
        yield snoozed(case["snooze"])


@router.post("/{pathway}/flyt")
def moved(
    request: Request, pathway: str, chosen: Filtered, person: Acts, command_id: Text, kort: Text = ""
) -> Response:
    """`kort` is what a card's button says: the reference, the revision that was shown, and the step."""
    state = state_of(request)
    if not kort:
        problem = {"reference": "", "reasons": ("Vælg på et kort, hvor det skal hen.",)}
        return _page(request, pathway, chosen, person, status=422, problem=problem)
    reference, _, how = kort.partition(" ")
    revision, _, step = how.partition(" ")
    by = state.signed(person, f"{command_id}-{reference}")
    try:
        with state.writes(person) as session:
            expect(session, reference, by, within=person.scope.covers(), revision=number(revision) or 0)
            move(session, reference, step, by)
    except Refused as refused:
        reasons = _ON_BOARD.get(type(refused), refused.reasons)
        problem = {"reference": reference if is_reference(reference) else "", "reasons": reasons}
        return _page(request, pathway, chosen, person, status=422, problem=problem)
    receipt = chosen.query(gjort=by.command_id, sag=reference, udgave=str((number(revision) or 0) + 1))
    return RedirectResponse(f"/forloeb/{pathway}?{receipt}", status_code=303)


@router.post("/{pathway}/samlet")
def for_several(
    request: Request, pathway: str, chosen: Filtered, person: Acts, several: Annotated[Several, Depends()]
) -> Response:
    """What would happen to each of the cases; and, confirmed, the list with what did."""
    state = state_of(request)
    by, covers = state.signed(person, several.command_id), person.scope.covers()
    try:
        with state.writes(person) if several.confirmed else state.database.rehearse() as session:
            _pathways(session, pathway, chosen)
            published = {(one.key, one.version): one for one in _versions(session, ALL)}
            asked = several.asked(session, _versions(session, pathway), by.on)
            wanted = Wanted(among=ENROLMENT.c.reference.in_(several.revisions))
            before = {case["reference"]: case for case in cases(session, person.scope, wanted, by.on, limit=None)}
            outcomes = together(session, several.revisions, asked.task, by, covers)
    except Refused as refused:
        problem = {"reference": "", "reasons": refused.reasons}
        return _page(request, pathway, chosen, person, status=422, problem=problem, several=several)
    if several.confirmed:
        return RedirectResponse(f"/forloeb/{pathway}?{chosen.query(**receipt_of(outcomes))}", status_code=303)
    return page(
        request,
        "together.html",
        person,
        pathway=pathway,
        title=asked.title,
        to=asked.to,
        back=f"/forloeb/{pathway}?{chosen.here()}",
        query=chosen.query(),
        outcomes=[told(one, before.get(one.reference), published) for one in outcomes],
        form=several.typed | {"command_id": new_command_id()},
    )


def _page(
    request: Request,
    pathway: str,
    chosen: Filter,
    person: Person,
    *,
    status: int = 200,
    problem: dict[str, Any] | None = None,
    several: Several | None = None,
) -> Response:
    """What the filter shows; an answer of 422, and no case, when it cannot be understood."""
    on = state_of(request).today()
    several = several or Several(on=on.isoformat())
    with state_of(request).database.read() as session:
        pathways = _pathways(session, pathway, chosen)
        shown = pathways.get(pathway)
        found = listed(session, shown, chosen, person, on) | {
            "done": _moved_by(session, person, request.query_params),
            "receipt": receipt(session, person.scope, request.query_params),
        }
    return page(
        request,
        "cases.html",
        person,
        status=422 if chosen.problems else status,
        **found,
        pathway=pathway,
        pathways=pathways,
        chosen=chosen,
        figure=sentence(shown, chosen.behind) if shown and chosen.behind else "",
        statuses=STATUSES,
        problem=problem and _placed(problem, found["columns"]),
        ticked=several.revisions,
        typed=several.typed,
        cards=CARDS,
        soon=DUE_SOON_DAYS,
        may_act=person.may("act"),
        command_id=new_command_id(),
        on=on,
    )


def _placed(problem: dict[str, Any], columns: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """With `on_card`: whether the card that it is about is there to say it on."""
    on_board = {case["reference"] for column in columns for case in column["cases"]}
    return problem | {"on_card": problem["reference"] in on_board}


def _moved_by(session: Session, person: Person, address: Mapping[str, str]) -> str:
    """The reference of the case (`sag`), if this person sees it and moved it by the command that led here (`gjort`),
    and nothing has been done to it since (`udgave`): a receipt is for nothing else.
    """
    reference, command_id, revision = (address.get(name, "") for name in ("sag", "gjort", "udgave"))
    if not command_id or not visible(session, person.scope, reference):
        return ""
    left = number(revision) or 0
    return reference if has_done(session, reference, Verb.MOVE, person.email, command_id, left) else ""


def _pathways(session: Session, pathway: str, chosen: Filter) -> dict[str, Pathway]:
    """Every pathway. Raises `NotFound` when the address names another; a stage of none is a problem of the filter."""
    known = {key: newest(session, key) for key in known_keys(session)}
    if pathway not in known and pathway != ALL:
        raise NotFound
    if chosen.given["trin"]:
        chosen.finds_stage(_versions(session, pathway))
    return known


def _versions(session: Session, pathway: str) -> list[Pathway]:
    """Every version of the pathway that the address names, or of all of them; of each the newest first."""
    return [one for key in known_keys(session) if pathway in (key, ALL) for one in versions(session, key).values()]
