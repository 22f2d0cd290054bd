"""Finding people by their CPR numbers: to be told that a number is known is a look, and leaves a row in the audit log.

The row is written in a transaction of its own: it stands also when what the number was for is refused or only tried.
"""

from __future__ import annotations

from collections.abc import Sequence

from onboarding import looks
from onboarding.keyring import keyring_of
from onboarding.lists.parsed import CandidateRow
from reports.known import Known, known, references_of
from web.permissions import Person
from web.state import State


def found_by(state: State, person: Person, number: str) -> Known | None:
    """Whoever has the number; a row once a person and day. None: nobody that we know."""
    with state.database.read() as session:
        found = known(session, keyring_of(session, state.key_file), person.scope, number)
        began = looks.beginning_of(state.today(), looks.DENMARK)
        noted = found is None or found.newest in looks.found_since(session, person.email, began)
    if found is not None and not noted:
        with state.database.write() as session:
            looks.found(session, person.email, found.newest, state.now())
    return found


def found_in(state: State, rows: Sequence[CandidateRow]) -> frozenset[str]:
    """The newest references of those on a list who are known, before it makes anybody known."""
    with state.database.read() as session:
        return references_of(session, keyring_of(session, state.key_file), [row.cpr for row in rows])


def note_list(state: State, person: Person, references: frozenset[str]) -> None:
    """The same for everybody on a list that was tried, refused or read in: none of them is told of unseen."""
    with state.database.read() as session:
        began = looks.beginning_of(state.today(), looks.DENMARK)
        new = references - looks.found_since(session, person.email, began)
    if new:
        with state.database.write() as session:
            for reference in sorted(new):
                looks.found(session, person.email, reference, state.now())
