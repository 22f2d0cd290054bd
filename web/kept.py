"""What somebody sent from a case that is not done, kept in the page while they are asked what they look at it for."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Answered(BaseModel):
    """What they look at it for; and, when something they sent was refused before, which form it was (`refused`), the
    reasons (`why`), and what was typed in its fields.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    purpose: str = ""
    refused: str = ""
    conflict: bool = False
    why: tuple[str, ...] = ()
    milestone: str = ""
    value: str = ""
    on: str = ""
    step: str = ""
    reason: str = ""
    review_on: str = ""
    until: str = ""
    to: str = ""
    coordinator: str = ""
    area: str = ""

    def said(self) -> dict[str, Any]:
        """What the page of a case is to say of it, as it would have been said at once; nothing when nothing was."""
        if not self.refused:
            return {}
        typed = self.model_dump(exclude={"purpose", "refused", "conflict", "why"}, exclude_defaults=True)
        return {"problem": {"form": self.refused, "reasons": self.why, "conflict": self.conflict}, "typed": typed}


def fields(problem: dict[str, Any] | None, typed: dict[str, Any] | None) -> list[tuple[str, str]]:
    """The hidden fields that bring it along."""
    if problem is None:
        return []
    named = [("refused", problem["form"]), *((("conflict", "true"),) if problem["conflict"] else ())]
    return [*named, *(("why", reason) for reason in problem["reasons"]), *((typed or {}).items())]
