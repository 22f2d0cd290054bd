"""What the servers and the flows write down of what they do: one line each on standard error, and nobody in it.

Our own lines are an event with fields: what it was about (a reference, a key), how many, how long. Only fields with a
known name pass, and of those only values that can be no person's; everything else becomes a dash. Of what a library
wants to say, its text passes only where it is a fixed one, with numbers filled in; of an error, its kind and its place.

`SOSU_DEBUG=1` lets texts of libraries pass, and the texts of errors. A CPR number never passes.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from models.cpr import looks_like_cpr, redact

HIDDEN = "–"
_NAME = "sosu"

#: What a line may be about, how many of it there were and how long it took. Nothing that can hold anybody's name.
FIELDS = frozenset(
    {
        # about
        "channel", "error", "function", "line", "pathway", "part", "path", "port", "reference", "revision", "stage",
        "status", "version", "why",
        # how many
        "children", "dead", "due", "exit_code", "failed", "gathered", "incidents", "left", "messages", "moved",
        "received", "reminders", "sent", "skipped",
        # how long
        "seconds",
    }
)  # fmt: skip
_PLAIN = re.compile(r"[A-Za-z0-9_.:,'/<>#{} -]{1,120}")
_PLACEHOLDER = re.compile(r"%(?:\([A-Za-z_]+\))?[-+ #0-9.*]*([a-zA-Z%])")
_FRAMES = 12  # the innermost: where it happened


def event(name: str, /, *, level: int = logging.INFO, **fields: object) -> None:
    """Writes down that something happened. `name` is English and says what, `fields` are those of `FIELDS`."""
    _ours().log(level, name, extra={"sosu_fields": fields})


def error(name: str, cause: BaseException, /, **fields: object) -> None:
    """Writes down that something went wrong, and where."""
    _ours().error(name, exc_info=cause, extra={"sosu_fields": fields})


def _ours() -> logging.Logger:
    """Our own logger speaks by itself, whatever else was set up in this process: Prefect sets up its own."""
    ours = logging.getLogger(_NAME)
    if not ours.handlers:
        ours.addHandler(Lines())
        ours.setLevel(logging.INFO)
        ours.propagate = False
    return ours


class Lines(logging.Handler):
    """The last one through whom everything goes: to standard error, as JSON unless somebody sits there and reads."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            said = _said(record)
            line = _for_a_person(said) if sys.stderr.isatty() else json.dumps(said, ensure_ascii=False)
            sys.stderr.write(f"{redact(line)}\n")
            sys.stderr.flush()
        except Exception:  # nobody is served by a server that ends because it could not say something
            sys.stderr.write('{"event": "could_not_be_said"}\n')


class LinesOfPrefect(Lines):
    """The same where Prefect sets up what is written down: `logging.yml` can name a handler, and nothing that would
    have Python's warnings go through it too.
    """

    def __init__(self, level: int = logging.NOTSET) -> None:
        super().__init__(level)
        logging.captureWarnings(True)


def set_up(level: int = logging.WARNING) -> None:
    """Has everything in this process that is written down go through `Lines`: ours, the libraries' from `level`, and
    errors that nobody caught.
    """
    root = logging.getLogger()
    root.handlers[:] = [Lines()]
    root.setLevel(level)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda given: _uncaught(given.exc_type, given.exc_value, given.exc_traceback)


def _uncaught(kind: type[BaseException], value: BaseException | None, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _ours().critical("ended_by_an_error", exc_info=(kind, value or kind(), trace))


def _said(record: logging.LogRecord) -> dict[str, object]:
    """What may be said of a record, by key."""
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    said: dict[str, object] = {"at": at, "level": record.levelname.lower()}
    if record.name == _NAME:
        said["event"] = record.msg if _PLAIN.fullmatch(str(record.msg)) else HIDDEN
        given: Mapping[str, object] = getattr(record, "sosu_fields", {})
        said |= {key: _value(value) if key in FIELDS else HIDDEN for key, value in given.items()}
    else:
        place = f"{record.module}:{record.lineno}"
        said |= {"event": "library", "logger": _value(record.name), "where": _value(place), "text": _text(record)}
    if record.exc_info and record.exc_info[1] is not None:
        said |= _of_an_error(record.exc_info[1])
    return said


def _value(value: object) -> object:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**8 else HIDDEN  # with its zero gone, a CPR number has nine digits
    text = str(value)
    return text if _PLAIN.fullmatch(text) and not looks_like_cpr(text) else HIDDEN


def _text(record: logging.LogRecord) -> str:
    """A text without anything to fill in may have been filled in already, with whatever it was."""
    if os.environ.get("SOSU_DEBUG"):
        return record.getMessage()
    if not record.args or not isinstance(record.msg, str):
        return HIDDEN
    values = iter(record.args if isinstance(record.args, tuple) else ())

    def filled(place: re.Match[str]) -> str:
        if place[1] == "%":
            return "%"
        value = next(values, None)
        return str(_value(value)) if isinstance(value, int | float) else HIDDEN

    return _PLACEHOLDER.sub(filled, record.msg)


def _of_an_error(given: BaseException) -> dict[str, object]:
    kinds, frames = [], list[str]()
    for error in _chain(given):
        kinds.append(type(error).__name__)
        for frame in traceback.extract_tb(error.__traceback__)[-_FRAMES:]:
            frames.append(f"{os.path.basename(frame.filename)}:{frame.lineno} {frame.name}")
    said: dict[str, object] = {"error": " < ".join(map(str, map(_value, kinds))), "frames": frames[-_FRAMES:]}
    if os.environ.get("SOSU_DEBUG"):
        said["debug"] = "".join(traceback.format_exception(given))
    return said


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came of, innermost first."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    yield from reversed(chain)


def _for_a_person(said: dict[str, Any]) -> str:
    at, level, name = said.pop("at"), said.pop("level"), said.pop("event")
    fields = " ".join(f"{key}={', '.join(v) if isinstance(v, list) else v}" for key, v in said.items())
    return f"{at[11:19]} {level:<8}{name} {fields}".rstrip()
