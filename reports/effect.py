"""Whether reminders are heard: of those that were sent, how often somebody then did something, and how soon.

What is counted is an event, not a recipient: a reminder of one visit to a stage, or of one pause, is one however many
people were told, and it was sent when the first of them was, alone or in a digest. An action is a transition that a
person made, also a pause or a hand-over, or a milestone that a person recorded, for the same enrolment within seven
days after that. What was taken back is none, nor is taking it back; a correction of a milestone leaves the first one
standing as what was done.

That an action followed does not say that the reminder brought it about: some would have acted anyway.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, literal, literal_column, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session

from engine import kinds
from engine.history import Verb
from engine.pathway import Pathway
from models.message import TOLD, Message, State
from models.types import UtcDateTime, table
from onboarding.looks import beginning_of
from onboarding.signed import NO_PERSON
from onboarding.store import ENROLMENT, MILESTONE, TRANSITION
from reports.discretion import HIDDEN, Sum, is_small, marks
from reports.period import ALWAYS, Period
from reports.scope import Scope, countable

MESSAGE = table(Message)

#: Those that ask for something, in the order of their weight. All others tell of what was done.
ASKING = tuple(kinds.OF_RUNG.values())

#: Made once: an alias is a copy of every column.
_DIGEST, _LATER, _OTHER = MESSAGE.alias("digest"), TRANSITION.alias(), MILESTONE.alias()
_TOLD = ("sent", "followed", "share", "days", "too_early")

#: How long after a reminder an action still follows it, in whole days of 24 hours.
DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How it went with one kind of reminder. `sent` are those of which it is known, `followed` are those of them after
    which somebody did something, `share` in whole per cent, `days` the median of the whole days until then. `too_early`
    were sent less than seven days ago, and are in none of the others.

    None is what there is no number of, or what is not to leave the unit; `shown` says each of them as people read it.
    """

    kind: str
    sent: int | None
    followed: int | None
    share: int | None
    days: int | None
    too_early: int | None
    shown: Mapping[str, str]


def effect(
    session: Session,
    pathway_key: str,
    now: datetime,
    scope: Scope | None = None,
    period: Period = ALWAYS,
    *,
    leaves: bool,
) -> list[Heard]:
    """Each kind of `ASKING`, of the enrolments that `scope` covers (or all), sent on a Danish day in `period`.

    With `leaves`, what is not to leave the unit is hidden (`reports.discretion`).
    """
    counted = {kind: _Counts() for kind in ASKING}
    for kind, too_early, after, count in _counts(session, pathway_key, now, scope, period):
        counted[kind].add(too_early=bool(too_early), after=after, count=count)
    hidden = _hidden(counted) if leaves else {}
    return [_heard(kind, counts, hidden) for kind, counts in counted.items()]


def told(pathway: Pathway, period: Period, heard: Iterable[Heard]) -> dict[str, Any]:
    """The same for programs: `pathway`, `title`, `from`, `to`, and as `reminders` each kind with its numbers."""
    reminders = [{name: getattr(one, name) for name in ("kind", *_TOLD)} for one in heard]
    about = {"pathway": pathway.key, "title": pathway.title, "from": period.since, "to": period.until}
    return about | {"reminders": reminders}


class _Counts:
    """`after` holds how many were followed after so many whole days."""

    def __init__(self) -> None:
        self.sent = self.too_early = 0
        self.after: defaultdict[int, int] = defaultdict(int)

    def add(self, *, too_early: bool, after: int | None, count: int) -> None:
        if too_early:
            self.too_early += count
            return
        self.sent += count
        if after is not None:
            self.after[after] += count

    @property
    def followed(self) -> int:
        return sum(self.after.values())

    @property
    def days(self) -> int | None:
        each = [day for day, count in sorted(self.after.items()) for _ in range(count)]
        return round(median(each)) if each else None


