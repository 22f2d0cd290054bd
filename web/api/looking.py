"""What can be seen: cases, boards, pathways, messages, and whose token it is."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from engine.refusal import Refused
from models.message import State
from onboarding import looks
from onboarding.pathways import known_keys, newest
from onboarding.staffing import find_area, staff
from reports.board import board
from reports.case import show
from reports.caseload import Wanted, count
from reports.definition import published
from reports.enrolments import enrolments_within, refuse_unknown_stage, staff_id
from reports.messages import Chosen, outbox, outbox_count
from reports.period import Period
from reports.person import person as person_behind
from web.api import answers, asked, message_answers
from web.api.guard import Anybody, Messages, Pathways, SeesCases
from web.api.problems import documented
from web.guard import NotFound, within
from web.state import state_of

router = APIRouter()

_ROWS = 50

Purpose = Literal["stand_in", "contact", "supervision", "correction"]


_REFERENCE = r"^[A-Za-z]{0,4}-?[0-9]{1,8}$"


class Paged(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    page: Annotated[int, Query(ge=1, le=10_000)] = 1

    @property
    def offset(self) -> int:
        return _ROWS * (self.page - 1)


class WantedCases(Paged):
    """Which cases: those that fulfil everything that is given. Ended ones only when asked for, or by their stage."""

    pathway: asked.Text | None = None
    stage: asked.Text | None = None
    area: asked.Text | None = None
    coordinator: asked.Text | None = None
    overdue: bool = False
    due_soon: bool = False
    forgotten: bool = False
    ended: bool = False
    starts_from: asked.Day | None = None
    starts_to: asked.Day | None = None
    # Not by name, as the page does: a name could be guessed letter by letter, and nobody would know of the look.
    search: Annotated[
        str | None, Query(pattern=_REFERENCE, description="A reference, or a part of one with a digit")
    ] = None

    def wanted(self, session: Session) -> Wanted:
        """Raises `Refused` for what nobody knows: a pathway, a stage, an area, a coordinator; and for days that are no
        period.
        """
        Period(self.starts_from, self.starts_to)
        if self.pathway is not None:
            newest(session, self.pathway)
        if self.stage is not None:
            refuse_unknown_stage(session, self.pathway, self.stage)
        return Wanted(
            area=find_area(session, self.area).id if self.area else None,
            coordinator=staff_id(session, self.coordinator) if self.coordinator else None,
            search=self.search or "",
            **self.model_dump(exclude={"page", "area", "coordinator", "search"}),
        )


class WantedMessages(Paged):
    state: State | None = None
    search: Annotated[
        str | None, Query(pattern=_REFERENCE, description="A reference, or a part of one with a digit")
    ] = None


@router.get("/cases", name="cases", tags=["figures"], response_model=answers.Cases, responses=documented(422))
def cases(request: Request, person: SeesCases, query: Annotated[WantedCases, Query()]) -> dict[str, Any]:
    """The cases that the token's owner may see, those that should have been left longest ago first."""
    state = state_of(request)
    with state.database.read() as session:
        wanted, on = query.wanted(session), state.today()
        total = count(session, person.scope, wanted, on)
        rows = enrolments_within(session, person.scope, wanted, on, limit=_ROWS, offset=query.offset)
    return _page(query, total) | {"cases": rows}


@router.get(
    "/cases/{reference}",
    name="case",
    tags=["figures"],
    response_model=answers.Case,
    response_model_exclude_unset=True,  # a message that was not gathered has no digest, as `sosu show` has it
    responses=documented(404, 422),
)
def case(
    request: Request,
    person: SeesCases,
    reference: asked.Reference,
    purpose: Annotated[
        Purpose | None,
        Query(description="Asked for once a day where the token's owner has no part in the case, and kept in the log"),
    ] = None,
) -> dict[str, Any]:
    """One case, whole. Each look is a row of the audit log."""
    state = state_of(request)
    on = state.today()
    with state.database.read() as session:
        loaded = within(session, reference, person)
        why = looks.purpose_for(session, loaded, person.scope.staff_id, person.email, on, purpose)
        if why is None:
            known = ", ".join(f"{key} ({title})" for key, title in looks.PURPOSES.items())
            raise Refused(f"Sig, hvad sagen skal bruges til, med purpose. Vælg en af: {known}.")
        found = show(session, loaded.row.reference, on, person.scope.covers())
        found["name"] = person_behind(session, loaded)["name"]
    with state.database.write() as session:  # before anything is told: a look that is not noted is none
        looks.look(session, person.email, loaded.row.reference, why, state.now())
    return found


@router.get("/pathways", name="pathways", tags=["figures"], responses=documented())
def pathways(request: Request, _person: Pathways) -> list[answers.Pathway]:
    """Every pathway in its newest version."""
    with state_of(request).database.read() as session:
        found = [newest(session, key) for key in known_keys(session)]
    return [answers.Pathway(pathway=p.key, version=p.version, title=p.title, source=p.source) for p in found]


@router.get(
    "/pathways/{pathway}",
    name="pathway",
    tags=["figures"],
    response_model=answers.Definition,
    responses=documented(404),
)
def definition(request: Request, _person: Pathways, pathway: asked.PathwayKey) -> dict[str, Any]:
    """Its stages, steps, conditions, milestones and reasons."""
    with state_of(request).database.read() as session:
        refuse_unknown(session, pathway)
        return published(newest(session, pathway))


@router.get(
    "/pathways/{pathway}/board",
    name="board",
    tags=["figures"],
    response_model=answers.Board,
    responses=documented(404),
)
def board_of(request: Request, person: SeesCases, pathway: asked.PathwayKey) -> dict[str, Any]:
    """How many of the owner's cases are in each stage, paused, near their deadline and past it."""
    state = state_of(request)
    with state.database.read() as session:
        refuse_unknown(session, pathway)
        return board(session, pathway, state.today(), person.scope)


@router.get(
    "/messages", name="messages", tags=["figures"], response_model=message_answers.Messages, responses=documented()
)
def messages(request: Request, person: Messages, query: Annotated[WantedMessages, Query()]) -> dict[str, Any]:
    """The messages about the owner's cases, the newest first: to whom, and how it went."""
    chosen = Chosen(state=query.state, search=query.search or "")
    with state_of(request).database.read() as session:
        total = outbox_count(session, person.scope, chosen)
        rows = outbox(session, person.scope, chosen, limit=_ROWS, offset=query.offset)
    return _page(query, total) | {"messages": rows}


@router.get("/me", name="me", tags=["token"], response_model=answers.Me, responses=documented())
def me(request: Request, person: Anybody) -> dict[str, Any]:
    """Whose token it is, what it may, and until when."""
    with state_of(request).database.read() as session:
        found = next(one for one in staff(session) if one["staff"] == person.email)
    return found | {"token": request.state.token}


def _page(query: Paged, total: int) -> dict[str, int]:
    return {"total": total, "page": query.page, "pages": -(-total // _ROWS)}


def refuse_unknown(session: Session, pathway: str) -> None:
    """Raises `NotFound` when there is no such pathway."""
    if pathway not in known_keys(session):
        raise NotFound
