from __future__ import annotations

from typing import Any

import pytest

from engine.refusal import Refused
from onboarding import staffing
from tests.municipality import OFFICER, SYD, SYD_AREA, VIBY, VIBY_AREA, VIBY_MANAGER, Municipality


def add_staff(town: Municipality, email: str, *areas: str, name: str = "Ny Kollega", role: str = "manager") -> Any:
    with town.database.write() as session:
        return staffing.add_staff(session, email, name, role, areas)


def everybody(town: Municipality) -> dict[str, dict[str, Any]]:
    with town.database.read() as session:
        return {person["staff"]: person for person in staffing.staff(session)}


def add_area(town: Municipality, name: str) -> Any:
    with town.database.write() as session:
        return staffing.add_area(session, name)


def test_an_area_is_made_once_when_written_in_two_ways(either_town: Municipality) -> None:
    assert add_area(either_town, "  Ørsted   Nord ") == {"area": "Ørsted Nord", "created": True}
    assert add_area(either_town, "ØRSTED nord") == {"area": "Ørsted Nord", "created": False}
    with either_town.database.read() as session:
        assert staffing.areas(session) == sorted([SYD_AREA, VIBY_AREA, "Ørsted Nord"])


@pytest.mark.parametrize(("name", "said"), [("  ", "navn"), ("x" * 121, "120"), ("010190-1234", "CPR")])
def test_an_area_is_refused_when_its_name_cannot_be(either_town: Municipality, name: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        add_area(either_town, name)


def test_somebody_is_there_when_added(either_town: Municipality) -> None:
    made = add_staff(either_town, " Ny@Example.ORG ", SYD_AREA.upper(), VIBY_AREA, SYD_AREA, name=" Ny  Kollega ")
    assert made == {"staff": "ny@example.org", "role": "manager", "areas": [SYD_AREA, VIBY_AREA], "created": True}
    assert everybody(either_town)["ny@example.org"] == {
        "staff": "ny@example.org",
        "name": "Ny Kollega",
        "role": "manager",
        "areas": [SYD_AREA, VIBY_AREA],
        "active": True,
    }


def test_somebody_known_is_corrected_when_added_again(either_town: Municipality) -> None:
    assert not add_staff(either_town, VIBY_MANAGER, SYD_AREA, name="Mette Ny", role="coordinator")["created"]
    changed = everybody(either_town)[VIBY_MANAGER]
    assert (changed["name"], changed["role"], changed["areas"]) == ("Mette Ny", "coordinator", [SYD_AREA])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "no address"}, "navn@kommune.dk"),
        ({"email": "a@b.dk, c@d.dk"}, "navn@kommune.dk"),
        ({"email": f"{'a' * 250}@b.dk"}, "navn@kommune.dk"),
        ({"email": "0101901234@example.org"}, "navn@kommune.dk"),
        ({"name": " "}, "skal have et navn"),
        ({"name": "x" * 121}, "120"),
        ({"role": "mayor"}, "jobcenter_officer"),
    ],
)
def test_staff_are_refused_with_the_remedy_when_something_is_wrong(
    either_town: Municipality, wrong: dict[str, str], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        add_staff(either_town, **({"email": "ny@example.org"} | wrong))
    assert len(everybody(either_town)) == 5


def test_nobody_is_added_when_the_area_is_unknown(either_town: Municipality) -> None:
    with pytest.raises(Refused, match="sosu area add"):
        add_staff(either_town, "ny@example.org", "Atlantis")
    assert "ny@example.org" not in everybody(either_town)


def test_a_manager_without_area_is_told_of_every_area_when_somebody_drops_out(either_town: Municipality) -> None:
    add_staff(either_town, "direktør@example.org".replace("ø", "oe"))
    viby, syd = either_town.enrols(), either_town.enrols(area=SYD_AREA, coordinator=SYD)
    for candidate in (viby, syd):
        candidate.drops_out()
    assert ("dropped_out", "direktoer@example.org") in viby.told()
    assert ("dropped_out", "direktoer@example.org") in syd.told()
    assert ("dropped_out", VIBY_MANAGER) not in syd.told()


def test_somebody_gets_nothing_more_when_removed(either_town: Municipality) -> None:
    olena = either_town.enrols()
    with either_town.database.write() as session:
        removed = staffing.remove_staff(session, f" {VIBY.upper()}")
    assert removed == {"staff": VIBY, "open": 1, "enrolments": [olena.reference]}
    assert not everybody(either_town)[VIBY]["active"]
    delivered = either_town.delivers()
    assert (delivered.sent, delivered.skipped) == (0, 1)
    assert [m["reason"] for m in olena.shown()["messages"]] == ["recipient_inactive"]
    with pytest.raises(Refused, match="Koordinatoren"):
        either_town.enrols()


def test_somebody_is_back_when_added_again_after_being_removed(town: Municipality) -> None:
    with town.database.write() as session:
        staffing.remove_staff(session, VIBY)
    add_staff(town, VIBY, VIBY_AREA, role="coordinator")
    assert everybody(town)[VIBY]["active"]
    assert town.enrols().status == "open"


def test_removing_is_refused_without_repeating_it_when_nobody_has_that_address(town: Municipality) -> None:
    with pytest.raises(Refused, match="sosu staff list") as refused, town.database.write() as session:
        staffing.remove_staff(session, "Olena Kovalenko 010190-1234")
    assert "Kovalenko" not in str(refused.value)


def test_another_officer_is_told_when_the_one_who_enrolled_has_left(either_town: Municipality) -> None:
    add_staff(either_town, "ny@example.org", VIBY_AREA, role="jobcenter_officer")
    olena = either_town.enrols(by=OFFICER)
    with either_town.database.write() as session:
        staffing.remove_staff(session, OFFICER)
    olena.moves("reject")
    assert {recipient for _, recipient in olena.told("reject")} == {VIBY, VIBY_MANAGER, "ny@example.org"}


def test_one_person_is_told_once_when_two_audiences_hold_them(town: Municipality) -> None:
    add_staff(town, OFFICER, role="manager")  # the jobcenter's officer is the manager now
    olena = town.enrols(by=OFFICER)
    olena.moves("reject")
    assert [recipient for _, recipient in olena.told("reject")].count(OFFICER) == 1
