from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from notifications.render import SHARED_TEMPLATES, Renderer
from onboarding.deliver import deliver
from onboarding.delivered import Delivered
from onboarding.one_message import send
from onboarding.outbox import resend
from onboarding.staffing import add_area, add_staff
from onboarding.telling import tell
from onboarding.trial import TrialMode
from reports.messages import by_state, dead_letters
from tests.municipality import (
    ATTEMPT,
    MESSAGE,
    OFFICER,
    PUBLIC_URL,
    RENDERER,
    SYD,
    SYD_AREA,
    VIBY,
    VIBY_MANAGER,
    Inbox,
    Municipality,
)
from tests.support import BreakingPostbox, RefusingPostbox, every_message_id_once


def test_every_message_is_sent_once_to_whom_it_is_for_when_delivered(either_town: Municipality) -> None:
    olena = either_town.enrols()
    olena.moves("reject")
    assert either_town.delivers() == Delivered(sent=3)
    either_town.clock.passes(days=1)  # the manager's come in the morning
    assert either_town.delivers() == Delivered(sent=1, left=0)
    recipients = [envelope.recipient for envelope in either_town.postbox.envelopes]
    assert recipients == [VIBY, VIBY, OFFICER, VIBY_MANAGER]
    assert every_message_id_once(either_town.postbox.envelopes)
    assert {row["state"] for row in either_town.messages()} == {"sent"}
    assert either_town.delivers() == Delivered()


def test_the_message_says_reference_stage_day_and_link_and_no_name_when_read(town: Municipality) -> None:
    olena = town.enrols("Olena Kovalenko")
    town.delivers()
    (message,) = Inbox(town.postbox, VIBY).reads_messages()
    for part in (message.text, message.html):
        assert olena.reference in part
        assert "Visitation" in part
        assert f"{PUBLIC_URL}/sag/IM-0001" in part
    everything = message.subject + message.text + message.html
    assert "Olena" not in everything
    assert "Kovalenko" not in everything
    assert olena.applicant.cpr not in everything
    assert "koordinator for forløbet" in message.text
    assert message.message_id.endswith("@sosu.example.org>")


def test_a_message_comes_with_the_same_identifier_when_it_is_tried_again(town: Municipality) -> None:
    town.enrols()
    closed = RefusingPostbox()
    assert town.delivers(closed) == Delivered(failed=1, left=1)
    town.clock.passes(minutes=1)
    assert town.delivers() == Delivered(sent=1)
    assert [e.message_id for e in closed.tried] == [e.message_id for e in town.postbox.envelopes]
    attempts = [(row["number"], row["ok"], row["detail"]) for row in town.rows(ATTEMPT)]
    assert attempts == [(1, False, "Postkassen er lukket."), (2, True, "Lagt i postkassen.")]


def test_the_others_get_theirs_when_one_recipient_is_refused_for_good(either_town: Municipality) -> None:
    olena = either_town.enrols()
    olena.moves("reject")
    postbox = RefusingPostbox(whom=OFFICER, permanent=True)
    assert either_town.delivers(postbox) == Delivered(sent=2, dead=1)
    with either_town.database.read() as session:
        (letter,) = dead_letters(session)
        assert [(s["state"], s["reason"], s["count"]) for s in by_state(session)] == [
            ("dead", "refused_for_good", 1),
            ("queued", None, 1),
            ("sent", None, 2),
        ]
    assert (letter["recipient"], letter["reason"], letter["attempts"]) == (OFFICER, "refused_for_good", 1)
    assert (letter["enrolment"], letter["detail"]) == (olena.reference, "Postkassen er lukket.")


def test_a_message_is_given_up_and_can_be_sent_again_when_it_failed_ten_times(either_town: Municipality) -> None:
    either_town.enrols()
    closed = RefusingPostbox()
    results = []
    for _ in range(10):
        results.append(either_town.delivers(closed))
        either_town.clock.passes(hours=13)
    assert [(r.failed, r.dead, r.left) for r in results] == [(1, 0, 1)] * 9 + [(0, 1, 0)]
    assert either_town.delivers(closed) == Delivered()
    with either_town.database.write() as session:
        resend(session, [], either_town.clock.now)
    assert either_town.delivers() == Delivered(sent=1)


def test_a_message_waits_when_a_channel_breaks_and_nothing_of_the_error_is_kept(town: Municipality) -> None:
    town.enrols()
    assert town.delivers(BreakingPostbox()) == Delivered(failed=1, left=1)
    (attempt,) = town.rows(ATTEMPT)
    assert "RuntimeError" in attempt["detail"]
    assert VIBY not in attempt["detail"]


def test_a_message_is_not_sent_when_it_would_hold_the_name(town: Municipality, tmp_path: Path) -> None:
    for part, words in (("subject.txt", "Nyt"), ("body.txt", "Om Olena Kovalenko"), ("body.html", "<p>Nyt</p>")):
        (tmp_path / "enrolled").mkdir(exist_ok=True)
        (tmp_path / "enrolled" / part).write_text(words, encoding="utf-8")
    town.enrols("Olena Kovalenko")
    post = town.post(renderer=Renderer(tracks={"immigrant_track": tmp_path}))
    assert deliver(town.database, post) == Delivered(dead=1)
    assert town.postbox.envelopes == []
    assert [row["reason"] for row in town.messages()] == ["holds_name"]
    assert town.rows(ATTEMPT) == []


