"""Why a pathway cannot work: every fault at once, in sentences for the person who wrote it.

The faults are in English because a pathway is code; what a coordinator reads is Danish.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING

from engine import kinds
from engine.audience import Audience
from engine.conditions import AgeAtLeast, Condition, Holds, Lasted

if TYPE_CHECKING:
    from engine.pathway import Pathway, Stage, Step


def faults_of(pathway: Pathway) -> tuple[str, ...]:
    """Every reason why the pathway cannot work, one sentence each; empty when it can."""
    checks = (
        _doubled,
        _shared_messages,
        _endpoints,
        _always_there,
        _units,
        _reach,
        _automatic_cycles,
        _conditions,
        _milestones,
        _rivals,
        _people,
        _deadlines,
    )
    return tuple(fault for check in checks for fault in check(pathway))


def _doubled(pathway: Pathway) -> Iterator[str]:
    for kind, keys in (
        ("stage", [stage.key for stage in pathway.stages]),
        ("step", [step.key for step in pathway.steps]),
        ("milestone", [milestone.key for milestone in pathway.milestones]),
    ):
        for key, times in Counter(keys).items():
            if times > 1:
                yield f"{kind} {key!r} is defined {times} times"


def _shared_messages(pathway: Pathway) -> Iterator[str]:
    for step in pathway.steps:
        if step.key in kinds.SHARED:
            yield f"step {step.key!r} has the key of a message that all pathways share"


def _endpoints(pathway: Pathway) -> Iterator[str]:
    known = pathway.open_stages.keys() | pathway.endings.keys()
    if pathway.starts_in not in pathway.open_stages:
        yield f"starts_in names {pathway.starts_in!r}, which is not an open stage"
    for step in pathway.steps:
        if step.source not in known:
            yield f"step {step.key!r} leads from {step.source!r}, which does not exist"
        elif step.source in pathway.endings:
            yield f"step {step.key!r} leads from {step.source!r}, which is an ending"
        if step.target not in known:
            yield f"step {step.key!r} leads to {step.target!r}, which does not exist"
        if step.source == step.target:
            yield f"step {step.key!r} leads from {step.source!r} to itself"


def _always_there(pathway: Pathway) -> Iterator[str]:
    for always in pathway.ALWAYS_THERE:
        ending = pathway.endings.get(always.key)  # the pathway may give it a title of its own
        if ending is None or ending.counts_as is not always.counts_as:
            yield f"stage {always.key!r} can only be an ending that counts as {always.counts_as.value!r}"
    for name, reasons in (("dropout", pathway.dropout_reasons), ("pause", pathway.pause_reasons)):
        if not reasons:
            yield f"{name}_reasons is empty, so nobody could ever give one"


def _units(pathway: Pathway) -> Iterator[str]:
    units = list({stage.part_of: None for stage in pathway.open_stages.values() if stage.part_of is not None})
    for key, times in Counter(unit.key for unit in units).items():
        if times > 1:
            yield f"unit {key!r} is described in {times} ways"
        if key in pathway.open_stages or key in pathway.endings:
            yield f"unit {key!r} has the key of a stage"


def _reach(pathway: Pathway) -> Iterator[str]:
    always = {ending.key for ending in pathway.ALWAYS_THERE}
    reached = _closure({pathway.starts_in}, ((s.source, s.target) for s in pathway.steps))
    for stage in pathway.stages:
        if stage.key not in reached and stage.key not in always:
            yield f"stage {stage.key!r} cannot be reached from {pathway.starts_in!r}"
    can_end = _closure(set(pathway.endings), ((s.target, s.source) for s in pathway.steps))
    for key in pathway.open_stages:
        if key not in can_end:
            yield f"stage {key!r} has no way to an ending"


def _closure(start: set[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    onward: dict[str, set[str]] = {}
    for source, target in edges:
        onward.setdefault(source, set()).add(target)
    seen, waiting = set(start), list(start)
    while waiting:
        fresh = onward.get(waiting.pop(), set()) - seen
        seen |= fresh
        waiting.extend(fresh)
    return seen


def _automatic_cycles(pathway: Pathway) -> Iterator[str]:
    edges: dict[str, set[str]] = {}
    for step in pathway.steps:
        if step.automatic and step.source != step.target:
            edges.setdefault(step.target, set()).add(step.source)
    while circle := _circle(edges):
        yield f"automatic steps go in a circle: {' -> '.join(circle)}"
        for source, target in pairwise(circle):  # without them the next circle is found
            edges[target].discard(source)


def _circle(predecessors: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(predecessors).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return circle
    return []


def _conditions(pathway: Pathway) -> Iterator[str]:
    for step in pathway.steps:
        for condition in step.when:
            yield from _condition_faults(pathway, step, condition)
        wanted: dict[str, set[str]] = {}
        for condition in step.when:
            if isinstance(condition, Holds) and condition.value is not None:
                wanted.setdefault(condition.milestone, set()).add(condition.value)
        for milestone, values in wanted.items():
            if len(values) > 1:
                yield f"step {step.key!r} asks for {milestone!r} to be {' and '.join(sorted(values))} at once"


def _condition_faults(pathway: Pathway, step: Step, condition: Condition) -> Iterator[str]:
    if isinstance(condition, Lasted):
        source = pathway.open_stages.get(step.source)
        if source is not None and source.lasts is None:
            yield f"step {step.key!r} waits for {step.source!r} to have lasted, but that stage is open-ended"
    elif isinstance(condition, Holds):
        milestone = pathway.milestones_by_key.get(condition.milestone)
        if milestone is None:
            yield f"step {step.key!r} asks for milestone {condition.milestone!r}, which does not exist"
        elif condition.value is not None and condition.value not in milestone.values:
            wanted = f"{condition.milestone!r} = {condition.value!r}"
            yield f"step {step.key!r} asks for {wanted}, which is not among its values"


def _milestones(pathway: Pathway) -> Iterator[str]:
    for milestone in pathway.milestones:
        if milestone.lasting and milestone.stays_behind:
            yield f"milestone {milestone.key!r} cannot both be lasting and stay behind"


def _rivals(pathway: Pathway) -> Iterator[str]:
    automatic = [step for step in pathway.steps if step.automatic]
    for position, first in enumerate(automatic):
        for later in automatic[position + 1 :]:
            if first.source == later.source and _asks_no_more(first, later):
                yield (
                    f"automatic step {later.key!r} can never be taken: {first.key!r} leaves {first.source!r} "
                    "under no more conditions and stands before it"
                )


def _asks_no_more(first: Step, later: Step) -> bool:
    return all(any(_follows(wanted, given) for given in later.when) for wanted in first.when)


def _follows(wanted: Condition, given: Condition) -> bool:
    """Whether `wanted` holds on every day on which `given` does."""
    if isinstance(wanted, Holds) and isinstance(given, Holds):
        return wanted.milestone == given.milestone and wanted.value in (None, given.value)
    if isinstance(wanted, AgeAtLeast) and isinstance(given, AgeAtLeast):
        return wanted.years <= given.years
    return wanted == given


def _people(pathway: Pathway) -> Iterator[str]:
    known = {str(audience) for audience in Audience}
    for step in pathway.steps:
        for person in step.tell:
            if person not in known:
                yield f"step {step.key!r} tells {person!r}; known are {', '.join(sorted(known))}"


def _deadlines(pathway: Pathway) -> Iterator[str]:
    for stage in pathway.open_stages.values():
        if stage.deadline is not None and stage.lasts is None:
            yield f"stage {stage.key!r} has a deadline but is open-ended"
        elif stage.deadline is not None:
            yield from _deadline_faults(stage)


def _deadline_faults(stage: Stage) -> Iterator[str]:
    deadline, lasts = stage.deadline, stage.lasts
    if deadline is None or lasts is None:
        return
    for name, span in (
        ("remind_before", deadline.remind_before),
        ("remind_after", deadline.remind_after),
        ("escalate_after", deadline.escalate_after),
    ):
        if span is not None and span.usual_days() > lasts.usual_days():
            yield (
                f"stage {stage.key!r} lasts {lasts.count} {lasts.unit}, and its {name} of {span.count} {span.unit} "
                "is longer than that"
            )
    remind, escalate = deadline.remind_after, deadline.escalate_after
    if remind is not None and escalate is not None and escalate.usual_days() < remind.usual_days():
        yield f"stage {stage.key!r} escalates before it reminds"
