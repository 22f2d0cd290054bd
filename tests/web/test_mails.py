"""Every mail of every track, as a mail program shows it: on a phone and wider, light and dark.

`make screenshots` takes pictures of them all on a phone, light and dark, for docs/mails.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from docs.draw import ROOT
from engine import kinds
from engine.pathway import Pathway
from notifications.made_up import foot_of, kinds_of, made_up, made_up_cases
from onboarding.sample import as_sample
from tests.municipality import PATHWAYS, PUBLIC_URL, RENDERER
from tests.support import MONDAY
from tests.web.looking import WCAG
from tests.web.test_pictures import photographed

_WIDTHS = (320, 640)
_WIDER = "() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
_BROKEN = """async options => (await axe.run(options)).violations
  .map(rule => `${rule.id}: ${rule.nodes.map(node => node.html.slice(0, 160))}`)"""
#: The rules of WCAG only: what axe thinks good for a page (landmarks, say) a mail program has around the mail.
#: In the dark only colours are others.
_RULES = {"light": {"type": "tag", "values": WCAG}, "dark": {"type": "rule", "values": ["color-contrast"]}}
_PAGE, _FOLDER = ROOT / "docs" / "mails.md", ROOT / "docs" / "screenshots" / "mails"
_WHAT_THIS_IS = """Each message as a phone of 320 pixels shows it, light and dark, with a case that there is not: first
those of the steps of each track, then those that all tracks share. `make screenshots` takes the pictures anew. What is
promised of them: [messages](messages.md); words of one's own in place of these:
[decision 38](decisions/0038-a-municipality-has-its-own-words.md)."""


@pytest.fixture(scope="module")
def mail_program(browser: Browser) -> Iterator[Page]:
    """One page for them all."""
    context = browser.new_context(locale="da-DK")
    page = context.new_page()
    page.evaluate(Axe().axe_script)
    yield page
    context.close()


@pytest.mark.parametrize("pathway", PATHWAYS.values(), ids=PATHWAYS.keys())
def test_every_mail_can_be_read_by_everybody_when_it_is_opened(mail_program: Page, pathway: Pathway) -> None:
    asked: list[str] = []
    mail_program.on("request", lambda request: asked.append(request.url))
    for kind in kinds_of(pathway):
        rendered = RENDERER.render(
            pathway.key, kind, made_up(pathway, kind, MONDAY, PUBLIC_URL), foot_of(pathway, kind)
        )
        look(mail_program, rendered.html, f"{pathway.key}-{kind}")
    assert asked == []


def test_every_mail_has_its_picture(mail_program: Page) -> None:
    """Of those that tracks share one does for all."""
    first, *others = PATHWAYS.values()
    of_tracks = [(pathway, step.key) for pathway in (first, *others) for step in pathway.steps]
    pictured = [*of_tracks, *((first, kind) for kind in sorted(kinds.SHARED))]
    sections = ["# The messages", _WHAT_THIS_IS]
    for pathway, kind in pictured:
        rendered = RENDERER.render(
            pathway.key, kind, made_up(pathway, kind, MONDAY, PUBLIC_URL), foot_of(pathway, kind)
        )
        name = f"{pathway.key}-{kind}"
        if os.environ.get("SOSU_SCREENSHOTS"):
            pictures_of(mail_program, rendered.html, name)
        sections += [
            f"## {rendered.subject}",
            " ".join(f"![{what}](screenshots/mails/{name}-{what}.webp)" for what in _RULES),
        ]
        assert all((_FOLDER / f"{name}-{what}.webp").exists() for what in _RULES), f"make screenshots: {name}"
    said = "\n\n".join(sections) + "\n"
    if os.environ.get("SOSU_SCREENSHOTS"):
        _PAGE.write_text(said, encoding="utf-8")
    assert _PAGE.read_text("utf-8") == said, "make screenshots"


def pictures_of(page: Page, mail: str, name: str) -> None:
    """On a phone, light and dark."""
    _FOLDER.mkdir(exist_ok=True)
    page.set_content(mail, wait_until="domcontentloaded")
    page.set_viewport_size({"width": min(_WIDTHS), "height": 800})
    for scheme in _RULES:
        page.emulate_media(color_scheme=scheme)
        (_FOLDER / f"{name}-{scheme}.webp").write_bytes(photographed(page))


def test_a_sample_can_be_read_as_well_when_it_is_opened(mail_program: Page) -> None:
    pathway = PATHWAYS["immigrant_track"]
    rendered = RENDERER.render(
        pathway.key, "moved", made_up(pathway, "moved", MONDAY, PUBLIC_URL), foot_of(pathway, "moved")
    )
    look(mail_program, as_sample(rendered).html, "sample")


def test_a_digest_of_more_than_it_lists_can_be_read_as_well_when_it_is_opened(mail_program: Page) -> None:
    for pathway in PATHWAYS.values():
        many = made_up_cases(pathway, "digest")[""]
        rendered = RENDERER.render(pathway.key, "digest", many, foot_of(pathway, "digest"))
        assert "Se dem alle" in rendered.html
        look(mail_program, rendered.html, f"{pathway.key}-digest-of-many")


def look(page: Page, mail: str, name: str) -> None:
    """Nothing of it is wider than the screen, and no rule that a machine can check is broken."""
    page.set_content(mail, wait_until="domcontentloaded")
    for scheme, rules in _RULES.items():
        page.emulate_media(color_scheme=scheme)
        for width in _WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(_WIDER) <= 0, f"{name} is wider than {width} pixels"
            broken = page.evaluate(_BROKEN, {"runOnly": rules, "resultTypes": ["violations"]})
            assert broken == [], f"{name}, {scheme}, {width} pixels"
