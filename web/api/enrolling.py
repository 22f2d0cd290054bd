"""New candidates: one, or a list of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile

from models import cpr
from onboarding.acting import Answer
from onboarding.enrol import Applicant, enrol
from onboarding.import_command import Faulty, import_command
from onboarding.import_list import list_of
from onboarding.keyring import keyring_of
from onboarding.lists.limits import FILE_BYTES
from onboarding.lists.table import table_of
from web.api import asked
from web.api.acting import signed
from web.api.answers import Enrolled, Imported
from web.api.guard import Enrols
from web.api.problems import ListProblem, documented
from web.finding import found_by, note_list
from web.permissions import Person
from web.state import State, state_of

router = APIRouter(tags=["verbs"])


@router.post("/cases", name="enrol", response_model=Enrolled, status_code=201, responses=documented(413, 422))
def enrol_one(request: Request, person: Enrols, body: asked.Enrol, key: asked.IdempotencyKey = None) -> Answer:
    """Enrol one candidate."""
    state = state_of(request)
    said = body.model_dump(exclude={"pathway", "cpr"})
    applicant = Applicant(cpr=body.cpr.get_secret_value(), **said)
    found_by(state, person, cpr.normalise(applicant.cpr))
    with state.writes(person) as session:
        keyring = keyring_of(session, state.key_file)
        return enrol(session, keyring, body.pathway, applicant, signed(state, person, key), person.scope.reach())


@router.post("/imports", name="import", response_model=Imported, responses=documented(413, 422, model=ListProblem))
def read_in(
    request: Request,
    person: Enrols,
    file: Annotated[UploadFile, File(description="The list: .csv, .tsv, .txt or .xlsx")],
    pathway: Annotated[asked.Text, Form(examples=["immigrant_track"])],
    dry_run: Annotated[bool, Form(description="Try it, and save nothing")] = False,
    key: asked.IdempotencyKey = None,
) -> Answer:
    """Read a candidate list in. With one fault in it nothing is saved, and every fault is named at once."""
    state = state_of(request)
    candidates = list_of(table_of(file.filename or "", file.file.read(FILE_BYTES + 1)))
    try:
        with state.database.rehearse() if dry_run else state.writes(person) as session:
            keyring = keyring_of(session, state.key_file)
            by = signed(state, person, None if dry_run else key)
            result = import_command(session, keyring, candidates, pathway, by, person.scope.reach())
            note_list(session, state, person, () if dry_run else result["known"])
    except Faulty as faulty:
        _note(state, person, faulty.result)
        raise
    if not dry_run:
        return result
    _note(state, person, result)
    return result | {"saved": False, "enrolments": [], "import": None}  # references that belong to nobody


def _note(state: State, person: Person, result: Answer) -> None:
    """Who is known on a list of which nothing is saved."""
    if result["known"]:
        with state.database.write() as session:
            note_list(session, state, person, result["known"])
