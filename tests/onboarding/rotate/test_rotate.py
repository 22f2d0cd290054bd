"""Changing the key while people work: everybody is still known, nobody is made twice, and everything is sealed anew."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from engine.refusal import Refused
from models import key_file as files
from models.candidate import Candidate as Person
from models.command import Command
from models.keys import Keyring
from onboarding import rotate as rotation
from onboarding.acting import CommandUsed, Forgotten
from onboarding.contacts import address_of
from onboarding.enrol import enrol
from onboarding.key_use import standing
from onboarding.keyring import keyring_of
from onboarding.renumber import renumber
from onboarding.rotate import Rotated, prepare, retire
from onboarding.store import CANDIDATE
from tests.municipality import OFFICER, VIBY, Candidate, Municipality
from tests.onboarding.rotate.turning import (
    CONTACT,
    PHONE,
    Killed,
    again,
    in_use,
    known_by,
    numbers,
    stopped_after,
    turned,
)
from tests.support import made_up_people
from web.sealed import seal_for, unseal_for


def test_everything_is_sealed_and_found_by_the_new_key_when_it_was_changed(town: Municipality, key_file: Path) -> None:
    before, rows = numbers(town, key_file), town.rows(CANDIDATE)
    assert turned(town, key_file) == Rotated("k2", True, 9, 0, ())
    assert in_use(town) == {"k2": 9}
    assert numbers(town, key_file) == before
    assert not {row["cpr_index"] for row in rows} & {row["cpr_index"] for row in town.rows(CANDIDATE)}
    with town.database.read() as session:
        assert address_of(session, key_file, VIBY, "sms") == PHONE
    assert [len(known_by(town, key_file, number)) for number in before] == [1] * 7
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_nothing_else_of_a_person_changes_when_the_key_is(town: Municipality, key_file: Path) -> None:
    def rest() -> list[Any]:
        sealed = ("cpr_sealed", "cpr_index")
        return [{name: row[name] for name in row if name not in sealed} for row in town.rows(CANDIDATE)]

    before = rest()
    turned(town, key_file)
    assert rest() == before


@pytest.mark.parametrize("pages", range(1, 5))
def test_everybody_is_known_and_nobody_made_twice_when_the_change_is_half_done(
    town: Municipality, key_file: Path, pages: int
) -> None:
    people, old = numbers(town, key_file), town.keyring
    stopped_after(town, key_file, pages)
    assert in_use(town).keys() == {"k1", "k2"}
    for keyring in (old, Keyring.read(key_file)):  # one that was read before it all began, and one as it is now
        assert all("allerede i gang" in again(town, keyring, number) for number in people)
    assert all(len(known_by(town, key_file, number)) == 1 for number in people)
    newcomer = town.enrols("Ny Kandidat")  # by a keyring of before
    assert "allerede i gang" in again(town, old, newcomer.applicant.cpr)
    assert numbers(town, key_file) == sorted([*people, newcomer.applicant.cpr])
    resumed = turned(town, key_file)
    assert resumed == Rotated("k2", False, 9 - min(2 * pages, 7), 0, ())
    assert set(in_use(town)) == {"k2"}
    assert numbers(town, key_file) == sorted([*people, newcomer.applicant.cpr])


def test_it_goes_on_with_the_same_key_when_it_was_killed_before_its_first_page(
    town: Municipality, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any) -> None:
        raise Killed

    steps: list[tuple[str, Any]] = [("add", Session), ("activate", files)]
    for broken, place in steps:
        with monkeypatch.context() as patched:
            patched.setattr(place, broken, dies)
            with pytest.raises(Killed):
                turned(town, key_file)
        assert Keyring.read(key_file).ids == ("k1", "k2")
        assert Keyring.read(key_file).active == "k1"
        assert len(again(town, town.keyring, numbers(town, key_file)[0])) > 0
    assert turned(town, key_file).active == "k2"
    assert Keyring.read(key_file).active == "k2"


def test_a_list_finds_those_it_knows_when_the_change_is_half_done(
    town: Municipality, key_file: Path, tmp_path: Path
) -> None:
    rows = ["CPR-nr.;Navn;Værtsområde;Koordinator;Startdato;Samtykke"]
    some = [*numbers(town, key_file)[::2], *(cpr for _, cpr, _ in made_up_people(3))]
    rows += [f"{number};Bogdan Nowak;Viby-Højbjerg;{VIBY};07-09-2026;ja" for number in some]
    (tmp_path / "liste.csv").write_text("\n".join(rows), encoding="utf-8")
    stopped_after(town, key_file, 2)
    result = town.imports(tmp_path / "liste.csv")
    assert (result["created"], result["updated"] + result["unchanged"]) == (3, 4)
    assert len(set(numbers(town, key_file))) == len(town.rows(CANDIDATE)) == 10


def test_a_number_that_somebody_else_has_is_refused_when_it_is_under_the_other_key(
    town: Municipality, key_file: Path
) -> None:
    stopped_after(town, key_file, 2)
    everybody = [Candidate(town, f"IM-{number:04}", town.applicant()) for number in range(1, 8)]
    for candidate in everybody:
        with town.database.read() as session:
            own = {each for each in numbers(town, key_file) if candidate.reference in known_by(town, key_file, each)}
            assert len(own) == 1
        for number in set(numbers(town, key_file)) - own:
            with pytest.raises(Refused, match="En anden kandidat"), town.database.write() as session:
                renumber(session, town.keyring, candidate.reference, number, town.signed())


def test_the_same_command_is_answered_as_before_when_the_key_was_changed_in_between(
    town: Municipality, key_file: Path
) -> None:
    applicant, signed = town.applicant("Olena Kovalenko"), town.signed(OFFICER, command_id="tryk-1")

    def sent(**other: Any) -> Any:
        with town.database.write() as session:
            return enrol(session, town.keyring, "immigrant_track", replace(applicant, **other), signed)

    answer = sent()
    turned(town, key_file)
    assert sent() == answer
    with pytest.raises(CommandUsed):
        sent(name="Bogdan Nowak")
    retire(town.database, key_file)
    before = town.count(Person)
    with pytest.raises(Forgotten):
        sent()
    assert town.count(Person) == before
    newer = town.enrols("Mikołaj Nowak", command_id="tryk-2")
    with town.database.read() as session:
        assert session.get_one(Command, "tryk-2").request
        assert {c.request for c in session.exec(select(Command)) if c.id != "tryk-2"} == {""}
    assert known_by(town, key_file, newer.applicant.cpr) == [newer.reference]


def test_the_others_are_sealed_anew_and_it_is_told_when_a_row_cannot_be_opened(
    town: Municipality, key_file: Path
) -> None:
    stopped_after(town, key_file, 1)
    last = town.rows(CANDIDATE)[-1]
    damaged = last["cpr_sealed"][:-1] + bytes([last["cpr_sealed"][-1] ^ 1])
    town.changes(CANDIDATE, {"id": last["id"]}, {"cpr_sealed": damaged})
    done = turned(town, key_file)
    assert (done.resealed, done.left, done.unreadable) == (6, 0, (f"candidate {last['id']}",))
    with pytest.raises(Refused, match="k1: 1"):
        retire(town.database, key_file)


def test_what_somebody_wrote_meanwhile_stays_when_a_page_was_read_before(town: Municipality, key_file: Path) -> None:
    column = CONTACT.c.sealed
    with town.database.read() as session:
        rows = session.connection().execute(select(CONTACT.c.id, column)).all()
    newer = Keyring.read(key_file).seal("+4587654321", rows[0].id)
    town.changes(CONTACT, {"id": rows[0].id}, {"sealed": newer})
    with town.database.write() as session:
        values, _ = rotation._sealed_anew(Keyring.read(key_file), column, rows)
        assert rotation._written(session, column, values) == 1
    assert {row["id"]: row["sealed"] for row in town.rows(CONTACT)}[rows[0].id] == newer


def test_it_is_told_how_far_it_is_when_somebody_asks(town: Municipality, key_file: Path) -> None:
    def told() -> tuple[str, list[tuple[str, int]]]:
        with town.database.read() as session:
            found = standing(session, key_file)
        return found["rotation"], [(one["key"], one["rows"]) for one in found["keys"]]

    assert told() == ("none", [("k1", 9)])
    prepare(town.database, key_file)
    assert told() == ("prepared", [("k1", 9), ("k2", 0)])
    stopped_after(town, key_file, 1)
    assert told() == ("unfinished", [("k1", 7), ("k2", 2)])
    turned(town, key_file)
    assert told() == ("done", [("k1", 0), ("k2", 9)])
    retire(town.database, key_file)
    assert told() == ("none", [("k2", 9)])


def test_what_a_browser_was_given_is_taken_back_when_the_key_was_changed_and_not_yet_taken_out(
    town: Municipality, key_file: Path
) -> None:
    def kept() -> Keyring:
        with town.database.read() as session:
            return keyring_of(session, key_file)

    use, until = str(uuid4()), town.clock.now
    old = seal_for(kept(), VIBY, use, until, {"cpr": "made up"})
    turned(town, key_file)
    new = seal_for(kept(), VIBY, use, until, {"cpr": "made up"})
    assert [unseal_for(kept(), VIBY, use, until, each) for each in (old, new)] == [{"cpr": "made up"}] * 2
    assert unseal_for(town.keyring, VIBY, use, until, new) == {"cpr": "made up"}
    retire(town.database, key_file)
    assert unseal_for(kept(), VIBY, use, until, new) == {"cpr": "made up"}
    with pytest.raises(Refused, match="Begynd forfra"):
        unseal_for(kept(), VIBY, use, until, old)
