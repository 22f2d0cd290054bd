"""Colleagues in Viby-Højbjerg who can stand in for one another, two coordinators and a manager, and who is away."""

from __future__ import annotations

from datetime import date, timedelta

from onboarding.absences import be_away
from tests.municipality import Municipality
from tests.support import MONDAY

OTHER, THIRD, DEPUTY = "ida.viby@example.org", "ole.viby@example.org", "vice.viby@example.org"


def away(town: Municipality, email: str, stand_in: str, first: date = MONDAY, days: int = 5) -> None:
    with town.database.write() as session:
        be_away(session, email, first, first + timedelta(days=days - 1), stand_in, town.signed(email))
