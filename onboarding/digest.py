"""The words of a digest: the subject of each message that it gathers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from engine import kinds
from engine.topic import Topic
from notifications.danish import danish_date
from notifications.digest import UNDONE, Said, Section, sections_of
from notifications.render import MessageContext

_LATE = frozenset({Topic.ESCALATIONS, Topic.DEADLINES})


@dataclass(frozen=True, slots=True)
class About:
    """A message that a digest gathers, and its subject. `undone`: what it tells of was taken back by now."""

    topic: Topic
    kind: str
    context: MessageContext
    subject: str
    undone: bool = False

    @property
    def line(self) -> str:
        """What a digest says of it, but for days."""
        return f"{self.subject} {self.context.stage_title}"


def digest_of(
    about: Iterable[About], why: str, on: date, public_url: str, overdue: Section | None = None, *, digest_id: int
) -> MessageContext:
    """What a digest of this day may say; `why` is why it gathers these, `overdue` are those who are late besides."""
    latest_first = sorted(about, key=lambda one: -one.context.days_late if one.topic in _LATE else 0)
    said = [(_told_below(one), _said(one)) for one in latest_first]
    link = public_url.rstrip("/") + "/"
    more = {"why": why, "sections": sections_of(said, f"{link}beskeder?samlet={digest_id}"), "overdue": overdue}
    return MessageContext.of_many(on=on, link=link, count=len(said), **more)


def _told_below(one: About) -> Topic:
    """An ending that was taken back is none, and neither is what takes it back."""
    no_ending = one.topic is Topic.ENDINGS and (one.undone or one.kind in kinds.TAKING_BACK)
    return Topic.MOVES if no_ending else one.topic


def _said(one: About) -> Said:
    """A subject begins with the reference, unless a municipality's own does not: then nothing else is alike."""
    context = one.context
    reference, text = context.reference, one.subject.removeprefix(f"{context.reference}: ")
    note = context.stage_title if one.topic in _LATE else danish_date(context.on)
    said = f"{text} ({UNDONE})" if one.undone else text
    return Said(reference if text != one.subject else "", said, note, context.link)
