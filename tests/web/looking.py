"""How a page is looked at: by what a machine can tell of its accessibility, and by whether it fits."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDE, PHONE = (1440, 900), (390, 844)
_NARROWEST = (320, 640)  # CSS pixels; WCAG 2.2, 1.4.10
#: At 200 % a window of 1280 by 900 has 640 by 450 CSS pixels, and that is all that a browser's zoom changes for the
#: layout: media queries, widths and line breaks are those of the smaller window.
_TWICE_AS_LARGE = (640, 450)
_WINDOW = (1280, 900)
#: What somebody may set for all text without losing any of it; WCAG 2.2, 1.4.12. As a sheet that is adopted, since the
#: security policy lets no other in.
_SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
_AS_BEFORE = "() => { document.adoptedStyleSheets = [] }"

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_OPTIONS: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": [*WCAG, "best-practice"]},
    "rules": {"target-size": {"enabled": True}},  # the one rule of 2.2, which axe leaves out unless it is named
    "resultTypes": ["violations"],
}
_WIDER = "() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
#: What cannot be read to its end: a box that hides what is too wide for it, and that nobody can scroll.
_CUT_OFF = """() => [...document.querySelectorAll('main *')]
  .filter(box => ['hidden', 'clip'].includes(getComputedStyle(box).overflowX))
  .filter(box => box.clientWidth > 1 && box.scrollWidth > box.clientWidth + 1)
  .map(box => box.outerHTML.slice(0, 160))"""
#: Signs that the design system does not have: an empty place is shown for them.
_WITHOUT_A_SIGN = """async () => {
  const wanted = [...document.querySelectorAll('use')].map(use => use.getAttribute('href'));
  const missing = [];
  for (const [file, name] of new Set(wanted).values().map(href => href.split('#'))) {
    const drawn = new DOMParser().parseFromString(await (await fetch(file)).text(), 'image/svg+xml');
    if (!drawn.getElementById(name)) missing.push(name);
  }
  return missing;
}"""


def axe(page: Page) -> None:
    """No rule of WCAG 2.2 A and AA that a machine can check is broken, in the page as it now is."""
    found = Axe().run(page, options=_OPTIONS).response["violations"]
    told = [f"{rule['id']}: {rule['help']}: {[node['html'][:160] for node in rule['nodes']]}" for rule in found]
    assert told == [], f"{page.url}\n" + "\n".join(told)


def plain(page: Page) -> None:
    """All of it, in the state that the page is in, as wide as a desk's screen and as narrow as a phone's. The page has
    its size back then.
    """
    before = page.viewport_size
    for width, height in (PHONE, WIDE):
        page.set_viewport_size({"width": width, "height": height})
        axe(page)
    fits(page)
    signs(page)
    if before is not None:
        page.set_viewport_size(before)


def fits(page: Page) -> None:
    """At 320 pixels, at 200 % and with wide spacing nothing scrolls sideways or is cut off. The page has its size back
    then.
    """
    before = page.viewport_size
    for width, height in (_NARROWEST, _TWICE_AS_LARGE):
        _fits(page, width, height)
    page.evaluate(_SPACED)
    _fits(page, *_WINDOW)
    page.evaluate(_AS_BEFORE)
    if before is not None:
        page.set_viewport_size(before)


def _fits(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    assert page.evaluate(_WIDER) <= 0, f"{page.url} is wider than {width} pixels"
    hidden = page.evaluate(_CUT_OFF)
    assert hidden == [], f"{page.url} hides something at {width} pixels: {hidden}"


def signs(page: Page) -> None:
    """Every sign on the page is one that there is."""
    missing = page.evaluate(_WITHOUT_A_SIGN)
    assert missing == [], f"{page.url} shows signs that there are not: {missing}"
