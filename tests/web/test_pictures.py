"""The pictures of docs/pages.md: `make screenshots` takes them anew, always of the same people on the same day."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from docs.draw import ROOT
from models.staff import Role
from tests.web.busy import busy
from tests.web.looking import PHONE, WIDE
from tests.web.site import Site, app_of, served

FOLDER = ROOT / "docs" / "screenshots"
_TALLEST = 2400  # pixels; what is below is more of the same
_QUALITY = 60  # of 100: small print is still sharp


@dataclass(frozen=True, slots=True)
class Picture:
    """`role` is None at the door."""

    name: str
    role: Role | None
    address: str


PICTURES = (
    Picture("log-ind", None, "/login"),
    Picture("overblik", Role.COORDINATOR, "/"),
    Picture("overblik-leder", Role.MANAGER, "/"),
    Picture("tavle", Role.COORDINATOR, "/forloeb/immigrant_track"),
    Picture("tabel", Role.COORDINATOR, "/forloeb/ped_assistant_track?vis=tabel&over_tid=ja"),
    Picture("sag", Role.COORDINATOR, "/sag/PA-0035"),
    Picture("formaal", Role.MANAGER, "/sag/PA-0035"),
    Picture("indskriv", Role.JOBCENTER_OFFICER, "/indskriv"),
    Picture("lister", Role.JOBCENTER_OFFICER, "/lister"),
    Picture("rapporter", Role.MANAGER, "/rapporter/ped_assistant_track"),
    Picture("beskeder", Role.COORDINATOR, "/beskeder?tilstand=dead"),
    Picture("besked", Role.COORDINATOR, "/beskeder/skabeloner/immigrant_track/reminder_after"),
    Picture("definitioner", Role.COORDINATOR, "/definitioner"),
    Picture("definition", Role.COORDINATOR, "/definitioner/immigrant_track/1"),
    Picture("administration", Role.ADMINISTRATOR, "/administration"),
    Picture("revision", Role.DATA_PROTECTION_OFFICER, "/revision?soeg=PA-"),
)


@pytest.fixture
def busy_site(tmp_path: Path) -> Iterator[Site]:
    town = busy(tmp_path)
    app = app_of(town, tmp_path / "keys.json")
    with served(app) as address:
        site = Site(town, address, app)
        yield site
        site.close()
    town.database.close()


@pytest.mark.skipif(not os.environ.get("SOSU_SCREENSHOTS"), reason="`make screenshots` takes them")
def test_every_page_is_photographed_when_somebody_asks_for_it(busy_site: Site, browser: Browser) -> None:
    FOLDER.mkdir(exist_ok=True)
    rooms: dict[Role | None, Page] = {}
    for picture in PICTURES:
        if picture.role not in rooms:
            rooms[picture.role] = browser.new_context(locale="da-DK", timezone_id="Europe/Copenhagen").new_page()
            if picture.role is not None:
                busy_site.enters(rooms[picture.role], picture.role, "/definitioner")
        page = rooms[picture.role]
        page.goto(busy_site.address + picture.address)
        for width, height in (WIDE, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            (FOLDER / f"{picture.name}-{width}.webp").write_bytes(photographed(page))


def photographed(page: Page) -> bytes:
    """The page from its top, as WebP, which Playwright itself does not write."""
    size = page.evaluate("() => [document.documentElement.clientWidth, document.scrollingElement.scrollHeight]")
    area = {"x": 0, "y": 0, "width": size[0], "height": min(size[1], _TALLEST), "scale": 1}
    asked = {"format": "webp", "quality": _QUALITY, "captureBeyondViewport": True, "clip": area}
    session = page.context.new_cdp_session(page)
    try:
        return base64.b64decode(session.send("Page.captureScreenshot", asked)["data"])
    finally:
        session.detach()
