"""In and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from onboarding import sign_ins
from web.guard import SignedIn, person_of, refuse_elsewhere
from web.render import page
from web.state import state_of

router = APIRouter()

#: The routes that anybody may use: all others ask who is there.
OPEN = frozenset({"/login", "/healthz"})


@router.get("/login")
def form(request: Request, next: str = "/") -> Response:  # noqa: A002  the name in the address
    if person_of(request) is not None:
        return RedirectResponse(_ours(next), status_code=303)
    return page(request, "login.html", None, next=_ours(next), email="", problem=None)


@router.post("/login")
def sign_in(
    request: Request,
    email: Annotated[str, Form()],
    password: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    refuse_elsewhere(request)
    state = state_of(request)
    origin = request.client.host if request.client else ""
    with state.database.write() as session:
        signed_in = sign_ins.sign_in(session, email, password, origin, state.now())
    if isinstance(signed_in, str):
        return page(request, "login.html", None, status=401, next=_ours(next), email=email, problem=signed_in)
    answer = RedirectResponse(_ours(next), status_code=303)
    answer.set_cookie(
        state.cookie,
        signed_in.secret,
        max_age=int(sign_ins.AT_MOST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=state.secure,
        path="/",
    )
    return answer


@router.post("/logout")
def sign_out(request: Request, person: SignedIn, everywhere: Annotated[bool, Form()] = False) -> Response:
    state = state_of(request)
    with state.database.write() as session:
        if everywhere:
            sign_ins.end_all(session, person.scope.staff_id)
        sign_ins.end(session, request.cookies[state.cookie])
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(state.cookie, path="/", secure=state.secure, httponly=True, samesite="lax")
    return answer


@router.get("/healthz")
def healthz(request: Request) -> dict[str, str]:
    """Whether the database answers: for whoever watches over the server."""
    with state_of(request).database.read() as session:
        session.connection().exec_driver_sql("SELECT 1").scalar_one()
    return {"status": "ok"}


def _ours(address: str) -> str:
    """An address on this page: never one that leads away. Browsers read over tabs and line ends within an address."""
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if ours else "/"
