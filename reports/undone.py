"""What an undo takes back, in the titles of the pathway: before it is done, and once it was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from engine.case import Case, Status
from engine.history import Transition, Verb, fold
from onboarding.past import Past
from onboarding.store import ENROLMENT, TRANSITION, Loaded
from onboarding.undo import Foreseen


def to_be_undone(loaded: Loaded, foreseen: Foreseen) -> dict[str, Any]:
    """`moves` (each with `action`, `from`, `to`, `on`, `reason` and `review_on`), the titles of the milestones that are
    `withdrawn` and of those that hold again as they did (`restored`), the reference of the enrolment that `ends` with
    it, whether it `pauses` again, and of a pause that was prolonged the `review_on` that holds again.
    """
    decision = foreseen.decision
    (undo,) = decision.transitions
    told = _told(loaded, decision.undone, decision.withdrawn, decision.recorded)
    return told | {"ends": foreseen.ends} | _pausing(undo, decision.case)


def just_undone(loaded: Loaded, past: Past) -> dict[str, Any] | None:
    """The same of the undo that was the last thing to move this enrolment; None when something else was."""
    *earlier, last = past.happened
    if last.action is not Verb.UNDO or last.ends:
        return None
    moves = [item.move for item in fold(earlier).undoable if item.move.seq >= (last.undoes or 0)]
    gone = [row for row in past.milestones if row.withdrawn_command_id == last.command_id]
    restored = {old.key for old in gone for row in past.milestones if _follows(row, old)}
    withdrawn = [row.key for row in gone if row.key not in restored]
    return _told(loaded, moves, withdrawn, restored) | {"ends": None} | _pausing(last, loaded.case)


def _pausing(undo: Transition, case: Case) -> dict[str, Any]:
    again = case.place.status is Status.PAUSED and not undo.takes_back_a_prolonging
    return {"pauses": again, "review_on": undo.review_on}


def begun_by_transfer(session: Session, loaded: Loaded, past: Past) -> bool:
    """Whether a transfer began this enrolment and nothing has moved in it since: it is undone where it was made."""
    if loaded.case.seq > 1:
        return False
    came_from = select(ENROLMENT.c.previous_id).where(ENROLMENT.c.id == loaded.id).scalar_subquery()
    made_it = TRANSITION.c.command_id == past.happened[0].command_id, TRANSITION.c.action == Verb.TRANSFER
    wanted = select(TRANSITION.c.id).where(TRANSITION.c.enrolment_id == came_from, *made_it)
    return session.connection().execute(wanted).first() is not None


def _follows(row: Row[Any], old: Row[Any]) -> bool:
    """Whether a milestone was put in the place of an older one at the very instant at which that was withdrawn."""
    return row.id > old.id and (row.key, row.at) == (old.key, old.withdrawn_at)


def _told(
    loaded: Loaded, moves: Iterable[Transition], withdrawn: Iterable[str], restored: Iterable[str]
) -> dict[str, Any]:
    pathway = loaded.pathway
    titles = {key: milestone.title for key, milestone in pathway.milestones_by_key.items()}
    return {
        "moves": [
            {
                "action": move.action,
                "from": pathway.stage_title(move.source or ""),
                "to": pathway.stage_title(move.target),
                "on": move.on,
                "reason": pathway.dropout_reasons.get(move.reason or ""),
                "review_on": move.review_on,
            }
            for move in moves
        ],
        "withdrawn": [titles.get(key, key) for key in withdrawn],
        "restored": [titles.get(key, key) for key in restored],
    }
