"""A real mail server on a loopback port, which takes mail in, refuses, dawdles or hangs up as it is told."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class MailServer:
    """`refuses` maps recipients to the answer to RCPT, `after_data` maps them to the answer to DATA.

    `hangs_up_before` recipients lose the connection at RCPT, `hangs_up_on` recipients after DATA, once the message
    was taken in. `dawdles` is how many seconds the answer takes then, `lingers` how many the answer to QUIT takes.
    With `pipelines` it says that it takes several commands at once; `closes_after` so many mails it hangs up.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refuses: dict[str, str] = {}
        self.after_data: dict[str, str] = {}
        self.hangs_up_before: set[str] = set()
        self.hangs_up_on: set[str] = set()
        self.dawdles = self.lingers = 0.0
        self.pipelines = False
        self.takes_in = "250 OK"
        self.connections = 0
        self.closes_after: int | None = None  # so many mails by one connection
        self.port = 0
        self.encrypted: set[bool] = set()  # whether its mails came in that way

    def url(self, more: str = "mode=insecure", user: str = "") -> str:
        return f"mailto://{user}127.0.0.1:{self.port}?from=sosu@example.org&{more}"

    async def handle_EHLO(  # noqa: N802  # the name that aiosmtpd calls
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return ["250-PIPELINING", *responses] if self.pipelines else responses

    async def handle_RCPT(  # noqa: N802  # the name that aiosmtpd calls
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.hangs_up_before:
            _hang_up(server)
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.encrypted.add(session.ssl is not None)
        recipient = envelope.rcpt_tos[0]
        if recipient in self.after_data:
            return self.after_data[recipient]
        self.recipients += envelope.rcpt_tos
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        await asyncio.sleep(self.dawdles)
        if recipient in self.hangs_up_on:
            _hang_up(server)
        session.mails = getattr(session, "mails", 0) + 1  # type: ignore[attr-defined]
        if session.mails == self.closes_after:
            asyncio.get_running_loop().call_later(0.02, _hang_up, server)
        return self.takes_in

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.lingers)
        return "221 Bye"


def _hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class _OnAFreePort(Controller):
    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd is typed in part


@contextmanager
def running(context: ssl.SSLContext | None = None, *, password: str | None = None) -> Iterator[MailServer]:
    """A server that speaks STARTTLS when it has a context, and asks for a password when there is one."""

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: Any, data: Any) -> AuthResult:
        return AuthResult(success=data.password == (password or "").encode(), handled=False)

    handler = MailServer()
    controller = _OnAFreePort(
        handler,
        hostname="127.0.0.1",
        port=0,
        tls_context=context,
        authenticator=authenticate,
        auth_required=password is not None,
    )
    controller.start()
    handler.port = controller.port
    try:
        yield handler
    finally:
        controller.stop(no_assert=True)
