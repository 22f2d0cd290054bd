"""How the whole house says no: a reason that a person can act on, in Danish."""

from __future__ import annotations


class Refused(Exception):
    """What was asked for cannot be done; nothing has been changed.

    `reasons` holds one Danish sentence a reason: what is wrong and what to do about it. No sentence holds
    a name or a CPR number, so it may be logged, printed and shown as it is.
    """

    def __init__(self, *reasons: str) -> None:
        if not reasons:
            raise ValueError("a refusal needs a reason")
        self.reasons = reasons
        super().__init__("\n".join(reasons))
