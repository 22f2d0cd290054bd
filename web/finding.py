"""Finding people by their CPR numbers: to be told that a number is known is a look, and leaves a row in the audit log.

The row is written in a transaction of its own: it stands also when what the number was for is refused or only tried.
"""

from __future__ import annotations

from onboarding import looks
from onboarding.keyring import keyring_of
from reports.known import Known, known
from web.permissions import Person
from web.state import State


def found_by(state: State, person: Person, number: str) -> Known | None:
    """Whoever has the number; a row once a person and day. None: nobody that we know."""
    with state.database.read() as session:
        found = known(session, keyring_of(session, state.key_file), person.scope, number)
        began = looks.beginning_of(state.today(), looks.DENMARK)
        noted = found is None or looks.found_today(session, person.email, found.newest, began)
    if found is not None and not noted:
        with state.database.write() as session:
            looks.found(session, person.email, found.newest, state.now())
    return found


def note_list(state: State, person: Person, how_many: int) -> None:
    """One row for a list that was tried or refused, if it told of people who are known."""
    if how_many:
        with state.database.write() as session:
            looks.found_by_list(session, person.email, how_many, state.now())
