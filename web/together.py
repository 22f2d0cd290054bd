"""The form for several cases: what it asks for, and what becomes of each of them in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Form
from sqlmodel import Session

from engine.pathway import Pathway
from engine.refusal import Refused
from onboarding.staffing import find_area, find_coordinator
from onboarding.together import Outcome, Task, handing_over, recording
from reports.scope import Scope, all_visible
from web.asked import day, is_reference, number, references
from web.words import as_date

Text = Annotated[str, Form()]


class Several:
    """What was sent. Once it was shown what will happen, it says of each case the revision that was shown, and has a
    command id: one for each time that it was shown, so that to confirm it twice does it once.
    """

    def __init__(
        self,
        reference: Annotated[Sequence[str], Form()] = (),
        what: Text = "",
        milestone: Text = "",
        coordinator: Text = "",
        area: Text = "",
        on: Text = "",
        confirmed: Annotated[bool, Form()] = False,
        command_id: Text = "",
    ) -> None:
        self.command_id, self.confirmed = command_id, confirmed
        self.typed = {"what": what, "milestone": milestone, "coordinator": coordinator, "area": area, "on": on}
        said = [one.partition(" ") for one in reference]
        #: By reference; what is confirmed is done to nothing else than what was shown.
        self.revisions = {ref: (number(rev) or 0) if confirmed else None for ref, _, rev in said if is_reference(ref)}

    def asked(self, session: Session, pathways: Sequence[Pathway], today: date) -> Asked:
        """Raises `Refused` with everything that is missing or cannot be. A milestone is one of any of these `pathways`,
        of which each version comes before the older ones.
        """
        what = self.typed["what"]
        problems = [] if self.revisions else ["Der er ikke sat kryds ved noget forløb. Sæt kryds ved mindst ét."]
        asked = None
        try:
            if what == "milepael":
                asked = self._recording(pathways, today)
            elif what == "koordinator":
                asked = self._handing_over(session)
            else:
                problems.append("Vælg, hvad der skal ske med forløbene.")
        except Refused as refused:
            problems += refused.reasons
        if problems or asked is None:
            raise Refused(*problems)
        return asked

    def _recording(self, pathways: Sequence[Pathway], today: date) -> Asked:
        key, text = self.typed["milestone"], self.typed["on"].strip()
        titles = {m.key: m.title for pathway in reversed(pathways) for m in pathway.milestones}
        on = day(text) if text else today
        problems = [] if key in titles else ["Der er ikke valgt nogen milepæl. Vælg den, der skal registreres."]
        if on is None:
            problems.append("Datoen kan ikke læses. Skriv den som 2026-09-01.")
        if problems or on is None:
            raise Refused(*problems)
        self.typed["on"] = on.isoformat()
        return Asked(f"Registrér »{titles[key]}« den {as_date(on)}", recording(key, on))

    def _handing_over(self, session: Session) -> Asked:
        email = self.typed["coordinator"]
        if not email:
            raise Refused("Der er ikke valgt nogen koordinator. Vælg den, der skal have forløbene.")
        staff = find_coordinator(session, email)
        area = find_area(session, self.typed["area"]) if self.typed["area"] else None
        self.typed["area"] = area.name if area else ""
        also = f" og værtsområde til {area.name}" if area else ""
        return Asked(f"Skift koordinator til {staff.name}{also}", handing_over(staff, area), staff.name)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, in words and as what is done; `to` is the new coordinator's name, if there is one."""

    title: str
    task: Task
    to: str = ""


_GONE = "findes ikke længere, eller du har ikke adgang til det"


def told(
    outcome: Outcome, case: Mapping[str, Any] | None, published: Mapping[tuple[str, int], Pathway]
) -> dict[str, Any]:
    """What becomes of a case, as `reports.caseload` told of it before; of one that it did not, its reference.
    `published` are pathways by key and version.
    """
    if case is None:
        return {"reference": outcome.reference, "gone": True, "refused": (_GONE,), "unchanged": ""}
    pathway = published[case["pathway"], case["version"]]
    moves = outcome.answer["moves"] if outcome.answer else []
    return {
        "reference": outcome.reference,
        "gone": False,
        "name": case["name"],
        "stage": case["stage_title"],
        "coordinator": case["coordinator"],
        "area": case["area"],
        "revision": case["revision"],
        "refused": outcome.refused,
        "unchanged": outcome.unchanged,
        "moves": [pathway.stage_title(move["to"]) for move in moves],
    }


#: How the address of a receipt says what became of the cases.
_RECEIPT: Mapping[str, Callable[[Outcome], bool]] = {
    "aendret": lambda outcome: outcome.answer is not None,
    "uaendret": lambda outcome: bool(outcome.unchanged),
    "afvist": lambda outcome: bool(outcome.refused),
    "imens": lambda outcome: outcome.changed_since,
    "borte": lambda outcome: outcome.gone,
}


def receipt_of(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """The references by what became of them, for the address of the list."""
    return {name: ",".join(o.reference for o in outcomes if which(o)) for name, which in _RECEIPT.items()}


def receipt(session: Session, scope: Scope, address: Mapping[str, str]) -> dict[str, list[str]]:
    """What `receipt_of` said of cases that are in this scope, and of those that are not; nothing of none."""
    named = {name: references(address.get(name, "")) for name in _RECEIPT}
    seen = all_visible(session, scope, [reference for some in named.values() for reference in some])
    found = {name: [ref for ref in some if (ref in seen) != (name == "borte")] for name, some in named.items()}
    return found if any(found.values()) else {}
