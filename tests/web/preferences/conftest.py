"""Karen at her page, and a colleague who can stand in for her."""

from __future__ import annotations

import pytest

from models.staff import Role
from onboarding.staffing import add_staff
from tests.municipality import VIBY_AREA
from tests.web.preferences.choosing import OTHER
from tests.web.site import Site, Visitor


@pytest.fixture
def karen(site: Site) -> Visitor:
    return site.remembered(Role.COORDINATOR)


@pytest.fixture
def with_ida(site: Site) -> Site:
    """With a colleague who can stand in for Karen."""
    with site.town.database.write() as session:
        add_staff(session, OTHER, "Ida Afløser", "coordinator", [VIBY_AREA])
    return site
