"""The milestones of a case as a checklist: which are reached, and what each of them opens."""

from __future__ import annotations

from typing import Any

from engine.conditions import Holds
from onboarding.store import Loaded


def checklist(loaded: Loaded) -> list[dict[str, Any]]:
    """Every milestone of the pathway in its order: `milestone`, `title`, `values`, `on` and `value` when it is reached,
    `unlocks` (titles of the steps that ask for it) and `now` (whether a step out of the present stage does).
    """
    pathway, case = loaded.pathway, loaded.case
    asking: dict[str, list[Any]] = {}
    for step in pathway.steps:
        for key in dict.fromkeys(c.milestone for c in step.when if isinstance(c, Holds)):
            asking.setdefault(key, []).append(step)
    items = []
    for milestone in pathway.milestones:
        fact, steps = case.milestones.get(milestone.key), asking.get(milestone.key, [])
        items.append(
            {
                "milestone": milestone.key,
                "title": milestone.title,
                "values": dict(milestone.values),
                "on": fact.on if fact else None,
                "value": milestone.values.get(fact.value or "", fact.value) if fact else None,
                "unlocks": list(dict.fromkeys(step.title for step in steps)),
                "now": any(step.source == case.place.stage for step in steps),
            }
        )
    return items
