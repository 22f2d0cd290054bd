"""A connection to a mail server that is kept from one mail to the next.

Connecting, encrypting and logging in take longer than a mail does. A server may close a connection whenever it likes,
and that says nothing of the next mail: it goes by a new one, unless the server may have the mail already.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from contextlib import suppress

from notifications.channels.patient_smtp import PatientSMTP
from notifications.channels.smtp_answer import answer_to

#: Mails by one connection. Servers have limits of their own, and many of them are lower for longer connections.
MOST_MAILS = 100


class KeptSMTP:
    """`connect` gives a connection by which mail can go. Not for several threads at once."""

    def __init__(self, connect: Callable[[], PatientSMTP]) -> None:
        self._connect = connect
        self._server: PatientSMTP | None = None
        self._mails = 0

    def send(self, sender: str, recipient: str, mail: bytes) -> tuple[int, bytes]:
        """Gives how the server said that it took the mail. Raises OSError, `smtplib`'s own too, when it did not."""
        was_kept = self._server is not None
        try:
            return self._send(sender, recipient, mail)
        except OSError as error:
            if not (was_kept and _is_of_the_connection(error)):
                raise
            self._hang_up()
            return self._send(sender, recipient, mail)

    def close(self) -> None:
        """Says goodbye; the next mail connects anew."""
        if self._server is not None:
            with suppress(OSError):  # the server has answered already: how it says goodbye changes nothing
                self._server.quit()
        self._hang_up()

    def _send(self, sender: str, recipient: str, mail: bytes) -> tuple[int, bytes]:
        if self._server is None:
            self._server, self._mails = self._connect(), 0
        self._mails += 1
        try:
            said = self._server.deliver(sender, recipient, mail)
        except smtplib.SMTPRecipientsRefused:  # the next one may not be: RSET was said
            if self._server.sock is None:
                self._server = None
            raise
        except smtplib.SMTPResponseException:
            self.close()
            raise
        except BaseException:  # also at Ctrl-C: nobody knows what the server waits for
            self._hang_up()
            raise
        if self._mails >= MOST_MAILS:
            self.close()
        return said

    def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _is_of_the_connection(error: OSError) -> bool:
    """Whether this was said before the server had the mail, and of no mail. An answer to DATA is none of that: what
    follows a whole mail may take minutes, and twice as many would outlast a lease.
    """
    return not isinstance(error, smtplib.SMTPDataError) and answer_to(error).unreachable
