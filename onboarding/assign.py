"""Hand an enrolment over to another coordinator, and with it to another area if that is named."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from engine import actions
from engine.decide import decide
from engine.decision import Decision
from engine.refusal import Refused
from notifications.audiences import Directory
from onboarding import newcomers, overtaken
from onboarding.acting import Answer, answer, once
from onboarding.signed import Signed
from onboarding.staffing import find_area, find_coordinator, refuse_misplaced
from onboarding.store import Loaded, find
from onboarding.writing import Change, write


def assign(session: Session, reference: str, coordinator: str, area: str | None, signed: Signed) -> Answer:
    """Gives the enrolment to `coordinator` (an e-mail), who is told of it. Gives what every verb gives.

    Nothing happens when it is theirs already. Raises `Refused` for an unknown coordinator or area, for one who
    does not work for the area, and for an enrolment that has ended.
    """
    loaded = find(session, reference)
    asked = {"verb": "assign", "enrolment": loaded.id, "coordinator": coordinator.strip().lower(), "area": area}
    return once(session, signed, asked, lambda: _assign(session, loaded, coordinator, area, signed))


def _assign(session: Session, loaded: Loaded, coordinator: str, area: str | None, signed: Signed) -> Answer:
    decision = decide(loaded.pathway, loaded.case, actions.Assign(), signed.on)
    if decision.refusal:
        raise Refused(*decision.refusal)
    given = loaded.row._replace(
        coordinator_id=find_coordinator(session, coordinator).id or 0,
        area_id=loaded.row.area_id if area is None else find_area(session, area).id or 0,
    )
    if given == loaded.row:
        return answer(given.reference, Decision(case=loaded.case))
    refuse_misplaced(session, (given.coordinator_id, given.area_id))
    (loaded,) = overtaken.handed_over(session, [loaded], signed)
    decision = decide(loaded.pathway, loaded.case, actions.Assign(), signed.on)
    write(session, [Change(replace(loaded, row=given), decision, assigned=True)], Directory.load(session), signed)
    newcomers.tell_who_has_them(session, [loaded.id], signed.at)
    return answer(given.reference, decision)
