"""Take an import back: whoever it enrolled was enrolled by mistake. All of them, or none."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from engine import kinds
from engine.history import Verb
from engine.refusal import Refused
from models.bulk import insert
from models.list_import import ListImport
from models.types import table
from notifications.queue import MESSAGE, messages_of_a_list
from onboarding.acting import Answer, once
from onboarding.mistakes import annulled, heard, hold_back
from onboarding.signed import Signed
from onboarding.store import ENROLMENT, TRANSITION, cases, enrolments
from onboarding.turn import take_turn
from onboarding.writing import Change, write_state

#: Why a message that was still to be sent is not.
REASON = "import_undone"
_NAMED = 20
_IMPORT = table(ListImport)


def undo_import(session: Session, import_id: int, signed: Signed) -> Answer:
    """Ends the enrolments of an import as mistakes, which no figure counts, and tells the coordinators who were told.

    Gives `import`, `enrolments` (their references), `told` (how many coordinators) and `unsent` (how many messages are
    not sent any more). What the import changed of people who were known stays. Raises `Refused`, with the reference
    and the reason of each enrolment in which something has happened since.
    """
    take_turn(session)
    return once(
        session, signed, {"verb": "undo_import", "import": import_id}, lambda: _undo(session, import_id, signed)
    )


def _undo(session: Session, import_id: int, signed: Signed) -> Answer:
    run = session.get(ListImport, import_id)
    if run is None:
        raise Refused("Der er ingen indlæsning med det nummer. Numrene står i svaret fra »sosu import --json«.")
    if run.undone_at is not None:
        raise Refused(f"Indlæsningen er allerede fortrudt ({run.undone_at:%d-%m-%Y}).")
    changes = _annulled(session, import_id, signed)
    if not changes:
        raise Refused("Listen indskrev ingen, så der er ingen indskrivninger at fortryde.")
    unsent = hold_back(session, _about(run) & ~_took_over(run), REASON, signed)  # first: this is why
    write_state(session, changes, signed)
    run.undone_by, run.undone_at = signed.by, signed.at
    session.add(run)
    told = heard(session, _about(run), {change.loaded.row.coordinator_id for change in changes})
    insert(session, MESSAGE, list(messages_of_a_list(import_id, told, signed.on, signed.at, kinds.LIST_UNDONE)))
    references = [change.loaded.row.reference for change in changes]
    return {"import": import_id, "enrolments": references, "told": len(told), "unsent": unsent}


def _annulled(session: Session, import_id: int, signed: Signed) -> list[Change]:
    """What becomes of each enrolment. Raises `Refused` when one of them has gone on."""
    wanted = enrolments().where(ENROLMENT.c.list_import_id == import_id).order_by(ENROLMENT.c.id)
    found = cases(session, session.connection().execute(wanted.with_for_update(of=ENROLMENT, key_share=True)).all())
    changes = annulled(session, found, signed.on)
    gone_on = [change for change in changes if change.decision.refusal]
    refused = [f"{change.loaded.row.reference}: {' '.join(change.decision.refusal)}" for change in gone_on]
    if refused:
        more = [f"Og {len(refused) - _NAMED} forløb til."] if len(refused) > _NAMED else []
        raise Refused(*refused[:_NAMED], *more)
    return changes


def _took_over(run: ListImport) -> ColumnElement[bool]:
    """The import's word to a coordinator who took somebody over from another: that is not taken back."""
    m, t = MESSAGE.c, TRANSITION.c
    took_over = select(t.coordinator_id).where(t.command_id == run.command_id, t.action == Verb.ASSIGN)
    return (m.list_import_id == run.id) & m.recipient_id.in_(took_over)


def _about(run: ListImport) -> ColumnElement[bool]:
    """A message that tells of the import, or of an enrolment that it made."""
    made = select(ENROLMENT.c.id).where(ENROLMENT.c.list_import_id == run.id)
    return (MESSAGE.c.list_import_id == run.id) | MESSAGE.c.enrolment_id.in_(made)
