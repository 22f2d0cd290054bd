"""Many messages to one person become one: at the time of their digest, after a stop, and in a storm."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from models.message import Pace
from onboarding.deliver import deliver
from onboarding.delivered import Delivered
from onboarding.preferences import choose_times
from onboarding.store import ENROLMENT
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_MANAGER, Inbox, Municipality
from tests.support import MONDAY, RefusingPostbox, TellingPostbox

MONDAYS_DIGEST = 1


@pytest.fixture
def mette(either_town: Municipality) -> Inbox:
    """A manager, who has what ends and what moves in a digest."""
    return Inbox(either_town.postbox, VIBY_MANAGER)


def ends(town: Municipality, count: int) -> list[str]:
    """So many are enrolled and not admitted; gives their references."""
    candidates = [town.enrols() for _ in range(count)]
    for candidate in candidates:
        candidate.moves("reject")
    return [candidate.reference for candidate in candidates]


def test_a_manager_gets_one_message_the_next_morning_when_several_end(either_town: Municipality, mette: Inbox) -> None:
    references = ends(either_town, 3)
    either_town.delivers()
    assert mette.reads_messages() == []
    either_town.clock.passes(hours=22)
    delivered = either_town.delivers()
    assert (delivered.gathered, delivered.left) == (3, 0)
    (digest,) = mette.reads_messages()
    assert digest.subject == "3 afsluttede"
    assert "Ikke optaget (3)" in digest.text
    for reference in references:
        assert f"{reference}: " in digest.text
        assert f"/sag/{reference}" in digest.html
    assert "Olena" not in digest.text + digest.html


def test_nothing_is_sent_when_nothing_happened(either_town: Municipality, mette: Inbox) -> None:
    for _ in range(10):
        either_town.clock.passes(days=1)
        assert either_town.delivers() == Delivered()
    assert mette.reads_messages() == []


def test_the_message_itself_is_sent_when_it_is_alone(either_town: Municipality, mette: Inbox) -> None:
    (reference,) = ends(either_town, 1)
    either_town.clock.passes(days=1)
    either_town.delivers()
    assert mette.reads_subjects() == [f"{reference}: Ikke optaget"]


def test_no_event_is_in_two_digests_and_none_between_two_when_days_pass(
    either_town: Municipality, mette: Inbox
) -> None:
    expected: list[str] = []
    for day in range(12):
        expected += ends(either_town, day % 3 + 1)
        either_town.delivers()
        either_town.clock.passes(days=1)
    either_town.clock.passes(days=3)
    either_town.delivers()
    told = [word for mail in mette.reads_messages() for word in mail.text.split() if word.startswith("IM-")]
    assert sorted(word.removesuffix(":") for word in told if word.endswith(":")) == sorted(expected)


def test_one_message_tells_it_all_when_nothing_was_sent_for_days(either_town: Municipality) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    for _ in range(4):
        either_town.enrols()
        either_town.clock.passes(days=1)
    late = either_town.enrols()
    either_town.delivers()
    (caught_up,) = karen.reads_messages()
    assert caught_up.subject == "Siden sidst: 5 flyttede eller ændrede"
    assert late.reference in caught_up.text
    assert "Udsendelsen har stået stille" in caught_up.text


def test_missed_reminders_are_one_message_when_no_sweep_ran_for_days(either_town: Municipality) -> None:
    """Each candidate's deadline passed on another day; nobody gets one message for each."""
    karen = Inbox(either_town.postbox, VIBY)
    for _ in range(6):
        either_town.enrols()
        either_town.clock.passes(days=1)
        either_town.delivers()
    karen.reads_messages()
    either_town.clock.moves_to(MONDAY + timedelta(days=40))
    either_town.sweeps()
    either_town.delivers()
    (caught_up,) = karen.reads_messages()
    assert caught_up.subject == "Siden sidst: 6 haster"
    assert "IM-0001: Eskalering: 26 dage over tid" in caught_up.text
    assert caught_up.text.index("IM-0001") < caught_up.text.index("IM-0006")  # the latest first


def waits_to_be_moved(town: Municipality, count: int) -> list[str]:
    """So many have all that a step of its own asks for but the time; gives their references."""
    candidates = [town.enrols() for _ in range(count)]
    for candidate in candidates:
        candidate.records("interest_confirmed")
        candidate.moves("admit")
        candidate.records("danish_course_passed")
    return [candidate.reference for candidate in candidates]


