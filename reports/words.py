"""Danish words for what the database keeps as keys, and for how many of something there are."""

from __future__ import annotations

from collections.abc import Mapping

from engine import kinds
from engine.case import Status
from engine.history import Verb
from engine.pathway import Pathway
from models.staff import Role

STATUS: Mapping[str, str] = {Status.OPEN: "i gang", Status.PAUSED: "på pause", Status.ENDED: "afsluttet"}

ROLE: Mapping[str, str] = {
    Role.COORDINATOR: "beskæftigelseskoordinator",
    Role.MANAGER: "leder",
    Role.JOBCENTER_OFFICER: "jobcentermedarbejder",
    Role.DATA_PROTECTION_OFFICER: "databeskyttelsesrådgiver",
    Role.ADMINISTRATOR: "administrator",
}

#: What happened, in the history of an enrolment; what its timeline tells apart of pauses and undos too.
HAPPENED: Mapping[str, str] = {
    kinds.PROLONGED: "pausen er forlænget",
    kinds.PROLONGING_UNDONE: "forlængelsen af pausen er fortrudt",
    Verb.ENROL: "indskrevet",
    Verb.ASSIGN: "overdraget",
    Verb.MOVE: "flyttet",
    Verb.ADVANCE: "automatisk",
    Verb.PAUSE: "pause",
    Verb.RESUME: "genoptaget",
    Verb.DROP: "frafald",
    Verb.TRANSFER: "overført",
    Verb.UNDO: "fortrudt",
}

#: What is known of a person, or said of their enrolment in a list.
DETAIL: Mapping[str, str] = {
    "name": "navn",
    "phone": "telefon",
    "email": "e-mail",
    "mother_tongue": "modersmål",
    "area": "værtsområde",
    "coordinator": "koordinator",
    "consent": "samtykke",
}


def counted(count: int, one: str, more: str) -> str:
    """»1 række«, »2 rækker«."""
    return f"{count} {one if count == 1 else more}"


def stage_titles(pathway: Pathway) -> dict[str, str]:
    """The Danish title of each stage and ending, by its key."""
    return {key: stage.title for key, stage in (pathway.open_stages | pathway.endings).items()}
