"""While somebody is away, whoever stands in for them gets what is for them, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.refusal import Refused
from engine.topic import Topic
from models.message import Pace
from models.preference import Preference
from models.types import table
from onboarding import audit, users
from onboarding.absences import absences, be_away, be_back, could_stand_in, standing_in, uncovered
from onboarding.delivered import Delivered
from onboarding.preferences import choose_times, choose_topic
from onboarding.staffing import add_staff, remove_staff
from tests.municipality import OFFICER, SYD, VIBY, VIBY_AREA, VIBY_MANAGER, Inbox, Municipality
from tests.onboarding.absent import DEPUTY, OTHER, THIRD, away
from tests.support import MONDAY, TellingPostbox

EVERYWHERE = "alle@example.org"


def test_the_stand_in_gets_what_is_for_somebody_who_is_away(office: Municipality) -> None:
    away(office, VIBY, OTHER)
    office.enrols()
    office.delivers()
    (message,) = office.postbox.to(OTHER)
    assert "Den er til en kollega, som du er stedfortræder for." in message.text
    assert office.postbox.to(VIBY) == []


@pytest.mark.parametrize("pace", [Pace.AT_ONCE, Pace.DIGEST])
def test_the_stand_in_is_not_woken_when_whoever_is_away_chose_the_night(office: Municipality, pace: Pace) -> None:
    """By the hours of the one who is away it may go at any time, and their digest comes at half past two."""
    with office.database.write() as session:
        choose_times(session, VIBY, hours="always", digest_days="1234567", digest_at="02:30")
        choose_topic(session, VIBY, Topic.MOVES, pace)
        choose_times(session, OTHER, hours="08:00-16:00", digest_days=None, digest_at=None)
    away(office, VIBY, OTHER)
    office.clock.passes(hours=14)  # Tuesday at midnight
    office.enrols(on=MONDAY)
    office.enrols(on=MONDAY)
    for _ in range(7):
        assert office.delivers().sent == 0
        office.clock.passes(hours=1)
    office.clock.passes(hours=1)
    office.delivers()
    assert {mail.sent_at for mail in office.postbox.to(OTHER)} == {office.clock.now}
    assert office.messages(state="queued") == []


def test_they_get_their_own_again_when_they_are_back(office: Municipality) -> None:
    away(office, VIBY, OTHER, days=1)
    office.clock.passes(days=1)
    office.enrols()
    office.delivers()
    assert len(office.postbox.to(VIBY)) == 1
    assert office.postbox.to(OTHER) == []


def test_the_next_one_gets_it_when_the_stand_in_is_away_too(office: Municipality) -> None:
    away(office, OTHER, THIRD, MONDAY + timedelta(days=1), days=2)
    away(office, VIBY, OTHER, days=1)
    with office.database.write() as session, pytest.raises(Refused, match="selv væk"):
        be_away(session, VIBY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=3), OTHER, office.signed())


def test_it_goes_to_whom_it_is_for_when_everybody_is_away(office: Municipality) -> None:
    away(office, VIBY, OTHER, days=1)
    from onboarding.absences import ABSENCE

    ida = next(row["id"] for row in office.rows(_staff()) if row["email"] == OTHER)
    with office.database.write() as session:
        row = {"staff_id": ida, "from_on": MONDAY, "until_on": MONDAY, "stand_in_id": 1}
        session.connection().execute(ABSENCE.insert().values(row))
    office.enrols()
    office.delivers()
    assert len(office.postbox.to(VIBY)) == 1


def test_nobody_is_told_twice_when_the_stand_in_hears_of_it_anyway(office: Municipality) -> None:
    away(office, VIBY_MANAGER, DEPUTY, days=7)
    office.enrols().moves("reject")
    office.delivers()
    office.clock.passes(days=1)
    delivered = office.delivers()
    assert (delivered.sent, delivered.skipped) == (1, 1)
    assert len(office.postbox.to(DEPUTY)) == 1
    assert [row["reason"] for row in office.messages(state="skipped")] == ["nothing_new"]


def test_nobody_is_told_twice_when_it_is_known_that_the_stand_in_received_it(office: Municipality) -> None:
    postbox = TellingPostbox()
    with office.database.write() as session:
        choose_times(session, VIBY_MANAGER, hours=None, digest_days="2", digest_at="12:00")
        choose_times(session, DEPUTY, hours=None, digest_days="2", digest_at="11:00")
    away(office, VIBY_MANAGER, DEPUTY, days=7)
    office.enrols().moves("reject")
    office.clock.passes(days=1, hours=1, minutes=30)
    office.delivers(postbox)
    office.clock.passes(minutes=20)
    assert office.delivers(postbox).received == 3  # Karen's catch-up is one of them
    office.clock.passes(hours=1)
    assert office.delivers(postbox).skipped == 1
    assert len(postbox.to(DEPUTY)) == 1


def test_a_digest_leaves_out_what_the_stand_in_was_told(office: Municipality) -> None:
    deputy = Inbox(office.postbox, DEPUTY)
    away(office, VIBY_MANAGER, DEPUTY, days=7)
    for _ in range(2):
        office.enrols().moves("reject")
    office.clock.passes(days=1)
    assert office.delivers().skipped == 3  # the digest, and both that it would have told of
    assert deliver_subjects(deputy) == ["2 afsluttede"]


def deliver_subjects(inbox: Inbox) -> list[str]:
    return inbox.reads_subjects()


@pytest.mark.parametrize(
    ("email", "stand_in", "why"),
    [
        (VIBY, SYD, "kan ikke se de forløb"),
        (VIBY, VIBY_MANAGER, "kan ikke se de forløb"),
        (VIBY, VIBY, "sig selv"),
        (OFFICER, VIBY, "Kun koordinatorer og ledere"),
        (VIBY, "nobody@example.org", "ingen aktiv medarbejder"),
    ],
)
def test_it_is_refused_when_the_stand_in_could_not_see_the_cases(
    office: Municipality, email: str, stand_in: str, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        away(office, email, stand_in)


@pytest.mark.parametrize(("first", "days", "why"), [(-9, 3, "allerede slut"), (3, 0, "før det begynder")])
def test_days_are_refused_when_they_cannot_be_meant(office: Municipality, first: int, days: int, why: str) -> None:
    with pytest.raises(Refused, match=why):
        away(office, VIBY, OTHER, MONDAY + timedelta(days=first), days)


def test_an_absence_is_seen_and_taken_away_when_its_owner_asks(office: Municipality) -> None:
    away(office, VIBY, OTHER)
    with office.database.write() as session:
        (seen,) = absences(session, VIBY, MONDAY)
        assert (seen["stand_in"], seen["until_on"]) == (OTHER, MONDAY + timedelta(days=4))
        with pytest.raises(Refused, match="Det fravær findes ikke"):
            be_back(session, SYD, seen["absence"], office.signed(SYD))
        be_back(session, VIBY, seen["absence"], office.signed())
        assert absences(session, VIBY, MONDAY) == []
    office.enrols()
    assert office.delivers() == Delivered(sent=1)
    assert len(office.postbox.to(VIBY)) == 1


def test_everybody_who_is_offered_can_stand_in_when_somebody_is_away(office: Municipality) -> None:
    with office.database.write() as session:
        add_staff(session, EVERYWHERE, "Åse Alle", "coordinator")
        for email, offered in (
            (VIBY, [EVERYWHERE, OTHER, THIRD]),
            (SYD, [EVERYWHERE]),
            (EVERYWHERE, []),
            (VIBY_MANAGER, [DEPUTY]),
            (OFFICER, []),
        ):
            found = [one["staff"] for one in could_stand_in(session, email)]
            assert sorted(found) == sorted(offered), email
            for day, stand_in in enumerate(found):
                on = MONDAY + timedelta(days=day)
                be_away(session, email, on, on, stand_in, office.signed())


def test_nobody_is_offered_any_more_when_they_were_taken_out(office: Municipality) -> None:
    with office.database.write() as session:
        remove_staff(session, OTHER)
        assert [one["name"] for one in could_stand_in(session, VIBY)] == ["ole.viby"]


def test_it_is_kept_who_said_so_when_somebody_is_away_or_back(office: Municipality) -> None:
    away(office, VIBY, OTHER)
    with office.database.write() as session:
        (seen,) = absences(session, VIBY, MONDAY)
        be_back(session, VIBY, seen["absence"], office.signed("cli:drift"))
        rows, _ = audit.search(session, audit.Wanted("absence"), limit=9)
    said = f"{MONDAY} {MONDAY + timedelta(days=4)} {OTHER}"
    assert [(row.by, row.action, row.subject, row.purpose) for row in rows] == [
        ("cli:drift", "absence_removed", VIBY, said),
        (VIBY, "absence_put", VIBY, said),
    ]


def _staff():  # type: ignore[no-untyped-def]
    from onboarding.addressing import STAFF

    return STAFF


def test_nothing_is_lost_when_the_stand_in_has_left(office: Municipality) -> None:
    away(office, VIBY, OTHER)
    office.enrols()
    with office.database.write() as session:
        remove_staff(session, OTHER)
    office.delivers()
    assert len(office.postbox.to(VIBY)) == 1


def test_nothing_that_was_chosen_is_there_when_somebody_is_added_again(office: Municipality) -> None:
    away(office, OTHER, THIRD)
    with office.database.write() as session:
        choose_times(session, OTHER, hours="always", digest_days=None, digest_at=None)
        remove_staff(session, OTHER)
        add_staff(session, OTHER, "En anden", "coordinator", [VIBY_AREA])
    with office.database.read() as session:
        assert absences(session, OTHER, MONDAY) == []
    assert office.rows(table(Preference), "staff_id") == []


def test_somebody_who_was_taken_out_stands_in_for_nobody_when_they_are_added_again(office: Municipality) -> None:
    away(office, VIBY, OTHER)
    with office.database.write() as session:
        users.take_out(session, OTHER, by="cli:test", at=office.clock.now)
        users.put_staff(session, OTHER, "En anden", "coordinator", [VIBY_AREA], by="cli:test", at=office.clock.now)
    office.enrols()
    office.delivers()
    assert (len(office.postbox.to(VIBY)), office.postbox.to(OTHER)) == (1, [])
    with office.database.read() as session:
        [seen], [alone] = absences(session, VIBY, MONDAY), uncovered(session, MONDAY)
        assert (seen["can"], alone["staff"]) == (False, VIBY)  # whoever is away goes on seeing it
        assert standing_in(session, OTHER, MONDAY) == []


def test_somebody_who_was_added_again_stands_in_when_they_are_chosen_anew(office: Municipality) -> None:
    away(office, VIBY, OTHER)
    with office.database.write() as session:
        remove_staff(session, OTHER)
        add_staff(session, OTHER, "En anden", "coordinator", [VIBY_AREA])
        (seen,) = absences(session, VIBY, MONDAY)
        be_back(session, VIBY, seen["absence"], office.signed())
    away(office, VIBY, OTHER)
    office.enrols()
    office.delivers()
    assert (office.postbox.to(VIBY), len(office.postbox.to(OTHER))) == ([], 1)


def test_nobody_is_told_twice_when_they_stand_in_for_two(office: Municipality) -> None:
    """And have no message of their own of it, since they chose to be told of no endings."""
    chief = "chef@example.org"
    with office.database.write() as session:
        add_staff(session, chief, "Chef", "manager", [VIBY_AREA])
        choose_topic(session, chief, Topic.ENDINGS, Pace.NEVER)
    for email in (VIBY_MANAGER, DEPUTY):
        away(office, email, chief, days=7)
    office.enrols().moves("reject")
    for _ in range(3):
        office.delivers()
        office.clock.passes(days=1)
    about = [mail.subject for mail in office.postbox.to(chief)]
    assert about == ["IM-0001: Ikke optaget"]
    of_each = (_only_ending_for(office, email) for email in (VIBY_MANAGER, DEPUTY))
    assert list(of_each) == [("sent", None), ("skipped", "nothing_new")]  # the first one's


def _only_ending_for(town: Municipality, email: str) -> tuple[str, str | None]:
    whose = next(row["id"] for row in town.rows(_staff()) if row["email"] == email)
    (row,) = town.messages(recipient_id=whose, topic="endings")
    return row["state"], row["reason"]


def test_the_second_is_told_when_the_first_had_it_before_they_were_away(office: Municipality) -> None:
    chief = "chef@example.org"
    with office.database.write() as session:
        add_staff(session, chief, "Chef", "manager", [VIBY_AREA])
        choose_topic(session, chief, Topic.ENDINGS, Pace.NEVER)
        choose_topic(session, VIBY_MANAGER, Topic.ENDINGS, Pace.AT_ONCE)
    away(office, DEPUTY, chief, days=7)
    away(office, VIBY_MANAGER, chief, MONDAY + timedelta(days=1), days=6)
    office.enrols().moves("reject")
    office.delivers()
    assert len(office.postbox.to(VIBY_MANAGER)) == 1
    for _ in range(3):
        office.clock.passes(days=1)
        office.delivers()
    assert len(office.postbox.to(chief)) == 1
