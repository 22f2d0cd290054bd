"""When the program itself has a mistake: what a person is told, and what is written down about it.

An error's own words can hold somebody's name or CPR number, so neither gets them. `SOSU_DEBUG=1` shows it whole.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

from fastapi import Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.render import page

TEXT = (
    "Der er sket en fejl i programmet, og intet er gemt. Prøv igen. "
    "Bliver det ved, så sig det til driften sammen med klokkeslættet."
)


def _page(request: Request) -> Response:
    return page(request, "message.html", None, status=500, title="Der er sket en fejl", text=TEXT)


class Mishaps:
    """Answers 500 with a page of ours, or with `answer`; with `SOSU_DEBUG` the error goes on to the server, which
    prints it.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[Request], Response] = _page) -> None:
        self.app, self.answer = app, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception as error:
            if os.environ.get("SOSU_DEBUG") or begun:
                raise
            _note(error)
            await self.answer(Request(scope))(scope, receive, send)


def _note(error: Exception) -> None:
    """Where it happened and of which kind it was, on standard error."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    sys.stderr.write(f"Uventet fejl på siden: {type(error).__name__} i {frame.name}, linje {frame.lineno}.\n")
    sys.stderr.flush()
