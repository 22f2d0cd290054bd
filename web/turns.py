"""Pages are made one after the other, and not all at once.

Making one is work for the processor. Threads of one process share it by turns of 5 ms, and a thread gives its turn away
with each question to the database: ten pages that are made together are all ready when the last one is, and later than
that. One after the other, each is ready sooner. docs/benchmarks.md has the figures.
"""

from __future__ import annotations

from anyio import Semaphore, move_on_after
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: How many seconds somebody waits for a page that takes long, such as the file of a large report, before theirs is made
#: beside it.
PATIENCE = 0.3
_READING = ("GET", "HEAD")
_FILES = "/assets/"


class OneByOne:
    """For what is only read. What is sent is taken at once: it can take long, and the database has its own queue."""

    def __init__(self, app: ASGIApp, patience: float = PATIENCE) -> None:
        self.app, self.patience = app, patience
        self.turn = Semaphore(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _READING or scope["path"].startswith(_FILES):
            return await self.app(scope, receive, send)
        has_turn = await self._waits()

        async def sending(message: Message) -> None:
            nonlocal has_turn
            if has_turn:  # it is made: how fast the browser takes it is nobody else's concern
                self.turn.release()
                has_turn = False
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            if has_turn:
                self.turn.release()

    async def _waits(self) -> bool:
        """Whether it is this one's turn, or it goes beside another."""
        with move_on_after(self.patience):
            await self.turn.acquire()
            return True
        return False
