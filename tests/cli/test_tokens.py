"""Tokens from a terminal: for service accounts, and before anybody has signed in."""

from __future__ import annotations

from tests.cli.running import Sosu
from tests.municipality import OFFICER, VIBY

READING = ("--name", "Kladdebogen", "--scope", "read")


def test_the_secret_is_printed_once_when_a_token_is_made(quick: Sosu) -> None:
    made = quick.json("token", "add", VIBY, *READING, "--scope", "act", "--days", "30")
    assert made.keys() == {"token", "staff", "name", "scopes", "made_at", "ends_at", "used_at", "secret"}
    assert (made["token"], made["staff"], made["scopes"], made["used_at"]) == (1, VIBY, ["read", "act"], None)
    assert len(made["secret"]) == 48
    assert made["secret"].startswith("sosu_")
    said = quick("token", "add", OFFICER, *READING).out.splitlines()
    assert "gælder til" in said[0]
    assert said[1].startswith("sosu_")
    listed = quick.json("token", "list")
    assert [(one["token"], one["staff"], one["scopes"]) for one in listed] == [
        (1, VIBY, ["read", "act"]),
        (2, OFFICER, ["read"]),
    ]
    assert "sosu_" not in quick("token", "list").out
    stored = b"".join(path.read_bytes() for path in quick.home.glob("sosu.db*"))
    assert made["secret"].encode() not in stored


def test_a_token_is_gone_and_its_number_not_used_again_when_it_is_revoked(quick: Sosu) -> None:
    quick("token", "add", VIBY, *READING)
    assert quick.json("token", "revoke", "1") == {"token": 1, "name": "Kladdebogen", "revoked": True}
    assert quick.json("token", "list") == []
    assert "findes ikke længere" in quick.refused("token", "revoke", "1")
    assert quick.json("token", "add", VIBY, *READING)["token"] == 2


def test_it_is_refused_with_the_remedy_when_a_token_cannot_be(quick: Sosu) -> None:
    assert "Den kan give: read, enrol." in quick.refused("token", "add", OFFICER, *READING, "--scope", "act")
    assert "mellem 1 og 365 dage" in quick.refused("token", "add", VIBY, *READING, "--days", "366")
    assert "ingen aktiv medarbejder" in quick.refused("token", "add", "nobody@example.org", *READING)
    quick("token", "add", VIBY, *READING)
    assert "det navn" in quick.refused("token", "add", VIBY, *READING)
    quick("staff", "remove", VIBY)
    assert quick.json("token", "list") == []
