"""`sosu keys`: seeing the keys, and changing them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from models.keys import Keyring
from models.message import Message
from onboarding.contacts import put_contact
from onboarding.store import CANDIDATE
from tests.cli.running import Sosu
from tests.crash.crowd import opened
from tests.crash.processes import Worker
from tests.crash.test_rotate import turns
from tests.municipality import VIBY, Municipality
from tests.support import MONDAY, Clock, made_up_cpr


@pytest.fixture
def worked(quick: Sosu) -> Sosu:
    """Twelve people, and a telephone number."""
    with opened(f"sqlite:///{quick.database}") as database:
        town = Municipality(database, Keyring.at(quick.home / "keys.json"), Clock())
        for number in range(12):
            town.enrols(f"Bogdan {number}")
        with database.write() as session:
            put_contact(session, town.keyring, VIBY, "sms", "+4512345678", town.signed())
        assert town.count(Message)
    return quick


def keys_of(sosu: Sosu) -> Path:
    return sosu.home / "keys.json"


def enrol(sosu: Sosu, number: str, code: int = 0) -> str:
    who = ("--name", "Olena Kovalenko", "--area", "Syd", "--coordinator", "koordinator.syd@example.org")
    asked = ("--pathway", "immigrant_track", *who, "--start", MONDAY.isoformat(), "--cpr", "-")
    return sosu("enrol", *asked, stdin=number, code=code).err


def said_of_keys(sosu: Sosu) -> dict[str, str]:
    found = {each["check"]: each for each in json.loads(sosu("doctor", "--json", code=1).out)["checks"]}
    assert [name for name, each in found.items() if not each["ok"]] == ["queue"], "since the messages are of September"
    return dict(found["keys"])


def test_everything_is_sealed_anew_and_the_old_key_taken_out_when_somebody_says_so(worked: Sosu) -> None:
    assert worked.json("keys", "status") == {
        "active": "k1",
        "rotation": "none",
        "keys": [{"key": "k1", "active": True, "in_file": True, "rows": 13}],
    }
    assert worked.json("keys", "rotate") == {"active": "k2", "new": True, "resealed": 13, "left": 0, "unreadable": []}
    found = worked.json("keys", "status")
    assert found["rotation"] == "done"
    assert [(one["key"], one["active"], one["rows"]) for one in found["keys"]] == [("k1", False, 0), ("k2", True, 13)]
    assert worked.json("keys", "retire") == {"retired": ["k1"]}
    assert Keyring.read(keys_of(worked)).ids == ("k2",)
    assert "ingen tidligere nøgle" in worked.refused("keys", "retire")
    known = made_up_cpr(MONDAY.replace(year=1990, month=1, day=2), 1)
    assert "allerede i gang" in enrol(worked, known, code=1)
    assert worked.json("find", "--cpr", "-", stdin=known)
    assert "passer til databasen" in said_of_keys(worked)["said"]


def test_a_person_is_told_what_to_do_next_when_each_step_is_done(worked: Sosu) -> None:
    assert "sosu keys rotate" in worked("keys", "status").out
    assert "Kopiér nu filen" in worked("keys", "add").out
    assert "En ny nøgle er klar" in worked("keys", "status").out
    told = worked("keys", "rotate").out
    assert "13 rækker er låst om" in told
    assert "sikkerhedskopier" in told
    assert "sosu keys retire" in worked("keys", "status").out
    assert "k1 er taget ud" in worked("keys", "retire").out


def test_the_doctor_and_the_status_tell_of_it_when_the_change_was_killed_on_the_way(worked: Sosu) -> None:
    url = f"sqlite:///{worked.database}"
    assert Worker(url, turns, keys_of(worked), Clock().now, 5, 1.0).is_killed(2, 0)
    found = said_of_keys(worked)
    assert found["remark"]
    assert "3 rækker er endnu låst med k1" in found["said"]
    assert "sosu keys rotate" in found["remedy"]
    assert "fortsætter" in worked("keys", "status").out
    assert "k1: 3" in worked.refused("keys", "retire")
    assert worked.json("keys", "rotate") == {"active": "k2", "new": False, "resealed": 3, "left": 0, "unreadable": []}
    assert not said_of_keys(worked)["remark"]


def test_another_machine_is_told_to_copy_the_file_when_its_own_lacks_the_key(worked: Sosu) -> None:
    shutil.copy(keys_of(worked), worked.home / "there.json")
    worked("keys", "rotate")
    worked.settings["SOSU_KEY_FILE"] = str(worked.home / "there.json")
    assert "Kopiér nøglefilen" in enrol(worked, "010190-1234", code=1)
    doctor = {each["check"]: each for each in json.loads(worked("doctor", "--json", code=1).out)["checks"]}
    assert "nøglefil" in doctor["keys"]["said"]
    assert not doctor["keys"]["ok"]
    shutil.copy(keys_of(worked), worked.home / "there.json")
    assert enrol(worked, "010190-1234") == ""


def test_it_ends_with_a_one_and_says_which_rows_when_some_cannot_be_opened(worked: Sosu) -> None:
    Worker(f"sqlite:///{worked.database}", turns, keys_of(worked), Clock().now, 5, 1.0).is_killed(1, 0)
    with opened(f"sqlite:///{worked.database}") as database:
        town = Municipality(database, Keyring.read(keys_of(worked)))
        last = town.rows(CANDIDATE)[-1]
        town.changes(CANDIDATE, {"id": last["id"]}, {"cpr_sealed": last["cpr_sealed"][:-1]})
    ran = worked("keys", "rotate", "--json", code=1)
    assert ran.json["unreadable"] == [f"candidate {last['id']}"]
    assert "sosu renumber" in ran.err


def test_a_backup_of_before_needs_the_old_keys_when_they_have_been_taken_out(worked: Sosu) -> None:
    backup, kept = worked.home / "sosu.backup", worked.home / "kept.json"
    worked("db", "backup", str(backup))
    shutil.copy(keys_of(worked), kept)
    worked("keys", "rotate")
    worked("keys", "retire")
    worked.settings["SOSU_DATABASE_URL"] = f"sqlite:///{worked.home / 'elsewhere.db'}"
    assert "SOSU_KEY_FILE" in worked.refused("db", "restore", str(backup))
    worked.settings["SOSU_KEY_FILE"] = str(kept)
    assert worked.json("db", "restore", str(backup))["keys"] == ["k1"]
