"""Many candidates into one pathway at once: who is new, who is known, who comes back after an ending.

Both ways in use it, one candidate or a whole list, so that they cannot come to differ. A person is known by the CPR
number and never made twice, and has at most one open enrolment in a pathway.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, select, update
from sqlmodel import Session
from sqlmodel import select as select_rows

from engine import actions
from engine.audience import Audience
from engine.case import Fact, Status
from engine.decide import Decision, begin, decide
from engine.pathway import Pathway
from models import cpr
from models.bulk import insert
from models.enrolment import Stored
from models.keys import Keyring
from models.staff import Staff
from onboarding.references import next_references
from onboarding.signed import Signed
from onboarding.store import CANDIDATE, ENROLMENT, MILESTONE, TRANSITION, Loaded, cases, enrolments
from onboarding.writing import Change, milestone_row, state_of, transition_rows, write_state

CONSENT = "consent_given"
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One candidate who is to begin. Its repr shows nothing of the person."""

    cpr: str = field(repr=False)
    name: str = field(repr=False)
    starts_on: date
    area_id: int
    coordinator_id: int
    consent: bool = False
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    mother_tongue: str | None = field(default=None, repr=False)


@dataclass(slots=True)
class Standing:
    """What is known of an entry's person before anything is written: the row, and their enrolments, oldest first."""

    candidate: Row[Any] | None
    enrolments: list[Row[Any]]

    @property
    def open(self) -> Row[Any] | None:
        return next((row for row in self.enrolments if row.status != Status.ENDED), None)

    def already(self, starts_on: date) -> Row[Any] | None:
        """The ended enrolment that an entry with this start is about, if any: then it is not a new attempt."""
        return next((row for row in self.enrolments if row.starts_on == starts_on), None)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """How each entry went, in their order: `created`, `updated` or `unchanged`; what was made and what was changed."""

    outcomes: tuple[str, ...]
    made: tuple[Change, ...]
    changed: tuple[Change, ...]


def standings(session: Session, keyring: Keyring, pathway_key: str, numbers: Sequence[str]) -> list[Standing]:
    """For each CPR number what is known of the person in this pathway."""
    indexes = [keyring.index(number) for number in numbers]
    people: dict[bytes, Row[Any]] = {}
    for chunk in _chunks(indexes):
        found = session.connection().execute(select(CANDIDATE).where(CANDIDATE.c.cpr_index.in_(chunk)))
        people.update({row.cpr_index: row for row in found})
    earlier: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for ids in _chunks([row.id for row in people.values()]):
        e = ENROLMENT.c
        wanted = select(ENROLMENT).where(e.candidate_id.in_(ids), e.pathway_key == pathway_key).order_by(e.id)
        for row in session.connection().execute(wanted):
            earlier[row.candidate_id].append(row)
    known = (people.get(index) for index in indexes)
    return [Standing(row, earlier[row.id] if row is not None else []) for row in known]


