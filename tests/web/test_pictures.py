"""The pictures of docs/pages.md: `make screenshots` takes them anew, always of the same people on the same day."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page

from docs.draw import ROOT
from models.staff import Role
from tests.web.busy import busy
from tests.web.looking import PHONE, WIDE
from tests.web.site import Site, app_of, served
from tests.web.test_lists_corrected import FAULTY

FOLDER = ROOT / "docs" / "screenshots"
_TALLEST = 2400  # pixels; what is below is more of the same
_QUALITY = 60  # of 100: small print is still sharp


def _several(page: Page) -> None:
    """What will happen to three of those that are late, before it is done."""
    for box in page.get_by_role("checkbox", name=re.compile("^Vælg ")).all()[1:4]:
        box.check(force=True)
    page.get_by_label("Registrér milepæl").select_option("basic_training_completed")
    page.get_by_role("button", name="Se, hvad der sker, når milepælen registreres").click()
    page.get_by_role("heading", level=1, name="Registrér").wait_for()


def _faulty(page: Page) -> None:
    """A list in which some cells cannot be."""
    page.get_by_label("Forløb", exact=True).select_option("ped_assistant_track")
    file = FilePayload(name="hold.csv", mimeType="text/csv", buffer=FAULTY)
    page.get_by_label("Liste", exact=True).set_input_files(file)
    page.get_by_role("button", name="Se, hvad der sker").click()
    page.get_by_role("alert").wait_for()


@dataclass(frozen=True, slots=True)
class Picture:
    """`role` is None at the door; `on_the_way` is what somebody does there before it is taken."""

    name: str
    role: Role | None
    address: str
    on_the_way: Callable[[Page], None] = field(default=lambda _page: None)


PICTURES = (
    Picture("log-ind", None, "/login"),
    Picture("overblik", Role.COORDINATOR, "/"),
    Picture("overblik-leder", Role.MANAGER, "/"),
    Picture("tavle", Role.COORDINATOR, "/forloeb/immigrant_track"),
    Picture("tabel", Role.COORDINATOR, "/forloeb/ped_assistant_track?vis=tabel&over_tid=ja"),
    Picture("samlet", Role.COORDINATOR, "/forloeb/ped_assistant_track?vis=tabel&over_tid=ja", _several),
    Picture("sag", Role.COORDINATOR, "/sag/PA-0035"),
    Picture("formaal", Role.MANAGER, "/sag/PA-0035"),
    Picture("indskriv", Role.JOBCENTER_OFFICER, "/indskriv"),
    Picture("lister", Role.JOBCENTER_OFFICER, "/lister"),
    Picture("liste-fejl", Role.JOBCENTER_OFFICER, "/lister", _faulty),
    Picture("rapporter", Role.MANAGER, "/rapporter/ped_assistant_track"),
    Picture("beskeder", Role.COORDINATOR, "/beskeder?tilstand=dead"),
    Picture("virkning", Role.MANAGER, "/beskeder/virkning/ped_assistant_track"),
    Picture("besked", Role.COORDINATOR, "/beskeder/skabeloner/immigrant_track/reminder_after"),
    Picture("definitioner", Role.COORDINATOR, "/definitioner"),
    Picture("definition", Role.COORDINATOR, "/definitioner/immigrant_track/2"),
    Picture("min-adgang", Role.COORDINATOR, "/mig"),
    Picture("mine-beskeder", Role.MANAGER, "/mig/beskeder"),
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
        answer = page.goto(busy_site.address + picture.address)
        assert answer is not None
        assert answer.ok, picture.name
        picture.on_the_way(page)
        for width, height in (WIDE, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("() => scrollTo(0, 0)")
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
