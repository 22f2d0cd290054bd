"""Pages in a real browser. `SOSU_SCREENSHOTS=1` keeps what they look like in docs/screenshots."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, expect

from docs.draw import ROOT
from tests.web.looking import PHONE, WIDE, axe, fits
from tests.web.site import Site

_SHOTS = ROOT / "docs" / "screenshots"

every_size = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console says that is wrong: a script that broke, or what the security policy held back."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def kept_as_paper(page: Page, name: str) -> None:
    if os.environ.get("SOSU_SCREENSHOTS"):
        _SHOTS.mkdir(exist_ok=True)
        page.set_viewport_size({"width": 794, "height": 1123})  # A4 at 96 dots an inch
        page.screenshot(path=_SHOTS / f"{name}.png", full_page=True, animations="disabled")


def test_it_is_said_where_it_is_read_when_the_password_is_wrong(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/login")
    page.get_by_label("E-mail").fill("ingen@example.org")
    page.get_by_label("Adgangskode").fill("noget helt andet")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("E-mail eller adgangskode er forkert")
    expect(page.get_by_label("E-mail")).to_have_value("ingen@example.org")
    expect(page.get_by_label("Adgangskode")).to_have_value("")
    axe(page)


def test_somebody_signs_in_and_out_when_script_is_turned_off(site: Site, new_context: object) -> None:
    page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]  # the plugin names no type
    site.signs_in(page)
    expect(page.get_by_role("heading", name="Overblik")).to_be_visible()
    page.get_by_role("button", name="Log af").click()
    expect(page.get_by_role("heading", name="Log ind")).to_be_visible()
    page.goto(site.address)
    expect(page.get_by_role("heading", name="Log ind")).to_be_visible()


@every_size
def test_somebody_can_sign_out_when_they_are_signed_in(site: Site, page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    site.signs_in(page)
    page.get_by_role("button", name="Log af").click()
    expect(page.get_by_role("heading", name="Log ind")).to_be_visible()


def test_a_page_is_found_wanting_when_something_on_it_is_wrong(page: Page) -> None:
    """Of the two helpers themselves: what finds nothing anywhere proves nothing."""
    page.set_content('<html lang="da"><title>x</title><main><h1>x</h1><img src="x"><button>·</button></main></html>')
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)
    page.set_content('<html lang="da"><title>x</title><main><h1>x</h1><p style="width: 321px">x</p></main></html>')
    with pytest.raises(AssertionError, match="wider than 320"):
        fits(page)
    page.set_content('<main><div style="overflow: hidden"><p style="width: 700px">x</p></div></main>')
    with pytest.raises(AssertionError, match="hides something"):
        fits(page)
