"""Beskeder: what was sent and how it went."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from models.staff import Role
from notifications.channels.envelope import Fate, NotReceived
from onboarding.outages import begin, end
from tests.municipality import MESSAGE, SYD, VIBY
from tests.support import RefusingPostbox, TellingPostbox
from tests.web.looking import plain
from tests.web.site import Site
from web.render import danish_time


def _refused(site: Site) -> None:
    """Two messages about an enrolment; the coordinator's was refused for good."""
    site.town.enrols()
    site.town.delivers(RefusingPostbox(permanent=True, whom=VIBY))


def test_what_was_given_up_is_sent_again_when_somebody_asks_for_it(site: Site, page: Page) -> None:
    _refused(site)
    site.signs_in(page, path="/beskeder")
    page.get_by_label("Reference").fill("im-0001")
    page.get_by_label("Tilstand").select_option("Opgivet")
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page.get_by_text("Modtagerens server afviste beskeden for altid")).to_be_visible()
    page.get_by_role("button", name="Send igen").click()
    expect(page.get_by_role("status")).to_contain_text("lagt i køen")
    expect(page.get_by_role("status")).to_be_focused()
    assert [row["state"] for row in site.town.messages(audience="coordinator")] == ["queued"]
    site.town.delivers()
    assert [row["state"] for row in site.town.messages(audience="coordinator")] == ["sent"]


def test_each_attempt_and_its_answer_are_shown_when_there_were_several(site: Site) -> None:
    site.town.enrols()
    for _ in range(3):
        site.town.delivers(RefusingPostbox(permanent=False, whom=VIBY))
        site.town.clock.passes(days=1)
    site.town.delivers()
    text = site.remembered(Role.COORDINATOR).gets("/beskeder").text
    assert "4 forsøg i alt" in text
    assert text.count(": mislykkedes") == 3
    assert text.count(": lykkedes") == 1
    assert "Ingen forsøg endnu" not in text


def test_it_is_said_when_a_message_is_tried_again_and_how_it_was_sent(site: Site) -> None:
    site.town.enrols()
    visitor = site.remembered(Role.COORDINATOR)
    assert "Sendes ved næste udsendelse." in visitor.gets("/beskeder").text
    site.town.delivers(RefusingPostbox(name="mail", permanent=False, whom=VIBY))
    [waits] = site.town.messages(state="queued", audience="coordinator")
    text = visitor.gets("/beskeder").text
    assert f"Prøves igen {danish_time(waits['send_after'])}." in text
    assert f"{danish_time(site.town.clock.now)}, mail: mislykkedes" in text
    site.town.clock.passes(minutes=1)
    assert "Prøves igen ved næste udsendelse." in visitor.gets("/beskeder").text
    in_hand = {"lease": "another delivery", "leased_until": site.town.clock.now + timedelta(minutes=15)}
    site.town.changes(MESSAGE, {"id": waits["id"]}, in_hand)
    assert "Er ved at blive sendt." in visitor.gets("/beskeder").text
    site.town.clock.passes(minutes=16)
    site.town.delivers()
    text = visitor.gets("/beskeder").text
    assert [words for words in ("Prøves igen", "Sendes ", "Er ved at") if words in text] == []


def _told(site: Site, **knows: Fate) -> str:
    """The page, when the provider of the text message about somebody has said what became of it."""
    site.town.enrols()
    postbox = TellingPostbox("sms", **knows)
    site.town.delivers(postbox)
    site.town.clock.passes(minutes=2)
    site.town.delivers(postbox)
    return site.remembered(Role.COORDINATOR).gets("/beskeder?tilstand=" + ("dead" if knows else "delivered")).text


def test_it_is_said_when_a_message_was_received(site: Site) -> None:
    text = _told(site)
    sent, received = (danish_time(site.town.clock.now - timedelta(minutes=past)) for past in (2, 0))
    assert f"modtaget {received}" in " ".join(re.sub("<[^>]*>", " ", text).split())
    assert f"{sent}, sms: lykkedes" in text


