"""Text messages through Apprise: by the gateways that it lacks, which are ours, or by any other SMS plugin of its."""

from __future__ import annotations

import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

from apprise import AppriseAsset, NotifyFormat
from apprise.manager_plugins import NotificationManager

from engine.refusal import Refused
from notifications.channels.cpsms import NotifyCPSMS
from notifications.channels.envelope import Answer, Envelope, Fate, NotKnown
from notifications.channels.gateway import THE_GATEWAY, Gateway
from notifications.channels.gatewayapi import NotifyGatewayAPI
from notifications.channels.https_post import Poster
from notifications.channels.phone import BadNumber, as_e164
from notifications.channels.quiet import quiet
from notifications.channels.sms_text import as_sms

OURS: tuple[type[Gateway], ...] = (NotifyGatewayAPI, NotifyCPSMS)

_EXAMPLE = "Skriv den for eksempel som gatewayapi://nøgle@afsender eller cpsms://bruger:nøgle@afsender."
_BAD_NUMBER = Answer(False, "Modtagerens telefonnummer er ikke gyldigt.", permanent=True)
_ANY_NUMBER = "+4520123456"  # a plugin is made for one, also where nothing is sent to it
_NOT_TAKEN = Answer(False, "SMS-tjenesten tog ikke imod beskeden.")


def known() -> Any:
    """Apprise's plugins, with ours among them: their addresses are then read like any other."""
    plugins: Any = NotificationManager()  # type: ignore[no-untyped-call]  # Apprise is typed in part
    for ours in OURS:
        if ours.secure_protocol not in plugins:
            plugins.add(ours)
    return plugins


class Sms:
    """Sends each message to its one number by the gateway that an Apprise address names, which names no recipient.

    What the gateway answered is known of ours; of another's, only whether Apprise says that it took the message.
    Raises `Refused` when the address cannot be used.
    """

    name = "sms"

    def __init__(self, url: str, poster: Poster | None = None) -> None:
        self._poster = poster or Poster()
        self._asset = AppriseAsset(app_id="SOSU-forløb", async_mode=False, http_redirects=False)
        self._kind, self._parts = _parsed(url)
        with quiet():
            self._made(_ANY_NUMBER)

    def send(self, envelope: Envelope) -> Answer:
        try:
            number = as_e164(envelope.recipient)
        except BadNumber:
            return _BAD_NUMBER
        with quiet():
            plugin = self._made(number)
            if isinstance(plugin, Gateway):
                plugin.poster, plugin.reference = self._poster, envelope.key
            # Not by way of `Apprise`: it says yes to a failure when the address says »optional=yes«.
            taken = plugin.notify(body=as_sms(envelope.subject, envelope.link), body_format=NotifyFormat.TEXT)
        if isinstance(plugin, Gateway):
            return plugin.answer
        return THE_GATEWAY.accepted() if taken else _NOT_TAKEN

    def reach(self, within: float) -> Answer:
        """Connects to the gateway and encrypts. Of another's than ours nobody knows where that is."""
        with quiet():
            plugin = self._made(_ANY_NUMBER)
        if not isinstance(plugin, Gateway):
            return Answer(True, "SMS-tjenesten kan ikke prøves uden at sende.")
        host = urlsplit(plugin.where()).hostname or ""
        try:
            with socket.create_connection((host, 443), within) as line:
                ssl.create_default_context().wrap_socket(line, server_hostname=host).close()
        except OSError:
            return Answer(False, f"SMS-tjenesten svarer ikke ({host}).", unreachable=True)
        return Answer(True, "SMS-tjenesten svarer.")

    def fate(self, reference: str) -> Fate:
        with quiet():
            plugin = self._made(_ANY_NUMBER)
            if not isinstance(plugin, Gateway):
                return NotKnown()
            plugin.poster = self._poster
            return plugin.fate(reference)

    def _made(self, number: str) -> Any:
        try:
            return self._kind(**(self._parts | {"targets": [number], "asset": self._asset}))
        except TypeError:  # its text would hold parts of the address
            raise Refused(f"SOSU_SMS_URL har en afsender eller en nøgle, der ikke kan bruges. {_EXAMPLE}") from None


def _parsed(url: str) -> tuple[Any, dict[str, Any]]:
    url = url.strip()
    with quiet():
        plugins = known()
        schema = url.partition("://")[0].lower()
        kind: Any = plugins[schema] if schema in plugins else None  # noqa: SIM401  # it is no dict
        parts: dict[str, Any] | None = kind.parse_url(url) if kind else None
    if not parts or "target_phone" not in kind.template_tokens or not kind.enabled:
        raise Refused(f"SOSU_SMS_URL er ikke adressen på en SMS-tjeneste, som Apprise forstår. {_EXAMPLE}")
    if parts.get("targets"):
        raise Refused(f"SOSU_SMS_URL må ikke nævne modtagere: hver besked har sin egen. {_EXAMPLE}")
    return kind, parts
