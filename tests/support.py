"""What the tests stand on: a clock that moves on purpose, a postbox to read from, and CPR numbers of nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session, col, select

from engine.case import Place, Status
from engine.conditions import stage_end
from engine.decision import look_again_on
from models.enrolment import Enrolment
from models.session import Database
from models.transition import TransitionRow
from notifications.channels.envelope import Answer, Envelope, Fate, Received
from onboarding.past import Past
from onboarding.store import Loaded, find

MONDAY = date(2026, 9, 7)


class Clock:
    """Frozen until a test moves it. Called, it gives the instant: it stands in for the clock of a `Post`."""

    def __init__(self, today: date = MONDAY) -> None:
        self.now = datetime.combine(today, time(8), UTC)

    def __call__(self) -> datetime:
        return self.now

    @property
    def today(self) -> date:
        return self.now.date()

    def passes(self, *, weeks: int = 0, days: int = 0, hours: int = 0, minutes: int = 0, seconds: float = 0) -> None:
        self.now += timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)

    def moves_to(self, day: date) -> None:
        self.now = datetime.combine(day, self.now.time(), UTC)


@dataclass(slots=True)
class Postbox:
    """A channel that keeps every envelope, in the order in which they came."""

    name: str = "postbox"
    envelopes: list[Envelope] = field(default_factory=list)

    def send(self, envelope: Envelope) -> Answer:
        self.envelopes.append(envelope)
        return Answer(ok=True, detail="Lagt i postkassen.")

    def to(self, recipient: str) -> list[Envelope]:
        return [envelope for envelope in self.envelopes if envelope.recipient == recipient]


@dataclass(slots=True)
class TellingPostbox(Postbox):
    """A channel that is asked later what became of its messages, and knows the same of all."""

    knows: Fate = field(default_factory=Received)
    asked_for: list[str] = field(default_factory=list)

    def send(self, envelope: Envelope) -> Answer:
        Postbox.send(self, envelope)
        return Answer(True, "Lagt i postkassen.", reference=str(len(self.envelopes)), traceable=True)

    def fate(self, reference: str) -> Fate:
        self.asked_for.append(reference)
        return self.knows


@dataclass(slots=True)
class MeanwhilePostbox(Postbox):
    """Somebody acts while it takes its first message; the delivery has the second in hand already."""

    meanwhile: Callable[[], object] = lambda: None

    def send(self, envelope: Envelope) -> Answer:
        if not self.envelopes:
            self.meanwhile()
        return Postbox.send(self, envelope)


@dataclass(slots=True)
class AwayPostbox(Postbox):
    """A channel whose other end is away."""

    def send(self, envelope: Envelope) -> Answer:
        return Answer(ok=False, detail="Postkassen er væk.", unreachable=True)


@dataclass(slots=True)
class RefusingPostbox(Postbox):
    """A channel that refuses, for now or for good: everything, or only what goes to `whom`."""

    permanent: bool = False
    whom: str | None = None
    tried: list[Envelope] = field(default_factory=list)

    def send(self, envelope: Envelope) -> Answer:
        self.tried.append(envelope)
        if self.whom in (None, envelope.recipient):
            return Answer(ok=False, detail="Postkassen er lukket.", permanent=self.permanent)
        self.envelopes.append(envelope)
        return Answer(ok=True, detail="Lagt i postkassen.")


@dataclass(slots=True)
class SilentPostbox(Postbox):
    """A channel that takes everything and never says so."""

    taken: list[Envelope] = field(default_factory=list)

    def send(self, envelope: Envelope) -> Answer:
        self.taken.append(envelope)
        return Answer(ok=False, detail="Intet svar.", uncertain=True)


@dataclass(slots=True)
class BreakingPostbox(Postbox):
    """A channel with a mistake in it."""

    def send(self, envelope: Envelope) -> Answer:
        raise RuntimeError(f"could not reach {envelope.recipient}")


def made_up_cpr(born: date, serial: int = 1) -> str:
    """A CPR number for nobody: the form and the century of `born` (1900–1999 or 2000–2036) are right."""
    first = 0 if born.year < 2000 else 4
    return f"{born:%d%m%y}{first + serial // 1000 % 4}{serial % 1000:03d}"


def made_up_people(count: int) -> Iterator[tuple[str, str, date]]:
    """Name, CPR number and birthday of `count` different people, 25 years and older in 2026."""
    first = ("Olena", "Søren", "Nguyễn", "Aïsha", "Bogdan", "Ioana", "Åse", "Mikołaj")
    last = ("Kovalenko", "Ågård", "Popescu", "Østergaard", "Tran", "Nowak", "Hussein", "Çelik")
    for number in range(count):
        born = date(1960, 1, 1) + timedelta(days=number * 37 % 14_000)
        # Every 14,000th person shares a birthday with another, and is told apart by the serial number.
        yield f"{first[number % 8]} {last[number // 8 % 8]}", made_up_cpr(born, 1 + number // 14_000), born


def assert_folds(database: Database) -> int:
    """Every enrolment's stored state is what its transitions fold to; gives the number of enrolments looked at."""
    with database.read() as session:
        references = session.exec(select(Enrolment.reference).order_by(col(Enrolment.id))).all()
        for reference in references:
            _assert_folds(session, find(session, reference, lock=False))
    return len(references)


def _assert_folds(session: Session, loaded: Loaded) -> None:
    row, case, pathway = loaded.row, loaded.case, loaded.pathway
    history = Past.of(session, loaded).history
    stored = Place(
        stage=row.stage, status=Status(row.status), entered_on=row.entered_on, visit=row.visit, held=row.held
    )
    assert history.place == stored, row.reference
    assert history.pauses == case.pauses, row.reference
    assert set(history.snoozes) == set(case.snoozes), row.reference
    rows = session.exec(select(TransitionRow).where(TransitionRow.enrolment_id == loaded.id)).all()
    assert sorted(t.seq for t in rows) == list(range(1, row.seq + 1)), row.reference
    assert max(rows, key=lambda t: t.seq).occurred_on == row.last_on, row.reference
    ended = case.place.status is Status.ENDED
    assert row.due_on == (None if ended else stage_end(case, pathway.open_stages[row.stage])), row.reference
    assert row.next_due_on == (None if ended else look_again_on(pathway, case)), row.reference


def every_message_id_once(envelopes: list[Envelope]) -> bool:
    seen: dict[str, int] = defaultdict(int)
    for envelope in envelopes:
        seen[envelope.message_id] += 1
    return all(count == 1 for count in seen.values())
