"""What a delivery works with besides the outbox: the ways that there are, the words, the clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from random import Random
from urllib.parse import urlsplit
from uuid import UUID

from models.message import MAIL
from notifications.channels.destination import Destination
from notifications.channels.envelope import Channel
from notifications.render import Renderer
from onboarding.gathering import MOST_AN_HOUR
from onboarding.outages import Operations


def _no_key(*_: object) -> str:
    raise LookupError("nothing was given to open addresses with")


@dataclass(frozen=True, slots=True)
class Post:
    """What a delivery needs besides the outbox. Of each way that there is, mail among them, `channels` has the channel
    and `destinations` how far it goes. `clock` gives aware UTC, `random` spreads the retries, `open_address` opens what
    `onboarding.contacts` sealed. Above `most_an_hour` somebody's messages are gathered; `operations` hear of a
    channel that reaches nobody.
    """

    channels: Mapping[str, Channel]
    destinations: Mapping[str, Destination]
    renderer: Renderer
    public_url: str
    clock: Callable[[], datetime]
    random: Random
    open_address: Callable[[bytes, UUID], str] = _no_key
    most_an_hour: int = MOST_AN_HOUR
    operations: Operations | None = None

    @classmethod
    def by_mail(
        cls,
        channel: Channel,
        destination: Destination,
        renderer: Renderer,
        public_url: str,
        clock: Callable[[], datetime],
        random: Random,
    ) -> Post:
        """Where there is no other way."""
        return cls({MAIL: channel}, {MAIL: destination}, renderer, public_url, clock, random)

    @property
    def mail(self) -> Channel:
        return self.channels[MAIL]


@lru_cache(maxsize=8)
def domain_of(public_url: str) -> str:
    """What stands behind the @ of our Message-IDs."""
    return (urlsplit(public_url).hostname or "localhost").encode("idna").decode()
