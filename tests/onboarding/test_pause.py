from __future__ import annotations

from datetime import timedelta

import pytest

from engine.refusal import Refused
from onboarding.store import PAUSE
from tests.municipality import VIBY, VIBY_MANAGER, Municipality
from tests.support import MONDAY, assert_folds


def test_the_forecast_moves_by_the_days_of_the_pause_when_it_is_over(either_town: Municipality) -> None:
    olena = either_town.enrols()
    before = olena.forecast()
    either_town.clock.passes(days=2)
    olena.pauses("parental_leave", MONDAY + timedelta(weeks=8))
    either_town.clock.passes(days=37)
    olena.resumes()
    assert olena.forecast()["intake"] == "2026-10-28"
    assert before["intake"] == "2026-09-21"
    assert olena.planned()["intake"] == "2026-09-21"
    assert olena.shown()["due_on"] == "2026-10-28"
    assert_folds(either_town.database)


def test_the_pause_is_for_another_reason_and_four_weeks_when_nothing_is_said(town: Municipality) -> None:
    olena = town.enrols()
    olena.pauses("other")
    assert [(row["reason"], row["review_on"], row["until_on"]) for row in town.rows(PAUSE)] == [
        ("other", MONDAY + timedelta(weeks=4), None)
    ]


def test_nobody_is_reminded_of_the_stage_when_paused_and_twice_of_the_pause(either_town: Municipality) -> None:
    olena = either_town.enrols()
    olena.pauses("illness", MONDAY + timedelta(weeks=6))
    either_town.sweeps_every_day_until(MONDAY + timedelta(weeks=9))
    assert {kind for kind, _ in olena.told()} == {"enrolled", "paused", "pause_review", "pause_forgotten"}
    assert olena.told("pause_review") == [("pause_review", VIBY)]
    assert olena.told("pause_forgotten") == [("pause_forgotten", VIBY), ("pause_forgotten", VIBY_MANAGER)]
    assert_folds(either_town.database)


def test_reminders_come_on_the_moved_days_when_resumed(town: Municipality) -> None:
    olena = town.enrols()
    olena.pauses()
    town.clock.passes(days=10)
    olena.resumes()
    town.sweeps_every_day_until(MONDAY + timedelta(weeks=5))
    reminded = {m["kind"]: m["on"] for m in olena.shown()["messages"] if m["kind"].startswith(("reminder", "escal"))}
    # Two weeks and ten days: 1 October. Three days before it; then on it, one and five working days after it.
    assert reminded == {
        "reminder_before": "2026-09-28",
        "reminder_on": "2026-10-01",
        "reminder_after": "2026-10-02",
        "escalation": "2026-10-08",
    }


def test_a_title_is_as_good_as_a_key_when_the_reason_is_given(town: Municipality) -> None:
    olena = town.enrols()
    olena.pauses(" sygdom ")
    assert [row["reason"] for row in town.rows(PAUSE)] == ["illness"]


@pytest.mark.parametrize(
    ("reason", "review", "said"),
    [
        ("Olena er syg", MONDAY + timedelta(days=1), "parental_leave (Barsel)"),
        ("illness", MONDAY, "opfølgningsdato"),
        ("illness", MONDAY + timedelta(days=4000), "opfølgningsdato"),
    ],
)
def test_a_pause_is_refused_with_the_remedy_when_it_cannot_be(
    town: Municipality, reason: str, review: object, said: str
) -> None:
    olena = town.enrols()
    with pytest.raises(Refused) as refused:
        olena.pauses(reason, review)  # type: ignore[arg-type]
    assert said in str(refused.value)
    assert "Olena" not in str(refused.value)
    assert olena.status == "open"


def test_a_second_pause_is_refused_when_one_lasts(town: Municipality) -> None:
    olena = town.enrols()
    olena.pauses()
    with pytest.raises(Refused, match="allerede på pause"):
        olena.pauses()


def test_resuming_is_refused_when_there_is_no_pause(town: Municipality) -> None:
    olena = town.enrols()
    with pytest.raises(Refused, match="ikke på pause"):
        olena.resumes()


def test_the_pause_is_over_when_the_candidate_drops_out(either_town: Municipality) -> None:
    olena = either_town.enrols()
    olena.pauses()
    either_town.clock.passes(days=5)
    olena.drops_out()
    assert [row["until_on"] for row in either_town.rows(PAUSE)] == [MONDAY + timedelta(days=5)]
    assert_folds(either_town.database)
