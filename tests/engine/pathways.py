"""Pathways made at random: sound ones, and ones that are broken in ways that we know.

A sound pathway is a row of stages with steps onward, so that every stage is reached and reaches an ending; steps
back are by hand. Branches, ages, values, open-ended stages, deadlines and units come on top.
"""

from __future__ import annotations

from hypothesis import strategies as st

from engine.audience import Audience
from engine.conditions import AgeAtLeast, Condition, Holds, Lasted
from engine.pathway import Deadline, Ending, Milestone, Outcome, Pathway, Stage, Step, Unit
from engine.spans import Span, days, months, weeks, working_days
from tests.engine.breakages import BREAKAGES, Definition, broken

MILESTONES = (
    Milestone("certificate", "Bevis", lasting=True),
    Milestone("contract", "Kontrakt"),
    Milestone("meeting", "Møde afholdt"),
    Milestone("programme", "Uddannelse", {"helper": "Hjælper", "assistant": "Assistent"}),
)
_DAYS_IN = {"days": 1, "weeks": 7, "months": 28, "working_days": 1}

lengths = st.one_of(
    st.integers(1, 60).map(days),
    st.integers(1, 20).map(weeks),
    st.integers(1, 14).map(months),
    st.integers(1, 40).map(working_days),
)


@st.composite
def deadlines(draw: st.DrawFn, lasts: Span) -> Deadline | None:
    """Spans that are shorter than the stage, whatever weekends and holidays lie in them."""
    room = lasts.count * _DAYS_IN[lasts.unit]
    few, many = room // 3 - 3, room - 1
    if few < 1 or draw(st.integers(0, 3)) == 0:
        return None
    short = st.one_of(st.integers(1, many).map(days), st.integers(1, few).map(working_days))
    remind = draw(st.none() | st.integers(1, few).map(working_days) | st.integers(1, few).map(days))
    escalate = draw(st.none() | st.integers(remind.count if remind else 1, few).map(working_days))
    if escalate is not None and draw(st.booleans()):
        # On most days later than as many working days; around Christmas and Easter it can come before the reminder.
        escalate = days(min(many, 2 * escalate.count + 3))
    before, on = draw(st.none() | short), draw(st.booleans())
    return Deadline(remind_before=before, remind_on=on, remind_after=remind, escalate_after=escalate)


@st.composite
def open_stages(draw: st.DrawFn, key: str) -> Stage:
    lasts = draw(st.none() | lengths)
    deadline = None if lasts is None else draw(deadlines(lasts))
    unit = draw(st.none() | st.just(Unit("course", "Kursus")))
    return Stage(
        key, f"Trin {key}", lasts=lasts, deadline=deadline, part_of=unit, payer=draw(st.none() | st.just("AB"))
    )


@st.composite
def conditions(draw: st.DrawFn, source: Stage) -> tuple[Condition, ...]:
    wanted: list[Condition] = [Lasted()] if source.lasts is not None and draw(st.booleans()) else []
    for milestone in draw(st.lists(st.sampled_from(MILESTONES), max_size=2, unique_by=lambda m: m.key)):
        value = draw(st.none() | st.sampled_from(list(milestone.values))) if milestone.values else None
        wanted.append(Holds(milestone.key, value))
    if draw(st.integers(0, 4)) == 0:
        wanted.append(AgeAtLeast(draw(st.integers(18, 30))))
    return tuple(wanted)


def _follows(wanted: Condition, given: Condition) -> bool:
    if isinstance(wanted, Holds) and isinstance(given, Holds):
        return wanted.milestone == given.milestone and wanted.value in (None, given.value)
    if isinstance(wanted, AgeAtLeast) and isinstance(given, AgeAtLeast):
        return wanted.years <= given.years
    return type(wanted) is type(given)


def _eclipsed(first: Step, later: Step) -> bool:
    same = first.source == later.source and first.automatic
    return same and all(any(_follows(wanted, given) for given in later.when) for wanted in first.when)


@st.composite
def sound_pathways(draw: st.DrawFn) -> Pathway:
    stages = [draw(open_stages(f"s{number}")) for number in range(draw(st.integers(1, 5)))]
    endings = [
        Ending(f"e{number}", f"Slut {number}", counts_as=draw(st.sampled_from(Outcome)))
        for number in range(draw(st.integers(1, 2)))
    ]
    keys = [stage.key for stage in stages]
    edges = [(draw(st.sampled_from(keys[:at])), key) for at, key in enumerate(keys) if at]
    edges += [(draw(st.sampled_from(keys)), ending.key) for ending in endings]
    for at, key in enumerate(keys):
        onward = keys[at + 1 :] + [ending.key for ending in endings]
        edges.append((key, draw(st.sampled_from(onward))))
    forward = draw(st.permutations(edges))
    back = draw(st.lists(st.tuples(st.sampled_from(keys), st.sampled_from(keys)), max_size=2))
    steps: list[Step] = []
    for source, target in [*forward, *((b, a) for a, b in back if keys.index(a) < keys.index(b))]:
        step = Step(
            f"step_{len(steps)}",
            source,
            target,
            f"Overgang {len(steps)}",
            when=draw(conditions(stages[keys.index(source)])),
            automatic=(source, target) in edges and draw(st.integers(0, 3)) > 0,
            tell=tuple(draw(st.sets(st.sampled_from(Audience)))),
        )
        if any(_eclipsed(earlier, step) for earlier in steps):
            step = Step(step.key, source, target, step.title, when=step.when)
        steps.append(step)
    return Pathway(
        key="random_track",
        version=draw(st.integers(1, 9)),
        title="Et tilfældigt forløb",
        reference_prefix="RT",
        source="tests/engine/pathways.py",
        starts_in="s0",
        milestones=MILESTONES,
        stages=(*stages, *endings),
        steps=tuple(steps),
    )


@st.composite
def broken_definitions(draw: st.DrawFn) -> tuple[Definition, list[str]]:
    return broken(draw(sound_pathways()), draw(st.lists(st.sampled_from(BREAKAGES), min_size=1, unique=True)))
