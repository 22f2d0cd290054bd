"""After a stop nobody gets a catch-up, and a digest of what was there already, on the same day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tests.years.danish_time import local
from tests.years.owed import Owed
from tests.years.servers import Arrived


@dataclass
class Mornings:
    """When each person was last told, by each channel, what they had missed."""

    caught_up: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def hears(self, found: Iterable[Owed], arrived: Arrived, trouble_until: Mapping[str, datetime]) -> Iterator[str]:
        """What of a digest, or of another catch-up, should have been told in the catch-up before it on that day."""
        for owed in found:
            email, at = owed.person.email, arrived.at
            before = self.caught_up.get((email, owed.channel), at)
            is_apart = owed.fact.made_at < before < at and local(before).date() == local(at).date()
            if is_apart and not owed.loose and at >= trouble_until.get(email, at):
                yield f"{owed.fact}, caught up at {local(before)}"
        if arrived.subject.startswith("Siden sidst"):
            self.caught_up |= {(owed.person.email, owed.channel): arrived.at for owed in found}
