"""Text messages by CPSMS (https://api.cpsms.dk/documentation/), as an Apprise plugin.

`cpsms://user:key@sender/+4512345678`. It gives a message no name of its own; ours is what it knows it by.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, ClassVar

from notifications.channels.envelope import Answer
from notifications.channels.gateway import THE_GATEWAY, Gateway, document, taken
from notifications.channels.http_answer import answer_to
from notifications.channels.https_post import Reply


class NotifyCPSMS(Gateway):
    service_name = "CPSMS"
    service_url = "https://www.cpsms.dk/"
    setup_url = "https://api.cpsms.dk/documentation/"
    secure_protocol = "cpsms"

    templates = ("{schema}://{user}:{password}@{sender}/{targets}",)
    template_tokens: ClassVar[dict[str, Any]] = {
        **Gateway.template_tokens,
        "user": {"name": "User Name", "type": "string", "required": True},
        "password": {"name": "API Key", "type": "string", "required": True, "private": True},
    }

    user: str | None
    password: str | None

    def __init__(self, **kwargs: Any) -> None:
        """Raises TypeError for an address that cannot be used."""
        super().__init__(**kwargs)
        if not (self.user and self.password):
            raise TypeError("an address has a user and a key")

    @property
    def url_identifier(self) -> tuple[str | None, ...]:
        return self.secure_protocol, self.user, self.password, self.sender

    def url(self, privacy: bool = False, *args: Any, **kwargs: Any) -> str:
        user, key = self.quote(self.user, safe=""), self.pprint(self.password, privacy, safe="")
        return f"{self.secure_protocol}://{user}:{key}@{self._tail(privacy, *args, **kwargs)}"

    @staticmethod
    def parse_url(url: str) -> dict[str, Any] | None:
        return NotifyCPSMS._parsed(url)

    def where(self) -> str:
        return "https://api.cpsms.dk/v2/send"

    def authorization(self) -> Mapping[str, str]:
        return {"Authorization": f"Basic {b64encode(f'{self.user}:{self.password}'.encode()).decode()}"}

    def message(self, number: str, text: str) -> Mapping[str, object]:
        said = {"to": number, "message": text, "from": self.sender.removeprefix("+")}
        return said | {"reference": self.reference} if self.reference else said

    def meaning(self, reply: Reply) -> Answer:
        """An error may come with status 200 or 207, for the one number that was asked for."""
        found = document(reply)
        error = found.get("error")
        first = error[0] if isinstance(error, list) and error else error
        code = (first.get("errorCode") or first.get("code")) if isinstance(first, dict) else None
        if error and reply.status < 300:
            return answer_to(code if isinstance(code, int) and code >= 300 else 400, THE_GATEWAY)
        return taken(reply, found.get("success"))
