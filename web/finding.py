"""Finding people by their CPR numbers: to be told that a number is known is a look, and leaves a row in the audit log.

The row stands also when what the number was for is refused or only tried.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session

from onboarding import looks
from onboarding.keyring import keyring_of
from reports.known import Known, known
from web.permissions import Person
from web.state import State


def found_by(state: State, person: Person, number: str) -> Known | None:
    """Whoever has the number; a row once a person and day. None: nobody that we know."""
    with state.database.read() as session:
        found = known(session, keyring_of(session, state.key_file), person.scope, number)
        began = looks.beginning_of(state.today())
        noted = found is None or found.newest in looks.found_since(session, person.email, began)
    if found is not None and not noted:
        with state.database.write() as session:
            looks.found(session, person.email, found.newest, state.now())
    return found


def note_list(session: Session, state: State, person: Person, references: Iterable[str]) -> None:
    """The same for everybody on a list that was tried, refused or read in: none of them is told of unseen. In the
    caller's transaction, as the last thing of it.
    """
    began = looks.beginning_of(state.today())
    new = set(references) - looks.found_since(session, person.email, began)
    looks.found_all(session, person.email, sorted(new), state.now())
