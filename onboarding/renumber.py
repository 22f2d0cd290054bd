"""Correct a candidate's CPR number: a replacement number gives way to a real one, a slip is put right."""

from __future__ import annotations

from sqlmodel import Session, select

from engine.decide import Decision
from engine.refusal import Refused
from models import cpr
from models.candidate import Candidate
from models.keys import Keyring
from onboarding.acting import Answer, answer, once
from onboarding.signed import Signed
from onboarding.store import find
from onboarding.turn import take_turn


def renumber(session: Session, keyring: Keyring, reference: str, number: str, signed: Signed) -> Answer:
    """Gives the candidate of this enrolment another CPR number, and the birth date that is in it.

    All their enrolments stay as they are. Raises `Refused` for a number that cannot be, an unknown reference, and a
    number under which somebody else is known.
    """
    number = cpr.normalise(number)
    take_turn(session)
    loaded = find(session, reference)
    asked = {"verb": "renumber", "enrolment": loaded.id, "number": keyring.fingerprint(number).hex()}

    def do() -> Answer:
        person = session.get_one(Candidate, loaded.row.candidate_id)
        index = keyring.index(number)
        if session.exec(select(Candidate.id).where(Candidate.cpr_index == index, Candidate.id != person.id)).first():
            raise Refused(
                "En anden kandidat er kendt under det CPR-nummer. Find forløbene med »sosu find --cpr -«, "
                "og afslut det ene, hvis de er den samme person."
            )
        person.cpr_sealed, person.cpr_index = keyring.seal(number, person.id), index
        person.birth_date = cpr.birth_date(number)
        session.add(person)
        return answer(loaded.row.reference, Decision(case=loaded.case))

    return once(session, signed, asked, do)
