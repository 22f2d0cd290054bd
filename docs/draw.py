"""`make diagrams`: what the documentation says about the pathways, written anew from the pathways themselves.

A page for each pathway (`docs/pathways/`), the list of decisions (`docs/decisions/README.md`) and the marked blocks of
the README. Nobody keeps them by hand: a test fails while one of them is not current.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from engine.conditions import AgeAtLeast, Condition, Holds
from engine.diagram import diagram
from engine.pathway import DROPOUT_REASONS, PAUSE_REASONS, Deadline, Ending, Milestone, Pathway, Stage
from engine.spans import Span
from flows.tracks import TRACKS

ROOT = Path(__file__).resolve().parent.parent
PAGES, DECISIONS = Path("docs/pathways"), Path("docs/decisions")

_MADE = "<!-- Written by `make diagrams` from {source}. Change that, not this page. -->\n"


def current(root: Path) -> dict[Path, str]:
    """How every written file should read, by its path below `root`. Raises ValueError when the README lost a block."""
    pathways = [track.pathway for track in TRACKS]
    pages = {PAGES / f"{pathway.key}.md": page(pathway) for pathway in pathways}
    blocks = {"tracks": tracks(pathways), "assumptions": assumptions(pathways)}
    readme = (root / "README.md").read_text(encoding="utf-8")
    return pages | {
        DECISIONS / "README.md": decisions(root / DECISIONS),
        Path("README.md"): with_blocks(readme, blocks),
    }


def stale(root: Path) -> list[Path]:
    """The files that are not as they should be: missing, out of date, or about a pathway that is gone."""
    wanted = current(root)
    found = {path: _read(root / path) for path in wanted}
    gone = {path.relative_to(root) for path in (root / PAGES).glob("*.md")} - wanted.keys()
    return sorted(gone | {path for path, text in wanted.items() if text != found[path]})


def draw(root: Path) -> list[Path]:
    """Puts every stale file right; gives their paths."""
    wanted, changed = current(root), stale(root)
    for path in changed:
        if path in wanted:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(wanted[path], encoding="utf-8")
        else:
            (root / path).unlink()
    return changed


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def page(pathway: Pathway) -> str:
    """One pathway, whole: stages, steps, milestones, endings, and its diagram."""
    where = f"flows/{pathway.key}/pathway.py"
    return "\n".join(
        (
            _MADE.format(source=f"`{where}`"),
            f"# {pathway.title}\n",
            f"`{pathway.key}`, version {pathway.version}, references `{pathway.reference_prefix}-0001` and on.",
            f"Source: {pathway.source}. Defined in [`{where}`](../../{where}).\n",
            _mermaid(pathway),
            "## Stages\n",
            "A star marks a value that we assume; [what else is our reading](../../README.md#what-we-assume).\n",
            _table(("stage", "title", "lasts", "payer", "part of", "alongside", "phase"), _stages(pathway)),
            "## Steps\n",
            _table(("step", "title", "from", "to", "taken", "when", "also told"), _steps(pathway)),
            "The coordinator is told of every transition, the managers of the area of every ending.",
            "From every open stage one can also drop out, be paused, or be transferred to another pathway.\n",
            "## Milestones\n",
            _table(("milestone", "title", "values", "belongs to"), _milestones(pathway)),
            "## Endings\n",
            _table(("ending", "title", "counts as"), ((_code(e.key), e.title, e.counts_as) for e in _endings(pathway))),
        )
    )


def tracks(pathways: Iterable[Pathway]) -> str:
    """For the README: each pathway's diagram under its title."""
    return "\n".join(
        f"### {p.title}\n\nSource: {p.source}. Everything it says: [{p.key}]({PAGES}/{p.key}.md).\n\n{_mermaid(p)}"
        for p in pathways
    )


def assumptions(pathways: Iterable[Pathway]) -> str:
    """For the README: what the pathways say and their sources do not, in so far as it can be told from the data."""
    pathways = list(pathways)
    rows = (
        (_code(pathway.key), f"{stage.title} (`{stage.key}`)", _assumed(stage))
        for pathway in pathways
        for stage in pathway.open_stages.values()
        if stage.assumed
    )
    lines = [_table(("track", "stage", "assumed"), rows), *_deadlines(pathways), *_following(pathways)]
    lines += [_reasons("dropping out", DROPOUT_REASONS), _reasons("a pause", PAUSE_REASONS)]
    return "\n".join(lines) + "\n"


def _assumed(stage: Stage) -> str:
    return ", ".join(f"`{field}` {_value(stage, field)}" for field in stage.assumed)


def _deadlines(pathways: Iterable[Pathway]) -> Iterator[str]:
    """One line for each deadline that there is, with the stages that have it."""
    found: dict[Deadline, list[str]] = {}
    for pathway in pathways:
        for stage in pathway.open_stages.values():
            if stage.deadline is not None:
                found.setdefault(stage.deadline, []).append(_code(stage.key))
    for deadline, stages in found.items():
        yield f"- `deadline`, {_deadline(deadline)} the day on which the stage should be left: {', '.join(stages)}."


