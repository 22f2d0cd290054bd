"""What a browser is given beside our own pages: the design system and htmx, as npm installed them."""

from __future__ import annotations

from pathlib import Path

from engine.refusal import Refused

DESIGN_SYSTEM, HTMX = "dkfds/dist", "htmx.org/dist"


def refuse_missing(folder: Path) -> None:
    """`folder` is npm's `node_modules`. Raises `Refused` when a package is not in it."""
    if not all((folder / part).is_dir() for part in (DESIGN_SYSTEM, HTMX)):
        raise Refused(
            f"Designsystemet eller htmx mangler i {folder}. Kør »make setup«, "
            "eller peg SOSU_ASSETS_DIR på en mappe, hvor »npm ci« har lagt dem."
        )