def enrol_all(
    session: Session,
    keyring: Keyring,
    pathway: Pathway,
    entries: Sequence[Entry],
    found: Sequence[Standing],
    signed: Signed,
    *,
    list_import_id: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Enrolled:
    """Writes the people, their enrolments with the first transition, and the milestones that they begin with.

    An open enrolment is handed over when the area or the coordinator is another, and gets a consent that is new; one
    that ended and has the same start is left alone, and with another start the candidate begins again. Messages are
    the caller's.
    """
    outcomes: list[str] = []
    made: list[Change] = []
    changed: dict[int, Change] = {}
    officer_id = _officer(session, signed.by)
    for first in range(0, len(entries), _CHUNK):
        batch = list(zip(entries[first : first + _CHUNK], found[first : first + _CHUNK], strict=True))
        people = _write_people(session, keyring, batch, signed)
        begins = [(entry, standing) for entry, standing in batch if _begins(entry, standing)]
        common = {"officer_id": officer_id, "list_import_id": list_import_id}
        made += _write_enrolments(session, pathway, begins, people, common, signed)
        changed |= (changes := _changes(session, batch, signed))
        for entry, standing in batch:
            differs = people[entry.cpr][1] or (standing.open is not None and standing.open.id in changes)
            outcomes.append("created" if _begins(entry, standing) else "updated" if differs else "unchanged")
        if progress is not None:
            progress(len(batch))
    return Enrolled(tuple(outcomes), tuple(made), tuple(changed.values()))


def _begins(entry: Entry, standing: Standing) -> bool:
    return standing.open is None and standing.already(entry.starts_on) is None


def _changes(session: Session, batch: Sequence[tuple[Entry, Standing]], signed: Signed) -> dict[int, Change]:
    """What the entries change in enrolments that are open, by id."""
    entries = {standing.open.id: entry for entry, standing in batch if standing.open is not None}
    rows = session.connection().execute(enrolments().where(ENROLMENT.c.id.in_(entries))).all() if entries else []
    made = (_changed(loaded, entries[loaded.id], signed) for loaded in cases(session, rows))
    changes = {change.loaded.id: change for change in made if change is not None}
    write_state(session, list(changes.values()), signed)
    return changes


def _changed(loaded: Loaded, entry: Entry, signed: Signed) -> Change | None:
    """Another coordinator or area, and a consent that is given now: decided one after the other, written at once."""
    given = loaded.row._replace(area_id=entry.area_id, coordinator_id=entry.coordinator_id)
    assigned = given != loaded.row
    case, decisions = loaded.case, list[Decision]()
    if assigned:
        decisions.append(decide(loaded.pathway, case, actions.Assign(), signed.on))
        case = decisions[-1].case
    if entry.consent and CONSENT in loaded.pathway.milestones_by_key and CONSENT not in case.milestones:
        consent = actions.Record(CONSENT, None, min(signed.on, entry.starts_on), signed.command_id)
        decisions.append(decide(loaded.pathway, case, consent, signed.on))
    if not decisions:
        return None
    transitions = tuple(transition for decision in decisions for transition in decision.transitions)
    return Change(replace(loaded, row=given), replace(decisions[-1], transitions=transitions), assigned)


def _officer(session: Session, by: str) -> int | None:
    """The jobcenter officer who signs, if it is one."""
    wanted = select_rows(Staff).where(Staff.email == by, Staff.role == Audience.JOBCENTER_OFFICER)
    staff = session.exec(wanted).first()
    return staff.id if staff else None


def _write_people(
    session: Session, keyring: Keyring, batch: Sequence[tuple[Entry, Standing]], signed: Signed
) -> dict[str, tuple[UUID, bool]]:
    """The id of each entry's person by CPR number, and whether what we knew of them has changed."""
    people: dict[str, tuple[UUID, bool]] = {}
    new = []
    for entry, standing in batch:
        if standing.candidate is None:
            person = _person(keyring, entry, signed)
            new.append(person)
            people[entry.cpr] = (person["id"], False)
        else:
            people[entry.cpr] = (standing.candidate.id, _update_person(session, standing.candidate, entry))
    insert(session, CANDIDATE, new)
    return people


def _person(keyring: Keyring, entry: Entry, signed: Signed) -> dict[str, Any]:
    person_id = uuid4()
    return {
        "id": person_id,
        "cpr_sealed": keyring.seal(entry.cpr, person_id),
        "cpr_index": keyring.index(entry.cpr),
        "name": entry.name,
        "birth_date": cpr.birth_date(entry.cpr),
        "phone": entry.phone,
        "email": entry.email,
        "mother_tongue": entry.mother_tongue,
        "created_by": signed.by,
        "created_at": signed.at,
    }


def _update_person(session: Session, row: Row[Any], entry: Entry) -> bool:
    """Takes over what the entry says and we did not know; an empty cell takes nothing away."""
    said = {name: getattr(entry, name) for name in ("name", "phone", "email", "mother_tongue")}
    changed = {name: value for name, value in said.items() if value and value != getattr(row, name)}
    if changed:
        session.connection().execute(update(CANDIDATE).where(CANDIDATE.c.id == row.id).values(changed))
    return bool(changed)


def _write_enrolments(
    session: Session,
    pathway: Pathway,
    begins: Sequence[tuple[Entry, Standing]],
    people: Mapping[str, tuple[UUID, bool]],
    common: dict[str, Any],
    signed: Signed,
) -> list[Change]:
    if not begins:
        return []
    carried = lasting_facts(session, pathway, [s.candidate.id for _, s in begins if s.candidate is not None], signed)
    decisions: dict[str, Decision] = {}
    rows = []
    references = next_references(session, pathway.reference_prefix, len(begins))
    for (entry, standing), reference in zip(begins, references, strict=True):
        facts = dict(carried.get(people[entry.cpr][0], {}))
        if entry.consent and CONSENT in pathway.milestones_by_key:
            facts[CONSENT] = Fact(min(signed.on, entry.starts_on), None, signed.command_id)
        decision = begin(pathway, entry.starts_on, cpr.birth_date(entry.cpr), facts)
        decisions[reference] = decision
        rows.append(
            {
                "reference": reference,
                "candidate_id": people[entry.cpr][0],
                "area_id": entry.area_id,
                "coordinator_id": entry.coordinator_id,
                "previous_id": standing.enrolments[-1].id if standing.enrolments else None,
            }
            | common
            | enrolment_columns(pathway, decision, signed)
        )
    return write_new(session, pathway, rows, decisions, signed)


def enrolment_columns(pathway: Pathway, decision: Decision, signed: Signed) -> dict[str, Any]:
    """The columns of a new enrolment that follow from its pathway and its beginning."""
    return {
        "pathway_key": pathway.key,
        "pathway_version": pathway.version,
        "starts_on": decision.case.starts_on,
        "revision": 1,
        "created_by": signed.by,
        "created_at": signed.at,
    } | state_of(decision)


def write_new(
    session: Session,
    pathway: Pathway,
    rows: list[dict[str, Any]],
    decisions: Mapping[str, Decision],
    signed: Signed,
) -> list[Change]:
    """Writes new enrolments with their first transition and milestones. `decisions` is by reference."""
    insert(session, ENROLMENT, rows)
    written = session.connection().execute(enrolments().where(ENROLMENT.c.reference.in_(decisions)))
    made = [
        Change(Loaded(row, pathway, decisions[row.reference].case), decisions[row.reference])
        for row in sorted(map(Stored._make, written))
    ]
    _insert_first(session, made, signed)
    return made


def _insert_first(session: Session, made: Sequence[Change], signed: Signed) -> None:
    insert(session, TRANSITION, [row for change in made for row in transition_rows(change, signed)])
    facts = [(change.loaded.id, *fact) for change in made for fact in change.decision.case.milestones.items()]
    insert(session, MILESTONE, [milestone_row(enrolment_id, key, fact, signed) for enrolment_id, key, fact in facts])


def lasting_facts(
    session: Session, pathway: Pathway, people: Sequence[UUID], signed: Signed
) -> dict[UUID, dict[str, Fact]]:
    """The milestones that belong to the person and that `pathway` knows, from any enrolment they ever had."""
    lasting = [milestone.key for milestone in pathway.milestones if milestone.lasting]
    facts: dict[UUID, dict[str, Fact]] = defaultdict(dict)
    e, m = ENROLMENT.c, MILESTONE.c
    for ids in _chunks(people):
        wanted = select(e.candidate_id, m.key, m.achieved_on, m.value, m.withdrawn_at).join_from(MILESTONE, ENROLMENT)
        wanted = wanted.where(e.candidate_id.in_(ids), m.key.in_(lasting)).order_by(m.id)
        for candidate_id, key, achieved_on, value, withdrawn_at in session.connection().execute(wanted):
            # The latest speaks. When that one is withdrawn, it was a mistake wherever else it stands.
            facts[candidate_id].pop(key, None)
            if withdrawn_at is None:
                facts[candidate_id][key] = Fact(achieved_on, value, signed.command_id)
    return facts


def _chunks(items: Sequence[Any]) -> list[Sequence[Any]]:
    return [items[i : i + _CHUNK] for i in range(0, len(items), _CHUNK)]
