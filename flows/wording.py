"""The words of all messages: the tracks' templates, and the municipality's own in their place."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from engine.refusal import Refused
from flows.loading import tracks
from models.session import Database
from notifications.checking import faults
from notifications.made_up import kinds_of, made_up_cases
from notifications.own import Own
from notifications.render import MessageContext, Renderer
from onboarding.people import full_names


def renderer_of(folder: Path | None, database: Database | None = None) -> Renderer:
    """What every message is rendered by; `folder` holds the municipality's own templates, if it has any, and
    `database` the candidates whom these may not name.

    Raises `Refused` with every fault of that folder, or of a pathway that cannot be built.
    """
    templates = {track.pathway.key: track.templates for track in tracks()}
    if folder is None:
        return Renderer(tracks=templates)
    folder = folder.absolute()
    _refuse_unreadable(folder)
    pathways = {track.pathway.key: track.pathway for track in tracks()}

    def made_up(key: str, kind: str) -> Iterable[MessageContext]:
        known = key in pathways and kind in kinds_of(pathways[key])
        return made_up_cases(pathways[key], kind).values() if known else ()

    def named(words: Collection[str]) -> Collection[str]:
        if database is None:
            return ()
        with database.read() as session:
            return full_names(session, words)

    own = Own(folder, made_up)
    renderer = Renderer(tracks=templates, own=own)
    found = faults(own, renderer, list(pathways.values()), named)
    if found:
        raise Refused(*found, "Ret skabelonerne, og se efter med »sosu message check«. Intet er sendt.")
    return renderer


def _refuse_unreadable(folder: Path) -> None:
    """Raises `Refused` when the folder is not there or cannot be looked into, at any depth that is looked at."""
    try:
        for entry in folder.iterdir():
            for below in entry.iterdir() if entry.is_dir() else ():
                list(below.iterdir() if below.is_dir() else ())
    except OSError:
        raise Refused(
            f"Mappen {folder} med egne skabeloner findes ikke eller kan ikke læses. "
            "Ret SOSU_TEMPLATES_DIR, eller giv programmet adgang til den."
        ) from None
