"""The pathway gets a new version while people are in the old one: for them nothing changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.conditions import Holds
from engine.pathway import Milestone, Pathway, Stage
from engine.refusal import Refused
from engine.spans import weeks
from flows.immigrant_track.pathway import PATHWAY
from tests.municipality import Municipality
from tests.support import assert_folds


def stricter(pathway: Pathway, version: int) -> Pathway:
    """A Danish course of sixteen weeks instead of twelve, that also asks for attendance."""
    stages = tuple(replace(s, lasts=weeks(16)) if s.key == "danish_course" else s for s in pathway.stages)
    steps = tuple(
        replace(s, when=(*s.when, Holds("attendance_approved"))) if s.key == "start_amu" else s for s in pathway.steps
    )
    milestones = (*pathway.milestones, Milestone("attendance_approved", "Fremmøde godkendt"))
    return replace(pathway, version=version, stages=stages, steps=steps, milestones=milestones)


def test_those_in_the_old_version_keep_it_and_new_ones_get_the_new(either_town: Municipality) -> None:
    town = either_town
    old = town.enrols("Olena Kovalenko")
    town.publishes(stricter(PATHWAY, PATHWAY.version + 1))
    new = town.enrols("Ioana Popescu")
    assert (old.shown()["version"], new.shown()["version"]) == (PATHWAY.version, PATHWAY.version + 1)

    for candidate in (old, new):
        candidate.records("interest_confirmed")
        candidate.moves("admit")
        candidate.records("danish_course_passed")
    begun = town.clock.today
    town.sweeps_every_day_until(begun + timedelta(weeks=12))
    assert (old.stage, new.stage) == ("amu_course", "danish_course")

    town.sweeps_every_day_until(begun + timedelta(weeks=16))
    with pytest.raises(Refused, match="attendance_approved"):
        new.moves("start_amu")
    with pytest.raises(Refused, match="har ikke den milepæl"):
        old.records("attendance_approved")  # her version does not know it
    assert new.records("attendance_approved")["stage"] == "amu_course"
    assert_folds(town.database)


def test_a_changed_definition_is_refused_with_the_difference_when_its_version_is_not_new(town: Municipality) -> None:
    with pytest.raises(Refused) as refused:
        town.publishes(stricter(PATHWAY, PATHWAY.version))
    said = str(refused.value)
    assert f"version {PATHWAY.version}" in said
    assert "attendance_approved" in said
    olena = town.enrols("Olena Kovalenko")
    assert olena.shown()["version"] == PATHWAY.version


def with_the_day_itself(pathway: Pathway, version: int, *, told: bool) -> Pathway:
    """The pathway, with a reminder on the day of each deadline or without."""
    stages = tuple(
        replace(stage, deadline=replace(stage.deadline, remind_on=told))
        if isinstance(stage, Stage) and stage.deadline
        else stage
        for stage in pathway.stages
    )
    return replace(pathway, version=version, stages=stages)


def test_those_in_the_old_version_keep_their_ladder_when_a_new_one_has_more(
    either_town: Municipality,
) -> None:
    town, newest = either_town, PATHWAY.version + 2
    town.publishes(with_the_day_itself(PATHWAY, newest - 1, told=False))
    old = town.enrols("Olena Kovalenko")
    town.publishes(with_the_day_itself(PATHWAY, newest, told=True))
    new = town.enrols("Ioana Popescu")
    assert (old.shown()["version"], new.shown()["version"]) == (newest - 1, newest)
    town.sweeps_every_day_until(town.clock.today + timedelta(weeks=4))
    ladder = ["reminder_before", "reminder_after", "escalation", "escalation"]
    assert [kind for kind, _ in old.told()[1:]] == ladder
    assert [kind for kind, _ in new.told()[1:]] == [*ladder[:1], "reminder_on", *ladder[1:]]
