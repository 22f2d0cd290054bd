"""Text messages by GatewayAPI (https://gatewayapi.com/docs/apis/rest/), as an Apprise plugin.

`gatewayapi://token@sender/+4512345678`; `?region=eu` for an account on gatewayapi.eu.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from notifications.channels.envelope import Answer, Fate, NotKnown, NotReceived, Received
from notifications.channels.gateway import Gateway, document, taken
from notifications.channels.https_post import NotPosted, Reply

_HOSTS = {"com": "gatewayapi.com", "eu": "gatewayapi.eu"}
#: What it says with status 403 of the number and not of us (https://gatewayapi.com/docs/error-codes).
_BLOCKED, _BLOCKED_FOR_NOW, _NO_SUCH_COUNTRY = "0x0215", "0x0214", "0x0217"

#: Its states that are the end and no phone's (https://gatewayapi.com/docs/apis/rest/, »States and status codes«).
#: »ACCEPTED« is one too, the network's and not the phone's: it is known no better than when the gateway took it.
_ENDED = {
    "EXPIRED": "Telefonen kunne ikke nås, før tiden løb ud.",
    "DELETED": "Beskeden blev slettet hos SMS-tjenesten, før den nåede frem.",
    "UNDELIVERABLE": "Beskeden kan ikke afleveres. Nummeret er nok ikke i brug.",
    "REJECTED": "Mobilnettet afviste beskeden.",
    "SKIPPED": "Mobilnettet tog imod beskeden, men gav den ikke videre.",
}
#: What it says of this one message and of no other; 404 is also what it has not yet put where it looks.
_OF_THIS_ONE = frozenset({400, 404, 410, 422})
_LATEST = 1 << 33  # seconds: what is beyond the year 2242 is no time of a message


class NotifyGatewayAPI(Gateway):
    service_name = "GatewayAPI"
    service_url = "https://gatewayapi.com/"
    setup_url = "https://gatewayapi.com/docs/apis/rest/"
    secure_protocol = "gatewayapi"

    templates = ("{schema}://{token}@{sender}/{targets}",)
    template_tokens: ClassVar[dict[str, Any]] = {
        **Gateway.template_tokens,
        "token": {"name": "Token", "type": "string", "required": True, "private": True},
    }
    template_args: ClassVar[dict[str, Any]] = {
        **Gateway.template_args,
        "region": {"name": "Region", "type": "choice:string", "values": tuple(_HOSTS), "default": "com"},
    }

    def __init__(self, token: str, region: str = "com", **kwargs: Any) -> None:
        """Raises TypeError for an address that cannot be used."""
        super().__init__(**kwargs)
        if not (token and token.isascii() and token.isprintable()) or region not in _HOSTS:
            raise TypeError("an address has a token of plain letters, and its region is com or eu")
        self.token, self.region = token, region

    def where(self) -> str:
        return f"https://{_HOSTS[self.region]}/rest/mtsms"

    @property
    def url_identifier(self) -> tuple[str, ...]:
        return self.secure_protocol, self.token, self.sender, self.region

    def url(self, privacy: bool = False, *args: Any, **kwargs: Any) -> str:
        token = self.pprint(self.token, privacy, safe="")
        return f"{self.secure_protocol}://{token}@{self._tail(privacy, *args, **kwargs)}&region={self.region}"

    @staticmethod
    def parse_url(url: str) -> dict[str, Any] | None:
        parts = NotifyGatewayAPI._parsed(url)
        if parts:
            parts["token"] = NotifyGatewayAPI.unquote(parts["user"] or "")
            parts["region"] = parts["qsd"].get("region", "com").lower()
        return parts

    def authorization(self) -> Mapping[str, str]:
        return {"Authorization": f"Token {self.token}"}

    def message(self, number: str, text: str) -> Mapping[str, object]:
        said = {"sender": self.sender.removeprefix("+"), "message": text, "recipients": [{"msisdn": int(number)}]}
        return said | {"userref": self.reference} if self.reference else said

    def meaning(self, reply: Reply) -> Answer:
        found = document(reply)
        code = found.get("code")
        if code in (_BLOCKED, _NO_SUCH_COUNTRY):
            return Answer(False, f"SMS-tjenesten sender ikke til det nummer ({reply.status} {code}).", permanent=True)
        if code == _BLOCKED_FOR_NOW:
            return Answer(False, f"SMS-tjenesten sender ikke til det nummer for nu ({reply.status} {code}).")
        ids = found.get("ids")
        reference = str(ids[0])[:64] if isinstance(ids, list) and ids else None
        answer = taken(reply, reference, reference)
        return replace(answer, traceable=answer.ok)

    def fate(self, reference: str) -> Fate:
        if not (reference.isascii() and reference.isdecimal()):
            return NotKnown()  # another gateway's, from before the setting was changed
        headers = {"Accept": "application/json", **self.authorization()}
        try:
            reply = self.poster.get(f"{self.where()}/{reference}", headers)
        except NotPosted:
            return NotKnown(silent=True)
        if reply.status != 200:
            return NotKnown(silent=reply.status not in _OF_THIS_ONE)
        return _fate(reply)


def _fate(reply: Reply) -> Fate:
    """What is said of the one number that the message went to. Nothing else is kept: the answer holds the text."""
    found = _recipient(reply)
    status = str(found.get("dsnstatus")).upper()
    if status == "DELIVERED":
        seconds = found.get("dsntime")
        if isinstance(seconds, int | float) and 0 < seconds < _LATEST:
            return Received(datetime.fromtimestamp(seconds, UTC))
        return Received()
    return NotReceived(_ENDED[status]) if status in _ENDED else NotKnown()


def _recipient(reply: Reply) -> Mapping[str, Any]:
    """Empty when there is not exactly one. The message is described as an object, and shown within a list."""
    try:
        found = json.loads(reply.body)
    except ValueError:
        return {}
    message = found[0] if isinstance(found, list) and len(found) == 1 else found
    recipients = message.get("recipients") if isinstance(message, dict) else None
    one = recipients[0] if isinstance(recipients, list) and len(recipients) == 1 else None
    return one if isinstance(one, dict) else {}
