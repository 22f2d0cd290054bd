"""Jinja2 as templates run in it that are no code of ours: nothing of the program, and no more than a message needs.

A slip (`{{ "x" * 99999999 }}`) would keep the check busy for minutes, and with it each delivery, which checks first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import Any

from jinja2 import TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

#: Letters of one part of a message: several times the fullest digest.
LONGEST = 1_000_000
#: What a template may count with: more is no number of days, cases or letters.
BIGGEST = 10_000
_HIGHEST_POWER = 9


class TooMuch(Exception):
    """More than a message can hold."""


class _SmallNumbers(Extension):
    """Refuses a number while the template is read: jinja2 works out »"x" | center(99999999)« when it compiles."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            if token.type == "integer" and int(token.value) > BIGGEST:
                what = f"her står et tal over {BIGGEST}"
                raise TemplateSyntaxError(what, token.lineno, stream.name, stream.filename)
            yield token


class Sandbox(ImmutableSandboxedEnvironment):
    """Raises `TooMuch` where a template multiplies beyond all measure."""

    intercepted_binops = frozenset(("*", "**"))

    def __init__(self, **options: Any) -> None:
        super().__init__(extensions=[_SmallNumbers], **options)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if _is_too_much(operator, left, right):
            raise TooMuch
        return super().call_binop(context, operator, left, right)


def _is_too_much(operator: str, left: Any, right: Any) -> bool:
    size, times = (len(one) if isinstance(one, Sized) else abs(one) for one in (left, right))
    return bool(size > BIGGEST or times > _HIGHEST_POWER) if operator == "**" else bool(size * times > LONGEST)


def up_to_the_longest(pieces: Any) -> Iterator[str]:
    """What a template writes, piece by piece. Raises `TooMuch` in the line that writes more than `LONGEST`."""
    written = 0
    for piece in pieces:
        written += len(piece)
        if written > LONGEST:
            pieces.throw(TooMuch())
        yield piece
