"""Who asks for something, on which day it counts, and when it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from engine.refusal import Refused
from models.cpr import looks_like_cpr

#: How `by` begins where nobody did it but the program.
NO_PERSON = "system:"
SWEEP = f"{NO_PERSON}sweep"

_LONGEST_COMMAND_ID, _LONGEST_BY = 64, 254


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """`by` is a staff member's e-mail, `cli:<login>` or `system:<part>`; `on` the day that decides; `at` the
    instant (aware UTC) at which it is written; `command_id` makes a command that is sent twice act once. Raises
    `Refused` when either cannot be kept as it is.
    """

    by: str
    on: date
    at: datetime
    command_id: str

    def __post_init__(self) -> None:
        if not 0 < len(self.command_id.strip()) <= _LONGEST_COMMAND_ID:
            raise Refused(f"Et command-id er mellem 1 og {_LONGEST_COMMAND_ID} tegn. Vælg et andet.")
        if looks_like_cpr(self.command_id):
            raise Refused("Et command-id må ikke ligne et CPR-nummer, for det gemmes, som det er. Vælg et andet.")
        if not 0 < len(self.by.strip()) <= _LONGEST_BY or looks_like_cpr(self.by):
            raise Refused("Angiv i --by, hvem der gør det: en medarbejders e-mail.")


def new_command_id() -> str:
    return str(uuid4())
