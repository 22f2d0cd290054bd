"""Every track that there is: found, whole, and walked from end to end with the verbs that people use.

A new track is tested here without a word being added. That each step has its templates, and what they say, is tested in
`tests/notifications/test_templates.py`; that the diagrams are current in `tests/docs/test_generated.py`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatch
from pathlib import Path

import pytest

import flows
from engine.audience import COORDINATOR, JOBCENTER_OFFICER, MANAGER
from engine.conditions import Holds, Lasted
from engine.pathway import Pathway, Step
from flows.deployments import track_flow
from flows.tracks import TRACKS
from tests.municipality import OFFICER, VIBY, VIBY_MANAGER, Candidate, Municipality

FOLDER = Path(flows.__file__).parent
PATHWAYS = [track.pathway for track in TRACKS]
STEPS = [(pathway, step) for pathway in PATHWAYS for step in pathway.steps]
PEOPLE = {COORDINATOR: VIBY, MANAGER: VIBY_MANAGER, JOBCENTER_OFFICER: OFFICER}

every_pathway = pytest.mark.parametrize("pathway", PATHWAYS, ids=lambda pathway: pathway.key)


def test_every_folder_with_a_pathway_is_on_the_list_when_it_is_a_track() -> None:
    folders = {file.parent.name for file in FOLDER.glob("*/pathway.py")}
    assert folders == {pathway.key for pathway in PATHWAYS}
    assert len(PATHWAYS) == len(folders)


def test_references_tell_the_tracks_apart_when_they_are_given_out() -> None:
    prefixes = [pathway.reference_prefix for pathway in PATHWAYS]
    assert len(set(prefixes)) == len(prefixes)


@every_pathway
def test_its_flow_has_the_key_for_its_name_when_prefect_shows_it(pathway: Pathway) -> None:
    assert track_flow(pathway.key).name == pathway.key.replace("_", "-")


@every_pathway
def test_it_may_import_nothing_but_the_engine_when_the_layers_are_checked(pathway: Pathway) -> None:
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    held = [module for contract in contracts if "pathway" in contract["name"] for module in contract["source_modules"]]
    assert any(fnmatch(f"flows.{pathway.key}.pathway", module) for module in held)


@pytest.mark.parametrize(("pathway", "step"), STEPS, ids=[f"{pathway.key}-{step.key}" for pathway, step in STEPS])
def test_a_candidate_takes_the_step_and_people_are_told_when_it_is_all_there(
    town: Municipality, pathway: Pathway, step: Step
) -> None:
    candidate = town.enrols(pathway=pathway.key)
    for each in (*way_to(pathway, step.source), step):
        walk(town, candidate, each)
        assert candidate.stage == each.target
    expected = {PEOPLE[audience] for audience in (COORDINATOR, MANAGER, *step.tell) if audience in PEOPLE}
    assert {recipient for _, recipient in candidate.told(step.key)} == expected
    town.delivers()
    town.clock.passes(days=4)  # and the manager's digest has its day
    town.delivers()
    assert {message["state"] for message in town.messages()} <= {"sent", "gathered"}


def way_to(pathway: Pathway, stage: str) -> tuple[Step, ...]:
    """The steps from the first stage to this one, as few as there can be."""
    ways: dict[str, tuple[Step, ...]] = {pathway.starts_in: ()}
    waiting = [pathway.starts_in]
    while stage not in ways:
        for step in onward(pathway, waiting.pop(0)):
            if step.target not in ways:
                ways[step.target] = (*ways[step.source], step)
                waiting.append(step.target)
    return ways[stage]


def onward(pathway: Pathway, stage: str) -> Iterator[Step]:
    yield from (step for step in pathway.steps if step.source == stage)


def walk(town: Municipality, candidate: Candidate, step: Step) -> None:
    """Brings about everything that the step asks for, and takes it as a person or a sweep would."""
    for condition in step.when:
        if isinstance(condition, Holds):
            candidate.records(condition.milestone, value=condition.value)
    if Lasted() in step.when:
        town.clock.moves_to(date.fromisoformat(candidate.shown()["due_on"]))
        town.sweeps()
    if not step.automatic:
        candidate.moves(step.key)
