"""The words of a digest: the subject of each message that it gathers, as that message would have had it today."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from engine import kinds
from engine.topic import Topic
from notifications.digest import UNDONE, Said, Section, sections_of
from notifications.render import MessageContext, danish_date

#: The subject of a message, of the key of its pathway, its kind and what it may say.
Subject = Callable[[str, str, MessageContext], str]

_LATE = frozenset({Topic.ESCALATIONS, Topic.DEADLINES})


@dataclass(frozen=True, slots=True)
class About:
    """A message that a digest gathers. `undone`: what it tells of was taken back by now."""

    topic: Topic
    kind: str
    pathway_key: str
    context: MessageContext
    undone: bool = False


def digest_of(
    about: Iterable[About], subject: Subject, why: str, on: date, public_url: str, overdue: Section | None = None
) -> MessageContext:
    """What a digest may say on this day; `why` is why it gathers these, `overdue` are those who are late besides."""
    today = [replace(one, context=_as_of(on, one.topic, one.context)) for one in about]
    today.sort(key=lambda one: -one.context.days_late)  # otherwise in their order
    said = [(_told_below(one), _said(one, subject(one.pathway_key, one.kind, one.context))) for one in today]
    link = public_url.rstrip("/") + "/"
    more = {"why": why, "sections": sections_of(said), "overdue": overdue}
    return MessageContext.of_many(on=on, link=link, count=len(said), **more)


def _told_below(one: About) -> Topic:
    """An ending that was taken back is none, and neither is what takes it back."""
    no_ending = one.topic is Topic.ENDINGS and (one.undone or one.kind in kinds.TAKING_BACK)
    return Topic.MOVES if no_ending else one.topic


def _as_of(on: date, topic: Topic, context: MessageContext) -> MessageContext:
    """How late it is by now: a digest may come days after what it tells of."""
    if topic not in _LATE:
        return replace(context, days_late=0)
    return replace(context, days_late=max(0, (on - context.due_on).days) if context.due_on else 0)


def _said(one: About, subject: str) -> Said:
    """A subject begins with the reference, unless a municipality's own does not: then nothing else is alike."""
    context = one.context
    reference, text = context.reference, subject.removeprefix(f"{context.reference}: ")
    note = context.stage_title if one.topic in _LATE else danish_date(context.on)
    said = f"{text} ({UNDONE})" if one.undone else text
    return Said(reference if text != subject else "", said, note, context.link)
