"""`sosu message`: what messages say, before anybody is sent one."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest

from engine.kinds import SHARED
from tests.cli.running import Sosu
from tests.cli.test_contract import ENROL, IMMIGRANTS
from tests.municipality import PATHWAYS, VIBY, VIBY_AREA
from tests.notifications.mail_server import MailServer
from tests.notifications.own import put


@pytest.fixture
def own(quick: Sosu) -> Sosu:
    """With a folder of the municipality's own words."""
    put(quick.home / "egne", moved__subject_txt="{{ reference }}: Nyt fra kommunen")
    quick.settings["SOSU_TEMPLATES_DIR"] = str(quick.home / "egne")
    return quick


@pytest.fixture
def broken(own: Sosu) -> Sosu:
    put(own.home / "egne", paused__body_txt="{{ navn }}", movd__subject_txt="Nyt")
    return own


FAULTS = ("»movd«: der er ingen besked", "»paused/body.txt«, linje 1: »navn« er ikke noget, en besked kan sige")


def test_a_message_is_shown_when_somebody_asks_what_it_says(quick: Sosu) -> None:
    shown = quick("message", "preview", "paused").out
    assert shown.startswith("Emne: IM-0000: Sat på pause\n\n")
    assert "https://sosu.example.org/sag/IM-0000" in shown
    assert not quick.outbox.exists()
    for part in ("subject", "text", "html"):
        told = quick.json("message", "preview", "paused", "--part", part)
        assert set(told) == {"pathway", "kind", "own", part}
        assert quick("message", "preview", "paused", "--part", part).out.strip() == told[part].strip()
    assert quick("message", "preview", "paused", "--part", "emne", code=2).out == ""


@pytest.mark.parametrize("kind", ["enrolled", "paused", "assigned", "dropped_out"])
def test_the_foot_of_the_preview_is_that_of_the_mail_that_is_sent(quick: Sosu, kind: str) -> None:
    """Made by the same words: nobody is shown a message that promises less than the one that goes."""
    quick.json("staff", "add", "ida@example.org", "--name", "Ida", "--role", "coordinator", "--area", VIBY_AREA)
    quick.json("enrol", *IMMIGRANTS, *ENROL, "--cpr", "-", "--consent", stdin="010190-1234\n")
    if kind == "paused":
        quick.json("pause", "IM-0001", "--reason", "illness")
    elif kind == "assigned":
        quick.json("assign", "IM-0001", "--coordinator", "ida@example.org")
    elif kind == "dropped_out":
        quick.json("drop", "IM-0001", "--reason", "moved")
    shown = quick.json("message", "preview", kind, "--pathway", "immigrant_track")
    quick.json("deliver")
    sent = [message_from_bytes(file.read_bytes(), policy=default) for file in quick.outbox.glob("*.eml")]
    subject = shown["subject"].replace("IM-0000", "IM-0001")
    [mail] = [one for one in sent if one["Subject"] == subject and "koordinator" in one.as_string()]
    assert _foot(mail.get_body(("plain",)).get_content()) == _foot(shown["text"])


