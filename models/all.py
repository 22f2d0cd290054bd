"""Every table, imported once: for migrations and for whoever needs the whole schema."""

from __future__ import annotations

from sqlmodel import SQLModel

from models import (  # noqa: F401  importing a module registers its tables
    area,
    candidate,
    command,
    enrolment,
    incident,
    list_import,
    message,
    milestone,
    pathway_version,
    pause,
    reminder,
    staff,
    transition,
)

metadata = SQLModel.metadata
