"""Record a milestone, and take the steps that waited for it, in the same transaction."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from engine import actions
from engine.refusal import Refused
from models.cpr import looks_like_cpr
from onboarding.acting import Answer, act
from onboarding.signed import Signed

_LONGEST_VALUE = 200


def record(
    session: Session,
    reference: str,
    milestone: str,
    signed: Signed,
    value: str | None = None,
    achieved_on: date | None = None,
) -> Answer:
    """Records that `milestone` was reached on `achieved_on` (the day of `signed` when not given)."""
    if value is not None and (len(value) > _LONGEST_VALUE or looks_like_cpr(value)):
        raise Refused(f"En værdi er højst {_LONGEST_VALUE} tegn og indeholder ikke et CPR-nummer.")
    recorded = actions.Record(milestone, value, achieved_on, signed.command_id)
    return act(
        session,
        reference,
        "record",
        lambda _: recorded,
        signed,
        milestone=milestone,
        value=value,
        achieved_on=achieved_on,
    )
