"""A coordinator's deadlines as a calendar (iCalendar, RFC 5545): references, titles of stages and links, and nothing
of a person. Whoever has its address reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vDuration, vText
from sqlalchemy import and_, or_, select
from sqlmodel import Session

from engine.case import Status
from onboarding.pathways import pathway_of
from onboarding.store import ENROLMENT, PAUSE, TRANSITION
from reports.scope import Scope

NAME = "SOSU-forløb, frister"
_PRODUCT = "-//SOSU-forløb//Frister//DA"
_AGAIN = timedelta(hours=1)  # how often a calendar program is to ask; each decides for itself


@dataclass(frozen=True, slots=True)
class Entry:
    """A day on which something is to be done. `kind` and `visit` tell it from others of the same enrolment, whatever
    day it is moved to; `revision` only ever grows, and `changed_at` is when the enrolment last moved.
    """

    reference: str
    kind: str
    visit: int
    on: date
    said: str
    revision: int
    changed_at: datetime


def entries(session: Session, scope: Scope) -> list[Entry]:
    """The open enrolments of which this is the coordinator, and that they may see: on the day on which the stage
    should be left; those on pause on the day of their review.
    """
    e, p, t = ENROLMENT.c, PAUSE.c, TRANSITION.c
    stage, place = (e.pathway_key, e.pathway_version, e.stage), (e.status, e.visit, e.due_on, e.revision)
    wanted = (
        select(e.reference, *stage, *place, p.review_on, t.at)
        .join_from(ENROLMENT, TRANSITION, and_(t.enrolment_id == e.id, t.seq == e.seq))
        .outerjoin(PAUSE, and_(p.enrolment_id == e.id, p.until_on.is_(None)))
        .where(e.coordinator_id == scope.staff_id, scope.covers())
        .where(or_(and_(e.status == Status.OPEN, e.due_on.is_not(None)), e.status == Status.PAUSED))
        .order_by(e.id)
    )
    found = []
    for row in session.connection().execute(wanted).all():
        if row.status == Status.PAUSED:
            kind, on, said = "pause", row.review_on, "pausen skal følges op"
        else:
            title = pathway_of(session, row.pathway_key, row.pathway_version).stage_title(row.stage)
            kind, on, said = "frist", row.due_on, f"frist for »{title}«"
        found.append(Entry(row.reference, kind, row.visit, on, f"{row.reference}: {said}", row.revision, row.at))
    return found


def as_file(found: list[Entry], public_url: str) -> bytes:
    """These entries as a file that calendar programs read. Its links begin with `public_url`.

    The same entries are the same bytes, whenever they are written: DTSTAMP is when an entry was last revised, as the
    standard wants it where no METHOD is named.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", NAME)  # what most programs read, and some as it stands; the next is the standard's
    calendar.add("name", vText(NAME))
    calendar.add("refresh-interval", vDuration(_AGAIN), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_AGAIN))
    for entry in found:
        calendar.add_component(_event(entry, public_url))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry, public_url: str) -> Event:
    link = f"{public_url}/sag/{entry.reference}"
    event = Event()
    event.add("uid", f"{entry.kind}-{entry.reference}-{entry.visit}@{urlsplit(public_url).hostname}")
    event.add("dtstamp", entry.changed_at)
    event.add("sequence", entry.revision)
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + timedelta(days=1))
    event.add("summary", entry.said)
    event.add("description", f"Åbn forløbet: {link}")
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
    return event
