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
