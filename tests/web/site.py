"""The page as people meet it: a real server on loopback over a small municipality, and who signs in to it."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page
from sqlmodel import select
from starlette.routing import Mount

from models.enrolment import Enrolment
from models.incident import Incident
from models.staff import Role, Staff
from notifications.channels.destination import Destination
from onboarding import sign_ins, staffing, tokens, users
from onboarding.signed import new_command_id
from settings import Settings
from tests.municipality import MESSAGE, OFFICER, RENDERER, VIBY, VIBY_MANAGER, Candidate, Municipality
from tests.passwords import quickly_hashed
from web.app import create_app
from web.openid.chosen import OpenId
from web.permissions import TokenScope
from web.serving import at_once, configuration
from web.state import State

PASSWORD = "en lang og opdigtet adgangskode"
HASHED = quickly_hashed(PASSWORD)
ADMINISTRATOR, DPO = "admin@example.org", "dpo@example.org"
#: Nothing here speaks TLS, and loading the certificates of the world takes longer than most tests.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
#: Somebody in each role. The first three are staff of every furnished municipality.
PEOPLE = {
    Role.COORDINATOR: VIBY,
    Role.JOBCENTER_OFFICER: OFFICER,
    Role.MANAGER: VIBY_MANAGER,
    Role.DATA_PROTECTION_OFFICER: DPO,
    Role.ADMINISTRATOR: ADMINISTRATOR,
}
#: Every channel that there can be; here each leads to the postbox.
WAYS = ("mail", "sms", "teams", "ntfy", "webhook")
#: Pages that no test is using, by whether they are behind TLS.
_FREE: dict[bool, list[FastAPI]] = {True: [], False: []}


def app_of(
    town: Municipality, key_file: Path, public_url: str = "http://127.0.0.1", openid: OpenId | None = None
) -> FastAPI:
    """The page over a municipality, with its clock. `public_url` decides whether cookies are for TLS only."""
    return create_app(_state(town, key_file, public_url, openid), Settings().assets_dir)


@contextmanager
def lent_app(
    town: Municipality, key_file: Path, public_url: str = "http://127.0.0.1", openid: OpenId | None = None
) -> Iterator[FastAPI]:
    """The same, from an earlier test if one is free, to be left as it was: FastAPI takes longer to put its routes
    together than most tests do.
    """
    state = _state(town, key_file, public_url, openid)
    app = _FREE[state.secure].pop() if _FREE[state.secure] else create_app(state, Settings().assets_dir)
    for each in (app, *(route.app for route in app.routes if isinstance(route, Mount))):
        if isinstance(each, FastAPI):
            each.state.sosu = state
    yield app
    _FREE[state.secure].append(app)


def _state(town: Municipality, key_file: Path, public_url: str, openid: OpenId | None) -> State:
    clock, postbox = town.clock, town.postbox
    by_any = dict.fromkeys(WAYS, postbox)
    today = lambda: clock.today  # noqa: E731
    here = dict.fromkeys(WAYS, Destination.FOLDER)
    return State(town.database, key_file, public_url, clock, today, RENDERER, lambda: by_any, openid, destinations=here)


@contextmanager
def served(app: FastAPI, place: socket.socket | None = None, proxies: str = "127.0.0.1") -> Iterator[str]:
    """Gives the address. The server runs in a thread of its own and is gone at the end, and so is its `place`."""
    listening = at_once(place or socket.create_server(("127.0.0.1", 0)))
    server = uvicorn.Server(configuration(app, proxies))
    running = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    running.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        running.join(10)
        listening.close()


@dataclass
class Visitor:
    """Somebody with a program instead of a browser. It follows no redirect, and sends what a browser would."""

    client: httpx.Client
    csrf: str = ""

    def gets(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=headers)

    def posts(self, path: str, headers: dict[str, str] | None = None, **form: str | list[str]) -> httpx.Response:
        """With the token of the last sign-in, unless `csrf` says something else."""
        return self.client.post(path, data={"csrf": self.csrf} | form, headers=headers)

    def signs_in(self, email: str, password: str = PASSWORD, **form: str) -> httpx.Response:
        answer = self.posts("/login", email=email, password=password, **form)
        self.csrf = sign_ins.csrf_token(self.client.cookies.get("sosu") or "")
        return answer

    def is_in(self) -> bool:
        """Whether a page that is for whoever is signed in is shown, rather than the way to the door."""
        return "/login" not in self.gets("/").headers.get("location", "")


@dataclass
class Site:
    """A municipality and its page."""

    town: Municipality
    address: str
    app: FastAPI
    _clients: list[httpx.Client] = field(default_factory=list)

    def visitor(self) -> Visitor:
        """Another browser, with nobody signed in."""
        return Visitor(self._client(self.address))

    def _client(self, address: str, **headers: str) -> httpx.Client:
        made = httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=30, verify=_NO_TLS)
        self._clients.append(made)
        return made

    def known(self, role: Role) -> str:
        """The e-mail of whoever has this role."""
        with self.town.database.write() as session:
            if PEOPLE[role] not in {one["staff"] for one in staffing.staff(session)}:
                users.add(
                    session,
                    PEOPLE[role],
                    PEOPLE[role].partition("@")[0],
                    role,
                    (),
                    by="cli:test",
                    at=self.town.clock.now,
                )
        return PEOPLE[role]

    def somebody(self, role: Role) -> str:
        """The same, with a password from now on."""
        with self.town.database.write() as session:
            if PEOPLE[role] not in {user["user"] for user in users.users(session)}:
                users.add_user(session, PEOPLE[role], role, HASHED, by="cli:test", at=self.town.clock.now)
        return PEOPLE[role]

    def signed_in(self, role: Role = Role.COORDINATOR) -> Visitor:
        """Somebody in this role who has typed e-mail and password."""
        visitor = self.visitor()
        assert visitor.signs_in(self.somebody(role)).status_code == 303
        return visitor

    def remembered(self, role: Role, email: str = "") -> Visitor:
        """Somebody who has signed in before: the same, without the work that a password takes."""
        visitor = self.visitor()
        with self.town.database.read() as session:
            staff = session.exec(select(Staff).where(Staff.email == (email or self.known(role)))).one()
        with self.town.database.write() as session:
            secret = sign_ins.begin(session, staff, self.town.clock.now).secret
        visitor.client.cookies.set("sosu", secret)
        visitor.csrf = sign_ins.csrf_token(secret)
        return visitor

    def token(self, *scopes: str, role: Role = Role.COORDINATOR, email: str = "", days: int = 90) -> str:
        """The secret of a new token of somebody in this role: for everything, unless scopes are named."""
        whose = email or self.known(role)
        with self.town.database.write() as session:
            owner = tokens.owner(session, whose)
            name, chosen = f"program {new_command_id()}", scopes or tuple(TokenScope)
            return tokens.issue(session, owner, name, chosen, days, by="cli:test", at=self.town.clock.now).secret

    def program(self, *scopes: str, role: Role = Role.COORDINATOR, email: str = "") -> httpx.Client:
        """A program with such a token. It speaks to the API."""
        return self.program_with(self.token(*scopes, role=role, email=email))

    def program_with(self, secret: str) -> httpx.Client:
        return self._client(f"{self.address}/api/v1", authorization=f"Bearer {secret}")

    def signs_in(self, page: Page, role: Role = Role.COORDINATOR, path: str = "/") -> None:
        """In a real browser, which is then at this page."""
        page.goto(self.address + path)
        page.get_by_label("E-mail").fill(self.somebody(role))
        page.get_by_label("Adgangskode").fill(PASSWORD)
        page.get_by_role("button", name="Log ind").click()
        page.wait_for_url(self.address + path)

    def enters(self, page: Page, role: Role = Role.COORDINATOR, path: str = "/", email: str = "") -> None:
        """In a real browser too, as somebody who signed in before."""
        secret = self.remembered(role, email).client.cookies["sosu"]
        page.context.add_cookies([{"name": "sosu", "value": secret, "url": self.address}])
        page.goto(self.address + path)

    def close(self) -> None:
        for client in self._clients:
            client.close()


def token_in(answer: httpx.Response) -> str:
    """The token that the forms of a page bring along."""
    found = re.search(r'name="csrf" value="(\w+)"', answer.text)
    assert found is not None
    return found[1]


def lived_in(town: Municipality) -> dict[str, Any]:
    """Candidates in several stages: late, near their deadline, on pause and far on. Gives them by what they are."""
    late = town.enrols("Olena Kovalenko")
    paused = town.enrols("Bogdan Popescu", "ped_assistant_track")
    town.clock.passes(weeks=4)
    paused.pauses()
    near = town.enrols("Aïsha Hussein")
    town.clock.passes(days=3)
    moved = town.enrols("Mikołaj Østergaard", starts_on=town.clock.today)
    moved.records("interest_confirmed")
    moved.moves("admit")
    return {"late": late, "paused": paused, "near": near, "moved": moved}


def goes_wrong(town: Municipality, candidate: Candidate) -> None:
    """Every message about this case is given up, and a sweep could not decide it."""
    day = town.clock.today
    with town.database.write() as session:
        number = session.exec(select(Enrolment.id).where(Enrolment.reference == candidate.reference)).one()
        session.add(
            Incident(enrolment_id=number or 0, error="KeyError", first_on=day, last_on=day, opened_at=town.clock.now)
        )
    town.changes(MESSAGE, {"enrolment_id": number}, {"state": "dead", "reason": "too_many_attempts"})
