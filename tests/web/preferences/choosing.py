"""What the tests of Mine beskeder type and see."""

from __future__ import annotations

import re
from html import unescape

from onboarding.contacts import put_contact
from onboarding.preferences import Chosen, preferences
from tests.municipality import VIBY
from tests.web.site import Site, Visitor

PAGE = "/mig/beskeder"

OTHER = "ida.viby@example.org"

PHONE, MASKED = "22 34 56 78", "+45 •• •• •• 78"

TEAMS = "https://prod-1.westeurope.logic.azure.com:443/workflows/abc/triggers/manual/paths/invoke?sig=hemmelig"

TIMES: dict[str, str | list[str]] = {
    "hours": "own",
    "opens": "08:00",
    "closes": "15:30",
    "day": ["1", "3"],
    "at": "09:15",
}


def chosen(site: Site, email: str = VIBY) -> Chosen:
    with site.town.database.read() as session:
        return preferences(session, email)


def shown(visitor: Visitor) -> str:
    return words(visitor.gets(PAGE).text)


def words(text: str) -> str:
    """A page as it is read."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def has_a_phone(site: Site, email: str = VIBY) -> None:
    with site.town.database.write() as session:
        put_contact(session, site.town.keyring, email, "sms", "+4522345678", site.town.signed(email))
