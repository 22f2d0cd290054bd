"""Trial mode on the page: every page says that it is on, and an administrator turns it off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.staff import Role
from notifications.channels.destination import Destination
from tests.municipality import VIBY
from tests.web.site import Site

SAID = "kun medarbejdere på prøvelisten får beskeder"


@pytest.fixture
def trying(site: Site) -> Site:
    """A page of a program that mails to the world."""
    site.app.state.sosu = replace(site.app.state.sosu, destination=Destination.WORLD)
    return site


@pytest.mark.parametrize("role", Role)
def test_every_page_says_so_and_an_administrator_can_go_to_it(trying: Site, role: Role) -> None:
    visitor = trying.remembered(role)
    for path in ("/mig", "/definitioner", "/ingen-side"):
        shown = visitor.gets(path).text
        assert SAID in shown, path
        assert ("/administration#proevedrift" in shown) is (role is Role.ADMINISTRATOR), path
    assert SAID not in trying.visitor().gets("/login").text


def test_it_is_turned_off_and_on_by_an_administrator(trying: Site) -> None:
    administrator = trying.remembered(Role.ADMINISTRATOR)
    assert "Slå prøvedriften fra" in administrator.gets("/administration").text
    assert administrator.posts("/administration/proevedrift", turn="off").status_code == 303
    assert SAID not in administrator.gets("/administration?gjort=alle-faar").text
    assert administrator.posts("/administration/proevedrift", turn="on").status_code == 303
    assert SAID in trying.remembered(Role.COORDINATOR).gets("/mig").text
    assert administrator.posts("/administration/proevedrift", turn="").status_code == 422


def test_somebody_is_put_on_the_list_and_taken_off(trying: Site) -> None:
    administrator = trying.remembered(Role.ADMINISTRATOR)
    administrator.posts("/administration/proeveliste", email=VIBY)
    assert "Tag af prøvelisten: Karen" in administrator.gets("/administration").text
    trying.town.enrols()
    assert trying.town.delivers(destination=Destination.WORLD).sent == 1
    administrator.posts("/administration/proeveliste/af", email=VIBY)
    assert "Ingen står på den endnu" in administrator.gets("/administration").text
    again = administrator.posts("/administration/proeveliste/af", email=VIBY)
    assert (again.status_code, "står ikke på prøvelisten" in again.text) == (422, True)


def test_nothing_is_said_when_messages_are_files(site: Site) -> None:
    administrator = site.remembered(Role.ADMINISTRATOR)
    shown = administrator.gets("/administration").text
    assert SAID not in shown
    assert "Beskeder bliver til filer i en mappe" in shown
