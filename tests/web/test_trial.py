"""Trial mode on the page: every page says that it is on, and an administrator turns it off."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models.session import Database
from models.staff import Role
from notifications.channels.destination import Destination, destination_of
from tests.municipality import VIBY, Municipality
from tests.web.looking import plain
from tests.web.preferences.choosing import PAGE, has_a_phone, words
from tests.web.site import WAYS, Site, lent_app, served
from tests.web.test_wording import SAMPLE
from web.mishaps import BUSY

IT_IS_ON = "Prøvedrift er slået til."
TRY = f"{PAGE}/proeve"
SAID = "kun medarbejdere på prøvelisten får beskeder"


@pytest.fixture
def trying(site: Site) -> Site:
    """A page of a program that mails to the world."""
    far = dict.fromkeys(WAYS, Destination.WORLD)
    site.app.state.sosu = replace(site.app.state.sosu, destinations=far)
    return site


@pytest.mark.parametrize("role", Role)
def test_every_page_says_so_and_an_administrator_can_go_to_it(trying: Site, role: Role) -> None:
    visitor = trying.remembered(role)
    for path in ("/mig", "/definitioner", "/ingen-side"):
        shown = visitor.gets(path).text
        assert SAID in shown, path
        assert ("/administration#proevedrift" in shown) is (role is Role.ADMINISTRATOR), path


def test_a_page_for_whoever_is_not_signed_in_says_that_it_is_on_and_no_more(trying: Site) -> None:
    visitor = trying.visitor()
    shown = [visitor.gets("/login"), visitor.gets("/ingen-side"), visitor.signs_in("nobody@example.org")]
    assert [answer.status_code for answer in shown] == [200, 404, 401]
    for answer in shown:
        assert IT_IS_ON in answer.text
        assert not re.search("prøveliste|administration", answer.text, re.IGNORECASE)
    trying.remembered(Role.ADMINISTRATOR).posts("/administration/proevedrift", turn="off")
    assert IT_IS_ON not in visitor.gets("/login").text


def test_what_went_wrong_is_said_when_the_database_cannot_say_whether_it_is_on(
    town: Municipality, key_file: Path
) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with lent_app(replace(town, database=away), key_file) as app, served(app) as address:
        site = Site(town, address, app)
        answer = site.visitor().gets("/login")
        site.close()
    away.close()
    assert (answer.status_code, BUSY in answer.text, IT_IS_ON in answer.text) == (503, True, False)


@pytest.mark.parametrize("path", ["/login", "/ingen-side"])
def test_the_door_is_plain_to_everybody_when_it_says_so(trying: Site, page: Page, path: str) -> None:
    page.goto(trying.address + path)
    expect(page.get_by_text(IT_IS_ON)).to_be_visible()
    plain(page)


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


@pytest.mark.parametrize(("path", "form"), [(SAMPLE, {}), *((TRY, {"channel": way}) for way in ("mail", "sms"))])
def test_only_those_on_the_list_get_a_sample(trying: Site, path: str, form: dict[str, str]) -> None:
    has_a_phone(trying)
    karen = trying.remembered(Role.COORDINATOR)
    answer = karen.posts(path, **form)
    said = (
        f"Prøvedrift er slået til, og {VIBY} står ikke på prøvelisten. En administrator kan sætte vedkommende på den "
        "eller slå prøvedriften fra under »Prøvedrift« på siden »Administration«."
    )
    assert (answer.status_code, said in words(answer.text)) == (422, True)
    assert trying.town.postbox.envelopes == []
    trying.remembered(Role.ADMINISTRATOR).posts("/administration/proeveliste", email=VIBY)
    assert karen.posts(path, **form).status_code == 200
    assert len(trying.town.postbox.envelopes) == 1


@pytest.mark.parametrize(("channel", "status"), [("mail", 200), ("sms", 422)])
def test_what_leaves_the_machine_is_kept_back_by_itself_when_mail_is_files(
    site: Site, channel: str, status: int
) -> None:
    destinations = {way: destination_of(None, way) for way in WAYS}
    site.app.state.sosu = replace(site.app.state.sosu, destinations=destinations)
    has_a_phone(site)
    assert site.remembered(Role.COORDINATOR).posts(TRY, channel=channel).status_code == status


def test_nothing_is_said_when_messages_are_files(site: Site) -> None:
    administrator = site.remembered(Role.ADMINISTRATOR)
    shown = administrator.gets("/administration").text
    assert SAID not in shown
    assert "Beskeder bliver til filer i en mappe" in shown
