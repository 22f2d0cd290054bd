"""What each role may do. Which cases they may do it to is `reports.scope`'s to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from models.staff import Role
from reports.scope import Scope


class Permission(StrEnum):
    SEE_CASES = "see_cases"
    ACT = "act"  # record, move, pause, drop out, undo, hand over
    ENROL = "enrol"  # one candidate, or a list of them
    REPORTS = "reports"
    PATHWAYS = "pathways"
    MESSAGES = "messages"
    RESEND = "resend"  # a message that was given up
    AUDIT = "audit"
    PEOPLE = "people"
    OWN = "own"  # one's own sign-in: everybody


_EVERYBODY = frozenset({Permission.OWN, Permission.PATHWAYS})
_ROLE_MAY: Mapping[Role, frozenset[Permission]] = {
    Role.COORDINATOR: _EVERYBODY
    | {Permission.SEE_CASES, Permission.ACT, Permission.ENROL, Permission.REPORTS}
    | {Permission.MESSAGES, Permission.RESEND},
    Role.JOBCENTER_OFFICER: _EVERYBODY | {Permission.SEE_CASES, Permission.ENROL},
    Role.MANAGER: _EVERYBODY | {Permission.SEE_CASES, Permission.REPORTS, Permission.MESSAGES},
    Role.DATA_PROTECTION_OFFICER: _EVERYBODY | {Permission.AUDIT},
    Role.ADMINISTRATOR: _EVERYBODY | {Permission.PEOPLE, Permission.MESSAGES, Permission.RESEND},
}


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever is signed in."""

    email: str
    name: str
    role: Role
    scope: Scope
    csrf: str = field(repr=False)

    def may(self, permission: Permission | str) -> bool:
        return permission in _ROLE_MAY[self.role]
