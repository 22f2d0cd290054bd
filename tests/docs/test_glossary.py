"""The glossary knows every value that the database stores, and no word twice."""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from pathlib import Path

import pytest

from docs.draw import ROOT
from engine.audience import Audience
from engine.case import Rung, Status
from engine.history import Verb
from engine.pathway import Outcome
from models.message import State

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("values", [Audience, Outcome, Rung, State, Status, Verb], ids=lambda values: values.__name__)
def test_every_value_is_explained_when_it_is_stored(values: type[StrEnum]) -> None:
    assert [value for value in values if f"`{value}`" not in GLOSSARY] == []


def test_each_word_is_defined_once_when_it_stands_in_a_table() -> None:
    words = Counter(row.split("|")[2].strip() for row in GLOSSARY.splitlines() if row.startswith("| "))
    headings = {"code", "---"}
    assert [word for word, times in words.items() if times > 1 and word not in headings] == []
    assert len(words) > 60


def test_every_table_of_the_database_is_named_when_people_look_for_it() -> None:
    """By its own name or by the word for what a row of it is."""
    words = {"staff_area", "reference_series"}  # a link between two words that are there; the last number given out
    tables = re.findall(r'__tablename__ = "(\w+)"', "".join(p.read_text() for p in Path(ROOT / "models").glob("*.py")))
    assert len(tables) > 10
    assert [table for table in tables if table not in words and table not in GLOSSARY] == []
