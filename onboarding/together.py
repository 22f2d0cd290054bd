"""The same done to several cases: each by itself, so that one that is refused holds up no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from engine.refusal import Refused
from onboarding.acting import Answer
from onboarding.expecting import expect
from onboarding.signed import Signed
from onboarding.store import ENROLMENT, hold

Verb = Callable[[Session, str, Signed], Answer]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case: the verb's answer, or every reason why not."""

    reference: str
    answer: Answer | None = None
    refused: tuple[str, ...] = ()


def together(
    session: Session, references: Iterable[str], verb: Verb, signed: Signed, within: ColumnElement[bool]
) -> list[Outcome]:
    """Does it to each case, in the caller's transaction; in a rehearsal it tells what would happen.

    Each case has a command id of its own, made of the one in `signed`: sent twice, all of it acts once. Raises
    `NoSuchCase` when one of them is not `within` this condition.
    """
    each = {reference: replace(signed, command_id=f"{signed.command_id}-{reference}") for reference in references}
    e = ENROLMENT.c
    hold(session, session.connection().scalars(select(e.id).where(e.reference.in_(each))).all())
    for reference in each:
        expect(session, reference, each[reference], within=within)
    return [_one(session, reference, verb, by) for reference, by in each.items()]


def _one(session: Session, reference: str, verb: Verb, signed: Signed) -> Outcome:
    try:
        with session.begin_nested():
            return Outcome(reference, verb(session, reference, signed))
    except Refused as refused:
        return Outcome(reference, refused=refused.reasons)
