"""A connection that is kept: what a server may do to it, and that nobody gets a mail twice by it."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from notifications.channels.apprise_mail import AppriseMail
from notifications.channels.envelope import Answer, kept
from notifications.channels.kept_smtp import MOST_MAILS
from tests.notifications.channels.envelopes import envelope
from tests.notifications.mail_server import MailServer

GOOD, BAD, LOST = "koordinator.syd@example.org", "nedlagt@example.org", "tabt@example.org"


@pytest.fixture(params=["one by one", "several at once"])
def either_server(server: MailServer, request: pytest.FixtureRequest) -> MailServer:
    """One that takes a command at a time, and one that takes several."""
    server.pipelines = request.param == "several at once"
    return server


def sent(channel: AppriseMail, *recipients: str) -> list[Answer]:
    with kept(channel):
        return [channel.send(envelope(to, f"<{number}@sosu.example>")) for number, to in enumerate(recipients)]


def came(server: MailServer) -> Counter[str]:
    return Counter(mail["Message-ID"] for mail in server.mails)


def test_one_connection_is_enough_when_many_mails_are_sent(either_server: MailServer) -> None:
    answers = sent(AppriseMail(either_server.url()), *[GOOD] * 20)
    assert all(answer.ok for answer in answers)
    assert either_server.connections == 1
    assert len(came(either_server)) == len(either_server.mails) == 20


def test_each_mail_has_its_own_connection_when_nobody_said_to_keep_it(server: MailServer) -> None:
    channel = AppriseMail(server.url())
    sent(channel, GOOD)
    channel.send(envelope())
    channel.send(envelope())
    assert server.connections == 3


def test_another_connection_is_made_when_one_has_had_its_share(server: MailServer) -> None:
    sent(AppriseMail(server.url()), *[GOOD] * (MOST_MAILS + 1))
    assert server.connections == 2
    assert len(server.mails) == MOST_MAILS + 1


def test_every_mail_comes_once_when_the_server_hangs_up_between_two(either_server: MailServer) -> None:
    either_server.closes_after = 2
    channel, answers = AppriseMail(either_server.url()), []
    with kept(channel):
        for number in range(7):
            answers.append(channel.send(envelope(GOOD, f"<{number}@sosu.example>")))
            time.sleep(0.05)
    assert all(answer.ok for answer in answers)
    assert came(either_server) == {f"<{number}@sosu.example>": 1 for number in range(7)}
    assert either_server.connections == 4


def test_a_mail_is_not_sent_again_when_the_connection_drops_after_it(either_server: MailServer) -> None:
    either_server.hangs_up_on.add(LOST)
    first, lost, last = sent(AppriseMail(either_server.url()), GOOD, LOST, GOOD)
    assert (first.ok, lost.ok, lost.uncertain, last.ok) == (True, False, True, True)
    assert set(came(either_server).values()) == {1}
    assert len(either_server.mails) == 3


def test_the_others_get_theirs_by_the_same_connection_when_one_is_refused(either_server: MailServer) -> None:
    either_server.refuses[BAD] = "550 5.1.1 no such user"
    first, refused, last = sent(AppriseMail(either_server.url()), GOOD, BAD, GOOD)
    assert (first.ok, refused.permanent, last.ok) == (True, True, True)
    assert refused.detail == "Mailserveren afviste modtageren (550 5.1.1)."
    assert either_server.recipients == [GOOD, GOOD]
    assert either_server.connections == 1


@pytest.mark.parametrize(("words", "permanent"), [("554 5.6.0 bad content", True), ("452 4.3.1 full", False)])
def test_the_others_get_theirs_when_one_mail_is_refused(either_server: MailServer, words: str, permanent: bool) -> None:
    either_server.after_data[BAD] = words
    first, refused, last = sent(AppriseMail(either_server.url()), GOOD, BAD, GOOD)
    assert (first.ok, refused.ok, refused.permanent, last.ok) == (True, False, permanent, True)
    assert either_server.recipients == [GOOD, GOOD]


@pytest.mark.parametrize("said_after", ["RCPT", "DATA"])
def test_nothing_is_said_of_the_message_when_the_server_closes_down(either_server: MailServer, said_after: str) -> None:
    (either_server.refuses if said_after == "RCPT" else either_server.after_data)[BAD] = "421 4.3.2 shutting down"
    first, closed, last = sent(AppriseMail(either_server.url()), GOOD, BAD, GOOD)
    assert (first.ok, closed.ok, closed.unreachable, last.ok) == (True, False, True, True)
    assert either_server.recipients == [GOOD, GOOD]


def test_it_is_tried_by_one_new_connection_and_no_more_when_the_server_drops_it_each_time(
    either_server: MailServer,
) -> None:
    either_server.hangs_up_before.add(LOST)
    first, lost = sent(AppriseMail(either_server.url()), GOOD, LOST)
    assert (first.ok, lost.unreachable, lost.uncertain) == (True, True, False)
    assert either_server.connections == 2
    assert either_server.recipients == [GOOD]


def test_a_late_answer_is_nobody_elses_when_the_next_mail_is_sent(either_server: MailServer) -> None:
    """Or the yes to the first would be taken for one to the second."""
    either_server.dawdles = 0.6
    channel = AppriseMail(either_server.url(), answer_within=0.2)
    with kept(channel):
        late = channel.send(envelope(GOOD, "<late@sosu.example>"))
        either_server.dawdles = 0
        either_server.after_data[BAD] = "452 4.3.1 full"
        refused = channel.send(envelope(BAD, "<next@sosu.example>"))
    assert (late.uncertain, refused.ok, refused.uncertain) == (True, False, False)
    assert refused.detail == "Mailserveren afviste beskeden for nu (452 4.3.1)."
