"""How it can fail to come to a sign-in."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Of which kind a failure is: who can do something about it."""

    AWAY = "away"  # the provider does not answer, or not as one
    DENIED = "denied"  # the person, or their organisation, said no
    STALE = "stale"  # not the sign-in that this browser began, or not any more
    UNTRUSTED = "untrusted"  # an answer that may be forged


class Failed(Exception):
    """It did not come to a sign-in. `why` is for a log: words of ours and the protocol's, nothing of a token."""

    def __init__(self, kind: Kind, why: str) -> None:
        super().__init__(why)
        self.kind, self.why = kind, why
