"""What there is to tell, before it is put into words."""

from __future__ import annotations

from dataclasses import dataclass, field

from notifications.digest import Section
from notifications.render import MessageContext
from onboarding.addressing import Addressee


@dataclass(frozen=True, slots=True)
class News:
    """What there is to tell, the same for everybody who is told of it.

    `names` must not be in it; `known` are words that may be, even where they happen to be somebody's name (the area
    Syd).
    """

    pathway_key: str
    context: MessageContext
    names: tuple[str, ...] = field(repr=False)
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One message ready to be put into words. `to` is None when nobody is to get it, `has_left` says that whoever was
    to is in the audience no more, and `over` why there is nothing to tell any more: a reminder is over by now, or what
    happened was undone. `gathers` is how many messages a digest tells of; it is None for one that is no digest. `lines`
    are what it says of each, by the number of its row, and `apart` those that it does not tell, each with its reason.

    `stamp` makes the Message-ID: the same for every attempt, different for every message.
    """

    message_id: int
    kind: str
    topic: str
    because: str
    channel: str
    to: Addressee | None
    stamp: tuple[object, ...]
    news: News
    gathers: int | None = None
    has_left: bool = False
    over: str | None = None
    lines: tuple[tuple[int, str], ...] = ()
    apart: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AlsoLate:
    """Who is late besides those of whom a digest has a message; `names` and `known` as those of `News`."""

    section: Section | None
    names: tuple[str, ...] = field(repr=False)
    known: tuple[str, ...]


NOBODY_LATE = AlsoLate(None, (), ())
