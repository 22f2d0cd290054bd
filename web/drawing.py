"""A pathway as a drawing: where each box, frame and arrow stands. `_diagram.html` makes an SVG of it.

The stages stand below one another in the pathway's order, the endings beside the stage that first leads to them. A
step to the next stage is a straight arrow with its title; one that passes over stages goes round them on the left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap

from engine.pathway import Pathway, Stage, Step
from engine.plan import units

# In the units of the drawing, which are CSS pixels where it has its full size.
_WIDTH, _END_WIDTH, _BETWEEN = 360, 200, 90
_LINE, _PADDING, _GAP, _LANE = 20, 14, 52, 16
_UNIT_HEAD, _UNIT_MARGIN = 34, 12
_TITLE_LETTERS, _TEXT_LETTERS, _END_LETTERS = 42, 50, 22


@dataclass(frozen=True, slots=True)
class Text:
    x: int
    y: int
    words: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    width: int
    height: int
    lines: tuple[Text, ...] = ()
    ending: bool = False

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Arrow:
    """`path` is what SVG calls d."""

    path: str
    automatic: bool
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """`description` says in words what is drawn."""

    width: int
    height: int
    description: str
    boxes: tuple[Box, ...]
    frames: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def draw(pathway: Pathway, counts: Mapping[str, str]) -> Drawing:
    """`counts` is what is written in the box of a stage about who is in it; a stage without one gets no such line."""
    order = list(pathway.open_stages)
    around = [step for step in pathway.steps if step.target in order and not _is_next(order, step)]
    left = _PADDING + _LANE * len(around) + _UNIT_MARGIN
    stages, frames = _stages(pathway, counts, left)
    endings = _endings(pathway, stages)
    boxes = (*stages.values(), *endings.values())
    arrows = (
        *_straight(pathway, order, stages),
        *_round(around, stages),
        *_to_endings(pathway, stages, endings),
    )
    return Drawing(
        width=left + _WIDTH + _BETWEEN + _END_WIDTH + _PADDING,
        height=max(box.bottom for box in (*boxes, *frames)) + _PADDING,
        description=_in_words(pathway),
        boxes=boxes,
        frames=tuple(frames),
        arrows=arrows,
    )


def _is_next(order: list[str], step: Step) -> bool:
    return order.index(step.target) == order.index(step.source) + 1


def _stages(pathway: Pathway, counts: Mapping[str, str], left: int) -> tuple[dict[str, Box], list[Box]]:
    boxes: dict[str, Box] = {}
    frames: list[Box] = []
    y = _PADDING
    for title, stages in units(pathway):
        top = y
        y += _UNIT_HEAD if title else 0
        for stage in stages:
            boxes[stage.key] = _box(left, y, _WIDTH, [*_said(stage, counts.get(stage.key))])
            y = boxes[stage.key].bottom + _GAP
        if title:
            y += _UNIT_MARGIN
            heading = Text(left + _WIDTH // 8 + _LANE, top + 22, title, strong=True)  # beside the arrow
            frames.append(
                Box(left - _UNIT_MARGIN, top, _WIDTH + 2 * _UNIT_MARGIN, y - _GAP - top, (heading,)),
            )
    return boxes, frames


def _said(stage: Stage, count: str | None) -> Iterator[tuple[str, bool]]:
    """The lines of a stage's box, and whether each is strong."""
    yield from ((line, True) for line in wrap(stage.title, _TITLE_LETTERS))
    lasts = stage.lasts.in_words() if stage.lasts else "uden sluttid"
    facts = [lasts, *([stage.payer] if stage.payer else [])]
    beside = [f"sideløbende: {stage.alongside}"] if stage.alongside else []
    for text in (" · ".join(facts), *beside, *([count] if count else [])):
        yield from ((line, False) for line in wrap(text, _TEXT_LETTERS))


def _box(x: int, y: int, width: int, lines: list[tuple[str, bool]], *, ending: bool = False) -> Box:
    texts = tuple(
        Text(x + _PADDING, y + _PADDING + _LINE * number + 12, words, strong)
        for number, (words, strong) in enumerate(lines)
    )
    return Box(x, y, width, 2 * _PADDING + _LINE * len(lines) - 4, texts, ending)


def _endings(pathway: Pathway, stages: Mapping[str, Box]) -> dict[str, Box]:
    """Each ending that a step leads to, beside the first such stage or below the ending before it."""
    found: dict[str, Box] = {}
    below = 0
    for step in sorted(pathway.steps, key=lambda step: stages[step.source].y):
        if step.target not in pathway.endings or step.target in found:
            continue
        source = stages[step.source]
        lines = [(line, True) for line in wrap(pathway.endings[step.target].title, _END_LETTERS)]
        box = _box(source.right + _BETWEEN, max(source.y, below), _END_WIDTH, lines, ending=True)
        found[step.target], below = box, box.bottom + _LANE
    return found


def _straight(pathway: Pathway, order: list[str], boxes: Mapping[str, Box]) -> Iterator[Arrow]:
    for step in pathway.steps:
        if step.target not in order or not _is_next(order, step):
            continue
        source, target = boxes[step.source], boxes[step.target]
        x = source.x + _WIDTH // 8
        words = step.title if step.automatic else f"{step.title} (i hånden)"
        label = Text(x + _LANE, source.bottom + _GAP // 2 + 2, words)
        yield Arrow(f"M{x} {source.bottom}V{target.y - 2}", step.automatic, label)


def _round(steps: list[Step], boxes: Mapping[str, Box]) -> Iterator[Arrow]:
    for number, step in enumerate(steps):
        source, target = boxes[step.source], boxes[step.target]
        lane = _PADDING + _LANE * number
        yield Arrow(f"M{source.x} {source.middle}H{lane}V{target.middle}H{target.x - 2}", step.automatic)


def _to_endings(pathway: Pathway, boxes: Mapping[str, Box], endings: Mapping[str, Box]) -> Iterator[Arrow]:
    lanes = list(endings)
    for step in pathway.steps:
        if step.target not in endings:
            continue
        source, target = boxes[step.source], endings[step.target]
        lane = source.right + 2 * _LANE + _LANE // 2 * lanes.index(step.target)
        yield Arrow(f"M{source.right} {source.middle}H{lane}V{target.middle}H{target.x - 2}", step.automatic)


def _in_words(pathway: Pathway) -> str:
    said = [
        f"Fra {pathway.stage_title(step.source)} til {pathway.stage_title(step.target)}"
        f" ({'automatisk' if step.automatic else 'i hånden'})."
        for step in pathway.steps
    ]
    return " ".join(said)
