"""A rotation from outside: done, killed on the way, and what it leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.refusal import Refused
from models.keys import Keyring, key_of
from models.preference import Contact
from models.types import table
from onboarding.enrol import enrol
from onboarding.key_use import keys_in_use
from onboarding.keyring import keyring_of
from onboarding.rotate import Rotated, rotate
from onboarding.store import CANDIDATE
from reports.enrolments import enrolments_of
from tests.municipality import OFFICER, Municipality

CONTACT = table(Contact)

PHONE = "+4512345678"


class Killed(BaseException):
    """Nothing tidies up behind it."""


def turned(town: Municipality, path: Path) -> Rotated:
    return rotate(town.database, path, town.clock.now)


def stopped_after(town: Municipality, path: Path, pages: int) -> None:
    """A rotation that is killed after so many pages."""
    done = []

    def dies(_: int) -> None:
        done.append(1)
        if len(done) == pages:
            raise Killed

    with pytest.raises(Killed):
        rotate(town.database, path, town.clock.now, dies)


def in_use(town: Municipality) -> dict[str, int]:
    with town.database.read() as session:
        return keys_in_use(session)


def numbers(town: Municipality, path: Path) -> list[str]:
    """Every candidate's, read with the keys of the file; each is found by what it is indexed as."""
    keyring, found = Keyring.read(path), []
    for row in town.rows(CANDIDATE):
        found.append(keyring.open(row["cpr_sealed"], row["id"]))
        assert row["cpr_index"] == keyring.sealing_with(key_of(row["cpr_sealed"])).index(found[-1])
    return sorted(found)


def known_by(town: Municipality, path: Path, number: str) -> list[str]:
    with town.database.read() as session:
        return [each["enrolment"] for each in enrolments_of(session, keyring_of(session, path), number)]


def again(town: Municipality, keyring: Keyring, number: str) -> str:
    """What somebody is told who enrols a person that is known."""
    applicant = town.applicant(cpr=number)
    with pytest.raises(Refused) as refused, town.database.write() as session:
        enrol(session, keyring, "immigrant_track", applicant, town.signed(OFFICER))
    return str(refused.value)
