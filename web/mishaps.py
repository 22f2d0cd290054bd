"""When the program itself has a mistake: what a person is told, and what is written down about it.

An error's own words can hold somebody's name or CPR number, so neither gets them. `SOSU_DEBUG=1` shows it whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from fastapi import Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows import logs
from flows.unreachable import may_pass
from web.render import page

TEXT = (
    "Der er sket en fejl i programmet, og intet er gemt. Prøv igen. "
    "Bliver det ved, så sig det til driften sammen med klokkeslættet."
)


BUSY = "Databasen er optaget eller kan ikke nås lige nu. Intet er gemt. Prøv igen om et øjeblik."
_WAIT = "10"  # seconds


def _page(request: Request, status: int, text: str) -> Response:
    title = "Der er sket en fejl" if status == 500 else "Databasen kan ikke bruges lige nu"
    return page(request, "message.html", None, status=status, in_trial=False, title=title, text=text)


class Mishaps:
    """Answers 500 with a page of ours, or with `answer`; with `SOSU_DEBUG` the error goes on to the server, which
    prints it. A database that is busy or away is no mistake of ours: 503, and when to try again.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[Request, int, str], Response] = _page) -> None:
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
            passing = may_pass(error)
            if begun or (os.environ.get("SOSU_DEBUG") and not passing):
                raise
            logs.error("page_failed", error)
            status, text = (503, BUSY) if passing else (500, TEXT)
            answer = self.answer(Request(scope), status, text)
            if passing:
                answer.headers["retry-after"] = _WAIT
            await answer(scope, receive, send)
