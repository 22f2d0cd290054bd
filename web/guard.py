"""Who may come in: every route says what it takes, and this asks for it. A test finds those that say nothing.

A post has to come from our own page. Browsers say where a request comes from (Fetch metadata, Origin); and a form
brings along a token that only this browser's pages hold.
"""

from __future__ import annotations

import hmac
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from models.staff import Role
from onboarding import sign_ins
from onboarding.store import Loaded, find
from reports.scope import Scope
from web.permissions import Permission, Person
from web.state import state_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class NotSignedIn(Exception):
    """Nobody is signed in, or not any more."""


class NotAllowed(Exception):
    """This role may not do that."""


class FromElsewhere(Exception):
    """A post that did not come from our own page."""


class NotFound(Exception):
    """There is no such thing, or not for this person: the two are not told apart."""


class _Allowed:
    """Asks for a permission. Kept as an object, so that a test can read off a route what it asks for."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> Person:
        person = await run_in_threadpool(person_of, request)
        if person is None:
            raise NotSignedIn
        if request.method not in SAFE:
            refuse_elsewhere(request)
            await _refuse_without_token(request, person.csrf)
        if not person.may(self.permission):
            raise NotAllowed
        request.state.person = person
        return person


# What a handler takes as a parameter: whoever is signed in, who may do this.
SeesCases = Annotated[Person, Depends(_Allowed(Permission.SEE_CASES))]
Acts = Annotated[Person, Depends(_Allowed(Permission.ACT))]
Enrols = Annotated[Person, Depends(_Allowed(Permission.ENROL))]
Reports = Annotated[Person, Depends(_Allowed(Permission.REPORTS))]
Pathways = Annotated[Person, Depends(_Allowed(Permission.PATHWAYS))]
Messages = Annotated[Person, Depends(_Allowed(Permission.MESSAGES))]
Resends = Annotated[Person, Depends(_Allowed(Permission.RESEND))]
Audits = Annotated[Person, Depends(_Allowed(Permission.AUDIT))]
Administers = Annotated[Person, Depends(_Allowed(Permission.PEOPLE))]
HasCalendar = Annotated[Person, Depends(_Allowed(Permission.CALENDAR))]
IsTold = Annotated[Person, Depends(_Allowed(Permission.TOLD))]
SignedIn = Annotated[Person, Depends(_Allowed(Permission.OWN))]


def person_of(request: Request) -> Person | None:
    """Whoever this browser is signed in as."""
    state = state_of(request)
    secret = request.cookies.get(state.cookie)
    if not secret:
        return None
    at = state.now()
    with state.database.read() as session:
        found = sign_ins.who(session, secret, at)
        if found is None:
            return None
        staff, to_be_noted = found
        scope = Scope.of(session, staff)
    if to_be_noted:
        with state.database.write() as session:
            sign_ins.seen(session, secret, at)
    return Person(staff.email, staff.name, Role(staff.role), scope, sign_ins.csrf_token(secret))


def refuse_elsewhere(request: Request) -> None:
    """Raises `FromElsewhere` for a request that a browser says comes from another site. Programs say nothing."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise FromElsewhere
    origin = request.headers.get("origin")
    if origin is not None and _host_of(origin) != request.headers.get("host"):
        raise FromElsewhere


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # »http://[«: no browser says so
        return None


async def _refuse_without_token(request: Request, token: str) -> None:
    given = request.headers.get("x-csrf-token")
    if given is None:
        given = str((await request.form()).get("csrf", ""))
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise FromElsewhere


def within(session: Session, reference: str, person: Person) -> Loaded:
    """The case, if this person may see it. Raises `NoSuchCase`."""
    return find(session, reference, lock=False, within=person.scope.covers())
