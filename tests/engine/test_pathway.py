"""A pathway as data: it survives JSON, has a fingerprint, and answers what a page asks of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.audience import MANAGER
from engine.pathway import (
    DROPOUT_REASONS,
    PAUSE_REASONS,
    BrokenPathway,
    Ending,
    Milestone,
    Outcome,
    Pathway,
    Stage,
    Step,
    pathway_from,
)
from engine.spans import days
from flows.immigrant_track.pathway import PATHWAY as IMMIGRANT_TRACK
from flows.ped_assistant_track.pathway import PATHWAY as PED_ASSISTANT_TRACK
from tests.engine.pathways import sound_pathways
from tests.engine.small import SMALL


def as_version_one(pathway: Pathway) -> Pathway:
    """The track as it was first published: without a reminder on the day itself."""
    stages = tuple(
        replace(stage, deadline=replace(stage.deadline, remind_on=False))
        if isinstance(stage, Stage) and stage.deadline
        else stage
        for stage in pathway.stages
    )
    return replace(pathway, version=1, stages=stages)


def through_json(pathway: Pathway) -> Pathway:
    return pathway_from(json.loads(json.dumps(pathway.definition())))


@pytest.mark.parametrize("pathway", [SMALL, IMMIGRANT_TRACK, PED_ASSISTANT_TRACK], ids=lambda pathway: pathway.key)
def test_a_track_is_the_same_when_it_was_stored_and_read(pathway: Pathway) -> None:
    assert through_json(pathway) == pathway
    assert through_json(pathway).content_hash() == pathway.content_hash()


@pytest.mark.parametrize(
    ("pathway", "published"),
    [
        (IMMIGRANT_TRACK, "6d7265a89b82dfba1bef9a1c99cd43d72aa82df8a2fd849b34df1ad0666b7544"),
        (PED_ASSISTANT_TRACK, "54abbc05867ead829ea132a54a3a0c764b49b645dab21fce7c07030983dae529"),
    ],
    ids=["immigrant_track", "ped_assistant_track"],
)
def test_a_version_says_what_it_said_when_it_was_published_before_the_day_itself_could_remind(
    pathway: Pathway, published: str
) -> None:
    first = as_version_one(pathway)
    assert "remind_on" not in json.dumps(first.definition())
    assert first.content_hash() == published  # so no municipality's own pathway is refused at start


@given(sound_pathways())
def test_any_pathway_is_the_same_when_it_was_stored_and_read(pathway: Pathway) -> None:
    again = through_json(pathway)
    assert again == pathway
    assert again.definition() == pathway.definition()
    assert again.content_hash() == pathway.content_hash()
    assert [type(stage) for stage in again.stages] == [type(stage) for stage in pathway.stages]


def _leaves(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(data, dict):
        return [leaf for key, value in data.items() for leaf in _leaves(value, (*path, key))]
    if isinstance(data, list):
        return [leaf for position, value in enumerate(data) for leaf in _leaves(value, (*path, position))]
    return [path]


@given(st.sampled_from(_leaves(IMMIGRANT_TRACK.definition())))
def test_the_hash_is_another_when_anything_at_all_is_changed(leaf: tuple[Any, ...]) -> None:
    changed = json.loads(json.dumps(IMMIGRANT_TRACK.definition()))
    inner = changed
    for key in leaf[:-1]:
        inner = inner[key]
    inner[leaf[-1]] = {True: False, False: True}.get(inner[leaf[-1]], "something_else")
    try:
        other = pathway_from(changed)
    except (ValidationError, BrokenPathway):  # many changes break it, and then there is nothing to compare
        return
    assert other.content_hash() != IMMIGRANT_TRACK.content_hash()


def test_the_hash_is_the_same_when_the_keys_stand_in_another_order() -> None:
    # A database may give an object's keys back in an order of its own.
    stored = json.loads(json.dumps(SMALL.definition()), object_hook=lambda data: dict(reversed(data.items())))
    again = pathway_from(stored)
    assert list(again.pause_reasons) != list(SMALL.pause_reasons)
    assert again.content_hash() == SMALL.content_hash()


def test_the_hash_is_another_when_two_steps_change_places() -> None:
    # The first step that is due is taken, so their order says something.
    swapped = replace(SMALL, steps=tuple(reversed(SMALL.steps)))
    assert swapped.content_hash() != SMALL.content_hash()


@pytest.mark.parametrize("key", ["", "Skole", "a-b", "1st", "æble", "x" * 64])
def test_a_key_is_refused_when_it_could_not_stand_in_a_file_name(key: str) -> None:
    with pytest.raises(ValidationError):
        Stage(key, "Skole")


@pytest.mark.parametrize("prefix", ["", "I", "im", "IMMIG", "I1"])
def test_a_prefix_is_refused_when_no_reference_could_begin_with_it(prefix: str) -> None:
    with pytest.raises(ValidationError):
        replace(SMALL, reference_prefix=prefix)


def test_a_title_is_refused_when_it_is_blank() -> None:
    with pytest.raises(ValidationError):
        Milestone("consent", "   ")


def test_a_pathway_cannot_be_changed_when_it_is_built() -> None:
    with pytest.raises(AttributeError):
        SMALL.version = 2  # type: ignore[misc]


def test_the_endings_of_every_pathway_are_there_when_nobody_wrote_them() -> None:
    assert list(SMALL.endings) == ["employed", "rejected", "dropped_out", "transferred", "mistaken"]
    assert list(SMALL.counted_endings) == ["employed", "rejected", "dropped_out", "transferred"]
    assert SMALL.stage_title("dropped_out") == "Frafald"
    assert SMALL.stage_title("transferred") == "Overgået til andet forløb"
    assert SMALL.stage_title("school") == "Skole"
    with pytest.raises(KeyError):
        SMALL.stage_title("the_moon")


def test_a_step_is_found_by_its_key_when_it_exists() -> None:
    assert SMALL.step("admit") == SMALL.steps[0]
    assert SMALL.step("the_moon") is None


def test_only_three_outcomes_are_completed_when_figures_are_made() -> None:
    completed = [outcome for outcome in Outcome if outcome.completed]
    assert completed == [Outcome.QUALIFIED, Outcome.EMPLOYED, Outcome.IN_EDUCATION]


def test_every_pathway_has_the_common_reasons_when_it_lists_none_of_its_own() -> None:
    assert SMALL.dropout_reasons == DROPOUT_REASONS
    assert SMALL.pause_reasons == PAUSE_REASONS
    own = replace(SMALL, pause_reasons={"harvest": "Høst"})
    assert through_json(own).pause_reasons == {"harvest": "Høst"}


def test_an_audience_is_stored_as_its_word_when_a_step_tells_somebody() -> None:
    step = Step("go", "a", "b", "Gå", tell=(MANAGER,))
    assert step.tell == ("manager",)
    assert step == Step("go", "a", "b", "Gå", tell=("manager",))


def test_an_ending_stays_an_ending_when_it_is_read_beside_stages() -> None:
    stages = (Stage("talk", "Samtale", lasts=days(3)), Ending("done", "Færdig", counts_as=Outcome.EMPLOYED))
    small = replace(SMALL, stages=stages, steps=(Step("go", "talk", "done", "Afslut"),))
    assert through_json(small).stages == stages
