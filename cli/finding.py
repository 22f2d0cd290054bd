"""What looking after the program finds: that all is well, a fault in the machinery, or something for a person to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `said` and `remedy` are Danish; a fault (not `ok`) and a remark have a remedy. `details` name
    what it is about, one by one.
    """

    check: str
    ok: bool
    said: str
    remedy: str = ""
    remark: bool = False
    details: tuple[str, ...] = ()


class Fault(Exception):
    """Something is not as it must be: what, and what to do."""

    def __init__(self, said: str, remedy: str) -> None:
        super().__init__(said)
        self.said, self.remedy = said, remedy


class Remark(Fault):
    """The program runs as it should, and somebody has something to look at."""
