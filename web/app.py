"""The web page, put together: `create_app` for a server, and for a test with a clock and a database of its own."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from engine.refusal import Refused
from onboarding.store import NoSuchCase
from web import guard
from web.api import metrics
from web.api.app import create_api
from web.api.problems import answer_for_tokens
from web.assets import DESIGN_SYSTEM, HTMX
from web.bounds import Bounded, readable
from web.headers import Headers
from web.mishaps import Mishaps
from web.pages import (
    administration,
    case,
    cases,
    definitions,
    enrol,
    list_undo,
    lists,
    messages,
    openid,
    overview,
    own,
    reports,
    signing_in,
)
from web.render import page
from web.state import State

HERE = Path(__file__).parent


def create_app(state: State, assets: Path) -> FastAPI:
    """`assets` is the folder `node_modules` with the design system and htmx in it."""
    checked = [Depends(readable)]
    app = FastAPI(title="sosu-onboarding", docs_url=None, redoc_url=None, openapi_url=None, dependencies=checked)
    app.state.sosu = state
    app.add_middleware(Bounded)
    app.add_middleware(Mishaps)
    app.add_middleware(Headers, secure=state.secure)  # the last one is the outermost: every answer has them
    app.mount("/assets/dkfds", StaticFiles(directory=assets / DESIGN_SYSTEM))
    app.mount("/assets/htmx", StaticFiles(directory=assets / HTMX))
    app.mount("/assets/sosu", StaticFiles(directory=HERE / "static"))
    getting_in = (signing_in, openid, own, enrol, lists, list_undo)
    pages = (overview, cases, case, administration, definitions, reports, messages)
    for room in (*getting_in, *pages, metrics):
        app.include_router(room.router)
    app.mount("/api", create_api(state))
    answer_for_tokens(app)
    _say_what_went_wrong(app)
    return app


def _say_what_went_wrong(app: FastAPI) -> None:
    @app.exception_handler(guard.NotSignedIn)
    def to_the_door(request: Request, _error: Exception) -> Response:
        here = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        wanted = here if request.method in guard.SAFE else "/"
        address = f"/login?{urlencode({'next': wanted})}"
        if request.headers.get("hx-request") == "true":
            return Response(status_code=200, headers={"HX-Redirect": address})
        return RedirectResponse(address, status_code=303)

    @app.exception_handler(guard.NotAllowed)
    def not_allowed(request: Request, _error: Exception) -> Response:
        text = "Din rolle giver ikke adgang til den side. Bed en administrator om hjælp."
        return _said(request, 403, "Det har du ikke adgang til", text)

    @app.exception_handler(guard.FromElsewhere)
    def from_elsewhere(request: Request, _error: Exception) -> Response:
        text = "Siden var for gammel eller kom et andet sted fra. Åbn den igen, og prøv igen."
        return _said(request, 403, "Det kunne ikke gennemføres", text)

    @app.exception_handler(NoSuchCase)
    @app.exception_handler(guard.NotFound)
    @app.exception_handler(404)
    def not_found(request: Request, _error: Exception) -> Response:
        text = "Der er ingen side her, eller du har ikke adgang til den. Kontrollér adressen."
        return _said(request, 404, "Siden findes ikke", text)

    @app.exception_handler(400)
    def unreadable(request: Request, _error: Exception) -> Response:
        text = (
            "Noget af det, der blev sendt, mangler eller kan ikke læses. Åbn siden igen, og prøv igen; intet er gemt."
        )
        return _said(request, 400, "Det kunne ikke læses", text)

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> Response:
        of_address = all(fault["loc"][0] in ("path", "query") for fault in error.errors())
        return (not_found if of_address else unreadable)(request, error)

    @app.exception_handler(413)
    def too_large(request: Request, _error: Exception) -> Response:
        text = "Det, der blev sendt, er for stort. Kopiér kun listens rækker og kolonner til en ny fil, og prøv igen."
        return _said(request, 413, "Filen er for stor", text)

    @app.exception_handler(Refused)
    def refused(request: Request, error: Refused) -> Response:
        person = guard.person_of(request)
        return page(request, "refused.html", person, status=422, reasons=error.reasons)


def _said(request: Request, status: int, title: str, text: str) -> Response:
    return page(request, "message.html", guard.person_of(request), status=status, title=title, text=text)
