"""Messages on a phone by ntfy (https://docs.ntfy.sh/publish/#publish-as-json), at addresses as Apprise reads them.

Apprise's own sending answers only yes or no, logs the address and calls whatever machine the address names; ours keeps
the answer, logs nothing, and calls only machines outside, or the municipality's own.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from apprise import AppriseAsset
from apprise.plugins.ntfy import NotifyNtfy, NtfyAuth, NtfyMode

from notifications.channels.envelope import Answer, Envelope
from notifications.channels.http_answer import OtherEnd, answer_to, answer_to_failure
from notifications.channels.https_post import NotPosted, Poster, Reply
from notifications.channels.quiet import quiet

_NTFY = OtherEnd("ntfy-serveren")
_BAD_ADDRESS = Answer(False, "Modtagerens ntfy-adresse er ikke gyldig.", permanent=True)
#: Bytes; ntfy makes a file of what is longer.
_MOST_TEXT = 4000


class Ntfy:
    """Posts each message to the topics of its one recipient, who has it when all of them took it, and may have it when
    some did.

    Another attempt goes to all of them again. It has the same `sequence_id`, by which a phone shows it in place of the
    earlier one (ntfy 2.16, https://docs.ntfy.sh/publish/#updating-notifications); an older server publishes it twice.
    """

    name = "ntfy"

    def __init__(self, poster: Poster) -> None:
        self._poster = poster

    def send(self, envelope: Envelope) -> Answer:
        with quiet():
            server = server_of(envelope.recipient)
        if server is None:
            return _BAD_ADDRESS
        answers = [self._send_to(server, topic, envelope) for topic in server.topics]
        worst = min(answers, key=lambda answer: (answer.ok, answer.permanent))
        came = any(answer.ok or answer.uncertain for answer in answers)
        return worst if worst.ok or not came else replace(worst, uncertain=True, permanent=False, unreachable=False)

    def _send_to(self, server: Any, topic: str, envelope: Envelope) -> Answer:
        said = {"topic": topic, "title": envelope.subject, "message": _cut(envelope.text.strip())}
        said |= {"sequence_id": envelope.key}
        said |= _asked_for(server, envelope.link)
        try:
            reply = self._poster.post(url_of(server), json.dumps(said).encode(), _headers(server))
        except NotPosted as failure:
            return answer_to_failure(failure, _NTFY)
        return answer_to(reply.status, _NTFY, _id_in(reply))


def server_of(address: str) -> Any:
    """Apprise's reading of an address that it would send to by https, or None."""
    plugin: Any = NotifyNtfy
    parts = plugin.parse_native_url(address) or plugin.parse_url(address)
    if not parts or parts["schema"] not in (plugin.protocol, plugin.secure_protocol) or not parts.get("verify", True):
        return None
    try:
        server = plugin(**(parts | {"asset": AppriseAsset(app_id="SOSU-forløb")}))
    except TypeError:
        return None
    server.tags_asked, server.actions_asked = parts.get("xtags"), parts.get("actions")  # it hides its own
    return server if server.topics and (server.secure or server.mode == NtfyMode.CLOUD) else None


def url_of(server: Any) -> str:
    """Where Apprise would post to."""
    if server.mode == NtfyMode.CLOUD:
        return str(server.cloud_notify_url)
    return f"https://{server.host}:{server.port}" if server.port else f"https://{server.host}"


def _asked_for(server: Any, link: str) -> Mapping[str, Any]:
    """What the address asks for beside the message; a touch leads to the link where the address says nothing else."""
    asked = {"click": server.click or link, "icon": server.avatar_url, "tags": server.tags_asked}
    asked |= {"delay": server.delay, "email": server.email, "attach": server.attach}
    return {name: value for name, value in asked.items() if value}


def _headers(server: Any) -> Mapping[str, str]:
    """Who we are there, and what only headers say in words."""
    headers = {"Content-Type": "application/json", "X-Priority": str(server.priority)}
    if server.actions_asked:
        headers["X-Actions"] = str(server.actions_asked)
    if server.mode == NtfyMode.CLOUD:
        return headers
    if server.auth == NtfyAuth.TOKEN and server.token:
        headers["Authorization"] = f"Bearer {server.token}"
    elif server.user:
        words = f"{server.user}:{server.password or ''}".encode()
        headers["Authorization"] = f"Basic {b64encode(words).decode()}"
    return headers


def _cut(text: str) -> str:
    whole = text.encode()
    return text if len(whole) <= _MOST_TEXT else f"{whole[:_MOST_TEXT].decode(errors='ignore').rstrip()} …"


def _id_in(reply: Reply) -> str | None:
    try:
        found = json.loads(reply.body)
    except ValueError:
        return None
    return str(found["id"])[:64] if isinstance(found, dict) and "id" in found else None
