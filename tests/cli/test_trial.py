"""Trial mode from a terminal."""

from __future__ import annotations

from tests.cli.running import Sosu
from tests.municipality import VIBY

FAR = "mailto://mail.example.org:25?from=sosu@example.org"


def test_it_is_on_by_itself_when_messages_leave_the_machine(quick: Sosu) -> None:
    assert quick.json("trial", "show") == {"on": False, "destination": "folder", "recipients": []}
    assert "Den begynder, når SOSU_MAIL_URL er sat" in quick("trial", "show").out
    quick.settings["SOSU_MAIL_URL"] = FAR
    assert quick.json("trial", "show")["on"] is True
    assert "kun medarbejderne på prøvelisten" in quick("trial", "show").out
    assert quick.json("trial", "off") == {"on": False}
    assert quick.json("trial", "show")["on"] is False
    assert "alle får deres beskeder" in quick("trial", "show").out
    assert quick.json("trial", "on") == {"on": True}


def test_it_says_that_it_is_on_when_somebody_is_reached_in_teams_and_mail_goes_to_a_folder(quick: Sosu) -> None:
    quick("prefs", "contact", VIBY, "ntfy", "--address-stdin", stdin="ntfys://ntfy.example.org/viby\n")
    assert quick.json("trial", "show") == {"on": True, "destination": "world", "recipients": []}
    assert "kun medarbejderne på prøvelisten" in quick("trial", "show").out


def test_the_list_is_shown_when_somebody_was_put_on_it_and_taken_off(quick: Sosu) -> None:
    quick("trial", "add", VIBY)
    assert [one["staff"] for one in quick.json("trial", "show")["recipients"]] == [VIBY]
    assert VIBY in quick("trial", "show").out
    quick("trial", "remove", VIBY)
    assert "Prøvelisten er tom" in quick("trial", "show").out
    assert "står ikke på prøvelisten" in quick.refused("trial", "remove", VIBY)
    assert "ingen aktiv medarbejder" in quick.refused("trial", "add", "nobody@example.org")
