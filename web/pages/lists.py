"""Indlæs liste: what a list would do, before it does it; its faults, to be corrected here; and the lists of before.

The list that was shown waits in the page for its yes, sealed (`web.sealed` says why), with what was corrected in it
and which rows are left out, and is read anew when that comes: so what is saved is that file with those corrections and
no other.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from engine.refusal import Refused
from models.keys import Keyring
from onboarding import staffing
from onboarding.import_command import Faulty, import_command
from onboarding.import_list import CandidateList, import_list, list_of
from onboarding.keyring import keyring_of
from onboarding.lists.columns import TEMPLATE
from onboarding.lists.correcting import Choices, Place, as_shown, left_out, to_correct, typed
from onboarding.lists.limits import FILE_BYTES, MEGABYTE
from onboarding.lists.table import Table, table_of
from onboarding.pathways import known_keys, newest
from onboarding.signed import new_command_id
from reports.export import as_xlsx
from reports.list_imports import list_imports
from reports.list_preview import list_preview
from web.asked import number
from web.bounds import Roomy
from web.finding import note_list
from web.guard import Enrols
from web.permissions import Person
from web.render import page
from web.sealed import seal, unseal
from web.state import state_of

router = APIRouter(prefix="/lister", route_class=Roomy)

#: How many faults, faulty rows, remarks and people one page shows; more faults have one cause, such as a moved column.
_SHOWN = 200
#: What to do about an area or a coordinator that there is not: here one chooses.
_REMEDIES = {
    "area": "vælg et, der findes, eller bed en administrator om at oprette det.",
    "coordinator": "vælg en, der findes, eller bed en administrator om at oprette vedkommende.",
}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Text = Annotated[str, Form()]
Texts = Annotated[list[str], Form(default_factory=list)]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A list that was chosen and has yet to be confirmed. `corrections` are by the cell that they stand in for,
    `omitted` the numbers of the rows that are left out.
    """

    pathway: str
    name: str
    data: bytes = field(repr=False)
    corrections: dict[Place, str] = field(default_factory=dict, repr=False)
    omitted: frozenset[int] = frozenset()

    def table(self) -> Table:
        return table_of(self.name, self.data)

    def candidates(self, table: Table) -> CandidateList:
        return list_of(table, self.corrections, self.omitted)

    def sealed(self, keyring: Keyring, person: Person, command_id: str, request: Request) -> str:
        corrections = [[*place, text] for place, text in self.corrections.items()]
        kept = {"pathway": self.pathway, "name": self.name, "file": base64.b64encode(self.data).decode()}
        changed = {"corrections": corrections, "omitted": sorted(self.omitted)}
        return seal(keyring, person, command_id, state_of(request).now(), kept | changed)

    @classmethod
    def opened(cls, request: Request, keyring: Keyring, person: Person, command_id: str, sealed: str) -> Waiting:
        kept = unseal(keyring, person, command_id, state_of(request).now(), sealed)
        corrections = {Place(row, column): text for row, column, text in kept["corrections"]}
        omitted = frozenset(kept["omitted"])
        return cls(kept["pathway"], kept["name"], base64.b64decode(kept["file"]), corrections, omitted)


@router.get("")
def lists(request: Request, person: Enrols, gjort: str = "", fortrudt: str = "") -> Response:
    return _page(request, person, done=gjort, undone=fortrudt)


@router.get("/skabelon.xlsx")
def template(_person: Enrols) -> Response:
    """An empty list with the headings that are asked for."""
    attached = {"Content-Disposition": 'attachment; filename="kandidatliste.xlsx"'}
    return Response(as_xlsx("Kandidater", TEMPLATE, []), media_type=_XLSX, headers=attached)


