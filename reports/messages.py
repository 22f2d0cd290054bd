"""How the outbox stands, and which messages are about whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlmodel import Session

from engine import kinds
from models.list_import import ListImport
from models.message import Attempt, State
from models.staff import Role, Staff
from models.types import table
from notifications.queue import MESSAGE
from onboarding.absences import ABSENCE
from onboarding.store import ENROLMENT, TRANSITION
from reports.scope import Scope

ATTEMPT, LIST_IMPORT, STAFF = table(Attempt), table(ListImport), table(Staff)
#: Written out in the statement: by a parameter a planner could not tell that the index of such messages will do.
_DEAD = literal(State.DEAD, literal_execute=True)


#: Of a digest, what whoever reads of a message in it asks for.
HOW_IT_WENT = (
    MESSAGE.c.id.label("message"),
    *(MESSAGE.c[name] for name in ("state", "reason", "attempts", "created_at", "send_after", "leased_until")),
)


def by_state(session: Session) -> list[dict[str, Any]]:
    """How many messages are in each `state`, and for which `reason`."""
    m = MESSAGE.c
    rows = session.connection().execute(
        select(m.state, m.reason, func.count().label("count")).group_by(m.state, m.reason).order_by(m.state, m.reason)
    )
    return [dict(row._mapping) for row in rows]


def dead_letters(session: Session) -> list[dict[str, Any]]:
    """The messages that were given up, oldest first: `message`, `enrolment`, `kind`, `audience`, `recipient`,
    `reason`, `attempts`, and as `detail` what the last attempt was answered, or what was said of it later.
    """
    m, a = MESSAGE.c, ATTEMPT.c
    last = (
        select(func.coalesce(a.why_not_received, a.detail))
        .where(a.message_id == m.id)
        .order_by(a.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    wanted = (
        select(
            m.id.label("message"),
            ENROLMENT.c.reference.label("enrolment"),
            m.kind,
            m.audience,
            STAFF.c.email.label("recipient"),
            m.reason,
            m.attempts,
            last.label("detail"),
        )
        .select_from(MESSAGE)
        .outerjoin(ENROLMENT, m.enrolment_id == ENROLMENT.c.id)
        .outerjoin(STAFF, m.recipient_id == STAFF.c.id)
        .where(m.state == State.DEAD)
        .order_by(m.id)
    )
    return [dict(row._mapping) for row in session.connection().execute(wanted)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which messages: in this `state`, with `search` in the reference, told in the digest `of_digest`. `folded`: what
    was told in a digest is in its one row, which whoever may see one of them may see.
    """

    state: State | None = None
    search: str = ""
    of_digest: int | None = None
    folded: bool = False


#: What a list says of each message.
_OF_A_MESSAGE = (
    MESSAGE.c.id.label("message"),
    ENROLMENT.c.reference.label("enrolment"),
    ENROLMENT.c.pathway_key.label("pathway"),
    ENROLMENT.c.pathway_version.label("version"),
    MESSAGE.c.kind,
    MESSAGE.c.audience,
    STAFF.c.email.label("recipient"),
    MESSAGE.c.state,
    MESSAGE.c.reason,
    MESSAGE.c.attempts,
    MESSAGE.c.created_at,
    MESSAGE.c.send_after,
    MESSAGE.c.leased_until,
    MESSAGE.c.digest_id,
)