def test_missed_moves_are_one_message_when_no_sweep_ran_for_days(either_town: Municipality) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    references = waits_to_be_moved(either_town, 12)
    either_town.delivers()
    karen.reads_messages()
    either_town.clock.passes(weeks=12, days=10)
    assert either_town.sweeps().moved == 12
    either_town.delivers()
    (caught_up,) = karen.reads_messages()
    assert "Udsendelsen har stået stille" in caught_up.text
    assert caught_up.subject == "Siden sidst: 12 flyttede eller ændrede"
    assert all(reference in caught_up.text for reference in references)


def test_missed_reminders_of_two_tracks_are_one_message_when_they_are_swept_one_after_the_other(
    either_town: Municipality,
) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    tracks = ("immigrant_track", "ped_assistant_track")
    for track in tracks:
        for _ in range(2):
            either_town.enrols(pathway=track)
    either_town.delivers()
    karen.reads_messages()
    either_town.clock.passes(weeks=5)
    for track in tracks:
        either_town.sweeps(pathway=track)
        either_town.delivers()
        either_town.clock.passes(minutes=1)
    assert karen.reads_subjects() == ["Siden sidst: 4 haster"]


def test_nobody_waits_for_long_when_a_track_is_not_swept_at_all(either_town: Municipality) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    for track in ("immigrant_track", "ped_assistant_track"):
        either_town.enrols(pathway=track)
        either_town.enrols(pathway=track)
    either_town.delivers()
    karen.reads_messages()
    either_town.clock.passes(weeks=5)
    either_town.sweeps(pathway="immigrant_track")
    for _ in range(12):
        either_town.delivers()
        either_town.clock.passes(minutes=1)
    assert karen.reads_subjects() == ["Siden sidst: 2 haster"]


@pytest.mark.parametrize("at", ["06:30", "07:30", "11:00"])
def test_a_catch_up_and_the_digest_of_that_day_are_one_message_when_a_sweep_was_late(
    either_town: Municipality, mette: Inbox, at: str
) -> None:
    """Escalations, which a manager has at once, and what ended, which is gathered; neither is told again that day."""
    with either_town.database.write() as session:
        choose_times(session, VIBY_MANAGER, hours="07:00-17:00", digest_days=None, digest_at=at)
    late = [either_town.enrols() for _ in range(3)]
    either_town.delivers()
    either_town.clock.moves_to(MONDAY + timedelta(days=35))
    references = ends(either_town, 2)
    either_town.clock.passes(hours=20)  # six in the morning of Tuesday, by Danish time
    either_town.sweeps()
    for _ in range(40):
        either_town.delivers()
        either_town.clock.passes(minutes=15)
    (caught_up,) = mette.reads_messages()
    assert caught_up.subject == "Siden sidst: 3 haster, 2 afsluttede"
    assert all(reference in caught_up.text for reference in [*references, *(one.reference for one in late)])


def test_a_reminder_is_sent_by_itself_when_it_is_the_only_late_one(either_town: Municipality) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    olena = either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(weeks=4)
    either_town.sweeps()
    either_town.delivers()
    assert karen.reads_subjects()[-1] == f"{olena.reference}: Eskalering: 14 dage over tid"


def test_what_was_received_counts_as_told_when_there_is_a_storm(either_town: Municipality) -> None:
    postbox = TellingPostbox()
    karen, post = Inbox(postbox, VIBY), replace(either_town.post(postbox), most_an_hour=3)
    for known, subjects in ((3, 3), (1, 1)):  # the three, and then the digest: each is received within the hour
        for _ in range(3):
            either_town.enrols()
        deliver(either_town.database, post)
        assert len(karen.reads_messages()) == subjects
        either_town.clock.passes(minutes=10)
        assert deliver(either_town.database, post).received == known
    for _ in range(3):
        either_town.enrols()
    assert deliver(either_town.database, post) == Delivered()  # they wait for the next digest
    assert karen.reads_messages() == []
    assert len(either_town.messages(state="queued", pace=Pace.DIGEST)) == 3
    either_town.clock.passes(hours=1)
    assert deliver(either_town.database, post) == Delivered(sent=1, gathered=3)


def test_only_what_somebody_was_told_is_read_when_it_is_counted(town: Municipality) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "count(*)" in statement and "message.finished_at >" in statement:
            asked.append((statement, parameters))

    event.listen(town.database.engine, "before_cursor_execute", note)
    for _ in range(2):
        town.enrols()
    town.delivers()
    event.remove(town.database.engine, "before_cursor_execute", note)
    [(statement, parameters)] = asked
    with town.database.read() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    assert ["ix_message_sent" in step[3] for step in plan if "message" in step[3]] == [True]