def _foot(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip().rpartition("--\n")[2]


def test_the_pathway_is_asked_for_when_several_have_a_message_of_that_name(quick: Sosu) -> None:
    said = quick.refused("message", "preview", "start_position")
    assert said == (
        "Flere forløb har beskeden »start_position«. Vælg et med --pathway: immigrant_track, ped_assistant_track.\n"
    )
    told = quick.json("message", "preview", "start_position", "--pathway", "ped_assistant_track")
    assert told["subject"].startswith("PA-0000: ")
    assert quick.json("message", "preview", "start_amu")["pathway"] == "immigrant_track"


def test_the_nearest_are_named_when_there_is_no_such_message(quick: Sosu) -> None:
    assert "det nærmeste er »moved«, " in quick.refused("message", "preview", "movd")
    assert "Kendte: immigrant_track, ped_assistant_track." in quick.refused(
        "message", "preview", "moved", "--pathway", "immigranter"
    )


def test_it_opens_in_a_mail_program_when_it_is_written_as_a_file(quick: Sosu) -> None:
    told = quick.json("message", "preview", "moved", "--out", str(quick.home / "prøver"))
    [file] = (quick.home / "prøver").iterdir()
    assert told["file"] == str(file)
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert mail["Subject"] == told["subject"]
    for kind in PATHWAYS["immigrant_track"].steps:
        quick("message", "preview", kind.key, "--pathway", "immigrant_track", "--out", str(quick.home / "prøver"))
    taken = quick.home / "fil"
    taken.touch()
    assert "Vælg en anden med --out." in quick.refused("message", "preview", "moved", "--out", str(taken))


def test_every_message_is_listed_with_whose_words_it_has(own: Sosu) -> None:
    listed = own.json("message", "list")
    assert len(listed) == sum(len(pathway.steps) + len(SHARED) for pathway in PATHWAYS.values())
    theirs = [(one["pathway"], one["kind"]) for one in listed if one["own"]]
    assert theirs == [("immigrant_track", "moved"), ("ped_assistant_track", "moved")]
    assert "immigrant_track\tmoved\tForløbet er flyttet\tmoved/subject.txt" in own("message", "list").out


def test_own_words_are_sent_when_they_can_be_used(own: Sosu) -> None:
    assert own("message", "check").out == (
        f"Skabelonerne i {own.home / 'egne'} kan bruges. De giver 2 beskeder kommunens egne ord.\n"
    )
    assert own.json("message", "preview", "moved")["subject"] == "IM-0000: Nyt fra kommunen"
    assert own("deliver").out.startswith("0 sendt")


def test_nothing_is_begun_and_every_fault_is_told_when_own_words_cannot_be_used(broken: Sosu) -> None:
    for command in (("message", "check"), ("message", "list"), ("deliver",), ("serve",)):
        said = broken.refused(*command)
        assert all(fault in said for fault in FAULTS), command
        assert said.rstrip().endswith("Ret skabelonerne, og se efter med »sosu message check«. Intet er sendt.")
    assert len(broken("message", "check", "--json", code=1).json["refused"]) == 3
    [found] = [one for one in broken("doctor", "--json", code=1).json["checks"] if not one["ok"]]
    assert (found["check"], FAULTS[0] in found["said"], FAULTS[1] in found["remedy"]) == ("templates", True, True)


def test_nothing_is_begun_and_no_name_is_told_when_own_words_name_a_candidate(own: Sosu) -> None:
    own.json("enrol", *IMMIGRANTS, *ENROL, "--cpr", "-", "--consent", stdin="010190-1234\n")
    foot = "\n{{ link }}\n\n{{ because }}"
    put(own.home / "egne", paused__body_txt=f"Nyt.\n\nSpørg Olena Kovalenko.{foot}")
    fault = "»paused/body.txt«, linje 3: her står en kandidats fulde navn. Tag det ud."
    for command in (("message", "check"), ("deliver",), ("serve",), ("message", "test", "moved", "--to", VIBY)):
        assert own.refused(*command).splitlines()[0] == fault, command
    [found] = [one for one in own("doctor", "--json", code=1).json["checks"] if not one["ok"]]
    assert (found["check"], found["said"]) == ("templates", fault)
    put(own.home / "egne", paused__body_txt=f"Nyt.\n\nSpørg jobcenteret.{foot}")
    assert own.json("deliver")["sent"] == 1  # what waited in the queue


def test_no_database_is_made_and_it_is_said_when_there_is_none_to_look_for_names_in(fresh: Sosu) -> None:
    put(fresh.home / "egne", moved__subject_txt="{{ reference }}: Spørg Olena Kovalenko")
    said = fresh("message", "check", str(fresh.home / "egne")).out
    assert said.endswith(" beskeder kommunens egne ord. Der er endnu ingen database at se efter kandidaters navne i.\n")
    assert not fresh.database.exists()


def test_a_folder_is_checked_before_it_is_set_when_it_is_named(quick: Sosu) -> None:
    assert "alle beskeder er programmets egne" in quick("message", "check").out
    put(quick.home / "nye", moved__subject_txt="{{ navn }}")
    assert "»moved/subject.txt«, linje 1" in quick.refused("message", "check", str(quick.home / "nye"))
    assert "findes ikke eller kan ikke læses" in quick.refused("message", "check", str(quick.home / "ingen"))


def test_an_empty_setting_is_none_when_it_stands_in_the_environment(quick: Sosu) -> None:
    quick.settings["SOSU_TEMPLATES_DIR"] = ""
    assert quick.json("message", "check") == {"folder": None, "own": 0}


def test_a_sample_comes_to_a_member_of_staff_when_it_is_sent(quick: Sosu, server: MailServer) -> None:
    quick.mails(server.url(), VIBY)
    told = quick.json("message", "test", "paused", "--to", VIBY.upper())
    assert (told["sent"], told["channel"], told["kind"]) == (True, "mail", "paused")
    [mail] = server.mails
    assert server.recipients == [VIBY]
    assert mail["Subject"] == "[Prøve] IM-0000: Sat på pause"
    assert "Prøven er sendt. " in quick("message", "test", "paused", "--to", VIBY).out


def test_nobody_else_gets_one_when_an_address_is_not_of_the_staff(quick: Sosu, server: MailServer) -> None:
    quick.settings["SOSU_MAIL_URL"] = server.url()
    said = quick.refused("message", "test", "paused", "--to", "olena@example.org")
    assert said == "Der er ingen aktiv medarbejder med den e-mail. Se »sosu staff list«.\n"
    quick("staff", "remove", VIBY)
    assert quick.refused("message", "test", "paused", "--to", VIBY) == said
    assert server.mails == []


def test_only_those_on_the_list_get_one_when_trial_mode_is_on(quick: Sosu, server: MailServer) -> None:
    quick.settings["SOSU_MAIL_URL"] = server.url()
    said = quick.refused("message", "test", "paused", "--to", VIBY)
    assert said.startswith(f"Prøvedrift er slået til, og {VIBY} står ikke på prøvelisten.")
    assert "»sosu trial add«" in said
    assert server.mails == []
    quick("trial", "add", VIBY)
    quick("message", "test", "paused", "--to", VIBY)
    assert server.recipients == [VIBY]


def test_what_the_server_said_is_told_when_it_refuses_a_sample(quick: Sosu, server: MailServer) -> None:
    quick.mails(server.url(), VIBY)
    server.refuses[VIBY] = "550 5.1.1 No such user"
    said = quick.refused("message", "test", "paused", "--to", VIBY)
    assert said.startswith("Prøven er ikke sendt. Mailserveren afviste modtageren")