def _following(pathways: Iterable[Pathway]) -> Iterator[str]:
    milestones = [milestone for pathway in pathways for milestone in pathway.milestones]
    lasting = dict.fromkeys(_code(milestone.key) for milestone in milestones if milestone.lasting)
    staying = dict.fromkeys(_code(milestone.key) for milestone in milestones if milestone.stays_behind)
    yield f"- `lasting`, milestones that follow the person into a new attempt: {', '.join(lasting)}."
    yield f"- `stays_behind`, milestones that a transfer does not carry along: {', '.join(staying)}."


def _reasons(what: str, reasons: Mapping[str, str]) -> str:
    return f"- Reasons for {what} (`engine/pathway.py`): {', '.join(reasons.values())}."


def decisions(folder: Path) -> str:
    """The list of decisions: each page's title and the one line to quote."""
    pages = sorted(path for path in folder.glob("[0-9]*.md"))
    rows = ((f"[{_title(path)}]({path.name})", _decision(path)) for path in pages)
    listed = _table(("choice", "decision"), rows)
    numbers = "A number belongs to one page for good: those that are missing have none, and are not given again.\n"
    others = "Why each library is there: [dependencies](dependencies.md).\n"
    return "\n".join((_MADE.format(source="the pages beside it"), "# Decisions\n", listed, numbers, others))


def _title(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")


def _decision(path: Path) -> str:
    """The quoted line of a page. Raises ValueError when it has none, or several."""
    quoted = re.findall(r"^> (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    if len(quoted) != 1:
        raise ValueError(f"{path.name} needs its decision as one line that begins with »> «")
    return str(quoted[0])


def with_blocks(text: str, blocks: dict[str, str]) -> str:
    """The text with what stands between each pair of marks replaced. Raises ValueError when a pair is missing."""
    for name, content in blocks.items():
        begin, end = f"<!-- begin {name}: written by `make diagrams` -->\n", f"<!-- end {name} -->\n"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"the README has lost the marks of its block {name!r}")
        text = f"{before}{begin}\n{content}\n{end}{after}"
    return text


def _stages(pathway: Pathway) -> Iterator[tuple[str, ...]]:
    fields = ("lasts", "payer", "part_of", "alongside", "phase")
    for stage in pathway.open_stages.values():
        values = (_value(stage, field) + ("*" if field in stage.assumed else "") for field in fields)
        yield (_code(stage.key), stage.title, *values)


def _value(stage: Stage, field: str) -> str:
    value = getattr(stage, field)
    if field == "lasts":
        return _span(value) if value else "open-ended"
    return "" if value is None else str(value.title if field == "part_of" else value)


def _steps(pathway: Pathway) -> Iterator[tuple[str, ...]]:
    for step in pathway.steps:
        when = "; ".join(_condition(condition) for condition in step.when)
        told = ", ".join(audience.replace("_", " ") for audience in step.tell)
        taken = "automatically" if step.automatic else "by hand"
        yield (_code(step.key), step.title, _code(step.source), _code(step.target), taken, when, told)


def _condition(condition: Condition) -> str:
    if isinstance(condition, Holds):
        return _code(condition.milestone) + (f" is {_code(condition.value)}" if condition.value else "")
    if isinstance(condition, AgeAtLeast):
        return f"{condition.years} years or older"
    return "the stage has lasted its time"


def _milestones(pathway: Pathway) -> Iterator[tuple[str, ...]]:
    for milestone in pathway.milestones:
        values = ", ".join(f"{_code(key)} ({title})" for key, title in milestone.values.items())
        yield (_code(milestone.key), milestone.title, values, _belongs_to(milestone))


def _belongs_to(milestone: Milestone) -> str:
    if milestone.lasting:
        return "the person"
    return "one place" if milestone.stays_behind else "this attempt"


def _endings(pathway: Pathway) -> Iterable[Ending]:
    return pathway.endings.values()


def _mermaid(pathway: Pathway) -> str:
    return f"```mermaid\n{diagram(pathway)}```\n"


def _deadline(deadline: Deadline) -> str:
    said = (
        (deadline.remind_before, "a reminder {} before"),
        (deadline.remind_after, "a reminder {} after"),
        (deadline.escalate_after, "the manager told {} after"),
    )
    before, *after = ([words.format(_span(span))] if span is not None else [] for span, words in said)
    return ", ".join([*before, *(["a reminder on"] if deadline.remind_on else []), *chain.from_iterable(after)])


def _span(span: Span) -> str:
    unit = span.unit.value.replace("_", " ")
    return f"{span.count} {unit.removesuffix('s') if span.count == 1 else unit}"


def _code(key: str) -> str:
    return f"`{key}`"


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '∣') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    for written in draw(ROOT):
        sys.stdout.write(f"{written}\n")