def test_a_storm_is_one_message_and_one_an_hour_when_there_are_too_many(either_town: Municipality) -> None:
    karen, lars = Inbox(either_town.postbox, VIBY), Inbox(either_town.postbox, SYD)
    post = replace(either_town.post(), most_an_hour=4)
    for _ in range(3):
        either_town.enrols()
    deliver(either_town.database, post)
    assert len(karen.reads_messages()) == 3
    either_town.enrols(area=SYD_AREA, coordinator=SYD)
    for _ in range(2):
        either_town.enrols()
    deliver(either_town.database, post)
    (storm,) = karen.reads_messages()
    assert storm.subject == "2 beskeder på én gang: 2 flyttede eller ændrede"
    assert len(lars.reads_messages()) == 1  # it is not his storm
    for minute in range(0, 59, 7):
        either_town.clock.passes(minutes=7)
        for _ in range(5):
            either_town.enrols()
        deliver(either_town.database, post)
        assert len(karen.reads_messages()) <= (0 if minute < 50 else 1)
    either_town.clock.passes(hours=1)
    deliver(either_town.database, post)
    later = karen.reads_messages()
    assert len(later) <= 1
    told = {row["id"] for row in either_town.messages(recipient_id=1) if row["state"] in ("sent", "gathered")}
    assert told == {row["id"] for row in either_town.messages(recipient_id=1)}


def test_every_digest_of_a_storm_says_that_it_is_one_when_nobody_chose_a_digest(either_town: Municipality) -> None:
    karen, post = Inbox(either_town.postbox, VIBY), replace(either_town.post(), most_an_hour=2)
    for _ in range(4):
        for _ in range(5):
            either_town.enrols()
        deliver(either_town.database, post)
        either_town.clock.passes(minutes=40)
    texts = [mail.text for mail in karen.reads_messages()]
    assert len(texts) > 1
    assert [text for text in texts if "usædvanligt mange beskeder" not in text or "har valgt" in text] == []


def test_no_stop_is_told_of_when_old_cases_were_enrolled_late(either_town: Municipality) -> None:
    karen = Inbox(either_town.postbox, VIBY)
    for _ in range(4):
        either_town.enrols(starts_on=MONDAY - timedelta(days=60))
    either_town.delivers()
    karen.reads_messages()
    either_town.sweeps()
    either_town.delivers()
    (gathered,) = karen.reads_messages()
    assert gathered.subject == "Nyt i systemet: 4 haster"
    assert "Forløb er oprettet eller rettet bagud i tid" in gathered.text
    assert "stået stille" not in gathered.text + gathered.html


def test_a_message_that_may_have_come_is_repeated_as_it_was_when_others_are_gathered(
    either_town: Municipality,
) -> None:
    """Its Message-ID shows that it is the same; in a digest nothing would."""
    for _ in range(3):
        either_town.enrols()
    either_town.delivers(RefusingPostbox())
    either_town.clock.passes(days=3)
    for _ in range(3):
        either_town.enrols()
    either_town.clock.passes(days=2)
    assert either_town.delivers().gathered == 3
    subjects = [envelope.subject for envelope in either_town.postbox.envelopes]
    assert sorted(subjects) == [*(f"IM-000{n}: Nyt forløb" for n in (1, 2, 3)), "Siden sidst: 3 flyttede eller ændrede"]


def test_an_ending_is_told_as_undone_when_it_was_taken_back_before_the_digest(
    either_town: Municipality, mette: Inbox
) -> None:
    undone, stands, _ = (either_town.enrols() for _ in range(3))
    for candidate in (undone, stands):
        candidate.moves("reject")
    undone.undoes()
    either_town.clock.passes(days=1)
    either_town.delivers()
    (digest,) = mette.reads_messages()
    assert digest.subject == "1 afsluttet, 2 flyttede eller ændrede"
    for part in (digest.text, digest.html):
        assert f"{undone.reference}: Ikke optaget (fortrudt igen)" in part
        assert f"{undone.reference}: Overgangen er fortrudt" in part
        assert f"{stands.reference}: Ikke optaget" in part
        assert f"{stands.reference}: Ikke optaget (fortrudt igen)" not in part


def test_a_managers_digest_says_who_is_late_and_for_how_long(either_town: Municipality, mette: Inbox) -> None:
    late, later = either_town.enrols("Olena Kovalenko"), either_town.enrols("Sofia Marin", starts_on=MONDAY)
    elsewhere = either_town.enrols(area=SYD_AREA, coordinator=SYD)
    either_town.delivers()
    either_town.clock.passes(weeks=3)
    either_town.sweeps()
    either_town.delivers()
    mette.reads_messages()
    references = ends(either_town, 2)
    either_town.clock.passes(days=1)
    either_town.delivers()
    (digest,) = mette.reads_messages()
    assert digest.subject == "2 afsluttede"
    for part in (digest.text, digest.html):
        assert "Over tid lige nu (2)" in part
        assert "8 dage over tid" in part
        assert "Visitation" in part
        assert all(f"/sag/{one}" in part for one in (late.reference, later.reference, *references))
        assert f"/sag/{elsewhere.reference}" not in part
        assert "Kovalenko" not in part


