"""An envelope as a mail: text and HTML side by side, as they were rendered.

It is put together here and not by `email.message`, which reads every header that it is given and takes ten times as
long over a mail as a server takes to receive it. What comes out is the same to whoever reads it; a test holds the two
together.
"""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterable, Iterator
from email.errors import MessageError
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from notifications.channels.envelope import Answer, Envelope

BAD_RECIPIENT = Answer(False, "Modtagerens adresse er ikke en gyldig mailadresse.", permanent=True)

#: What nearly every address looks like (RFC 5322, `dot-atom` on both sides): there is nothing to be read in it.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_ATOM}(?:\.{_ATOM})*")
_LONGEST_PLAIN = 60
_LONGEST_WORD = 39  # bytes; in base64, with what is around them and before them, a line of 73 (RFC 2047: 76)
_LINE_END = re.compile(r"\r\n|\r|\n")


class BadAddress(ValueError):
    """This is not one mail address. It is not repeated here: it may belong to a person."""


def as_mail(envelope: Envelope, sender: Address, further: Iterable[tuple[str, str]] = ()) -> bytes:
    """The mail as it goes over the wire: ASCII alone, each line ended by CRLF, the same at every attempt but for its
    date. `further` headers are the same for every mail.

    It has the headers that keep a repeated one the same and out-of-office answers away. Raises `BadAddress` when the
    recipient is not one mail address.
    """
    boundary = f"=_{envelope.key}=="  # »=_« is in no quoted-printable text (RFC 2045, 6.7)
    lines = [
        _header("From", str(sender)),
        f"To: {recipient_of(envelope)}\r\n",
        f"Subject: {_subject(envelope.subject)}\r\n",
        f"Date: {format_datetime(envelope.sent_at)}\r\n",
        f"Message-ID: {envelope.message_id}\r\n",
        f"X-Idempotency-Key: {envelope.message_id.strip('<>')}\r\n",
        "Auto-Submitted: auto-generated\r\n",  # RFC 3834: nobody's holiday notice needs to answer
        "X-Auto-Response-Suppress: All\r\n",  # the same to Exchange
        "Content-Language: da\r\n",
        *(_header(name, value) for name, value in further),
        "MIME-Version: 1.0\r\n",
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n',
        *_part(boundary, "plain", envelope.text),
        *_part(boundary, "html", envelope.html),
        f"--{boundary}--\r\n",
    ]
    return "".join(lines).encode("ascii")


def recipient_of(envelope: Envelope) -> str:
    """Raises `BadAddress` when that is not one mail address."""
    spec = envelope.recipient
    if len(spec) <= _LONGEST_PLAIN and _PLAIN_ADDRESS.fullmatch(spec):
        return spec
    return address_of("", spec).addr_spec


def address_of(name: str, spec: str) -> Address:
    """A mail address with the name to show before it. Raises `BadAddress`."""
    try:
        address = Address(display_name=name, addr_spec=spec)
    except (ValueError, IndexError, MessageError):
        raise BadAddress from None
    if not (address.username and address.domain and spec.isascii()):
        raise BadAddress
    return address


@lru_cache(maxsize=32)  # the few that a mail server's address gives
def _header(name: str, value: str) -> str:
    """A whole header, folded and encoded by the standard library. Raises ValueError for a value of several lines."""
    header = SMTP.header_store_parse(name, value)[1]
    return str(header.fold(policy=SMTP))


def _subject(subject: str) -> str:
    line = " ".join(subject.split())  # nobody begins another header in it
    if line.isascii() and line.isprintable() and "=?" not in line and len(line) <= _LONGEST_PLAIN:
        return line
    return "\r\n ".join(_encoded(word) for word in _words_of(line.encode()))


def _words_of(line: bytes) -> Iterator[bytes]:
    """As long as they may be; none begins within a letter of several bytes. One, which is empty, of nothing."""
    begin = 0
    while len(line) - begin > _LONGEST_WORD:
        end = begin + _LONGEST_WORD
        while line[end] & 0xC0 == 0x80:
            end -= 1
        yield line[begin:end]
        begin = end
    yield line[begin:]


def _encoded(word: bytes) -> str:
    """An encoded word of RFC 2047."""
    return f"=?utf-8?b?{b2a_base64(word, newline=False).decode()}?="


def _part(boundary: str, subtype: str, content: str) -> tuple[str, str, str]:
    # Rendered text has no other ends of lines: only somebody's own may.
    text = _LINE_END.sub("\r\n", content) if "\r" in content else content.replace("\n", "\r\n")
    return (
        f'--{boundary}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
        b2a_qp(text.encode()).decode("ascii"),
        "\r\n",
    )
