"""Calendar addresses from a terminal."""

from __future__ import annotations

import re

from tests.cli.running import Sosu
from tests.municipality import OFFICER, VIBY


def test_the_address_is_printed_once_when_it_is_made(quick: Sosu) -> None:
    made = quick.json("calendar", "new", VIBY)
    assert made.keys() == {"staff", "made_at", "address"}
    assert made["staff"] == VIBY
    assert re.fullmatch(r"https://sosu\.example\.org/kalender/[\w-]{43}\.ics", made["address"])
    said = quick("calendar", "new", VIBY).out.splitlines()
    assert (VIBY in said[0], said[1].endswith(".ics"), said[1] != made["address"]) == (True, True, True)


def test_there_is_none_any_more_when_it_is_revoked(quick: Sosu) -> None:
    quick("calendar", "new", VIBY)
    assert quick.json("calendar", "revoke", VIBY) == {"staff": VIBY, "revoked": True}
    assert "ingen kalenderadresse" in quick.refused("calendar", "revoke", VIBY)


def test_it_is_refused_with_the_remedy_when_nobody_coordinates_by_that_name(quick: Sosu) -> None:
    for command in ("new", "revoke"):
        assert "ingen aktiv koordinator" in quick.refused("calendar", command, OFFICER)
        assert "sosu staff list" in quick.refused("calendar", command, "nobody@example.org")
