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
from engine.pathway import TRANSFERRED
from engine.refusal import Refused
from notifications.audiences import Directory
from onboarding.acting import Answer, act
from onboarding.past import Past
from onboarding.signed import Signed
from onboarding.store import ENROLMENT, Loaded, find, of_the_same, still_open
from onboarding.turn import take_turn
from onboarding.writing import Change, write


def undo(session: Session, reference: str, signed: Signed) -> Answer:
    """Takes back everything that the last command moved and recorded; a fact that it replaced holds again.

    With a transfer, the enrolment that it began ends too, as transferred back. Raises `Refused` when something has
    happened there, or the candidate has come back in this pathway since.
    """

    def action(loaded: Loaded) -> actions.Undo:
        begun = _ends_with_it(session, loaded, signed.on, lock=True)
        if begun is not None:
            write(session, [begun], Directory.load(session), signed)
        return _taking_back(Past.of(session, loaded))

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


def _ends_with_it(session: Session, loaded: Loaded, on: date, *, lock: bool) -> Change | None:
    """Taking an ending back opens the enrolment again: not beside the one it came from, nor one that came after it.

    Gives the end of the one that its transfer began.
    """
    if loaded.case.place.status is not Status.ENDED:
        return None
    e = ENROLMENT.c
    came_from = select(e.previous_id).where(e.id == loaded.id).scalar_subquery()
    beside = (e.previous_id == loaded.id) | (e.id == came_from) | of_the_same(loaded.row, loaded.row.pathway_key)
    reference = still_open(session, beside)
    if reference is None:
        return None
    other = find(session, reference, lock=lock)
    began_it = still_open(session, (e.id == other.id) & (e.previous_id == loaded.id)) is not None
    another = still_open(session, beside & (e.id != other.id))
    if another or not began_it or loaded.case.place.stage != TRANSFERRED.key or other.case.seq > 1:
        on_the_way = another or reference
        raise Refused(f"Kandidaten er gået videre i forløbet {on_the_way}. Afslut det først, hvis dette skal genåbnes.")
    back = decide(other.pathway, other.case, actions.Transfer(loaded.pathway.key), on)
    if back.refusal:
        raise Refused(*back.refusal)
    return Change(other, back)