def test_it_is_said_why_when_a_message_will_not_be_received(site: Site) -> None:
    text = _told(site, knows=NotReceived("Telefonen kunne ikke nås, før tiden løb ud."))
    assert "SMS-tjenesten tog imod beskeden, men telefonen fik den ikke." in text
    assert "Telefonen kunne ikke nås, før tiden løb ud." in text
    assert "Send igen" in text


def test_nothing_is_promised_when_a_message_was_skipped(site: Site) -> None:
    site.town.enrols()
    site.town.changes(MESSAGE, {}, {"state": "skipped", "reason": "trial_mode"})
    text = site.remembered(Role.COORDINATOR).gets("/beskeder").text
    assert "Prøvedrift: modtageren står ikke på prøvelisten." in text
    assert "Ingen forsøg" in text
    assert [words for words in ("Ingen forsøg endnu", "Prøves igen", "Sendes ", "Send igen") if words in text] == []


def test_it_is_said_when_somebody_else_sent_it_again_first(site: Site) -> None:
    _refused(site)
    given_up = site.town.messages(state="dead")[0]["id"]
    visitor = site.remembered(Role.COORDINATOR)
    assert visitor.posts(f"/beskeder/{given_up}/send-igen").headers["location"] == f"/beskeder?gjort={given_up}"
    second = visitor.posts(f"/beskeder/{given_up}/send-igen")
    assert second.status_code == 422
    assert "Beskeden er ikke opgivet længere" in second.text


def test_a_message_of_another_area_is_not_there_when_it_is_looked_for(site: Site) -> None:
    _refused(site)
    given_up = site.town.messages(state="dead")[0]["id"]
    elsewhere = site.remembered(Role.COORDINATOR, SYD)
    assert "IM-0001" not in elsewhere.gets("/beskeder").text
    assert "Ingen beskeder endnu" in elsewhere.gets("/beskeder").text
    assert elsewhere.posts(f"/beskeder/{given_up}/send-igen").status_code == 404
    assert site.town.messages(state="dead")


def test_an_administrator_sees_references_and_no_way_to_a_case(site: Site) -> None:
    _refused(site)
    text = site.remembered(Role.ADMINISTRATOR).gets("/beskeder").text
    assert "IM-0001" in text
    assert "Send igen" in text
    assert "/sag/" not in text
    assert "Olena" not in text


def test_a_manager_looks_and_does_not_send_when_something_was_given_up(site: Site) -> None:
    _refused(site)
    manager = site.remembered(Role.MANAGER)
    text = manager.gets("/beskeder").text
    assert "IM-0001" in text
    assert "Send igen" not in text
    assert manager.posts("/beskeder/1/send-igen").status_code == 403


def test_it_is_said_when_an_address_names_a_state_that_there_is_not(site: Site) -> None:
    answer = site.remembered(Role.COORDINATOR).gets("/beskeder?tilstand=xxx")
    assert (answer.status_code, "Tilstanden findes ikke" in answer.text) == (422, True)


def test_a_channel_that_is_out_is_told_where_somebody_looks_until_it_works_again(site: Site) -> None:
    site.town.enrols()
    began_at = site.town.clock.now
    with site.town.database.write() as session:
        begin(session, "mail", "Mailserveren svarer ikke.", began_at)
    looks = [(Role.COORDINATOR, "/beskeder"), (Role.MANAGER, "/beskeder"), (Role.ADMINISTRATOR, "/administration")]
    for role, path in looks:
        text = site.remembered(role).gets(path).text
        assert f"Mail når ingen siden {danish_time(began_at)}" in text
        assert "1 besked venter." in text
        assert "Seneste svar: Mailserveren svarer ikke." in text
    with site.town.database.write() as session:
        end(session, "mail", site.town.clock.now)
    for role, path in looks:
        assert "når ingen siden" not in site.remembered(role).gets(path).text


def test_the_page_is_plain_to_everybody_when_a_channel_is_out(site: Site, page: Page) -> None:
    with site.town.database.write() as session:
        begin(session, "sms", "SMS-tjenesten afviste os.", site.town.clock.now)
    for role, path in ((Role.COORDINATOR, "/beskeder"), (Role.ADMINISTRATOR, "/administration")):
        site.enters(page, role, path)
        expect(page.get_by_text("Sms når ingen siden")).to_be_visible()
        plain(page)
