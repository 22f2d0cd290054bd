"""What may be said of an error that nobody foresaw. Its text is never told: that may hold people's data."""

from __future__ import annotations

import traceback


def where(error: BaseException, words: str = "{kind} in {function}, line {line}") -> str:
    """What kind of error it was and in which line it was raised, in these words. The error has been raised."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return words.format(kind=type(error).__name__, function=frame.name, line=frame.lineno)