def outbox(
    session: Session, scope: Scope, chosen: Chosen = Chosen(), *, limit: int = 50, offset: int = 0
) -> list[dict[str, Any]]:
    """The messages that `scope` covers and that were `chosen`, the newest first.

    As `dead_letters`, and `state`, `created_at`; `send_after`, when it is tried next as long as it is queued, and
    `leased_until`, until when a delivery has it in hand; as `tries` each attempt, the latest first: `at`, `channel`,
    `ok`, as `detail` what it was answered, and what is known of it since: `received_at` or `why_not_received`;
    `pathway` and `version` of the enrolment, by which a step's message is called. `gathers` is how many messages that
    `scope` covers were told in it, None where it is no digest; `covered` is false of one that is seen for those alone.
    `digest` is the one that it was gathered in, as `HOW_IT_WENT` and its `tries`, and None where there is none.
    """
    m = MESSAGE.c
    wanted = (
        select(*_OF_A_MESSAGE, _covers(scope).label("covered"))
        .select_from(_ABOUT.outerjoin(STAFF, m.recipient_id == STAFF.c.id))
        .where(*_conditions(scope, chosen))
        .order_by(m.id.desc())
    )
    rows = [dict(row._mapping) for row in session.connection().execute(wanted.limit(limit).offset(offset))]
    tries, went = _tries(session, [row["message"] for row in rows]), _digests(session, rows)
    rows = [row | {"digest": went.get(row.pop("digest_id"))} for row in rows]
    digests = [row["message"] for row in rows if row["kind"] == kinds.DIGEST]
    gathers = dict.fromkeys(digests, 0) | _gathered(session, scope, digests)
    return [row | {"tries": tries[row["message"]], "gathers": gathers.get(row["message"])} for row in rows]


def _digests(session: Session, rows: list[dict[str, Any]]) -> dict[int | None, dict[str, Any]]:
    """How the digests went in which these messages were gathered."""
    m, ids = MESSAGE.c, {row["digest_id"] for row in rows if row["digest_id"] is not None}
    found = session.connection().execute(select(*HOW_IT_WENT).where(m.id.in_(ids))).all() if ids else ()
    tries = _tries(session, list(ids)) if ids else {}
    return {row.message: dict(row._mapping) | {"tries": tries[row.message]} for row in found}


def _gathered(session: Session, scope: Scope, digests: list[int]) -> dict[int, int]:
    """How many messages that `scope` covers each of these digests tells of."""
    if not digests:
        return {}
    m = MESSAGE.c
    told = (m.digest_id.in_(digests), m.state == State.GATHERED, _covers_in_a_digest(scope))
    counted = select(m.digest_id, func.count().label("how_many")).select_from(_ABOUT).where(*told).group_by(m.digest_id)
    return {row.digest_id: row.how_many for row in session.connection().execute(counted)}


def _tries(session: Session, messages: list[int]) -> defaultdict[int, list[dict[str, Any]]]:
    a = ATTEMPT.c
    told = ("at", "channel", "ok", "detail", "received_at", "why_not_received")
    wanted = (
        select(a.message_id, *(a[name] for name in told)).where(a.message_id.in_(messages)).order_by(a.number.desc())
    )
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in session.connection().execute(wanted):
        found[row.message_id].append({name: getattr(row, name) for name in told})
    return found


def outbox_count(session: Session, scope: Scope, chosen: Chosen = Chosen()) -> int:
    counted = select(func.count()).select_from(_ABOUT).where(*_conditions(scope, chosen))
    return session.connection().execute(counted).scalar_one()


def message_covered(session: Session, scope: Scope, message_id: int) -> bool:
    """Whether there is such a message and `scope` covers it."""
    wanted = select(MESSAGE.c.id).select_from(_ABOUT).where(MESSAGE.c.id == message_id, _covers(scope))
    return session.connection().execute(wanted).first() is not None


_ABOUT = MESSAGE.outerjoin(ENROLMENT, MESSAGE.c.enrolment_id == ENROLMENT.c.id)


def _conditions(scope: Scope, chosen: Chosen) -> list[ColumnElement[bool]]:
    found = [_covers(scope) if chosen.of_digest is None else _covers_in_a_digest(scope)]
    if chosen.folded:
        found = [or_(_covers(scope), _gathers_of(scope)), MESSAGE.c.state != State.GATHERED]
    if chosen.state is not None:
        found.append(MESSAGE.c.state == chosen.state)
    if chosen.search:
        found.append(ENROLMENT.c.reference.icontains(chosen.search, autoescape=True))
    if chosen.of_digest is not None:
        found.append(MESSAGE.c.digest_id == chosen.of_digest)
    return found


_PART = MESSAGE.alias("part")


