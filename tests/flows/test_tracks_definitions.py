"""Both tracks say what the table of the design says: stages, lengths, payers, what is asked for, and the endings."""

from __future__ import annotations

from typing import Any

import pytest

from engine.audience import JOBCENTER_OFFICER, MANAGER
from engine.conditions import AgeAtLeast, Condition, Holds, Lasted
from engine.pathway import Outcome, Pathway
from engine.plan import units
from engine.spans import Span, months, weeks
from flows.immigrant_track.pathway import PATHWAY as IMMIGRANT_TRACK
from flows.ped_assistant_track.pathway import PATHWAY as PED_ASSISTANT_TRACK

JOBCENTER, CARE, APPRENTICE = "Jobcenter Aarhus", "Sundhed og Omsorg", "voksenelevløn"
FUNDS = "centrale fællesmidler; undervisning ved VEU-godtgørelse"

# stage, Danish title, lasts, payer, what is assumed
IMMIGRANT_STAGES: tuple[tuple[str, str, Span, str, tuple[str, ...]], ...] = (
    ("intake", "Visitation", weeks(2), JOBCENTER, ("lasts",)),
    ("danish_course", "Intensivt danskforløb", weeks(12), JOBCENTER, ("lasts", "payer")),
    ("amu_course", "AMU-forløb, skole", weeks(23), JOBCENTER, ("payer",)),
    ("practice_placement", "AMU-forløb, praktik", weeks(9), JOBCENTER, ("payer",)),
    ("fixed_term_position", "Tidsbegrænset uddannelsesstilling", weeks(52), CARE, ("lasts",)),
    ("foundation_course", "SOSU-uddannelse, grundforløb", weeks(20), APPRENTICE, ("lasts",)),
    ("main_course_helper", "SOSU-uddannelse, hovedforløb (hjælper)", months(14), APPRENTICE, ("lasts",)),
    ("main_course_assistant", "SOSU-uddannelse, hovedforløb (assistent)", months(34), APPRENTICE, ("lasts",)),
)
PED_ASSISTANT_STAGES: tuple[tuple[str, str, Span, str, tuple[str, ...]], ...] = (
    ("selection", "Udvælgelse", weeks(3), JOBCENTER, ("lasts", "payer")),
    ("intro_meeting", "Introduktionsmøde", weeks(2), JOBCENTER, ("lasts", "payer")),
    ("work_placement", "Trin 1: praktik og basisundervisning", weeks(4), JOBCENTER, ("lasts",)),
    ("wage_subsidy", "Trin 2: løntilskud", months(4), JOBCENTER, ("lasts",)),
    (
        "temporary_position",
        "Trin 3: midlertidig stilling med opkvalificering",
        weeks(26),
        FUNDS,
        ("lasts",),
    ),
)

AUTOMATIC, BY_HAND = True, False
# from, to, automatic or by hand, and all that it asks for
IMMIGRANT_STEPS: tuple[tuple[str, str, bool, set[Condition]], ...] = (
    ("intake", "danish_course", BY_HAND, {AgeAtLeast(25), Holds("interest_confirmed"), Holds("consent_given")}),
    ("intake", "not_admitted", BY_HAND, set()),
    ("danish_course", "amu_course", AUTOMATIC, {Lasted(), Holds("danish_course_passed")}),
    ("amu_course", "practice_placement", AUTOMATIC, {Lasted(), Holds("amu_school_completed")}),
    (
        "practice_placement",
        "fixed_term_position",
        AUTOMATIC,
        {Lasted(), Holds("amu_certificate"), Holds("placement_approved"), Holds("contract_signed")},
    ),
    (
        "fixed_term_position",
        "foundation_course",
        AUTOMATIC,
        {Holds("danish_level_approved"), Holds("education_offer_accepted")},
    ),
    (
        "foundation_course",
        "main_course_helper",
        AUTOMATIC,
        {Lasted(), Holds("foundation_course_passed"), Holds("programme", "helper")},
    ),
    (
        "foundation_course",
        "main_course_assistant",
        AUTOMATIC,
        {Lasted(), Holds("foundation_course_passed"), Holds("programme", "assistant")},
    ),
    ("main_course_helper", "qualified", AUTOMATIC, {Holds("journeyman_certificate")}),
    ("main_course_assistant", "qualified", AUTOMATIC, {Holds("journeyman_certificate")}),
)
PED_ASSISTANT_STEPS: tuple[tuple[str, str, bool, set[Condition]], ...] = (
    ("selection", "intro_meeting", BY_HAND, set()),
    ("selection", "not_selected", BY_HAND, set()),
    (
        "intro_meeting",
        "work_placement",
        BY_HAND,
        {Holds("intro_meeting_attended"), Holds("mentor_assigned"), Holds("host_area_assigned")},
    ),
    (
        "work_placement",
        "wage_subsidy",
        AUTOMATIC,
        {Lasted(), Holds("basic_training_completed"), Holds("placement_approved")},
    ),
    (
        "wage_subsidy",
        "temporary_position",
        AUTOMATIC,
        {Lasted(), Holds("job_description_received"), Holds("contract_signed")},
    ),
    ("temporary_position", "employed", BY_HAND, set()),
    ("temporary_position", "sosu_education", BY_HAND, set()),
)
ALWAYS = {
    "dropped_out": Outcome.DROPPED_OUT,
    "transferred": Outcome.TRANSFERRED,
    "mistaken": Outcome.MISTAKEN,
}

both = pytest.mark.parametrize("pathway", [IMMIGRANT_TRACK, PED_ASSISTANT_TRACK], ids=lambda pathway: pathway.key)


