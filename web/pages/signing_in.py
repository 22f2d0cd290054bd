"""In and out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from onboarding import sign_ins
from web.guard import SignedIn, person_of, refuse_elsewhere
from web.render import page
from web.state import State, state_of

router = APIRouter()

#: The routes that anybody may use: all others ask who is there.
OPEN = frozenset({"/login", "/login/openid", "/login/openid/svar", "/healthz"})


@router.get("/login")
def form(request: Request, next: str = "/", ikke_gemt: str = "") -> Response:  # noqa: A002  the name in the address
    if person_of(request) is not None:
        return RedirectResponse(ours(next), status_code=303)
    return door(request, next, lost=bool(ikke_gemt))


async def _turn(request: Request) -> AsyncIterator[None]:
    """As many at a time as passwords are looked at. The others wait here, and not in the threads that pages need."""
    async with request.app.state.door:
        yield


@router.post("/login", dependencies=[Depends(_turn, scope="function")])
def sign_in(
    request: Request,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    refuse_elsewhere(request)
    if not email or not password:
        return door(request, next, status=400, email=email, problem="Skriv både din e-mail og din adgangskode.")
    state = state_of(request)
    origin = request.client.host if request.client else ""
    try:
        signed_in = sign_ins.sign_in(state.database, email, password, origin, state.now())
    except sign_ins.TooManyTries as refused:
        answer = door(request, next, status=429, email=email, problem=refused.reasons[0])
        answer.headers["retry-after"] = str(refused.seconds)
        return answer
    if isinstance(signed_in, str):
        return door(request, next, status=401, email=email, problem=signed_in)
    return let_in(state, signed_in, next)


@router.post("/logout")
def sign_out(request: Request, person: SignedIn, everywhere: Annotated[bool, Form()] = False) -> Response:
    state = state_of(request)
    here = request.cookies[state.cookie]
    with state.database.write() as session:
        if everywhere:
            sign_ins.end_others(session, person.scope.staff_id, here, by=person.email, at=state.now())
        sign_ins.end(session, here)
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(state.cookie, **state.kept_close)
    return answer


@router.get("/healthz")
def healthz(request: Request) -> dict[str, str]:
    """Whether the database answers: for whoever watches over the server."""
    with state_of(request).database.read() as session:
        session.connection().exec_driver_sql("SELECT 1").scalar_one()
    return {"status": "ok"}


def door(
    request: Request,
    to: str = "/",
    *,
    status: int = 200,
    email: str = "",
    problem: str | None = None,
    lost: bool = False,
) -> Response:
    """The page by which people come in, to go on to an address; with what was wrong the last time. `lost`: what they
    sent is, because they were not in any more.
    """
    said: dict[str, Any] = {
        "email": email,
        "problem": problem,
        "lost": lost,
        "openid": state_of(request).openid is not None,
    }
    return page(request, "login.html", None, status=status, next=ours(to), **said)


def let_in(state: State, signed_in: sign_ins.SignedIn, to: str) -> Response:
    """On to that address, with the cookie of somebody who is signed in from now on."""
    answer = RedirectResponse(ours(to), status_code=303)
    answer.set_cookie(state.cookie, signed_in.secret, max_age=int(sign_ins.AT_MOST.total_seconds()), **state.kept_close)
    return answer


def ours(address: str) -> str:
    """An address on this page: never one that leads away. Browsers read over tabs and line ends within an address."""
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if ours else "/"
