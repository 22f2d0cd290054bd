"""Whoever stands in gets what they may see, for as long as they may see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session

from onboarding.staffing import add_staff
from tests.municipality import SYD_AREA, VIBY, VIBY_AREA, Municipality
from tests.onboarding.absent import OTHER, THIRD, away

CHANGES: dict[str, Callable[[Session], object]] = {
    "moved": lambda session: add_staff(session, OTHER, "Ida", "coordinator", [SYD_AREA]),
    "promoted": lambda session: add_staff(session, OTHER, "Ida", "manager", [VIBY_AREA]),
    "outgrown": lambda session: add_staff(session, VIBY, "Karen", "coordinator", [VIBY_AREA, SYD_AREA]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_it_goes_to_whom_it_is_for_when_the_stand_in_could_not_be_chosen_any_more(
    office: Municipality, change: str
) -> None:
    away(office, VIBY, OTHER)
    office.enrols()
    with office.database.write() as session:
        CHANGES[change](session)
    office.delivers()
    assert (len(office.postbox.to(VIBY)), office.postbox.to(OTHER)) == (1, [])


def test_it_goes_to_whom_it_is_for_when_the_last_in_a_row_could_not_be_chosen_any_more(office: Municipality) -> None:
    """Nor to the one between, who is away."""
    away(office, VIBY, OTHER)
    away(office, OTHER, THIRD)
    with office.database.write() as session:
        add_staff(session, THIRD, "Ole", "coordinator", [SYD_AREA])
    office.enrols()
    office.delivers()
    assert [mail.recipient for mail in office.postbox.envelopes] == [VIBY]


def test_the_stand_in_gets_it_again_when_they_are_back_in_the_area(office: Municipality) -> None:
    away(office, VIBY, OTHER)
    with office.database.write() as session:
        CHANGES["moved"](session)
        add_staff(session, OTHER, "Ida", "coordinator", [SYD_AREA, VIBY_AREA])
    office.enrols()
    office.delivers()
    assert [mail.recipient for mail in office.postbox.envelopes] == [OTHER]
