"""The sweep did not run for a week. It catches up, and nobody gets seven reminders."""

from __future__ import annotations

from datetime import date, timedelta

from tests.municipality import VIBY, VIBY_MANAGER, Inbox, Municipality
from tests.support import assert_folds


def test_the_sweep_catches_up_without_a_flood_when_it_did_not_run_for_a_week(either_town: Municipality) -> None:
    town = either_town
    passing = [town.enrols(f"Olena {letter}") for letter in "ABC"]
    for candidate in passing:
        candidate.records("interest_confirmed")
        candidate.moves("admit")
        candidate.records("danish_course_passed")
    stuck = [town.enrols(f"Bogdan {letter}") for letter in "ABC"]
    for candidate in stuck:
        candidate.records("interest_confirmed")
        candidate.moves("admit")
    end = date(2026, 9, 7) + timedelta(weeks=12)  # a Monday
    town.sweeps_every_day_until(end)
    town.delivers()
    karen, mette = Inbox(town.postbox, VIBY), Inbox(town.postbox, VIBY_MANAGER)
    karen.reads_messages()
    mette.reads_messages()
    assert {candidate.stage for candidate in passing} == {"amu_course"}

    # Reminder on Tuesday, escalation on the Monday after: both fall into the eight days in which nothing ran.
    town.clock.moves_to(end + timedelta(days=8))
    caught_up = town.sweeps()
    assert caught_up.reminders == len(stuck)
    town.delivers()
    assert karen.reads_subjects() == ["Siden sidst: 3 haster"]
    assert mette.reads_subjects() == ["Siden sidst: 3 haster, 3 flyttede eller ændrede"]  # what she has in a digest too
    assert town.messages(kind="reminder_after") == []
    assert len(town.messages(kind="escalation")) == 2 * len(stuck)

    # Running again, and every day from then on, says nothing twice.
    assert town.sweeps().due == 0
    town.sweeps_every_day_until(end + timedelta(days=40))
    assert len(town.messages(kind="escalation")) == 2 * len(stuck)
    assert all(candidate.stage == "danish_course" for candidate in stuck)
    assert_folds(town.database)


def test_whoever_became_due_in_the_week_is_moved_once_when_the_sweep_runs_again(town: Municipality) -> None:
    olena = town.enrols("Olena Kovalenko")
    olena.records("interest_confirmed")
    olena.moves("admit")
    olena.records("danish_course_passed")
    town.clock.passes(weeks=13)
    assert town.sweeps().moved == 1
    # She begins the next stage on the day that somebody let her begin, not a week ago.
    assert olena.shown()["entered_on"] == town.clock.today.isoformat()
    assert town.sweeps().moved == 0
