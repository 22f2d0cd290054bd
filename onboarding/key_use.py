"""Which keys hold what is in the database, and whether the key file has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, func, inspect, select
from sqlmodel import Session
from sqlmodel import select as select_rows

from engine.refusal import Refused
from models.keys import Keyring, key_of
from models.preference import Contact
from models.sealing_key import SealingKey
from models.types import table
from onboarding.store import CANDIDATE

#: Every column that is sealed, each bound to its row's `id`.
SEALED = (CANDIDATE.c.cpr_sealed, table(Contact).c.sealed)


def keys_in_use(session: Session) -> dict[str, int]:
    """How many rows each key holds, by its id. Also in a database that is older than the program."""
    found: Counter[str] = Counter()
    for column in _there(session):
        for prefix, count in _prefixes(session, column):
            found[prefix[1:].decode("ascii", "replace")] += count
    return dict(found)


def check_keys(session: Session, path: Path) -> list[str]:
    """Opens one row under each key that holds any; gives their ids.

    Raises `Refused` when the file does not have them all, or has others under their names.
    """
    tried = []
    for column in _there(session):
        ids = column.table.c.id
        for prefix, _ in _prefixes(session, column):
            begins = func.substr(column, 1, len(prefix), type_=LargeBinary) == prefix
            row = session.connection().execute(select(ids, column).where(begins).limit(1)).one()
            if not path.exists():
                raise Refused(
                    f"Nøglefilen {path} mangler, og kopien kan ikke læses uden den. Læg den tilbage først "
                    "(den ligger ikke sammen med kopien), eller ret SOSU_KEY_FILE."
                )
            Keyring.read(path).open(row[1], row[0])
            tried.append(key_of(row[1]))
    return sorted(set(tried))


def _there(session: Session) -> Iterator[Column[bytes]]:
    tables = inspect(session.connection()).get_table_names()
    for column in SEALED:
        of: Table = column.table
        if of.name in tables:
            yield column


def _prefixes(session: Session, column: Column[bytes]) -> Iterator[tuple[bytes, int]]:
    """What seals begin with (how long the key's id is, and the id), and how many do."""
    first = func.substr(column, 1, 1, type_=LargeBinary)
    for (length,) in session.connection().execute(select(first).distinct()).all():
        begins = func.substr(column, 1, 1 + length[0] if length else 1, type_=LargeBinary)
        counted = select(begins, func.count()).where(first == length).group_by(begins)
        yield from ((bytes(prefix), count) for prefix, count in session.connection().execute(counted))


def standing(session: Session, path: Path) -> dict[str, Any]:
    """`keys`, each with `key`, `active`, `in_file` and `rows`; `active`, the id of the one that seals; and `rotation`:
    `none`, `prepared` (a new key is not used yet), `unfinished` (an earlier one holds rows), `done` (it holds none).
    """
    registered = {known.id: known.active for known in session.exec(select_rows(SealingKey))}
    in_file = Keyring.read(path).ids if path.exists() else ()
    used = keys_in_use(session)
    active = next((name for name, is_active in registered.items() if is_active), None)
    if active is None and in_file:
        active = Keyring.read(path).active
    keys = [
        {"key": name, "active": name == active, "in_file": name in in_file, "rows": used.get(name, 0)}
        for name in dict.fromkeys((*in_file, *sorted(registered), *sorted(used)))
    ]
    others = {str(one["key"]) for one in keys if not one["active"]}
    if others & used.keys():
        rotation = "unfinished"
    elif in_file and in_file[-1] in others - registered.keys():
        rotation = "prepared"
    else:
        rotation = "done" if others else "none"
    return {"active": active, "rotation": rotation, "keys": keys}
