"""Mine beskeder: where else somebody is reached, and whether that works."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from notifications.channels.destination import Destination
from onboarding.contacts import UNREADABLE
from onboarding.sample import BETWEEN_ELSEWHERE
from tests.municipality import SYD, VIBY
from tests.support import RefusingPostbox
from tests.web.preferences.choosing import MASKED, PAGE, PHONE, TEAMS, has_a_phone, shown, words
from tests.web.site import WAYS, Site, Visitor

#: The newer kind of Teams address, with a name that no machine has.
OF_NO_MACHINE = (
    "https://-x.example.org/powerautomate/automations/direct/cu/29/workflows/abc/triggers/manual/paths/invoke?sig=b"
)


def test_an_address_is_kept_and_shown_in_part_when_it_is_typed(karen: Visitor) -> None:
    assert "Sms Ingen adresse" in shown(karen)
    answer = karen.posts(f"{PAGE}/adresse", channel="sms", address=PHONE)
    assert answer.headers["location"] == f"{PAGE}?gjort=adresse"
    text = karen.gets(PAGE).text
    assert f"Sms {MASKED}" in words(text)
    assert "22345678" not in text.replace(" ", "")
    assert text.count('value="moves:sms"') == 1, "and it can be ticked"
    karen.posts(f"{PAGE}/adresse", channel="teams", address=TEAMS)
    assert "hemmelig" not in karen.gets(PAGE).text
    assert "prod-1.westeurope.logic.azure.com" in shown(karen)
    karen.posts(f"{PAGE}/slet-adresse", channel="sms")
    assert "Sms Ingen adresse" in shown(karen)
    assert karen.posts(f"{PAGE}/slet-adresse", channel="sms").status_code == 422


@pytest.mark.parametrize(
    ("channel", "address", "said"),
    [
        ("sms", "1234", "Telefonnummeret kan ikke bruges"),
        ("teams", "https://example.org/", "Teams-adressen kan ikke bruges"),
        ("teams", OF_NO_MACHINE, "Teams-adressen kan ikke bruges. Kopiér hele adressen fra arbejdsprocessen"),
        ("ntfy", "http://ntfy.example.org/emne", "ntfy-adressen kan ikke bruges"),
        ("webhook", "http://example.org", "Skriv en hel webadresse"),
        ("webhook", "https://10.0.0.5/", "fører til en maskine på et lukket netværk"),
    ],
)
def test_it_is_said_beside_the_field_when_an_address_is_wrong(
    karen: Visitor, channel: str, address: str, said: str
) -> None:
    answer = karen.posts(f"{PAGE}/adresse", channel=channel, address=address)
    assert answer.status_code == 422
    found = re.search(rf'id="adresse-{channel}-fejl">(.*?)</span>', answer.text, re.DOTALL)
    assert found is not None
    assert said in words(found[1])
    assert f'value="{address}"' in answer.text
    assert f'<details class="sosu-details" id="ny-{channel}" open>' in answer.text


@pytest.mark.parametrize("channel", ["mail", "due", ""])
def test_no_address_is_kept_when_there_is_no_such_channel(karen: Visitor, channel: str) -> None:
    answer = karen.posts(f"{PAGE}/adresse", channel=channel, address=VIBY)
    assert (answer.status_code, "Den kanal er ikke sat op" in answer.text) == (422, True)


def test_only_channels_that_there_are_are_offered(site: Site, karen: Visitor) -> None:
    has_a_phone(site)
    site.app.state.sosu = replace(site.app.state.sosu, destinations=dict.fromkeys(("mail", "ntfy"), Destination.FOLDER))
    text = karen.gets(PAGE).text
    assert "Kanalen er ikke sat op mere" in text
    assert re.findall(r'id="ny-(\w+)"', text) == ["ntfy"]
    assert karen.posts(f"{PAGE}/proeve", channel="sms").status_code == 422
    assert karen.posts(f"{PAGE}/slet-adresse", channel="sms").status_code == 303


def test_the_page_opens_when_an_address_cannot_be_read(site: Site, karen: Visitor) -> None:
    has_a_phone(site)
    site.app.state.sosu = replace(site.app.state.sosu, key_file=site.app.state.sosu.key_file.with_name("none.json"))
    assert f"Sms {UNREADABLE}" in shown(karen)
    assert karen.posts(f"{PAGE}/proeve", channel="sms").status_code == 422


def test_a_sample_goes_there_once_a_minute_when_somebody_asks(site: Site, karen: Visitor) -> None:
    has_a_phone(site)
    answer = karen.posts(f"{PAGE}/proeve", channel="sms")
    assert (answer.status_code, "En prøve er sendt" in answer.text) == (200, True)
    [envelope] = site.town.postbox.to("+4522345678")
    assert envelope.subject == "[Prøve] Du kan nås her"
    assert envelope.link.endswith(PAGE)
    again = karen.posts(f"{PAGE}/proeve", channel="sms")
    assert (again.status_code, "Du har lige bedt om en prøve" in again.text) == (422, True)
    site.town.clock.passes(seconds=BETWEEN_ELSEWHERE.total_seconds())
    assert karen.posts(f"{PAGE}/proeve", channel="mail").status_code == 200
    assert [one.recipient for one in site.town.postbox.envelopes] == ["+4522345678", VIBY]


def test_no_sample_goes_anywhere_when_there_is_no_address(site: Site, karen: Visitor) -> None:
    has_a_phone(site, SYD)
    answer = karen.posts(f"{PAGE}/proeve", channel="sms")
    assert (answer.status_code, "Der er ingen adresse for den kanal" in answer.text) == (422, True)
    assert site.town.postbox.envelopes == []


def test_it_is_said_what_was_answered_when_a_sample_is_refused(site: Site, karen: Visitor) -> None:
    closed = dict.fromkeys(WAYS, RefusingPostbox())
    site.app.state.sosu = replace(site.app.state.sosu, channels=lambda: closed)
    answer = karen.posts(f"{PAGE}/proeve", channel="mail")
    assert (answer.status_code, "Postkassen er lukket." in answer.text) == (422, True)
