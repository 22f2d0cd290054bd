"""Enrol one candidate."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from sqlmodel import Session

from engine.refusal import Refused
from models import cpr
from models.keys import Keyring
from notifications.audiences import Directory
from onboarding.acting import Answer, answer, once
from onboarding.enrolling import enrol_all
from onboarding.entry import Entry, Particulars
from onboarding.keyring import in_turn
from onboarding.lists import values
from onboarding.lists.cells import as_text
from onboarding.pathways import newest
from onboarding.reach import ELSEWHERE, Reach, left_alone
from onboarding.signed import Signed
from onboarding.staffing import find_area, find_coordinator, refuse_misplaced
from onboarding.standing import Standing, standings
from onboarding.writing import write_messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant(Particulars):
    """One candidate as somebody types them in: the host area by its name, the coordinator by their e-mail."""

    area: str
    coordinator: str


def enrol(
    session: Session,
    keyring: Keyring,
    pathway_key: str,
    applicant: Applicant,
    signed: Signed,
    reach: Reach | None = None,
) -> Answer:
    """Enrols in the newest version of a pathway; gives `enrolment`, `stage`, `status`, `moves`, `notices` and, as
    `changed`, the details that are others than what was known of the person, within the reach.

    Raises `Refused`, with all that is wrong at once, for an unknown pathway, area or coordinator, a CPR number, a name
    or a day that cannot be; and for a coordinator who does not work for the area, or a candidate who is already on the
    way in this pathway: where, is said only within the `reach` of whoever signs.
    """
    wrong = [*_reasons(lambda: cpr.normalise(applicant.cpr)), *_wrong_texts(applicant)]
    if wrong:
        raise Refused(*wrong, *_wrong_placing(session, applicant))
    number = cpr.normalise(applicant.cpr)
    keyring = in_turn(session, keyring)
    form = json.dumps(asdict(applicant) | {"cpr": number}, default=str, sort_keys=True)
    asked = [{"verb": "enrol", "pathway": pathway_key, "form": each.hex()} for each in keyring.fingerprints(form)]
    return once(session, signed, asked, lambda: _enrol(session, keyring, pathway_key, number, applicant, signed, reach))


#: What each text is called, and how much of it is kept: as much as from a list.
_TEXTS = {
    "name": ("Navnet", 200),
    "phone": ("Telefonnummeret", 40),
    "email": ("E-mailadressen", 254),
    "mother_tongue": ("Modersmålet", 200),
}


def _reasons(asked: Callable[[], object]) -> tuple[str, ...]:
    """Why this is refused; nothing when it is not."""
    try:
        asked()
    except Refused as refused:
        return refused.reasons
    return ()


def _wrong_texts(applicant: Applicant) -> Iterator[str]:
    if not values.is_name(applicant.name):
        yield "Kandidaten skal have et navn, med bogstaver i."
    for field_name, (title, longest) in _TEXTS.items():
        text = getattr(applicant, field_name) or ""
        if len(text) > longest:
            yield f"{title} har over {longest} tegn. Skriv det kortere."
        elif values.holds_cpr(text, field_name):
            yield f"{title} indeholder noget, der ligner et CPR-nummer. Skriv det i feltet til CPR-nummeret."
    if not values.is_start(applicant.starts_on):
        yield "Startdatoen mangler, eller årstallet kan ikke passe. Skriv den som 2026-09-01."


def _wrong_placing(session: Session, applicant: Applicant) -> tuple[str, ...]:
    return _reasons(lambda: find_area(session, applicant.area)) + _reasons(
        lambda: find_coordinator(session, applicant.coordinator)
    )


def _enrol(
    session: Session,
    keyring: Keyring,
    pathway_key: str,
    number: str,
    applicant: Applicant,
    signed: Signed,
    reach: Reach | None,
) -> Answer:
    pathway = newest(session, pathway_key)
    if wrong := _wrong_placing(session, applicant):
        raise Refused(*wrong)
    entry = Entry(
        cpr=number,
        name=as_text(applicant.name),
        starts_on=applicant.starts_on,
        area_id=find_area(session, applicant.area).id or 0,
        coordinator_id=find_coordinator(session, applicant.coordinator).id or 0,
        consent=applicant.consent,
        phone=values.phone("", applicant.phone or "").value,
        email=values.email("", applicant.email or "").value,
        mother_tongue=as_text(applicant.mother_tongue or "") or None,
    )
    refuse_misplaced(session, (entry.coordinator_id, entry.area_id))
    found = standings(session, keyring, pathway_key, [number], reach)
    _refuse_again(found[0], entry)
    enrolled = enrol_all(session, keyring, pathway, [entry], found, signed)
    made = enrolled.made[0]
    write_messages(session, [made], Directory.load(session), signed)
    enrolled.note_details(session, signed)
    remarks = (values.about_number(number), None if found[0].all_changeable else left_alone(found[0].changeable))
    notices = [remark for remark in remarks if remark]
    return answer(made.loaded.row.reference, made.decision) | {
        "notices": notices,
        "changed": list(enrolled.came[0].changed) if found[0].all_within else [],
    }


def _refuse_again(standing: Standing, entry: Entry) -> None:
    for row in standing.enrolments:
        if row is standing.open:
            here = f"Kandidaten er allerede i gang i forløbet {row.reference}."
            raise Refused(here if row.within else ELSEWHERE)
        if row.starts_on == entry.starts_on:
            which = f"Forløbet {row.reference}" if row.within else "Et forløb"
            raise Refused(f"{which} begyndte samme dag og er afsluttet. Vælg en anden startdato.")
