"""A list that names people who are known: who takes them over, and the consent that they give now."""

from __future__ import annotations

from onboarding.store import ENROLMENT, MILESTONE
from reports.case import show
from tests.municipality import SYD, SYD_AREA, VIBY, Candidate, Municipality
from tests.onboarding.listed import Listed, person
from tests.support import assert_folds


def test_the_new_coordinator_is_told_once_when_a_list_hands_candidates_over(
    either_town: Municipality, listed: Listed
) -> None:
    either_town.imports(listed(*(person(number) for number in (0, 2, 4))))
    either_town.clock.passes(days=1)
    handed_over = [person(number, koordinator=SYD, værtsområde=SYD_AREA) for number in (0, 2)]
    result = either_town.imports(listed(*handed_over, person(4), person(3)))
    assert (result["created"], result["updated"], result["unchanged"]) == (1, 2, 1)
    either_town.delivers()
    (told,) = [e for e in either_town.postbox.envelopes if e.recipient == SYD]
    assert told.subject == "1 nyt forløb, 2 overtagne forløb"
    assert "IM-0001, IM-0002" in told.text
    assert "IM-0003" not in told.text
    with either_town.database.read() as session:
        shown = show(session, "IM-0001", either_town.clock.today)
    assert [(t["action"], t["coordinator"], t["by"]) for t in shown["transitions"]] == [
        ("enrol", VIBY, "cli:test"),
        ("assign", SYD, "cli:test"),
    ]
    assert [(m["kind"], m["recipient"]) for m in shown["messages"]] == [("list_imported", VIBY), ("list_imported", SYD)]
    assert_folds(either_town.database)


def test_a_list_message_tells_of_the_list_when_somebody_took_over_before_it_was_sent(
    town: Municipality, listed: Listed
) -> None:
    town.imports(listed(person(0), person(2)))
    Candidate(town, "IM-0001", town.applicant()).is_assigned(SYD, SYD_AREA)
    town.delivers()
    (told,) = [e for e in town.postbox.envelopes if e.recipient == VIBY]
    assert told.subject == "2 nye forløb"


def test_a_consent_is_recorded_when_a_later_list_has_it(either_town: Municipality, listed: Listed) -> None:
    either_town.imports(listed(person(0, samtykke="nej")))
    either_town.clock.passes(days=1)
    result = either_town.imports(listed(person(0, samtykke="ja")))
    assert (result["updated"], result["unchanged"]) == (1, 0)
    assert [(row["key"], row["by"]) for row in either_town.rows(MILESTONE)] == [("consent_given", "cli:test")]
    again = either_town.imports(listed(person(0, samtykke="ja")))
    assert (again["updated"], again["unchanged"]) == (0, 1)
    assert_folds(either_town.database)


def test_the_next_messages_go_to_the_new_coordinator_when_the_list_names_another(
    either_town: Municipality, listed: Listed
) -> None:
    either_town.imports(listed(person(0)))
    revision = either_town.rows(ENROLMENT)[0]["revision"]
    result = either_town.imports(listed(person(0, koordinator=SYD, værtsområde=SYD_AREA)))
    assert result["updated"] == 1
    assert either_town.rows(ENROLMENT)[0]["revision"] == revision + 1
    either_town.clock.passes(weeks=2)
    either_town.sweeps()
    assert [row["recipient_id"] for row in either_town.messages(kind="reminder_on")] == [2]  # Syd's coordinator
