from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.cli.running import Sosu
from tests.cli.test_contract import ENROL, IMMIGRANTS

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
    quick.settings["SOSU_MAIL_URL"] = nowhere
    said = quick("deliver").out
    assert f"Udsendelsen stoppede, og resten bliver i køen. {NOBODY_ANSWERS}" in said
    assert "0 sendt, 3 prøves igen, 0 sprunget over, 0 opgivet." in said
    assert "8 venter endnu." in said
    told = quick.json("deliver")
    assert (told["failed"], told["left"], told["stopped"]) == (3, 8, NOBODY_ANSWERS)
    del quick.settings["SOSU_MAIL_URL"]
    told = quick.json("deliver")
    assert (told["sent"] >= 2, told["dead"], told["stopped"]) == (True, 0, None)
