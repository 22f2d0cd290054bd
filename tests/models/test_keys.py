from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.refusal import Refused
from models import key_file
from models.keys import Keyring
from tests.models.cpr_numbers import numbers

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(32, 64))).decode()
RING = Keyring("k1", {"k1": bytes(range(32))}, bytes(range(64, 96)))
OTHER_RING = Keyring("k1", {"k1": bytes(range(32))}, bytes(range(96, 128)))


def written(path: Path, content: str, mode: int = 0o600) -> Path:
    path.write_text(content, encoding="utf-8")
    path.chmod(mode)
    return path


@given(st.text(), st.uuids())
def test_the_text_comes_back_when_it_is_opened_for_its_row(plain: str, row_id: UUID) -> None:
    assert RING.open(RING.seal(plain, row_id), row_id) == plain


@given(numbers(), st.uuids(), st.uuids())
def test_it_does_not_open_when_it_was_moved_to_another_row(number: str, row_id: UUID, other: UUID) -> None:
    sealed = RING.seal(number, row_id)
    if row_id != other:
        with pytest.raises(Refused, match="kan ikke læses"):
            RING.open(sealed, other)


@given(numbers(), st.uuids(), st.data())
def test_it_does_not_open_when_one_bit_was_changed(number: str, row_id: UUID, data: st.DataObject) -> None:
    sealed = bytearray(RING.seal(number, row_id))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Refused, match="nøgle") as refused:
        RING.open(bytes(sealed), row_id)
    assert number not in str(refused.value)


@given(st.binary(max_size=40), st.uuids())
def test_it_does_not_open_when_it_was_never_sealed(sealed: bytes, row_id: UUID) -> None:
    with pytest.raises(Refused, match="SOSU_KEY_FILE"):
        RING.open(sealed, row_id)


def test_nothing_is_readable_or_repeated_when_the_same_number_is_sealed_twice() -> None:
    row_id = uuid4()
    one, two = RING.seal("0101901234", row_id), RING.seal("0101901234", row_id)
    assert one != two
    assert b"0101901234" not in one
    assert one.startswith(b"\x02k1")


def test_the_refusal_points_at_the_key_file_when_the_key_is_unknown() -> None:
    row_id = uuid4()
    sealed = Keyring("k2", {"k2": bytes(32)}, bytes(32)).seal("0101901234", row_id)
    with pytest.raises(Refused, match="SOSU_KEY_FILE"):
        RING.open(sealed, row_id)


def test_a_print_tells_texts_apart_and_needs_the_key_when_it_is_made() -> None:
    prints = [ring.fingerprint(text) for ring in (RING, OTHER_RING) for text in ("Olena", "Olena K.", "0101901234")]
    assert len(set(prints)) == len(prints)
    assert RING.fingerprint("Olena") == prints[0]
    assert RING.index("0101901234") not in prints, "who is enrolled must not be found again in what was asked"


def test_it_does_not_open_when_the_key_of_that_name_is_another_one() -> None:
    row_id = uuid4()
    sealed = Keyring("k1", {"k1": bytes(32)}, bytes(32)).seal("0101901234", row_id)
    with pytest.raises(Refused, match="kan ikke læses"):
        RING.open(sealed, row_id)


def test_old_numbers_still_open_and_are_found_when_a_new_key_seals(tmp_path: Path) -> None:
    path = written(tmp_path / "keys", json.dumps({"active": "k1", "keys": {"k1": KEY}, "index": KEY}))
    before, row_id = Keyring.at(path), uuid4()
    sealed = before.seal("0101901234", row_id)
    keys = {"k1": KEY, "k2": OTHER_KEY}
    after = Keyring.at(written(path, json.dumps({"active": "k2", "keys": keys, "index": KEY})))
    assert after.open(sealed, row_id) == "0101901234"
    assert after.seal("0101901234", row_id).startswith(b"\x02k2")
    assert after.index("0101901234") == before.index("0101901234")


@given(numbers(), numbers())
def test_a_number_is_found_by_its_index_when_and_only_when_it_is_the_same(one: str, two: str) -> None:
    assert len(RING.index(one)) == 32
    assert (RING.index(one) == RING.index(two)) == (one == two)


def test_the_index_differs_when_its_key_does() -> None:
    other = Keyring("k1", {"k1": bytes(range(32))}, bytes(32))
    assert RING.index("0101901234") != other.index("0101901234")


@pytest.mark.parametrize("text", ["010190-1234", "", "01019012345"])
def test_nothing_is_indexed_when_the_number_is_not_normalised(text: str) -> None:
    with pytest.raises(ValueError, match="normalised"):
        RING.index(text)


