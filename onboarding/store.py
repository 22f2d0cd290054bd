"""From rows to cases, one enrolment or five hundred at a time. `onboarding.writing` is the way back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Row, Select, bindparam
from sqlalchemy import select as core_select
from sqlmodel import Session

from engine.case import Case, Fact, Pause, Place, Rung, Snooze, Status
from engine.history import Transition, Verb
from engine.pathway import MISTAKEN, Pathway
from engine.refusal import Refused
from models.candidate import Candidate
from models.enrolment import Enrolment, Stored
from models.milestone import MilestoneRow
from models.pause import PauseRow
from models.reminder import ReminderRow
from models.snooze import SnoozeRow
from models.transition import TransitionRow
from models.types import table
from onboarding.pathways import pathway_of

ENROLMENT, CANDIDATE = table(Enrolment), table(Candidate)
TRANSITION, MILESTONE = table(TransitionRow), table(MilestoneRow)
PAUSE, REMINDER, SNOOZE = table(PauseRow), table(ReminderRow), table(SnoozeRow)

_T = TypeVar("_T")
_CHUNK = 500


class NoSuchCase(Refused):
    """There is no such enrolment, or none that may be seen: the two are not told apart."""

    def __init__(self) -> None:
        super().__init__("Der er intet forløb med den reference. Referencer ser ud som IM-0042; se »sosu list«.")


@dataclass(frozen=True, slots=True)
class Loaded:
    """An enrolment as it was read: its row, its pathway version and its case."""

    row: Stored
    pathway: Pathway
    case: Case

    @property
    def id(self) -> int:
        return self.row.id


def chunks(items: Sequence[_T]) -> list[Sequence[_T]]:
    """The items in their order, as many at a time as one statement is to take."""
    return [items[i : i + _CHUNK] for i in range(0, len(items), _CHUNK)]


_ENROLMENTS = core_select(
    *(ENROLMENT.c[name] for name in Stored._fields if name in ENROLMENT.c), CANDIDATE.c.birth_date
).join_from(ENROLMENT, CANDIDATE)


def enrolments() -> Select[Any]:
    """The rows that `cases` makes cases of: the fields of `Stored`, in their order."""
    return _ENROLMENTS


# To make a statement takes longer than to ask it, and these are asked at every click. Our locks (`key_share`) hold up
# nobody who writes a row that refers to what is locked: they may hold what we wait for.
_FOUND = _ENROLMENTS.where(ENROLMENT.c.reference == bindparam("wanted"))
_FOUND_LOCKED = _FOUND.with_for_update(of=ENROLMENT, key_share=True)
_REVISION_LOCKED = (
    core_select(ENROLMENT.c.revision)
    .where(ENROLMENT.c.reference == bindparam("wanted"))
    .with_for_update(of=ENROLMENT, key_share=True)
)


def find(session: Session, reference: str, *, lock: bool = True, within: ColumnElement[bool] | None = None) -> Loaded:
    """The enrolment with this reference, locked until the transaction ends. Raises `NoSuchCase` when there is none,
    or none `within` this condition.
    """
    wanted = _FOUND_LOCKED if lock else _FOUND
    wanted = wanted if within is None else wanted.where(within)
    rows = session.connection().execute(wanted, {"wanted": reference.strip().upper()}).all()
    if not rows:
        raise NoSuchCase
    return cases(session, rows)[0]


def lock(session: Session, reference: str, within: ColumnElement[bool]) -> int:
    """Locks the enrolment with this reference as `find` does, and gives only its revision."""
    wanted = _REVISION_LOCKED.where(within)
    revision = session.connection().scalar(wanted, {"wanted": reference.strip().upper()})
    if revision is None:
        raise NoSuchCase
    return int(revision)


def lock_all(session: Session, ids: Iterable[int]) -> None:
    """Locks these enrolments until the transaction ends, in the order of their ids: whoever locks several does so, and
    nobody waits for ever.
    """
    e = ENROLMENT.c
    for chunk in chunks(sorted(ids)):
        session.connection().execute(
            core_select(e.id).where(e.id.in_(chunk)).order_by(e.id).with_for_update(key_share=True)
        )


def stands() -> ColumnElement[bool]:
    """An enrolment that was meant. One that was a mistake is kept, and counts for nothing."""
    return ENROLMENT.c.stage != MISTAKEN.key


def still_open(session: Session, which: ColumnElement[bool]) -> str | None:
    """The reference of an enrolment of which this is true and that has not ended, if there is one."""
    wanted = core_select(ENROLMENT.c.reference).where(which, ENROLMENT.c.status != Status.ENDED)
    return session.connection().execute(wanted).scalar()


def of_the_same(row: Stored, pathway_key: str) -> ColumnElement[bool]:
    """An enrolment of the same candidate in this pathway."""
    return (ENROLMENT.c.candidate_id == row.candidate_id) & (ENROLMENT.c.pathway_key == pathway_key)


def cases(session: Session, rows: Iterable[Row[Any] | Stored]) -> list[Loaded]:
    """A case for each row, in their order, with four more queries for all of them together."""
    stored = [Stored._make(row) for row in rows]
    ids = [row.id for row in stored]
    facts, pauses, reminded = _facts(session, ids), _pauses(session, ids), _reminded(session, ids)
    snoozes = _snoozes(session, ids)
    pinned = {(row.pathway_key, row.pathway_version) for row in stored}
    pathways = {key_and_version: pathway_of(session, *key_and_version) for key_and_version in pinned}
    return [
        Loaded(
            row,
            pathways[row.pathway_key, row.pathway_version],
            Case(
                place=Place(
                    stage=row.stage,
                    status=Status(row.status),
                    entered_on=row.entered_on,
                    visit=row.visit,
                    held=row.held,
                ),
                seq=row.seq,
                starts_on=row.starts_on,
                last_on=row.last_on,
                birth_date=row.birth_date,
                milestones=facts.get(row.id, {}),
                pauses=tuple(pauses.get(row.id, ())),
                snoozes=tuple(snoozes.get(row.id, ())),
                reminded=reminded.get(row.id, {}),
            ),
        )
        for row in stored
    ]


def _facts_pauses_snoozes_reminded() -> tuple[Select[Any], ...]:
    m, p, s, r = MILESTONE.c, PAUSE.c, SNOOZE.c, REMINDER.c
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    facts = core_select(m.enrolment_id, m.key, m.achieved_on, m.value, m.command_id)
    pauses = core_select(p.enrolment_id, p.seq, p.from_on, p.review_on, p.until_on, p.reason)
    snoozes = core_select(s.enrolment_id, s.occurrence, s.reason, s.until)
    reminded = core_select(r.enrolment_id, r.occurrence, r.rung, r.due_on)
    return (
        facts.where(m.enrolment_id.in_(ids), m.withdrawn_at.is_(None)),
        pauses.where(p.enrolment_id.in_(ids)).order_by(p.enrolment_id, p.seq),
        snoozes.where(s.enrolment_id.in_(ids)).order_by(s.id),
        reminded.where(r.enrolment_id.in_(ids)),
    )


_FACTS, _PAUSES, _SNOOZES, _REMINDED = _facts_pauses_snoozes_reminded()


def _facts(session: Session, ids: Sequence[int]) -> Mapping[int, dict[str, Fact]]:
    found: dict[int, dict[str, Fact]] = defaultdict(dict)
    for enrolment_id, key, achieved_on, value, command_id in session.connection().execute(_FACTS, {"ids": ids}).all():
        found[enrolment_id][key] = Fact(achieved_on, value, command_id)
    return found


def _pauses(session: Session, ids: Sequence[int]) -> Mapping[int, list[Pause]]:
    found: dict[int, list[Pause]] = defaultdict(list)
    for enrolment_id, *values in session.connection().execute(_PAUSES, {"ids": ids}).all():
        found[enrolment_id].append(Pause(*values))
    return found


def _snoozes(session: Session, ids: Sequence[int]) -> Mapping[int, list[Snooze]]:
    found: dict[int, list[Snooze]] = defaultdict(list)
    for enrolment_id, *values in session.connection().execute(_SNOOZES, {"ids": ids}).all():
        found[enrolment_id].append(Snooze(*values))
    return found


def _reminded(session: Session, ids: Sequence[int]) -> Mapping[int, dict[tuple[int, Rung], date]]:
    found: dict[int, dict[tuple[int, Rung], date]] = defaultdict(dict)
    for enrolment_id, occurrence, rung, due_on in session.connection().execute(_REMINDED, {"ids": ids}).all():
        found[enrolment_id][occurrence, Rung(rung)] = due_on
    return found


def transitions_of(session: Session, found: Sequence[Loaded]) -> Mapping[int, tuple[Transition, ...]]:
    """Everything that has happened in each of the enrolments, by their ids."""
    happened: dict[int, tuple[Transition, ...]] = defaultdict(tuple)
    pathways = {loaded.id: loaded.pathway for loaded in found}
    for ids in chunks(list(pathways)):
        wanted = core_select(TRANSITION).where(TRANSITION.c.enrolment_id.in_(ids)).order_by(TRANSITION.c.seq)
        for row in session.connection().execute(wanted):
            happened[row.enrolment_id] += (transition_from(row, pathways[row.enrolment_id]),)
    return happened


def transition_from(row: Row[Any], pathway: Pathway) -> Transition:
    """What a row of `TRANSITION` says, as the engine reads it."""
    return Transition(
        seq=row.seq,
        action=Verb(row.action),
        source=row.from_stage,
        target=row.to_stage,
        on=row.occurred_on,
        step=row.step,
        reason=row.reason,
        review_on=row.review_on,
        undoes=row.undoes,
        ends=row.to_stage in pathway.endings,
        command_id=row.command_id,
    )
