"""What has happened in an enrolment, and where that leaves the candidate.

Transitions are only ever added. Folding them gives the place, the pauses and what can be undone: the stored
state is a copy of this, kept for speed, and a check can always make it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from engine.case import Pause, Place, Snooze, Status, occurrence


class Verb(StrEnum):
    """The `action` of a transition."""

    ENROL = "enrol"
    ASSIGN = "assign"  # another coordinator, another area
    SNOOZE = "snooze"  # nobody is reminded before a day
    ELSEWHERE = "elsewhere"  # nor at all, while it is handled elsewhere
    REMIND = "remind"  # either is taken back
    MOVE = "move"  # by hand
    ADVANCE = "advance"  # an automatic step
    PAUSE = "pause"
    RESUME = "resume"
    DROP = "drop"
    TRANSFER = "transfer"
    UNDO = "undo"


_SAYS = frozenset({Verb.SNOOZE, Verb.ELSEWHERE, Verb.REMIND})
_MOVES = frozenset({Verb.MOVE, Verb.ADVANCE, Verb.DROP, Verb.TRANSFER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One thing that happened: an edge from a stage to a stage, or to itself for a pause, also for one that prolongs
    another. `review_on` is the day on which a pause is looked at, or until which reminders are snoozed.

    `ends` says that `target` is an ending. An undo names in `undoes` the seq of the first transition that it takes
    back, and in `step` the automatic step that from now on waits for a person; one that `ends` takes back the
    beginning, and everything with it; one with a `review_on` takes back that a pause was prolonged, and that day holds
    again. `command_id` is shared by everything that one command brought about.
    """

    seq: int
    action: Verb
    source: str | None
    target: str
    on: date
    step: str | None = None
    reason: str | None = None
    review_on: date | None = None
    undoes: int | None = None
    ends: bool = False
    command_id: str | None = None

    @property
    def takes_back_a_prolonging(self) -> bool:
        return self.action is Verb.UNDO and self.review_on is not None


@dataclass(frozen=True, slots=True)
class Undoable:
    """A move that can still be taken back, the place it was made from, and the day of what stood last before it.

    While a pause lasts, that it was prolonged is one too.
    """

    move: Transition
    back_to: Place
    after: date


@dataclass(frozen=True, slots=True)
class History:
    """The folded transitions: where the candidate is, which pauses there were, what can be undone.

    `last_on` is the day of the latest transition; `snoozes` has what was said last of each occurrence.
    """

    place: Place
    pauses: tuple[Pause, ...]
    undoable: tuple[Undoable, ...]
    last_on: date
    snoozes: tuple[Snooze, ...] = ()

    @property
    def prolonged(self) -> bool:
        """Whether what an undo would take back is that a pause was prolonged."""
        return bool(self.undoable) and self.undoable[-1].move.action is Verb.PAUSE

    def last_command_id(self) -> str | None:
        """The id of the command whose moves an undo would take back."""
        return self.undoable[-1].move.command_id if self.undoable else None

    def last_command(self) -> tuple[Undoable, ...]:
        """The latest moves that stand, oldest first: all those that one command brought about."""
        if not self.undoable:
            return ()
        last = self.undoable[-1].move
        if last.command_id is None:
            return (self.undoable[-1],)
        return tuple(item for item in self.undoable if item.move.command_id == last.command_id)

    def undo_from(self) -> date:
        """The first day on which the last command can be taken back: not before what stands without it.

        A move that was given a day in the far future by mistake can so be taken back today.
        """
        first = self.last_command()[0]
        pauses = [pause for pause in self.pauses if pause.seq > first.move.seq]
        since = [day for pause in pauses for day in (pause.from_on, pause.until_on) if day is not None]
        return max(min(first.after, first.move.on), *since, date.min)


def fold(transitions: Iterable[Transition]) -> History:
    """The history that these transitions, in order of seq and beginning with the enrolment, amount to.

    Raises ValueError when they do not begin with an enrolment.
    """
    history: History | None = None
    for transition in transitions:
        history = apply(history, transition)
    if history is None:
        raise ValueError("a history begins with an enrolment")
    return history


