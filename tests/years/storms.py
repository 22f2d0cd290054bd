"""What comes to anybody one by one, beyond what they may be told so within an hour: the rest is to be gathered."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime

from tests.years.danish_time import ONE_HOUR
from tests.years.reading import is_single
from tests.years.servers import Arrived

#: A person's messages beyond this in an hour are told together.
MOST_AN_HOUR = 5


@dataclass
class Storms:
    """When the last single messages came, by who read them and by which channel."""

    last: dict[tuple[str, str], deque[datetime]] = field(default_factory=lambda: defaultdict(deque))

    def hears(self, reader: str, arrived: Arrived) -> int:
        """Counts a message that came for the first time, and that our side knows of: nobody can reckon with what a
        process sent right before it was killed. Gives how many came within the hour that ends with it, where that is
        too many, and otherwise 0.
        """
        if not is_single(arrived.subject) or not arrived.known:
            return 0
        last = self.last[reader, arrived.channel]
        last.append(arrived.at)
        while last[0] <= arrived.at - ONE_HOUR:
            last.popleft()
        return len(last) if len(last) > MOST_AN_HOUR else 0
