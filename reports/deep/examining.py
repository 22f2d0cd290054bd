"""The deep examination: every check, one after the other, and what each of them found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from models.session import Database
from reports.deep import histories, outbox, sealed, whole
from reports.deep.pages import Broken, Progress

#: How many of what a check found are kept, to be named; the others are only counted.
KEPT = 1000


@dataclass(slots=True)
class Examined:
    """What one check found: how many are broken, and the first of them."""

    check: str
    broken: int = 0
    first: list[Broken] = field(default_factory=list)

    def add(self, found: Broken) -> None:
        self.broken += 1
        if len(self.first) < KEPT:
            self.first.append(found)


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to look at: `enrolments`, `messages`, and what is `sealed`."""

    enrolments: int
    messages: int
    sealed: int

    @property
    def total(self) -> int:
        return self.enrolments + self.messages + self.sealed


def size(session: Session) -> Size:
    return Size(histories.count(session), outbox.count(session), sealed.count(session))


#: The checks in their order.
CHECKS = (
    whole.STORAGE,
    histories.HISTORIES,
    histories.NEXT_DAY,
    histories.TOLD,
    outbox.CHECK,
    whole.REFERENCES,
    whole.AUDIT_LOG,
    sealed.CHECK,
)


def examine(database: Database, keys: sealed.Keys | None, at: datetime, progress: Progress) -> list[Examined]:
    """Goes through everything, while people work. Without keys (None) what is sealed is not looked at.

    Memory does not grow with the database. `progress` is told how many more enrolments, messages and sealed texts were
    looked at.
    """
    found = {check: Examined(check) for check in CHECKS if keys is not None or check != sealed.CHECK}
    for broken in _everything(database, keys, at, progress):
        found[broken.check].add(broken)
    return list(found.values())


def _everything(database: Database, keys: sealed.Keys | None, at: datetime, progress: Progress) -> Iterator[Broken]:
    yield from whole.broken_storage(database)
    yield from histories.broken_histories(database, progress)
    yield from outbox.broken_messages(database, at, progress)
    of_the_whole: tuple[Callable[[Session], Iterable[Broken]], ...] = (whole.broken_references, whole.broken_audit_log)
    for check in of_the_whole:
        with database.read() as session:
            yield from check(session)
    if keys is not None:
        yield from sealed.broken_seals(database, keys, progress)
