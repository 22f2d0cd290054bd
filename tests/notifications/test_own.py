"""What a municipality wrote instead of ours: when it is taken, and that the guard excuses no more for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.audience import Audience
from engine.kinds import SHARED
from notifications.because import BECAUSE as REASONS
from notifications.guard import HOLDS_CPR, HOLDS_NAME, check, titles_of
from notifications.render import Renderer
from tests.notifications.messages import BECAUSE, FULL, MINIMAL, PATHWAYS, renderer
from tests.notifications.own import written

IMMIGRANTS, ASSISTANTS = "immigrant_track", "ped_assistant_track"
KNOWN = (*titles_of(PATHWAYS[IMMIGRANTS]), "Viby-Højbjerg", "Sundhed og Omsorg")
CASE = replace(FULL, payer="Sundhed og Omsorg")
SAYS = '{% extends "_base/base.txt" %}{% block lead %}'


def subject(words: Renderer, pathway: str, kind: str) -> str:
    return words.render(pathway, kind, FULL, BECAUSE).subject


def test_only_what_is_there_is_taken_when_a_folder_has_one_part_of_a_message(tmp_path: Path) -> None:
    own = written(tmp_path, moved__subject_txt="{{ reference }}: Nyt om forløbet")
    theirs, ours = (words.render(IMMIGRANTS, "moved", FULL, BECAUSE) for words in (own, renderer()))
    assert theirs.subject == "IM-0042: Nyt om forløbet"
    assert (theirs.text, theirs.html) == (ours.text, ours.html)
    assert own.own_parts(IMMIGRANTS, "moved") == ("moved/subject.txt",)
    assert own.own_parts(IMMIGRANTS, "paused") == ()


def test_it_is_for_every_pathway_or_for_one_when_it_stands_in_a_pathways_folder(tmp_path: Path) -> None:
    own = written(
        tmp_path,
        paused__subject_txt="{{ reference }}: Holder pause",
        ped_assistant_track__paused__subject_txt="{{ reference }}: Assistenten holder pause",
        immigrant_track__start_amu__subject_txt="{{ reference }}: AMU",
    )
    assert subject(own, IMMIGRANTS, "paused") == "IM-0042: Holder pause"
    assert subject(own, ASSISTANTS, "paused") == "IM-0042: Assistenten holder pause"
    assert subject(own, IMMIGRANTS, "start_amu") == "IM-0042: AMU"
    assert subject(own, IMMIGRANTS, "step_of_version_1") == subject(renderer(), IMMIGRANTS, "moved")


def test_every_message_stands_in_their_frame_when_they_have_one(tmp_path: Path) -> None:
    frame = (Path(__file__).parents[2] / "notifications/templates/_base/base.txt").read_text(encoding="utf-8")
    own = written(tmp_path, _base__base_txt=f"Aarhus Kommune\n\n{frame}")
    for key, pathway in PATHWAYS.items():
        for kind in (*SHARED, *(step.key for step in pathway.steps)):
            rendered = own.render(key, kind, MINIMAL, BECAUSE)
            assert rendered.text.startswith("Aarhus Kommune\n\n")
            assert rendered.html == renderer().render(key, kind, MINIMAL, BECAUSE).html


@pytest.mark.parametrize("tasks", ["", "{% block tasks %}{% if area == 'Ingen' %}- Ring{% endif %}{% endblock %}"])
def test_there_is_no_heading_of_who_does_what_when_their_body_does_not_say_it(tmp_path: Path, tasks: str) -> None:
    says = "{% block heading %}Nyt{% endblock %}{% block lead %}Se efter.{% endblock %}" + tasks
    own = written(
        tmp_path,
        moved__body_txt='{% extends "_base/base.txt" %}' + says,
        moved__body_html='{% extends "_base/base.html" %}' + says,
    )
    rendered = own.render(IMMIGRANTS, "moved", FULL, BECAUSE)
    assert "Hvem gør hvad nu" in renderer().render(IMMIGRANTS, "moved", FULL, BECAUSE).text
    assert "Hvem gør hvad nu" not in rendered.text + rendered.html
    assert "\n\n\n\n" not in rendered.text
    assert "<ul>\n</ul>" not in rendered.html


def test_ours_is_as_it_was_when_a_folder_is_empty(tmp_path: Path) -> None:
    assert written(tmp_path).render(IMMIGRANTS, "moved", FULL, BECAUSE) == renderer().render(
        IMMIGRANTS, "moved", FULL, BECAUSE
    )


def test_titles_are_escaped_in_their_html_too_when_they_hold_markup(tmp_path: Path) -> None:
    own = written(
        tmp_path, moved__body_html='{% extends "_base/base.html" %}{% block lead %}{{ stage_title }}{% endblock %}'
    )
    rendered = own.render(IMMIGRANTS, "moved", replace(FULL, stage_title="<b>Trin</b>"), BECAUSE)
    assert "<b>Trin</b>" not in rendered.html


@pytest.mark.parametrize("name", ["Kontakt Lund", "Nils Lokal"])
def test_a_word_that_every_such_message_has_is_no_name_when_a_candidate_is_called_so(tmp_path: Path, name: str) -> None:
    own = written(tmp_path, moved__body_txt=f"{SAYS}Kontakt os på lokal 1.{{% endblock %}}")
    assert check(own.render(IMMIGRANTS, "moved", CASE, BECAUSE), [name], KNOWN) is None


def test_a_word_of_a_case_that_lacks_something_counts_too_when_a_candidate_is_called_so(tmp_path: Path) -> None:
    own = written(
        tmp_path, moved__body_txt=f"{SAYS}{{% if area %}}Her{{% else %}}Spørg Linda{{% endif %}}{{% endblock %}}"
    )
    lacking = own.render(IMMIGRANTS, "moved", replace(MINIMAL, stage_title="Visitation"), BECAUSE)
    assert "Spørg Linda" in lacking.text
    assert check(lacking, ["Linda Lund"], KNOWN) is None


def test_a_full_name_stops_it_when_a_template_says_it_to_everybody(tmp_path: Path) -> None:
    own = written(tmp_path, moved__body_txt=f"{SAYS}Spørg Olena Kovalenko.{{% endblock %}}")
    rendered = own.render(IMMIGRANTS, "moved", CASE, BECAUSE)
    assert check(rendered, ["Olena Kovalenko"], KNOWN) == HOLDS_NAME
    assert check(rendered, ["Bogdan Popescu"], KNOWN) is None


@pytest.mark.parametrize(
    "smuggled",
    [
        '{% if reference == "IM-0042" %}Olena{% endif %}',
        '{% if reference != "IM-0000" and area != "Område Midt" %}{{ "Olena" }}{% endif %}',
        '{{ "Ole" ~ "na" }}',
        '{{ "anelO" | reverse }}',
        '{{ "O l e n a" | replace(" ", "") }}',
        '{# Olena #}{{ "Olenax"[:5] }}',
        '{% set names = {"IM-0042": "Olena"} %}{{ names.get(reference, "") }}',
    ],
)
def test_a_name_stops_it_when_a_template_keeps_it_for_one_case(tmp_path: Path, smuggled: str) -> None:
    own = written(tmp_path, moved__body_txt=f"{SAYS}{smuggled}{{% endblock %}}")
    rendered = own.render(IMMIGRANTS, "moved", CASE, BECAUSE)
    assert "Olena" in rendered.text
    assert check(rendered, ["Olena Kovalenko"], KNOWN) == HOLDS_NAME


def test_a_number_stops_it_when_a_template_keeps_it_for_one_case(tmp_path: Path) -> None:
    own = written(
        tmp_path, moved__body_txt=f'{SAYS}{{% if reference == "IM-0042" %}}140983-2939{{% endif %}}{{% endblock %}}'
    )
    assert check(own.render(IMMIGRANTS, "moved", CASE, BECAUSE), [], KNOWN) == HOLDS_CPR


def test_every_reason_can_stand_at_its_foot_when_they_have_their_own_text(tmp_path: Path) -> None:
    own = written(tmp_path, moved__body_txt="Nyt: {{ link }}\n\n{{ because }}")
    for audience in Audience:
        text = own.render(IMMIGRANTS, "moved", FULL, REASONS[audience]).text
        assert text == f"Nyt: {FULL.link}\n\n{REASONS[audience]}\n"


def test_their_words_can_go_by_who_reads_them_when_two_are_told_of_the_same(tmp_path: Path) -> None:
    text = "{% if 'leder' in because %}Til lederen{% else %}Til koordinatoren{% endif %}: {{ link }}\n\n{{ because }}"
    words = written(tmp_path, moved__body_txt=text)
    said = [words.render(IMMIGRANTS, "moved", FULL, because).text for because in ("Du er leder.", "Du er med.")]
    assert ["Til lederen" in one for one in said] == [True, False]
