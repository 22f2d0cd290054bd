from __future__ import annotations

import os
import stat
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from notifications.channels.eml import EmlFolder
from tests.notifications.channels.envelopes import RENDERED, envelope


def read(file: Path) -> EmailMessage:
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_the_message_can_be_opened_when_it_was_written(tmp_path: Path) -> None:
    answer = EmlFolder(tmp_path / "ny" / "mappe").send(envelope())
    assert (answer.ok, answer.detail) == (True, "Skrevet som fil.")
    mail = read(tmp_path / "ny" / "mappe" / "message-17@sosu.example.eml")
    assert mail["To"] == "koordinator.syd@example.org"
    assert mail["Subject"] == "IM-0042: Trin 2 er begyndt – æøå"
    assert mail["From"] == "SOSU-forløb <sosu@localhost>"
    parts = {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in mail.iter_parts()}
    assert parts == {"text/plain": RENDERED.text, "text/html": RENDERED.html}


def test_there_is_one_file_when_a_message_is_sent_twice(tmp_path: Path) -> None:
    folder = EmlFolder(tmp_path)
    folder.send(envelope("gammel@example.org"))
    folder.send(envelope("ny@example.org"))
    (file,) = tmp_path.iterdir()
    assert read(file)["To"] == "ny@example.org"


def test_file_and_name_are_on_disk_when_the_message_is_said_to_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, really = [], os.fsync

    def fsync(handle: int) -> None:
        synced.append((stat.S_ISDIR(os.fstat(handle).st_mode), len(list(tmp_path.glob("*.eml")))))
        really(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    assert EmlFolder(tmp_path).send(envelope()).ok
    assert synced == [(False, 0), (True, 1)]  # what is in the file before it has its name, and then the name


@pytest.mark.parametrize(
    "identifier", ["<../../ud@sosu.example>", "<a/b@sosu.example>", "<.skjult@x>", "<a*b@sosu.example>"]
)
def test_the_file_stays_in_its_folder_when_the_identifier_is_not_a_file_name(tmp_path: Path, identifier: str) -> None:
    inside = tmp_path / "inde"
    assert EmlFolder(inside).send(envelope(message_id=identifier)).ok
    assert [file.parent for file in tmp_path.rglob("*.eml")] == [inside]
    assert not any(file.name.startswith(".") for file in inside.iterdir())


def test_it_is_to_be_tried_again_when_the_folder_cannot_be_written(tmp_path: Path) -> None:
    in_the_way = tmp_path / "fil"
    in_the_way.write_text("", encoding="utf-8")
    answer = EmlFolder(in_the_way).send(envelope())
    assert (answer.ok, answer.permanent, answer.unreachable) == (False, False, True)
    assert answer.detail.startswith("Mappen til beskeder kan ikke skrives (")


def test_nothing_half_written_is_left_when_the_file_cannot_be_put_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "message-17@sosu.example.eml").mkdir()
    assert not EmlFolder(tmp_path).send(envelope()).ok
    assert [file.name for file in tmp_path.iterdir()] == ["message-17@sosu.example.eml"]


def test_nothing_is_written_when_the_recipient_is_not_an_address(tmp_path: Path) -> None:
    answer = EmlFolder(tmp_path).send(envelope("koordinator"))
    assert (answer.ok, answer.permanent) == (False, True)
    assert list(tmp_path.iterdir()) == []
