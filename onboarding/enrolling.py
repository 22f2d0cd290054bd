"""Many candidates into one pathway at once: who is new, who is known, who comes back after an ending.

Both ways in use it, one candidate or a whole list, so that they cannot come to differ. A person is known by the CPR
number and never made twice, and has at most one open enrolment in a pathway.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from engine import actions
from engine.audience import Audience
from engine.case import Fact
from engine.decide import begin, decide
from engine.decision import Decision
from engine.pathway import Pathway
from models import cpr
from models.enrolment import Stored
from models.keys import Keyring
from models.staff import Staff
from onboarding import audit, newcomers, overtaken
from onboarding.beginning import enrolment_columns, write_new
from onboarding.entry import Entry
from onboarding.lasting import lasting_facts
from onboarding.people import write_people
from onboarding.references import next_references
from onboarding.signed import Signed
from onboarding.standing import Standing
from onboarding.store import ENROLMENT, Loaded, cases, chunks, enrolments
from onboarding.writing import Change, write_state

CONSENT = "consent_given"


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one entry: `created`, `updated` or `unchanged`, and the fields that were changed.

    `known` says whether the person was known before, in any pathway; `reference` is that of their open enrolment here.
    """

    outcome: str
    changed: tuple[str, ...] = ()
    known: bool = False
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What came of each entry, in their order; what was made and what was changed. `details` are the fields that have
    changed of a person, for each enrolment that they are of.
    """

    came: tuple[Came, ...]
    made: tuple[Change, ...]
    changed: tuple[Change, ...]
    details: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def note_details(self, session: Session, signed: Signed) -> None:
        """One row of the audit log for each, whoever it is in the care of. The last thing that is written."""
        about = [(reference, " ".join(fields)) for reference, fields in self.details]
        audit.note_all(session, signed.by, "details_changed", signed.at, about)


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
    that ended and has the same start is left alone, and with another start the candidate begins again. Messages, and
    what is noted of people's details, are the caller's.
    """
    came: list[Came] = []
    made: list[Change] = []
    details: list[tuple[str, tuple[str, ...]]] = []
    changed: dict[int, Change] = {}
    officer_id = _officer(session, signed.by)
    for batch in chunks(list(zip(entries, found, strict=True))):
        people = write_people(session, keyring, batch, signed)
        begins = [(entry, standing) for entry, standing in batch if _begins(entry, standing)]
        common = {"officer_id": officer_id, "list_import_id": list_import_id}
        made += _write_enrolments(session, pathway, begins, people, common, signed)
        changed |= (changes := _changes(session, batch, signed))
        came += [_came(entry, standing, people[entry.cpr][1], changes) for entry, standing in batch]
        known = [(standing.concerned, people[entry.cpr][1]) for entry, standing in batch]
        details += [(reference, fields) for references, fields in known if fields for reference in references]
        if progress is not None:
            progress(len(batch))
    return Enrolled(tuple(came), tuple(made), tuple(changed.values()), tuple(details))


def _begins(entry: Entry, standing: Standing) -> bool:
    return standing.open is None and standing.already(entry.starts_on) is None


def _came(entry: Entry, standing: Standing, of_person: tuple[str, ...], changes: Mapping[int, Change]) -> Came:
    known = standing.candidate is not None
    if _begins(entry, standing):
        return Came("created", of_person, known)
    changed, here = list(of_person), standing.open
    if here is not None and (change := changes.get(here.id)) is not None:
        changed += [
            name for name in ("area", "coordinator") if getattr(here, f"{name}_id") != getattr(entry, f"{name}_id")
        ]
        changed += ["consent"] if CONSENT in change.decision.recorded else []
    return Came("updated" if changed else "unchanged", tuple(changed), known, here.reference if here else None)


def _changes(session: Session, batch: Sequence[tuple[Entry, Standing]], signed: Signed) -> dict[int, Change]:
    """What the entries change in enrolments that are open, by id."""
    entries = {standing.open.id: entry for entry, standing in batch if standing.open is not None}
    rows = session.connection().execute(enrolments().where(ENROLMENT.c.id.in_(entries))).all() if entries else []
    found = cases(session, rows)
    going = [loaded for loaded in found if _given(loaded, entries[loaded.id]) != loaded.row]
    now = {loaded.id: loaded for loaded in overtaken.handed_over(session, going, signed)}
    made = (_changed(now.get(loaded.id, loaded), entries[loaded.id], signed) for loaded in found)
    changes = {change.loaded.id: change for change in made if change is not None}
    write_state(session, list(changes.values()), signed)
    if going:
        newcomers.tell_who_has_them(session, [loaded.id for loaded in going], signed.at)
    return changes


def _given(loaded: Loaded, entry: Entry) -> Stored:
    """The row with the area and the coordinator that the entry names."""
    return loaded.row._replace(area_id=entry.area_id, coordinator_id=entry.coordinator_id)


def _changed(loaded: Loaded, entry: Entry, signed: Signed) -> Change | None:
    """Another coordinator or area, and a consent that is given now: decided one after the other, written at once."""
    given = _given(loaded, entry)
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
    wanted = select(Staff).where(Staff.email == by, Staff.role == Audience.JOBCENTER_OFFICER)
    staff = session.exec(wanted).first()
    return staff.id if staff else None


def _write_enrolments(
    session: Session,
    pathway: Pathway,
    begins: Sequence[tuple[Entry, Standing]],
    people: Mapping[str, tuple[UUID, tuple[str, ...]]],
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
        decision = begin(pathway, entry.starts_on, cpr.birth_date(entry.cpr), facts, signed.on)
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