def test_the_file_is_made_for_its_owner_only_when_it_is_absent(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keys.json"
    ring = Keyring.at(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert os.listdir(path.parent) == ["keys.json"]
    again = Keyring.at(path)
    row_id = uuid4()
    assert again.open(ring.seal("0101901234", row_id), row_id) == "0101901234"
    assert again.index("0101901234") == ring.index("0101901234")


def test_two_files_hold_different_keys_when_both_are_made(tmp_path: Path) -> None:
    one, two = Keyring.at(tmp_path / "one"), Keyring.at(tmp_path / "two")
    assert one.index("0101901234") != two.index("0101901234")


RACE = """
import sys
from pathlib import Path
from models import key_file
from models.keys import Keyring
sys.stdin.readline()
for place in range(60):
    print(Keyring.at(Path(sys.argv[1]) / str(place) / "keys").index("0101901234").hex())
"""


def test_both_get_the_same_keys_when_two_processes_make_the_file_at_once(tmp_path: Path) -> None:
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    one, two = (racer.communicate(timeout=60)[0].split() for racer in racers)
    assert len(one) == 60
    assert one == two
    assert all(os.listdir(folder) == ["keys"] for folder in tmp_path.iterdir())


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610])
def test_the_file_is_refused_when_others_may_open_it(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys"
    Keyring.at(path)
    path.chmod(mode)
    with pytest.raises(Refused, match="chmod 600"):
        Keyring.at(path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "nøgle",
        "[]",
        "{}",
        '"k1"',
        json.dumps({"active": "k1", "keys": {"k1": KEY}}),
        json.dumps({"active": "k2", "keys": {"k1": KEY}, "index": KEY}),
        json.dumps({"active": ["k1"], "keys": {"k1": KEY}, "index": KEY}),
        json.dumps({"active": "k1", "keys": {"k1": KEY[:20]}, "index": KEY}),
        json.dumps({"active": "k1", "keys": {"k1": KEY + "%"}, "index": KEY}),
        json.dumps({"active": "k1", "keys": {"k1": 7}, "index": KEY}),
        json.dumps({"active": "k1", "keys": [KEY], "index": KEY}),
        json.dumps({"active": "", "keys": {"": KEY}, "index": KEY}),
        json.dumps({"active": "k1", "keys": {"k1": KEY}, "index": None}),
        json.dumps({"active": "k1", "keys": {"k1": KEY, "k2": KEY}, "indexes": {"k1": KEY}}),
        json.dumps({"active": "k1", "keys": {"k1": KEY}, "indexes": {"k1": KEY[:20]}}),
        json.dumps({"active": "k1", "keys": {"k1": KEY}, "indexes": [KEY], "index": KEY}),
    ],
)
def test_the_file_is_refused_and_kept_when_it_is_no_key_file(tmp_path: Path, content: str) -> None:
    path = written(tmp_path / "keys", content)
    with pytest.raises(Refused, match="sikkerhedskopi") as refused:
        Keyring.at(path)
    assert KEY[:12] not in str(refused.value)
    assert path.read_text(encoding="utf-8") == content


def test_the_file_is_refused_when_it_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_bytes(b"\xff\xfe\x00")
    path.chmod(0o600)
    with pytest.raises(Refused, match="sikkerhedskopi"):
        Keyring.at(path)


def test_the_refusal_names_the_file_when_it_cannot_be_made(tmp_path: Path) -> None:
    written(tmp_path / "file", "")
    with pytest.raises(Refused, match="SOSU_KEY_FILE"):
        Keyring.at(tmp_path / "file" / "keys")


def test_the_refusal_names_the_file_when_it_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="SOSU_KEY_FILE"):
        Keyring.at(tmp_path)
    with pytest.raises(Refused, match="SOSU_KEY_FILE"):
        Keyring.read(tmp_path / "absent")


def test_a_key_that_came_later_is_looked_for_in_the_file_when_something_was_sealed_with_it(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    before, row_id = Keyring.at(path), uuid4()
    made = key_file.add_key(path)
    sealed = Keyring.read(path).sealing_with(made).seal("0101901234", row_id)
    assert made not in before.ids
    assert before.open(sealed, row_id) == "0101901234"
    assert before.current().ids == ("k1", made)
    assert before.current().active == before.active == "k1"


def test_a_number_is_found_under_every_key_and_stored_under_the_active_one_when_there_are_several(
    tmp_path: Path,
) -> None:
    path = tmp_path / "keys"
    old = Keyring.at(path)
    key_file.activate(path, key_file.add_key(path))
    new = Keyring.read(path)
    assert (new.active, new.ids) == ("k2", ("k1", "k2"))
    assert new.index("0101901234") != old.index("0101901234")
    assert new.indexes("0101901234") == [new.index("0101901234"), old.index("0101901234")]
    assert new.fingerprints("Olena") == [new.fingerprint("Olena"), old.fingerprint("Olena")]


def test_the_next_key_has_a_name_of_its_own_when_others_have_been_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    Keyring.at(path)
    assert [key_file.add_key(path), key_file.add_key(path)] == ["k2", "k3"]
    assert key_file.keep_only(path, "k2") == ["k1", "k3"]
    assert key_file.keep_only(path, "k2") == []
    assert key_file.add_key(path, known={"k3", "k9", "andet"}) == "k10"
    assert Keyring.read(path).ids == ("k2", "k10")


def test_keys_are_known_again_and_told_apart_when_only_their_proofs_are_there(tmp_path: Path) -> None:
    path, other = tmp_path / "keys", tmp_path / "other"
    rings = []
    for place in (path, other):
        Keyring.at(place)
        key_file.add_key(place)
        rings.append(Keyring.read(place))
    proofs = [ring.proof(name) for ring in rings for name in ring.ids]
    assert len(set(proofs)) == 4
    assert Keyring.read(path).proof("k2") == rings[0].proof("k2")


def test_no_key_is_shown_when_a_keyring_is_printed() -> None:
    assert repr(RING) == "Keyring(active='k1')"
