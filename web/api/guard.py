"""Whose token it is. A browser's cookie opens nothing here and a token opens no page, so that no other site's form can
act by what a browser brings along by itself.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from models.staff import Role
from onboarding import tokens
from reports.scope import Scope
from web.permissions import Permission, Person, given_by
from web.state import state_of

_BEARER = HTTPBearer(
    scheme_name="token", description="A personal access token: »Min adgang«, or `sosu token add`", auto_error=False
)


class NoToken(Exception):
    """No token, or nobody's. `challenge` is what HTTP wants to be said then."""

    def __init__(self, *, given: bool) -> None:
        super().__init__()
        self.challenge = 'Bearer error="invalid_token"' if given else "Bearer"


class Beyond(Exception):
    """The token does not cover that, or its owner's role does not."""


class ByToken:
    """Asks for a permission. Kept as an object, so that a test can read off a route what it asks for."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    def __call__(
        self, request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
    ) -> Person:
        person = _owner(request, given.credentials) if given is not None else None
        if person is None:
            raise NoToken(given=given is not None)
        if not person.may(self.permission):
            raise Beyond
        return person


# What an operation takes as a parameter: the owner of a token that may do this.
SeesCases = Annotated[Person, Depends(ByToken(Permission.SEE_CASES))]
Acts = Annotated[Person, Depends(ByToken(Permission.ACT))]
Enrols = Annotated[Person, Depends(ByToken(Permission.ENROL))]
Reports = Annotated[Person, Depends(ByToken(Permission.REPORTS))]
Pathways = Annotated[Person, Depends(ByToken(Permission.PATHWAYS))]
Messages = Annotated[Person, Depends(ByToken(Permission.MESSAGES))]
Monitors = Annotated[Person, Depends(ByToken(Permission.METRICS))]
Anybody = Annotated[Person, Depends(ByToken(Permission.OWN))]


def _owner(request: Request, secret: str) -> Person | None:
    state = state_of(request)
    at = state.now()
    with state.database.read() as session:
        found = tokens.who(session, secret, at)
        if found is None:
            return None
        staff, token = found
        scope = Scope.of(session, staff)
    if tokens.to_be_noted(token, at):
        with state.database.write() as session:
            tokens.used(session, token.id or 0, at)
    request.state.token = tokens.said(token, staff.email)
    limits = given_by(token.scopes.split())
    return Person(staff.email, staff.name, Role(staff.role), scope, csrf="", limited_to=limits)