def apply(history: History | None, transition: Transition) -> History:
    """The history with one more transition. Raises ValueError when the transition cannot follow."""
    if history is None:
        if transition.action is not Verb.ENROL:
            raise ValueError("a history begins with an enrolment")
        return History(arrived(transition), (), (), transition.on)
    if transition.source != history.place.stage:
        raise ValueError(f"transition {transition.seq} ({transition.action}) leads from another stage")
    if transition.action in _MOVES:
        gone = Undoable(transition, history.place, history.last_on)
        pauses = _closed(history.pauses, transition)
        undoable, place = (*history.undoable, gone), arrived(transition)
        return replace(history, place=place, pauses=pauses, undoable=undoable, last_on=transition.on)
    if transition.action is Verb.UNDO:
        return _never_was(history, transition) if transition.ends else _undone(history, transition)
    if transition.action is Verb.ASSIGN:
        return replace(history, last_on=transition.on)
    if transition.action in _SAYS:
        return _snoozed(history, transition)
    return _paused_or_resumed(history, transition)


def prolongings(transitions: Iterable[Transition]) -> Iterator[int]:
    """The seq of every transition that prolonged a pause, of all that happened in an enrolment."""
    history: History | None = None
    for transition in transitions:
        paused = history is not None and history.place.status is Status.PAUSED
        if paused and transition.action is Verb.PAUSE:
            yield transition.seq
        history = apply(history, transition)


def as_history(place: Place, pauses: tuple[Pause, ...], last_on: date, snoozes: tuple[Snooze, ...] = ()) -> History:
    """A history whose past is not at hand: enough for anything but an undo."""
    return History(place, pauses, (), last_on, snoozes)


def arrived(transition: Transition) -> Place:
    """The place that a transition leads into, another one than before."""
    status = Status.ENDED if transition.ends else Status.OPEN
    return Place(stage=transition.target, status=status, entered_on=transition.on, visit=transition.seq)


def _closed(pauses: tuple[Pause, ...], transition: Transition) -> tuple[Pause, ...]:
    return tuple(replace(p, until_on=transition.on) if p.until_on is None else p for p in pauses)


def _paused_or_resumed(history: History, transition: Transition) -> History:
    pauses, on = _closed(history.pauses, transition), transition.on
    if transition.action is Verb.RESUME:
        place = replace(history.place, status=Status.OPEN)
        moves = tuple(item for item in history.undoable if item.move.action is not Verb.PAUSE)
        return replace(history, place=place, pauses=pauses, undoable=moves, last_on=on)
    if transition.action is not Verb.PAUSE or transition.review_on is None:
        raise ValueError(f"transition {transition.seq} ({transition.action}) cannot follow")
    undoable = history.undoable
    if history.place.status is Status.PAUSED:
        undoable = (*undoable, Undoable(transition, history.place, history.last_on))
    pause = Pause(transition.seq, on, transition.review_on, reason=transition.reason or "")
    place = replace(history.place, status=Status.PAUSED)
    return replace(history, place=place, pauses=(*pauses, pause), undoable=undoable, last_on=on)


def _snoozed(history: History, transition: Transition) -> History:
    about = occurrence(history.place, history.pauses)
    others = tuple(snooze for snooze in history.snoozes if snooze.occurrence != about)
    said = Snooze(about, transition.reason or "", transition.review_on)
    snoozes = others if transition.action is Verb.REMIND else (*others, said)
    return replace(history, snoozes=snoozes, last_on=transition.on)


def _undone(history: History, transition: Transition) -> History:
    since = transition.undoes
    taken_back = [item for item in history.undoable if since is not None and item.move.seq >= since]
    if not taken_back:
        raise ValueError(f"transition {transition.seq} undoes nothing")
    first = taken_back[0]
    pauses = history.pauses
    if first.back_to.status is Status.PAUSED:
        # An ending closes an open pause, and so does a prolonging, which opens another. Taking it back opens the case
        # again as it was: paused, until the day on which that pause was to be looked at.
        *earlier, lasting = pauses_before(pauses, first.move)
        pauses = (*earlier, replace(lasting, until_on=None))
    place = _held(first.back_to, transition.step)
    undoable = history.undoable[: -len(taken_back)]
    return replace(history, place=place, pauses=pauses, undoable=undoable, last_on=transition.on)


def pauses_before(pauses: Iterable[Pause], transition: Transition) -> tuple[Pause, ...]:
    """The pauses that there were when this transition came."""
    return tuple(pause for pause in pauses if pause.seq < transition.seq)


def _never_was(history: History, transition: Transition) -> History:
    """The beginning itself is taken back, and that is not taken back itself."""
    if transition.undoes != 1:
        raise ValueError(f"transition {transition.seq} takes back no beginning")
    return replace(history, place=arrived(transition), undoable=(), last_on=transition.on)


def _held(place: Place, step: str | None) -> Place:
    """The place, with one more automatic step that waits for a person."""
    if step is None or step in place.held_steps:
        return place
    return replace(place, held=" ".join((*place.held_steps, step)))
