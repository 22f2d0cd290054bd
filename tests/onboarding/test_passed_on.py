"""What waits for an officer or a coordinator who has a case no more is told, once, to whoever has it by then."""

from __future__ import annotations

from onboarding.staffing import add_staff, remove_staff
from tests.municipality import OFFICER, SYD_AREA, VIBY_AREA, Candidate, Inbox, Municipality

PER = "per.jobcenter@example.org"


def adds(town: Municipality, email: str, role: str, *areas: str) -> None:
    with town.database.write() as session:
        add_staff(session, email, email.partition("@")[0], role, areas)


def removes(town: Municipality, email: str) -> None:
    with town.database.write() as session:
        remove_staff(session, email)


def told(town: Municipality, email: str, olena: Candidate) -> list[str]:
    """The subjects of what somebody has got about her."""
    subjects = Inbox(town.postbox, email).reads_subjects()
    return [subject.partition(": ")[2] for subject in subjects if olena.reference in subject]


def test_another_officer_is_told_what_the_one_who_was_taken_out_did_not_get(either_town: Municipality) -> None:
    adds(either_town, PER, "jobcenter_officer", VIBY_AREA)
    olena = either_town.enrols(by=OFFICER)
    olena.moves("reject")
    removes(either_town, OFFICER)
    for _ in range(3):
        either_town.delivers()
    assert told(either_town, OFFICER, olena) == []
    assert told(either_town, PER, olena) == ["Ikke optaget"]
    assert (OFFICER, "recipient_inactive") in [(m["recipient"], m["reason"]) for m in olena.shown()["messages"]]


def test_an_officer_of_another_area_is_told_nothing_when_one_was_taken_out(either_town: Municipality) -> None:
    adds(either_town, PER, "jobcenter_officer", SYD_AREA)
    olena = either_town.enrols(by=OFFICER)
    olena.moves("reject")
    removes(either_town, OFFICER)
    for _ in range(3):
        either_town.delivers()
    assert told(either_town, PER, olena) == []
