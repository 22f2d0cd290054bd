"""Why a database cannot be used, in a sentence that says what to do.

What the driver says is never passed on: it can quote a row.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DatabaseError, OperationalError, TimeoutError  # noqa: A004  the pool's, and not the system's

from engine.refusal import Refused

PROTECTED = (
    "Databasen er skrivebeskyttet: giv programmet lov til at skrive i dens fil, i mappen og i filerne ved siden af "
    "(-wal og -shm), eller ret SOSU_DATABASE_URL."
)
_DAMAGED = (
    "Filen i SOSU_DATABASE_URL er ikke en database eller er beskadiget: læg sikkerhedskopien tilbage, "
    "eller ret SOSU_DATABASE_URL."
)
_BUSY = "Databasen er optaget af en anden: prøv igen om lidt."
_FULL = "Databasen kan ikke skrives på disken: skaf plads, og prøv igen."
_AWAY = "Databasen svarer ikke: kontrollér SOSU_DATABASE_URL, og at databasen kører."

_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED")
#: PostgreSQL broke off one of two that waited for each other, or the later of two (SQLSTATE 40P01 and 40001).
_BROKEN_OFF = ("40P01", "40001")
# The beginnings of SQLite's own names for its answers (sqlite.org/rescode.html).
_SENTENCES = {
    ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"): PROTECTED,
    ("SQLITE_NOTADB", "SQLITE_CORRUPT"): _DAMAGED,
    _PASSING: _BUSY,
    ("SQLITE_FULL", "SQLITE_IOERR"): _FULL,
}


def may_pass(error: Exception) -> bool:
    """Whether the database is busy or away, so that the same may go well in a moment."""
    if isinstance(error, TimeoutError):  # every connection that we may have is in use
        return True
    if not isinstance(error, OperationalError):
        return False
    name = getattr(error.orig, "sqlite_errorname", "")
    return name.startswith(_PASSING) if isinstance(error.orig, sqlite3.Error) else True


def refusal_of(error: DatabaseError) -> Refused | None:
    """None where nothing is wrong with the database, so that the mistake is our own."""
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is None:
        if getattr(error.orig, "sqlstate", None) in _BROKEN_OFF:
            return Refused(_BUSY)
        away = isinstance(error, OperationalError) and not isinstance(error.orig, sqlite3.Error)
        return Refused(_AWAY) if away else None
    if "no such table" in str(error.orig):
        return Refused(_DAMAGED)
    return next((Refused(said) for names, said in _SENTENCES.items() if name.startswith(names)), None)
