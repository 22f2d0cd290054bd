"""What can be wrong with a pathway: each function breaks a sound definition and says which words its fault must hold.

The definitions are those of `tests.engine.pathways`: they begin in `s0`, which is an open stage, and `e0` is an ending.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from engine.pathway import Pathway

Definition = dict[str, Any]


def _stage(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "title": key, **more}


def _step(key: str, source: str, target: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "source": source, "target": target, "title": key, **more}


def _twin(definition: Definition, kind: str, named: str) -> str:
    definition[kind] = [*definition[kind], definition[kind][0]]
    return f"{named} {definition[kind][0]['key']!r} is defined 2 times"


def _unreachable(definition: Definition) -> str:
    definition["stages"].append(_stage("island"))
    definition["steps"].append(_step("leave_island", "island", "e0"))
    return "stage 'island' cannot be reached from"


def _unreachable_ending(definition: Definition) -> str:
    definition["stages"].append(_stage("nowhere", counts_as="employed"))
    return "stage 'nowhere' cannot be reached from"


def _dead_end(definition: Definition) -> str:
    definition["stages"].append(_stage("cellar"))
    definition["steps"].append(_step("into_cellar", "s0", "cellar"))
    return "stage 'cellar' has no way to an ending"


def _automatic_cycle(definition: Definition) -> str:
    definition["stages"] += [_stage("left"), _stage("right")]
    to_left, to_right = {"kind": "holds", "milestone": "contract"}, {"kind": "holds", "milestone": "meeting"}
    definition["steps"] += [
        _step("to_left", "s0", "left"),
        _step("over", "left", "right", automatic=True, when=[to_right]),
        _step("back", "right", "left", automatic=True, when=[to_left]),
        _step("out", "right", "e0"),
    ]
    return "automatic steps go in a circle"


def _second_automatic_cycle(definition: Definition) -> str:
    definition["stages"] += [_stage("up"), _stage("down")]
    holds = {"kind": "holds", "milestone": "contract"}
    definition["steps"] += [
        _step("to_up", "s0", "up"),
        _step("fall", "up", "down", automatic=True, when=[holds]),
        _step("rise", "down", "up", automatic=True, when=[holds]),
        _step("escape", "up", "e0"),
    ]
    return "-> up"


def _unknown_milestone(definition: Definition) -> str:
    definition["steps"].append(_step("asks", "s0", "e0", when=[{"kind": "holds", "milestone": "diploma"}]))
    return "step 'asks' asks for milestone 'diploma', which does not exist"


def _unknown_value(definition: Definition) -> str:
    wanted = {"kind": "holds", "milestone": "programme", "value": "nurse"}
    definition["steps"].append(_step("asks_value", "s0", "e0", when=[wanted]))
    return "step 'asks_value' asks for 'programme' = 'nurse', which is not among its values"


def _two_values_at_once(definition: Definition) -> str:
    both = [{"kind": "holds", "milestone": "programme", "value": value} for value in ("helper", "assistant")]
    definition["steps"].append(_step("asks_both", "s0", "e0", when=both))
    return "step 'asks_both' asks for 'programme' to be assistant and helper at once"


def _unknown_person(definition: Definition) -> str:
    definition["steps"].append(_step("tells", "s0", "e0", tell=["mayor"]))
    return "step 'tells' tells 'mayor'"


def _endless_lasted(definition: Definition) -> str:
    definition["stages"].append(_stage("endless"))
    definition["steps"] += [
        _step("into_endless", "s0", "endless"),
        _step("out_of_endless", "endless", "e0", when=[{"kind": "lasted"}]),
    ]
    return "step 'out_of_endless' waits for 'endless' to have lasted"


def _timed_stage(definition: Definition, key: str, lasts: int | None, **deadline: int) -> None:
    spans = {name: {"count": count, "unit": "days"} for name, count in deadline.items()}
    length = None if lasts is None else {"count": lasts, "unit": "days"}
    definition["stages"].append(_stage(key, lasts=length, deadline=spans))
    definition["steps"] += [_step(f"into_{key}", "s0", key), _step(f"out_of_{key}", key, "e0")]


def _endless_deadline(definition: Definition) -> str:
    _timed_stage(definition, "timeless", None, remind_before=3)
    return "stage 'timeless' has a deadline but is open-ended"


def _long_deadline(definition: Definition) -> str:
    _timed_stage(definition, "hasty", 5, remind_before=6)
    return "stage 'hasty' lasts 5 days, and its remind_before of 6 days is longer than that"


def _early_escalation(definition: Definition) -> str:
    _timed_stage(definition, "harsh", 30, remind_after=9, escalate_after=8)
    return "stage 'harsh' escalates before it reminds"


def _eclipsed_step(definition: Definition) -> str:
    definition["stages"].append(_stage("fork"))
    any_value = {"kind": "holds", "milestone": "programme"}
    definition["steps"] += [
        _step("into_fork", "s0", "fork"),
        _step("wide", "fork", "e0", automatic=True, when=[any_value, {"kind": "age_at_least", "years": 20}]),
        _step(
            "narrow",
            "fork",
            "e0",
            automatic=True,
            when=[{"kind": "age_at_least", "years": 25}, any_value | {"value": "helper"}],
        ),
    ]
    return "automatic step 'narrow' can never be taken"


def _wrong_dropout(definition: Definition) -> str:
    definition["stages"].append(_stage("dropped_out", counts_as="qualified"))
    return "stage 'dropped_out' can only be an ending that counts as 'dropped_out'"


def _no_reasons(definition: Definition) -> str:
    definition["pause_reasons"] = {}
    return "pause_reasons is empty"


def _two_units_of_a_name(definition: Definition) -> str:
    for key, title in (("first_half", "Kursus A"), ("second_half", "Kursus B")):
        definition["stages"].append(_stage(key, part_of={"key": "twofold", "title": title}))
        definition["steps"] += [_step(f"into_{key}", "s0", key), _step(f"out_of_{key}", key, "e0")]
    return "unit 'twofold' is described in 2 ways"


def _unit_named_as_a_stage(definition: Definition) -> str:
    definition["stages"].append(_stage("confused", part_of={"key": "s0", "title": "Kursus"}))
    definition["steps"] += [_step("into_confused", "s0", "confused"), _step("out_of_confused", "confused", "e0")]
    return "unit 's0' has the key of a stage"


def _wrong_steps(definition: Definition) -> str:
    definition["steps"].append(_step("from_nowhere", "atlantis", "e0"))
    return "step 'from_nowhere' leads from 'atlantis', which does not exist"


def _step_from_ending(definition: Definition) -> str:
    definition["steps"].append(_step("undead", "e0", "s0"))
    return "step 'undead' leads from 'e0', which is an ending"


def _step_to_nowhere(definition: Definition) -> str:
    definition["steps"].append(_step("lost", "s0", "atlantis"))
    return "step 'lost' leads to 'atlantis', which does not exist"


def _step_to_itself(definition: Definition) -> str:
    definition["steps"].append(_step("round_and_round", "s0", "s0"))
    return "step 'round_and_round' leads from 's0' to itself"


def _step_named_as_a_message(definition: Definition) -> str:
    definition["steps"].append(_step("paused", "s0", "e0"))
    return "step 'paused' has the key of a message that all pathways share"


def _false_start(definition: Definition) -> str:
    definition["starts_in"] = "e0"
    return "starts_in names 'e0', which is not an open stage"


BREAKAGES: tuple[Callable[[Definition], str], ...] = (
    lambda definition: _twin(definition, "stages", "stage"),
    lambda definition: _twin(definition, "steps", "step"),
    lambda definition: _twin(definition, "milestones", "milestone"),
    _unreachable,
    _unreachable_ending,
    _dead_end,
    _automatic_cycle,
    _second_automatic_cycle,
    _unknown_milestone,
    _unknown_value,
    _two_values_at_once,
    _unknown_person,
    _endless_lasted,
    _endless_deadline,
    _long_deadline,
    _early_escalation,
    _eclipsed_step,
    _wrong_dropout,
    _no_reasons,
    _two_units_of_a_name,
    _unit_named_as_a_stage,
    _wrong_steps,
    _step_from_ending,
    _step_to_nowhere,
    _step_to_itself,
    _step_named_as_a_message,
    _false_start,
)


def broken(pathway: Pathway, breakages: list[Callable[[Definition], str]]) -> tuple[Definition, list[str]]:
    """A definition with all these things wrong at once, and what its faults have to say."""
    definition = copy.deepcopy(pathway.definition())
    return definition, [breakage(definition) for breakage in breakages]
