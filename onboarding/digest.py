"""The words of a digest: the subject of each message that it gathers, as that message would have had it today."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from engine.topic import Topic
from notifications.digest import Said, sections_of
from notifications.render import MessageContext, danish_date

#: The subject of a message, of the key of its pathway, its kind and what it may say.
Subject = Callable[[str, str, MessageContext], str]

_LATE = frozenset({Topic.ESCALATIONS, Topic.DEADLINES})


def digest_of(
    about: Iterable[tuple[Topic, str, str, MessageContext]], subject: Subject, why: str, on: date, public_url: str
) -> MessageContext:
    """What a digest may say on this day. `about` are the topic, the kind, the key of the pathway and the context of
    each message that it gathers; `why` is why it does.
    """
    today = [(topic, kind, key, _as_of(on, topic, context)) for topic, kind, key, context in about]
    today.sort(key=lambda one: -one[3].days_late)  # otherwise in their order
    said = [(topic, _said(topic, subject(key, kind, context), context)) for topic, kind, key, context in today]
    link = public_url.rstrip("/") + "/"
    return MessageContext.of_many(on=on, link=link, count=len(said), why=why, sections=sections_of(said))


def _as_of(on: date, topic: Topic, context: MessageContext) -> MessageContext:
    """How late it is by now: a digest may come days after what it tells of."""
    if topic not in _LATE:
        return replace(context, days_late=0)
    return replace(context, days_late=max(0, (on - context.due_on).days) if context.due_on else 0)


def _said(topic: Topic, subject: str, context: MessageContext) -> Said:
    """A subject begins with the reference, unless a municipality's own does not: then nothing else is alike."""
    reference, text = context.reference, subject.removeprefix(f"{context.reference}: ")
    note = context.stage_title if topic in _LATE else danish_date(context.on)
    return Said(reference if text != subject else "", text, note, context.link)
