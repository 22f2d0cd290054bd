"""What is found broken, and how it is broken by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text

from models.keys import Keyring
from onboarding.store import ENROLMENT
from reports.deep.examining import examine
from tests.municipality import Municipality

FAR = date(2030, 1, 1)


def found(town: Municipality, keyring: Keyring | None = None) -> dict[str, list[tuple[str, str]]]:
    """What each check found broken."""
    examined = examine(town.database, lambda: keyring or town.keyring, town.clock.now, lambda _: None)
    return {one.check: [(broken.about, broken.said) for broken in one.first] for one in examined if one.broken}


def first(town: Municipality, **of: Any) -> dict[str, Any]:
    return next(row for row in town.rows(ENROLMENT) if all(row[name] == value for name, value in of.items()))


def transitions_give_way(town: Municipality) -> None:
    """Their triggers refuse what a test does to them."""
    with town.database.write() as session:
        if town.database.is_sqlite:
            rows = session.connection().execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for (name,) in rows:
                session.connection().execute(text(f"DROP TRIGGER {name}"))
        else:
            for name in ("transition", "audit"):
                session.connection().execute(text(f"ALTER TABLE {name} DISABLE TRIGGER ALL"))


OLENA = {"reference": "IM-0001"}
