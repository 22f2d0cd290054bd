"""`sosu demo`: two years in one command; here the first weeks of them."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path

from sqlmodel import select

from models.enrolment import Enrolment
from models.session import Database
from models.staff import Staff
from models.transition import TransitionRow
from onboarding.signed import SWEEP
from tests.cli.running import Sosu
from tests.municipality import OFFICER, SYD, VIBY


def test_the_same_candidates_live_the_same_weeks_when_shown_twice(quick: Sosu) -> None:
    shown, again = (quick.json("demo", "--weeks", "3", "--dir", "demo") for _ in range(2))
    assert shown == again
    reports = {report["pathway"]: report for report in shown["reports"]}
    assert {key: report["enrolled"] for key, report in reports.items()} == {
        "immigrant_track": 24,
        "ped_assistant_track": 100,
    }
    for board in shown["boards"]:
        stages = {stage["stage"]: stage["open"] + stage["paused"] for stage in board["stages"]}
        assert stages == reports[board["pathway"]]["by_stage"]
        assert sum(count > 0 for count in stages.values()) > 1, "somebody has moved"
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in Path(shown["outbox"]).glob("*.eml")]
    assert len(mails) == shown["messages"]["sent"]
    assert {mail["To"] for mail in mails} > {"koordinator.viby@example.org", "koordinator.syd@example.org"}


def test_everybody_is_acted_for_by_their_own_coordinator_when_weeks_pass(quick: Sosu) -> None:
    quick.json("demo", "--weeks", "3", "--dir", "demo")
    database = Database(f"sqlite:///{quick.home / 'demo' / 'sosu.db'}")
    with database.read() as session:
        wanted = select(TransitionRow.by, Staff.email).join(Enrolment, TransitionRow.enrolment_id == Enrolment.id)
        acted = session.exec(wanted.join(Staff, Enrolment.coordinator_id == Staff.id)).all()
    database.close()
    assert {(by, own) for by, own in acted if by not in (OFFICER, SWEEP)} == {(VIBY, VIBY), (SYD, SYD)}


def test_a_person_is_told_where_to_look_when_it_is_over(quick: Sosu) -> None:
    said = quick("demo", "--weeks", "1", "--dir", "demo").out
    for words in ("Projekt målrettet immigranter", "Opkvalificering af ledige", "beskeder sendt", ".eml-filer"):
        assert words in said
    (exports,) = (line.replace("'", "").split()[1:] for line in said.splitlines() if "export " in line)
    for setting in exports:
        name, _, value = setting.partition("=")
        quick.settings[name] = value
    assert quick.json("show", "IM-0001")["pathway"] == "immigrant_track"


def test_nothing_is_emptied_when_the_folder_is_not_a_demos(quick: Sosu) -> None:
    assert "--dir" in quick.refused("demo", "--dir", ".")
    assert quick.database.exists()
