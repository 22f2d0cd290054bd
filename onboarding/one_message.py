"""One message: whether it may go, its words, and what the channel said to it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from models.message import MAIL, State
from notifications import guard
from notifications.channels.destination import Destination
from notifications.channels.envelope import Envelope, hand_over
from notifications.render import Rendered, Renderer
from onboarding.outcome import Outcome
from onboarding.post import Post, domain_of
from onboarding.told import Told
from onboarding.trial import KEPT_BACK, TrialMode
from onboarding.unsent import INACTIVE, LEFT, NO_ADDRESS, NOBODY, NOTHING_NEW, UNREACHED, because_of


def send(message: Told, post: Post, trial: TrialMode) -> Outcome:
    """Puts a message into words, looks whether it may go, and hands it to the channel."""
    to = message.to
    if message.apart:
        return Outcome(State.QUEUED, apart=message.apart)
    skipped = _why_not(message, trial, post.destinations[message.channel])
    if skipped in UNREACHED and message.lines:
        return Outcome(State.QUEUED, apart=tuple((part, skipped) for part, _ in message.lines))
    if to is None or skipped is not None:
        return Outcome(State.SKIPPED, skipped)
    try:
        address = to.email if to.contact is None else post.open_address(to.contact[1], to.contact[0])
    except Exception as error:  # its key is not there, and the next message must go out
        return Outcome(State.DEAD, because_of("address_unreadable", error))
    try:
        rendered = _in_words(message, post.renderer)
    except Exception as error:  # a template can go wrong in any way, and the next message must go out
        return Outcome(State.DEAD, because_of("template_error", error))
    if isinstance(rendered, Outcome):
        return rendered
    envelope = Envelope(
        message_id=identifier(message, post.public_url),
        recipient=address,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        sent_at=post.clock(),
        link=message.news.context.link,
    )
    answer = hand_over(post.channels[message.channel], envelope)
    if answer.ok:
        return Outcome(State.SENT, None, answer)
    return Outcome(State.DEAD, "refused_for_good", answer) if answer.permanent else Outcome(State.QUEUED, None, answer)


def _in_words(message: Told, renderer: Renderer) -> Rendered | Outcome:
    """The message, or why it must not go. What must not be in a digest takes nothing else along."""
    news = message.news
    rendered = renderer.render(news.pathway_key, message.kind, news.context, message.because)
    refused = guard.check(rendered, news.names, news.known)
    if refused is None:
        return rendered
    alone = ((part, replace(rendered, subject=line, text="", html="")) for part, line in message.lines)
    looked_at = ((part, guard.check(line, news.names, news.known)) for part, line in alone)
    guilty = tuple((part, why) for part, why in looked_at if why is not None)
    if guilty:
        return Outcome(State.QUEUED, apart=guilty)
    if news.context.overdue is not None:
        return _in_words(replace(message, news=replace(news, context=replace(news.context, overdue=None))), renderer)
    return Outcome(State.DEAD, refused)


def _why_not(message: Told, trial: TrialMode, destination: Destination) -> str | None:
    """Why a message goes to nobody; None when it goes."""
    to = message.to
    if to is None:
        return KEPT_BACK if trial.is_on(destination) else NOBODY
    if not to.active:
        return KEPT_BACK if trial.keeps_back(to.staff_id, destination) else INACTIVE
    if message.has_left:
        return LEFT
    if message.over is not None:
        return message.over
    if to.knows or message.gathers == 0:
        return NOTHING_NEW
    if message.channel != MAIL and to.contact is None:
        return NO_ADDRESS
    return KEPT_BACK if trial.keeps_back(to.staff_id, destination) else None


def identifier(message: Told, public_url: str) -> str:
    """The RFC 5322 Message-ID: the same at every attempt, so that a repeated message can be seen as the same."""
    digest = hashlib.sha256("|".join(map(str, message.stamp)).encode()).hexdigest()[:32]
    return f"<{digest}@{domain_of(public_url)}>"
