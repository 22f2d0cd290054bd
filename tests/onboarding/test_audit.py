"""The audit log: rows that follow one another, and what is found when somebody was at them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.refusal import Refused
from models.audit import AuditRow
from models.session import Database
from models.types import table
from onboarding import audit
from onboarding.audit import Verified
from tests.municipality import OFFICER, SYD, VIBY, Municipality

AUDIT = table(AuditRow)


@pytest.fixture
def noted(either_town: Municipality) -> Municipality:
    """A town with four rows."""
    for by in (VIBY, SYD, OFFICER, VIBY):
        note(either_town, by)
        either_town.clock.passes(minutes=1)
    return either_town


def note(town: Municipality, by: str) -> None:
    with town.database.write() as session:
        audit.note(session, by, "look", town.clock.now, subject="IM-0001", purpose="contact")


def verified(town: Municipality, kept: str | None = None) -> Verified:
    with town.database.read() as session:
        return audit.verify(session, kept)


def behind_its_back(database: Database, *statements: str) -> None:
    """As somebody does who has the run of the database, and takes away what refuses a change."""
    with database.write() as session:
        connection = session.connection()
        if database.is_sqlite:
            triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
            for name in triggers.all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def test_the_chain_is_whole_when_nobody_touched_it(noted: Municipality) -> None:
    assert (verified(noted).rows, verified(noted).broken_at) == (4, None)


def test_an_empty_log_is_whole(either_town: Municipality) -> None:
    assert (verified(either_town).rows, verified(either_town).broken_at) == (0, None)


@pytest.mark.parametrize("change", ["UPDATE audit SET purpose = 'x' WHERE id = 2", "DELETE FROM audit WHERE id = 2"])
def test_a_change_is_refused_when_it_is_made_the_ordinary_way(noted: Municipality, change: str) -> None:
    with pytest.raises(DBAPIError), noted.database.write() as session:
        session.connection().execute(text(change))
    assert (verified(noted).rows, verified(noted).broken_at) == (4, None)


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        ("UPDATE audit SET \"by\" = 'nobody@example.org' WHERE id = {id}", 0),
        ("UPDATE audit SET action = 'sign_in' WHERE id = {id}", 0),
        ("UPDATE audit SET subject = 'IM-0002' WHERE id = {id}", 0),
        ("UPDATE audit SET purpose = 'supervision' WHERE id = {id}", 0),
        ("UPDATE audit SET at = '2026-01-01 00:00:00.000000' WHERE id = {id}", 0),
        ("UPDATE audit SET hash = previous_hash WHERE id = {id}", 0),
        ("DELETE FROM audit WHERE id = {id}", 1),
    ],
)
def test_the_first_row_that_does_not_fit_is_named_when_somebody_was_at_it(
    noted: Municipality, change: str, broken_at: int
) -> None:
    second = ids(noted)[1]
    behind_its_back(noted.database, change.format(id=second))
    assert verified(noted).broken_at == second + broken_at


@pytest.mark.parametrize(
    "change", ["UPDATE audit SET at = 'i går' WHERE id = {id}", "UPDATE audit SET subject = x'ff00' WHERE id = {id}"]
)
def test_the_row_is_named_when_what_stands_in_it_cannot_be_read(town: Municipality, change: str) -> None:
    for by in (VIBY, SYD, OFFICER):
        note(town, by)
    second = ids(town)[1]
    behind_its_back(town.database, change.format(id=second))
    assert verified(town).broken_at == second


def test_the_seal_of_an_earlier_time_fits_when_rows_were_only_added(noted: Municipality) -> None:
    kept = verified(noted).seal
    assert verified(noted, kept).fits is True
    note(noted, SYD)
    assert (verified(noted, kept).fits, verified(noted, kept).rows) == (True, 5)
    assert verified(noted).seal != kept


@pytest.mark.parametrize("gone", ["", " WHERE id > {id}"], ids=["every row", "the last ones"])
def test_the_seal_shows_it_when_the_end_was_cut_off(noted: Municipality, gone: str) -> None:
    kept, second = verified(noted).seal, ids(noted)[1]
    behind_its_back(noted.database, f"DELETE FROM audit{gone}".format(id=second))  # noqa: S608
    assert (verified(noted).broken_at, verified(noted, kept).fits) == (None, False)
    for _ in range(4):
        note(noted, OFFICER)
    assert (verified(noted).broken_at, verified(noted, kept).fits) == (None, False)


def test_what_is_no_seal_is_refused(noted: Municipality) -> None:
    with pytest.raises(Refused, match="Seglet kan ikke læses"):
        verified(noted, "4-ikke et segl")


def test_the_row_is_named_when_somebody_made_its_hash_fit_again(noted: Municipality) -> None:
    """The next one gives it away: it follows the hash that was."""
    rows = noted.rows(AUDIT)
    hashed = audit.chained(rows[1]["previous_hash"], rows[1]["at"], SYD, "look", "IM-0001", "supervision")
    second, third = ids(noted)[1:3]
    behind_its_back(
        noted.database,
        f"UPDATE audit SET purpose = 'supervision', hash = '{hashed}' WHERE id = {second}",  # noqa: S608
    )
    assert verified(noted).broken_at == third


def test_every_row_is_in_the_chain_when_several_are_added_at_once(either_town: Municipality) -> None:
    def adds(number: int) -> None:
        for _ in range(5):
            note(either_town, f"nummer{number}@example.org")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(adds, range(4)))
    assert (verified(either_town).rows, verified(either_town).broken_at) == (20, None)


def ids(town: Municipality) -> list[int]:
    rows: list[dict[str, Any]] = town.rows(AUDIT)
    return [row["id"] for row in rows]
