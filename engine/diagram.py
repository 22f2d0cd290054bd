"""A pathway as a Mermaid state diagram, drawn from the same data that decides."""

from __future__ import annotations

from collections.abc import Iterator

from engine.pathway import Pathway, Stage, Step
from engine.plan import units


def diagram(pathway: Pathway) -> str:
    """Mermaid source, ending in a newline. A step by hand is marked »i hånden«."""
    lines = ["stateDiagram-v2", *_stages(pathway), f"    [*] --> {pathway.starts_in}"]
    lines += [f"    {step.source} --> {step.target} : {_label(pathway, step)}" for step in pathway.steps]
    lines += [f"    {key} --> [*]" for key in pathway.endings if any(s.target == key for s in pathway.steps)]
    return "\n".join(lines) + "\n"


def _stages(pathway: Pathway) -> Iterator[str]:
    for title, stages in units(pathway):
        if title is None:
            yield from (f"    {_named(stage)}" for stage in stages)
            continue
        unit = stages[0].part_of
        yield f'    state "{_quoted(title)}" as {unit.key if unit else ""} {{'
        yield from (f"        {_named(stage)}" for stage in stages)
        yield "    }"
    for key, ending in pathway.endings.items():
        if any(step.target == key for step in pathway.steps):
            yield f'    state "{_quoted(ending.title)}" as {key}'


def _named(stage: Stage) -> str:
    details = [stage.title]
    if stage.lasts is not None:
        details.append(stage.lasts.in_words())
    if stage.payer is not None:
        details.append(stage.payer)
    if stage.alongside is not None:
        details.append(f"sideløbende: {stage.alongside}")
    return f'state "{_quoted("<br/>".join(details))}" as {stage.key}'


def _quoted(text: str) -> str:
    return text.replace('"', "”")  # a straight one would end the description


def _label(pathway: Pathway, step: Step) -> str:
    words = [condition.in_words(pathway.milestones_by_key) for condition in step.when]
    by_hand = [] if step.automatic else ["i hånden"]
    # A colon or a semicolon would end the label.
    text = ", ".join([*words, *by_hand]).replace(":", " =").replace(";", ",")
    return text or "automatisk"
