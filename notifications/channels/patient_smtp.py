"""SMTP that gives a server longer for its answer to a mail than for anything else, and says when that is missing.

`smtplib` knows one patience for everything. It is short for a server that is away; but a server that has the whole
mail may take minutes over it, and whoever hangs up on it and tries again sends the mail twice.
"""

from __future__ import annotations

import re
import smtplib
from typing import Any

#: Seconds for the answer to the end of DATA. RFC 5321, 4.5.3.2.6, would give it ten minutes: a lease is a quarter of
#: an hour, and has to outlast the whole of the mail that is begun last under it.
ANSWER_WITHIN = 300.0

_GO_ON, _TAKEN, _REFUSALS = 354, 250, range(400, 600)


class Unanswered(smtplib.SMTPException):
    """The whole mail went out, and the server did not say what became of it. `late`: it is still silent."""

    def __init__(self, *, late: bool) -> None:
        super().__init__()
        self.late = late


class PatientSMTP(smtplib.SMTP):
    answer_within = ANSWER_WITHIN

    def data(self, msg: Any) -> tuple[int, bytes]:
        """As smtplib's, for bytes that end in CRLF, which is what its `send_message` gives. Raises `Unanswered`."""
        code, words = self.docmd("data")
        if code != _GO_ON:
            raise smtplib.SMTPDataError(code, words)
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
