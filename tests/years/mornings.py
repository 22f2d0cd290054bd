"""After a stop nobody gets a catch-up, and a digest of what was there already, on the same day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tests.years.danish_time import local
from tests.years.owed import Owed
from tests.years.servers import Arrived


@dataclass
class Mornings:
    """The last digest of each person by each channel: when it came, and whether it was a catch-up."""

    last: dict[tuple[str, str], tuple[datetime, bool]] = field(default_factory=dict)

    def hears(self, found: Collection[Owed], arrived: Arrived, trouble_until: Mapping[str, datetime]) -> Iterator[str]:
        """What should have been told in the one before it on that day, where either of them is a catch-up."""
        if arrived.again or any(owed.in_hand for owed in found):
            return  # what failed at its slot goes in the next hours as it was, beside what is gathered by then
        at, caught_up = arrived.at, arrived.subject.startswith("Siden sidst")
        whose = {(owed.person.email, owed.channel) for owed in found}
        for owed in found:
            email = owed.person.email
            before, either = self.last.get((email, owed.channel), (None, False))
            if before is None or not (either or caught_up) or local(before).date() != local(at).date():
                continue
            if owed.fact.made_at < before and not owed.loose and at >= trouble_until.get(email, at):
                yield f"{owed.fact}, another came at {local(before)}"
        self.last |= dict.fromkeys(whose, (at, caught_up))
