"""What becomes of messages after three days of one and the same answer, and whether operations are told of it.

Each answer is what a mail server's own words, or its silence, are taken for.
"""

from __future__ import annotations

import smtplib
from dataclasses import dataclass, field

import pytest

from models.message import State
from notifications.channels.envelope import Answer, Envelope
from notifications.channels.patient_smtp import Unanswered
from notifications.channels.smtp_answer import answer_to
from onboarding.outages import OUTAGE
from onboarding.staffing import add_staff
from tests.municipality import VIBY_AREA, Municipality
from tests.support import Postbox

ONE, TWO, MANY = 1, 2, 8

FOR_NOW = smtplib.SMTPRecipientsRefused({"": (450, b"4.2.0 Try later")})
FOR_NOW_AFTER_DATA = smtplib.SMTPDataError(451, b"4.3.0 Try later")
POLICY = smtplib.SMTPRecipientsRefused({"": (550, b"5.7.1 Not from you")})
UNKNOWN = smtplib.SMTPRecipientsRefused({"": (550, b"5.1.1 No such mailbox")})
SENDER = smtplib.SMTPSenderRefused(550, b"5.1.8 Unknown sender", "")
CLOSING = smtplib.SMTPRecipientsRefused({"": (421, b"4.3.2 Closing")})
DROPPED, SILENT = Unanswered(late=False), Unanswered(late=True)
TIMES_OUT, REFUSES = TimeoutError(), ConnectionRefusedError()

ANSWERS = {
    "4xx": FOR_NOW,
    "4xx after DATA": FOR_NOW_AFTER_DATA,
    "5xx for policy": POLICY,
    "5xx for the recipient": UNKNOWN,
    "5xx for the sender": SENDER,
    "421": CLOSING,
    "dropped after DATA": DROPPED,
    "silent after DATA": SILENT,
    "timeout": TIMES_OUT,
    "nobody listens": REFUSES,
}
#: Said of one person, these are about that person; said of two, they are about us.
_OF_ONE = {
    "4xx": "too_many_attempts",
    "4xx after DATA": "too_many_attempts",
    "5xx for policy": "too_many_attempts",
    "5xx for the recipient": "refused_for_good",
}


@dataclass(slots=True)
class Answering(Postbox):
    """Gives the same answer to all, or to `whom` alone; everything else it takes."""

    answer: Answer = field(default_factory=lambda: Answer(True, "Modtaget."))
    whom: str | None = None
    copies: dict[str, int] = field(default_factory=dict)

    def send(self, envelope: Envelope) -> Answer:
        if self.whom in (None, envelope.recipient):
            self.copies[envelope.message_id] = self.copies.get(envelope.message_id, 0) + 1
            return self.answer
        return Postbox.send(self, envelope)


def _crowd(town: Municipality, people: int) -> list[str]:
    emails = [f"nr{number}@example.org" for number in range(people)]
    with town.database.write() as session:
        for email in emails:
            add_staff(session, email, "En kollega", "coordinator", [VIBY_AREA])
    for email in emails:
        town.enrols(coordinator=email)
    return emails


def _three_days(town: Municipality, postbox: Postbox) -> None:
    for _ in range(3 * 12):
        town.delivers(postbox)
        town.clock.passes(hours=2)


@pytest.mark.parametrize(
    ("said", "people"),
    [(said, people) for said in ANSWERS for people in (ONE, MANY)]
    + [("4xx", TWO), ("5xx for the recipient", TWO), ("silent after DATA", TWO)],
)
def test_messages_wait_and_operations_hear_of_it_when_nobody_gets_through(
    town: Municipality, said: str, people: int
) -> None:
    _crowd(town, people)
    postbox = Answering(answer=answer_to(ANSWERS[said]))
    _three_days(town, postbox)
    dead = _OF_ONE.get(said) if people == ONE else None
    expected = (State.DEAD, dead) if dead else (State.QUEUED, None)
    found = {(row["state"], row["reason"] if row["state"] == State.DEAD else None) for row in town.messages()}
    assert found == {expected}
    lasting = [row["channel"] for row in town.rows(OUTAGE) if row["ended_at"] is None]
    assert lasting == ([] if dead else ["mail"])
    if said in ("dropped after DATA", "silent after DATA"):
        assert max(postbox.copies.values()) <= 2 + 2 * 3, "one, one more within the hour, and then two a day"
    if not dead:
        town.clock.passes(days=1)  # the longest wait
        town.delivers()
        town.delivers()
        assert {row["state"] for row in town.messages()} <= {State.SENT, State.GATHERED}


@pytest.mark.parametrize(
    ("said", "reason", "tries"),
    [
        ("4xx", "too_many_attempts", 10),
        ("5xx for policy", "too_many_attempts", 10),
        ("5xx for the recipient", "refused_for_good", 1),
        ("dropped after DATA", "may_be_received", 2),
        ("silent after DATA", "may_be_received", 2),
    ],
)
def test_a_message_is_given_up_and_there_is_no_outage_when_it_fails_alone(
    town: Municipality, said: str, reason: str, tries: int
) -> None:
    """Others go through all the time."""
    whom, *others = _crowd(town, MANY)
    postbox = Answering(answer=answer_to(ANSWERS[said]), whom=whom)
    for hour in range(3 * 12):
        if hour % 2 == 0:
            town.enrols(coordinator=others[hour % len(others)])
        town.delivers(postbox)
        town.clock.passes(hours=2)
    [dead] = town.messages(state=State.DEAD)
    assert (dead["reason"], postbox.copies) == (reason, dict.fromkeys(postbox.copies, tries))
    assert len(postbox.copies) == 1
    assert town.rows(OUTAGE) == []
    assert {row["state"] for row in town.messages() if row["id"] != dead["id"]} <= {State.SENT, State.GATHERED}


def test_one_that_may_have_come_is_given_up_once_others_go_through_again(town: Municipality) -> None:
    """During an outage nothing counts against it; afterwards it is known that only this one is not answered."""
    whom, other = _crowd(town, TWO)
    _three_days(town, Answering(answer=answer_to(DROPPED)))
    assert {row["state"] for row in town.messages()} == {State.QUEUED}
    back = Answering(answer=answer_to(DROPPED), whom=whom)
    for _ in range(2 * 12):
        town.enrols(coordinator=other)
        town.delivers(back)
        town.clock.passes(hours=2)
    assert [row["reason"] for row in town.messages(state=State.DEAD)] == ["may_be_received"]
    assert [row["ended_at"] is None for row in town.rows(OUTAGE)] == [False]
    assert list(back.copies.values()) == [2], "the first of them before anything else had gone through"
