"""Take back the last move by a compensating transition. History is never edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from engine import actions
from engine.case import Status
from engine.decide import decide
from engine.decision import Decision
from engine.pathway import MISTAKEN, TRANSFERRED
from engine.refusal import Refused
from notifications.audiences import Directory
from notifications.queue import MESSAGE
from onboarding.acting import Answer, act
from onboarding.locking import hold
from onboarding.mistakes import annulled, heard, hold_back
from onboarding.past import Past
from onboarding.prolong import let_go
from onboarding.signed import Signed
from onboarding.store import ENROLMENT, Loaded, find, of_the_same, still_open
from onboarding.turn import take_turn
from onboarding.unsent import unsent
from onboarding.writing import Change, write_messages, write_state

#: Why a message that was still to be sent is not.
REASON = "transfer_undone"


def undo(session: Session, reference: str, signed: Signed) -> Answer:
    """Takes back everything that the last command moved and recorded; a fact that it replaced holds again.

    With a transfer, the enrolment that it began ends as a mistake, which no figure counts. Raises `Refused` when
    something has happened there, or the candidate has come back in this pathway since.
    """

    def action(loaded: Loaded) -> actions.Undo:
        begun = _ends_with_it(session, loaded, signed.on, lock=True)
        if begun is not None:
            both = MESSAGE.c.enrolment_id.in_((loaded.id, begun.loaded.id))
            hold(session, both & unsent(signed.at))  # once, or each one's would be out of order
            _annul(session, begun, signed)
        past = Past.of(session, loaded)
        if past.history.prolonged:
            let_go(session, loaded, past, signed)
        return _taking_back(past)

    take_turn(session)  # an ending that is taken back opens the enrolment again
    return act(session, reference, "undo", action, signed)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an undo comes to, and the reference of the enrolment that would end with it, if one does."""

    decision: Decision
    ends: str | None


def foresee(session: Session, loaded: Loaded, past: Past, on: date) -> Foreseen:
    """What `undo` decides on this day, and why not: raises `Refused` as it does. Nothing is written or locked."""
    begun = _ends_with_it(session, loaded, on, lock=False)
    decision = decide(loaded.pathway, loaded.case, _taking_back(past), on)
    if decision.refusal:
        raise Refused(*decision.refusal)
    return Foreseen(decision, begun.loaded.row.reference if begun else None)


def _taking_back(past: Past) -> actions.Undo:
    return actions.Undo(past.history, past.replaced())


def _annul(session: Session, begun: Change, signed: Signed) -> None:
    """Its coordinator hears of it only if they were told that it had begun; what waits to be sent about it is not."""
    about = MESSAGE.c.enrolment_id == begun.loaded.id
    hold_back(session, about, REASON, signed)  # first: this is why, and not the ending
    write_state(session, [begun], signed)
    if heard(session, about, {begun.loaded.row.coordinator_id}):
        write_messages(session, [begun], Directory.load(session), signed)


def _ends_with_it(session: Session, loaded: Loaded, on: date, *, lock: bool) -> Change | None:
    """Taking an ending back opens the enrolment again: not beside the one it came from, nor one that came after it.

    Gives the end of the one that its transfer began, if nothing has happened there.
    """
    place = loaded.case.place
    if place.status is not Status.ENDED or place.stage == MISTAKEN.key:  # which is not taken back, whatever is beside
        return None
    e = ENROLMENT.c
    came_from = select(e.previous_id).where(e.id == loaded.id).scalar_subquery()
    beside = (e.previous_id == loaded.id) | (e.id == came_from) | of_the_same(loaded.row, loaded.row.pathway_key)
    reference = still_open(session, beside)
    if reference is None:
        return None
    other = find(session, reference, lock=lock)
    # A new attempt in this pathway comes after it too, and no transfer began that.
    elsewhere = (e.previous_id == loaded.id) & (e.pathway_key != loaded.pathway.key)
    began_it = still_open(session, (e.id == other.id) & elsewhere) is not None
    another = still_open(session, beside & (e.id != other.id))
    (begun,) = annulled(session, [other], on)
    if another or not began_it or place.stage != TRANSFERRED.key or begun.decision.refusal:
        raise Refused("Kandidaten er gået videre i et andet forløb. Afslut det først, hvis dette skal genåbnes.")
    return begun
