"""Enrolments that should not have been made: how each ends, and what nobody is told of any more.

Whoever takes back what made them (an import, a transfer) says which they are, and what is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from engine import actions
from engine.audience import COORDINATOR
from engine.decide import decide
from models.message import State
from notifications.queue import MESSAGE
from onboarding.outcome import MAY_BE_RECEIVED, may_have_come
from onboarding.signed import Signed
from onboarding.store import MILESTONE, TRANSITION, Loaded, chunks, transitions_of
from onboarding.unsent import skip, unsent
from onboarding.writing import Change


def annulled(session: Session, found: Sequence[Loaded], on: date) -> list[Change]:
    """What becomes of each; a decision has a `refusal` when another command than the one that made it did anything."""
    happened, recorded_on = transitions_of(session, found), _recorded_since(session, found)
    asked = [(loaded, actions.Annul(happened[loaded.id], loaded.id in recorded_on)) for loaded in found]
    return [Change(loaded, decide(loaded.pathway, loaded.case, annul, on)) for loaded, annul in asked]


def _recorded_since(session: Session, found: Sequence[Loaded]) -> frozenset[int]:
    """Those in which another command recorded a milestone or withdrew one, whether or not it still holds."""
    m, t = MILESTONE.c, TRANSITION.c
    began = (t.enrolment_id == m.enrolment_id) & (t.seq == 1)
    since = (m.command_id != t.command_id) | m.withdrawn_command_id.is_not(None)
    wanted = select(m.enrolment_id).join_from(MILESTONE, TRANSITION, began).where(since)
    parts = chunks([loaded.id for loaded in found])
    return frozenset(i for ids in parts for i in session.connection().scalars(wanted.where(m.enrolment_id.in_(ids))))


def hold_back(session: Session, about: ColumnElement[bool], reason: str, signed: Signed) -> int:
    """Skips, of these messages, what nobody has been sent yet; gives how many there were."""
    m = MESSAGE.c
    came = (m.reason == MAY_BE_RECEIVED) | m.lease.is_not(None)  # whoever had it in hand is gone, and may have sent it
    wanted = select(m.id, came.label("came")).where(about, unsent(signed.at))
    in_order = wanted.order_by(m.id).with_for_update(key_share=True)  # as `hold`: some are skipped after others
    found = session.connection().execute(in_order).all()
    skip(session, [row.id for row in found if not row.came], reason, signed.at)
    skip(session, [row.id for row in found if row.came], MAY_BE_RECEIVED, signed.at)
    return len(found)


def heard(session: Session, about: ColumnElement[bool], theirs: set[int]) -> list[int]:
    """Who of the coordinators in `theirs` was told by one of these messages, may have been, or is being told."""
    m = MESSAGE.c
    in_hand = (m.state == State.QUEUED) & m.leased_until.is_not(None)
    sent = may_have_come(m.state, m.reason) | (m.state == State.GATHERED) | in_hand
    told = select(m.recipient_id).where(about, sent, m.audience == COORDINATOR).distinct()
    return sorted(theirs.intersection(session.connection().scalars(told)))
