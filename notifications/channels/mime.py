"""An envelope as a mail: text and HTML side by side, as they were rendered."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from notifications.channels.envelope import Answer, Envelope

BAD_RECIPIENT = Answer(False, "Modtagerens adresse er ikke en gyldig mailadresse.", permanent=True)


class BadAddress(ValueError):
    """This is not one mail address. It is not repeated here: it may belong to a person."""


def as_mail(envelope: Envelope, sender: Address) -> EmailMessage:
    """The mail, with the headers that keep a repeated one the same and out-of-office answers away.

    Raises `BadAddress` when the recipient is not one mail address.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = address_of("", envelope.recipient)
    mail["Subject"] = envelope.subject
    mail["Date"] = envelope.sent_at
    mail["Message-ID"] = envelope.message_id
    mail["X-Idempotency-Key"] = envelope.message_id.strip("<>")
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice needs to answer
    mail["X-Auto-Response-Suppress"] = "All"  # the same to Exchange
    mail["Content-Language"] = "da"
    mail.set_content(envelope.text, cte="quoted-printable")
    mail.add_alternative(envelope.html, subtype="html", cte="quoted-printable")
    return mail


def address_of(name: str, spec: str) -> Address:
    """A mail address with the name to show before it. Raises `BadAddress`."""
    try:
        address = Address(display_name=name, addr_spec=spec)
    except (ValueError, IndexError, MessageError):
        raise BadAddress from None
    if not (address.username and address.domain and spec.isascii()):
        raise BadAddress
    return address
