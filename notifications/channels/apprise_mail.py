"""Mail through Apprise: its addresses, its providers, its ways to log in and to encrypt.

Apprise's own mail plugin makes the text from the HTML, a new Message-ID and a new connection each time. Ours is that
plugin with another `send`, the method that Apprise gives every plugin to fill in: the mail goes out as it was
rendered, and what the server said is kept, where Apprise would only answer yes or no and log the rest with the
address. It is called by itself: what Apprise does before it, cutting and translating, is done or must not be.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from functools import cached_property
from typing import Any

from apprise import AppriseAsset
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.email.common import SecureMailMode

from engine.refusal import Refused
from notifications.channels.destination import is_here
from notifications.channels.envelope import Answer, Envelope
from notifications.channels.kept_smtp import KeptSMTP
from notifications.channels.mime import BAD_RECIPIENT, BadAddress, address_of, as_mail, recipient_of
from notifications.channels.patient_smtp import ANSWER_WITHIN, PatientSMTP, PatientSMTPOverTLS
from notifications.channels.smtp_answer import REACHED, accepted, answer_to

_EXAMPLE = "Skriv den for eksempel som mailto://mail.example.org:25?from=sosu@example.org."


class AppriseMail:
    """Sends each message to its one recipient by the mail server that an Apprise address names.

    The address names no recipient; its `cto` is how many seconds each step before the mail may take, `answer_within`
    how many the server has for saying what became of it. Raises `Refused` when the address cannot be used. Not for
    several threads at once.
    """

    name = "mail"

    def __init__(self, url: str, answer_within: float = ANSWER_WITHIN) -> None:
        self._plugin = _plugin_of(url)
        self._plugin.answer_within = answer_within
        self._keeps = False

    def send(self, envelope: Envelope) -> Answer:
        plugin = self._plugin
        try:
            plugin.recipient = recipient_of(envelope)
            plugin.mail = as_mail(envelope, plugin.sender, plugin.further)
        except BadAddress:
            return BAD_RECIPIENT
        try:
            plugin.send()
        finally:
            if not self._keeps:
                plugin.line.close()
        return plugin.answer

    def reach(self, within: float) -> Answer:
        """Connects, encrypts and logs in, and says goodbye."""
        return self._plugin.reach(within)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Within it, one connection is kept from one mail to the next."""
        self._keeps = True
        try:
            yield
        finally:
            self._keeps = False
            self._plugin.line.close()


class _RenderedMail(NotifyEmail):  # type: ignore[no-untyped-call]  # Apprise is typed in part
    """Apprise's mail plugin, sending `mail` as it is and keeping the server's `answer`."""

    recipient: str
    mail: bytes
    answer: Answer
    answer_within: float

    smtp_host: str
    port: int
    from_addr: Any

    @cached_property
    def sender(self) -> Address:
        """Raises `BadAddress`."""
        name, address = self.from_addr
        return address_of(name or "", address)

    @cached_property
    def further(self) -> tuple[tuple[str, str], ...]:
        """The headers that the address asks for."""
        replies = [("Reply-To", ", ".join(sorted(self.reply_to)))] if self.reply_to else []
        return (*self.headers.items(), *replies)

    @cached_property
    def line(self) -> KeptSMTP:
        return KeptSMTP(self._connected)

    def send(self, *_args: Any, **_kwargs: Any) -> bool:
        try:
            self.answer = accepted(*self.line.send(self.from_addr[1], self.recipient, self.mail))
        except OSError as error:
            self.answer = answer_to(error)
        return self.answer.ok

    def reach(self, within: float) -> Answer:
        try:
            server = self._connected(within)
            server.ehlo_or_helo_if_needed()
            server.quit()
        except OSError as error:
            return answer_to(error)
        return REACHED

    def _connected(self, within: float | None = None) -> PatientSMTP:
        server = self._reached(within or self.socket_connect_timeout)
        try:
            if self.secure_mode == SecureMailMode.STARTTLS:
                server.starttls(context=self._trust)
            if self.user and self.password:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        server.answer_within = self.answer_within
        return server

    def _reached(self, seconds: float) -> PatientSMTP:
        if self.secure_mode == SecureMailMode.SSL:
            return PatientSMTPOverTLS(self.smtp_host, self.port, timeout=seconds, context=self._trust)
        return PatientSMTP(self.smtp_host, self.port, timeout=seconds)

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """Whom to believe: those the machine trusts, or anybody here if the address says »verify=no«. TLS 1.2 or newer.

        Made once: reading the machine's certificates takes ten times as long as sending a mail.
        """
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2  # also where the machine's own settings allow less
        if not self.verify_certificate:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def _plugin_of(url: str) -> _RenderedMail:
    parts = NotifyEmail.parse_url(url.strip())  # type: ignore[no-untyped-call]
    if not parts or parts.get("schema") not in (NotifyEmail.protocol, NotifyEmail.secure_protocol):
        raise Refused(f"SOSU_MAIL_URL er ikke en mailadresse, som Apprise forstår. {_EXAMPLE}")
    if parts["targets"] or parts.get("cc") or parts.get("bcc"):
        raise Refused(f"SOSU_MAIL_URL må ikke nævne modtagere: hver besked har sin egen. {_EXAMPLE}")
    if parts.get("pgp_mode", "no") != "no":
        raise Refused("SOSU_MAIL_URL beder om PGP, som beskederne ikke kan sendes med. Fjern »pgp« og »wkd«.")
    asset = AppriseAsset(app_id="SOSU-forløb", async_mode=False)
    try:
        plugin = _RenderedMail(**(parts | {"asset": asset}))  # type: ignore[no-untyped-call]
        plugin.sender  # noqa: B018  # so that a sender that nothing can be sent from is refused now
    except (TypeError, BadAddress):
        raise Refused(f"SOSU_MAIL_URL har en afsender eller en måde (mode), der ikke kan bruges. {_EXAMPLE}") from None
    if not plugin.smtp_host:
        raise Refused(f"SOSU_MAIL_URL nævner ingen mailserver. {_EXAMPLE}")
    if plugin.secure_mode == SecureMailMode.INSECURE and not is_here(plugin.smtp_host):
        if parts.get("secure_mode"):
            raise Refused(
                "SOSU_MAIL_URL beder om at sende uden kryptering, og det kan kun en mailserver på samme maskine. "
                "Skriv mode=starttls i stedet for mode=insecure."
            )
        plugin.secure_mode = SecureMailMode.STARTTLS  # the address says nothing; and a server that cannot, gets nothing
    if not plugin.verify_certificate and not is_here(plugin.smtp_host):
        raise Refused(
            "SOSU_MAIL_URL beder om at tro på ethvert certifikat (verify=no), og det kan kun en mailserver på samme "
            "maskine: ellers kan andre give sig ud for den. Fjern verify=no. Har kommunen selv udstedt serverens "
            "certifikat, så læg kommunens rodcertifikat på maskinens liste over dem, den stoler på."
        )
    return plugin