def test_a_digest_says_who_is_late_when_one_of_them_is_in_a_stage_that_there_is_not(
    either_town: Municipality, mette: Inbox
) -> None:
    lost, late = either_town.enrols(), either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(weeks=3)
    either_town.changes(ENROLMENT, {"reference": lost.reference}, {"stage": "nowhere"})
    ends(either_town, 2)
    either_town.clock.passes(days=1)
    either_town.delivers()
    digest = mette.reads_messages()[-1]
    assert "Over tid lige nu (2)" in digest.text
    assert all(f"/sag/{one.reference}" in digest.text for one in (lost, late))
    assert "ukendt trin" in digest.text


def test_a_managers_digest_says_what_moved_when_the_pathway_tells_others_of_it(
    either_town: Municipality, mette: Inbox
) -> None:
    candidates = [either_town.enrols() for _ in range(3)]
    for candidate in candidates:
        candidate.records("interest_confirmed")
        candidate.moves("admit")
    candidates[0].undoes()
    either_town.clock.passes(days=1)
    either_town.delivers()
    (digest,) = mette.reads_messages()
    assert digest.subject == "4 flyttede eller ændrede"
    for part in (digest.text, digest.html):
        assert "Danskforløbet er begyndt (2)" in part
        assert f"{candidates[0].reference}: Danskforløbet er begyndt (fortrudt igen)" in part


def test_nothing_is_sent_when_somebody_is_late_and_nothing_happened(either_town: Municipality, mette: Inbox) -> None:
    either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(weeks=3)
    either_town.sweeps()
    either_town.delivers()
    assert len(mette.reads_messages()) == 1  # the escalation
    for _ in range(10):
        either_town.clock.passes(days=1)
        either_town.sweeps()
        either_town.delivers()
    assert mette.reads_messages() == []


def test_who_is_late_is_named_once_when_the_same_message_reminds_of_them(
    either_town: Municipality, mette: Inbox
) -> None:
    told, known = either_town.enrols(), either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(weeks=3)
    known.snoozes(either_town.clock.today + timedelta(days=5))
    others = [either_town.enrols(starts_on=MONDAY) for _ in range(1)]
    either_town.sweeps()
    either_town.clock.passes(days=2)
    either_town.delivers()
    (caught_up,) = mette.reads_messages()
    reminded = [told.reference, *(one.reference for one in others)]
    assert "Også over tid (1)" in caught_up.text
    assert all(caught_up.text.count(f"/sag/{one}") == 1 for one in (*reminded, known.reference))


def test_what_is_over_is_taken_out_when_its_digest_was_not_sent(either_town: Municipality) -> None:
    first, second = either_town.enrols(), either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(weeks=4)
    either_town.sweeps()
    either_town.delivers(RefusingPostbox())
    assert [row["state"] for row in either_town.messages(kind="escalation", recipient_id=1)] == ["gathered"] * 2
    first.drops_out()
    either_town.clock.passes(minutes=1)
    either_town.delivers()
    (digest,) = [mail for mail in either_town.postbox.to(VIBY) if "Siden sidst" in mail.subject]
    assert first.reference not in digest.text
    assert second.reference in digest.text


def test_a_digest_is_not_sent_when_all_that_it_told_is_over(either_town: Municipality) -> None:
    candidates = [either_town.enrols() for _ in range(2)]
    either_town.delivers()
    either_town.clock.passes(weeks=4)
    either_town.sweeps()
    either_town.delivers(RefusingPostbox())
    for candidate in candidates:
        candidate.drops_out()
    either_town.clock.passes(minutes=1)
    either_town.delivers()
    assert not [mail for mail in either_town.postbox.envelopes if "Siden sidst" in mail.subject]
    assert {row["reason"] for row in either_town.messages(kind="digest", recipient_id=1)} == {"nothing_new"}


def test_what_waits_is_sorted_anew_when_its_recipient_was_sent_nothing_yet(either_town: Municipality) -> None:
    ends(either_town, 2)
    either_town.sorts()
    waiting = either_town.messages(pace=Pace.DIGEST)
    assert {row["recipient_id"] for row in waiting} == {3}
    assert len(waiting) == 2
