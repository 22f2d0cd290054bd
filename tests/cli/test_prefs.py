"""What people choose about their messages, from a terminal."""

from __future__ import annotations

import pytest

from tests.cli.running import Sosu
from tests.cli.test_contract import ENROL, IMMIGRANTS
from tests.municipality import SYD_AREA, VIBY, VIBY_AREA, VIBY_MANAGER

OTHER = "ida.viby@example.org"


def paces(sosu: Sosu, email: str) -> dict[str, str]:
    return {topic["topic"]: topic["pace"] for topic in sosu.json("prefs", "show", email)["topics"]}


def test_what_holds_is_shown_when_nobody_chose(quick: Sosu) -> None:
    assert set(paces(quick, VIBY).values()) == {"at_once"}
    assert paces(quick, VIBY_MANAGER)["endings"] == "digest"
    told = quick.json("prefs", "show", VIBY_MANAGER)
    assert (told["hours"], told["digest_days"], told["digest_at"]) == (None, "12345", "07:30")
    assert (told["contacts"], told["absences"]) == ({}, [])
    words = quick("prefs", "show", VIBY_MANAGER).out
    assert "Afsluttet\tsamlet\tmail" in words
    assert "Oversigten kommer kl. 07:30 på ugedagene 12345" in words


def test_a_choice_holds_for_what_waits_when_it_is_made(quick: Sosu) -> None:
    quick.json("enrol", *IMMIGRANTS, *ENROL, "--cpr", "-", "--consent", stdin="010190-1234\n")
    quick.json("prefs", "topic", VIBY, "moves", "--pace", "never")
    assert quick.json("deliver")["sent"] == 0
    assert "endings\tAfsluttet\tmed det samme" in quick("prefs", "show", VIBY).out


def test_only_what_is_named_changes_when_times_are_set(quick: Sosu) -> None:
    quick.json("prefs", "set", VIBY, "--hours", "08:00-15:30", "--digest-days", "1")
    quick.json("prefs", "set", VIBY, "--digest-at", "06:15")
    told = quick.json("prefs", "show", VIBY)
    assert (told["hours"], told["digest_days"], told["digest_at"]) == ("08:00-15:30", "1", "06:15")
    quick.json("prefs", "set", VIBY, "--hours", "default", "--digest-days", "default")
    told = quick.json("prefs", "show", VIBY)
    assert (told["hours"], told["digest_days"], told["digest_at"]) == (None, "12345", "06:15")


def test_an_address_is_kept_and_never_shown_when_it_is_given(quick: Sosu) -> None:
    ran = quick("prefs", "contact", VIBY, "sms", "--address-stdin", stdin="22 34 56 78\n")
    assert "22345678" not in ran.out.replace(" ", "")
    assert quick.json("prefs", "show", VIBY)["contacts"] == {"sms": "+45 •• •• •• 78"}
    quick.json("prefs", "topic", VIBY, "escalations", "--pace", "at_once", "--channel", "mail", "--channel", "sms")
    assert "mail, sms" in quick("prefs", "show", VIBY).out
    quick.json("prefs", "contact", VIBY, "sms", "--remove")
    told = quick.json("prefs", "show", VIBY)
    assert told["contacts"] == {}
    assert {tuple(topic["channels"]) for topic in told["topics"]} == {("mail",)}


def test_the_stand_in_gets_the_mail_when_somebody_is_away(quick: Sosu) -> None:
    quick.json("staff", "add", OTHER, "--name", "Ida", "--role", "coordinator", "--area", VIBY_AREA)
    quick("prefs", "away", VIBY, "--from", "2020-01-01", "--until", "2199-01-01", "--stand-in", OTHER)
    quick.json("enrol", *IMMIGRANTS, *ENROL, "--cpr", "-", "--consent", stdin="010190-1234\n")
    quick.json("deliver")
    assert [OTHER in letter.read_text() for letter in quick.outbox.glob("*.eml")] == [True]
    (absence,) = quick.json("prefs", "show", VIBY)["absences"]
    quick.json("prefs", "back", VIBY, str(absence["absence"]))
    assert quick.json("prefs", "show", VIBY)["absences"] == []


@pytest.mark.parametrize(
    "change",
    [
        ("add", OTHER, "--name", "Ida", "--role", "coordinator", "--area", SYD_AREA),
        ("add", OTHER, "--name", "Ida", "--role", "manager", "--area", VIBY_AREA),
        ("add", VIBY, "--name", "Karen", "--role", "coordinator", "--area", VIBY_AREA, "--area", SYD_AREA),
        ("remove", OTHER),
    ],
)
def test_it_is_said_who_loses_a_stand_in_and_what_to_do_when_somebody_is_corrected_or_taken_out(
    quick: Sosu, change: tuple[str, ...]
) -> None:
    quick("staff", "add", OTHER, "--name", "Ida", "--role", "coordinator", "--area", VIBY_AREA)
    quick("prefs", "away", VIBY, "--from", "2020-01-01", "--until", "2199-01-01", "--stand-in", OTHER)
    renamed = quick("staff", "add", OTHER, "--name", "Ida Ny", "--role", "coordinator", "--area", VIBY_AREA)
    assert "stedfortræder" not in renamed.out
    said = f"Har ikke længere en stedfortræder og får selv deres beskeder: {VIBY}."
    assert quick("staff", *change).out.splitlines()[-1] == said
    shown = quick("prefs", "show", VIBY).out
    assert f"{OTHER} kan ikke afløse mere, så beskederne går til medarbejderen selv." in shown
    (absence,) = quick.json("prefs", "show", VIBY)["absences"]
    assert f"Slet det med »sosu prefs back {VIBY} {absence['absence']}«, og vælg en anden kollega." in shown


