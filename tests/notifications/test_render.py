from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from notifications.danish import danish_date, danish_days
from notifications.render import PARTS, Renderer
from tests.notifications.messages import BECAUSE, FULL, MINIMAL, renderer


def test_the_step_has_its_own_words_when_its_track_has_a_folder_for_it() -> None:
    rendered = renderer().render("immigrant_track", "start_position", FULL, BECAUSE)
    assert rendered.subject == "IM-0042: Uddannelsesstillingen er begyndt"
    assert "én dag om ugen" in rendered.text
    assert "Åbn forløbet IM-0042: https://sosu.example.org/forløb/IM-0042?a=1&b=2\n" in rendered.text


def test_the_shared_words_are_used_when_an_older_version_had_a_step_that_has_no_folder() -> None:
    rendered = renderer().render("immigrant_track", "step_of_version_1", FULL, BECAUSE)
    assert "»AMU-forløb, praktik«" in rendered.text
    assert "»Tidsbegrænset uddannelsesstilling«" in rendered.text


def test_a_message_is_told_when_the_pathway_has_no_templates_at_all() -> None:
    rendered = Renderer().render("a_new_track", "enrolled", MINIMAL, BECAUSE)
    assert rendered.subject == "IM-0042: Nyt forløb"


def test_the_same_step_key_reads_differently_when_two_tracks_have_it() -> None:
    both = renderer()
    immigrants = both.render("immigrant_track", "start_position", FULL, BECAUSE)
    assistants = both.render("ped_assistant_track", "start_position", FULL, BECAUSE)
    assert immigrants.text != assistants.text


def test_titles_are_escaped_in_the_html_only_when_they_hold_markup() -> None:
    context = replace(FULL, stage_title="Trin <b>1</b> & 2", awaits=('Bevis "A"',), area="<script>")
    rendered = renderer().render("immigrant_track", "moved", context, BECAUSE)
    assert "Trin <b>1</b> & 2" in rendered.text
    assert "Trin &lt;b&gt;1&lt;/b&gt; &amp; 2" in rendered.html
    assert "<script>" not in rendered.html
    assert "<b>1" not in rendered.html


def test_the_subject_is_one_line_when_a_title_is_two() -> None:
    rendered = renderer().render(
        "immigrant_track", "moved", replace(FULL, stage_title="Trin 1\r\nBcc: a@example.org"), BECAUSE
    )
    assert rendered.subject == "IM-0042: Trin 1 Bcc: a@example.org"


def test_a_template_that_asks_for_a_name_fails_when_it_is_rendered(tmp_path: Path) -> None:
    folder = tmp_path / "start_amu"
    folder.mkdir()
    for part in PARTS:
        (folder / part).write_text("Kære {{ name }}", encoding="utf-8")
    with pytest.raises(UndefinedError, match="'name' is undefined"):
        Renderer(tracks={"immigrant_track": tmp_path}).render("immigrant_track", "start_amu", FULL, BECAUSE)


@pytest.mark.parametrize("kind", ["reminder_after", "escalation"])
@pytest.mark.parametrize(("days", "words"), [(1, "1 dag over tid"), (8, "8 dage over tid")])
def test_the_subject_says_how_late_when_it_is_late(kind: str, days: int, words: str) -> None:
    rendered = renderer().render("immigrant_track", kind, replace(FULL, days_late=days), BECAUSE)
    assert rendered.subject.endswith(words)
    assert f"Forløbet er nu {words}." in rendered.text


@pytest.mark.parametrize(
    ("due_on", "days_late", "subject", "said"),
    [
        (date(2026, 3, 6), 0, "Frist i dag, 6. marts 2026", "har frist i dag, den 6. marts 2026."),
        (
            date(2026, 3, 8),
            0,
            "Sidste arbejdsdag før fristen den 8. marts 2026",
            "har frist den 8. marts 2026, som ikke er en arbejdsdag.",
        ),
        (date(2026, 3, 4), 2, "Frist den 4. marts 2026", "havde frist den 4. marts 2026."),  # the sweep came late
    ],
)
def test_the_day_of_the_deadline_is_said_as_it_is_when_it_is_told_on_a_friday(
    due_on: date, days_late: int, subject: str, said: str
) -> None:
    told = replace(FULL, on=date(2026, 3, 6), due_on=due_on, days_late=days_late)
    rendered = renderer().render("immigrant_track", "reminder_on", told, BECAUSE)
    assert rendered.subject == f"IM-0042: {subject}"
    assert said in rendered.text
    assert said in rendered.html


def test_a_list_of_many_names_twenty_references_when_it_tells_of_more() -> None:
    rendered = renderer().render("immigrant_track", "list_imported", FULL, BECAUSE)
    assert rendered.subject == "23 nye forløb"
    assert "IM-0001, IM-0002" in rendered.text
    assert "IM-0020 og 3 til" in rendered.text
    assert "IM-0021" not in rendered.text + rendered.html


def test_a_list_of_one_is_told_in_the_singular_when_one_was_created() -> None:
    rendered = renderer().render("immigrant_track", "list_imported", replace(MINIMAL, references=("IM-0042",)), BECAUSE)
    assert rendered.subject == "1 nyt forløb"
    assert "IM-0042" in rendered.text


def test_a_day_and_a_number_of_days_are_danish_when_they_are_written() -> None:
    assert [danish_date(date(2026, 3, 1)), danish_date(date(2026, 12, 24))] == ["1. marts 2026", "24. december 2026"]
    assert [danish_days(1), danish_days(0), danish_days(12)] == ["1 dag", "0 dage", "12 dage"]
