"""What may be asked of an enrolment. Each is a plain value; `engine.decide` answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.case import Fact
from engine.history import History, Transition


@dataclass(frozen=True, slots=True)
class Advance:
    """Time has passed: take the automatic steps that are due and send the reminders that are due."""


@dataclass(frozen=True, slots=True)
class Assign:
    """Another coordinator takes over, or another area. Who that is, is not the engine's business."""


@dataclass(frozen=True, slots=True)
class Move:
    """Take this step by hand; a step's key, or the key of the stage it leads to."""

    step: str


@dataclass(frozen=True, slots=True)
class Record:
    """A milestone is reached, on `achieved_on` or else on the day of the decision."""

    milestone: str
    value: str | None = None
    achieved_on: date | None = None
    command_id: str | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """A milestone was recorded by mistake. Nobody is moved by this: a move is taken back by `Undo`."""

    milestone: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop for a while, with a reason from the pathway's list and a day on which to look at the pause again."""

    reason: str
    review_on: date


@dataclass(frozen=True, slots=True)
class Prolong:
    """Let the pause that lasts be looked at on a later day; without a reason it keeps the one that it has."""

    reason: str | None
    review_on: date


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on after a pause."""


@dataclass(frozen=True, slots=True)
class Snooze:
    """Remind nobody of the present stage or pause before a day, with a reason from `engine.reasons`."""

    reason: str
    until: date


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Remind nobody of the present stage or pause any more: it is handled elsewhere, with a reason likewise."""

    reason: str


@dataclass(frozen=True, slots=True)
class Remind:
    """Take either back: remind again."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Drop out, with a reason from the pathway's list."""

    reason: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Leave for another pathway."""

    to_pathway: str


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last command's moves, or how it prolonged a pause. `history` is all that has happened so far.

    `replaced` are the facts that held before that command recorded others in their place.
    """

    history: History = field(repr=False)
    replaced: Mapping[str, Fact] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Annul:
    """The enrolment should not have been made: take back its beginning. `transitions` are all that happened so far.

    `recorded` says whether anything was recorded or withdrawn since: of what was both, the case itself holds no trace.
    """

    transitions: tuple[Transition, ...] = field(repr=False)
    recorded: bool


#: What cannot count from a day before the last thing that happened.
NotDatedBack = Pause | Prolong | Resume | Snooze | Elsewhere | Remind | Drop | Transfer
Action = Advance | Assign | Move | Record | Withdraw | Undo | Annul | NotDatedBack
