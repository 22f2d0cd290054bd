"""Published pathways: put there once when the program starts, read back for every decision."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from engine.pathway import Pathway, pathway_from
from engine.refusal import Refused
from models.pathway_version import PathwayVersion
from onboarding.turn import take_turn


def publish(session: Session, pathways: Iterable[Pathway], at: datetime) -> list[str]:
    """Stores each version that is not stored yet; gives the `key version` of those that were new.

    Raises `Refused` with the difference when a stored version now says something else.
    """
    take_turn(session)
    published, changed = [], []
    for pathway in pathways:
        stored = session.get(PathwayVersion, (pathway.key, pathway.version))
        if stored is None:
            session.add(
                PathwayVersion(
                    key=pathway.key,
                    version=pathway.version,
                    content_hash=pathway.content_hash(),
                    definition=pathway.definition(),
                    published_at=at,
                )
            )
            published.append(f"{pathway.key} {pathway.version}")
        elif stored.content_hash != pathway.content_hash():
            free = 1 + max(session.exec(select(PathwayVersion.version).where(PathwayVersion.key == pathway.key)))
            changed.append(_changed(pathway, stored.definition, free))
    if changed:
        raise Refused(*changed)
    return published


def unpublished(session: Session, pathways: Iterable[Pathway]) -> bool:
    """Whether `publish` would have anything to store or to refuse."""
    stored = {(row.key, row.version): row.content_hash for row in session.exec(select(PathwayVersion))}
    return any(stored.get((p.key, p.version)) != p.content_hash() for p in pathways)


def _changed(pathway: Pathway, stored: dict[str, Any], free: int) -> str:
    before, after = (
        json.dumps(d, indent=1, ensure_ascii=False, sort_keys=True).splitlines() for d in (stored, pathway.definition())
    )
    difference = "\n".join(list(difflib.unified_diff(before, after, "udgivet", "nu", lineterm="", n=2)))
    return (
        f"Forløbet {pathway.key} version {pathway.version} er allerede udgivet og siger nu noget andet. "
        f"Giv det et nyt versionsnummer ({free}). Forskellen:\n{difference}"
    )


def pathway_of(session: Session, key: str, version: int) -> Pathway:
    """The pathway version that an enrolment is pinned to."""
    return _parsed(session.get_one(PathwayVersion, (key, version)))


def newest(session: Session, key: str) -> Pathway:
    """The version that new enrolments get. Raises `Refused` when there is no such pathway."""
    wanted = select(PathwayVersion).where(PathwayVersion.key == key).order_by(col(PathwayVersion.version).desc())
    row = session.exec(wanted.limit(1)).first()
    if row is None:
        known = ", ".join(sorted(set(session.exec(select(PathwayVersion.key)))))
        raise Refused(f"Forløbet findes ikke. Vælg et af: {known}.")
    return _parsed(row)


def versions(session: Session, key: str) -> dict[int, Pathway]:
    """Every published version by its number, the newest first. Raises `Refused` when there is no such pathway."""
    latest = newest(session, key)
    wanted = select(PathwayVersion).where(PathwayVersion.key == key).order_by(col(PathwayVersion.version).desc())
    return {latest.version: latest} | {row.version: _parsed(row) for row in session.exec(wanted)}


def known_keys(session: Session) -> list[str]:
    return sorted(set(session.exec(select(PathwayVersion.key))))


#: Parsed definitions by their hash: they never change, and parsing one takes as long as deciding a page.
_PARSED: dict[str, Pathway] = {}


def _parsed(row: PathwayVersion) -> Pathway:
    if row.content_hash not in _PARSED:
        _PARSED[row.content_hash] = pathway_from(row.definition)
    return _PARSED[row.content_hash]
