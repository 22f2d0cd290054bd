"""The pages that people keep by hand agree with what they describe, and their links lead somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from docs.draw import DECISIONS, ROOT
from settings import Settings

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISION_PAGES = sorted((ROOT / DECISIONS).glob("[0-9]*.md"))


def test_every_setting_stands_in_the_readme_when_it_can_be_set() -> None:
    rows = set(re.findall(r"^\| `SOSU_(\w+)` \|", README, re.MULTILINE))
    assert rows == {name.upper() for name in Settings.model_fields}


def test_defaults_are_those_of_the_settings_when_the_readme_gives_a_value() -> None:
    rows = dict(re.findall(r"^\| `SOSU_(\w+)` \| `([^`]+)` \|", README, re.MULTILINE))
    assert len(rows) > 3
    for name, value in rows.items():
        assert str(Settings.model_fields[name.lower()].default) == value


def test_every_link_leads_to_a_file_when_it_stays_in_the_house() -> None:
    links = found(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
    inside = [(page, link) for page, link in links if not link.startswith(("http://", "https://"))]
    assert len(inside) > 30
    assert [(page, link) for page, link in inside if not (page.parent / link).exists()] == []


def test_every_file_is_there_when_a_page_names_it() -> None:
    named = found(r"`((?:engine|models|notifications|onboarding|reports|flows|cli|docs|tests)/[\w./]+\.(?:py|md))`")
    assert len(named) > 20
    made_by_following = "flows/intro_position_track/"
    absent = [(page, path) for page, path in named if not (ROOT / path).exists()]
    assert [(page, path) for page, path in absent if not path.startswith(made_by_following)] == []


def test_every_command_is_one_that_there_is_when_a_page_shows_it() -> None:
    shown = found(r"(?:^|`|bin/|\| )sosu ([a-z]+)")
    known = set(re.findall(r'"([a-z]+)"', (ROOT / "cli" / "main.py").read_text(encoding="utf-8")))
    assert {command for _, command in shown} > {"import", "serve", "resend"}
    assert [(page, command) for page, command in shown if command not in known] == []


def found(pattern: str) -> list[tuple[Path, str]]:
    """Every match in every page, with its page."""
    return [
        (page, hit) for page in PAGES for hit in re.findall(pattern, page.read_text(encoding="utf-8"), re.MULTILINE)
    ]


@pytest.mark.parametrize("page", DECISION_PAGES, ids=lambda page: page.name)
def test_a_decision_has_its_four_parts_when_it_is_on_a_page(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert lines[2].startswith("> ")
    parts = [line.split("**")[1] for line in lines if line.startswith("**")]
    assert parts == ["Context.", "Consequences.", "Alternatives."]


def test_every_library_has_its_reason_when_it_is_declared() -> None:
    listed = re.findall(r"^\| `([\w-]+)` \| \S", (ROOT / DECISIONS / "dependencies.md").read_text(), re.MULTILINE)
    declared = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    assert listed == [re.split(r"[\[<>=~ ]", requirement)[0] for requirement in declared]


def test_every_ignored_rule_has_its_reason_when_a_check_is_weakened() -> None:
    page = (ROOT / DECISIONS / "0022-exceptions-to-the-checks.md").read_text(encoding="utf-8")
    lint, mypy = PROJECT["tool"]["ruff"]["lint"], PROJECT["tool"]["mypy"]
    ignored = [*lint["ignore"], *(rule for rules in lint["per-file-ignores"].values() for rule in rules)]
    untyped = [module for override in mypy["overrides"] for module in override["module"]]
    assert [exception for exception in (*ignored, *untyped) if exception not in page] == []


def test_every_folder_of_the_house_is_shown_when_somebody_looks_for_one() -> None:
    folders = {path.parent.name for path in ROOT.glob("[a-z]*/__init__.py")}
    assert {folder for folder in folders if f"`{folder}/`" not in README} == set()
