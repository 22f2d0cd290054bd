"""Revision: the audit log, for the data protection officer."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from models.audit import AuditRow
from onboarding import audit
from onboarding.looks import beginning_of
from onboarding.staffing import colleagues
from reports.period import Period
from web.asked import TypedPeriod, page_number
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
    number, typed = page_number(side), TypedPeriod(fra, til)
    with state_of(request).database.read() as session:
        rows, count = list[AuditRow](), 0
        if not typed.problems:
            wanted = _wanted(asked["soeg"], handling, typed.understood())
            rows, count = audit.search(session, wanted, limit=_ROWS, offset=_ROWS * (number - 1))
        names = {one.email: one.name for one in colleagues(session)}
        verified = audit.verify(session) if kontrol else None  # the whole chain: not at every look
    return page(
        request,
        "audit.html",
        person,
        status=422 if typed.problems else 200,
        typed=typed,
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


def _wanted(text: str, action: str, period: Period) -> audit.Wanted:
    """The days of the period are Denmark's."""
    first, last = period.since, period.until
    return audit.Wanted(
        text,
        action=action,
        since=beginning_of(first) if first else None,
        before=beginning_of(last + timedelta(days=1)) if last else None,
    )
