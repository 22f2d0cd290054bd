"""Transfer to another pathway: this enrolment ends, another begins, and the person's milestones go along."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from engine import actions
from engine.case import Fact
from engine.decide import begin, decide
from engine.pathway import Pathway
from engine.refusal import Refused
from notifications.audiences import Directory
from onboarding.acting import Answer, answer, once
from onboarding.beginning import enrolment_columns, write_new
from onboarding.lasting import lasting_facts
from onboarding.pathways import newest
from onboarding.references import next_references
from onboarding.signed import Signed
from onboarding.store import Loaded, find, of_the_same, still_open
from onboarding.turn import take_turn
from onboarding.writing import Change, write, write_messages


def transfer(session: Session, reference: str, to_pathway: str, signed: Signed) -> Answer:
    """Ends the enrolment as transferred and begins one in `to_pathway` on the same day.

    The answer is the new enrolment's, with `transferred_from`. Milestones that the other pathway knows by the same
    key, and with the same value, go along, but for those that stay behind; so do the person's lasting ones. Raises
    `Refused` when the candidate is on the way in `to_pathway` already, or cannot leave this one on that day.
    """
    take_turn(session)
    loaded = find(session, reference)
    asked = {"verb": "transfer", "enrolment": loaded.id, "to": to_pathway}
    return once(session, signed, asked, lambda: _transfer(session, loaded, to_pathway, signed))


def _transfer(session: Session, loaded: Loaded, to_pathway: str, signed: Signed) -> Answer:
    pathway = newest(session, to_pathway)
    if pathway.key == loaded.pathway.key:
        raise Refused("Forløbet er allerede i dette spor. Vælg et andet.")
    decision = decide(loaded.pathway, loaded.case, actions.Transfer(to_pathway), signed.on)
    if decision.refusal:
        raise Refused(*decision.refusal)
    beside = still_open(session, of_the_same(loaded.row, to_pathway))
    if beside is not None:
        raise Refused("Kandidaten er allerede i gang i det spor.")
    directory = Directory.load(session)
    write(session, [Change(loaded, decision)], directory, signed)
    person = loaded.row.candidate_id
    facts = lasting_facts(session, pathway, [person], signed).get(person, {}) | _carried(loaded, pathway, signed)
    beginning = begin(pathway, signed.on, loaded.case.birth_date, facts, signed.on)
    new_reference = next_references(session, pathway.reference_prefix, 1)[0]
    kept = ("candidate_id", "area_id", "coordinator_id", "officer_id")
    row = {name: getattr(loaded.row, name) for name in kept} | {
        "reference": new_reference,
        "previous_id": loaded.id,
    }
    row |= enrolment_columns(pathway, beginning, signed)
    made = write_new(session, pathway, [row], {new_reference: beginning}, signed)[0]
    write_messages(session, [made], directory, signed)
    return answer(new_reference, beginning) | {"transferred_from": loaded.row.reference}


def _carried(loaded: Loaded, pathway: Pathway, signed: Signed) -> dict[str, Fact]:
    """The facts of this enrolment that hold in the other pathway too."""
    here, there = loaded.pathway.milestones_by_key, pathway.milestones_by_key
    return {
        key: replace(fact, command_id=signed.command_id)
        for key, fact in loaded.case.milestones.items()
        if key in there
        and not here[key].stays_behind
        and not there[key].stays_behind
        and (not there[key].values or fact.value in there[key].values)
    }
