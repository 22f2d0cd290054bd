"""Two who act at the same moment wait for each other in one order, on the database that lets both write."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import true
from sqlmodel import Session, select

from engine.refusal import Refused
from engine.topic import Topic
from models.area import HostArea
from models.keys import Keyring
from models.message import MAIL, Pace
from models.session import Database
from models.staff import Role, Staff
from onboarding import sign_ins, users
from onboarding.acting import Answer
from onboarding.colleagues import working_here
from onboarding.drop import drop
from onboarding.enrol import enrol
from onboarding.expecting import expect
from onboarding.import_list import import_list, list_of
from onboarding.lists.table import table_of
from onboarding.preferences import choose_topic
from onboarding.signed import Signed
from onboarding.together import Task, handing_over, recording, together
from onboarding.transfer import transfer
from onboarding.turn import take_turn
from onboarding.undo import undo
from tests.municipality import OFFICER, SYD, SYD_AREA, VIBY, VIBY_AREA, Candidate, Municipality
from tests.onboarding.test_sign_ins import HASHED, PASSWORD, one_after_the_other

_NEW, _BY = "ny@example.org", "admin@example.org"


@pytest.fixture
def town(postgres: Database, key_file: Path) -> Municipality:
    return Municipality(postgres, Keyring.read(key_file))


def listed(people: list[Any], area: str, coordinator: str) -> Any:
    rows = "".join(f"{one.cpr};{one.name};{one.starts_on:%d-%m-%Y};{area};{coordinator}\n" for one in people)
    return list_of(table_of("liste.csv", f"CPR-nummer;Navn;Startdato;Værtsområde;Koordinator\n{rows}".encode()))


def undone(session: Session, reference: str, by: Signed) -> object:
    return undo(session, reference, by)


def transferred(session: Session, reference: str, by: Signed) -> object:
    return transfer(session, reference, "ped_assistant_track", by)


@pytest.mark.parametrize("verb", [undone, transferred])
def test_neither_is_lost_when_a_list_hands_over_whom_somebody_acts_on(
    town: Municipality, verb: Callable[[Session, str, Signed], object]
) -> None:
    olena = town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    candidates, by = listed([olena.applicant], SYD_AREA, SYD), town.signed(VIBY)

    def reads_in(session: Session) -> object:
        return import_list(session, town.keyring, candidates, "immigrant_track", town.signed(OFFICER))

    def acts(session: Session) -> object:
        expect(session, olena.reference, by, within=true(), turn=True)
        return verb(session, olena.reference, by)

    one_after_the_other(town, take_turn, acts)
    one_after_the_other(town, lambda session: expect(session, olena.reference, by, within=true(), turn=True), reads_in)


def test_neither_is_lost_when_a_long_list_and_several_at_once_change_the_same_cases(town: Municipality) -> None:
    """The list begins with the newest case and is read in two parts, the first of which has been written."""
    people = [town.applicant(f"Nummer {i}") for i in range(502)]
    with town.database.write() as session:
        first = listed(people, people[0].area, people[0].coordinator)
        made = import_list(session, town.keyring, first, "immigrant_track", town.signed(OFFICER))["enrolments"]
    begun, failed = Event(), list[BaseException]()
    interested = recording("interest_confirmed", town.clock.today)
    again = listed(people[::-1], SYD_AREA, SYD)

    def records() -> None:
        begun.wait(20)
        try:
            with town.database.write() as session:
                together(session, dict.fromkeys((made[0], made[-1])), interested, town.signed(VIBY), true())
        except BaseException as error:
            failed.append(error)

    running = Thread(target=records)
    running.start()
    with town.database.write() as session:
        by = town.signed(OFFICER)
        import_list(session, town.keyring, again, "immigrant_track", by, progress=lambda _rows: begun.set())
    running.join(30)
    assert failed == []


@pytest.fixture
def reminded(town: Municipality) -> list[Candidate]:
    """Two who are late. That their coordinator is reminded of each has still to be sent."""
    late = [town.enrols() for _ in range(2)]
    town.delivers()
    town.clock.passes(weeks=3)
    town.sweeps()
    town.sorts()
    return late


def chooses_a_digest(session: Session) -> None:
    choose_topic(session, VIBY, Topic.MOVES, Pace.DIGEST, (MAIL,))


def test_neither_is_lost_when_somebody_chooses_otherwise_while_their_case_ends(
    town: Municipality, reminded: list[Candidate]
) -> None:
    by = town.signed(VIBY)

    def ends(session: Session) -> object:
        return drop(session, reminded[0].reference, "moved", by)

    one_after_the_other(town, lambda session: working_here(session, VIBY, hold=True), ends, chooses_a_digest)
    assert reminded[0].status == "ended"


def test_neither_is_lost_when_somebody_chooses_otherwise_while_several_cases_of_theirs_are_handed_over(
    town: Municipality, reminded: list[Candidate]
) -> None:
    """The later one first, whose reminder was written after that of the other."""
    begun, chosen = Event(), Event()
    syd = handing_over(*_there(town))

    def hands_over(session: Session, reference: str, by: Signed) -> Answer:
        answer = syd.verb(session, reference, by)
        begun.set()
        chosen.wait(0.5)  # it waits, and is not done
        return answer

    def hands_each_over(session: Session) -> object:
        references = [one.reference for one in reversed(reminded)]
        task = Task(hands_over, syd.already)
        return together(session, dict.fromkeys(references), task, town.signed(VIBY), true())

    def chooses() -> None:
        begun.wait(20)
        with town.database.write() as session:
            chooses_a_digest(session)
        chosen.set()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(chooses)
        with town.database.write() as session:
            hands_each_over(session)
        running.result(30)
    assert [one.shown()["coordinator"] for one in reminded] == [SYD, SYD]


def _there(town: Municipality) -> tuple[Staff, HostArea]:
    with town.database.read() as session:
        staff = session.exec(select(Staff).where(Staff.email == SYD)).one()
        return staff, session.exec(select(HostArea).where(HostArea.name == SYD_AREA)).one()


def test_a_coordinator_signs_in_at_once_when_somebody_is_being_enrolled_with_them(town: Municipality) -> None:
    with town.database.write() as session:
        users.add_user(session, VIBY, Role.COORDINATOR, HASHED, by="cli:test", at=town.clock.now)
    signed_in = Event()

    def signs_in() -> None:
        sign_ins.sign_in(town.database, VIBY, PASSWORD, "192.0.2.1", town.clock.now)
        signed_in.set()

    with town.database.write() as session:
        enrol(session, town.keyring, "immigrant_track", town.applicant(), town.signed(OFFICER))
        running = Thread(target=signs_in)
        running.start()
        assert signed_in.wait(10)
    running.join(10)


def test_the_second_is_told_when_two_add_the_same_person_or_area(town: Municipality) -> None:
    at = town.clock.now

    def adds(session: Session) -> None:
        users.add(session, _NEW, "Nana Ny", "manager", None, by=_BY, at=at)

    def adds_area(session: Session) -> None:
        users.add_area(session, "Nord", by=_BY, at=at)

    for add in (adds, adds_area):
        with pytest.raises(Refused, match="allerede"):
            one_after_the_other(town, add, add)


def test_one_stays_when_two_administrators_take_each_other_out(town: Municipality) -> None:
    at = town.clock.now
    with town.database.write() as session:
        for email in (_NEW, _BY):
            users.add(session, email, "Nana Ny", "administrator", [], by="cli:test", at=at)
    with pytest.raises(Refused, match="mindst én administrator"):
        one_after_the_other(
            town,
            lambda session: users.remove(session, _NEW, by=_BY, at=at),
            lambda session: users.remove(session, _BY, by=_NEW, at=at),
        )


def test_nothing_is_done_twice_when_somebody_is_taken_out_twice(town: Municipality) -> None:
    with town.database.write() as session:
        users.remove(session, SYD, by=_BY, at=town.clock.now)
    with pytest.raises(Refused, match="allerede taget ud"), town.database.write() as session:
        users.remove(session, SYD, by=_BY, at=town.clock.now)


def test_areas_that_were_given_meanwhile_are_kept_when_somebody_is_given_a_password(town: Municipality) -> None:
    at = town.clock.now
    made = one_after_the_other(
        town,
        lambda session: users.change(session, SYD, "Lars Syd", "coordinator", [VIBY_AREA], by=_BY, at=at),
        lambda session: users.add_user(session, SYD, "coordinator", HASHED, by="cli:test", at=at),
    )
    assert made == {"user": SYD, "role": "coordinator", "areas": [VIBY_AREA], "created": False}
