"""Revision: the audit log, for the data protection officer."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from onboarding import audit
from onboarding.looks import DENMARK, beginning_of
from onboarding.staffing import colleagues
from web.asked import day
from web.guard import Audits
from web.render import page
from web.state import state_of
from web.words import AUDITED

router = APIRouter()

_ROWS = 100


@router.get("/revision")
def log(
    request: Request,
    person: Audits,
    soeg: str = "",
    handling: str = "",
    fra: str = "",
    til: str = "",
    side: str = "1",
    kontrol: str = "",
) -> Response:
    asked = {"soeg": soeg.strip(), "handling": handling, "fra": fra, "til": til}
    first, last = day(fra), day(til)
    wanted = audit.Wanted(
        asked["soeg"],
        action=handling,
        since=beginning_of(first, DENMARK) if first else None,
        before=beginning_of(last, DENMARK) + timedelta(days=1) if last else None,
    )
    number = int(side) if side.isdecimal() and 0 < int(side) < 100_000 else 1
    with state_of(request).database.read() as session:
        rows, count = audit.search(session, wanted, limit=_ROWS, offset=_ROWS * (number - 1))
        names = {one.email: one.name for one in colleagues(session)}
        verified = audit.verify(session) if kontrol else None  # the whole chain: not at every look
    return page(
        request,
        "audit.html",
        person,
        rows=rows,
        count=count,
        names=names,
        verified=verified,
        asked=asked,
        query=urlencode({name: value for name, value in asked.items() if value}),
        actions=AUDITED,
        number=number,
        pages=max(1, -(-count // _ROWS)),
    )
