"""What anybody may send, and how much: a form is read before it is asked who sends it, so this holds for everybody."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.cpr import looks_like_cpr
from onboarding.lists.limits import FILE_BYTES

#: The largest list as `web.sealed` sends it back: packed, sealed, and in letters of a form.
_BODY_BYTES = 2 * FILE_BYTES
#: As many fields as a page of faults can have: each cell, where it stands, and which rows to leave out.
_FIELDS = 50_000


class SearchedByCpr(Exception):
    """What is searched for stands in the address, and no CPR number may: not in a history, a link or a proxy's log."""


async def readable(request: Request) -> None:
    """Answers 404 to an address with a NUL in it and 400 to such a form: no database holds one, PostgreSQL not even to
    look for it. Raises `SearchedByCpr` for a search that may be for one. For every route.
    """
    asked = [request.scope["path"], *(text for pair in request.query_params.multi_items() for text in pair)]
    if any("\0" in text for text in asked):
        raise HTTPException(404)
    if looks_like_cpr(request.query_params.get("soeg", "")):
        raise SearchedByCpr
    sent = (await request.form()).multi_items() if request.method == "POST" else []
    if any("\0" in text for _, text in sent if isinstance(text, str)):
        raise HTTPException(400)


class Roomy(APIRoute):
    """A route whose form may be all that `Bounded` lets through: a list that waits comes back as one field, and with
    it a field for each cell that is asked for.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def roomy(request: Request) -> Response:
            return await handle(_Roomy(request.scope, request.receive))

        return roomy


class _Roomy(Request):
    def form(self, *, max_files: float = 1, max_fields: float = _FIELDS, max_part_size: int = _BODY_BYTES) -> Any:
        return super().form(max_files=max_files, max_fields=max_fields, max_part_size=max_part_size)


class Bounded:
    """Answers 413 to more than that. The rest is read and thrown away, or a browser would show that the line broke."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = 0

        async def receiving() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > _BODY_BYTES:
                while message.get("more_body"):
                    message = await receive()
                raise HTTPException(413)
            return message

        await self.app(scope, receiving, send)
