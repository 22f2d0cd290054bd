"""The web page, put together: `create_app` for a server, and for a test with a clock and a database of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from anyio import CapacityLimiter
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.routing import Mount

from engine.refusal import Refused
from onboarding.passwords import AT_ONCE
from onboarding.store import NoSuchCase
from web import guard
from web.api import metrics
from web.api.app import create_api
from web.api.problems import answer_for_tokens
from web.assets import DESIGN_SYSTEM, HTMX
from web.bare import bare
from web.bounds import Bounded, SearchedByCpr, readable
from web.head import Head
from web.headers import Headers
from web.mishaps import Mishaps
from web.pages import (
    acting,
    administration,
    audit,
    calendar,
    case,
    cases,
    definitions,
    effect,
    enrol,
    list_undo,
    lists,
    messages,
    openid,
    overview,
    own,
    preferences,
    reports,
    signing_in,
    wording,
)
from web.permissions import Lapsed
from web.render import page
from web.state import State
from web.turns import OneByOne

HERE = Path(__file__).parent


def create_app(state: State, assets: Path) -> FastAPI:
    """`assets` is the folder `node_modules` with the design system and htmx in it."""
    app = bare(dependencies=[Depends(readable)])
    app.state.sosu = state
    app.state.door = CapacityLimiter(AT_ONCE)
    app.add_middleware(Bounded)
    app.add_middleware(Mishaps)
    app.add_middleware(OneByOne)
    app.add_middleware(Head)
    app.add_middleware(Headers, secure=state.secure)  # the last one is the outermost: every answer has them
    app.mount("/assets/dkfds", StaticFiles(directory=assets / DESIGN_SYSTEM))
    app.mount("/assets/htmx", StaticFiles(directory=assets / HTMX))
    app.mount("/assets/sosu", StaticFiles(directory=HERE / "static"))
    getting_in = (signing_in, openid, own, preferences, enrol, lists, list_undo)
    pages = (overview, cases, case, acting, administration, audit, definitions, reports, messages, effect)
    for room in (*getting_in, *pages, wording, calendar, metrics):
        app.include_router(room.router)
    _mount_whole(app, "/api", create_api(state))
    answer_for_tokens(app)
    _say_what_went_wrong(app)
    return app


def _mount_whole(app: FastAPI, path: str, part: FastAPI) -> None:
    """Mounts it for every address below. Starlette's own mount ends where an address holds a line break."""
    mounted = Mount(path, part)
    mounted.path_regex = re.compile(mounted.path_regex.pattern, re.DOTALL)
    app.router.routes.append(mounted)


#: What is said when somebody cannot be served: the status, the heading, and what to do about it.
_NOT_ALLOWED = (
    403,
    "Det har du ikke adgang til",
    "Din rolle giver ikke adgang til den side. Bed en administrator om hjælp.",
)
_FROM_ELSEWHERE = (
    403,
    "Det kunne ikke gennemføres",
    "Siden var for gammel eller kom et andet sted fra. Åbn den igen, og prøv igen.",
)
_LAPSED = (
    403,
    "Din adgang er ændret",
    "Din adgang er ændret, siden siden blev åbnet. Intet er gemt. Åbn siden igen, eller bed en administrator om hjælp.",
)
_NOT_THERE = (
    404,
    "Siden findes ikke",
    "Der er ingen side her, eller du har ikke adgang til den. Kontrollér adressen.",
)
_UNREADABLE = (
    400,
    "Det kunne ikke læses",
    "Noget af det, der blev sendt, mangler eller kan ikke læses. Åbn siden igen, og prøv igen; intet er gemt.",
)
_TOO_LARGE = (
    413,
    "Filen er for stor",
    "Det, der blev sendt, er for stort. Kopiér kun listens rækker og kolonner til en ny fil, og prøv igen.",
)
_SAID: dict[int | type[Exception], tuple[int, str, str]] = {
    guard.NotAllowed: _NOT_ALLOWED,
    guard.FromElsewhere: _FROM_ELSEWHERE,
    Lapsed: _LAPSED,
    guard.NotFound: _NOT_THERE,
    NoSuchCase: _NOT_THERE,
    404: _NOT_THERE,
    400: _UNREADABLE,
    413: _TOO_LARGE,
}


def _say_what_went_wrong(app: FastAPI) -> None:
    for what, said in _SAID.items():
        app.add_exception_handler(what, _saying(*said))
    app.add_exception_handler(guard.NotSignedIn, _to_the_door)
    app.add_exception_handler(SearchedByCpr, lambda request, _error: _led_to(request, "/uden-cpr"))
    app.add_exception_handler(405, _only_sent_to)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(Refused, _refused)


def _saying(status: int, title: str, text: str) -> Callable[[Request, Exception], Response]:
    def said(request: Request, _error: Exception) -> Response:
        return page(request, "message.html", guard.person_of(request), status=status, title=title, text=text)

    return said


def _to_the_door(request: Request, _error: Exception) -> Response:
    """And from there back: after a form was sent, to its page, which is the one above its address."""
    if request.method in guard.SAFE:
        here = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return _led_to(request, f"/login?{urlencode({'next': here})}")
    return _led_to(request, f"/login?{urlencode({'next': _above(request), 'ikke_gemt': 'ja'})}")


def _above(request: Request) -> str:
    return request.url.path.rpartition("/")[0] or "/"


def _led_to(request: Request, address: str) -> Response:
    if request.headers.get("hx-request") == "true":
        return Response(status_code=200, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)


def _only_sent_to(request: Request, error: Exception) -> Response:
    """An address to which a form was sent, opened by itself: the page with that form is the one above it."""
    if request.method in guard.SAFE:
        return RedirectResponse(_above(request), status_code=303)
    return _saying(*_UNREADABLE)(request, error)


def _malformed(request: Request, error: Exception) -> Response:
    """An address that cannot be is one that there is not; a form that cannot be was not ours."""
    faults = error.errors() if isinstance(error, RequestValidationError) else ()
    of_address = all(fault["loc"][0] in ("path", "query") for fault in faults)
    return _saying(*(_NOT_THERE if of_address else _UNREADABLE))(request, error)


def _refused(request: Request, error: Exception) -> Response:
    reasons = error.reasons if isinstance(error, Refused) else ()
    return page(request, "refused.html", guard.person_of(request), status=422, reasons=reasons)
