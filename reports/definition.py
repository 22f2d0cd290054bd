"""What a pathway says, for a program and as a page shows it: stages, steps in words, milestones and endings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import chain
from typing import Any

from engine.history import Transition, Verb
from engine.pathway import Deadline, Outcome, Pathway, Stage, Step
from notifications.queue import told_of

#: What an ending means for the figures.
COUNTS_AS: Mapping[Outcome, str] = {
    Outcome.QUALIFIED: "tæller som gennemført, uddannet",
    Outcome.EMPLOYED: "tæller som gennemført, ansat",
    Outcome.IN_EDUCATION: "tæller som gennemført, videre i uddannelse",
    Outcome.DROPPED_OUT: "tæller som frafald",
    Outcome.NOT_ADMITTED: "tæller som ikke optaget",
    Outcome.TRANSFERRED: "tæller som overgået til andet forløb",
    Outcome.MISTAKEN: "tælles ikke med",
}


def published(pathway: Pathway) -> dict[str, Any]:
    """What a program reads: the definition as it is stored, `pathway` (its key), and every ending, written or not."""
    endings = [{"stage": e.key, "title": e.title, "counts_as": str(e.counts_as)} for e in pathway.endings.values()]
    return {"pathway": pathway.key, **pathway.definition(), "endings": endings}


def definition(pathway: Pathway) -> dict[str, Any]:
    """`stages`, `steps`, `milestones` and `endings`, in the pathway's order and in Danish words.

    In a stage `assumed` are the names of the fields whose value is our assumption. In a step `told` are audiences.
    """
    return {
        "stages": [_stage(stage) for stage in pathway.open_stages.values()],
        "steps": [_step(pathway, step) for step in pathway.steps],
        "milestones": [
            {"title": milestone.title, "values": list(milestone.values.values()), "lasting": milestone.lasting}
            for milestone in pathway.milestones
        ],
        "endings": [
            {"title": ending.title, "counts_as": COUNTS_AS[ending.counts_as]} for ending in pathway.endings.values()
        ],
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "key": stage.key,
        "title": stage.title,
        "unit": stage.part_of.title if stage.part_of else None,
        "phase": stage.phase,
        "lasts": stage.lasts.in_words() if stage.lasts else None,
        "payer": stage.payer,
        "alongside": stage.alongside,
        "deadlines": _deadlines(stage.deadline) if stage.deadline else [],
        "assumed": stage.assumed,
    }


def _deadlines(deadline: Deadline) -> list[str]:
    spans = (
        (deadline.remind_before, "rykker {} før"),
        (deadline.remind_after, "rykker {} efter"),
        (deadline.escalate_after, "eskalering {} efter"),
    )
    before, *after = ([words.format(span.in_words())] if span is not None else [] for span, words in spans)
    return [*before, *(["rykker på dagen"] if deadline.remind_on else []), *chain.from_iterable(after)]


def _step(pathway: Pathway, step: Step) -> dict[str, Any]:
    taken = Transition(
        seq=1,
        action=Verb.ADVANCE if step.automatic else Verb.MOVE,
        source=step.source,
        target=step.target,
        on=date.min,
        step=step.key,
        ends=step.target in pathway.endings,
    )
    return {
        "title": step.title,
        "from": pathway.stage_title(step.source),
        "to": pathway.stage_title(step.target),
        "conditions": [condition.in_words(pathway.milestones_by_key) for condition in step.when],
        "automatic": step.automatic,
        "told": told_of(pathway, taken),
    }
