"""Every table, imported once: for migrations and for whoever needs the whole schema."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import SQLModel

from models import (  # noqa: F401  importing a module registers its tables
    access_token,
    area,
    audit,
    calendar_feed,
    candidate,
    command,
    enrolment,
    incident,
    list_import,
    message,
    milestone,
    name_word,
    outage,
    pathway_version,
    pause,
    preference,
    reminder,
    sealing_key,
    sign_in,
    snooze,
    staff,
    transition,
    trial,
)

metadata = SQLModel.metadata

for index in (index for table in metadata.tables.values() for index in table.indexes):
    if "where" in index.info:
        for dialect in ("sqlite", "postgresql"):
            index.dialect_options[dialect]["where"] = text(index.info["where"])