def _gathers_of(scope: Scope) -> ColumnElement[bool]:
    """It is a digest that tells of a case in scope."""
    part = _PART.c
    told = select(part.id).join(ENROLMENT, part.enrolment_id == ENROLMENT.c.id)
    told = told.where(part.digest_id == MESSAGE.c.id, scope.covers()).correlate(MESSAGE)
    return and_(MESSAGE.c.kind == kinds.DIGEST, told.exists())


def _about_a_case() -> CompoundSelect[Any]:
    i, t, m = LIST_IMPORT.c, TRANSITION.c, MESSAGE.c
    number: BindParameter[int] = bindparam("enrolment_id")
    its_lists = select(i.id).join_from(LIST_IMPORT, TRANSITION, i.command_id == t.command_id)
    its_lists = its_lists.where(t.enrolment_id == number, t.coordinator_id == m.recipient_id)
    # Two ways to a message, each with an index of its own: of one condition with »or« a planner reads every message.
    return union_all(*(select(m.id).where(way) for way in (m.enrolment_id == number, m.list_import_id.in_(its_lists))))


#: The ids of the messages about the enrolment `enrolment_id`: its own, and those of a list that told its coordinator.
ABOUT_CASE = _about_a_case()


def undelivered(session: Session, scope: Scope, limit: int) -> tuple[int, list[dict[str, Any]]]:
    """How many messages that `scope` covers were given up, and the latest of them: `message`, `kind`, `recipient` (an
    e-mail), `on`; `enrolment`, `pathway` and `version` of those that are about a case.
    """
    m, e = MESSAGE.c, ENROLMENT.c
    about = (e.reference.label("enrolment"), e.pathway_key.label("pathway"), e.pathway_version.label("version"))
    wanted = (
        select(
            func.count().over().label("how_many"),
            m.id.label("message"),
            m.kind,
            STAFF.c.email.label("recipient"),
            m.on_day.label("on"),
            *about,
        )
        .select_from(_ABOUT.outerjoin(STAFF, m.recipient_id == STAFF.c.id))
        .where(m.state == _DEAD, _covers(scope))
        .order_by(m.id.desc())
    )
    rows = session.connection().execute(wanted.limit(limit)).mappings().all()
    return (rows[0]["how_many"] if rows else 0), [dict(row) for row in rows]


def _covers(scope: Scope) -> ColumnElement[bool]:
    """Those about a case in scope, and those of a list that was told to the person; an administrator's are all."""
    if scope.role is Role.ADMINISTRATOR:
        return true()
    own_list = and_(MESSAGE.c.enrolment_id.is_(None), MESSAGE.c.recipient_id == scope.staff_id)
    return or_(and_(ENROLMENT.c.id.is_not(None), scope.covers()), own_list)


def _covers_in_a_digest(scope: Scope) -> ColumnElement[bool]:
    """The same, and those of a list that somebody may have been told as a stand-in: on the digest's day they were."""
    digest, stood_in = MESSAGE.alias("digest").c, _stood_in(scope.staff_id).c
    their_day = and_(stood_in.staff_id == MESSAGE.c.recipient_id, digest.id == MESSAGE.c.digest_id)
    instead = select(digest.id).where(their_day, digest.on_day.between(stood_in.from_on, stood_in.until_on))
    is_list = MESSAGE.c.list_import_id.is_not(None)
    return or_(_covers(scope), and_(is_list, instead.correlate(MESSAGE).exists()))


def _stood_in(staff_id: int) -> CTE:
    """For whom somebody stood in, or would have if others had been there: `staff_id`, `from_on`, `until_on`."""
    a = ABSENCE.c
    found = select(a.staff_id, a.from_on, a.until_on).where(a.stand_in_id == staff_id).cte("stood_in", recursive=True)
    since = case((a.from_on > found.c.from_on, a.from_on), else_=found.c.from_on)
    until = case((a.until_on < found.c.until_on, a.until_on), else_=found.c.until_on)
    further = select(a.staff_id, since, until).join(found, a.stand_in_id == found.c.staff_id).where(since <= until)
    return found.union(further)
