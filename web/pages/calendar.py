"""What a calendar program fetches: the deadlines of whoever's address it is. Nobody signs in here; the address is the
key (docs/decisions/0037-a-calendar-is-a-secret-address.md).
"""

from __future__ import annotations

import hashlib

from fastapi import APIRouter, Request
from fastapi.responses import Response

from onboarding import calendar_feeds
from reports.calendar import as_file, entries
from reports.scope import Scope
from web.guard import NotFound
from web.state import state_of

router = APIRouter()

#: Open to anybody: the secret in it is asked for instead.
OPEN = frozenset({calendar_feeds.PATH})

#: Otherwise a browser would call the file it keeps by the secret.
_CALLED = 'attachment; filename="sosu-frister.ics"'


@router.get(calendar_feeds.PATH)
def fetched(request: Request, secret: str) -> Response:
    """A secret that was never given, was revoked or is of somebody who lost their place is answered as any page that
    there is not.
    """
    state, at = state_of(request), state_of(request).now()
    with state.database.read() as session:
        found = calendar_feeds.whose(session, secret)
        if found is None:
            raise NotFound
        staff, feed = found
        content = as_file(entries(session, Scope.of(session, staff)), state.public_url)
    if calendar_feeds.to_be_noted(feed, at):
        with state.database.write() as session:
            calendar_feeds.used(session, secret, at)
    mark = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {"etag": mark, "content-disposition": _CALLED}
    if mark in _held(request):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="text/calendar", headers=headers)


def _held(request: Request) -> list[str]:
    """The marks of what the program has already. A proxy that packs answers makes them weak ones."""
    given = request.headers.get("if-none-match", "")
    return [one.strip().removeprefix("W/") for one in given.split(",")]
