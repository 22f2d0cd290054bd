"""Mail over a real socket to a real server."""

from __future__ import annotations

import logging
import socket
import time
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from engine.refusal import Refused
from notifications.channels.apprise_mail import AppriseMail
from tests.notifications.channels.envelopes import RENDERED, envelope
from tests.notifications.mail_server import MailServer

LATE = "Mailserveren svarede ikke i tide. Beskeden kan være modtaget."
GOOD, BAD = "koordinator.syd@example.org", "nedlagt@example.org"


def part(mail: EmailMessage, subtype: str) -> str:
    body = mail.get_body((subtype,))
    assert body is not None
    content = body.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")  # as lines end in a mail


def test_text_and_html_arrive_as_they_were_rendered_when_a_mail_is_sent(server: MailServer) -> None:
    answer = AppriseMail(server.url()).send(envelope())
    assert (answer.ok, answer.detail) == (True, "Modtaget af mailserveren (250).")
    (mail,) = server.mails
    assert server.recipients == [GOOD]
    assert mail.get_content_type() == "multipart/alternative"
    assert part(mail, "plain") == RENDERED.text
    assert part(mail, "html") == RENDERED.html


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("250 2.0.0 Ok: queued as 4TqK2N3xLpz9rX", "(250 2.0.0), som kalder den 4TqK2N3xLpz9rX."),
        ("250 OK id=1rKd0z-0000Xy-2B", "(250), som kalder den 1rKd0z-0000Xy-2B."),
        (f"250 2.6.0 <x@example.org> queued mail for {GOOD}", "(250 2.6.0)."),
        (f"250 2.0.0 Ok: queued as {GOOD}", "(250 2.0.0)."),
        ("250 2.0.0 Ok: queued as 0101901234", "(250 2.0.0)."),
    ],
)
def test_it_can_be_found_in_the_servers_log_when_the_server_says_what_it_calls_it(
    server: MailServer, words: str, kept: str
) -> None:
    server.takes_in = words
    assert AppriseMail(server.url()).send(envelope()).detail == f"Modtaget af mailserveren {kept}"


def test_the_headers_are_right_when_a_mail_arrives(server: MailServer) -> None:
    AppriseMail(server.url("mode=insecure&name=SOSU-forløb&reply=svar@example.org&+X-Kommune=Aarhus")).send(envelope())
    (mail,) = server.mails
    assert mail["Subject"] == "IM-0042: Trin 2 er begyndt – æøå"
    assert mail["From"] == "SOSU-forløb <sosu@example.org>"
    assert mail["To"] == GOOD
    assert mail["Reply-To"] == "svar@example.org"
    assert mail["X-Kommune"] == "Aarhus"
    assert mail["Date"].datetime == datetime(2027, 8, 12, 9, 30, tzinfo=UTC)
    assert mail["Auto-Submitted"] == "auto-generated"


def test_it_is_seen_to_be_the_same_mail_when_it_is_sent_again(server: MailServer) -> None:
    channel = AppriseMail(server.url())
    channel.send(envelope())
    channel.send(envelope())
    AppriseMail(server.url()).send(envelope())
    assert [mail["Message-ID"] for mail in server.mails] == ["<message-17@sosu.example>"] * 3
    assert [mail["X-Idempotency-Key"] for mail in server.mails] == ["message-17@sosu.example"] * 3
    assert [mail.get_all("Message-ID") for mail in server.mails] == [["<message-17@sosu.example>"]] * 3


def test_the_good_one_gets_the_mail_when_the_one_before_is_refused(server: MailServer) -> None:
    server.refuses[BAD] = f"550 5.1.1 <{BAD}>: no such user"
    channel = AppriseMail(server.url())
    refused, good = channel.send(envelope(BAD)), channel.send(envelope())
    assert (refused.ok, refused.permanent) == (False, True)
    assert refused.detail == "Mailserveren afviste modtageren (550 5.1.1)."
    assert good.ok
    assert server.recipients == [GOOD]


