"""Deliveries that are killed, and deliveries that run at once: no message is lost, and none is sent twice but those
that a process had sent and not yet marked when it was killed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import count
from pathlib import Path
from random import Random

import pytest

from models.message import State
from onboarding.outbox import ATTEMPT, LEASE, MESSAGE
from onboarding.sending import MOST_UNMARKED
from tests.crash.crowd import SWEPT_AT, copied, count_of, everything, in_the_middle, opened
from tests.crash.processes import Worker, at_once, undisturbed
from tests.crash.worker import post
from tests.notifications.mail_server import MailServer, running


def sent(url: str) -> int:
    return count_of(url, MESSAGE, MESSAGE.c.state == State.SENT)


def killed_until_done(url: str, mail_url: str | None, folder: Path, dies: Callable[[Worker], bool]) -> list[int]:
    """Delivers until a delivery comes to its end; gives how many messages were marked as sent at each kill.

    Every delivery finds that the leases of the one before it have run out.
    """
    sent_at, now = list[int](), SWEPT_AT
    while dies(Worker(url, post, mail_url, folder, now)):
        assert all(_is_whole(letter) for letter in folder.glob("*.eml"))
        sent_at.append(sent(url))
        now += LEASE + timedelta(minutes=1)
    return sent_at


def _is_whole(letter: Path) -> bool:
    """Its last line closes its last part."""
    return letter.read_bytes().endswith(b"==--\r\n")


def at_any_moment(seed: int, a_message: float) -> Callable[[Worker], bool]:
    random, most = Random(seed), 2 * MOST_UNMARKED  # while it is told to, a process sends some more
    return lambda worker: worker.is_killed(random.randrange(most), random.uniform(0, 2 * a_message))


def assert_all_sent(url: str, whole: str) -> None:
    """Nothing differs from the undisturbed delivery, and every message was marked as sent by one attempt."""
    assert everything(url) == everything(whole)
    with opened(url) as database, database.read() as session:
        attempts = [(row.message_id, row.number, row.ok) for row in session.connection().execute(ATTEMPT.select())]
    assert sorted(attempts) == [(number, 1, True) for number in range(1, count_of(url, MESSAGE) + 1)]


def letters(folder: Path) -> dict[str, tuple[str, ...]]:
    """What each file says, without its date."""
    return {path.name: _said(path.read_bytes()) for path in folder.glob("*.eml")}


def _said(letter: bytes) -> tuple[str, ...]:
    mail = message_from_bytes(letter, policy=default)
    assert isinstance(mail, EmailMessage)
    bodies = [part.get_content() for kind in ("plain", "html") if (part := mail.get_body((kind,)))]
    return mail["To"], mail["Subject"], mail["Message-ID"], *bodies


def test_every_message_is_one_whole_file_when_deliveries_are_killed_at_any_moment(
    outboxes: tuple[str, str], tmp_path: Path
) -> None:
    whole, killed = outboxes
    result, seconds = undisturbed(whole, post, None, tmp_path / "whole", SWEPT_AT)
    dies = at_any_moment(11, seconds / result["sent"])
    kills = killed_until_done(killed, None, tmp_path / "killed", dies)
    assert len(in_the_middle(kills, result["sent"])) >= 8
    assert_all_sent(killed, whole)
    assert letters(tmp_path / "killed") == letters(tmp_path / "whole")
    assert len(letters(tmp_path / "killed")) == result["sent"] == sent(killed)


def test_no_mail_is_lost_and_few_are_sent_twice_when_deliveries_are_killed_at_any_moment(
    outboxes: tuple[str, str], tmp_path: Path
) -> None:
    whole, killed = outboxes
    with running() as server:
        result, seconds = undisturbed(whole, post, server.url(), tmp_path, SWEPT_AT)
        once = Counter(mail["Message-ID"] for mail in server.mails)
        server.mails.clear()
        kills = killed_until_done(killed, server.url(), tmp_path, at_any_moment(13, seconds / result["sent"]))
    assert len(in_the_middle(kills, result["sent"])) >= 8
    assert_all_sent(killed, whole)
    assert set(once.values()) == {1}
    assert 0 <= _sent_again(server, once) <= len(kills) * MOST_UNMARKED


def _sent_again(server: MailServer, once: Counter[str]) -> int:
    """How many mails came more often than they should. Every one has come."""
    came = Counter(mail["Message-ID"] for mail in server.mails)
    assert set(came) == set(once)
    return came.total() - once.total()


def test_each_kill_sends_few_mails_twice_when_a_delivery_dies_at_each_of_its_steps(
    outboxes: tuple[str, str], tmp_path: Path
) -> None:
    whole, killed = outboxes
    with running() as server:
        undisturbed(whole, post, server.url(), tmp_path, SWEPT_AT)
        once = Counter(mail["Message-ID"] for mail in server.mails)
        server.mails.clear()
        now, again = SWEPT_AT, list[int]()
        # Three steps further each time, which is no part of the steps of a batch: so every one has its turn.
        for step in count(1, 3):
            before = len(server.mails) - sent(killed)
            if not Worker(killed, post, server.url(), tmp_path, now, dies_at=step).died():
                break
            again.append(len(server.mails) - sent(killed) - before)
            now += LEASE + timedelta(minutes=1)
    assert min(again) == 0
    assert 0 < max(again) <= MOST_UNMARKED
    assert_all_sent(killed, whole)
    assert _sent_again(server, once) == sum(again)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_every_mail_is_sent_once_when_two_deliveries_run_at_once(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = str(request.getfixturevalue(f"{kind}_outbox"))
    url = copied(url, tmp_path / "sosu.db") if kind == "sqlite" else url
    waiting = count_of(url, MESSAGE)
    with running() as server:
        parts = at_once(url, [(post, server.url(), tmp_path, SWEPT_AT)] * 2)
    assert all(part["sent"] for part in parts), "they did not run at once"
    assert sum(part["sent"] for part in parts) == waiting == sent(url)
    assert set(Counter(mail["Message-ID"] for mail in server.mails).values()) == {1}
    assert len(server.mails) == waiting
