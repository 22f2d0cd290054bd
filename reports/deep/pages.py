"""How the whole of a database is gone through without holding it in memory: in pages, each of one state of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Column, Row, Select
from sqlmodel import Session

from models.session import Database

PAGE = 500


class Broken(NamedTuple):
    """Something that must be true and is not. `about` is a reference or the number of a row, `said` Danish."""

    check: str
    about: str
    said: str


#: Told how many more rows were looked at.
Progress = Callable[[int], None]
Examine = Callable[[Session, list[Row[Any]]], Iterable[Broken]]


def in_pages(
    database: Database, wanted: Select[Any], key: Column[Any], examine: Examine, progress: Progress
) -> Iterator[Broken]:
    """What `examine` finds in these rows, in the order of `key`, a page of them at a time. People go on working: what a
    page is held against is of the same moment, and no moment lasts longer than a page.
    """
    ordered, after = wanted.order_by(key).limit(PAGE), None
    while True:
        page = ordered if after is None else ordered.where(key > after)
        with database.read() as session:
            rows = list(session.connection().execute(page).all())
            found = list(examine(session, rows)) if rows else []
        if not rows:
            return
        yield from found
        progress(len(rows))
        after = rows[-1]._mapping[key]
