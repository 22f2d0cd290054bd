from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.cli.running import Sosu
from tests.cli.test_contract import ENROL, IMMIGRANTS
from tests.municipality import VIBY
from tests.notifications.mail_server import MailServer

NOBODY_ANSWERS = "Mailserveren kan ikke nås: der er ingen, der svarer på adressen."


@pytest.fixture
def nowhere() -> Iterator[str]:
    """A mail address at which nobody answers: its port is bound, and nobody listens there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"mailto://127.0.0.1:{taken.getsockname()[1]}?from=sosu@example.org&mode=insecure"


def test_it_is_said_in_a_sentence_when_the_mail_server_is_away(quick: Sosu, nowhere: str) -> None:
    for day in range(1, 9):
        quick.json("enrol", *IMMIGRANTS, *ENROL, "--cpr", "-", "--consent", stdin=f"0{day}0190-1234\n")
    quick.mails(nowhere, VIBY)
    ran = quick("deliver", code=1)
    assert ran.err == f"Udsendelsen stoppede, og resten bliver i køen. {NOBODY_ANSWERS}\n"
    assert "0 sendt, 3 prøves igen, 0 sprunget over, 0 opgivet." in ran.out
    assert "8 venter endnu." in ran.out
    told = quick("deliver", "--json", code=1).json
    assert (told["failed"], told["left"], told["stopped"]) == (1, 8, NOBODY_ANSWERS)  # one to see whether it is back
    assert told["last_answer"] == NOBODY_ANSWERS
    del quick.settings["SOSU_MAIL_URL"]
    told = quick.json("deliver")
    assert (told["sent"] >= 2, told["dead"], told["stopped"]) == (True, 0, None)


def test_it_fails_as_well_when_the_server_is_away_and_only_one_message_waits(quick: Sosu, nowhere: str) -> None:
    quick.json("enrol", *IMMIGRANTS, *ENROL, "--cpr", "-", "--consent", stdin="010190-1234\n")
    quick.mails(nowhere, VIBY)
    ran = quick("deliver", code=1)
    assert ran.err == f"Ingen beskeder kunne sendes; de bliver i køen. Seneste svar: {NOBODY_ANSWERS}\n"
    assert quick.json("deliver")["failed"] == 0  # nothing is due yet, and nothing is wrong


def test_the_last_answer_is_told_when_one_message_was_not_sent(quick: Sosu, server: MailServer) -> None:
    for day in (1, 2):
        quick.json("enrol", *IMMIGRANTS, *ENROL, "--cpr", "-", "--consent", stdin=f"0{day}0190-1234\n")
    quick.mails(server.url(), VIBY)
    server.refuses[VIBY] = "450 4.2.0 Try later"
    assert "Seneste svar: Mailserveren afviste modtageren for nu (450 4.2.0)." in quick("deliver").out


def test_everybody_elses_messages_go_and_it_is_said_when_operations_could_not_be_told(quick: Sosu) -> None:
    quick.json("enrol", *IMMIGRANTS, *ENROL, "--cpr", "-", "--consent", stdin="010190-1234\n")
    quick.settings["SOSU_OPERATIONS"] = "sms 20123456"
    ran = quick("deliver", "--json")
    assert ran.json["sent"] == 1
    assert "Driften får ikke besked" in ran.err
    assert "SOSU_OPERATIONS skal begynde med en kanal, der er sat op" in ran.err
    assert "20123456" not in ran.err
