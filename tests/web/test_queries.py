"""How often a page asks the database: as often for a town full of people as for a handful."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from models.session import Database
from tests.web.site import Site, lived_in

#: Statements of each page, with those that say who is signed in; `BEGIN` counts, since it goes to the database too.
ASKED = {
    "/": 16,
    "/forloeb/immigrant_track": 20,
    "/forloeb/immigrant_track?soeg=olena": 21,
    "/forloeb/immigrant_track?vis=tabel": 13,
    "/forloeb/immigrant_track?vis=tabel&soeg=olena": 13,
    "/forloeb/alle": 12,
    "/sag/IM-0001": 24,
    "/beskeder": 12,
    "/mig/beskeder": 21,
    "/beskeder/virkning/immigrant_track": 9,
}


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", ASKED)
def test_a_page_asks_as_often_when_there_are_many_more_people(site: Site, path: str) -> None:
    lived_in(site.town)
    visitor = site.signed_in()
    counted = []
    for more in (0, 20):
        for _ in range(more):
            site.town.enrols("Olena Melnyk")
        visitor.gets(path)  # what a process reads once is read by now
        with statements(site.town.database) as asked:
            assert visitor.gets(path).status_code == 200
        counted.append(len(asked))
    assert counted == [ASKED[path]] * 2
