"""How much anybody may send: a form is read before it is asked who sends it, so this holds for everybody."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onboarding.lists.limits import FILE_BYTES

#: The largest list as `web.sealed` sends it back: packed, sealed, and in letters of a form.
_BODY_BYTES = 2 * FILE_BYTES


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
