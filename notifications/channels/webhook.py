"""Messages to a program of somebody's, by a POST that it can know as ours.

As Standard Webhooks 1.0.0 has it (https://www.standardwebhooks.com): the body is JSON, and its signature (HMAC-SHA256)
covers the message's identifier, the time of this attempt and the body.
"""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import b64decode, b64encode

from engine.refusal import Refused
from notifications.channels.envelope import Answer, Envelope
from notifications.channels.http_answer import OtherEnd, answer_to, answer_to_failure
from notifications.channels.https_post import NotPosted, Poster

_WEBHOOK = OtherEnd("webhooken")
_PREFIX = "whsec_"
_LENGTHS = range(24, 65)  # bytes


class Webhook:
    """Posts each message to its one recipient's address, signed by the secret.

    `webhook-id` is the same at every attempt. Raises `Refused` when the secret cannot be used.
    """

    name = "webhook"

    def __init__(self, secret: str, poster: Poster) -> None:
        self._key, self._poster = key_of(secret), poster

    def send(self, envelope: Envelope) -> Answer:
        body = json.dumps(
            {
                "id": envelope.key,
                "subject": envelope.subject,
                "text": envelope.text,
                "link": envelope.link,
                "sent_at": envelope.sent_at.isoformat(),
            },
            ensure_ascii=False,
        ).encode()
        stamp = str(int(envelope.sent_at.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "SOSU",
            "webhook-id": envelope.key,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{signature(self._key, envelope.key, stamp, body)}",
        }
        try:
            reply = self._poster.post(envelope.recipient, body, headers)
        except NotPosted as failure:
            return answer_to_failure(failure, _WEBHOOK)
        return answer_to(reply.status, _WEBHOOK)


def signature(key: bytes, identifier: str, stamp: str, body: bytes) -> str:
    """What `webhook-signature` says after its version."""
    signed = f"{identifier}.{stamp}.".encode() + body
    return b64encode(hmac.digest(key, signed, "sha256")).decode()


def key_of(secret: str) -> bytes:
    """The bytes that a secret stands for. Raises `Refused`."""
    said = secret.strip()
    try:
        key = b64decode(said.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not said.startswith(_PREFIX) or len(key) not in _LENGTHS:
        raise Refused(
            "SOSU_WEBHOOK_SECRET er ikke en nøgle, der kan underskrives med. Skriv whsec_ og derefter 24 til 64 "
            "tilfældige bytes som base64; »openssl rand -base64 32« laver dem."
        )
    return key
