"""How the API says no: one shape everywhere (RFC 9457), with the reasons in Danish, and nothing of what was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from engine.refusal import Refused
from onboarding.import_command import Faulty
from onboarding.store import NoSuchCase
from onboarding.writing import Conflict
from web import guard
from web.api.guard import Beyond, NoToken
from web.permissions import Lapsed

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """What is wrong: `title` for a program's log, `reasons` for the person who can put it right."""

    type: str = "about:blank"
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    reasons: list[str] = Field(examples=[["Forløbet er ændret imens. Se på det igen."]])


class Fault(BaseModel):
    """One cell of a list: its row as Excel numbers it, its column, and what to do about it."""

    row: int | None
    column: str | None
    problem: str


class ListProblem(Problem):
    """What is wrong with a list that was not read in: every fault at once."""

    errors: list[Fault] = []


_MEANS = {
    400: "The request is not as it is described here",
    401: "No token, or one that is not valid (any more)",
    403: "The token or its owner's role does not cover this",
    404: "There is no such thing, or not for the token's owner",
    409: "Somebody else changed the case in between",
    413: "Too large",
    422: "Refused by the rules; `reasons` names each of them",
    503: "The database is busy or away and nothing was saved; `Retry-After` says in how many seconds to try again",
}
_SAID: Mapping[int, str] = {
    400: "Forespørgslen kan ikke læses. Se beskrivelsen på /api/v1/openapi.json.",
    404: "Der er intet her, eller du har ikke adgang til det. Kontrollér adressen.",
    405: "Adressen kan ikke bruges på den måde. Se beskrivelsen på /api/v1/openapi.json.",
    413: "Det, der blev sendt, er for stort. Send kun listens rækker og kolonner.",
}


def documented(*statuses: int, model: type[Problem] = Problem) -> dict[int | str, dict[str, Any]]:
    """What an operation's description says of these answers; 400, 401, 403 and 503 can come from any."""
    return {
        status: {"description": _MEANS[status], "model": model if status == 422 else Problem}
        for status in (400, 401, 403, 503, *statuses)
    }


def problem(status: int, reasons: Sequence[str], headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "reasons": list(reasons)}
    return JSONResponse(content | more, status, dict(headers or {}), MEDIA_TYPE)


def mishap(_request: Request, status: int, text: str) -> Response:
    return problem(status, [text])


def answer_for_tokens(app: FastAPI) -> None:
    """How to say that a token is needed, or another one."""

    @app.exception_handler(NoToken)
    def no_token(_request: Request, error: NoToken) -> Response:
        text = "Send en gyldig adgangsnøgle: »Authorization: Bearer sosu_…«. Den laves under »Min adgang«."
        return problem(401, [text], {"WWW-Authenticate": error.challenge})

    @app.exception_handler(Beyond)
    def beyond(_request: Request, _error: Beyond) -> Response:
        text = "Adgangsnøglen eller ejerens rolle giver ikke adgang til det. Lav en nøgle, der må det."
        return problem(403, [text], {"WWW-Authenticate": 'Bearer error="insufficient_scope"'})


def answer_for_everything(api: FastAPI) -> None:
    """How the API says everything else."""

    @api.exception_handler(NoSuchCase)
    @api.exception_handler(guard.NotFound)
    def not_found(_request: Request, _error: Exception) -> Response:
        return problem(404, [_SAID[404]])

    @api.exception_handler(Lapsed)
    def lapsed(_request: Request, _error: Lapsed) -> Response:
        return problem(403, ["Ejerens adgang er ændret imens. Intet er gemt."])

    @api.exception_handler(HTTPException)
    def of_http(_request: Request, error: HTTPException) -> Response:
        return problem(error.status_code, [_SAID.get(error.status_code, _SAID[400])], error.headers)

    @api.exception_handler(RequestValidationError)
    def malformed(_request: Request, error: RequestValidationError) -> Response:
        return problem(400, list(dict.fromkeys(_sentence(fault) for fault in error.errors())))

    @api.exception_handler(Faulty)
    def faulty(_request: Request, error: Faulty) -> Response:
        return problem(422, error.reasons, errors=error.result["errors"])

    @api.exception_handler(Refused)
    def refused(_request: Request, error: Refused) -> Response:
        return problem(409 if isinstance(error, Conflict) else 422, error.reasons)


def _sentence(fault: Mapping[str, Any]) -> str:
    """What pydantic found, without what it was given: that may be a name or a CPR number."""
    kind, place = str(fault["type"]), fault["loc"]
    if kind == "json_invalid":
        return "Indholdet er ikke gyldig JSON."
    if kind == "extra_forbidden":  # the last part of the place is what the sender called it
        return "Der er et felt, som ikke findes her. Se beskrivelsen på /api/v1/openapi.json."
    named = f"»{place[1]}«" if len(place) > 1 else "Indholdet"
    if kind == "missing":
        return f"{named} mangler."
    if kind.startswith("date") or any(isinstance(fault.get("ctx", {}).get(bound), str) for bound in ("ge", "le")):
        return f"{named} skal være en dato mellem 1900 og 2199, skrevet som 2026-09-01."
    if kind in ("string_too_long", "too_long"):
        return f"{named} har for mange tegn. Der må være {fault['ctx']['max_length']}."
    return f"{named} har ikke en værdi, der kan bruges her. Se beskrivelsen på /api/v1/openapi.json."
