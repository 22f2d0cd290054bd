"""What each role may do, and what of it a token may be given. Which cases they may do it to is `reports.scope`'s."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.refusal import Refused
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
    METRICS = "metrics"  # how the program itself is doing: counts of everything, and nobody's name
    TOLD = "told"  # messages: one chooses how one is told
    CALENDAR = "calendar"  # one's own deadlines, at an address for a calendar program
    OWN = "own"  # one's own sign-in: everybody


_EVERYBODY = frozenset({Permission.OWN, Permission.PATHWAYS})
_ROLE_MAY: Mapping[Role, frozenset[Permission]] = {
    Role.COORDINATOR: _EVERYBODY
    | {Permission.SEE_CASES, Permission.ACT, Permission.ENROL, Permission.REPORTS}
    | {Permission.MESSAGES, Permission.RESEND, Permission.CALENDAR, Permission.TOLD},
    Role.JOBCENTER_OFFICER: _EVERYBODY | {Permission.SEE_CASES, Permission.ENROL, Permission.MESSAGES, Permission.TOLD},
    Role.MANAGER: _EVERYBODY | {Permission.SEE_CASES, Permission.REPORTS, Permission.MESSAGES, Permission.TOLD},
    Role.DATA_PROTECTION_OFFICER: _EVERYBODY | {Permission.AUDIT},
    Role.ADMINISTRATOR: _EVERYBODY | {Permission.PEOPLE, Permission.METRICS, Permission.MESSAGES, Permission.RESEND},
}


class TokenScope(StrEnum):
    """What a token may be given of what its owner's role may do. Administration and the audit log are for people."""

    READ = "read"
    ACT = "act"
    ENROL = "enrol"
    METRICS = "metrics"


_SCOPE_GIVES: Mapping[TokenScope, frozenset[Permission]] = {
    TokenScope.READ: frozenset(
        {Permission.SEE_CASES, Permission.REPORTS, Permission.MESSAGES, Permission.PATHWAYS},
    ),
    TokenScope.ACT: frozenset({Permission.ACT}),
    TokenScope.ENROL: frozenset({Permission.ENROL}),
    TokenScope.METRICS: frozenset({Permission.METRICS}),
}


def may_be_given(role: Role) -> tuple[TokenScope, ...]:
    """The scopes that give somebody in this role anything beyond what everybody may."""
    return tuple(scope for scope, gives in _SCOPE_GIVES.items() if gives & (_ROLE_MAY[role] - _EVERYBODY))


def chosen(role: Role, names: Iterable[str]) -> list[TokenScope]:
    """The scopes of these names, each once. Raises `Refused` for one that the role cannot be given."""
    wanted, able = set(names), may_be_given(role)
    if wanted - set(able):
        known = ", ".join(able) or "ingen"
        raise Refused(f"Rollen kan ikke give adgangsnøglen det. Den kan give: {known}.")
    return [scope for scope in able if scope in wanted]


def given_by(scopes: Iterable[str]) -> frozenset[Permission]:
    """What these scopes give at the most; with any of them a program may ask who it is."""
    gives = (_SCOPE_GIVES[TokenScope(scope)] for scope in scopes if scope in set(TokenScope))
    return frozenset({Permission.OWN}).union(*gives)


class Lapsed(Exception):
    """Whoever is doing something may not do it any more."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever is signed in, or whose token it is: then `limited_to` is what that gives at the most."""

    email: str
    name: str
    role: Role
    scope: Scope
    csrf: str = field(repr=False)
    limited_to: frozenset[Permission] | None = None

    def may(self, permission: Permission | str) -> bool:
        within = self.limited_to is None or permission in self.limited_to
        return within and permission in _ROLE_MAY[self.role]
