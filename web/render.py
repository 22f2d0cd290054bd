"""From what was found to a page, or to the block of it that htmx asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine.workdays import DENMARK
from notifications.danish import danish_date, danish_days
from onboarding import trial
from web import deeds, words
from web.permissions import Permission, Person
from web.state import State, state_of

TEMPLATES = Path(__file__).parent / "templates"

#: The main menu: title, address, and what one must be allowed to do to see it.
MENU = (
    ("Overblik", "/", Permission.SEE_CASES),
    ("Forløb", "/forloeb", Permission.SEE_CASES),
    ("Indskriv", "/indskriv", Permission.ENROL),
    ("Indlæs liste", "/lister", Permission.ENROL),
    ("Rapporter", "/rapporter", Permission.REPORTS),
    ("Administration", "/administration", Permission.PEOPLE),
    ("Revision", "/revision", Permission.AUDIT),
    ("Beskeder", "/beskeder", Permission.MESSAGES),
    ("Forløbsdefinitioner", "/definitioner", Permission.PATHWAYS),
)


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "danish_date": words.as_date,
        "doer": words.doer,
        "danish_days": danish_days,
        "danish_time": danish_time,
        "weekday": weekday,
        "dates_of": words.dates_of,
        "deadline": words.deadline,
        "snoozed": words.snoozed,
        "role": words.role,
        "status": words.status,
        "did": deeds.did,
        "in_history": deeds.in_history,
        "taken_back": deeds.taken_back,
        "begun": words.begun,
        "phone": words.phone,
        "plainly": words.plainly,
        "kind": words.kind,
        "audited": words.audited,
        "purpose": words.purpose,
        "why": words.why,
        "state": words.state,
        "channel": words.channel,
        "runs": runs,
        "token_scope": words.token_scope,
    }
    return made


def page(
    request: Request,
    template: str,
    person: Person | None,
    *,
    status: int = 200,
    block: str | None = None,
    in_trial: bool | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page of `templates/<template>`. When htmx asks and `block` is named, that block alone. The database is asked
    whether to say that trial mode is on (`in_trial`), unless it is said here: it may be what does not answer.
    """
    found = environment().get_template(template)
    context: Mapping[str, Any] = {
        "person": person,
        "menu": [(title, href) for title, href, needed in MENU if person is not None and person.may(needed)],
        "path": request.url.path,
        "in_trial": _in_trial(state_of(request)) if in_trial is None else in_trial,
        **values,
    }
    if block is not None and request.headers.get("hx-request") == "true":
        made = found.new_context(dict(context))
        return HTMLResponse("".join(found.blocks[block](made)), status_code=status)
    return HTMLResponse(found.render(context), status_code=status)


def _in_trial(state: State) -> bool:
    """Whether only some get their messages, which every page says."""
    with state.database.read() as session:
        return trial.is_on(session, state.destinations)


def runs(rows: Iterable[Mapping[str, Any]], by: str) -> list[tuple[Any, list[Mapping[str, Any]]]]:
    """Neighbours that have the same value in `by`, together with it: the stages of one unit under its title."""
    return [(value, list(together)) for value, together in groupby(rows, key=itemgetter(by))]


#: By ISO weekday, from 1.
WEEKDAYS = ("", "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")


def weekday(at: datetime) -> str:
    """The day of the week, in Denmark."""
    return WEEKDAYS[at.astimezone(DENMARK).isoweekday()]


def danish_time(at: datetime | str) -> str:
    """»12. august 2026 kl. 9.05«, in Denmark."""
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    local = instant.astimezone(DENMARK)
    return f"{danish_date(local.date())} kl. {local.hour}.{local.minute:02d}"
