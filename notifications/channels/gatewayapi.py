"""Text messages by GatewayAPI (https://gatewayapi.com/docs/apis/rest/), as an Apprise plugin.

`gatewayapi://token@sender/+4512345678`; `?region=eu` for an account on gatewayapi.eu.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from notifications.channels.envelope import Answer
from notifications.channels.gateway import THE_GATEWAY, Gateway, document
from notifications.channels.http_answer import answer_to
from notifications.channels.https_post import Reply

_HOSTS = {"com": "gatewayapi.com", "eu": "gatewayapi.eu"}
#: What it says with status 403 of the number and not of us (https://gatewayapi.com/docs/error-codes).
_BLOCKED, _BLOCKED_FOR_NOW, _NO_SUCH_COUNTRY = "0x0215", "0x0214", "0x0217"


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
        return answer_to(reply.status, THE_GATEWAY, reference)
