"""The diagram says what the pathway says, in Mermaid that can be drawn."""

from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given

from engine.diagram import diagram
from engine.pathway import Pathway, Stage
from tests.engine.pathways import sound_pathways
from tests.engine.small import SMALL

EXPECTED = """\
stateDiagram-v2
    state "Samtale<br/>2 uger" as talk
    state "Kursus med praktik" as whole_course {
        state "Skole<br/>4 uger<br/>Jobcentret" as school
        state "Praktik<br/>2 uger<br/>sideløbende: dansk" as practice
    }
    state "Stilling" as job
    state "Ansat" as employed
    state "Ikke optaget" as rejected
    [*] --> talk
    talk --> school : fyldt 25 år, Samtykke, i hånden
    talk --> rejected : i hånden
    school --> practice : trinnets tid er gået, Kursus bestået
    practice --> school : i hånden
    practice --> job : trinnets tid er gået, Område = Ældre
    job --> employed : Tilbud accepteret
    employed --> [*]
    rejected --> [*]
"""


def test_the_small_pathway_is_drawn_as_expected_when_asked() -> None:
    assert diagram(SMALL) == EXPECTED


@given(sound_pathways())
def test_every_stage_and_step_is_drawn_once_when_any_pathway_is_drawn(pathway: Pathway) -> None:
    lines = [line.strip() for line in diagram(pathway).splitlines()]
    drawn = [line.rsplit(" as ", 1)[1] for line in lines if line.startswith("state ") and not line.endswith("{")]
    reached = [key for key in pathway.endings if any(step.target == key for step in pathway.steps)]
    assert sorted(drawn) == sorted([*pathway.open_stages, *reached])
    edges = [line.split(" : ")[0] for line in lines if " : " in line]
    assert edges == [f"{step.source} --> {step.target}" for step in pathway.steps]
    assert lines.count("}") == sum(line.endswith("{") for line in lines)


@given(sound_pathways())
def test_a_label_holds_nothing_that_would_end_it_when_any_pathway_is_drawn(pathway: Pathway) -> None:
    labels = [line.split(" : ", 1)[1] for line in diagram(pathway).splitlines() if " : " in line]
    assert labels
    assert not [label for label in labels if re.search("[:;]", label)]


def test_a_quotation_mark_cannot_end_a_description_when_a_title_has_one() -> None:
    stage = Stage("talk", 'Samtale "kort"')
    quoted = replace(SMALL, stages=(stage, *SMALL.stages[1:]))
    assert 'state "Samtale ”kort”" as talk' in diagram(quoted)


def test_a_step_without_conditions_is_marked_when_it_is_automatic() -> None:
    at_once = replace(SMALL.steps[1], automatic=True)
    pathway = replace(SMALL, steps=(SMALL.steps[0], at_once, *SMALL.steps[2:]))
    assert "talk --> rejected : automatisk" in diagram(pathway)
