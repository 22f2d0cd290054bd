"""A mail that we put together is, to whoever reads it, the one that the standard library would have made."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels.envelope import Envelope
from notifications.channels.mime import as_mail
from tests.notifications.channels.envelopes import envelope

SENDER = Address("SOSU-forløb", "sosu", "example.org")
FURTHER = (("X-Kommune", "Aarhus"), ("Reply-To", "svar@example.org"))
#: What a template can bring; surrogates are no text.
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
TEXTS = st.one_of(
    st.text(LETTERS, max_size=300),
    st.text(st.sampled_from("a .=-æ\n\t"), max_size=300),  # where quoting is hard
)
SUBJECTS = st.one_of(st.text(st.sampled_from("abc æøå–€😀=?_ "), max_size=120), st.text(max_size=60))


def made_by_the_library(of: Envelope) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = SENDER
    mail["To"] = of.recipient
    mail["Subject"] = of.subject
    mail["Date"] = of.sent_at
    mail["Message-ID"] = of.message_id
    mail["X-Idempotency-Key"] = of.message_id.strip("<>")
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    for name, value in FURTHER:
        mail[name] = value
    mail.set_content(of.text, cte="quoted-printable")
    mail.add_alternative(of.html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = "da"  # of the whole: set before, it would be moved into the first part
    return mail


def read(mail: bytes) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """What a mail program sees: headers, and parts with their type."""
    read = message_from_bytes(mail, policy=default)
    assert isinstance(read, EmailMessage)
    headers = {name: str(value) for name, value in read.items() if name != "Content-Type"}
    parts = [(part.get_content_type(), part.get_content().replace("\r\n", "\n")) for part in read.iter_parts()]
    assert read.get_content_type() == "multipart/alternative"
    assert not [part for part in read.walk() if part.defects]
    return headers, parts


def test_it_reads_the_same_when_the_library_makes_it() -> None:
    ours, theirs = read(as_mail(envelope(), SENDER, FURTHER)), read(made_by_the_library(envelope()).as_bytes())
    assert ours == theirs


@given(text=TEXTS, html=TEXTS)
def test_every_letter_arrives_when_a_text_is_any_text(text: str, html: str) -> None:
    sent = replace(envelope(), text=f"{text}\n", html=f"{html}\n")
    mail = as_mail(sent, SENDER)
    assert read(mail)[1] == [("text/plain", sent.text), ("text/html", sent.html)]
    assert_fit_for_the_wire(mail)


@given(SUBJECTS)
def test_the_subject_is_one_line_and_whole_when_it_is_any_text(subject: str) -> None:
    mail = as_mail(replace(envelope(), subject=subject), SENDER)
    headers, _ = read(mail)
    assert headers["Subject"].split() == subject.split()
    assert headers.keys() == read(as_mail(envelope(), SENDER))[0].keys()
    assert_fit_for_the_wire(mail)


def assert_fit_for_the_wire(mail: bytes) -> None:
    """RFC 5322: ASCII, lines of at most 998 characters (78 should do), each ended by CRLF and by nothing else."""
    assert mail.isascii()
    assert mail.endswith(b"\r\n")
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", mail)
    assert max(map(len, mail.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    "subject", ["Nyt\r\nBcc: nogen@example.org", "Nyt\nBcc: nogen@example.org", "Nyt\x85Bcc: x@y.z"]
)
def test_no_further_header_begins_when_a_subject_has_several_lines(subject: str) -> None:
    headers, _ = read(as_mail(replace(envelope(), subject=subject), SENDER))
    assert "Bcc" not in headers
    assert headers["Subject"].startswith("Nyt Bcc: ")


def test_the_same_bytes_go_out_when_a_message_is_tried_again() -> None:
    assert as_mail(envelope(), SENDER) == as_mail(envelope(), SENDER)


def test_no_part_ends_early_when_the_text_quotes_the_boundary() -> None:
    boundary = re.search(rb'boundary="([^"]+)"', as_mail(envelope(), SENDER))
    assert boundary is not None
    text = f"--{boundary[1].decode()}--\n"
    assert read(as_mail(replace(envelope(), text=text), SENDER))[1][0] == ("text/plain", text)
