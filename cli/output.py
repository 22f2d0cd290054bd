"""What a command prints: one JSON document for a program, tables and colours for a person at a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

import typer

from cli.streams import Unwritten

#: Told how far the work is: how much was done since last time.
Step = Callable[[int], None]

_T = TypeVar("_T")
_WIDE = 10_000  # characters: more than any table


class Unconfirmed(Unwritten):
    """What was asked for is done; only the answer to it cannot be written."""


def answer(data: _T, in_json: bool, in_words: Callable[[_T], None]) -> None:
    """What somebody wanted to see: a document for a program, words for a person."""
    if in_json:
        as_json(data)
    else:
        in_words(data)


def confirm(data: _T, in_json: bool, in_words: Callable[[_T], None]) -> None:
    """What was done: the same. Raises `Unconfirmed` when it cannot be written, so that nobody does it again."""
    try:
        answer(data, in_json, in_words)
    except Unwritten as lost:
        raise Unconfirmed(unwanted=lost.unwanted) from None


def as_json(data: Any) -> None:
    speaks_danish = sys.stdout.encoding.lower() in ("utf-8", "utf8")
    typer.echo(json.dumps(data, ensure_ascii=not speaks_danish, indent=2, default=str))


def say(text: str = "") -> None:
    typer.echo(text)


def warn(text: str) -> None:
    typer.echo(text, err=True)


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table; numbers to the right. Where the terminal is too narrow: a line for each cell. Without a terminal: the
    same cells, parted by tabs.
    """
    rows = [["" if cell is None else cell for cell in row] for row in rows]
    if not sys.stdout.isatty():
        say(title)
        for row in (headings, *rows):
            say("\t".join(map(str, row)))
        return
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=title, title_justify="left", header_style="bold")
    for position, heading in enumerate(headings):
        numeric = bool(rows) and all(isinstance(row[position], int) for row in rows)
        drawn.add_column(heading, justify="right" if numeric else "left")
    for row in rows:
        drawn.add_row(*(Text(str(cell)) for cell in row))
    console = Console()
    if Measurement.get(console, console.options.update(max_width=_WIDE), drawn).minimum <= console.width:
        console.print(drawn)
    else:
        _stacked(title, headings, rows)


def _stacked(title: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    say(title)
    for row in rows:
        for heading, cell in zip(headings, row, strict=True):
            say(f"  {heading}: {cell}" if heading else f"  {cell}")
        say()


@contextmanager
def progress(description: str, total: int | None, *, quiet: bool) -> Iterator[Step]:
    """A progress bar on standard error, where a person can see it; elsewhere nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(description, total=total)
        yield lambda done: bar.advance(task, done)


def within(report: Mapping[str, Any]) -> str:
    """The period of a report, behind its title: » fra 01-09-2026 til 30-09-2026«; nothing for all of the time."""
    ends = (("fra", report["from"]), ("til", report["to"]))
    return "".join(f" {word} {danish(day)}" for word, day in ends if day)


def danish(day: str | date | None) -> str:
    """An ISO day as a Dane reads it: 01-09-2026."""
    if day is None:
        return "–"
    return (date.fromisoformat(day) if isinstance(day, str) else day).strftime("%d-%m-%Y")
