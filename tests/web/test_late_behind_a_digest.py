"""Forløb, of those whom a digest says are late: whoever follows its link sees those whom it counts, and no others."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from engine.topic import Topic
from models.message import Pace
from models.staff import Role
from notifications.digest import MOST_CASES
from onboarding.absences import be_away
from onboarding.preferences import choose_topic
from onboarding.staffing import add_staff
from tests.municipality import OFFICER, PUBLIC_URL, SYD, SYD_AREA, VIBY, VIBY_AREA, VIBY_MANAGER, Municipality
from tests.onboarding.absent import DEPUTY, OTHER
from tests.onboarding.endings import ends
from tests.web.site import Site

COUNTED = MOST_CASES + 2


def _late(town: Municipality) -> dict[str, set[str]]:
    """Who is late, by coordinator: more than a digest names of one in Viby, one of a colleague there, one in Syd."""
    with town.database.write() as session:
        add_staff(session, OTHER, "Ida Viby", "coordinator", [VIBY_AREA])
        add_staff(session, DEPUTY, "Vice Leder", "manager", [VIBY_AREA, SYD_AREA])
    late = {VIBY: {town.enrols().reference for _ in range(COUNTED)}}
    late[OTHER] = {town.enrols(coordinator=OTHER).reference}
    late[SYD] = {town.enrols(area=SYD_AREA, coordinator=SYD).reference}
    town.delivers()
    town.clock.passes(weeks=3)
    return late


def _is_told(site: Site, whose: str, reader: str) -> list[str]:
    """What the reader of somebody's digest gets, as text; where `reader` is somebody else, that one is away."""
    day = site.town.clock.today
    with site.town.database.write() as session:
        choose_topic(session, whose, Topic.ENDINGS, Pace.DIGEST)
        if reader != whose:
            choose_topic(session, reader, Topic.ENDINGS, Pace.NEVER)  # what they hear of anyway they get once
            be_away(session, whose, day, day + timedelta(days=5), reader, site.town.signed(whose))
    ends(site.town, 1)
    site.town.clock.passes(days=1)
    before = len(site.town.postbox.to(reader))
    site.town.delivers()
    return [mail.text for mail in site.town.postbox.to(reader)[before:]]


def _behind(mail: str) -> str:
    return re.findall(rf"  og \d+ til: {PUBLIC_URL}(/forloeb\S+)$", mail, re.MULTILINE)[0]


@pytest.mark.parametrize(
    ("role", "whose", "reader", "counts"),
    [
        (Role.COORDINATOR, VIBY, VIBY, {VIBY}),
        (Role.COORDINATOR, VIBY, OTHER, {VIBY}),
        (Role.MANAGER, VIBY_MANAGER, VIBY_MANAGER, {VIBY, OTHER}),
        (Role.MANAGER, VIBY_MANAGER, DEPUTY, {VIBY, OTHER}),
        (Role.MANAGER, DEPUTY, DEPUTY, {VIBY, OTHER, SYD}),
        (Role.JOBCENTER_OFFICER, OFFICER, OFFICER, {VIBY, OTHER, SYD}),
    ],
)
def test_a_reader_sees_those_who_were_counted_when_they_look_for_the_rest_of_who_is_late(
    site: Site, role: Role, whose: str, reader: str, counts: set[str]
) -> None:
    late = _late(site.town)
    counted = set[str]().union(*(late[one] for one in counts))
    [mail] = (text for text in _is_told(site, whose, reader) if f"Over tid lige nu ({len(counted)})" in text)
    link = _behind(mail)
    shown = site.remembered(role, reader).gets(link).text
    assert set(re.findall(r'href="/sag/([A-Z]+-\d+)"', shown)) == counted
    assert "@" not in link


def test_the_link_to_a_coordinators_own_cases_can_be_followed_in_a_mail_program(site: Site) -> None:
    _late(site.town)
    link = f"{PUBLIC_URL}{_behind(_is_told(site, VIBY, VIBY)[-1])}"
    html = site.town.postbox.to(VIBY)[-1].html
    assert f'og <a href="{link}" class="whole">' in unescape(html)
    assert link.endswith("/forloeb/alle?over_tid=ja&koordinator=1")
