"""What waits for an officer or a coordinator who has a case no more is told, once, to whoever has it by then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine.topic import Topic
from models.message import MAIL, Pace
from onboarding import users
from onboarding.deliver import deliver
from onboarding.outbox import take
from onboarding.preferences import choose_topic
from onboarding.staffing import add_staff, remove_staff
from tests.municipality import OFFICER, SYD, SYD_AREA, VIBY, VIBY_AREA, Candidate, Inbox, Municipality
from tests.onboarding.listed import list_of_one
from tests.onboarding.test_preferences import NUMBER, by_both, chooses, has_a_phone
from tests.onboarding.test_undone_before_told import admitted
from tests.support import Postbox

IDA, PER = "ida@example.org", "per.jobcenter@example.org"


def adds(town: Municipality, email: str, role: str, *areas: str) -> None:
    with town.database.write() as session:
        add_staff(session, email, email.partition("@")[0], role, areas)


def told(town: Municipality, email: str, olena: Candidate) -> list[str]:
    """The subjects of what somebody has got about her."""
    subjects = Inbox(town.postbox, email).reads_subjects()
    return [subject.partition(": ")[2] for subject in subjects if olena.reference in subject]


def rejected_by_one_who_is_taken_out(town: Municipality, area: str) -> Candidate:
    """Before the officer who enrolled her is told; there is another one in that area."""
    adds(town, PER, "jobcenter_officer", area)
    olena = town.enrols(by=OFFICER)
    olena.moves("reject")
    with town.database.write() as session:
        remove_staff(session, OFFICER)
    for _ in range(3):
        town.delivers()
    return olena


def test_another_officer_is_told_what_the_one_who_was_taken_out_did_not_get(either_town: Municipality) -> None:
    olena = rejected_by_one_who_is_taken_out(either_town, VIBY_AREA)
    assert told(either_town, OFFICER, olena) == []
    assert told(either_town, PER, olena) == ["Ikke optaget"]
    assert (OFFICER, "recipient_inactive") in [(m["recipient"], m["reason"]) for m in olena.shown()["messages"]]


def test_an_officer_of_another_area_is_told_nothing_when_one_was_taken_out(either_town: Municipality) -> None:
    olena = rejected_by_one_who_is_taken_out(either_town, SYD_AREA)
    assert told(either_town, PER, olena) == []


def test_whoever_takes_a_case_over_is_told_what_waits_and_whoever_had_it_is_not(either_town: Municipality) -> None:
    olena = admitted(either_town)
    olena.is_assigned(SYD, SYD_AREA)
    for _ in range(3):
        either_town.delivers()
    assert told(either_town, VIBY, olena) == []
    assert sorted(told(either_town, SYD, olena)) == ["Danskforløbet er begyndt", "Overdraget til dig"]
    assert (VIBY, "left_audience") in [(m["recipient"], m["reason"]) for m in olena.shown()["messages"]]


def test_a_hand_over_alone_is_told_when_nobody_has_heard_that_the_case_began(either_town: Municipality) -> None:
    olena = either_town.enrols()
    olena.is_assigned(SYD, SYD_AREA)
    for _ in range(3):
        either_town.delivers()
    assert (told(either_town, VIBY, olena), told(either_town, SYD, olena)) == ([], ["Overdraget til dig"])


def test_nothing_is_told_anew_when_the_one_who_had_the_case_knows_it(either_town: Municipality) -> None:
    olena = admitted(either_town)
    either_town.delivers()
    olena.is_assigned(SYD, SYD_AREA)
    for _ in range(3):
        either_town.delivers()
    assert told(either_town, VIBY, olena) == ["Danskforløbet er begyndt"]
    assert told(either_town, SYD, olena) == ["Overdraget til dig"]


def test_a_hand_over_is_told_to_nobody_who_gave_the_case_on_meanwhile(either_town: Municipality) -> None:
    olena = admitted(either_town)
    either_town.delivers()
    olena.is_assigned(SYD, SYD_AREA)
    adds(either_town, IDA, "coordinator", VIBY_AREA)
    olena.is_assigned(IDA, VIBY_AREA)
    for _ in range(3):
        either_town.delivers()
    assert told(either_town, SYD, olena) == []
    assert told(either_town, IDA, olena) == ["Overdraget til dig"]


def test_everything_is_told_once_to_whoever_gets_a_case_back(either_town: Municipality) -> None:
    olena = admitted(either_town)
    olena.is_assigned(SYD, SYD_AREA)
    either_town.delivers()
    olena.is_assigned(VIBY, VIBY_AREA)
    for _ in range(3):
        either_town.delivers()
    assert sorted(told(either_town, VIBY, olena)) == ["Danskforløbet er begyndt", "Overdraget til dig"]
    assert told(either_town, SYD, olena) == ["Overdraget til dig"]


def test_what_a_coordinator_has_gathered_is_told_to_whoever_takes_the_case_over(either_town: Municipality) -> None:
    with either_town.database.write() as session:
        choose_topic(session, VIBY, Topic.MOVES, Pace.DIGEST, ())
    given, kept = admitted(either_town), admitted(either_town)
    either_town.delivers()
    either_town.clock.passes(days=1)
    given.is_assigned(SYD, SYD_AREA)
    for _ in range(3):
        either_town.delivers()
        either_town.clock.passes(hours=1)
    texts = ["\n".join(f"{mail.subject}\n{mail.text}" for mail in either_town.postbox.to(who)) for who in (VIBY, SYD)]
    assert [[one.reference in text for one in (given, kept)] for text in texts] == [[False, True], [True, False]]


@pytest.mark.parametrize("in_hand", [MAIL, "sms"])
def test_nothing_is_told_anew_when_the_one_who_had_the_case_knows_it_by_another_way(
    either_town: Municipality, in_hand: str
) -> None:
    sms = Postbox("sms")
    for email in (VIBY, SYD):
        has_a_phone(either_town, email)
        chooses(either_town, email, Topic.MOVES, Pace.AT_ONCE, MAIL, "sms")
    olena = admitted(either_town)
    either_town.sorts("sms")
    with either_town.database.write() as session:
        assert take(session, "dead", in_hand, either_town.clock.now, 50)
    deliver(either_town.database, by_both(either_town, sms))
    olena.is_assigned(SYD, SYD_AREA)
    for _ in range(2):
        either_town.clock.passes(minutes=20)
        deliver(either_town.database, by_both(either_town, sms))
    coordinators = {VIBY, SYD, NUMBER}
    envelopes = [one for way in (either_town.postbox, sms) for one in way.envelopes if one.recipient in coordinators]
    assert len([one for one in envelopes if one.subject.endswith("Danskforløbet er begyndt")]) == 1
    assert told(either_town, SYD, olena) == ["Overdraget til dig"]


def test_what_the_one_who_was_taken_out_did_not_get_is_told_to_whoever_gets_the_case_later(
    either_town: Municipality,
) -> None:
    olena = admitted(either_town)
    removes(either_town, VIBY)
    either_town.delivers()
    olena.is_assigned(SYD, SYD_AREA)
    for _ in range(3):
        either_town.delivers()
    assert sorted(told(either_town, SYD, olena)) == ["Danskforløbet er begyndt", "Overdraget til dig"]


def test_whoever_was_taken_out_by_mistake_and_is_back_is_told_what_moved_meanwhile(either_town: Municipality) -> None:
    olena = admitted(either_town)
    removes(either_town, VIBY)
    for _ in range(2):
        either_town.delivers()
    comes(either_town, VIBY, "coordinator", VIBY_AREA)
    either_town.delivers()
    assert told(either_town, VIBY, olena) == ["Danskforløbet er begyndt"]


def test_whoever_was_taken_out_by_mistake_and_is_back_is_told_that_a_case_is_theirs(either_town: Municipality) -> None:
    olena = either_town.enrols()
    removes(either_town, VIBY)
    either_town.delivers()
    comes(either_town, VIBY, "coordinator", VIBY_AREA)
    either_town.delivers()
    assert told(either_town, VIBY, olena) == ["Nyt forløb"]


def test_whoever_was_taken_out_by_mistake_and_is_back_is_told_of_a_list(
    either_town: Municipality, tmp_path: Path
) -> None:
    new = either_town.applicant()
    either_town.imports(list_of_one(tmp_path, new))
    removes(either_town, VIBY)
    either_town.delivers()
    comes(either_town, VIBY, "coordinator", VIBY_AREA)
    for _ in range(3):
        either_town.delivers()
    assert [mail.subject for mail in either_town.postbox.to(VIBY)] == ["1 nyt forløb"]


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_nobody_is_told_of_a_list_whose_cases_somebody_else_has_by_now(
    either_town: Municipality, tmp_path: Path, role: str
) -> None:
    new = either_town.applicant()
    either_town.imports(list_of_one(tmp_path, new))
    removes(either_town, VIBY)
    either_town.delivers()
    if role == "coordinator":
        Candidate(either_town, "IM-0001", new).is_assigned(SYD, SYD_AREA)
        comes(either_town, VIBY, role, VIBY_AREA)
    else:
        with either_town.database.write() as session:
            users._put(session, VIBY, "Ny", role, (), by="admin@example.org", at=either_town.clock.now)
    for _ in range(3):
        either_town.delivers()
    assert either_town.postbox.to(VIBY) == []


def test_whoever_was_taken_out_by_mistake_and_is_back_is_reminded_once(either_town: Municipality) -> None:
    olena = either_town.enrols()
    either_town.delivers()
    removes(either_town, VIBY)
    either_town.sweeps_every_day_until(either_town.clock.today + timedelta(days=24))
    comes(either_town, VIBY, "coordinator", VIBY_AREA)
    for _ in range(3):
        either_town.sweeps()
        either_town.delivers()
    assert told(either_town, VIBY, olena) == ["Nyt forløb", "Eskalering: 10 dage over tid"]


def test_whoever_is_back_is_told_what_one_way_was_to_tell_for_another(either_town: Municipality) -> None:
    sms = Postbox("sms")
    olena = admitted(either_town)
    has_a_phone(either_town, VIBY)
    chooses(either_town, VIBY, Topic.MOVES, Pace.DIGEST, "sms", MAIL)
    deliver(either_town.database, by_both(either_town, sms))
    removes(either_town, VIBY)
    either_town.clock.passes(days=1)
    deliver(either_town.database, by_both(either_town, sms))
    comes(either_town, VIBY, "coordinator", VIBY_AREA)
    deliver(either_town.database, by_both(either_town, sms))
    assert told(either_town, VIBY, olena) == ["Danskforløbet er begyndt"]
    assert sms.envelopes == []


def test_an_officer_who_comes_later_is_told_what_nobody_was(either_town: Municipality) -> None:
    olena = rejected_by_one_who_is_taken_out(either_town, SYD_AREA)
    comes(either_town, IDA, "jobcenter_officer", VIBY_AREA)
    either_town.delivers()
    assert told(either_town, IDA, olena) == ["Ikke optaget"]


def test_what_a_dead_delivery_had_in_hand_comes_at_most_once_when_the_case_goes_there_and_back(
    either_town: Municipality,
) -> None:
    olena = admitted(either_town)
    either_town.sorts()
    with either_town.database.write() as session:
        assert take(session, "dead", MAIL, either_town.clock.now, 50)
    olena.is_assigned(SYD, SYD_AREA)
    either_town.clock.passes(minutes=16)
    either_town.delivers()
    olena.is_assigned(VIBY, VIBY_AREA)
    for _ in range(3):
        either_town.delivers()
    assert "Danskforløbet er begyndt" not in told(either_town, VIBY, olena)


def comes(town: Municipality, email: str, role: str, *areas: str) -> None:
    """Put in, or back, by an administrator."""
    with town.database.write() as session:
        users.put_staff(session, email, "Ny", role, areas, by="admin@example.org", at=town.clock.now)


def removes(town: Municipality, email: str) -> None:
    with town.database.write() as session:
        remove_staff(session, email)


def test_the_same_reason_is_given_by_each_way_when_what_waited_was_passed_on(either_town: Municipality) -> None:
    chooses(either_town, VIBY, Topic.MOVES, Pace.DIGEST)
    has_a_phone(either_town, SYD)
    chooses(either_town, SYD, Topic.MOVES, Pace.AT_ONCE, MAIL, "sms")
    cases = [admitted(either_town) for _ in range(2)]
    for olena in cases:
        olena.is_assigned(SYD, SYD_AREA)
    either_town.clock.passes(days=3)
    sms = Postbox("sms")
    for _ in range(4):
        deliver(either_town.database, by_both(either_town, sms))
        either_town.clock.passes(hours=1)
    mail, text = either_town.postbox.to(SYD)[-1], sms.envelopes[-1]
    assert mail.text == text.text
    assert "fra en kollega, som ikke har det mere" in mail.text
