"""The file of keys while they are changed: what is in it, who has it, and which keys stay."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from engine.refusal import Refused
from models import key_file as files
from models.keys import Keyring
from models.sealing_key import SealingKey
from models.types import table
from onboarding.enrol import enrol
from onboarding.rotate import Rotated, prepare, retire, rotate
from tests.municipality import OFFICER, Municipality
from tests.onboarding.rotate.turning import again, in_use, known_by, numbers, stopped_after, turned


def test_another_machine_is_refused_and_makes_nobody_twice_when_it_lacks_the_key(
    town: Municipality, key_file: Path, tmp_path: Path
) -> None:
    people = numbers(town, key_file)
    there = tmp_path / "there.json"
    shutil.copy(key_file, there)
    stopped_after(town, key_file, 1)
    for number in people:
        assert "Kopiér nøglefilen" in again(town, Keyring.read(there), number)
    with pytest.raises(Refused, match="Kopiér nøglefilen"):
        known_by(town, there, people[0])
    files.add_key(there)  # its own, under the same name
    assert "en anden end den" in again(town, Keyring.read(there), people[0])
    with pytest.raises(Refused, match="nøgle"):
        rotate(town.database, there, town.clock.now)
    shutil.copy(key_file, there)
    assert "allerede i gang" in again(town, Keyring.read(there), people[0])


def test_the_other_machines_seal_with_it_too_when_the_file_was_copied_before_it_was_taken_into_use(
    town: Municipality, key_file: Path, tmp_path: Path
) -> None:
    assert prepare(town.database, key_file) == "k2"
    with pytest.raises(Refused, match="er klar"):
        prepare(town.database, key_file)
    there = tmp_path / "there.json"
    shutil.copy(key_file, there)
    assert in_use(town) == {"k1": 9}
    town.enrols("Før Skiftet")
    assert in_use(town) == {"k1": 10}
    assert turned(town, key_file) == Rotated("k2", True, 10, 0, ())
    assert Keyring.read(there).active == "k1"
    with town.database.write() as session:
        applicant = town.applicant("Efter Skiftet")
        enrol(session, Keyring.read(there), "immigrant_track", applicant, town.signed(OFFICER))
    assert in_use(town) == {"k2": 11}


def test_a_key_stays_while_it_holds_a_row_and_goes_when_it_holds_none(town: Municipality, key_file: Path) -> None:
    with pytest.raises(Refused, match="ingen tidligere nøgle"):
        retire(town.database, key_file)
    stopped_after(town, key_file, 3)
    with pytest.raises(Refused, match=r"låst med en tidligere nøgle \(k1: 3\)"):
        retire(town.database, key_file)
    assert Keyring.read(key_file).ids == ("k1", "k2")
    turned(town, key_file)
    assert retire(town.database, key_file) == ["k1"]
    content = json.loads(key_file.read_text())
    assert (content["active"], list(content["keys"]), list(content["indexes"])) == ("k2", ["k2"], ["k2"])
    assert "index" not in content
    people = numbers(town, key_file)
    assert all("allerede i gang" in again(town, town.keyring, number) for number in people)
    town.enrols("Ny Kandidat")
    assert turned(town, key_file).active == "k3", "and again"
    assert retire(town.database, key_file) == ["k2"]
    assert len(numbers(town, key_file)) == 8


def test_a_key_that_is_ready_stays_in_the_file_when_an_earlier_one_is_taken_out(
    town: Municipality, key_file: Path
) -> None:
    turned(town, key_file)
    prepare(town.database, key_file)
    assert retire(town.database, key_file) == ["k1"]
    assert Keyring.read(key_file).ids == ("k2", "k3")
    assert turned(town, key_file).active == "k3"


def test_keys_that_people_added_by_hand_are_all_given_up_when_one_is_made_for_them(
    town: Municipality, key_file: Path
) -> None:
    content = json.loads(key_file.read_text())
    content["keys"]["hånd".replace("å", "aa")] = content["index"]
    key_file.write_text(json.dumps(content | {"active": "haand"}))
    town.enrols("Efter")
    assert set(in_use(town)) == {"k1"}, "the keyring of before"
    town.keyring = Keyring.read(key_file)
    town.enrols("Senere")
    assert set(in_use(town)) == {"k1", "haand"}
    assert turned(town, key_file).active == "k2"
    assert set(in_use(town)) == {"k2"}
    assert retire(town.database, key_file) == ["k1", "haand"]
    assert len(numbers(town, key_file)) == 9


def test_what_the_database_knows_of_a_key_is_not_the_key(town: Municipality, key_file: Path) -> None:
    turned(town, key_file)
    content = json.loads(key_file.read_text())
    secrets = {*content["keys"].values(), *content["indexes"].values(), content["index"]}
    with town.database.read() as session:
        known = session.exec(select(SealingKey)).all()
    assert [(each.id, each.active) for each in sorted(known, key=lambda each: each.id)] == [("k1", False), ("k2", True)]
    assert len({each.proof for each in known}) == 2
    assert not [secret for secret in secrets if any(secret in str(each) for each in known)]


def test_nothing_is_changed_when_the_file_cannot_be_written(
    town: Municipality, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key_file.read_text()

    def full(*_: Any) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr("os.replace", full)
        with pytest.raises(Refused, match="Intet er ændret"):
            turned(town, key_file)
    assert key_file.read_text() == before
    assert [path.name for path in key_file.parent.iterdir() if path.name.startswith(".")] == []
    assert in_use(town) == {"k1": 9}
    assert town.rows(table(SealingKey)) == []


def test_a_link_to_the_file_stays_one_when_the_key_is_changed(town: Municipality, key_file: Path) -> None:
    place = key_file.with_name("real.json")
    key_file.rename(place)
    key_file.symlink_to(place)
    turned(town, key_file)
    assert key_file.is_symlink()
    assert Keyring.read(place).ids == ("k1", "k2")
