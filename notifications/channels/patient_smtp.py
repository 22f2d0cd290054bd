"""SMTP that gives a server longer for its answer to a mail than for anything else, and says when that is missing.

`smtplib` knows one patience for everything. It is short for a server that is away; but a server that has the whole
mail may take minutes over it, and whoever hangs up on it and tries again sends the mail twice.
"""

from __future__ import annotations

import re
import smtplib
from contextlib import suppress

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

    def deliver(self, sender: str, recipient: str, mail: bytes) -> tuple[int, bytes]:
        """As smtplib's `sendmail`, raising the same, and `Unanswered`. The lines of the mail end in CRLF. Gives how the
        server said that it took it.

        A server that takes several commands at once (PIPELINING, RFC 2920) is asked once whether a mail may come.
        """
        self.ehlo_or_helo_if_needed()
        if not all(map(_ONE_ADDRESS.fullmatch, (sender, recipient))):
            raise ValueError("this would be more than an address")
        size = f" size={len(mail)}" if self.has_extn("size") else ""
        asked = (f"mail FROM:<{sender}>{size}\r\n", f"rcpt TO:<{recipient}>\r\n", "data\r\n")
        at_once = self.has_extn("pipelining")
        if at_once:
            self.send("".join(asked))
        answers = (self.getreply() if at_once else self._ask(command) for command in asked)
        code, words = next(answers)
        if code != _TAKEN:
            raise smtplib.SMTPSenderRefused(code, words, sender)
        code, words = next(answers)
        if code not in _RECIPIENT_TAKEN:
            self._take_back(data_was_said=at_once)
            raise smtplib.SMTPRecipientsRefused({recipient: (code, words)})
        code, words = next(answers)
        if code == _GO_ON:
            code, words = self._hand_in(mail)
        if code != _TAKEN:
            raise smtplib.SMTPDataError(code, words)
        return code, words

    def _ask(self, command: str) -> tuple[int, bytes]:
        self.send(command)
        return self.getreply()

    def _take_back(self, *, data_was_said: bool) -> None:
        """The recipient was refused. Nothing may be said into a server that goes on with the mail all the same."""
        with suppress(smtplib.SMTPServerDisconnected):
            if data_was_said and self.getreply()[0] == _GO_ON:
                self.close()
            else:
                self.rset()

    def _hand_in(self, msg: bytes) -> tuple[int, bytes]:
        if b"\n." in msg or msg.startswith(b"."):
            msg = re.sub(rb"(?m)^\.", b"..", msg)  # few mails have such a line, and looking for one is quicker
        self.send(msg + b".\r\n")
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