def _hidden(counted: Mapping[str, _Counts]) -> dict[tuple[str, str], str]:
    """What stands instead of each count that must not leave. What was not followed is told by the other two."""
    counts = {
        (name, kind): getattr(found, name)
        for kind, found in counted.items()
        for name in ("sent", "followed", "too_early")
    }
    return marks(counts, [Sum((("sent", kind),), (("followed", kind),), more=True) for kind in counted])


def _heard(kind: str, counts: _Counts, hidden: Mapping[tuple[str, str], str]) -> Heard:
    told: dict[str, int | None] = {}
    shown: dict[str, str] = {}
    for name in ("sent", "followed", "too_early"):
        instead = hidden.get((name, kind))
        told[name] = getattr(counts, name) if instead is None else None
        shown[name] = str(told[name]) if instead is None else instead
    sent, followed = told["sent"], told["followed"]
    untold = sent is None or followed is None
    share = None if untold or not sent or followed is None else round(100 * followed / sent)
    days = None if (hidden and is_small(counts.followed)) or untold else counts.days
    shown["share"] = f"{share}\N{NO-BREAK SPACE}%" if share is not None else HIDDEN if counts.sent else "–"
    shown["days"] = str(days) if days is not None else HIDDEN if counts.followed else "–"
    return Heard(kind=kind, share=share, days=days, shown=shown, **told)


class _Later(FunctionElement[datetime]):
    """The instant in a column, so many days of 24 hours later: to be compared with other instants."""

    name = "later"
    type = UtcDateTime()
    inherit_cache = True


@compiles(_Later, "sqlite")
def _later_in_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    column, days = (compiler.process(clause, **more) for clause in element.clauses)
    # SQLite reckons in milliseconds at best; the microseconds of the text are put back behind it.
    return f"(datetime(substr({column}, 1, 19), '+' || {days} || ' days') || substr({column}, 20))"


@compiles(_Later, "postgresql")
def _later_in_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    column, days = (compiler.process(clause, **more) for clause in element.clauses)
    return f"({column} + interval '24 hours' * {days})"  # a day of its own would be 23 hours in March


def _later(instant: ColumnElement[datetime], days: int) -> ColumnElement[datetime]:
    return _Later(instant, literal(days, literal_execute=True))


def _counts(session: Session, pathway_key: str, now: datetime, scope: Scope | None, period: Period) -> Any:
    """How many reminders of each kind were sent too lately to tell or not, and followed after how many whole days."""
    reminded = _reminded(pathway_key, scope, period)
    r = reminded.c
    moved_at, recorded_at = _moved(reminded).label("moved_at"), _recorded(reminded).label("recorded_at")
    # Each is looked for once: unless it is told, SQLite does so again wherever the column is named.
    acts = select(r.kind, r.sent_at, moved_at, recorded_at).cte("acts").prefix_with("MATERIALIZED").c
    moved_first = or_(acts.recorded_at.is_(None), acts.moved_at <= acts.recorded_at)
    acted_at = case((moved_first, acts.moved_at), else_=acts.recorded_at).label("acted_at")
    acted = select(acts.kind, acts.sent_at, acted_at).subquery().c
    too_early = case((acted.sent_at > now - timedelta(days=DAYS), 1), else_=0).label("too_early")
    whole_days = [(acted.acted_at < _later(acted.sent_at, day + 1), day) for day in range(DAYS)]
    each = select(acted.kind, too_early, case(*whole_days, else_=None).label("after")).subquery()
    return session.connection().execute(select(*each.c, func.count()).group_by(*each.c))


