"""What a command works with: what `flows.composition` puts together, and who is sitting at it."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from flows.composition import Composed, composed, now, today, upgraded
from onboarding.signed import Signed, new_command_id

__all__ = ["Desk", "login", "now", "opened", "today", "upgraded"]


def login() -> str:
    """Who sits at it: the system's own name for them."""
    return f"cli:{getpass.getuser()}"


@dataclass(frozen=True, slots=True)
class Desk(Composed):
    def signed(self, on: date | None, by: str | None = None, command_id: str | None = None) -> Signed:
        """Who does it, on which day: today in Denmark when nothing else is said."""
        return Signed(
            by=by or login(),
            on=on or today(),
            at=now(),
            command_id=command_id or new_command_id(),
        )


@contextmanager
def opened(*, publish: bool = True) -> Iterator[Desk]:
    """The desk, with the database made ready. Raises `Refused` as `composed` does."""
    with composed(publish=publish) as made:
        yield Desk(made.settings, made.database)