@pytest.mark.parametrize(
    ("words", "permanent", "detail"),
    [
        ("451 try again", False, "Mailserveren afviste modtageren for nu (451)."),
        ("550 no", True, "Mailserveren afviste modtageren (550)."),
        ("554 5.7.1 relay denied", False, "Mailserveren afviste modtageren (554 5.7.1)."),
    ],
)
def test_only_a_lasting_refusal_is_permanent_when_the_recipient_is_refused(
    server: MailServer, words: str, permanent: bool, detail: str
) -> None:
    server.refuses[BAD] = words
    answer = AppriseMail(server.url()).send(envelope(BAD))
    assert (answer.ok, answer.permanent, answer.detail) == (False, permanent, detail)


@pytest.mark.parametrize(("words", "permanent"), [("554 5.6.0 bad content", True), ("452 4.3.1 full", False)])
def test_only_a_lasting_refusal_is_permanent_when_the_message_is_refused(
    server: MailServer, words: str, permanent: bool
) -> None:
    server.after_data[GOOD] = words
    answer = AppriseMail(server.url()).send(envelope())
    assert (answer.ok, answer.permanent) == (False, permanent)
    assert answer.detail.startswith("Mailserveren afviste beskeden")
    assert server.mails == []


@pytest.mark.parametrize("said_after", ["RCPT", "DATA"])
def test_nothing_is_said_of_the_message_when_the_server_closes_down(server: MailServer, said_after: str) -> None:
    (server.refuses if said_after == "RCPT" else server.after_data)[GOOD] = "421 4.3.2 shutting down"
    answer = AppriseMail(server.url()).send(envelope())
    assert (answer.ok, answer.permanent, answer.unreachable, answer.uncertain) == (False, False, True, False)
    assert answer.detail == "Mailserveren lukkede forbindelsen (421 4.3.2)."


def test_it_is_unknown_whether_it_came_when_the_connection_drops_after_data(server: MailServer) -> None:
    server.hangs_up_on.add(GOOD)
    channel = AppriseMail(server.url())
    dropped = channel.send(envelope())
    assert (dropped.ok, dropped.permanent, dropped.unreachable, dropped.uncertain) == (False, False, False, True)
    assert dropped.detail == "Mailserveren afbrød forbindelsen. Beskeden kan være modtaget."
    server.hangs_up_on.clear()
    assert channel.send(envelope()).ok
    assert [mail["Message-ID"] for mail in server.mails] == ["<message-17@sosu.example>"] * 2


def test_it_is_to_be_tried_again_when_the_server_is_down() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers here
        port = taken.getsockname()[1]
        answer = AppriseMail(f"mailto://127.0.0.1:{port}?from=sosu@example.org&mode=insecure").send(envelope())
    assert (answer.ok, answer.permanent, answer.unreachable, answer.uncertain) == (False, False, True, False)
    assert answer.detail == "Mailserveren kan ikke nås: der er ingen, der svarer på adressen."


def test_it_is_known_that_nothing_came_when_the_server_never_says_hello() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"mailto://127.0.0.1:{port}?from=sosu@example.org&mode=insecure&cto=0.3"
        answer = AppriseMail(url).send(envelope())
    assert (answer.ok, answer.unreachable, answer.uncertain) == (False, True, False)
    assert answer.detail == "Mailserveren svarede ikke i tide."


def test_it_is_known_that_nothing_came_when_the_connection_drops_before_the_mail(server: MailServer) -> None:
    server.hangs_up_before.add(GOOD)
    answer = AppriseMail(server.url()).send(envelope())
    assert (answer.ok, answer.unreachable, answer.uncertain) == (False, True, False)
    assert answer.detail == "Mailserveren afbrød forbindelsen."


def test_the_server_has_longer_than_for_the_connection_when_it_thinks_about_a_mail(server: MailServer) -> None:
    server.dawdles = 1
    assert AppriseMail(server.url("mode=insecure&cto=0.3")).send(envelope()).ok
    assert len(server.mails) == 1


