"""The same done to several cases, on either database."""

from __future__ import annotations

from onboarding.staffing import find_coordinator
from onboarding.store import ENROLMENT
from onboarding.together import Outcome, Task, handing_over, recording, together
from tests.municipality import SYD, VIBY, Candidate, Municipality
from tests.support import assert_folds


def does(town: Municipality, task: Task, revisions: dict[str, int | None], command_id: str = "t") -> list[Outcome]:
    within = ENROLMENT.c.coordinator_id == 1  # Viby's
    with town.database.write() as session:
        return together(session, revisions, task, town.signed(command_id=command_id), within)


def revision(candidate: Candidate) -> int:
    return int(candidate.shown()["revision"])


def test_one_that_is_refused_holds_up_no_other_when_several_are_changed(either_town: Municipality) -> None:
    olena, iryna, bogdan = (either_town.enrols(name) for name in ("Olena Kovalenko", "Iryna Bondar", "Bogdan Popescu"))
    iryna.drops_out()
    bogdan.records("interest_confirmed")
    either_town.clock.passes(days=3)
    task = recording("interest_confirmed", either_town.clock.today)
    asked = {one.reference: None for one in (olena, iryna, bogdan)}
    first, second, third = does(either_town, task, dict(asked))
    assert first.answer is not None
    assert "afsluttet" in second.refused[0]
    assert third.unchanged == "har den allerede, siden 7. september 2026"
    again = does(either_town, task, dict(asked))
    assert [(one.answer, one.unchanged) for one in again] == [(first.answer, ""), (None, ""), (None, third.unchanged)]
    assert_folds(either_town.database)


def test_what_changed_after_it_was_shown_is_left_alone_when_several_are_changed(either_town: Municipality) -> None:
    olena, iryna = either_town.enrols(), either_town.enrols("Iryna Bondar")
    seen: dict[str, int | None] = {one.reference: revision(one) for one in (olena, iryna)}
    iryna.pauses()
    first, second = does(either_town, recording("interest_confirmed", either_town.clock.today), seen)
    assert (first.changed_since, second.changed_since) == (False, True)
    assert "interest_confirmed" not in {m["milestone"] for m in iryna.shown()["milestones"] if m["on"]}


def test_one_beyond_reach_is_told_as_one_that_there_is_not_and_the_rest_go_on_when_several_are_changed(
    either_town: Municipality,
) -> None:
    olena = either_town.enrols()
    elsewhere = either_town.enrols("Iryna Bondar", area="Syd", coordinator=SYD)
    task = recording("interest_confirmed", either_town.clock.today)
    asked = {elsewhere.reference: None, olena.reference: None, "IM-9999": None}
    first, second, third = does(either_town, task, dict(asked))
    assert first == Outcome(elsewhere.reference, gone=True)
    assert third == Outcome("IM-9999", gone=True)
    assert second.answer is not None
    assert revision(elsewhere) == 1


def test_a_coordinator_is_named_once_for_all_when_several_are_handed_over(town: Municipality) -> None:
    olena = town.enrols()
    with town.database.read() as session:
        viby, syd = (find_coordinator(session, email) for email in (VIBY, SYD))
        tasks = [handing_over(viby), handing_over(syd)]
    theirs, refused = (does(town, task, {olena.reference: None}, str(at))[0] for at, task in enumerate(tasks))
    assert theirs.unchanged == "har allerede Karen Viby som koordinator"
    assert refused.refused[0].startswith("Lars Syd arbejder ikke for Viby-Højbjerg.")
