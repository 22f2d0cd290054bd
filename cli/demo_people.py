"""Those who come to the demo's municipality after its two lists: made-up people, in smaller groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from onboarding.enrol import Applicant

#: After so many weeks a group begins, of so many in each pathway.
WEEKS = (30, 60, 84, 98)
GROUP = {"immigrant_track": 7, "ped_assistant_track": 10}

_ELDEST = date(1966, 1, 1)
_BORN_WITHIN = 33 * 365  # days; all in the century whose numbers have a serial of 0 to 3999


def newcomer(random: Random, names: Sequence[str], area: str, coordinator: str, starts_on: date) -> Applicant:
    """Somebody with the first name of one of `names`, the last name of another, and a CPR number that is nobody's."""
    first, last = random.choice(names).split()[0], random.choice(names).split()[-1]
    born = _ELDEST + timedelta(days=random.randrange(_BORN_WITHIN))
    return Applicant(
        cpr=f"{born:%d%m%y}{random.randrange(4000):04d}",
        name=f"{first} {last}",
        area=area,
        coordinator=coordinator,
        starts_on=starts_on,
        consent=True,
    )
