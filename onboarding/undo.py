"""Take back the last move by a compensating transition. History is never edited."""

from __future__ import annotations

from sqlmodel import Session, col, select

from engine import actions
from engine.case import Status
from engine.refusal import Refused
from models.enrolment import Enrolment
from onboarding.acting import Answer, act
from onboarding.signed import Signed
from onboarding.store import Loaded, history_of
from onboarding.turn import take_turn


def undo(session: Session, reference: str, signed: Signed) -> Answer:
    """Takes back everything that the last command moved, with the milestone that it recorded."""

    def action(loaded: Loaded) -> actions.Undo:
        if loaded.case.place.status is Status.ENDED:
            _refuse_a_second_open_one(session, loaded)
        return actions.Undo(history_of(session, loaded.id, loaded.pathway))

    take_turn(session)  # an ending that is taken back opens the enrolment again
    return act(session, reference, "undo", action, signed)


def _refuse_a_second_open_one(session: Session, loaded: Loaded) -> None:
    """Taking an ending back would open the enrolment again: not when the candidate has gone on in another."""
    gone_on = select(Enrolment.reference).where(
        (col(Enrolment.previous_id) == loaded.id)
        | (
            (col(Enrolment.candidate_id) == loaded.row.candidate_id)
            & (col(Enrolment.pathway_key) == loaded.row.pathway_key)
        ),
        col(Enrolment.status) != Status.ENDED,
    )
    reference = session.exec(gone_on).first()
    if reference is not None:
        raise Refused(f"Kandidaten er gået videre i forløbet {reference}. Afslut det først, hvis dette skal genåbnes.")