def test_it_gives_up_in_time_when_the_server_is_slow(server: MailServer) -> None:
    server.dawdles = 30
    began = time.monotonic()
    answer = AppriseMail(server.url(), answer_within=0.3).send(envelope())
    assert time.monotonic() - began < 5
    assert (answer.ok, answer.permanent, answer.uncertain, answer.detail) == (False, False, True, LATE)


def test_nobody_waits_for_the_goodbye_when_the_mail_was_taken(server: MailServer) -> None:
    server.lingers = 30
    began = time.monotonic()
    assert AppriseMail(server.url("mode=insecure&cto=0.3")).send(envelope()).ok
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "recipient",
    ["", "koordinator", "a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org", "@x", "å@x.dk"],
)
def test_nothing_is_sent_when_the_recipient_is_not_one_address(server: MailServer, recipient: str) -> None:
    answer = AppriseMail(server.url()).send(envelope(recipient))
    assert (answer.ok, answer.permanent) == (False, True)
    assert answer.detail == "Modtagerens adresse er ikke en gyldig mailadresse."
    assert server.mails == []


def test_a_failure_is_a_failure_when_the_address_calls_itself_optional(server: MailServer) -> None:
    server.refuses[BAD] = "550 no"
    assert not AppriseMail(server.url("mode=insecure&optional=yes")).send(envelope(BAD)).ok


def test_a_long_message_arrives_whole_and_once_when_apprise_would_split_it(server: MailServer) -> None:
    long = envelope()
    object.__setattr__(long, "html", f"<p>{'ord ' * 20_000}</p>\n")
    assert AppriseMail(server.url("mode=insecure&overflow=split")).send(long).ok
    (mail,) = server.mails
    assert part(mail, "html") == long.html


def test_lines_that_begin_with_a_dot_arrive_whole_when_a_mail_is_sent(server: MailServer) -> None:
    dotted = envelope()
    object.__setattr__(dotted, "text", ".\n..\n.a\n\n.\n")
    assert AppriseMail(server.url()).send(dotted).ok
    assert part(server.mails[0], "plain") == dotted.text


def test_nothing_personal_is_logged_when_mail_is_sent_and_refused(
    server: MailServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    server.refuses[BAD] = f"550 5.1.1 <{BAD}>: no such user"
    with caplog.at_level(logging.DEBUG, logger="apprise"):
        channel = AppriseMail(server.url())
        refused = channel.send(envelope(BAD))
        channel.send(envelope())
    said = caplog.text + "".join(capfd.readouterr()) + refused.detail + repr(envelope())
    for secret in (BAD, GOOD, "Stillingsbeskrivelsen"):
        assert secret not in said


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ikke en adresse",
        "https://127.0.0.1/",
        "mailto://",
        "mailto://127.0.0.1:2525",
        "mailto://127.0.0.1:2525?from=ingen&mode=insecure",
        "mailto://bruger:hemmelig@127.0.0.1?from=sosu@example.org&mode=hemmelig",
        "mailto://127.0.0.1?from=sosu@example.org&to=leder@example.org",
        "mailto://127.0.0.1/leder@example.org?from=sosu@example.org",
        "mailto://127.0.0.1?from=sosu@example.org&cc=leder@example.org",
        "mailto://127.0.0.1?from=sosu@example.org&bcc=leder@example.org",
        "mailto://127.0.0.1?from=sosu@example.org&pgp=encrypt",
        "mailto://127.0.0.1?from=sosu@example.org&wkd=yes",
        "mailto://0x7f000001?from=sosu@example.org&mode=insecure",
        "mailto://mail.example.org:25?from=sosu@example.org&mode=Insecure",
    ],
)
def test_it_is_refused_at_once_when_the_address_cannot_be_used(url: str) -> None:
    with pytest.raises(Refused, match=r"^SOSU_MAIL_URL ") as refusal:
        AppriseMail(url)
    assert "hemmelig" not in str(refusal.value)
    assert "leder@" not in str(refusal.value)
