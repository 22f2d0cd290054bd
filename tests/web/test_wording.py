"""Beskeder, skabeloner: what each message says, whose words they are, and a sample of it to oneself."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Page, expect

from models.session import Database
from models.staff import Role, Staff
from models.types import table
from notifications.channels.envelope import Answer, Channel, Envelope
from notifications.made_up import kinds_of
from notifications.render import Renderer
from onboarding.sample import BETWEEN
from tests.municipality import PATHWAYS, VIBY
from tests.notifications.own import written
from tests.support import BreakingPostbox, Postbox, RefusingPostbox
from tests.web.looking import plain
from tests.web.site import Site
from tests.web.test_in_a_browser import complaints

__all__ = ["complaints"]

MOVED = "/beskeder/skabeloner/immigrant_track/moved"
SAMPLE = f"{MOVED}/proeve"


def sends_by(site: Site, channel: Channel) -> None:
    site.app.state.sosu = replace(site.app.state.sosu, channels=lambda: {"mail": channel})


def speaks_by(site: Site, words: Renderer) -> None:
    site.app.state.sosu = replace(site.app.state.sosu, renderer=words)


def test_the_mail_is_shown_as_it_will_look_when_a_message_is_opened(
    site: Site, page: Page, complaints: list[str]
) -> None:
    site.signs_in(page, path="/beskeder/skabeloner/immigrant_track/start_position")
    expect(page.get_by_role("heading", name="Den samme besked som ren tekst")).to_be_visible()
    for title, width in (("Mailen i et mailprogram", 600), ("Mailen på en telefon", 320)):
        mail = page.frame_locator(f'iframe[title="{title}"]')
        assert mail.locator("html").evaluate("() => Math.min(600, innerWidth)") == width
        assert mail.locator(".open").evaluate("a => getComputedStyle(a).display") == "inline-block"
        assert mail.locator("html").evaluate("e => e.scrollWidth <= e.clientWidth")
    assert complaints == []


def test_each_message_can_be_read_before_it_is_sent_when_there_is_no_case(site: Site) -> None:
    visitor = site.remembered(Role.COORDINATOR)
    for key, pathway in PATHWAYS.items():
        for kind in kinds_of(pathway):
            answer = visitor.gets(f"/beskeder/skabeloner/{key}/{kind}")
            assert answer.status_code == 200, kind
            assert f"{pathway.reference_prefix}-0000" in answer.text, kind
    assert visitor.gets("/beskeder/skabeloner/immigrant_track/no_such_kind/mail").status_code == 404
    assert visitor.gets("/beskeder/skabeloner/immigrant_track/no_such_kind").status_code == 404


@pytest.mark.parametrize("kind", ["annulled", "dropped_out", "transferred", "list_imported", "list_undone"])
def test_nothing_is_missing_or_due_when_a_message_tells_of_no_case_that_goes_on(site: Site, kind: str) -> None:
    text = site.remembered(Role.COORDINATOR).gets(f"/beskeder/skabeloner/immigrant_track/{kind}").text
    assert "Det mangler endnu" not in text
    assert "Frist:" not in text


def test_whose_words_they_are_is_said_when_the_municipality_has_its_own(site: Site, tmp_path: Path) -> None:
    speaks_by(site, written(tmp_path / "egne", moved__subject_txt="{{ reference }}: Nyt fra kommunen"))
    visitor = site.remembered(Role.COORDINATOR)
    text = visitor.gets(MOVED).text
    assert "Ordene er kommunens egne: moved/subject.txt." in text
    assert "IM-0000: Nyt fra kommunen" in text
    assert "kommunens egne" not in visitor.gets("/beskeder/skabeloner/immigrant_track/paused").text
    assert visitor.gets("/beskeder/skabeloner").text.count("(kommunens egne ord)") == len(PATHWAYS)


def test_a_sample_comes_to_whoever_asks_and_says_so_when_it_is_sent(
    site: Site, page: Page, complaints: list[str]
) -> None:
    site.enters(page, path=MOVED)
    page.get_by_role("button", name="Send en prøve til mig").click()
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text(f"En prøve er sendt til {VIBY}")
    expect(page.get_by_role("status")).to_contain_text("Lagt i postkassen.")
    assert complaints == []
    plain(page)
    [sent] = site.town.postbox.envelopes
    assert sent.recipient == VIBY
    assert sent.subject == "[Prøve] IM-0000: Flyttet til AMU-forløb, skole" or sent.subject.startswith(
        "[Prøve] IM-0000"
    )
    assert sent.text.startswith("Dette er en prøve med et opdigtet forløb. Du skal ikke gøre noget.\n\n")
    assert sent.html.count("Dette er en prøve") == 1
    assert site.town.messages() == []


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMINISTRATOR])
def test_each_who_reads_messages_gets_their_own_sample_when_they_ask(site: Site, role: Role) -> None:
    visitor = site.remembered(role)
    assert visitor.posts(SAMPLE).status_code == 200
    [sent] = site.town.postbox.envelopes
    assert sent.recipient == site.known(role)


def test_a_second_click_sends_no_second_message_when_it_comes_at_once(site: Site) -> None:
    visitor = site.remembered(Role.COORDINATOR)
    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(lambda _: visitor.posts(SAMPLE), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert "Du har lige bedt om en prøve." in refused.text
    assert len(site.town.postbox.envelopes) == 1
    site.town.clock.passes(seconds=BETWEEN.total_seconds())
    assert visitor.posts(SAMPLE).status_code == 200
    assert len({envelope.message_id for envelope in site.town.postbox.envelopes}) == 2


@pytest.mark.parametrize(
    ("channel", "said"),
    [(RefusingPostbox(), "Postkassen er lukket."), (BreakingPostbox(), "Kanalen svigtede (RuntimeError).")],
)
def test_what_the_other_end_answered_is_said_when_it_was_not_sent(site: Site, channel: Postbox, said: str) -> None:
    sends_by(site, channel)
    answer = site.remembered(Role.COORDINATOR).posts(SAMPLE)
    assert answer.status_code == 422
    assert "Prøven er ikke sendt" in answer.text
    assert said in answer.text


class _Slow(Postbox):
    """A channel that takes its time."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__()
        self._meanwhile = meanwhile

    def send(self, envelope: Envelope) -> Answer:
        self._meanwhile()
        return super().send(envelope)


def test_others_go_on_writing_when_the_other_end_is_slow(site: Site) -> None:
    written_meanwhile = Event()

    def somebody_else() -> None:
        with Database(str(site.town.database.url.render_as_string(hide_password=False))).write() as session:
            session.connection().execute(table(Staff).update().values(name="Karen"))
        written_meanwhile.set()

    sends_by(site, _Slow(somebody_else))
    assert site.remembered(Role.COORDINATOR).posts(SAMPLE).status_code == 200
    assert written_meanwhile.is_set()


def test_there_is_no_sample_when_there_is_no_such_message_or_no_right_to_see_it(site: Site) -> None:
    assert site.remembered(Role.COORDINATOR).posts("/beskeder/skabeloner/immigrant_track/no/proeve").status_code == 404
    assert site.remembered(Role.DATA_PROTECTION_OFFICER).posts(SAMPLE).status_code == 403
    assert site.town.postbox.envelopes == []
