"""The page over the demo's data, with a sign-in for each role and the clock at the demo's last day."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time
from pathlib import Path

from sqlmodel import Session, col, select

from cli.output import say, table
from engine.workdays import DENMARK
from flows.composition import now
from flows.wording import renderer_of
from models.message import MAIL
from models.session import Database
from models.staff import Role, Staff
from notifications.channels.eml import EmlFolder
from notifications.channels.envelope import Channel
from onboarding import sign_ins, users
from onboarding.passwords import Hashed, hashed
from reports.words import ROLE
from settings import Settings

_HOST = "127.0.0.1"


def serve_demo(database: Database, home: Path, settings: Settings, on: date) -> None:
    """Serves until Ctrl-C. The passwords are made up now, and printed here only."""
    from web.app import create_app
    from web.serving import run
    from web.state import State

    ahead = datetime.combine(on, time(7), tzinfo=UTC) - now()
    with _listening(settings.port) as place:
        address = f"http://{_HOST}:{place.getsockname()[1]}"
        passwords = {role: secrets.token_urlsafe(12) for role in Role}
        kept = {role: hashed(password) for role, password in passwords.items()}
        with database.write() as session:
            emails = {role: _signs_in(session, role, kept[role], now() + ahead) for role in Role}
        people = [(ROLE[role], emails[role], passwords[role]) for role in Role]
        table("Log ind på siden", ("rolle", "e-mail", "adgangskode"), people)
        say(f"\nSiden er på {address}. Den viser demoen på dens sidste dag. Stop med Ctrl-C.")

        def at() -> datetime:
            return now() + ahead

        def on_that_day() -> date:
            return at().astimezone(DENMARK).date()

        def outbox() -> Mapping[str, Channel]:  # as for all messages of a demo, whatever the settings say
            return {MAIL: EmlFolder(home / "outbox")}

        state = State(database, home / "keys.json", address, at, on_that_day, renderer_of(None), outbox)
        with suppress(KeyboardInterrupt):
            run(create_app(state, settings.assets_dir), place)


def _listening(port: int) -> socket.socket:
    """At this port, or at any other when somebody has it: a demo should not fail for that."""
    with suppress(OSError):
        return socket.create_server((_HOST, port))
    return socket.create_server((_HOST, 0))


def _signs_in(session: Session, role: Role, password: Hashed, at: datetime) -> str:
    """Somebody in this role, with this password; gives their e-mail."""
    staff = session.exec(select(Staff).where(Staff.role == role, Staff.active).order_by(col(Staff.id))).first()
    if staff is None:
        email = f"{role.replace('_', '-')}@example.org"
        users.add_user(session, email, role, password, by="cli:demo", at=at, name=ROLE[role].capitalize())
        return email
    sign_ins.set_password(session, staff.email, password)
    return staff.email