def test_it_is_refused_with_the_remedy_when_it_cannot_be_done(quick: Sosu) -> None:
    for pace in ("never", "digest"):
        said = quick.refused("prefs", "topic", VIBY, "escalations", "--pace", pace)
        assert "kan hverken samles eller fravælges. Vælg --pace at_once." in said
    said = quick.refused("prefs", "topic", VIBY, "deadlines", "--pace", "never")
    assert "kan ikke fravælges. Vælg --pace at_once eller digest." in said
    assert "Emnet findes ikke. Vælg escalations" in quick.refused("prefs", "topic", VIBY, "alt", "--pace", "never")
    moves = ("prefs", "topic", VIBY, "moves", "--pace", "digest", "--channel")
    assert "mangler en adresse til sms. Skriv den først med »sosu prefs contact«" in quick.refused(*moves, "sms")
    assert "Kanalen findes ikke. Vælg --channel mail, sms" in quick.refused(*moves, "due")
    assert "Angiv mindst én af --hours" in quick.refused("prefs", "set", VIBY)
    assert "Skriv det som 07:00-17:00" in quick.refused("prefs", "set", VIBY, "--hours", "17:00-07:00")
    said = quick.refused("prefs", "set", VIBY, "--hours", "12:00-12:01")
    assert "Tidsrummet er for kort. Skriv mindst en time, fx 07:00-17:00." in said
    assert "ingen aktiv medarbejder" in quick.refused("prefs", "show", "nobody@example.org")
    assert "--address-stdin" in quick.refused("prefs", "contact", VIBY, "sms")
    assert "sms, teams, ntfy eller webhook" in quick.refused("prefs", "contact", VIBY, "due", "--remove")
    for wrong in ("07:00+02:00", "07:00:30", "halv otte"):
        assert "Skriv timer og minutter, fx 07:30" in quick.refused("prefs", "set", VIBY, "--digest-at", wrong)
        assert "Skriv det som 07:00-17:00" in quick.refused("prefs", "set", VIBY, "--hours", f"{wrong}-17:00")
    assert "»sosu prefs show«" in quick.refused("prefs", "back", VIBY, "1")
    assert "»sosu prefs show«" in quick.refused("prefs", "contact", VIBY, "sms", "--remove")


def test_a_teams_address_is_refused_with_the_remedy_when_its_machine_cannot_be_one(quick: Sosu) -> None:
    path = "powerautomate/automations/direct/cu/29/workflows/abc/triggers/manual/paths/invoke?api-version=1&sp=a&sig=b"
    typed = f"https://default0123.4.environment.api.powerplatform.com/{path}\n"
    said = quick.refused("prefs", "contact", VIBY, "teams", "--address-stdin", stdin=typed)
    assert "Teams-adressen kan ikke bruges. Kopiér hele adressen fra arbejdsprocessen" in said


def test_an_absence_is_refused_with_what_to_type_instead(quick: Sosu) -> None:
    away = ("prefs", "away", VIBY, "--from", "2199-01-01", "--until")
    assert "Stedfortræderen er ingen aktiv medarbejder" in quick.refused(*away, "2199-01-02", "--stand-in", OTHER)
    quick.json("staff", "add", OTHER, "--name", "Ida", "--role", "coordinator", "--area", VIBY_AREA)
    assert "Ret datoerne" in quick.refused(*away, "2198-12-31", "--stand-in", OTHER)
    quick(*away, "2199-01-02", "--stand-in", OTHER)
    assert "Slet det med »sosu prefs back«" in quick.refused(*away, "2199-01-02", "--stand-in", OTHER)


def test_no_address_inside_is_kept_unless_the_operator_listed_the_machine(quick: Sosu) -> None:
    put = ("prefs", "contact", VIBY, "ntfy", "--address-stdin")
    assert "SOSU_OWN_HOSTS" in quick.refused(*put, stdin="ntfys://10.0.0.5/emne\n")
    assert quick.json("prefs", "show", VIBY)["contacts"] == {}
    quick.settings["SOSU_OWN_HOSTS"] = "10.0.0.5"
    quick(*put, stdin="ntfys://10.0.0.5/emne\n")
    assert quick.json("prefs", "show", VIBY)["contacts"] == {"ntfy": "10.0.0.5"}
