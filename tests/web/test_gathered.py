"""Beskeder, of those that were told in one message: what it told, how it went, and what it counted and did not list."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.topic import Topic
from models.message import Pace
from models.staff import Role
from notifications.channels.envelope import Envelope
from onboarding import staffing
from onboarding.absences import be_away
from onboarding.preferences import choose_topic
from tests.municipality import OFFICER, PUBLIC_URL, SYD, VIBY, VIBY_AREA, VIBY_MANAGER
from tests.onboarding.absent import OTHER, THIRD, away
from tests.onboarding.listed import list_of_one
from tests.support import RefusingPostbox
from tests.web.looking import plain
from tests.web.site import Site, Visitor
from web.render import danish_time


def _swept(site: Site, people: int = 60) -> None:
    """A list of many was read in, and the first sweep told of all of them at once; each got it in one message."""
    for _ in range(people):
        site.town.enrols()
    site.town.delivers()
    site.town.clock.moves_to(date(2026, 9, 22))
    site.town.sweeps()
    site.town.clock.passes(days=1)
    site.town.delivers()


def _read(html: str) -> str:
    """What somebody reads of the page."""
    return " ".join(unescape(re.sub("<[^>]*>", "", html.partition("<main")[2])).split())


def _lines(text: str) -> list[str]:
    return re.findall(r'<tr>\n<th scope="row">(.*?)</th>', text)


def test_what_went_in_one_message_is_one_line_and_can_be_opened(site: Site) -> None:
    _swept(site)
    gathered = site.town.messages(state="gathered")
    assert len(gathered) > 50
    visitor = site.remembered(Role.COORDINATOR)
    text = visitor.gets("/beskeder").text
    assert _lines(text).count("Oversigt") == len({row["digest_id"] for row in gathered})
    assert "Fristen er overskredet" not in _lines(text)
    assert "står på én linje" in text
    inside = re.findall(r'href="(/beskeder\?samlet=\d+)"', text)
    text = visitor.gets(inside[0]).text
    assert set(_lines(text)) == {"Fristen er overskredet"}
    assert "der er samlet i oversigten til " in text
    assert f"{inside[0]}&amp;side=2" in text, "and goes on where there are more than a page"
    assert "Fristen er overskredet" in _lines(visitor.gets("/beskeder?soeg=IM-0007").text), "it is found by its case"
    assert "Fristen er overskredet" in _lines(visitor.gets("/beskeder?tilstand=gathered").text)


def _all_in(visitor: Visitor, address: str) -> list[str]:
    """The references in a list and in all the pages that it goes on to."""
    text = visitor.gets(address).text
    further = re.search(r'href="([^"]*)">Næste', text)
    on_this = re.findall(r'<a href="/sag/([A-Z]+-\d+)">', text)
    return on_this + (_all_in(visitor, unescape(further[1])) if further else [])


def _behind(mail: Envelope) -> str:
    """Where a digest leads for what it counts and does not list."""
    return re.findall(rf"til: {PUBLIC_URL}(\S+)$", mail.text, re.MULTILINE)[0]


def test_all_that_a_digest_counted_is_listed_where_its_link_leads(site: Site) -> None:
    _swept(site)
    mail = site.town.postbox.to(VIBY)[-1]
    assert "dage over tid (60)" in mail.text
    visitor = site.remembered(Role.COORDINATOR)
    [digest] = site.town.messages(kind="digest", state="sent", recipient_id=1, created_at=site.town.clock.now)
    assert _behind(mail) == f"/beskeder?samlet={digest['id']}"
    listed = _all_in(visitor, _behind(mail))
    assert listed == sorted(listed, reverse=True), "the newest first"
    assert len(set(listed)) == len(listed) == 60
    text = _read(visitor.gets(_behind(mail)).text)
    said = f"60 beskeder, der er samlet i oversigten til {VIBY}, skrevet {danish_time(digest['created_at'])}."
    assert said in text


def test_it_stays_within_a_digest_when_one_of_its_cases_is_looked_for(site: Site, page: Page) -> None:
    _swept(site)
    link = _behind(site.town.postbox.to(VIBY)[-1])
    site.enters(page, path=link)
    page.get_by_label("Reference").fill("IM-0007")
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page.get_by_text("1 besked, der er samlet i oversigten til")).to_be_visible()
    plain(page)
    page.get_by_role("link", name="Nulstil").click()
    expect(page.get_by_text("står på én linje")).to_be_visible()


def test_a_stand_in_and_an_officer_see_what_is_behind_the_digests_that_they_got(site: Site) -> None:
    other = "anden.koordinator@example.org"
    with site.town.database.write() as session:
        staffing.add_staff(session, other, "Ole", "coordinator", [VIBY_AREA])
        day = site.town.clock.today
        be_away(session, VIBY, day, day + timedelta(days=60), other, site.town.signed())
        choose_topic(session, OFFICER, Topic.ENDINGS, Pace.DIGEST)
    for _ in range(25):
        site.town.enrols().moves("reject")
    site.town.clock.passes(days=3)
    site.town.delivers()
    for role, email in ((Role.COORDINATOR, other), (Role.JOBCENTER_OFFICER, OFFICER)):
        mail = site.town.postbox.to(email)[-1]
        listed = _all_in(site.remembered(role, email), _behind(mail))
        assert len(set(listed)) == 25, email
    assert site.town.postbox.to(VIBY) == []


def test_a_stand_in_sees_as_many_as_the_digest_told_when_a_list_was_among_them(site: Site, tmp_path: Path) -> None:
    town = site.town
    with town.database.write() as session:
        for email, name in ((OTHER, "Ida"), (THIRD, "Ole")):
            staffing.add_staff(session, email, name, "coordinator", [VIBY_AREA])
    away(town, VIBY, OTHER, days=60)
    town.imports(list_of_one(tmp_path, town.applicant()))
    for _ in range(3):
        town.enrols()
    town.clock.passes(days=3)
    town.delivers()
    mail = town.postbox.to(OTHER)[-1]
    assert "4 beskeder samlet i én" in mail.text
    [digest] = town.messages(kind="digest", state="sent", recipient_id=1)
    link = f"/beskeder?samlet={digest['id']}"
    stand_in = site.remembered(Role.COORDINATOR, OTHER)
    text = _read(stand_in.gets(link).text)
    assert "4 beskeder, der er samlet i oversigten" in text
    assert "en liste" in text
    assert "Vis 4 beskeder" in stand_in.gets("/beskeder").text
    colleague = _read(site.remembered(Role.COORDINATOR, THIRD).gets(link).text)
    assert ("3 beskeder, der er samlet" in colleague, "en liste" in colleague) == (True, False), "of a list only cases"


def test_an_address_of_a_digest_shows_nothing_of_what_is_not_to_be_seen(site: Site) -> None:
    _swept(site)
    link = _behind(site.town.postbox.to(VIBY)[-1])
    there_is_none = "/beskeder?samlet=999999"
    elsewhere = site.remembered(Role.COORDINATOR, SYD)
    shown, not_there = (elsewhere.gets(path) for path in (link, there_is_none))
    assert (shown.status_code, "Ingen beskeder passer" in shown.text) == (200, True)
    assert VIBY not in shown.text
    assert _read(shown.text) == _read(not_there.text)


@pytest.mark.parametrize("number", ["nej", "-1", "1" * 12])
def test_it_is_said_when_an_address_names_a_digest_that_cannot_be(site: Site, number: str) -> None:
    site.town.enrols()
    visitor = site.remembered(Role.COORDINATOR)
    answer = visitor.gets(f"/beskeder?samlet={number}")
    assert (answer.status_code, "Oversigten findes ikke, så alle beskeder vises." in answer.text) == (422, True)
    assert _lines(answer.text) == _lines(visitor.gets("/beskeder").text)


def test_a_digest_of_others_is_seen_by_whoever_sees_one_of_its_cases_and_by_nobody_else(site: Site) -> None:
    with site.town.database.write() as session:
        choose_topic(session, VIBY_MANAGER, Topic.MOVES, Pace.DIGEST)
    for _ in range(2):
        site.town.enrols().drops_out("moved")
    site.town.delivers()
    site.town.clock.passes(days=1)
    site.town.delivers(RefusingPostbox(permanent=True, whom=VIBY_MANAGER))
    [digest] = site.town.messages(kind="digest")
    assert (digest["state"], digest["recipient_id"] is not None) == ("dead", True)
    seen = site.remembered(Role.COORDINATOR).gets("/beskeder").text
    assert f"/beskeder?samlet={digest['id']}" in seen
    assert "2 beskeder</a>" in seen
    assert f"/beskeder/{digest['id']}/send-igen" not in seen, "it is not theirs to send"
    assert f"/beskeder/{digest['id']}/send-igen" in site.remembered(Role.ADMINISTRATOR).gets("/beskeder").text
    assert "samlet=" not in site.remembered(Role.COORDINATOR, SYD).gets("/beskeder").text


def test_what_was_gathered_says_how_its_digest_went_and_leads_to_it(site: Site) -> None:
    gathered = [site.town.enrols() for _ in range(2)]
    site.town.clock.passes(days=3)
    visitor = site.remembered(Role.COORDINATOR)
    site.town.delivers(RefusingPostbox(permanent=False, whom=VIBY))
    [digest] = site.town.messages(kind="digest", recipient_id=1)
    link = f"/beskeder?samlet={digest['id']}"
    text = visitor.gets(f"/beskeder?soeg={gathered[0].reference}").text
    assert f'<a href="{link}">samlet i en oversigt</a>, som er i kø' in text
    assert "Prøves igen" in text
    assert ": mislykkedes" in text
    site.town.clock.passes(minutes=1)
    site.town.delivers()
    text = visitor.gets(f"/beskeder?soeg={gathered[0].reference}").text
    assert f'<a href="{link}">samlet i en oversigt</a>, som er sendt' in text
    assert ": lykkedes" in text
    assert all(one.reference in visitor.gets(link).text for one in gathered)
    case = visitor.gets(f"/sag/{gathered[0].reference}").text
    assert f'(<a href="{link}">samlet i en oversigt</a>, som er sendt)' in case
    shown = gathered[0].shown()["messages"][0]
    assert (shown["state"], shown["digest"], shown["digest_state"]) == ("gathered", digest["id"], "sent")
