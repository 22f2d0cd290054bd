"""Who asks for something, on which day it counts, and when it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

SWEEP = "system:sweep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """`by` is a staff member's e-mail, `cli:<login>` or `system:<part>`; `on` the day that decides; `at` the
    instant (aware UTC) at which it is written; `command_id` makes a command that is sent twice act once.
    """

    by: str
    on: date
    at: datetime
    command_id: str


def new_command_id() -> str:
    return str(uuid4())
