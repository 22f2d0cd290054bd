"""Months of pauses, late days, undos and snoozes: each rung comes once, while it is true, and not where it rests."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from engine import kinds
from engine.refusal import Refused
from models.message import State
from onboarding.store import find
from tests.municipality import VIBY_MANAGER, Candidate, Municipality
from tests.support import assert_folds

_RUNGS = frozenset(kinds.OF_RUNG.values())
_STEPS = ("admit", "start_amu", "start_placement", "reject")


def somebody_does_something(candidate: Candidate, random: Random) -> None:
    """What is refused changes nothing."""
    today = candidate.town.clock.today
    deeds: list[Any] = [
        lambda: candidate.pauses(review_on=today + timedelta(days=random.choice((1, 7, 30)))),
        lambda: candidate.prolongs(today + timedelta(days=random.choice((10, 40)))),
        candidate.resumes,
        candidate.resumes,
        lambda: candidate.snoozes(today + timedelta(days=random.choice((1, 5, 20)))),
        lambda: candidate.is_handled_elsewhere(by=VIBY_MANAGER),
        candidate.is_reminded_again,
        lambda: candidate.records(random.choice(("interest_confirmed", "danish_course_passed"))),
        lambda: candidate.moves(random.choice(_STEPS)),
        candidate.undoes,
        candidate.undoes,
    ]
    try:
        random.choice(deeds)()
    except Refused:
        return


def reminded_of(town: Municipality) -> set[tuple[Any, ...]]:
    """Every reminder that somebody has been sent, by itself or in a digest: of what, by which rung, and who."""
    rows = {row["id"]: row for row in town.messages()}
    went = {number for number, row in rows.items() if row["state"] == State.SENT}
    told = (row for row in rows.values() if row["id"] in went or row["digest_id"] in went)
    reminders = (row for row in told if row["kind"] in _RUNGS)
    return {(row["enrolment_id"], row["seq"], row["kind"], row["recipient_id"]) for row in reminders}


def assert_it_is_true(town: Municipality, number: int, occurrence: int, everybody: list[Candidate]) -> None:
    """What was sent today is about the stage or the pause that somebody is in, and does not rest."""
    with town.database.read() as session:
        cases = {loaded.id: loaded.case for c in everybody for loaded in [find(session, c.reference, lock=False)]}
    case = cases[number]
    assert case.occurrence == occurrence
    assert case.snooze is None or not case.snooze.holds(town.clock.today)


@pytest.mark.parametrize("seed", range(4))
def test_no_rung_comes_twice_or_too_late_when_everything_moves(town: Municipality, seed: int) -> None:
    random = Random(seed)
    everybody = [town.enrols(f"Olena {letter}") for letter in "ABCDEF"]
    before: set[tuple[Any, ...]] = set()
    for _ in range(90):
        town.clock.passes(days=random.choice((1, 1, 1, 1, 1, 1, 4, 9)))  # some days nothing ran
        town.sweeps()
        for candidate in everybody:
            if random.random() < 0.2:
                somebody_does_something(candidate, random)
        if random.random() < 0.7:  # on the others the mail server was away
            town.delivers()
            now = reminded_of(town)
            for number, occurrence, _, _ in now - before:
                assert_it_is_true(town, number, occurrence, everybody)
            before = now
    assert len(before) > 12, "they were reminded at all"
    identities = [envelope.message_id for envelope in town.postbox.envelopes]
    assert len(identities) == len(set(identities))
    assert_folds(town.database)
