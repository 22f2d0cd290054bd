"""Standard output and standard error as they can be: closed, full, cut off, or with fewer letters than Danish has."""

from __future__ import annotations

import codecs
import errno
import os
from io import TextIOWrapper
from typing import Any, NoReturn, TextIO

from models.cpr import redact


class Unwritten(Exception):
    """The answer cannot be written. `unwanted`: whoever read it has closed the pipe, as `head -1` does."""

    def __init__(self, *, unwanted: bool) -> None:
        super().__init__()
        self.unwanted = unwanted


class _Stream:
    """A stream of the process; everything that this does not say itself is the stream's own."""

    buffer = None  # Typer would write to it, past this, where the encoding is one that it does not like

    def __init__(self, stream: TextIO | None) -> None:
        self._closed = stream is None  # before the program began
        self._stream = stream or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  as long as the process lives
        if isinstance(self._stream, TextIOWrapper):
            without_danish = codecs.lookup(self._stream.encoding).name == "ascii"
            encoding = "utf-8" if without_danish else self._stream.encoding  # which is what Typer writes then
            self._stream.reconfigure(encoding=encoding, errors="replace")

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError as error:
            self._lost(error)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self._lost(error)

    def _lost(self, _: OSError) -> None:
        # What is still held back would be tried again, and complained of, when the process ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Answers(_Stream):
    """Standard output. Whatever cannot be written raises `Unwritten`."""

    def write(self, text: str) -> int:
        if self._closed:
            raise Unwritten(unwanted=False)
        return super().write(text)

    def _lost(self, error: OSError) -> NoReturn:
        super()._lost(error)
        raise Unwritten(unwanted=error.errno == errno.EPIPE) from None


class Complaints(_Stream):
    """Standard error, where a wrong command is told with the words that were typed: no CPR number stands there.

    When it cannot be written, the exit code has to say it alone.
    """

    def write(self, text: str) -> int:
        return super().write(redact(text))
