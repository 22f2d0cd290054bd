"""From outbox rows to what a message may say, and the names that it must not say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlmodel import Session

from engine.conditions import Holds
from engine.pathway import Pathway
from models.area import HostArea
from models.list_import import ListImport
from models.staff import Staff
from models.types import table
from notifications.because import BECAUSE
from notifications.guard import titles_of
from notifications.queue import MESSAGE
from notifications.render import MessageContext
from onboarding.pathways import newest, pathway_of
from onboarding.store import CANDIDATE, ENROLMENT, MILESTONE, TRANSITION

STAFF, AREA, LIST_IMPORT = table(Staff), table(HostArea), table(ListImport)


@dataclass(frozen=True, slots=True)
class Told:
    """One message ready to be put into words. `recipient` is None when nobody is to get it.

    `names` must not be in it; `known` are words that may be, even where they happen to be somebody's name (the area
    Syd). `stamp` makes the Message-ID: the same for every attempt, different for every message.
    """

    message_id: int
    kind: str
    pathway_key: str
    recipient: str | None = field(repr=False)
    active: bool
    context: MessageContext
    names: tuple[str, ...] = field(repr=False)
    known: tuple[str, ...]
    stamp: tuple[object, ...]


def tell(session: Session, message_ids: Sequence[int], public_url: str) -> list[Told]:
    """What each message has to say, in the order of `message_ids`."""
    url = public_url.rstrip("/")
    rows = session.connection().execute(_wanted().where(MESSAGE.c.id.in_(message_ids))).all()
    of_enrolments = [row for row in rows if row.enrolment_id is not None]
    pinned = {(row.pathway_key, row.pathway_version) for row in of_enrolments}
    words = {key_and_version: _Words(pathway_of(session, *key_and_version)) for key_and_version in pinned}
    held = _held(session, [row.enrolment_id for row in of_enrolments])
    told = {}
    for row in rows:
        if row.enrolment_id is None:
            said, context, names = _of_a_list(session, row, url)
        else:
            said, names = words[row.pathway_key, row.pathway_version], (row.name,)
            context = _of_an_enrolment(row, said, held.get(row.enrolment_id, frozenset()), url)
        told[row.id] = Told(
            message_id=row.id,
            kind=row.kind,
            pathway_key=said.pathway.key,
            recipient=row.email,
            active=bool(row.active),
            context=context,
            names=names,
            known=(*said.titles, context.area, url),
            stamp=(row.id, row.cause, row.recipient_id, row.created_at),
        )
    return [told[message_id] for message_id in message_ids]


class _Words:
    """The Danish words of a pathway that messages use, looked up once for a batch of them."""

    def __init__(self, pathway: Pathway) -> None:
        self.pathway = pathway
        self.titles = titles_of(pathway)
        self.steps = {step.key: step.title for step in pathway.steps}
        self.reasons = {**pathway.pause_reasons, **pathway.dropout_reasons}
        self.awaited = {stage: self._awaited(stage) for stage in pathway.open_stages}

    def _awaited(self, stage: str) -> tuple[tuple[str, str], ...]:
        """Key and title of each milestone that a step out of the stage asks for, in their order."""
        conditions = (condition for step in self.pathway.steps_from[stage] for condition in step.when)
        wanted = dict.fromkeys(c.milestone for c in conditions if isinstance(c, Holds))
        return tuple((key, self.pathway.milestones_by_key[key].title) for key in wanted)


def _wanted() -> Any:
    m, e, t, s = MESSAGE.c, ENROLMENT.c, TRANSITION.c, STAFF.c
    columns: list[ColumnElement[Any]] = []
    columns += [m.id, m.cause, m.kind, m.audience, m.enrolment_id, m.list_import_id, m.on_day, m.due_on, m.created_at]
    columns += [
        m.recipient_id,
        s.email,
        s.active,
        e.reference,
        e.pathway_key,
        e.pathway_version,
        AREA.c.name.label("area"),
    ]
    columns += [t.step, t.from_stage, t.to_stage, t.reason, t.review_on, CANDIDATE.c.name]
    return (
        select(*columns)
        .select_from(MESSAGE)
        .outerjoin(STAFF, m.recipient_id == s.id)
        .outerjoin(ENROLMENT, m.enrolment_id == e.id)
        .outerjoin(TRANSITION, (t.enrolment_id == m.enrolment_id) & (t.seq == m.seq))
        .outerjoin(CANDIDATE, e.candidate_id == CANDIDATE.c.id)
        .outerjoin(AREA, e.area_id == AREA.c.id)
    )


def _held(session: Session, enrolment_ids: Sequence[int]) -> dict[int, set[str]]:
    m = MILESTONE.c
    held: dict[int, set[str]] = defaultdict(set)
    wanted = select(m.enrolment_id, m.key).where(m.enrolment_id.in_(enrolment_ids), m.withdrawn_at.is_(None))
    for enrolment_id, key in session.connection().execute(wanted):
        held[enrolment_id].add(key)
    return held


def _of_an_enrolment(row: Row[Any], words: _Words, held: Set[str], url: str) -> MessageContext:
    pathway = words.pathway
    stage = pathway.open_stages.get(row.to_stage)
    late = (row.on_day - row.due_on).days if row.due_on is not None else 0
    return MessageContext(
        reference=row.reference,
        pathway_title=pathway.title,
        stage_title=pathway.stage_title(row.to_stage),
        from_title=pathway.stage_title(row.from_stage) if row.from_stage else None,
        step_title=words.steps.get(row.step),
        on=row.on_day,
        due_on=row.due_on,
        days_late=max(0, late),
        awaits=tuple(title for key, title in words.awaited.get(row.to_stage, ()) if key not in held),
        payer=stage.payer if stage else None,
        alongside=stage.alongside if stage else None,
        area=row.area,
        reason=words.reasons.get(row.reason),
        review_on=row.review_on,
        link=f"{url}/sag/{row.reference}",
        because=BECAUSE[row.audience],
    )


def _of_a_list(session: Session, row: Row[Any], url: str) -> tuple[_Words, MessageContext, tuple[str, ...]]:
    key = (
        session.connection()
        .execute(select(LIST_IMPORT.c.pathway_key).where(LIST_IMPORT.c.id == row.list_import_id))
        .scalar_one()
    )
    e = ENROLMENT.c
    wanted = select(e.reference, CANDIDATE.c.name).join_from(ENROLMENT, CANDIDATE)
    wanted = wanted.where(e.list_import_id == row.list_import_id, e.coordinator_id == row.recipient_id)
    listed = session.connection().execute(wanted.order_by(e.id)).all()
    pathway = newest(session, key)
    context = MessageContext(
        reference=listed[0].reference if listed else "",
        pathway_title=pathway.title,
        stage_title=pathway.stage_title(pathway.starts_in),
        from_title=None,
        step_title=None,
        on=row.on_day,
        due_on=None,
        days_late=0,
        awaits=(),
        payer=None,
        alongside=None,
        area="",
        reason=None,
        review_on=None,
        link=f"{url}/forloeb/{key}",
        because=BECAUSE[row.audience],
        count=len(listed),
        references=tuple(row.reference for row in listed),
    )
    return _Words(pathway), context, tuple(row.name for row in listed)
