"""Olena Kovalenko, 36, from Kharkiv: from the first talk at the jobcenter to a certificate as a care assistant."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.refusal import Refused
from tests.municipality import OFFICER, VIBY, VIBY_MANAGER, Candidate, Inbox, Municipality
from tests.support import assert_folds


def test_olena_goes_from_referral_to_certificate(either_town: Municipality) -> None:
    town = either_town
    karen, mette = Inbox(town.postbox, VIBY), Inbox(town.postbox, VIBY_MANAGER)

    # The jobcenter refers her; she is not let in before she has said that she wants to.
    olena = town.enrols("Olena Kovalenko", starts_on=town.clock.today)
    with pytest.raises(Refused, match="interest_confirmed"):
        olena.moves("admit")
    town.delivers()
    town.clock.passes(days=3)
    olena.records("interest_confirmed")
    olena.moves("admit")
    town.delivers()
    assert karen.reads_subjects() == [
        f"{olena.reference}: Nyt forløb",
        f"{olena.reference}: Danskforløbet er begyndt",
    ]

    learns_danish_and_care_work(olena)
    is_employed_and_educated(olena)
    # Nobody has sent anything for years: each is told all of it at once, and the manager the next morning.
    town.delivers()
    town.clock.passes(days=4)
    town.delivers()
    told = f"{olena.reference}: Uddannet social- og sundhedsassistent"
    (since,), (*_, ended) = karen.reads_messages(), mette.reads_messages()
    assert since.subject.startswith("Siden sidst: ")
    assert told in since.text
    assert told in ended.subject + ended.text

    assert [verb for verb, _, _ in olena.happened()] == ["enrol", "move", *["advance"] * 6]
    assert town.messages(state="queued") == []
    assert_folds(town.database)


def learns_danish_and_care_work(olena: Candidate) -> None:
    # The course is passed early, but lasts its twelve weeks: time moves her on, not a person.
    town, begun = olena.town, olena.town.clock.today
    town.clock.passes(weeks=11)
    assert olena.records("danish_course_passed")["moves"] == []
    town.sweeps_every_day_until(begun + timedelta(weeks=12))
    assert olena.stage == "amu_course"

    # 23 weeks of school and 9 of placement are the 32-week course.
    town.clock.passes(weeks=22)
    olena.records("amu_school_completed")
    town.sweeps_every_day_until(begun + timedelta(weeks=12 + 23))
    assert olena.stage == "practice_placement"
    town.clock.passes(weeks=8)
    olena.records("amu_certificate", "placement_approved", "contract_signed")
    town.sweeps_every_day_until(begun + timedelta(weeks=12 + 32))
    assert olena.stage == "fixed_term_position"


def is_employed_and_educated(olena: Candidate) -> None:
    # The position is left as soon as her Danish is approved and she has said yes to the education.
    town = olena.town
    town.clock.passes(weeks=40)
    olena.records("danish_level_approved")
    assert olena.records("education_offer_accepted")["stage"] == "foundation_course"
    begun = town.clock.today
    town.clock.passes(weeks=19)
    olena.records("foundation_course_passed")
    olena.records("programme", value="assistant")
    town.sweeps_every_day_until(begun + timedelta(weeks=20))
    assert olena.stage == "main_course_assistant"

    town.clock.passes(weeks=140)
    answer = olena.records("journeyman_certificate")
    assert (answer["stage"], answer["status"]) == ("qualified", "ended")


def test_nobody_under_25_is_let_in_before_the_birthday(town: Municipality) -> None:
    young = town.enrols("Ioana Popescu", born=date(2001, 9, 20))
    young.records("interest_confirmed")
    with pytest.raises(Refused, match="ikke fyldt 25 år"):
        young.moves("admit")
    town.clock.moves_to(date(2026, 9, 20))
    assert young.moves("admit")["stage"] == "danish_course"


def test_the_officer_who_enrolled_her_is_told_that_she_was_admitted(town: Municipality) -> None:
    olena = town.enrols("Olena Kovalenko", by=OFFICER)
    olena.records("interest_confirmed")
    olena.moves("admit")
    assert olena.told("admit") == [("admit", VIBY), ("admit", OFFICER), ("admit", VIBY_MANAGER)]
