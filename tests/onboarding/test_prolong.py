from __future__ import annotations

from datetime import timedelta

import pytest

from engine.refusal import Refused
from onboarding.store import PAUSE
from tests.municipality import VIBY, VIBY_MANAGER, Candidate, Municipality
from tests.support import MONDAY, assert_folds


def paused(town: Municipality) -> Candidate:
    """Until the third week, with a forecast that everybody has seen."""
    olena = town.enrols()
    olena.pauses("illness", MONDAY + timedelta(weeks=3))
    return olena


def test_forecast_and_deadline_are_those_of_one_long_pause_when_it_was_prolonged(either_town: Municipality) -> None:
    olena, iryna = paused(either_town), either_town.enrols("Iryna Bondar")
    iryna.pauses("illness", MONDAY + timedelta(weeks=9))
    either_town.clock.passes(weeks=4)
    made = olena.prolongs(MONDAY + timedelta(weeks=9))
    assert (made["status"], made["moves"]) == ("paused", [])
    assert dates(olena) == dates(iryna)
    either_town.clock.passes(weeks=2)
    for candidate in (olena, iryna):
        candidate.resumes()
    assert dates(olena) == dates(iryna)
    assert olena.planned() == iryna.planned()
    assert_folds(either_town.database)


def dates(candidate: Candidate) -> tuple[object, ...]:
    shown = candidate.shown()
    return (candidate.forecast(), *(shown[name] for name in ("due_on", "review_on", "next_due_on", "entered_on")))


def test_the_reason_is_kept_or_changed_when_a_pause_is_prolonged(town: Municipality) -> None:
    olena = paused(town)
    olena.prolongs(MONDAY + timedelta(weeks=5))
    olena.prolongs(MONDAY + timedelta(weeks=7), " orlov ")
    assert [row["reason"] for row in town.rows(PAUSE)] == ["illness", "illness", "leave"]
    assert [t["reason"] for t in olena.shown()["transitions"][1:]] == ["illness", "illness", "leave"]
    assert [row["until_on"] for row in town.rows(PAUSE)] == [MONDAY, MONDAY, None]


def test_the_coordinator_hears_the_new_date_when_a_pause_is_prolonged(town: Municipality) -> None:
    olena = paused(town)
    town.delivers()
    town.clock.passes(weeks=4)
    olena.prolongs(MONDAY + timedelta(weeks=9))
    assert olena.told("pause_prolonged") == [("pause_prolonged", VIBY)]
    assert len(olena.told("paused")) == 1
    town.delivers()
    said = next(mail for mail in town.postbox.envelopes if "forlænget" in mail.subject)
    assert "Pausen følges nu op den 9. november 2026." in said.text
    assert "Sygdom" not in said.text


def test_reminders_count_anew_when_a_forgotten_pause_is_prolonged(either_town: Municipality) -> None:
    olena = paused(either_town)
    either_town.sweeps_every_day_until(MONDAY + timedelta(weeks=6))
    assert olena.told("pause_forgotten") == [("pause_forgotten", VIBY), ("pause_forgotten", VIBY_MANAGER)]
    olena.prolongs(MONDAY + timedelta(weeks=8))
    either_town.sweeps_every_day_until(MONDAY + timedelta(weeks=8) - timedelta(days=1))
    assert len(olena.told("pause_review")) == 1
    either_town.sweeps_every_day_until(MONDAY + timedelta(weeks=11))
    assert len(olena.told("pause_review")) == 2
    assert len(olena.told("pause_forgotten")) == 4
    assert_folds(either_town.database)


def test_the_earlier_review_is_reminded_of_no_more_when_the_pause_is_prolonged_before_it_is_sent(
    either_town: Municipality,
) -> None:
    olena = paused(either_town)
    either_town.sweeps_every_day_until(MONDAY + timedelta(weeks=3))
    olena.prolongs(MONDAY + timedelta(weeks=8))
    states = {m["kind"]: (m["state"], m["reason"]) for m in olena.shown()["messages"]}
    assert states["pause_review"] == ("skipped", "pause_prolonged")
    assert states["paused"] == ("queued", None), "that it was paused is true still"
    either_town.delivers()
    assert [mail.subject for mail in either_town.postbox.to(VIBY) if "følges op" in mail.subject] == []


def test_nothing_is_held_back_when_the_prolonging_is_refused(town: Municipality) -> None:
    olena = paused(town)
    town.sweeps_every_day_until(MONDAY + timedelta(weeks=3))
    with pytest.raises(Refused, match="opfølgningsdato"):
        olena.prolongs(town.clock.today)
    assert {m["state"] for m in olena.shown()["messages"]} == {"queued"}
    assert len(town.rows(PAUSE)) == 1


def test_prolonging_is_refused_when_there_is_no_pause(town: Municipality) -> None:
    with pytest.raises(Refused, match="Sæt det på pause i stedet"):
        town.enrols().prolongs(MONDAY + timedelta(weeks=8))


def test_a_pause_is_prolonged_once_when_the_command_is_sent_twice(town: Municipality) -> None:
    olena = paused(town)
    first, again = (olena.prolongs(MONDAY + timedelta(weeks=8), command_id="once") for _ in range(2))
    assert first == again
    assert len(town.rows(PAUSE)) == 2


def test_the_reminder_that_was_held_back_is_sent_when_the_prolonging_is_undone(either_town: Municipality) -> None:
    olena = paused(either_town)
    either_town.delivers()
    either_town.sweeps_every_day_until(MONDAY + timedelta(weeks=3))
    olena.prolongs(MONDAY + timedelta(weeks=20))
    assert states(olena) == [("pause_review", "skipped", "pause_prolonged")]
    olena.undoes()
    assert states(olena) == [("pause_review", "queued", None)]
    either_town.delivers()
    assert states(olena) == [("pause_review", "sent", None)]


def test_nobody_is_reminded_of_the_later_review_when_the_prolonging_is_undone(town: Municipality) -> None:
    olena = paused(town)
    town.delivers()
    olena.prolongs(MONDAY + timedelta(weeks=8))
    town.sweeps_every_day_until(MONDAY + timedelta(weeks=8))
    assert states(olena) == [("pause_review", "queued", None)]
    olena.undoes()
    assert states(olena) == [("pause_review", "skipped", "prolonging_undone")]


def states(candidate: Candidate) -> list[tuple[str, str, str | None]]:
    """How the reminders of the pause stand."""
    about = [one for one in candidate.shown()["messages"] if one["kind"] in ("pause_review", "pause_forgotten")]
    return [(one["kind"], one["state"], one["reason"]) for one in about]


def test_the_earlier_review_holds_again_when_the_prolonging_is_undone(either_town: Municipality) -> None:
    olena = paused(either_town)
    before = dates(olena)
    either_town.delivers()
    either_town.clock.passes(days=2)
    olena.prolongs(MONDAY + timedelta(weeks=8), "leave")
    either_town.clock.passes(days=1)
    assert olena.undoes()["moves"] == []
    assert dates(olena) == before
    assert [(row["reason"], row["until_on"]) for row in either_town.rows(PAUSE)] == [("illness", None)]
    assert olena.told("undone") == []
    assert olena.told("prolonging_undone") == [("prolonging_undone", VIBY)]
    assert_folds(either_town.database)
    either_town.delivers()
    said = next(mail for mail in either_town.postbox.envelopes if "fortrudt" in mail.subject)
    assert "Pausens opfølgningsdato er igen den 28. september 2026." in said.text
    for part in (said.text, said.html):
        assert "Har du fået besked om forlængelsen, så se bort fra den." in part
        assert "tidligere besked" not in part, "nobody had heard of it"
