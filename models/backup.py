"""Copies of an SQLite database: made while people work, looked through, and put in place when they are whole.

A copy is one file that needs no other beside it.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from engine.refusal import Refused
from models.files import sync_folder

_STEP = 2000  # pages of a copy between two words of how far it is: eight megabytes
_WAIT = 30  # seconds for a writer who is at it
_BESIDE = ("-wal", "-shm", "-journal")

#: Told how many more pages were copied.
Tell = Callable[[int], None]


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A place beside `path` to write to, with mode 600. What is there at the end gets its name when it is on the disk;
    when anything is raised it is gone. Raises `Refused` when `path` exists, also when it comes to meanwhile.
    """
    if path.is_dir():
        raise Refused(f"{path} er en mappe. Skriv filens navn med, fx {path / 'sosu.backup'}.")
    _refuse_existing(path)
    try:
        handle, made = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp gives mode 600
    except OSError:
        raise Refused(f"Der kan ikke skrives i mappen {path.parent}. Lav den, eller giv programmet adgang.") from None
    os.close(handle)
    beside = Path(made)
    try:
        yield beside
        _put_in_place(beside, path)
    finally:
        for left in (beside, *_others(beside)):
            left.unlink(missing_ok=True)


def copy(source: Path, to: Path, tell: Tell = lambda _: None) -> None:
    """The database as it is at one moment, into an empty file, however much others write meanwhile.

    Raises `sqlite3.Error` when it cannot be read, or the disk is full.
    """
    before = 0

    def step(_: int, remaining: int, total: int) -> None:
        nonlocal before
        tell(total - remaining - before)
        before = total - remaining

    with closing(sqlite3.connect(source, timeout=_WAIT, isolation_level=None)) as reading:
        # Without a state of its own to read, a copy would begin anew each time that somebody writes.
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(to)) as writing:
            reading.backup(writing, pages=_STEP, progress=step)


def make_one_file(path: Path) -> None:
    """A copy that nobody has open needs no log beside it any more, not even to be read."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def refuse_damaged(path: Path) -> None:
    """Raises `Refused` for a file that is no SQLite database, or in which a page, an index or a row is not right."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            whole = connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
            loose = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError:
        whole, loose = False, None
    if not whole or loose:
        raise Refused("Kopien er ikke hel: databasen, som den er taget af, eller filen er beskadiget.")


def refuse_occupied(path: Path) -> None:
    """Raises `Refused` where a database is, or what is left of one: its log would be read into another one."""
    _refuse_existing(path)
    for left in _others(path):
        if left.exists():
            raise Refused(f"{left} hører til en tidligere database. Flyt den væk, og prøv igen.")


def _refuse_existing(path: Path) -> None:
    if os.path.lexists(path):
        raise Refused(
            f"{path} findes allerede, og der skrives aldrig oven i noget. Vælg et andet navn, eller flyt den."
        )


def _others(path: Path) -> list[Path]:
    return [path.with_name(path.name + ending) for ending in _BESIDE]


def _put_in_place(beside: Path, path: Path) -> None:
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    try:
        os.link(beside, path)  # which never takes the place of another
    except FileExistsError:
        _refuse_existing(path)
        raise
    except OSError:  # a disk on which a file has one name only
        _refuse_existing(path)
        os.rename(beside, path)
    sync_folder(path.parent)
