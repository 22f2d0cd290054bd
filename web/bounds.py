"""What anybody may send, and how much: a form is read before it is asked who sends it, so this holds for everybody."""

from __future__ import annotations

from fastapi import HTTPException, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onboarding.lists.limits import FILE_BYTES

#: The largest list as `web.sealed` sends it back: packed, sealed, and in letters of a form.
_BODY_BYTES = 2 * FILE_BYTES


async def readable(request: Request) -> None:
    """Answers 404 to an address with a NUL in it and 400 to such a form: no database holds one, PostgreSQL not even to
    look for it. For every route.
    """
    asked = [request.scope["path"], *(text for pair in request.query_params.multi_items() for text in pair)]
    if any("\0" in text for text in asked):
        raise HTTPException(404)
    sent = (await request.form()).multi_items() if request.method == "POST" else []
    if any("\0" in text for _, text in sent if isinstance(text, str)):
        raise HTTPException(400)


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
