from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from engine.refusal import Refused
from onboarding.store import ENROLMENT, TRANSITION
from reports.status import status_report
from tests.municipality import PATHWAYS, Municipality
from tests.reports.test_board import renamed


def report(town: Municipality, pathway: str = "immigrant_track") -> dict[str, Any]:
    with town.database.read() as session:
        return status_report(session, pathway)


def test_the_figures_are_right_when_counted_one_by_one(lived_in: Municipality) -> None:
    transitions = lived_in.rows(TRANSITION)
    for key, pathway in PATHWAYS.items():
        rows = [row for row in lived_in.rows(ENROLMENT) if row["pathway_key"] == key]
        ended = [row for row in rows if row["status"] == "ended"]
        active = [row for row in rows if row["status"] != "ended"]
        outcomes = Counter(str(pathway.endings[row["stage"]].counts_as) for row in ended)
        dropped = {row["id"]: row["seq"] for row in ended if row["stage"] == "dropped_out"}
        made = report(lived_in, key)
        assert made["enrolled"] == len(rows)
        assert made["active"] == len(active)
        assert made["completed"] == sum(outcomes[name] for name in ("qualified", "employed", "in_education"))
        names = ("qualified", "employed", "in_education", "dropped_out", "not_admitted", "transferred")
        assert {name: made[name] for name in names} == {name: outcomes[name] for name in names}
        by_stage = Counter(row["stage"] for row in active)
        assert {stage: count for stage, count in made["by_stage"].items() if count} == by_stage
        reasons = Counter(t["reason"] for t in transitions if dropped.get(t["enrolment_id"]) == t["seq"])
        assert made["by_reason"] == reasons
        assert sum(made["by_reason_title"].values()) == made["dropped_out"]
        assert made["active"] + sum(made[name] for name in names) == made["enrolled"]


def test_the_municipalitys_own_words_are_right_when_some_are_employed(town: Municipality) -> None:
    people = [town.enrols(pathway="ped_assistant_track") for _ in range(4)]
    for person in people[:3]:
        person.records("intro_meeting_attended", "mentor_assigned", "host_area_assigned")
        person.records("basic_training_completed", "placement_approved", "job_description_received", "contract_signed")
        person.moves("select")
        person.moves("start_placement")
    for _ in range(2):
        town.clock.passes(weeks=20)
        town.sweeps()
    people[0].moves("employ")
    people[1].moves("continue_in_education")
    people[3].drops_out("illness")
    made = report(town, "ped_assistant_track")
    figures = ("enrolled", "active", "completed", "employed", "in_education", "dropped_out")
    assert [made[name] for name in figures] == [4, 1, 2, 1, 1, 1]
    assert made["by_stage"]["temporary_position"] == 1
    assert made["by_reason"] == {"illness": 1}
    assert made["by_reason_title"] == {"Sygdom": 1}
    assert made["by_ending"]["employed"] == 1


def test_somebody_is_no_dropout_when_the_dropping_was_undone(town: Municipality) -> None:
    olena = town.enrols()
    olena.drops_out()
    olena.undoes()
    made = report(town)
    assert (made["dropped_out"], made["by_reason"], made["active"]) == (0, {}, 1)


def test_those_of_an_older_version_are_counted_when_the_new_one_has_other_endings(either_town: Municipality) -> None:
    either_town.enrols()
    either_town.enrols().moves("reject")
    either_town.publishes(renamed())
    either_town.enrols().moves("reject")
    made = report(either_town)
    assert (made["enrolled"], made["active"], made["not_admitted"]) == (3, 1, 2)
    assert made["by_stage"]["intake"] == 1
    assert (made["by_ending"]["not_admitted"], made["by_ending"]["turned_away"]) == (1, 1)


def test_everything_is_nought_when_nobody_is_enrolled(town: Municipality) -> None:
    made = report(town)
    assert made["enrolled"] == made["active"] == made["completed"] == 0
    assert set(made["by_stage"].values()) == {0}


def test_a_report_is_refused_when_the_pathway_is_unknown(town: Municipality) -> None:
    with pytest.raises(Refused, match="immigrant_track"):
        report(town, "no_such_track")


def test_two_reasons_with_one_title_are_added_up_when_versions_name_them_differently(town: Municipality) -> None:
    first = PATHWAYS["immigrant_track"]
    town.enrols().drops_out("moved")
    town.publishes(replace(first, version=3, dropout_reasons={"relocated": "Flyttet fra kommunen"}))
    town.enrols().drops_out("relocated")
    made = report(town)
    assert made["by_reason"] == {"moved": 1, "relocated": 1}
    assert made["by_reason_title"] == {"Flyttet fra kommunen": 2}
