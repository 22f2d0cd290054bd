"""Enrolments: that each is where its history leads, is looked at again on the right day, and that people were told."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session

from engine.decision import settled
from engine.fault import where
from engine.history import History, Transition, Verb, apply
from models.session import Database
from models.staff import Staff
from models.types import table
from onboarding.store import ENROLMENT, TRANSITION, Loaded, cases, enrolments, transition_from
from reports.deep.pages import Broken, Progress, in_pages
from reports.deep.telling import Heard

STAFF = table(Staff)

HISTORIES, NEXT_DAY, TOLD = "histories", "next_day", "told"


def count(session: Session) -> int:
    found: int = session.connection().execute(select(func.count()).select_from(ENROLMENT)).scalar_one()
    return found


def broken_histories(database: Database, progress: Progress) -> Iterator[Broken]:
    yield from in_pages(database, enrolments(), ENROLMENT.c.id, _page, progress)


def _page(session: Session, rows: Sequence[Row[Any]]) -> Iterator[Broken]:
    """One enrolment that cannot even be read hides none of the others."""
    try:
        yield from list(_examined(session, rows))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if len(rows) == 1:
            yield Broken(HISTORIES, rows[0].reference, f"forløbet kan ikke læses ({where(error)})")
            return
        for row in rows:
            yield from _page(session, [row])


def _examined(session: Session, rows: Sequence[Row[Any]]) -> Iterator[Broken]:
    found = cases(session, rows)
    happened = _transitions(session, [loaded.id for loaded in found])
    emails: dict[int, str] = dict(session.connection().execute(select(STAFF.c.id, STAFF.c.email)).tuples().all())
    heard = Heard.of(session, found)
    for loaded in found:
        written = happened.get(loaded.id, [])
        history, fault = yield from _walked(loaded, written, heard, emails)
        reference = loaded.row.reference
        if history is None or fault:
            yield Broken(HISTORIES, reference, fault or "forløbet har ingen historik")
            continue
        yield from (Broken(HISTORIES, reference, said) for said in _differences(loaded, written, history))
        yield from (Broken(NEXT_DAY, reference, said) for said in _days(loaded))
        yield from (Broken(TOLD, reference, said) for said in heard.unsaid_reminders(loaded))


def _transitions(session: Session, ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
    happened: dict[int, list[Row[Any]]] = {}
    wanted = select(TRANSITION).where(TRANSITION.c.enrolment_id.in_(ids))
    for row in session.connection().execute(wanted.order_by(TRANSITION.c.enrolment_id, TRANSITION.c.seq)):
        happened.setdefault(row.enrolment_id, []).append(row)
    return happened


def _walked(
    loaded: Loaded, written: Sequence[Row[Any]], heard: Heard, emails: Mapping[int, str]
) -> Generator[Broken, None, tuple[History | None, str]]:
    """Yields what nobody was told of; gives the history, and why it cannot be one."""
    history: History | None = None
    coordinator: int | None = None
    for number, row in enumerate(written, start=1):
        transition = transition_from(row, loaded.pathway)
        if row.seq != number:
            return history, f"overgang {number} mangler"
        undone = _undone(history, transition)
        try:
            history = apply(history, transition)
        except ValueError:
            return history, f"overgang {number} kan ikke følge efter den før"
        coordinator = row.coordinator_id or coordinator
        if transition.action in _QUIET and row.by == emails.get(coordinator or 0):
            continue  # whoever coordinates and says so is not told of it
        said = heard.unsaid(loaded, transition, row, undone)
        if said:
            yield Broken(TOLD, loaded.row.reference, said)
    return history, ""


_QUIET = frozenset({Verb.SNOOZE, Verb.ELSEWHERE, Verb.REMIND})


def _undone(history: History | None, transition: Transition) -> tuple[Transition, ...]:
    if history is None or transition.action is not Verb.UNDO or transition.undoes is None:
        return ()
    return tuple(item.move for item in history.undoable if item.move.seq >= transition.undoes)


#: What an enrolment's row says of its place, and how that is called.
_OF_A_PLACE = {
    "stage": "trinnet",
    "status": "status",
    "entered_on": "den dag, trinnet begyndte,",
    "visit": "besøgets nummer",
    "held": "de trin, der venter på nogen,",
}


def _differences(loaded: Loaded, written: Sequence[Row[Any]], history: History) -> Iterator[str]:
    row, case = loaded.row, loaded.case
    for name, called in _OF_A_PLACE.items():
        stored, folded = getattr(case.place, name), getattr(history.place, name)
        if stored != folded:
            yield f"{called} er gemt som {stored or 'intet'}, og historikken siger {folded or 'intet'}"
    last = written[-1]
    if (row.seq, row.last_on) != (last.seq, last.occurred_on):
        yield f"den seneste overgang er {last.seq} den {last.occurred_on:%d-%m-%Y}, og forløbet siger noget andet"
    given = [one.coordinator_id for one in written if one.coordinator_id is not None]
    if given and given[-1] != row.coordinator_id:
        yield "koordinatoren er en anden end den, som det sidst blev givet til"
    if history.pauses != case.pauses:
        yield "pauserne er ikke dem, som historikken siger"
    if set(history.snoozes) != set(case.snoozes):
        yield "de udsatte rykkere er ikke dem, som historikken siger"


def _days(loaded: Loaded) -> Iterator[str]:
    """The days that follow from the case as it is, decided anew."""
    row = loaded.row
    again = settled(loaded.pathway, loaded.case, ())
    for called, stored, decided in (
        ("fristen", row.due_on, again.due_on),
        ("den dag, der ses på forløbet igen,", row.next_due_on, again.look_again_on),
    ):
        if stored != decided:
            yield f"{called} er gemt som {_day(stored)} og skal være {_day(decided)}"


def _day(day: date | None) -> str:
    return f"{day:%d-%m-%Y}" if day else "ingen"
