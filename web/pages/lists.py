"""Indlæs liste: what a list would do, before it does it; and the lists that were read in.

The list that was shown waits in the page for its yes, sealed (`web.sealed` says why), and is read anew when that comes:
so what is saved is that file and no other.
"""

from __future__ import annotations

import base64
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from engine.refusal import Refused
from onboarding.acting import Answer
from onboarding.import_list import import_list, import_once, list_of
from onboarding.keyring import keyring_of
from onboarding.lists.columns import TEMPLATE
from onboarding.lists.limits import FILE_BYTES, MEGABYTE
from onboarding.pathways import known_keys, newest
from onboarding.signed import new_command_id
from reports.export import as_xlsx
from reports.list_imports import list_imports
from web.guard import Enrols
from web.permissions import Person
from web.render import page
from web.sealed import seal, unseal
from web.state import state_of

router = APIRouter(prefix="/lister")

#: How many faults and remarks one page shows; more of them have one cause, such as a column that was moved.
_SHOWN = 200
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Text = Annotated[str, Form()]


@router.get("")
def lists(request: Request, person: Enrols, gjort: str = "") -> Response:
    return _page(request, person, done=gjort)


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
    state = state_of(request)
    if file is None or not file.filename:
        return _page(request, person, pathway=pathway, status=422, reasons=("Vælg en fil.",))
    data = file.file.read(FILE_BYTES + 1)
    try:
        candidates = list_of(file.filename, data)
        with state.database.rehearse() as session:
            keyring = keyring_of(session, state.key_file)
            result = import_list(session, keyring, candidates, pathway, state.signed(person))
    except Refused as refused:
        return _page(request, person, pathway=pathway, status=422, reasons=refused.reasons)
    command_id, sealed = new_command_id(), ""
    if not result["errors"]:
        values = {"pathway": pathway, "name": file.filename, "file": base64.b64encode(data).decode()}
        sealed = seal(keyring, person, command_id, state.now(), values)
    return _page(request, person, pathway=pathway, result=result, waiting={"command_id": command_id, "sealed": sealed})


@router.post("/bekraeft")
def confirm(request: Request, person: Enrols, command_id: Text = "", sealed: Text = "") -> Response:
    state = state_of(request)
    pathway = ""
    try:
        with state.database.read() as session:
            keyring = keyring_of(session, state.key_file)
        kept = unseal(keyring, person, command_id, state.now(), sealed)
        pathway = kept["pathway"]
        candidates = list_of(kept["name"], base64.b64decode(kept["file"]))
        with state.database.write() as session:
            result = import_once(session, keyring, candidates, pathway, state.signed(person, command_id))
    except Refused as refused:
        return _page(request, person, pathway=pathway, status=422, reasons=refused.reasons)
    if not result["saved"]:  # somebody took away an area or a coordinator since the preview
        return _page(request, person, pathway=pathway, status=422, result=result)
    return RedirectResponse(f"/lister?gjort={result['import']}", status_code=303)


def _page(
    request: Request,
    person: Person,
    *,
    status: int = 200,
    pathway: str = "",
    reasons: tuple[str, ...] = (),
    result: Answer | None = None,
    waiting: dict[str, str] | None = None,
    done: str = "",
) -> Response:
    with state_of(request).database.read() as session:
        history = list_imports(session, person.scope, person.email)
        pathways = {key: newest(session, key).title for key in known_keys(session)}
    values: dict[str, Any] = {
        "pathways": pathways,
        "pathway": pathway,
        "problem": {"form": "lister", "reasons": reasons} if reasons else None,
        "result": result,
        "waiting": waiting,
        "done": next((one for one in history if str(one["import"]) == done), None),
        "history": history,
        "shown": _SHOWN,
        "megabytes": FILE_BYTES // MEGABYTE,
    }
    return page(request, "lists.html", person, status=status, **values)
