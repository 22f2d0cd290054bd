"""What a pathway can say: its stages, steps, milestones, deadlines and endings.

Everything is frozen data that survives a round trip through JSON, so that an enrolment can be decided by the
version it began in. A pathway that cannot work refuses to be built (`engine.soundness` says why).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    TypeAdapter,
    model_serializer,
)
from pydantic.dataclasses import dataclass

from engine.conditions import Condition
from engine.soundness import faults_of
from engine.spans import Span

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class Outcome(StrEnum):
    """What an ending means for the figures."""

    QUALIFIED = "qualified"
    EMPLOYED = "employed"
    IN_EDUCATION = "in_education"
    DROPPED_OUT = "dropped_out"
    NOT_ADMITTED = "not_admitted"
    TRANSFERRED = "transferred"
    MISTAKEN = "mistaken"  # never was: no figure counts it

    @property
    def completed(self) -> bool:
        return self in _COMPLETED

    @property
    def counted(self) -> bool:
        """Whether any figure tells of it."""
        return self is not Outcome.MISTAKEN


_COMPLETED = frozenset({Outcome.QUALIFIED, Outcome.EMPLOYED, Outcome.IN_EDUCATION})


@dataclass(frozen=True)
class Milestone:
    """A fact that a condition may ask for.

    `values` maps each allowed value to its Danish title; empty: the milestone is reached or not. A transfer carries
    a fact into the other pathway, where that has the milestone, and a new attempt begins without it. `lasting` facts
    belong to the person (a certificate) and follow into a new attempt as well; those that `stays_behind` belong to
    one place (a contract) and follow nowhere.
    """

    key: Key
    title: Title
    values: Mapping[Key, Title] = field(default_factory=dict)
    lasting: bool = field(default=False, kw_only=True)
    stays_behind: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class Deadline:
    """When someone is reminded about a stage, counted from the day on which it should be left.

    `remind_before`, `remind_on` (that day itself) and `remind_after` go to the coordinator, `escalate_after` to the
    manager as well. The first two are told on the last working day until then.
    """

    remind_before: Span | None = None
    remind_on: bool = field(default=False, kw_only=True)
    remind_after: Span | None = None
    escalate_after: Span | None = None

    @model_serializer(mode="wrap")
    def _said(self, say: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without `remind_on` where it says nothing: what was published before there was one still says the same."""
        said: dict[str, Any] = say(self)
        if not self.remind_on:
            del said["remind_on"]
        return said


@dataclass(frozen=True)
class Unit:
    """A larger whole that several stages are part of, such as a course with a placement in it."""

    key: Key
    title: Title
    lasts: Span | None = None


@dataclass(frozen=True)
class Stage:
    """A state in which a candidate stays for a while. `lasts` is None when it is open-ended.

    `assumed` names the fields whose value is our assumption and not the source's.
    """

    key: Key
    title: Title
    lasts: Span | None = field(default=None, kw_only=True)
    phase: Title | None = field(default=None, kw_only=True)
    payer: Title | None = field(default=None, kw_only=True)
    alongside: Title | None = field(default=None, kw_only=True)
    part_of: Unit | None = field(default=None, kw_only=True)
    deadline: Deadline | None = field(default=None, kw_only=True)
    assumed: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Ending:
    """A state that nothing leads out of, and what it means for the figures."""

    key: Key
    title: Title
    counts_as: Outcome = field(kw_only=True)


def _as_strings(value: Any) -> Any:
    return tuple(str(item) for item in value)


@dataclass(frozen=True)
class Step:
    """An edge: from one stage to another stage or an ending, once every condition holds.

    An `automatic` step is taken as soon as its conditions hold, the others by a person. `tell` names audiences
    beyond those who are always told (the coordinator of every transition, the manager of every ending). Names are
    checked by the pathway, so that all faults are found at once.
    """

    key: Key
    source: Key
    target: Key
    title: Title
    when: tuple[Condition, ...] = field(default=(), kw_only=True)
    automatic: bool = field(default=False, kw_only=True)
    tell: Annotated[tuple[str, ...], BeforeValidator(_as_strings)] = field(default=(), kw_only=True)


DROPPED_OUT = Ending("dropped_out", "Frafald", counts_as=Outcome.DROPPED_OUT)
TRANSFERRED = Ending("transferred", "Overgået til andet forløb", counts_as=Outcome.TRANSFERRED)
#: Where an enrolment ends that should not have been made. It counts for nothing.
MISTAKEN = Ending("mistaken", "Indskrevet ved en fejl", counts_as=Outcome.MISTAKEN)

