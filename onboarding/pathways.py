"""Published pathways: put there once when the program starts, read back for every decision."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from engine.pathway import Pathway, pathway_from
from engine.refusal import Refused
from models.pathway_version import PathwayVersion
from models.types import table
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
    session.info.pop(_KEPT, None)
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
    return _published(session)[key][version]


def newest(session: Session, key: str) -> Pathway:
    """The version that new enrolments get. Raises `Refused` when there is no such pathway."""
    return next(iter(versions(session, key).values()))


def versions(session: Session, key: str) -> dict[int, Pathway]:
    """Every published version by its number, the newest first. Raises `Refused` when there is no such pathway."""
    published = _published(session)
    if key not in published:
        raise Refused(f"Forløbet findes ikke. Vælg et af: {', '.join(published)}.")
    return published[key]


def known_keys(session: Session) -> list[str]:
    return list(_published(session))


#: Parsed definitions by their hash: they never change, and parsing one takes as long as deciding a page.
_PARSED: dict[str, Pathway] = {}
#: Under which name a session keeps what is published: what it asks for once, it need not ask for again.
_KEPT = "published"
_VERSION = table(PathwayVersion)
_EVERY = select(_VERSION.c.key, _VERSION.c.version, _VERSION.c.content_hash).order_by(
    _VERSION.c.key, _VERSION.c.version.desc()
)


def _published(session: Session) -> dict[str, dict[int, Pathway]]:
    """Every version of every pathway by key and number: keys in their order, the newest version first."""
    if _KEPT not in session.info:
        rows = session.connection().execute(_EVERY).all()
        _parse(session, {row.content_hash for row in rows} - _PARSED.keys())
        found: dict[str, dict[int, Pathway]] = {}
        for row in rows:
            found.setdefault(row.key, {})[row.version] = _PARSED[row.content_hash]
        session.info[_KEPT] = found
    kept: dict[str, dict[int, Pathway]] = session.info[_KEPT]
    return kept


def _parse(session: Session, unknown: set[str]) -> None:
    """Reads the definitions with these hashes, which no session of this process has read before."""
    if unknown:
        v = _VERSION.c
        for content_hash, definition in session.connection().execute(
            select(v.content_hash, v.definition).where(v.content_hash.in_(unknown))
        ):
            _PARSED[content_hash] = pathway_from(definition)
