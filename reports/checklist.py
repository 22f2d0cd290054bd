"""The milestones of a case as a checklist: which are reached, and what each of them opens."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine import actions
from engine.conditions import Holds
from engine.decide import decide
from engine.pathway import Milestone
from onboarding.store import Loaded


def checklist(loaded: Loaded, on: date) -> list[dict[str, Any]]:
    """Every milestone of the pathway in its order: `milestone`, `title`, `values`, `on` and `value` when it is reached,
    `unlocks` (titles of the steps that ask for it), `now` (whether a step out of the present stage does) and
    `moves_to`, the title of the stage to which recording it on the day `on` would move the candidate by itself.
    """
    pathway, case = loaded.pathway, loaded.case
    asking: dict[str, list[Any]] = {}
    for step in pathway.steps:
        for key in dict.fromkeys(c.milestone for c in step.when if isinstance(c, Holds)):
            asking.setdefault(key, []).append(step)
    items = []
    for milestone in pathway.milestones:
        now = any(step.source == case.place.stage for step in asking.get(milestone.key, []))
        fact, steps = case.milestones.get(milestone.key), asking.get(milestone.key, [])
        items.append(
            {
                "milestone": milestone.key,
                "title": milestone.title,
                "values": dict(milestone.values),
                "on": fact.on if fact else None,
                "value": milestone.values.get(fact.value or "", fact.value) if fact else None,
                "unlocks": list(dict.fromkeys(step.title for step in steps)),
                "now": now,
                "moves_to": _moves_to(loaded, milestone, on) if now and fact is None else None,
            }
        )
    return items


def _moves_to(loaded: Loaded, milestone: Milestone, on: date) -> str | None:
    """Where recording it leads at once; None when that depends on its value too."""
    pathway, case = loaded.pathway, loaded.case
    asked = [actions.Record(milestone.key, value) for value in milestone.values or (None,)]
    decided = [decide(pathway, case, record, on) for record in asked]
    reached = {decision.case.place.stage if decision.moves else None for decision in decided}
    stage = reached.pop() if len(reached) == 1 else None
    return pathway.stage_title(stage) if stage else None
