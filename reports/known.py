"""Whether somebody is known by their CPR number, and what of them whoever asks may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from models.keys import Keyring
from onboarding.pathways import known_keys, newest
from onboarding.store import CANDIDATE, ENROLMENT
from reports.scope import Scope


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is known. `name` is empty, and there are no `enrolments`, when none of theirs is in the scope.

    An enrolment has `reference`, `pathway` (its title), `status` and `starts_on`; the oldest is first. `newest` is the
    reference of the last one of all of them, for the audit log and not to be shown.
    """

    name: str = field(default="", repr=False)
    enrolments: tuple[dict[str, Any], ...] = ()
    newest: str = field(default="", repr=False)


def known(session: Session, keyring: Keyring, scope: Scope, number: str) -> Known | None:
    """Whoever has these ten digits. None: nobody that we know."""
    c, e = CANDIDATE.c, ENROLMENT.c
    wanted = select(c.id, c.name).where(c.cpr_index.in_(keyring.indexes(number)))
    person = session.connection().execute(wanted).first()
    if person is None:
        return None
    theirs = select(e.reference, e.pathway_key, e.status, e.starts_on)
    rows = session.connection().execute(theirs.where(e.candidate_id == person.id, scope.covers()).order_by(e.id)).all()
    titles = {key: newest(session, key).title for key in known_keys(session)}
    enrolments = tuple(
        {"reference": r.reference, "pathway": titles[r.pathway_key], "status": str(r.status), "starts_on": r.starts_on}
        for r in rows
    )
    last = select(e.reference).where(e.candidate_id == person.id).order_by(e.id.desc()).limit(1)
    reference = session.connection().execute(last).scalar() or ""
    return Known(person.name if enrolments else "", enrolments, reference)
