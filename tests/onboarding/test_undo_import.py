"""An import is taken back: whoever it enrolled was enrolled by mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.refusal import Refused
from models.candidate import Candidate as CandidateRow
from models.list_import import ListImport
from models.message import MAIL
from models.staff import Role
from models.types import table
from onboarding.acting import Answer
from onboarding.outbox import take
from onboarding.store import CANDIDATE, ENROLMENT
from onboarding.undo_import import undo_import
from reports.behind import Behind, What, counted
from reports.board import board
from reports.caseload import Wanted, cases
from reports.enrolments import list_enrolments
from reports.figures import figures
from reports.monitoring import health
from reports.period import ALWAYS, Period
from reports.retention import retention
from reports.scope import Scope
from reports.status import status_report
from tests.municipality import SYD, SYD_AREA, VIBY, Candidate, Municipality
from tests.onboarding.listed import Listed, person
from tests.support import TellingPostbox, assert_folds


def undoes(town: Municipality, number: int, **signature: Any) -> Answer:
    with town.database.write() as session:
        return undo_import(session, number, town.signed(**signature))


def enrolled(town: Municipality, reference: str = "IM-0001") -> Candidate:
    return Candidate(town, reference, town.applicant())


def figured(town: Municipality, pathway: str = "immigrant_track") -> list[Any]:
    """Everything that counts or lists enrolments."""
    with town.database.read() as session:
        on = town.clock.today
        this_month = Period(on.replace(day=1), on)
        everybody = Scope(0, Role.MANAGER, frozenset({1, 2}))
        behind = [counted(session, pathway, Behind(what=what, period=this_month)) for what in What]
        return [
            *(of(session, pathway, None, time) for of in (status_report, figures) for time in (ALWAYS, this_month)),
            retention(session, pathway, on),
            *(cases(session, everybody, Wanted(pathway=pathway, among=one), on) for one in behind),
            board(session, pathway, on),
            health(session, on, town.clock.now).enrolments,
            list_enrolments(session, pathway, on, with_ended=True),
        ]


def test_it_is_as_if_nobody_had_come_when_an_import_is_undone(either_town: Municipality, listed: Listed) -> None:
    town = either_town
    town.enrols()
    before = figured(town)
    made = town.imports(listed(person(0), person(1)))
    done = undoes(town, made["import"])
    assert (done["enrolments"], done["told"], done["unsent"]) == (["IM-0002", "IM-0003"], 0, 2)
    assert figured(town) == before
    assert enrolled(town, "IM-0002").happened() == [("enrol", None, "intake"), ("undo", "intake", "mistaken")]
    (run,) = town.rows(table(ListImport))
    assert (run["undone_by"], run["undone_at"], run["created"]) == (VIBY, town.clock.now, 2)
    assert_folds(town.database)
    town.clock.passes(weeks=30)
    town.sweeps()
    assert {m["enrolment_id"] for m in town.messages(state="queued")} == {1}


def test_the_same_people_begin_anew_when_their_list_is_read_again(either_town: Municipality, listed: Listed) -> None:
    path = listed(person(0), person(1))
    undoes(either_town, either_town.imports(path)["import"])
    again = either_town.imports(path)
    assert (again["created"], again["enrolments"], again["notices"]) == (2, ["IM-0003", "IM-0004"], [])
    assert either_town.count(CandidateRow) == 2
    assert {row["previous_id"] for row in either_town.rows(ENROLMENT)} == {None}


def test_whoever_was_told_is_told_again_when_the_others_have_not_been(
    either_town: Municipality, listed: Listed
) -> None:
    town = either_town
    number = town.imports(listed(person(0), person(2)))["import"]
    town.delivers()
    town.imports(listed(person(1)))
    done = undoes(town, number)
    assert (done["told"], done["unsent"]) == (1, 0)
    town.delivers()
    subjects = [envelope.subject for envelope in town.postbox.to(VIBY)]
    assert subjects == ["2 nye forløb", "2 forløb er taget tilbage"]
    assert "IM-0001, IM-0002" in town.postbox.to(VIBY)[-1].text
    assert [envelope.subject for envelope in town.postbox.to(SYD)] == ["1 nyt forløb"]


def test_a_reminder_is_not_sent_when_its_enrolment_was_a_mistake(town: Municipality, listed: Listed) -> None:
    number = town.imports(listed(person(0)))["import"]
    town.delivers()
    town.clock.passes(weeks=4)
    town.sweeps()
    waiting = len(town.messages(state="queued"))
    assert waiting
    assert undoes(town, number)["unsent"] == waiting
    assert {m["reason"] for m in town.messages(state="skipped")} == {"import_undone"}
    assert [m["kind"] for m in town.messages(state="queued")] == ["list_undone"]


def test_a_coordinator_is_told_of_both_when_the_message_is_on_its_way(town: Municipality, listed: Listed) -> None:
    number = town.imports(listed(person(0)))["import"]
    town.sorts()
    with town.database.write() as session:
        take(session, "somebody", MAIL, town.clock.now, 10)
    assert undoes(town, number) == {"import": number, "enrolments": ["IM-0001"], "told": 1, "unsent": 0}


def test_a_coordinator_is_told_of_both_when_it_is_known_that_the_message_came(
    town: Municipality, listed: Listed
) -> None:
    number, postbox = town.imports(listed(person(0)))["import"], TellingPostbox()
    town.delivers(postbox)
    town.clock.passes(minutes=1)
    assert town.delivers(postbox).received == 1
    assert undoes(town, number) == {"import": number, "enrolments": ["IM-0001"], "told": 1, "unsent": 0}


def test_whom_a_coordinator_took_over_is_still_told_when_the_new_ones_were_mistakes(
    town: Municipality, listed: Listed
) -> None:
    town.imports(listed(person(0)))
    town.delivers()
    both = town.imports(listed(person(0, koordinator=SYD, værtsområde=SYD_AREA), person(1)))
    done = undoes(town, both["import"])
    assert (done["enrolments"], done["told"], done["unsent"]) == (["IM-0002"], 0, 0)
    town.delivers()
    assert [envelope.subject for envelope in town.postbox.to(SYD)] == ["1 overtaget forløb"]


def test_what_the_list_knew_of_people_stays_when_it_is_undone(town: Municipality, listed: Listed) -> None:
    town.imports(listed(person(0)))
    undoes(town, town.imports(listed(person(0, telefon="20113920"), person(1)))["import"])
    assert town.rows(CANDIDATE, "birth_date")[0]["phone"] == "+4520113920"
    assert [row["status"] for row in town.rows(ENROLMENT)] == ["open", "ended"]


def _moves(olena: Candidate) -> None:
    olena.records("interest_confirmed")
    olena.moves("admit")


def _records_and_withdraws(olena: Candidate) -> None:
    olena.records("interest_confirmed")
    olena.withdraws("interest_confirmed")


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (_moves, "flyttet og registreret på"),
        (lambda olena: olena.records("interest_confirmed"), "registreret på"),
        (_records_and_withdraws, "registreret på"),
        (lambda olena: olena.withdraws("consent_given"), "registreret på"),
        (lambda olena: olena.pauses(), "sat på pause"),
        (lambda olena: olena.is_assigned(SYD, SYD_AREA), "overdraget"),
        (lambda olena: olena.drops_out(), "Frafald"),
        (lambda olena: olena.transfers("ped_assistant_track"), "Overgået til andet forløb"),
    ],
    ids=[
        "moved",
        "recorded",
        "recorded and withdrawn",
        "withdrawn",
        "paused",
        "handed over",
        "dropped out",
        "transferred",
    ],
)
def test_nothing_is_undone_when_one_of_them_has_gone_on(
    town: Municipality, listed: Listed, happens: Callable[[Candidate], object], said: str
) -> None:
    number = town.imports(listed(person(0), person(2)))["import"]
    town.clock.passes(days=1)
    happens(enrolled(town, "IM-0002"))
    before = town.rows(ENROLMENT), town.messages()
    with pytest.raises(Refused) as refused:
        undoes(town, number)
    (reason,) = refused.value.reasons
    assert reason.startswith("IM-0002: ")
    assert said in reason
    assert (town.rows(ENROLMENT), town.messages()) == before


def test_an_import_is_undone_once_when_it_is_asked_for_again(town: Municipality, listed: Listed) -> None:
    number = town.imports(listed(person(0)))["import"]
    first = undoes(town, number, command_id="one")
    assert undoes(town, number, command_id="one") == first
    with pytest.raises(Refused, match="allerede fortrudt"):
        undoes(town, number)


def test_it_is_refused_when_there_is_nothing_to_undo(town: Municipality, listed: Listed) -> None:
    path = listed(person(0))
    town.imports(path)
    again = town.imports(path)["import"]
    with pytest.raises(Refused, match="indskrev ingen"):
        undoes(town, again)
    with pytest.raises(Refused, match="ingen indlæsning med det nummer"):
        undoes(town, 99)
