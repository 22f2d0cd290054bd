"""Administration: who the people are and what they may; and, for the data protection officer, the audit log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from engine.refusal import Refused
from models.staff import Role
from onboarding import audit, sign_ins, tokens, users
from onboarding.staffing import areas
from web.guard import Administers, Audits
from web.permissions import Person
from web.render import page
from web.state import State, state_of

router = APIRouter()

_ROWS = 100
_DONE = {
    "gemt": "Medarbejderen er gemt.",
    "taget-ud": "Medarbejderen er taget ud og kan ikke logge ind mere.",
    "logget-af": "Medarbejderen er logget af overalt.",
    "noegler": "Medarbejderens adgangsnøgler er tilbagekaldt.",
}
Text = Annotated[str, Form()]


@router.get("/administration")
def shown(request: Request, person: Administers, gjort: str = "") -> Response:
    return _page(request, person, done=_DONE.get(gjort))


@router.post("/administration/gem")
def saved(
    request: Request,
    person: Administers,
    email: Text = "",
    name: Text = "",
    role: Text = "",
    area: Annotated[Sequence[str], Form()] = (),
    password: Text = "",
) -> Response:
    def save(session: Session, state: State) -> None:
        users.change(session, email, name, role, area, by=person.email, at=state.now())
        if password:
            sign_ins.set_password(session, email, password)

    return _does(request, person, "gemt", save, email=email, name=name, role=role, area=list(area))


@router.post("/administration/tag-ud")
def removed(request: Request, person: Administers, email: Text) -> Response:
    if email == person.email:
        return _page(
            request, person, status=422, problem=("Du kan ikke tage dig selv ud. Bed en anden administrator.",)
        )

    def remove(session: Session, state: State) -> None:
        users.remove(session, email, by=person.email, at=state.now())

    return _does(request, person, "taget-ud", remove)


@router.post("/administration/log-af")
def signed_out(request: Request, person: Administers, email: Text) -> Response:
    def sign_out(session: Session, state: State) -> None:
        users.sign_out(session, email, by=person.email, at=state.now())

    return _does(request, person, "logget-af", sign_out)


@router.post("/administration/noegler")
def revoked(request: Request, person: Administers, email: Text) -> Response:
    def revoke(session: Session, state: State) -> None:
        tokens.revoke_all(session, email, by=person.email, at=state.now())

    return _does(request, person, "noegler", revoke)


@router.get("/revision")
def log(request: Request, person: Audits, soeg: str = "", side: str = "1", kontrol: str = "") -> Response:
    number = int(side) if side.isdecimal() and 0 < int(side) < 100_000 else 1
    with state_of(request).database.read() as session:
        rows, count = audit.search(session, soeg, limit=_ROWS, offset=_ROWS * (number - 1))
        verified = audit.verify(session) if kontrol else None  # the whole chain: not at every look
    return page(
        request,
        "audit.html",
        person,
        rows=rows,
        count=count,
        verified=verified,
        search=soeg,
        number=number,
        pages=max(1, -(-count // _ROWS)),
    )


def _does(
    request: Request, person: Person, done: str, work: Callable[[Session, State], None], **typed: Any
) -> Response:
    state = state_of(request)
    try:
        with state.database.write() as session:
            work(session, state)
    except Refused as refused:
        return _page(request, person, status=422, problem=refused.reasons, typed=typed)
    return RedirectResponse(f"/administration?gjort={done}", status_code=303)


def _page(
    request: Request,
    person: Person,
    *,
    status: int = 200,
    done: str | None = None,
    problem: tuple[str, ...] = (),
    typed: dict[str, Any] | None = None,
) -> Response:
    with state_of(request).database.read() as session:
        found, known = users.people(session), areas(session)
    blank: dict[str, Any] = {"email": "", "name": "", "role": "", "area": []}
    return page(
        request,
        "administration.html",
        person,
        status=status,
        people=found,
        areas=known,
        roles=list(Role),
        done=done,
        problem=problem,
        typed=blank | (typed or {}),
    )