@router.post("")
def preview(
    request: Request, person: Enrols, pathway: Text = "", file: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Reads the list and tries it; nothing is saved."""
    if file is None or not file.filename:
        return _page(request, person, pathway=pathway, status=422, reasons=("Vælg en fil.",))
    waiting = Waiting(pathway, file.filename, file.file.read(FILE_BYTES + 1))
    try:
        return _tried(request, person, waiting, waiting.table())
    except Refused as refused:
        return _page(request, person, pathway=pathway, status=422, reasons=refused.reasons)


@dataclass(frozen=True, slots=True)
class Typed:
    """The form that corrects. Each of `at` is a cell (»4-1«: row 4, the second column), and `value` what it is to say;
    `row` are the rows that could be left out or taken in again, and `omit` those of them that are left out.
    """

    at: Texts
    value: Texts
    row: Texts
    omit: Texts

    def into(self, waiting: Waiting, table: Table) -> Waiting:
        texts = zip(map(_place, self.at), self.value, strict=False)
        shown, ticked = ([number(text) or 0 for text in numbers] for numbers in (self.row, self.omit))
        return replace(
            waiting,
            corrections=typed(table, waiting.corrections, texts),
            omitted=left_out(table, waiting.omitted, shown, ticked),
        )


@router.post("/ret")
def correct(
    request: Request, person: Enrols, form: Annotated[Typed, Depends()], command_id: Text = "", sealed: Text = ""
) -> Response:
    """Tries the list again with what was typed, and without the rows that are left out."""
    pathway = ""
    try:
        waiting = Waiting.opened(request, _keyring(request), person, command_id, sealed)
        pathway, table = waiting.pathway, waiting.table()
        return _tried(request, person, form.into(waiting, table), table)
    except Refused as refused:
        return _page(request, person, pathway=pathway, status=422, reasons=refused.reasons)


@router.post("/bekraeft")
def confirm(request: Request, person: Enrols, command_id: Text = "", sealed: Text = "") -> Response:
    state = state_of(request)
    pathway = ""
    try:
        keyring = _keyring(request)
        waiting = Waiting.opened(request, keyring, person, command_id, sealed)
        pathway = waiting.pathway
        candidates = waiting.candidates(waiting.table())
        with state.writes(person) as session:
            by, reach = state.signed(person, command_id), person.scope.reach()
            result = import_command(session, keyring, candidates, pathway, by, reach)
            note_list(session, state, person, result["known"])
    except Faulty:  # somebody took away an area or a coordinator since the preview
        return _tried(request, person, waiting, waiting.table(), status=422)
    except Refused as refused:
        return _page(request, person, pathway=pathway, status=422, reasons=refused.reasons)
    return RedirectResponse(f"/lister?gjort={result['import']}", status_code=303)


def _keyring(request: Request) -> Keyring:
    state = state_of(request)
    with state.database.read() as session:
        return keyring_of(session, state.key_file)


def _place(written: str) -> Place:
    row, _, column = written.partition("-")
    return Place(number(row) or 0, number(column) or 0)


def _tried(request: Request, person: Person, waiting: Waiting, table: Table, status: int = 200) -> Response:
    """The list as it would be read in now: what it would do, or what there is to correct."""
    state = state_of(request)
    try:
        candidates = waiting.candidates(table)
    except Refused as refused:
        if not waiting.omitted:
            raise
        shown = _waits(request, person, waiting, table)
        return _page(request, person, pathway=waiting.pathway, status=422, reasons=refused.reasons, shown=shown)
    with state.database.rehearse() as session:
        keyring = keyring_of(session, state.key_file)
        by, reach = state.signed(person), person.scope.reach()
        result = import_list(session, keyring, candidates, waiting.pathway, by, reach=reach, remedies=_REMEDIES)
        choices: Choices = {
            "area": [(name, name) for name in staffing.areas(session)],
            "coordinator": [(one.email, one.name) for one in staffing.colleagues(session) if one.coordinates],
        }
    if result["known"]:
        with state.database.write() as session:
            note_list(session, state, person, result["known"])
    people: dict[str, Any] = {}
    if result["saved"]:
        with state.database.read() as session:  # as things are now: the list may bring somebody into the scope
            people = list_preview(session, person.scope, candidates.parsed.rows, result["outcomes"], _SHOWN)
    faults = [(fault["row"], fault["column"], fault["problem"]) for fault in result["errors"]]
    faulty = to_correct(table, waiting.corrections, faults, choices) if faults else ()
    kept = {} if faulty is None else _waits(request, person, waiting, table)
    shown = {"result": result, "people": people, "rows": faulty, "corrected": candidates.corrected}
    return _page(request, person, pathway=waiting.pathway, status=status, shown=shown | kept)


def _waits(request: Request, person: Person, waiting: Waiting, table: Table) -> dict[str, Any]:
    """What the page holds of a list until it is confirmed or corrected."""
    command_id = new_command_id()
    sealed = waiting.sealed(_keyring(request), person, command_id, request)
    omitted = as_shown(table, waiting.corrections, waiting.omitted)
    return {"waiting": {"command_id": command_id, "sealed": sealed}, "omitted": omitted}


def _page(
    request: Request,
    person: Person,
    *,
    status: int = 200,
    pathway: str = "",
    reasons: tuple[str, ...] = (),
    shown: dict[str, Any] | None = None,
    done: str = "",
    undone: str = "",
) -> Response:
    with state_of(request).database.read() as session:
        history = list_imports(session, person.scope, person.email)
        pathways = {key: newest(session, key).title for key in known_keys(session)}
    nothing: dict[str, Any] = {"result": None, "people": {}, "rows": (), "waiting": {}, "corrected": 0, "omitted": ()}
    values: dict[str, Any] = {
        "pathways": pathways,
        "pathway": pathway,
        "problem": {"form": "lister", "reasons": reasons} if reasons else None,
        "done": next((one for one in history if str(one["import"]) == done), None),
        "undone": next((one for one in history if str(one["import"]) == undone and one["undone_at"]), None),
        "history": history,
        "most": _SHOWN,
        "megabytes": FILE_BYTES // MEGABYTE,
    }
    return page(request, "lists.html", person, status=status, **values, **(nothing | (shown or {})))
