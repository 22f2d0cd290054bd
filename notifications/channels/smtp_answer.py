"""What a mail server said, in a sentence that may be shown and logged.

A server's own words often hold the recipient's address, so only its codes are kept: the reply code (RFC 5321) and
the enhanced status code (RFC 3463), which say the same; and of a mail that it took, what it calls it in its log.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl

from notifications.channels.envelope import Answer
from notifications.channels.patient_smtp import Unanswered

REACHED = Answer(True, "Mailserveren svarer.")

_ENHANCED = re.compile(rb"\s*([245]\.[0-9]{1,3}\.[0-9]{1,3})\b")
#: As Postfix (queued as) and Exim (id=) tell it, with letters and digits: no number of anybody's, and no address.
_CALLED = re.compile(
    rb"\b(?:queued as |id=)((?=[0-9-]*[A-Za-z])(?=[A-Za-z-]*[0-9])[0-9A-Za-z-]{4,40})(?![0-9A-Za-z@-]|\S*@)"
)
_POLICY = ".7."
_PERMANENT = range(500, 600)
_CLOSING = 421  # RFC 5321, 3.8: may be said to any command, and is about the server
_MAY_BE_RECEIVED = "Beskeden kan være modtaget."


def accepted(code: int, words: bytes) -> Answer:
    """The server took a mail, and said so in these words."""
    called = _CALLED.search(words)
    name = f", som kalder den {called[1].decode()}" if called else ""
    return Answer(True, f"Modtaget af mailserveren ({_status(code, words)}){name}.")


def answer_to(error: OSError) -> Answer:
    """What an error of `smtplib` (its own are OSErrors too) or of the connection means for the message.

    Permanent is only what the server says for good about this recipient or this message. Everything else can be
    put right without either: a server that is down, a password, a sender or a policy (X.7.X) that it refuses.
    All of it but the policy, which may be about one recipient, is said of no message: nothing gets through.
    """
    match error:
        case Unanswered(late=True):
            return Answer(False, f"Mailserveren svarede ikke i tide. {_MAY_BE_RECEIVED}", uncertain=True)
        case Unanswered():
            return Answer(False, f"Mailserveren afbrød forbindelsen. {_MAY_BE_RECEIVED}", uncertain=True)
        case smtplib.SMTPRecipientsRefused():
            code, words = next(iter(error.recipients.values()))
            return _refused("modtageren", code, words)
        case smtplib.SMTPDataError():
            return _refused("beskeden", error.smtp_code, error.smtp_error)
        case smtplib.SMTPResponseException():
            return Answer(False, _of_the_set_up(error), unreachable=True)
    return Answer(False, _of_the_connection(error), unreachable=True)


def _refused(what: str, code: int, words: bytes | str) -> Answer:
    status = _status(code, words)
    if code == _CLOSING:
        return Answer(False, f"Mailserveren lukkede forbindelsen ({status}).", unreachable=True)
    if code in _PERMANENT:
        return Answer(False, f"Mailserveren afviste {what} ({status}).", permanent=_POLICY not in status)
    return Answer(False, f"Mailserveren afviste {what} for nu ({status}).")


def _of_the_set_up(error: smtplib.SMTPResponseException) -> str:
    status = _status(error.smtp_code, error.smtp_error)
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"Mailserveren afviste brugernavnet eller adgangskoden ({status}). Ret SOSU_MAIL_URL."
        case smtplib.SMTPSenderRefused():
            return f"Mailserveren afviste afsenderen ({status}). Ret SOSU_MAIL_URL."
    return f"Mailserveren tog ikke imod forbindelsen ({status})."


def _of_the_connection(error: OSError) -> str:
    match error:
        case smtplib.SMTPServerDisconnected(__context__=TimeoutError()):  # so smtplib tells of a late answer
            return "Mailserveren svarede ikke i tide."
        case smtplib.SMTPServerDisconnected():
            return "Mailserveren afbrød forbindelsen."
        case smtplib.SMTPNotSupportedError():
            return "Mailserveren kan ikke det, som SOSU_MAIL_URL beder om (kryptering eller login)."
        case TimeoutError():
            return "Mailserveren svarede ikke i tide."
        case ssl.SSLError():
            return "Mailserveren kunne ikke give en sikker forbindelse."
        case socket.gaierror():
            return "Mailserverens navn kan ikke slås op."
        case ConnectionRefusedError():
            return "Mailserveren kan ikke nås: der er ingen, der svarer på adressen."
    return f"Forbindelsen til mailserveren svigtede ({type(error).__name__})."


def _status(code: int, words: bytes | str) -> str:
    enhanced = _ENHANCED.match(words if isinstance(words, bytes) else words.encode())
    return f"{code} {enhanced[1].decode()}" if enhanced else str(code)