def _reminded(pathway_key: str, scope: Scope | None, period: Period) -> Subquery:
    """Each reminder that reached anybody in the period: `enrolment_id`, `seq`, `kind` and `sent_at`."""
    m, digest = MESSAGE.c, _DIGEST
    of_one = (m.enrolment_id, m.seq, m.kind)
    # What was gathered was told when its digest was sent.
    told_at = case((m.state == State.GATHERED, digest.c.finished_at), else_=m.finished_at)
    told = or_(m.state.in_(TOLD), and_(m.state == State.GATHERED, digest.c.state.in_(TOLD)))
    sent_at = func.min(told_at, type_=UtcDateTime())
    # Read off an index alone (`models.reminder`), in its order.
    reminds: ColumnElement[bool] = literal_column("substr(message.cause, 1, 9) = 'reminder:'")
    each = select(*of_one, sent_at.label("sent_at")).where(reminds, m.kind.in_(ASKING), told)
    each = each.select_from(MESSAGE.outerjoin(digest, m.digest_id == digest.c.id))
    of_everybody = each.group_by(*of_one).having(*_in(period, sent_at)).subquery()
    covered = select(*of_everybody.c).join(ENROLMENT, of_everybody.c.enrolment_id == ENROLMENT.c.id)
    return covered.where(*countable(pathway_key, scope)).subquery()


def _in(period: Period, instant: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
    """From the beginning of the period's first Danish day to the end of its last."""
    within = []
    if period.since is not None:
        within.append(instant >= beginning_of(period.since))
    if period.until is not None:
        within.append(instant < beginning_of(period.until + timedelta(days=1)))
    return within


def _moved(reminded: Subquery) -> Any:
    """When somebody first moved, paused, ended or handed over the enrolment of a reminder in time, and let it stand."""
    t, undo = TRANSITION.c, _LATER
    later = and_(undo.c.action == _UNDO, undo.c.enrolment_id == t.enrolment_id)
    undone = select(undo.c.id).where(later, undo.c.seq > t.seq, undo.c.undoes <= t.seq, _takes_back(undo.c))
    by_a_person = (t.by.not_like(f"{NO_PERSON}%"), t.action != Verb.UNDO)
    of_this = (t.enrolment_id == reminded.c.enrolment_id, t.seq > reminded.c.seq)
    wanted = select(func.min(t.at, type_=UtcDateTime())).where(*of_this, *_in_time(t.at, reminded), *by_a_person)
    return wanted.where(~undone.correlate(TRANSITION).exists()).correlate(reminded).scalar_subquery()


_UNDO = literal(Verb.UNDO, literal_execute=True)
_MOVES = (Verb.MOVE, Verb.ADVANCE, Verb.DROP, Verb.TRANSFER)


def _takes_back(undo: Any) -> ColumnElement[bool]:
    """What of the transitions since the one it names an undo takes back: moves, or that a pause was prolonged."""
    t = TRANSITION.c
    return or_(t.action.in_(_MOVES), and_(t.action == Verb.PAUSE, undo.review_on.is_not(None)))


def _recorded(reminded: Subquery) -> Any:
    """When somebody first recorded a milestone for the enrolment of a reminder in time, and let it stand."""
    m, other = MILESTONE.c, _OTHER
    of_the_same = and_(other.c.enrolment_id == m.enrolment_id, other.c.key == m.key)
    # An undo writes what held before anew, under the command that had recorded it.
    restored = select(other.c.id).where(of_the_same, other.c.command_id == m.command_id, other.c.id < m.id)
    corrected = select(other.c.id).where(of_the_same, other.c.command_id == m.withdrawn_command_id)
    stands = or_(m.withdrawn_at.is_(None), corrected.correlate(MILESTONE).exists())
    of_this = (m.enrolment_id == reminded.c.enrolment_id, m.by.not_like(f"{NO_PERSON}%"))
    wanted = select(func.min(m.at, type_=UtcDateTime())).where(*of_this, *_in_time(m.at, reminded), stands)
    return wanted.where(~restored.correlate(MILESTONE).exists()).correlate(reminded).scalar_subquery()


def _in_time(at: ColumnElement[datetime], reminded: Subquery) -> tuple[ColumnElement[bool], ...]:
    return at > reminded.c.sent_at, at < _later(reminded.c.sent_at, DAYS)
