"""Who is late, as a digest says it below what happened."""

from __future__ import annotations

from datetime import timedelta

from engine.topic import Topic
from models.message import Pace
from notifications.danish import danish_date
from notifications.digest import MOST_CASES, MOST_OVERDUE
from onboarding.store import ENROLMENT
from tests.municipality import OFFICER, PUBLIC_URL, SYD, SYD_AREA, VIBY, Inbox, Municipality
from tests.onboarding.endings import ends
from tests.onboarding.test_preferences import chooses
from tests.support import MONDAY


def test_a_managers_digest_says_who_is_late_and_for_how_long(either_town: Municipality, mette: Inbox) -> None:
    late, later = either_town.enrols("Olena Kovalenko"), either_town.enrols("Sofia Marin", starts_on=MONDAY)
    elsewhere = either_town.enrols(area=SYD_AREA, coordinator=SYD)
    either_town.delivers()
    either_town.clock.passes(weeks=3)
    either_town.sweeps()
    either_town.delivers()
    mette.reads_messages()
    references = ends(either_town, 2)
    either_town.clock.passes(days=1)
    either_town.delivers()
    (digest,) = mette.reads_messages()
    assert digest.subject == "2 afsluttede"
    for part in (digest.text, digest.html):
        assert "Over tid lige nu (2)" in part
        assert "8 dage over tid" in part
        assert "Visitation" in part
        assert all(f"/sag/{one}" in part for one in (late.reference, later.reference, *references))
        assert f"/sag/{elsewhere.reference}" not in part
        assert "Kovalenko" not in part


def test_who_is_late_is_said_when_one_thing_happened(either_town: Municipality, mette: Inbox) -> None:
    late = either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(weeks=3)
    (reference,) = ends(either_town, 1)
    either_town.clock.passes(days=1)
    either_town.delivers()
    digest = mette.reads_messages()[-1]
    assert digest.subject == "1 afsluttet"
    assert f"{reference}: Ikke optaget" in digest.text
    assert "Over tid lige nu (1)" in digest.text
    assert f"/sag/{late.reference}" in digest.text


def test_an_officers_digest_names_whom_no_officer_has_in_their_areas(either_town: Municipality) -> None:
    late = either_town.enrols(by=VIBY)
    either_town.delivers()
    chooses(either_town, OFFICER, Topic.ENDINGS, Pace.DIGEST)
    either_town.clock.passes(weeks=3)
    ends(either_town, 2)
    either_town.clock.passes(days=1)
    either_town.delivers()
    (digest,) = either_town.postbox.to(OFFICER)
    assert "Over tid lige nu (1)" in digest.text
    assert f"/sag/{late.reference}" in digest.text


def test_those_who_are_late_and_not_named_are_in_the_table_of_them(either_town: Municipality, mette: Inbox) -> None:
    for _ in range(MOST_OVERDUE + 2):
        either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(weeks=3)
    ends(either_town, 1)
    either_town.clock.passes(days=1)
    either_town.delivers()
    digest = mette.reads_messages()[-1]
    table = f"{PUBLIC_URL}/forloeb/alle?over_tid=ja"
    for part in (digest.text, digest.html):
        assert f"Over tid lige nu ({MOST_OVERDUE + 2})" in part
        assert f"8 dage over tid ({MOST_OVERDUE + 2})" in part
        assert "Se dem alle" not in part, "all are of the line"
    assert f"  og {MOST_OVERDUE + 2 - MOST_CASES} til: {table}" in digest.text
    assert f'og <a href="{table}" class="whole">{MOST_OVERDUE + 2 - MOST_CASES} til</a>' in digest.html


