"""Pages are made one after the other; one that takes long holds nobody up for longer than they have patience."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from web.turns import OneByOne

#: In seconds: long enough to be seen beside one another on a machine that is busy, and the wait that is too long.
_TAKES, _EVER = 0.05, 60.0


class Kitchen:
    """An application whose pages take a while; it knows how many were being made at once, at the most."""

    def __init__(self, takes: float = _TAKES, fails: bool = False) -> None:
        self.takes, self.fails = takes, fails
        self.now = self.most = self.made = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(self.takes)
        self.now -= 1
        self.made += 1
        if self.fails:
            raise RuntimeError
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def _nothing(*_: Any) -> dict[str, Any]:
    return {"type": "http.disconnect"}


def asks(app: OneByOne, *asked: tuple[str, str], send: Callable[..., Awaitable[Any]] = _nothing) -> None:
    async def all_at_once() -> None:
        scopes = ({"type": "http", "method": method, "path": path} for method, path in asked)
        await asyncio.gather(*(app(scope, _nothing, send) for scope in scopes), return_exceptions=True)

    with ThreadPoolExecutor(1) as elsewhere:  # where a browser is at work, its loop is this thread's
        elsewhere.submit(lambda: asyncio.run(all_at_once())).result()


def test_pages_are_made_one_by_one_when_several_are_asked_for_at_once() -> None:
    kitchen = Kitchen()
    asks(OneByOne(kitchen, _EVER), *[("GET", "/")] * 5)
    assert (kitchen.made, kitchen.most) == (5, 1)


@pytest.mark.parametrize(("method", "path"), [("POST", "/indskriv"), ("GET", "/assets/sosu/sosu.css")])
def test_nothing_waits_for_a_page_when_it_is_sent_or_is_a_file(method: str, path: str) -> None:
    kitchen = Kitchen()
    asks(OneByOne(kitchen, _EVER), *[(method, path)] * 5)
    assert (kitchen.made, kitchen.most) == (5, 5)


def test_a_page_is_made_beside_another_when_that_takes_longer_than_somebody_waits() -> None:
    kitchen = Kitchen(takes=1)
    asks(OneByOne(kitchen, _TAKES), *[("GET", "/rapporter")] * 2)
    assert (kitchen.made, kitchen.most) == (2, 2)


def test_the_next_one_is_made_when_one_has_failed() -> None:
    kitchen = Kitchen(fails=True)
    asks(OneByOne(kitchen, _EVER), *[("GET", "/")] * 3)
    assert (kitchen.made, kitchen.most) == (3, 1)


def test_the_next_one_is_made_while_a_slow_browser_takes_its_own() -> None:
    kitchen, all_made = Kitchen(), []

    async def slowly(_message: Any) -> None:
        while kitchen.made < 3:  # it would be for ever if the others waited for this
            await asyncio.sleep(_TAKES)
        all_made.append(kitchen.made)

    asks(OneByOne(kitchen, _EVER), *[("GET", "/")] * 3, send=slowly)
    assert set(all_made) == {3}
