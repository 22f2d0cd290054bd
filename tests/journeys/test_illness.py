"""Someone falls ill for ten weeks, and her dates move with her."""

from __future__ import annotations

from datetime import date, timedelta

from tests.municipality import SYD, SYD_AREA, SYD_MANAGER, VIBY, Inbox, Municipality
from tests.support import assert_folds

TEN_WEEKS = timedelta(weeks=10)


def test_every_date_ahead_moves_by_ten_weeks_when_she_is_ill_for_ten(either_town: Municipality) -> None:
    town = either_town
    aisha = town.enrols("Aïsha Hussein")
    aisha.records("interest_confirmed")
    aisha.moves("admit")
    before, planned = aisha.forecast(), aisha.planned()

    town.clock.passes(weeks=3)
    aisha.pauses("illness", review_on=town.clock.today + timedelta(weeks=4))
    town.sweeps_every_day_until(town.clock.today + TEN_WEEKS)
    aisha.resumes()

    ahead = [stage for stage in before if stage != "intake"]
    for stage in ahead:
        later, sooner = aisha.forecast()[stage], before[stage]
        assert later is not None
        assert sooner is not None
        # Months are counted on the calendar: an end that is clamped to a shorter month may differ by a day or two.
        slack = 3 if stage == "main_course_helper" else 0
        assert abs((date.fromisoformat(later) - date.fromisoformat(sooner) - TEN_WEEKS).days) <= slack, stage
    assert aisha.planned() == planned  # what was planned stays for comparison

    # She passed while at home; the course still lasts its twelve weeks of attendance.
    aisha.records("danish_course_passed")
    end = date(2026, 9, 7) + timedelta(weeks=12) + TEN_WEEKS
    town.sweeps_every_day_until(end - timedelta(days=1))
    assert aisha.stage == "danish_course"
    town.sweeps_every_day_until(end)
    assert aisha.stage == "amu_course"
    assert_folds(town.database)


def test_nobody_is_reminded_during_a_pause_but_of_the_pause(town: Municipality) -> None:
    aisha = town.enrols("Aïsha Hussein")
    aisha.records("interest_confirmed")
    aisha.moves("admit")
    town.clock.passes(weeks=11)
    town.sweeps()
    aisha.pauses("illness", review_on=town.clock.today + timedelta(weeks=4))
    town.delivers()
    karen = Inbox(town.postbox, VIBY)
    karen.reads_messages()

    town.sweeps_every_day_until(town.clock.today + timedelta(weeks=4))
    town.delivers()
    assert karen.reads_subjects() == [f"{aisha.reference}: Pausen skal følges op"]
    assert aisha.shown()["overdue"] is False


def test_the_manager_hears_of_it_when_nobody_looks_at_a_pause(town: Municipality) -> None:
    aisha = town.enrols("Aïsha Hussein")
    aisha.pauses("illness", review_on=town.clock.today + timedelta(weeks=4))
    aisha.is_assigned(SYD, SYD_AREA)
    town.sweeps_every_day_until(town.clock.today + timedelta(weeks=4, days=6))
    for _ in range(2):  # that of the pause was to go to the one before, and is passed on
        town.delivers()
    jens, lars = Inbox(town.postbox, SYD_MANAGER), Inbox(town.postbox, SYD)
    assert jens.reads_subjects() == []
    lars.reads_messages()

    town.sweeps_every_day_until(town.clock.today + TEN_WEEKS)  # the fifth working day after the review lies in it
    town.delivers()
    for inbox in (jens, lars):
        (told,) = inbox.reads_messages()
        assert told.subject == f"{aisha.reference}: Pausen er ikke fulgt op"
        assert "5. oktober 2026" in told.text  # the day of the review, though a hand-over came after the pause
