"""What the Danish SMS gateways have in common as Apprise plugins: one number a call, and the answer kept.

Apprise gives every plugin a method `send` to fill in, which answers only yes or no. These keep what the gateway said,
as our mail does. Where a gateway is stands in the program and not in its address: no address can send somebody's
token to another machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from apprise.plugins.base import NotifyBase

from notifications.channels.envelope import Answer, Fate, NotKnown
from notifications.channels.http_answer import OtherEnd, answer_to, answer_to_failure, not_understood
from notifications.channels.https_post import NotPosted, Poster, Reply
from notifications.channels.phone import BadNumber, as_e164

THE_GATEWAY = OtherEnd("SMS-tjenesten", "SOSU_SMS_URL")

_Plugin: Any = NotifyBase  # Apprise is typed in part: what it leaves for a plugin to fill in is None to its types
_SENDER = re.compile(r"[A-Za-z0-9ÆØÅæøå .&-]{1,11}|\+?[0-9]{3,15}")


class Gateway(_Plugin):  # type: ignore[misc]  # as above
    """A gateway that takes JSON by https.

    `poster` and `reference` (the same at every attempt, at most 32 characters) may be set before it sends; `answer` is
    what the last number's sending came to.
    """

    title_maxlen = 0  # Apprise then puts the title into the text
    body_maxlen = 1530  # ten parts, as many as either gateway joins
    request_rate_per_sec = 0

    template_tokens: ClassVar[dict[str, Any]] = {
        **_Plugin.template_tokens,
        "sender": {"name": "Sender", "type": "string", "required": True},
        "target_phone": {"name": "Target Phone", "type": "string", "prefix": "+", "map_to": "targets"},
        "targets": {"name": "Targets", "type": "list:string", "required": True},
    }
    template_args: ClassVar[dict[str, Any]] = {**_Plugin.template_args, "to": {"alias_of": "targets"}}

    poster: Poster = Poster()
    reference: str | None = None
    answer: Answer = Answer(False, "Apprise gav ikke beskeden videre til SMS-tjenesten.")

    def __init__(self, sender: str, targets: Any = None, **kwargs: Any) -> None:
        """Raises TypeError for a sender that no phone shows."""
        super().__init__(**kwargs)
        if not (isinstance(sender, str) and _SENDER.fullmatch(sender)):
            raise TypeError("a sender is up to 11 letters and digits, or a phone number")
        self.sender = sender
        self.targets: list[str] = []
        for one in [targets] if isinstance(targets, str) else targets or ():
            with suppress(BadNumber):  # as Apprise's own do: who asks sees that nothing was sent
                self.targets.append(as_e164(one))

    def send(self, body: str, **_kwargs: Any) -> bool:
        """Whether all numbers were taken, one call each."""
        taken = [self._send_one(number, body) for number in self.targets]
        return bool(taken) and all(taken)

    def _send_one(self, number: str, text: str) -> bool:
        headers = {"Content-Type": "application/json", "Accept": "application/json", **self.authorization()}
        try:
            reply = self.poster.post(
                self.where(), json.dumps(self.message(number.removeprefix("+"), text)).encode(), headers
            )
            self.answer = self.meaning(reply)
        except NotPosted as failure:
            self.answer = answer_to_failure(failure, THE_GATEWAY)
        return self.answer.ok

    def where(self) -> str:
        """The https address of the gateway."""
        raise NotImplementedError

    def authorization(self) -> Mapping[str, str]:
        raise NotImplementedError

    def message(self, number: str, text: str) -> Mapping[str, object]:
        """The body of the request, to a number with country code and without `+`."""
        raise NotImplementedError

    def meaning(self, reply: Reply) -> Answer:
        raise NotImplementedError

    def fate(self, reference: str) -> Fate:  # noqa: ARG002  for the gateways that can be asked
        """What it knows of a message, by its own name for it."""
        return NotKnown()

    def __len__(self) -> int:
        return max(1, len(self.targets))

    def _tail(self, privacy: bool, *args: Any, **kwargs: Any) -> str:
        """The sender, the numbers and the parameters, as they stand in the address."""
        parts = [self.sender, *self.targets]
        path = "/".join(self.quote(part, safe="") for part in parts)
        return f"{path}/?{self.urlencode(self.url_parameters(*args, privacy=privacy, **kwargs))}"

    @classmethod
    def _parsed(cls, url: str) -> dict[str, Any] | None:
        """The parts that all gateways' addresses have: who sends, and to which numbers."""
        parts: dict[str, Any] | None = _Plugin.parse_url(url, verify_host=False)
        if not parts:
            return None
        parts["sender"] = cls.unquote(parts["host"])
        parts["targets"] = cls.split_path(parts["fullpath"])
        if parts["qsd"].get("to"):
            parts["targets"] += cls.parse_phone_no(parts["qsd"]["to"])
        return parts


def taken(reply: Reply, sign: object, reference: str | None = None) -> Answer:
    """What the status says, where `sign`, by which the gateway's documentation has it say that it took the message, is
    there: a page that asks people to come back later answers with 200 too.
    """
    answer = answer_to(reply.status, THE_GATEWAY, reference)
    return answer if sign or not answer.ok else not_understood(THE_GATEWAY)


def document(reply: Reply) -> dict[str, Any]:
    """The JSON object that was answered, or an empty one when it is none."""
    try:
        found = json.loads(reply.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
