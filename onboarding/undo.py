"""Take back the last move by a compensating transition. History is never edited."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session

from engine import actions
from engine.case import Status
from engine.decide import decide
from engine.pathway import TRANSFERRED
from engine.refusal import Refused
from notifications.audiences import Directory
from onboarding.acting import Answer, act
from onboarding.signed import Signed
from onboarding.store import ENROLMENT, Loaded, find, history_of, of_the_same, replaced_facts, still_open
from onboarding.turn import take_turn
from onboarding.writing import Change, write


def undo(session: Session, reference: str, signed: Signed) -> Answer:
    """Takes back everything that the last command moved and recorded; a fact that it replaced holds again.

    With a transfer, the enrolment that it began ends too, as transferred back. Raises `Refused` when something has
    happened there, or the candidate has come back in this pathway since.
    """

    def action(loaded: Loaded) -> actions.Undo:
        if loaded.case.place.status is Status.ENDED:
            _end_what_came_of_it(session, loaded, signed)
        history = history_of(session, loaded.id, loaded.pathway)
        return actions.Undo(history, replaced_facts(session, loaded.id, history.last_command_id()))

    take_turn(session)  # an ending that is taken back opens the enrolment again
    return act(session, reference, "undo", action, signed)


def _end_what_came_of_it(session: Session, loaded: Loaded, signed: Signed) -> None:
    """Taking an ending back opens the enrolment again: not beside the one it came from, nor one that came after it."""
    e = ENROLMENT.c
    came_from = select(e.previous_id).where(e.id == loaded.id).scalar_subquery()
    beside = (e.previous_id == loaded.id) | (e.id == came_from) | of_the_same(loaded.row, loaded.row.pathway_key)
    reference = still_open(session, beside)
    if reference is None:
        return
    other = find(session, reference)
    began_it = still_open(session, (e.id == other.id) & (e.previous_id == loaded.id)) is not None
    if not began_it or loaded.case.place.stage != TRANSFERRED.key or other.case.seq > 1:
        raise Refused(f"Kandidaten er gået videre i forløbet {reference}. Afslut det først, hvis dette skal genåbnes.")
    back = decide(other.pathway, other.case, actions.Transfer(loaded.pathway.key), signed.on)
    if back.refusal:
        raise Refused(*back.refusal)
    write(session, [Change(other, back)], Directory.load(session), signed)