@pytest.mark.parametrize(
    ("pathway", "rows"),
    [(IMMIGRANT_TRACK, IMMIGRANT_STAGES), (PED_ASSISTANT_TRACK, PED_ASSISTANT_STAGES)],
    ids=["immigrant_track", "ped_assistant_track"],
)
def test_the_stages_are_those_of_the_table_when_a_track_is_read(pathway: Pathway, rows: tuple[Any, ...]) -> None:
    stages = pathway.open_stages.values()
    assert tuple((stage.key, stage.title, stage.lasts, stage.payer, stage.assumed) for stage in stages) == rows


@pytest.mark.parametrize(
    ("pathway", "rows"),
    [(IMMIGRANT_TRACK, IMMIGRANT_STEPS), (PED_ASSISTANT_TRACK, PED_ASSISTANT_STEPS)],
    ids=["immigrant_track", "ped_assistant_track"],
)
def test_the_stages_are_left_as_in_the_table_when_a_track_is_read(pathway: Pathway, rows: tuple[Any, ...]) -> None:
    steps = pathway.steps
    assert tuple((step.source, step.target, step.automatic, set(step.when)) for step in steps) == rows


def test_the_endings_are_those_of_the_table_when_a_track_is_read() -> None:
    immigrant = {key: ending.counts_as for key, ending in IMMIGRANT_TRACK.endings.items()}
    ped_assistant = {key: ending.counts_as for key, ending in PED_ASSISTANT_TRACK.endings.items()}
    assert immigrant == {"qualified": Outcome.QUALIFIED, "not_admitted": Outcome.NOT_ADMITTED} | ALWAYS
    assert (
        ped_assistant
        == {
            "employed": Outcome.EMPLOYED,
            "sosu_education": Outcome.IN_EDUCATION,
            "not_selected": Outcome.NOT_ADMITTED,
        }
        | ALWAYS
    )


def test_titles_and_references_are_those_of_the_sources_when_a_track_is_read() -> None:
    tracks = [(p.key, p.title, p.reference_prefix, p.starts_in) for p in (IMMIGRANT_TRACK, PED_ASSISTANT_TRACK)]
    assert tracks == [
        ("immigrant_track", "Projekt målrettet immigranter", "IM", "intake"),
        ("ped_assistant_track", "Opkvalificering af ledige pædagogiske assistenter", "PA", "selection"),
    ]


def test_school_and_placement_are_one_course_of_32_weeks_when_the_immigrant_track_is_listed() -> None:
    ((title, parts),) = [group for group in units(IMMIGRANT_TRACK) if group[0] is not None]
    assert title == "32-ugers AMU-forløb"
    assert [part.key for part in parts] == ["amu_course", "practice_placement"]
    lengths = [part.lasts.count for part in parts if part.lasts is not None]
    unit = parts[0].part_of
    assert unit is not None
    assert unit.lasts == weeks(sum(lengths)) == weeks(32)


def test_danish_goes_on_beside_the_position_when_the_immigrant_track_is_read() -> None:
    alongside = {stage.key: stage.alongside for stage in IMMIGRANT_TRACK.open_stages.values() if stage.alongside}
    assert alongside == {"fixed_term_position": "dansk én dag om ugen"}


def test_each_stage_belongs_to_a_phase_of_the_programme_when_the_immigrant_track_is_read() -> None:
    phases = [stage.phase for stage in IMMIGRANT_TRACK.open_stages.values()]
    assert phases == ["Bliv klar"] * 4 + ["Kom i gang"] * 2 + ["Vær med"] * 2


def test_the_education_has_two_values_when_the_programme_is_recorded() -> None:
    assert dict(IMMIGRANT_TRACK.milestones_by_key["programme"].values) == {
        "helper": "Social- og sundhedshjælper",
        "assistant": "Social- og sundhedsassistent",
    }


@both
def test_consent_can_be_recorded_when_a_list_says_so(pathway: Pathway) -> None:
    assert "consent_given" in pathway.milestones_by_key


@both
def test_every_stage_reminds_and_escalates_when_it_is_late(pathway: Pathway) -> None:
    for stage in pathway.open_stages.values():
        assert stage.deadline is not None
        assert None not in (stage.deadline.remind_before, stage.deadline.remind_after, stage.deadline.escalate_after)
        assert stage.deadline.remind_on


@both
def test_every_milestone_but_consent_is_asked_for_when_a_step_can_be_taken(pathway: Pathway) -> None:
    asked = {c.milestone for step in pathway.steps for c in step.when if isinstance(c, Holds)}
    assert pathway.milestones_by_key.keys() - asked <= {"consent_given"}


@both
def test_only_certificates_follow_the_person_when_they_change_pathway(pathway: Pathway) -> None:
    of_this_attempt = {"consent_given", "contract_signed", "placement_approved"}
    assert not [key for key in of_this_attempt if pathway.milestones_by_key[key].lasting]
    assert [key for key, milestone in pathway.milestones_by_key.items() if milestone.lasting]


@both
def test_the_manager_is_told_when_a_candidate_comes_to_the_work_place(pathway: Pathway) -> None:
    placement = {"immigrant_track": "practice_placement", "ped_assistant_track": "work_placement"}[pathway.key]
    assert all(MANAGER in step.tell for step in pathway.steps if step.target == placement)


@both
def test_the_jobcenter_is_told_when_its_candidate_is_admitted_or_rejected(pathway: Pathway) -> None:
    assert all(JOBCENTER_OFFICER in step.tell for step in pathway.steps if step.source == pathway.starts_in)
