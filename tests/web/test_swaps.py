"""What htmx swaps into a page: where focus is afterwards, what is announced, and that nothing in it is hard to read."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from models.staff import Role
from tests.municipality import Candidate
from tests.support import made_up_cpr
from tests.web.looking import axe, signs
from tests.web.site import Site
from web.render import TEMPLATES

_FOCUSED = "() => document.activeElement === document.body ? 'nowhere' : document.activeElement.id"
_BOARD = "/forloeb/immigrant_track"


def filtered(page: Page, **_: object) -> None:
    """Focus stays in the filter, and the number of cases is told."""
    page.get_by_label("Navn eller reference").focus()
    page.keyboard.type("ingen hedder sådan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("0 forløb")
    assert page.evaluate(_FOCUSED) == "soeg"


def refused(page: Page, olena: Candidate, **_: object) -> None:
    """Focus is on the card, on every reason why not."""
    moves(page, olena)
    expect(page.locator(f"#kort-{olena.reference}").get_by_role("alert")).to_be_focused()
    for reason in ("»Interesse for SOSU-området bekræftet« er ikke", "»Samtykke givet« er ikke"):
        expect(page.locator(":focus")).to_contain_text(reason)


def refused_behind_the_filter(page: Page, olena: Candidate, **_: object) -> None:
    """Somebody else has changed the case so that its card is not shown any more: it is said above the board."""
    olena.pauses()
    olena.drops_out()
    moves(page, olena)
    expect(page.locator("#resultat > .alert-error")).to_be_focused()
    expect(page.locator(":focus")).to_contain_text(f"{olena.reference} blev ikke flyttet")


def moved(site: Site, page: Page, olena: Candidate) -> None:
    """Focus is on what was done, which the reader tells."""
    site.town.clock.passes(minutes=1)
    olena.records("interest_confirmed", "consent_given")
    page.reload()
    moves(page, olena)
    expect(page.locator("#resultat > .alert-success")).to_be_focused()
    expect(page.locator(":focus")).to_have_attribute("role", "status")


def number_is_looked_at(site: Site, page: Page, olena: Candidate) -> None:
    """Focus stays in the field, and what there is to say of the number is told."""
    page.goto(f"{site.address}/indskriv")
    page.get_by_label("CPR-nummer").focus()
    for typed, said in (
        ("3102901234", "begynder ikke med en dato"),
        (made_up_cpr(olena.applicant.starts_on, 7), "ikke kendt i forvejen"),
    ):
        page.keyboard.press("Control+a")
        page.keyboard.type(typed)
        expect(page.locator("#cpr-svar[aria-live=polite]")).to_contain_text(said)
        assert page.evaluate(_FOCUSED) == "cpr"


def filters(page: Page, **_: object) -> None:
    page.get_by_label("Navn eller reference").fill("olena")
    page.keyboard.press("Enter")


def moves_there(page: Page, olena: Candidate) -> None:
    moves(page, olena)


#: What stands between the page and its answer, and what is said then.
def answers(status: int) -> Callable[[Page], None]:
    """As a proxy in front of the page would, with a page of its own."""
    body = f"<!doctype html><title>{status}</title><h1>{status}</h1>"
    return lambda page: page.route(
        "**/forloeb/**", lambda route: route.fulfill(status=status, body=body, content_type="text/html")
    )


def offline(page: Page) -> None:
    page.context.set_offline(True)


FAILURES: tuple[tuple[Callable[[Page], None], str], ...] = (
    (answers(404), "er der ikke mere, eller du har ikke adgang"),
    (answers(403), "Genindlæs siden, og prøv igen"),
    (answers(500), "Det lykkedes ikke. Prøv igen."),
    (answers(502), "Det lykkedes ikke. Prøv igen."),
    (offline, "Der er ingen forbindelse"),
)


def moves(page: Page, candidate: Candidate) -> None:
    card = page.locator(f"#kort-{candidate.reference}")
    card.locator("summary").click()
    card.get_by_role("button", name="Intensivt danskforløb").click()


#: Every place of a template that htmx swaps, by its file and what asks for it, and what is tried there.
SWAPS: dict[tuple[str, str, str], tuple[Callable[..., None], ...]] = {
    ("cases.html", "hx-get", "/forloeb/{{ pathway }}"): (filtered,),
    ("_board.html", "hx-post", "{{ there }}"): (
        refused,
        refused_behind_the_filter,
        moved,
    ),
    ("enrol.html", "hx-post", "/indskriv/cpr"): (number_is_looked_at,),
}


def test_every_swap_is_tried_here_when_a_template_has_one() -> None:
    found = {
        (path.name, *asked)
        for path in TEMPLATES.glob("*.html")
        for asked in re.findall(r'(hx-(?:get|post|put|delete|patch))="([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert found == SWAPS.keys()


def test_focus_is_where_it_is_read_on_and_all_is_plain_when_a_part_was_swapped(site: Site, page: Page) -> None:
    site.enters(page, Role.COORDINATOR)
    for tried in (one for several in SWAPS.values() for one in several):
        olena = site.town.enrols(consent=False)
        page.goto(site.address + _BOARD)
        tried(site=site, page=page, olena=olena)
        assert page.evaluate(_FOCUSED) != "nowhere", tried.__name__
        axe(page)
        signs(page)


def test_all_stays_and_what_to_do_is_said_when_a_swap_is_answered_by_an_error_or_not_at_all(
    site: Site, page: Page
) -> None:
    olena = site.town.enrols()
    site.enters(page, Role.COORDINATOR)
    for asks in (moves_there, filters):
        for fails, said in FAILURES:
            page.goto(site.address + _BOARD)
            fails(page)
            asks(page=page, olena=olena)
            alert = page.locator("main > [role=alert]")
            expect(alert).to_be_focused()
            expect(alert).to_contain_text(said)
            expect(page.locator(f"#kort-{olena.reference}")).to_be_visible()
            assert page.url == site.address + _BOARD, "what is not shown is in no address"
            page.unroute_all()
            page.context.set_offline(False)
    axe(page)
    signs(page)
    filters(page)
    expect(alert).to_have_count(0)
    expect(page).to_have_url(re.compile("soeg=olena"))


def test_a_field_keeps_focus_and_what_to_do_is_said_beside_it_when_looking_at_its_number_fails(
    site: Site, page: Page
) -> None:
    site.enters(page, Role.COORDINATOR, "/indskriv")
    page.context.set_offline(True)
    page.get_by_label("CPR-nummer").focus()
    page.keyboard.type("3102901234")
    expect(page.get_by_role("alert")).to_contain_text("Der er ingen forbindelse")
    assert page.evaluate(_FOCUSED) == "cpr"
    page.context.set_offline(False)
    page.keyboard.press("Control+a")
    page.keyboard.type("3102901235")
    expect(page.locator("#cpr-svar")).to_contain_text("begynder ikke med en dato")
    expect(page.get_by_role("alert")).to_have_count(0)