DROPOUT_REASONS: Mapping[str, str] = {
    "illness": "Sygdom",
    "other_job": "Fået andet arbejde",
    "other_education": "Begyndt på anden uddannelse",
    "moved": "Flyttet fra kommunen",
    "absence": "Udeblevet",
    "language": "Sproglige udfordringer",
    "family": "Familieforhold eller børnepasning",
    "residence": "Opholds- eller arbejdstilladelse",
    "unsuited": "Ikke egnet til faget",
    "withdrew": "Ønsker ikke at fortsætte",
    "other": "Andet",
}

PAUSE_REASONS: Mapping[str, str] = {
    "illness": "Sygdom",
    "parental_leave": "Barsel",
    "leave": "Orlov",
    "family": "Familieforhold eller børnepasning",
    "waiting": "Venter på holdstart",
    "residence": "Opholds- eller arbejdstilladelse",
    "other": "Andet",
}


@dataclass(frozen=True, kw_only=True)
class Pathway:
    """A state machine for a group of candidates, in one version.

    `reference_prefix` begins the reference of each enrolment (`IM-0042`). Dropping out, being transferred and having
    been enrolled by mistake are endings of every pathway and need not be written. Raises `BrokenPathway` with every
    fault at once.
    """

    ALWAYS_THERE: ClassVar[tuple[Ending, ...]] = (DROPPED_OUT, TRANSFERRED, MISTAKEN)

    key: Key
    version: Annotated[int, Field(gt=0)]
    title: Title
    reference_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,4}$")]
    source: Title
    starts_in: Key
    milestones: tuple[Milestone, ...]
    stages: tuple[Stage | Ending, ...]
    steps: tuple[Step, ...]
    dropout_reasons: Mapping[Key, Title] = field(default_factory=lambda: dict(DROPOUT_REASONS))
    pause_reasons: Mapping[Key, Title] = field(default_factory=lambda: dict(PAUSE_REASONS))

    def __post_init__(self) -> None:
        faults = faults_of(self)
        if faults:
            raise BrokenPathway(self.key, faults)

    @cached_property
    def open_stages(self) -> dict[str, Stage]:
        return {stage.key: stage for stage in self.stages if isinstance(stage, Stage)}

    @cached_property
    def endings(self) -> dict[str, Ending]:
        written = {stage.key for stage in self.stages}
        added = tuple(ending for ending in self.ALWAYS_THERE if ending.key not in written)
        return {stage.key: stage for stage in self.stages + added if isinstance(stage, Ending)}

    @cached_property
    def counted_endings(self) -> dict[str, Ending]:
        """The endings that figures tell of: all but that of a mistake."""
        return {key: ending for key, ending in self.endings.items() if ending.counts_as.counted}

    @cached_property
    def milestones_by_key(self) -> dict[str, Milestone]:
        return {milestone.key: milestone for milestone in self.milestones}

    @cached_property
    def steps_from(self) -> dict[str, tuple[Step, ...]]:
        return {key: tuple(s for s in self.steps if s.source == key) for key in self.open_stages}

    def step(self, key: str) -> Step | None:
        return next((step for step in self.steps if step.key == key), None)

    def stage_title(self, key: str) -> str:
        """The Danish title of a stage or an ending. Raises KeyError when the pathway has neither."""
        return self.open_stages[key].title if key in self.open_stages else self.endings[key].title

    def definition(self) -> dict[str, Any]:
        """Everything the pathway says, as plain JSON data; `pathway_from` reads it back."""
        data: dict[str, Any] = _ADAPTER.dump_python(self, mode="json")
        return data

    def content_hash(self) -> str:
        """SHA-256 of the definition in canonical JSON, hexadecimal: two pathways that say the same share it."""
        canonical = json.dumps(self.definition(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


class BrokenPathway(Exception):
    """The pathway cannot work; `faults` says everything that is wrong with it, one sentence each."""

    def __init__(self, key: str, faults: tuple[str, ...]) -> None:
        self.key, self.faults = key, faults
        super().__init__(f"The pathway {key} cannot work:\n" + "\n".join(f"- {fault}" for fault in faults))


_ADAPTER = TypeAdapter(Pathway)


def pathway_from(definition: Mapping[str, Any]) -> Pathway:
    """The pathway that a stored definition says. Raises pydantic's ValidationError or `BrokenPathway`."""
    return _ADAPTER.validate_python(dict(definition))
