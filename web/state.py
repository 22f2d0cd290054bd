"""What the pages work with, put together once by `web.app`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal, TypedDict

from fastapi import Request
from sqlmodel import Session

from flows.runs import LastRun, nobody_knows
from models.message import MAIL
from models.session import Database
from notifications.channels.addresses import check
from notifications.channels.destination import Destination
from notifications.channels.envelope import Channel
from notifications.render import Renderer
from onboarding.signed import Signed, new_command_id
from reports.scope import lapsed
from web.openid.chosen import OpenId
from web.permissions import Lapsed, Person


class CookieFlags(TypedDict):
    path: str
    secure: bool
    httponly: bool
    samesite: Literal["lax"]


@dataclass(frozen=True, slots=True)
class State:
    """`public_url` decides whether cookies are for TLS only. `now` and `today` are the clock. `renderer` puts messages
    into words, and `channels` makes new ways to send them: no two threads use one; `destinations` are how far each of
    them goes. `openid` is where people sign in with their work account, if they can. `runs` says when each flow last
    ran, or raises `Silent`. `checked` is what is kept of an address typed for a channel, or raises `Refused`.
    """

    database: Database
    key_file: Path
    public_url: str
    now: Callable[[], datetime]
    today: Callable[[], date]
    renderer: Renderer
    channels: Callable[[], Mapping[str, Channel]]
    openid: OpenId | None = None
    runs: Callable[[], Sequence[LastRun]] = nobody_knows
    checked: Callable[[str, str], str] = check
    destinations: Mapping[str, Destination] = field(default_factory=lambda: {MAIL: Destination.FOLDER})

    @property
    def ways(self) -> tuple[str, ...]:
        """The names of the channels."""
        return tuple(self.destinations)

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The cookie's name. The prefix makes browsers keep it to this host and to TLS, which loopback does without."""
        return "__Host-sosu" if self.secure else "sosu"

    @property
    def kept_close(self) -> CookieFlags:
        """How every cookie of ours is set: no script reads it, and no form of another site brings it along."""
        return {"path": "/", "secure": self.secure, "httponly": True, "samesite": "lax"}

    @contextmanager
    def writes(self, person: Person) -> Iterator[Session]:
        """`Database.write` for what this person does. Raises `Lapsed` when they were taken out, or given another role
        or other areas, since they were asked who they are: they may have waited for another writer.

        It is asked twice: SQLite has them wait before the first statement, PostgreSQL at any of them.
        """
        with self.database.write() as session:
            if lapsed(session, person.scope):
                raise Lapsed
            yield session
            if lapsed(session, person.scope):
                raise Lapsed

    def signed(self, person: Person, command_id: str | None = None) -> Signed:
        """What this person does now."""
        return Signed(by=person.email, on=self.today(), at=self.now(), command_id=command_id or new_command_id())


def state_of(request: Request) -> State:
    state: State = request.app.state.sosu
    return state
