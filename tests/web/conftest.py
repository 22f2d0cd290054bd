"""A served municipality, and a browser. The browser lives as long as the tests of the page do and no longer: while
Playwright runs, its process can run no other event loop, and the flows' tests need one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.conftest import NewMunicipality
from tests.municipality import Municipality
from tests.web.browser import launch_arguments
from tests.web.openid import Forger, forget, forging, with_work_accounts
from tests.web.site import Site, Visitor, lent_app, served

#: What a page is waited for. A machine that others load needs longer than Playwright's five seconds for a password.
expect.set_options(timeout=20_000)


@pytest.fixture
def site(town: Municipality, key_file: Path) -> Iterator[Site]:
    """On loopback without TLS."""
    with lent_app(town, key_file) as app, served(app) as address:
        made = Site(town, address, app)
        yield made
        made.close()


@pytest.fixture
def visitor(site: Site) -> Visitor:
    return site.visitor()


@pytest.fixture(scope="module")
def _forged(new_municipality: NewMunicipality) -> Iterator[tuple[Site, Forger]]:
    town = new_municipality()
    key_file = Path(str(town.database.url.database)).with_name("keys.json")
    with forging(town) as forger, with_work_accounts(town, key_file, forger.issuer, patience=0.5) as site:
        yield site, forger


@pytest.fixture
def forged(_forged: tuple[Site, Forger]) -> Site:
    """A page that a module's tests share, where people sign in by a provider that says what a test wants."""
    forget(_forged[0])
    return _forged[0]


@pytest.fixture
def forger(_forged: tuple[Site, Forger]) -> Forger:
    """That provider, as it was at first."""
    _forged[1].begins_anew()
    return _forged[1]


# These three stand in for pytest-playwright's own, which live as long as the session.


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as made:
        yield made


@pytest.fixture(scope="package")
def browser(playwright: Playwright, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    made = playwright.chromium.launch(**{**launch_arguments(), **browser_type_launch_args})
    yield made
    made.close()


@pytest.fixture(scope="package")
def browser_context_args() -> dict[str, Any]:
    return {"locale": "da-DK", "timezone_id": "Europe/Copenhagen", "viewport": {"width": 1440, "height": 900}}
