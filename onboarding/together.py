"""The same done to several cases: each by itself, so that one that is refused holds up no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sqlmodel import Session

from engine.refusal import Refused
from onboarding.acting import Answer
from onboarding.signed import Signed

Verb = Callable[[Session, str, Signed], Answer]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case: the verb's answer, or every reason why not."""

    reference: str
    answer: Answer | None = None
    refused: tuple[str, ...] = ()


def together(session: Session, references: Iterable[str], verb: Verb, signed: Signed) -> list[Outcome]:
    """Does it to each case, in the caller's transaction; in a rehearsal it tells what would happen.

    Each case has a command id of its own, made of the one in `signed`: sent twice, all of it acts once.
    """
    return [_one(session, reference, verb, signed) for reference in dict.fromkeys(references)]


def _one(session: Session, reference: str, verb: Verb, signed: Signed) -> Outcome:
    try:
        with session.begin_nested():
            return Outcome(
                reference, verb(session, reference, replace(signed, command_id=f"{signed.command_id}-{reference}"))
            )
    except Refused as refused:
        return Outcome(reference, refused=refused.reasons)
