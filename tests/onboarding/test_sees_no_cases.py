"""Whoever sees no cases any more, by their work account, is told of none: it waits for whoever answers for the case."""

from __future__ import annotations

from models.staff import Role
from onboarding.arriving import Arrival, Grant, arrive
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA, Municipality
from tests.onboarding.test_passed_on import told
from tests.onboarding.test_undone_before_told import admitted


def test_a_coordinator_who_sees_no_cases_any_more_is_told_of_none_until_they_do(either_town: Municipality) -> None:
    """Nor is the next one left without: the case is told of to whoever has it by then."""
    olena, maria = admitted(either_town), either_town.enrols()
    for role, areas in ((Role.ADMINISTRATOR, ()), (Role.COORDINATOR, (VIBY_AREA,))):
        arrival = Arrival("https://id.example.org", "1", VIBY, "Karen", ("group",))
        with either_town.database.write() as session:
            arrive(session, {"group": Grant(role, areas)}, arrival, either_town.clock.now)
        for _ in range(2):
            either_town.delivers()
        if role is Role.ADMINISTRATOR:
            assert either_town.postbox.to(VIBY) == []
            maria.is_assigned(SYD, SYD_AREA)
    assert told(either_town, VIBY, olena) == ["Danskforløbet er begyndt"]
    assert told(either_town, VIBY, maria) == []
    assert told(either_town, SYD, maria) == ["Overdraget til dig"]
