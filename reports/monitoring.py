"""How the program is doing, in counts: for whoever watches over it. Nobody's name, and nothing by person or area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session

from engine.case import Status
from models.incident import Incident
from models.message import Message, State
from models.types import table
from onboarding import sign_ins
from onboarding.lateness import overdue
from onboarding.outages import outages
from onboarding.pathways import known_keys
from onboarding.store import ENROLMENT, stands

MESSAGE, INCIDENT = table(Message), table(Incident)


@dataclass(frozen=True, slots=True)
class Health:
    """`enrolments` by pathway and status, `overdue` by pathway, `messages` by state; what there is none of is 0.

    Whoever was enrolled by mistake is not counted. `due` are the enrolments that the next sweep has to look at, and
    `due_days` for how many days the oldest has waited; `queued_seconds` is the age of the oldest message in the queue,
    which may wait for somebody's digest, and `late_seconds` for how long one has waited that nothing keeps back;
    `incidents` are those that are open. `out` are the channels that reach nobody, and `waiting` the messages in the
    queue by channel.
    """

    enrolments: dict[tuple[str, str], int]
    overdue: dict[str, int]
    due: int
    due_days: int
    messages: dict[str, int]
    queued_seconds: float
    late_seconds: float
    incidents: int
    browsers: int
    out: frozenset[str]
    waiting: dict[str, int]


def health(session: Session, on: date, at: datetime) -> Health:
    e, m = ENROLMENT.c, MESSAGE.c
    keys = known_keys(session)
    by_status = _rows(
        session, select(e.pathway_key, e.status, func.count()).where(stands()).group_by(e.pathway_key, e.status)
    )
    late = _rows(session, select(e.pathway_key, func.count()).where(overdue(on)).group_by(e.pathway_key))
    by_state = _rows(session, select(m.state, func.count()).group_by(m.state))
    waiting = _rows(session, select(m.channel, func.count()).where(m.state == State.QUEUED).group_by(m.channel))
    [(due, since)] = _rows(session, select(func.count(), func.min(e.next_due_on)).where(e.next_due_on <= on))
    [(queued,)] = _rows(session, select(func.min(m.created_at)).where(m.state == State.QUEUED))
    [(ripe,)] = _rows(session, select(func.min(m.send_after)).where(m.state == State.QUEUED, m.send_after <= at))
    [(incidents,)] = _rows(session, select(func.count()).where(INCIDENT.c.resolved_at.is_(None)))
    return Health(
        enrolments={(key, str(status)): 0 for key in keys for status in Status}
        | {(key, status): count for key, status, count in by_status},
        overdue=dict.fromkeys(keys, 0) | dict(late),
        due=due,
        due_days=(on - since).days if since else 0,
        messages={str(state): 0 for state in State} | dict(by_state),
        queued_seconds=(at - queued).total_seconds() if queued else 0,
        late_seconds=(at - ripe).total_seconds() if ripe else 0,
        incidents=incidents,
        browsers=sign_ins.browsers_in_use(session, at),
        out=frozenset(outage["channel"] for outage in outages(session)),
        waiting=dict(waiting),
    )


def _rows(session: Session, wanted: Select[Any]) -> list[Any]:
    return [tuple(row) for row in session.connection().execute(wanted)]
