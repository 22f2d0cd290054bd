"""Correct a candidate's CPR number: a replacement number gives way to a real one, a slip is put right."""

from __future__ import annotations

from sqlmodel import Session, col, select

from engine.case import Status
from engine.decision import Decision, look_again_on
from engine.refusal import Refused
from models import cpr
from models.candidate import Candidate
from models.keys import Keyring
from onboarding.acting import Answer, answer, once
from onboarding.keyring import in_turn
from onboarding.signed import Signed
from onboarding.store import ENROLMENT, cases, enrolments, find


def renumber(session: Session, keyring: Keyring, reference: str, number: str, signed: Signed) -> Answer:
    """Gives the candidate of this enrolment another CPR number, and the birth date that is in it.

    All their enrolments stay as they are. Raises `Refused` for a number that cannot be, an unknown reference, and a
    number under which somebody else is known.
    """
    number = cpr.normalise(number)
    keyring = in_turn(session, keyring)
    loaded = find(session, reference)
    prints = keyring.fingerprints(number)
    asked = [{"verb": "renumber", "enrolment": loaded.id, "number": each.hex()} for each in prints]

    def do() -> Answer:
        person = session.get_one(Candidate, loaded.row.candidate_id)
        same = col(Candidate.cpr_index).in_(keyring.indexes(number))
        if session.exec(select(Candidate.id).where(same, Candidate.id != person.id)).first():
            raise Refused(
                "En anden kandidat er kendt under det CPR-nummer. Find forløbene med »sosu find --cpr -«, "
                "og afslut det ene, hvis de er den samme person."
            )
        person.cpr_sealed, person.cpr_index = keyring.seal(number, person.id), keyring.index(number)
        person.birth_date = cpr.birth_date(number)
        session.add(person)
        session.flush()
        _look_again(session, person)
        return answer(loaded.row.reference, Decision(case=loaded.case))

    return once(session, signed, asked, do)


def _look_again(session: Session, person: Candidate) -> None:
    """Another birth date can bring a step about on another day: the enrolments that go on are looked at then."""
    e = ENROLMENT.c
    open_ones = (
        enrolments()
        .where(e.candidate_id == person.id, e.status != Status.ENDED)
        .with_for_update(of=ENROLMENT, key_share=True)
    )
    for loaded in cases(session, session.connection().execute(open_ones).all()):
        day = look_again_on(loaded.pathway, loaded.case)
        again = ENROLMENT.update().where(e.id == loaded.id).values(next_due_on=day, revision=e.revision + 1)
        session.connection().execute(again)
