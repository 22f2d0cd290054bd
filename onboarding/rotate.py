"""Another key for everything that is sealed, while people work.

First the new key is in the file, then the database says that it seals, and only then is anything sealed with it: who
has the key file as it was before is refused, and makes nobody twice. Then the rows follow, a page in a transaction of
its own; each is written if it is still as it was read. Killed anywhere, it goes on from there when it is begun again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, bindparam, func, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from engine.refusal import Refused
from models import key_file
from models.bulk import execute_many
from models.command import FORGOTTEN, Command
from models.keys import Keyring, begins
from models.sealing_key import SealingKey
from models.session import Database
from models.types import table
from onboarding.key_use import SEALED, keys_in_use
from onboarding.keyring import in_turn, keyring_of
from onboarding.store import CANDIDATE

COMMAND = table(Command)
_PAGE = 500
_ROUNDS = 5  # a row that somebody changed in the very moment is looked at again

#: Told how many more rows were looked at; called between two transactions.
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Rotated:
    """Which key seals now, whether it is new, how many rows were sealed anew, and what is still held by others: `left`
    can be sealed anew by beginning again, `unreadable` (table and id) cannot be opened by any key that we have.
    """

    active: str
    new: bool
    resealed: int
    left: int
    unreadable: tuple[str, ...]


def prepare(database: Database, path: Path) -> str:
    """A new key in the file that nothing uses yet, so that the file can be copied to other machines; gives its id.

    Raises `Refused` when there is one already.
    """
    with database.write() as session:
        keyring = in_turn(session, keyring_of(session, path))
        known = _registered(session)
        if waiting := _prepared(keyring, known):
            raise Refused(f"Nøglen {waiting} er klar og ikke taget i brug. Tag den i brug med »sosu keys rotate«.")
        return key_file.add_key(path, known)


def rotate(database: Database, path: Path, at: datetime, tell: Tell = lambda _: None) -> Rotated:
    """Takes a new key into use and seals everything with it; goes on with what an earlier time did not finish.

    Raises `Refused` when the key file is not the database's, or cannot be written.
    """
    with database.write() as session:
        active, new = _taken_into_use(session, path, at)
    key_file.activate(path, active)
    resealed, unreadable = 0, list[str]()
    for _ in range(_ROUNDS):
        done = [_reseal(database, path, column, tell) for column in SEALED]
        resealed += sum(count for count, _ in done)
        unreadable = [name for _, names in done for name in names]
        with database.read() as session:
            left = _others(session, active) - len(unreadable)
        if not left:
            break
    return Rotated(active, new, resealed, left, tuple(unreadable))


def retire(database: Database, path: Path, tell: Tell = lambda _: None) -> list[str]:
    """Takes the keys out of the file that hold nothing any more; gives their ids.

    What was asked in commands is forgotten first: it is remembered by a hash under such a key. Raises `Refused` while
    one of them holds a row, and when there is none.
    """
    with database.write() as session:
        keyring, known = _unused(session, path)
    if known - {keyring.active}:
        _forget_requests(database, tell)
        with database.write() as session:
            keyring, known = _unused(session, path)
            for name in known - {keyring.active}:
                session.delete(session.get_one(SealingKey, name))
    waiting = _prepared(keyring, {keyring.active})
    gone = key_file.keep_only(path, keyring.active, *([waiting] if waiting else []))
    if not gone:
        raise Refused("Der er ingen tidligere nøgle at tage ud. Se dem med »sosu keys status«.")
    return gone


def _unused(session: Session, path: Path) -> tuple[Keyring, set[str]]:
    """The keys, and which the database knows. Raises `Refused` while another than the active one holds a row."""
    keyring = in_turn(session, keyring_of(session, path))
    others = {name: rows for name, rows in sorted(keys_in_use(session).items()) if name != keyring.active}
    if others:
        held = ", ".join(f"{name}: {rows}" for name, rows in others.items())
        raise Refused(
            f"Der er endnu rækker, der er låst med en tidligere nøgle ({held}). Kør »sosu keys rotate« først."
        )
    return keyring, _registered(session)


def _registered(session: Session) -> set[str]:
    return set(session.exec(select_rows(SealingKey.id)))


def _prepared(keyring: Keyring, known: set[str]) -> str | None:
    """The newest key, when nothing has been sealed with it yet."""
    newest = keyring.ids[-1]
    return newest if keyring.finds_by_itself(newest) and newest not in known | {keyring.active} else None


def _taken_into_use(session: Session, path: Path, at: datetime) -> tuple[str, bool]:
    """Which key seals from now on, and whether it did not before."""
    keyring = in_turn(session, keyring_of(session, path))
    known = _registered(session)
    if known and _others(session, keyring.active):
        return keyring.active, False  # an earlier time was not finished
    wanted = _prepared(keyring, known) or key_file.add_key(path, known)
    keyring = Keyring.read(path)
    for name in keyring.ids:
        if name not in known:
            session.add(SealingKey(id=name, proof=keyring.proof(name), active=False, added_at=at))
    session.flush()
    keys = table(SealingKey)
    session.connection().execute(update(keys).values(active=False))
    session.connection().execute(update(keys).where(keys.c.id == wanted).values(active=True))
    return wanted, True


def _others(session: Session, active: str) -> int:
    """How many rows another key holds."""
    return sum(rows for name, rows in keys_in_use(session).items() if name != active)


def _reseal(database: Database, path: Path, column: Column[bytes], tell: Tell) -> tuple[int, list[str]]:
    """Goes through a table once; gives how many rows were sealed anew, and which could not be opened."""
    resealed, unreadable, after = 0, list[str](), UUID(int=0)
    while True:
        with database.write() as session:
            # In turn, though each row is compared: whoever enrols changes rows in another order, and would meet us.
            keyring = in_turn(session, keyring_of(session, path))
            rows = _held_by_others(session, column, keyring.active, after)
            if not rows:
                return resealed, unreadable
            values, damaged = _sealed_anew(keyring, column, rows)
            resealed += _written(session, column, values)
            unreadable += damaged
        after = rows[-1][0]
        tell(len(rows))


def _held_by_others(session: Session, column: Column[bytes], active: str, after: UUID) -> Sequence[Any]:
    ids, prefix = column.table.c.id, begins(active)
    by_others = func.substr(column, 1, len(prefix), type_=LargeBinary) != prefix
    wanted = select(ids, column).where(ids > after, by_others).order_by(ids).limit(_PAGE)
    return session.connection().execute(wanted).all()


def _sealed_anew(
    keyring: Keyring, column: Column[bytes], rows: Sequence[Any]
) -> tuple[list[dict[str, Any]], list[str]]:
    values, damaged = [], []
    for row_id, before in rows:
        try:
            plain = keyring.open(before, row_id)
        except Refused:
            damaged.append(f"{column.table.name} {row_id}")
            continue
        found = {"new_index": keyring.index(plain)} if column.table is CANDIDATE else {}
        values.append({"row_id": row_id, "before": before, "sealed": keyring.seal(plain, row_id)} | found)
    return values, damaged


def _written(session: Session, column: Column[bytes], values: list[dict[str, Any]]) -> int:
    of = column.table
    change = {column.name: bindparam("sealed", type_=LargeBinary)}
    if of is CANDIDATE:
        change["cpr_index"] = bindparam("new_index", type_=LargeBinary)
    same = (of.c.id == bindparam("row_id"), column == bindparam("before", type_=LargeBinary))
    return execute_many(session, update(of).where(*same).values(change), values) if values else 0


def _forget_requests(database: Database, tell: Tell) -> None:
    after = ""
    while True:
        with database.write() as session:
            wanted = select_rows(Command.id).where(col(Command.id) > after).order_by(col(Command.id)).limit(_PAGE)
            ids = session.exec(wanted).all()
            if not ids:
                return
            these = COMMAND.c.id.in_(ids), COMMAND.c.request != FORGOTTEN
            session.connection().execute(update(COMMAND).where(*these).values(request=FORGOTTEN))
        after = ids[-1]
        tell(len(ids))
