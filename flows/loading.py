"""The tracks; or, where a pathway cannot work, every fault in a sentence for whoever changed it."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from engine.refusal import Refused

if TYPE_CHECKING:
    from flows.tracks import Track

_HERE = Path(__file__).parent
_REMEDY = "Ret det, eller læg den forrige udgave af filen tilbage. Intet er gemt."


def tracks() -> tuple[Track, ...]:
    """Raises `Refused` with every fault of every pathway that cannot be built, and the remedy.

    A pathway is checked where it stands, when its file is first imported; so that is what happens here, and not before.
    """
    try:
        from flows.tracks import TRACKS
    except Exception as error:  # a file that somebody is working on can be wrong in any way
        faults = [fault for file in sorted(_HERE.glob("*/pathway.py")) for fault in _faults_in(file)]
        raise Refused(*(faults or _told(_HERE / "tracks.py", error)), _REMEDY) from None
    return TRACKS


def _faults_in(file: Path) -> Iterator[str]:
    try:
        import_module(f"flows.{file.parent.name}.pathway")
    except Exception as error:
        yield from _told(file, error)


def _told(file: Path, error: Exception) -> Iterator[str]:
    # Here, so that a command which only looks something up need not load them for the day on which something is wrong.
    from pydantic import ValidationError

    from engine.pathway import BrokenPathway

    place = str(file.relative_to(_HERE.parent))
    if isinstance(error, BrokenPathway):
        yield from (f"{place}: {fault}" for fault in error.faults)
        return
    place += _line(file, error)
    if isinstance(error, ValidationError):
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            where = ".".join(map(str, (error.title, *fault["loc"])))
            yield f"{place}: {where}: {fault['msg']}"
    else:
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        yield f"{place}: {type(error).__name__}: {said}"


def _line(file: Path, error: Exception) -> str:
    """The line of the file that it was about, as far as Python knows."""
    if isinstance(error, SyntaxError):
        return f", linje {error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == file]
    return f", linje {lines[-1]}" if lines else ""
