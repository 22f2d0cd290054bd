"""What may be told to Prefect of an error: Prefect keeps every error's text, and a text can hold people's data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.fault import where
from engine.refusal import Refused


class Failed(Exception):
    """The work failed; says which kind of error it was, and where."""


@contextmanager
def shielded() -> Iterator[None]:
    """Tells of a `Refused` its sentences, which name nobody, and not its cause; of any other error a `Failed`."""
    try:
        yield
    except Refused as refused:
        raise Refused(*refused.reasons) from None
    except Exception as error:
        raise Failed(where(error)) from None
