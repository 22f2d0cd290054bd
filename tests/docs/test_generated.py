"""What `make diagrams` writes is current, and says what the pathways say."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from docs import draw
from engine.pathway import Pathway
from flows.tracks import TRACKS, Track

every_pathway = pytest.mark.parametrize("pathway", [track.pathway for track in TRACKS], ids=lambda pathway: pathway.key)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The written files, to be spoilt."""
    shutil.copytree(draw.ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(draw.ROOT / "README.md", tmp_path)
    return tmp_path


def test_everything_written_is_current_when_nobody_forgot_to_draw() -> None:
    assert draw.stale(draw.ROOT) == [], "run `make diagrams`"


@pytest.mark.parametrize(
    "path", ["README.md", "docs/decisions/README.md", "docs/pathways/immigrant_track.md"], ids=lambda path: path
)
def test_a_page_is_found_stale_and_put_right_when_somebody_changed_it(checkout: Path, path: str) -> None:
    page = checkout / path
    as_it_was = page.read_text(encoding="utf-8")
    page.write_text(as_it_was.replace("immigrant", "imigrant").replace("Decide", "Decided"), encoding="utf-8")
    assert draw.stale(checkout) == [Path(path)]
    assert draw.draw(checkout) == [Path(path)]
    assert draw.stale(checkout) == []
    assert path == "README.md" or page.read_text(encoding="utf-8") == as_it_was


def test_a_page_is_taken_away_when_its_pathway_is_gone(checkout: Path) -> None:
    left_over = checkout / draw.PAGES / "old_track.md"
    left_over.write_text("# Old\n", encoding="utf-8")
    assert draw.draw(checkout) == [draw.PAGES / "old_track.md"]
    assert not left_over.exists()


def test_its_page_and_the_readme_are_stale_when_a_pathway_was_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    first = TRACKS[0].pathway
    renamed = replace(first.stages[0], title="Visitation og samtale")
    changed = Track(replace(first, stages=(renamed, *first.stages[1:])))
    monkeypatch.setattr(draw, "TRACKS", (changed, *TRACKS[1:]))
    assert draw.stale(draw.ROOT) == [Path("README.md"), draw.PAGES / "immigrant_track.md"]


@every_pathway
def test_a_page_names_every_key_and_title_when_it_is_written(pathway: Pathway) -> None:
    page = draw.page(pathway)
    stages, endings = pathway.open_stages.values(), pathway.endings.values()
    titles = {thing.key: thing.title for things in (stages, endings, pathway.milestones) for thing in things}
    for key, title in [*titles.items(), *((step.key, step.title) for step in pathway.steps)]:
        assert f"| `{key}` | {title} |" in page
    for audience in {audience for step in pathway.steps for audience in step.tell}:
        assert audience.replace("_", " ") in page
    assert pathway.source in page


@every_pathway
def test_every_assumed_value_is_marked_and_listed_when_a_stage_has_one(pathway: Pathway) -> None:
    page, listed = draw.page(pathway), draw.assumptions([pathway])
    stars = 0
    for stage in pathway.open_stages.values():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{stage.key}` |"))
        assert row.count("* |") == len(stage.assumed)
        stars += len(stage.assumed)
        row = next((line for line in listed.splitlines() if f"(`{stage.key}`)" in line), "")
        assert all(f"`{field}` " in row for field in stage.assumed)
    assert stars > 0


def test_an_assumption_reads_in_english_when_it_is_listed() -> None:
    listed = draw.assumptions([track.pathway for track in TRACKS])
    assert (
        "| `immigrant_track` | Intensivt danskforløb (`danish_course`) | `lasts` 12 weeks, `payer` Jobcenter" in listed
    )
    deadline = "a reminder 3 days before, a reminder on, a reminder 1 working day after, "
    deadline += "the manager told 5 working days after"
    left = "the day on which the stage should be left"
    assert f"{deadline} {left}: `intake`, `selection`, `intro_meeting`" in listed


def test_a_readme_without_its_marks_is_refused_when_it_is_written_anew(checkout: Path) -> None:
    (checkout / "README.md").write_text("# Nothing\n", encoding="utf-8")
    with pytest.raises(ValueError, match="lost the marks of its block 'tracks'"):
        draw.draw(checkout)


def test_a_decision_needs_one_line_to_quote_when_it_is_listed(checkout: Path) -> None:
    page = checkout / draw.DECISIONS / "0001-our-own-engine.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n> Another one.\n", encoding="utf-8")
    with pytest.raises(ValueError, match="0001-our-own-engine"):
        draw.current(checkout)
