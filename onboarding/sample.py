"""A sample: a message about a made-up case, sent to a member of staff by the way that real ones go."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select

from engine.refusal import Refused
from models.sign_in import Tries
from models.staff import Staff
from models.types import table
from notifications import guard
from notifications.channels.envelope import Answer, Channel, Envelope, hand_over
from notifications.render import Rendered
from onboarding.post import domain_of

#: From one sample to the next for one person: a second click is no second message.
BETWEEN = timedelta(seconds=10)
#: The same where an address was typed by themselves, and may be a stranger's.
BETWEEN_ELSEWHERE = timedelta(minutes=1)

_MARK = "[Prøve] "
_NOTE = "Dette er en prøve med et opdigtet forløb. Du skal ikke gøre noget."
_NOTE_IN_HTML = (
    '<p style="box-sizing:border-box;max-width:600px;margin:0 auto;padding:12px 24px;background:#fff3cd;'
    f'color:#16282b;font-weight:bold">{_NOTE}</p>'
)
_REACHED = "Dette er en prøve. Beskeder fra SOSU-forløb kan nå dig her; du vælger selv hvilke på siden »Mine beskeder«."
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)


def recipient(session: Session, email: str) -> str:
    """The address of an active member of staff. Raises `Refused` for anybody else's: nobody outside gets a sample."""
    wanted = select(Staff.email).where(Staff.email == email.strip().lower(), Staff.active)
    found = session.exec(wanted).first()
    if found is None:
        raise Refused("Der er ingen aktiv medarbejder med den e-mail. Se »sosu staff list«.")
    return found


def not_again(session: Session, email: str, at: datetime, between: timedelta = BETWEEN) -> None:
    """Raises `Refused` when this person asked for a sample a moment ago."""
    session.exec(delete(Tries).where(col(Tries.ends_at) <= at))
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    key = f"sample:{hashlib.sha256(email.encode()).hexdigest()}"
    row = insert(table(Tries)).values(key=key, count=1, ends_at=at + between).on_conflict_do_nothing()
    if session.connection().execute(row.returning(table(Tries).c.key)).first() is None:
        raise Refused("Du har lige bedt om en prøve. Se efter, om den er kommet, og vent lidt, før du beder om en til.")


def send_sample(rendered: Rendered, to: str, channel: Channel, public_url: str, at: datetime) -> Answer:
    """Marks the message as a sample and sends it. Raises `Refused` when the guard holds it back."""
    if guard.check(rendered, ()) is not None:
        raise Refused("Beskeden ligner noget med et CPR-nummer og er ikke sendt. Ret skabelonen.")
    return _send(as_sample(rendered), to, channel, public_url, at)


def try_out(to: str, channel: Channel, public_url: str, at: datetime) -> Answer:
    """Says by this channel that it works, and where somebody chooses what comes by it."""
    link = f"{public_url.rstrip('/')}/mig/beskeder"
    html = (
        f'<!doctype html><html lang="da"><body><p>{_REACHED}</p><p><a href="{link}">Mine beskeder</a></p></body></html>'
    )
    reached = Rendered(f"{_MARK}Du kan nås her", f"{_REACHED}\n\n{link}\n", html)
    return _send(reached, to, channel, public_url, at, link)


def _send(rendered: Rendered, to: str, channel: Channel, public_url: str, at: datetime, link: str = "") -> Answer:
    envelope = Envelope(
        message_id=f"<sample-{uuid4()}@{domain_of(public_url)}>",
        recipient=to,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        sent_at=at,
        link=link,
    )
    return hand_over(channel, envelope)


def as_sample(rendered: Rendered) -> Rendered:
    """The same, and nobody can take it for a real one."""
    body = _BODY.search(rendered.html)
    at = body.end() if body else 0
    html = f"{rendered.html[:at]}\n{_NOTE_IN_HTML}{rendered.html[at:]}"
    return replace(rendered, subject=f"{_MARK}{rendered.subject}", text=f"{_NOTE}\n\n{rendered.text}", html=html)