def test_each_line_counts_those_who_are_as_late_when_there_are_more_than_it_looks_up(
    either_town: Municipality, mette: Inbox
) -> None:
    snoozed = either_town.enrols()
    for _ in range(MOST_OVERDUE - 6):
        either_town.enrols()
    for _ in range(9):
        either_town.enrols(starts_on=MONDAY + timedelta(days=1))
    for _ in range(2):
        either_town.enrols(starts_on=MONDAY + timedelta(days=2))
    either_town.delivers()
    either_town.clock.passes(weeks=3)
    snoozed.snoozes(either_town.clock.today + timedelta(days=5))
    ends(either_town, 1)
    either_town.clock.passes(days=1)
    either_town.delivers()
    digest = mette.reads_messages()[-1]
    for part in (digest.text, digest.html):
        assert f"Over tid lige nu ({MOST_OVERDUE + 6})" in part
        assert f"8 dage over tid ({MOST_OVERDUE - 6})" in part
        assert "7 dage over tid (9)" in part
        assert "Og 2 til. " in part
    assert f"{snoozed.reference}: 8 dage over tid. Visitation, rykkere udsat til" in digest.text
    assert "  og 4 til: " in digest.text, "of those who are a week late, five are looked up"


def test_a_digest_says_of_whom_nobody_need_be_chased_when_they_are_late(
    either_town: Municipality, mette: Inbox
) -> None:
    late, snoozed, was_snoozed, seen_to = (either_town.enrols() for _ in range(4))
    either_town.delivers()
    either_town.clock.passes(weeks=3)
    on = either_town.clock.today
    snoozed.snoozes(on + timedelta(days=5))
    was_snoozed.snoozes(on + timedelta(days=1))
    seen_to.is_handled_elsewhere()
    ends(either_town, 2)
    either_town.clock.passes(days=1)
    either_town.delivers()
    digest = mette.reads_messages()[-1]
    until = danish_date(on + timedelta(days=5))
    for part in (digest.text, digest.html):
        assert "Over tid lige nu (4)" in part
        assert f"Visitation, rykkere udsat til {until}" in part
        assert "Visitation, håndteres andetsteds" in part
        assert part.count("Visitation") == 3  # the two who are to be chased are in one line
    assert all(digest.text.count(f"/sag/{one.reference}") == 1 for one in (late, snoozed, was_snoozed, seen_to))


def test_a_digest_says_who_is_late_when_one_of_them_is_in_a_stage_that_there_is_not(
    either_town: Municipality, mette: Inbox
) -> None:
    lost, late = either_town.enrols(), either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(weeks=3)
    either_town.changes(ENROLMENT, {"reference": lost.reference}, {"stage": "nowhere"})
    ends(either_town, 2)
    either_town.clock.passes(days=1)
    either_town.delivers()
    digest = mette.reads_messages()[-1]
    assert "Over tid lige nu (2)" in digest.text
    assert all(f"/sag/{one.reference}" in digest.text for one in (lost, late))
    assert "ukendt trin" in digest.text


def test_nothing_is_sent_when_somebody_is_late_and_nothing_happened(either_town: Municipality, mette: Inbox) -> None:
    either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(weeks=3)
    either_town.sweeps()
    either_town.delivers()
    assert len(mette.reads_messages()) == 1  # the escalation
    for _ in range(10):
        either_town.clock.passes(days=1)
        either_town.sweeps()
        either_town.delivers()
    assert mette.reads_messages() == []


def test_who_is_late_is_named_once_when_the_same_message_reminds_of_them(
    either_town: Municipality, mette: Inbox
) -> None:
    told, known = either_town.enrols(), either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(weeks=3)
    known.snoozes(either_town.clock.today + timedelta(days=5))
    others = [either_town.enrols(starts_on=MONDAY) for _ in range(1)]
    either_town.sweeps()
    either_town.clock.passes(days=2)
    either_town.delivers()
    (caught_up,) = mette.reads_messages()
    reminded = [told.reference, *(one.reference for one in others)]
    assert "Også over tid (1)" in caught_up.text
    assert all(caught_up.text.count(f"/sag/{one}") == 1 for one in (*reminded, known.reference))
