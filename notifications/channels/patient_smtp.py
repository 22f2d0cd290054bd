"""SMTP that gives a server longer for its answer to a mail than for anything else, and says when that is missing.

`smtplib` knows one patience for everything. It is short for a server that is away; but a server that has the whole
mail may take minutes over it, and whoever hangs up on it and tries again sends the mail twice.
"""

from __future__ import annotations

import re
import smtplib
from contextlib import suppress
from typing import Any

#: Seconds for the answer to the end of DATA. RFC 5321, 4.5.3.2.6, would give it ten minutes: a lease is a quarter of
#: an hour, and has to outlast the whole of the mail that is begun last under it.
ANSWER_WITHIN = 300.0

_GO_ON, _TAKEN, _REFUSALS = 354, 250, range(400, 600)
_ONE_ADDRESS = re.compile(r"[^\x00-\x1f<>\x7f]+")
_RECIPIENT_TAKEN = (_TAKEN, 251)


class Unanswered(smtplib.SMTPException):
    """The whole mail went out, and the server did not say what became of it. `late`: it is still silent."""

    def __init__(self, *, late: bool) -> None:
        super().__init__()
        self.late = late


class PatientSMTP(smtplib.SMTP):
    answer_within = ANSWER_WITHIN

    def deliver(self, sender: str, recipient: str, mail: bytes) -> None:
        """As smtplib's `sendmail`, raising the same, and `Unanswered`. The lines of the mail end in CRLF."""
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("pipelining"):
            self.sendmail(sender, [recipient], mail)
            return
        self._ask(sender, recipient, len(mail))
        code, words = self.getreply()
        if code != _TAKEN:
            raise smtplib.SMTPSenderRefused(code, words, sender)
        code, words = self.getreply()
        if code not in _RECIPIENT_TAKEN:
            self._take_back()
            raise smtplib.SMTPRecipientsRefused({recipient: (code, words)})
        code, words = self.getreply()
        if code == _GO_ON:
            code, words = self._hand_in(mail)
        if code != _TAKEN:
            raise smtplib.SMTPDataError(code, words)

    def data(self, msg: Any) -> tuple[int, bytes]:
        """As smtplib's, for bytes whose lines end in CRLF. Raises `Unanswered`."""
        code, words = self.docmd("data")
        if code != _GO_ON:
            raise smtplib.SMTPDataError(code, words)
        return self._hand_in(msg)

    def _ask(self, sender: str, recipient: str, size: int) -> None:
        """Whether a mail may come, in three commands at once."""
        if not all(map(_ONE_ADDRESS.fullmatch, (sender, recipient))):
            raise ValueError("this would be more than an address")
        announced = f" size={size}" if self.has_extn("size") else ""
        self.send(f"mail FROM:<{sender}>{announced}\r\nrcpt TO:<{recipient}>\r\ndata\r\n")

    def _take_back(self) -> None:
        """The recipient was refused, and DATA had been said already: nothing may be said into a server that goes on."""
        with suppress(smtplib.SMTPServerDisconnected):
            if self.getreply()[0] == _GO_ON:
                self.close()
            else:
                self.rset()

    def _hand_in(self, msg: bytes) -> tuple[int, bytes]:
        self.send(re.sub(rb"(?m)^\.", b"..", msg) + b".\r\n")
        self._be_patient(self.answer_within)
        try:
            code, words = self.getreply()
        except smtplib.SMTPException as error:
            raise Unanswered(late=isinstance(error.__context__, TimeoutError)) from error
        finally:
            self._be_patient(self.timeout)  # not for the goodbye
        if code != _TAKEN and code not in _REFUSALS:
            raise Unanswered(late=False)
        return code, words

    def _be_patient(self, seconds: float) -> None:
        if self.sock is not None:
            self.sock.settimeout(seconds)


class PatientSMTPOverTLS(PatientSMTP, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""