def test_a_message_is_not_sent_when_it_would_hold_a_cpr_number(town: Municipality, tmp_path: Path) -> None:
    for part in ("subject.txt", "body.txt", "body.html"):
        (tmp_path / "enrolled").mkdir(exist_ok=True)
        (tmp_path / "enrolled" / part).write_text("Nr. 010190-1234", encoding="utf-8")
    town.enrols()
    post = town.post(renderer=Renderer(tracks={"immigrant_track": tmp_path}))
    assert deliver(town.database, post) == Delivered(dead=1)
    assert [row["reason"] for row in town.messages()] == ["holds_cpr"]


@pytest.mark.parametrize("name", ["Anders Højbjerg", "Karen Viby", "August Holm", "Maja Syd"])
def test_the_coordinator_is_told_when_a_name_is_also_a_word_of_ours(town: Municipality, name: str) -> None:
    candidate = town.enrols(name)
    candidate.records("interest_confirmed")
    candidate.moves("admit")
    assert town.delivers() == Delivered(sent=3)  # the manager has it in the next digest


def test_the_coordinator_is_told_when_the_area_has_the_candidates_surname(town: Municipality) -> None:
    with town.database.write() as session:
        add_area(session, "Kovalenko")
        add_staff(session, VIBY, "Karen Viby", "coordinator", ["Kovalenko"])
    town.enrols("Olena Kovalenko", area="Kovalenko")
    assert town.delivers() == Delivered(sent=1)


@pytest.mark.parametrize("words", ["{{ candidate_name }}", "{% if %}", "{{ on.nothing.more }}", "{{ on + 1 }}"])
def test_a_message_is_given_up_with_the_reason_when_its_template_is_wrong(
    town: Municipality, tmp_path: Path, words: str
) -> None:
    (tmp_path / "enrolled").mkdir()
    for part in ("subject.txt", "body.txt", "body.html"):
        (tmp_path / "enrolled" / part).write_text(words, encoding="utf-8")
    town.enrols()
    other = town.enrols(pathway="ped_assistant_track")
    post = town.post(renderer=Renderer(tracks={"immigrant_track": tmp_path}))
    assert deliver(town.database, post) == Delivered(sent=1, dead=1)
    assert other.reference in town.postbox.envelopes[0].text
    (reason,) = [row["reason"] for row in town.messages(state="dead")]
    assert reason.startswith("template_error: ")


def test_a_message_is_skipped_with_the_reason_when_nobody_is_to_get_it(town: Municipality) -> None:
    olena = town.enrols(by=VIBY)  # no jobcenter officer enrolled her
    town.changes(MESSAGE, {"id": 1}, {"recipient_id": None})
    assert town.delivers() == Delivered(skipped=1)
    (message,) = olena.shown()["messages"]
    assert (message["state"], message["reason"], message["attempts"]) == ("skipped", "nobody_in_audience", 0)


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE message SET on_day = 'soon' WHERE id = 2",
        "UPDATE message SET created_at = 'soon' WHERE id = 2",
        "UPDATE message SET audience = 'mayor' WHERE id = 2",
        "UPDATE message SET enrolment_id = NULL, seq = NULL WHERE id = 2",
        "UPDATE staff SET email = 'nowhere' WHERE id = 1",
    ],
)
def test_the_other_messages_are_sent_when_one_cannot_be_told(town: Municipality, fault: str) -> None:
    for _ in range(4):
        town.enrols()
    if "staff" in fault:
        town.enrols(area=SYD_AREA, coordinator=SYD)
    with town.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        connection.execute(text(fault))
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")
        connection.exec_driver_sql("COMMIT")
    delivered = town.delivers()
    if "staff" in fault:  # the postbox asks no questions of an address: that is the channel's to refuse
        assert delivered == Delivered(sent=5)
        return
    assert delivered == Delivered(sent=3, dead=1)
    with town.database.read() as session:
        rows = session.connection().exec_driver_sql("SELECT id, state, reason FROM message ORDER BY id").all()
    assert [row.state for row in rows] == ["sent", "dead", "sent", "sent"]
    assert rows[1].reason.startswith("cannot_be_told: ")


def test_a_message_is_told_as_a_move_when_its_step_has_no_template_any_more(town: Municipality, tmp_path: Path) -> None:
    olena = town.enrols()
    olena.moves("reject")
    post = town.post(renderer=Renderer(SHARED_TEMPLATES, tracks={"immigrant_track": tmp_path}))
    assert deliver(town.database, post) == Delivered(sent=3)


def test_the_reminder_says_how_late_it_is_when_read(town: Municipality) -> None:
    olena = town.enrols()
    inbox = Inbox(town.postbox, VIBY)
    town.delivers()
    town.clock.passes(weeks=3)
    town.sweeps()
    town.delivers()
    message = inbox.reads_messages()[-1]
    assert olena.told("escalation")
    assert "7 dage" in message.text
    assert "Interesse for SOSU-området bekræftet" in message.text
    assert "Samtykke givet" not in message.text  # that one is there already


def test_what_is_told_is_told_of_the_version_that_the_enrolment_is_pinned_to(town: Municipality) -> None:
    olena = town.enrols()
    with town.database.read() as session:
        (told,) = tell(session, [1], PUBLIC_URL + "/", town.clock.today, RENDERER)
    assert told.news.context.link == f"{PUBLIC_URL}/sag/{olena.reference}"
    assert told.news.names == ("Olena Kovalenko",)
    assert "Kovalenko" not in repr(told)
    assert VIBY not in repr(told)
    outcome = send(told, replace(town.post(), random=Random(2)), TrialMode())
    assert outcome.answer is not None
    assert outcome.answer.ok


def test_the_identifier_is_plain_when_our_address_has_danish_letters(town: Municipality) -> None:
    town.enrols()
    deliver(town.database, replace(town.post(), public_url="https://sosu.ålborg.example:8000/"))
    assert town.postbox.envelopes[0].message_id.endswith("@sosu.xn--lborg-lra.example>")
