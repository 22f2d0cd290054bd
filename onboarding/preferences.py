"""What somebody chooses about their messages: at once, gathered or not at all; by which channels; within which hours.

A choice holds for what is sent after it, also for what waits already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from engine.refusal import Refused
from engine.topic import Topic
from models.message import MAIL, Pace
from models.preference import Contact, Preference, TopicChoice
from models.staff import Staff
from notifications.digest import TITLES
from notifications.pace import CHOICES, Choices, choices, hours_as_said, hours_of, slots_of
from onboarding.colleagues import working_here
from onboarding.sorting import sort_anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """How somebody is told by now: what they chose, and what their role has where they chose nothing. `hours` and the
    two that are `said` are None where they did not.
    """

    email: str
    choices: Choices
    hours: str | None
    digest_days: str
    digest_at: str
    said_days: str | None
    said_at: str | None


def preferences(session: Session, email: str) -> Chosen:
    """Raises `Refused` when nobody who works here has that e-mail."""
    staff = working_here(session, email)
    said, topics = session.get(Preference, staff.id), _topics(session, staff)
    made = choices(staff.role, said, topics)
    return Chosen(
        email=staff.email,
        choices=made,
        hours=hours_as_said(made.hours) if made.chose_hours else None,
        digest_days=made.slots.days_as_said,
        digest_at=made.slots.at_as_said,
        said_days=said.digest_days if said else None,
        said_at=said.digest_at if said else None,
    )


def choose_times(
    session: Session, email: str, *, hours: str | None, digest_days: str | None, digest_at: str | None
) -> None:
    """When somebody may be disturbed, and when their digest comes; None is what everybody has. Raises `Refused`."""
    said_hours = None if hours is None else hours_as_said(hours_of(hours))
    slots = slots_of(digest_days, digest_at)
    staff = working_here(session, email, hold=True)
    said_days = None if digest_days is None else slots.days_as_said
    said_at = None if digest_at is None else slots.at_as_said
    session.merge(Preference(staff_id=staff.id or 0, hours=said_hours, digest_days=said_days, digest_at=said_at))
    session.flush()
    sort_anew(session, staff.id or 0)


def choose_topic(session: Session, email: str, topic: Topic, pace: Pace, channels: Iterable[str] = ()) -> None:
    """How somebody is told of one topic. Raises `Refused` for a pace that the topic cannot have, and for a channel by
    which they cannot be reached.
    """
    staff = working_here(session, email, hold=True)
    if pace not in CHOICES[topic]:
        raise Refused(f"Beskeder om »{TITLES[topic].lower()}« {_cannot_be(CHOICES[topic])}")
    wanted = tuple(dict.fromkeys(channels))
    reached = {MAIL, *session.exec(select(Contact.channel).where(Contact.staff_id == staff.id))}
    missing = [way for way in wanted if way not in reached]
    if missing:
        raise Refused(
            f"Der mangler en adresse til {' og '.join(missing)}. Skriv den først med »sosu prefs contact«, og vælg "
            "kanalen bagefter."
        )
    said = TopicChoice(staff_id=staff.id or 0, topic=topic, pace=pace, channels=" ".join(wanted))
    session.merge(said)
    session.flush()
    sort_anew(session, staff.id or 0)


def _cannot_be(can_be: Sequence[Pace]) -> str:
    if can_be == (Pace.AT_ONCE,):
        return "kan hverken samles eller fravælges. Vælg --pace at_once."
    return "kan ikke fravælges. Vælg --pace at_once eller digest."


def forget_channel(session: Session, staff_id: int, channel: str) -> None:
    """Nothing is chosen to go that way any more."""
    for choice in session.exec(select(TopicChoice).where(TopicChoice.staff_id == staff_id)):
        choice.channels = " ".join(way for way in choice.channels.split() if way != channel)
        session.add(choice)
    session.flush()


def _topics(session: Session, staff: Staff) -> list[TopicChoice]:
    mine = select(TopicChoice).where(TopicChoice.staff_id == staff.id).order_by(col(TopicChoice.topic))
    return list(session.exec(mine))


def as_dict(chosen: Chosen) -> dict[str, Any]:
    """`staff`, `hours`, `digest_days`, `digest_at` and by topic its `pace`, `channels` and what can be `chosen`."""
    made = chosen.choices
    topics = [
        {
            "topic": topic,
            "pace": made.pace(topic),
            "channels": list(made.ways(topic)),
            "can_be": list(CHOICES[topic]),
        }
        for topic in Topic
    ]
    times = {"hours": chosen.hours, "digest_days": chosen.digest_days, "digest_at": chosen.digest_at}
    return {"staff": chosen.email, **times, "topics": topics}
