"""Changing the key file while others read it: it is always whole, and what is in use stays in it.

Whoever changes it has the turn of whoever enrols (`onboarding.turn`), so that there is one at a time.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine.refusal import Refused
from models.files import sync_folder
from models.keys import Keyring, private_text, random_key, written_beside

_NUMBERED = re.compile(r"k([0-9]{1,6})")


def add_key(path: Path, known: Collection[str] = ()) -> str:
    """A key that nothing has been sealed with yet, behind the others; gives its id, which is none of the `known`."""
    numbers = [int(found[1]) for found in map(_NUMBERED.fullmatch, {*Keyring.read(path).ids, *known}) if found]
    made = f"k{max(numbers, default=0) + 1}"

    def change(content: dict[str, Any]) -> None:
        content["keys"][made] = random_key()
        content.setdefault("indexes", {})[made] = random_key()

    _changed(path, change)
    return made


def activate(path: Path, key_id: str) -> None:
    """Says in the file which key seals."""
    if Keyring.read(path).active != key_id:
        _changed(path, lambda content: content.update(active=key_id))


def keep_only(path: Path, active: str, *waiting: str) -> list[str]:
    """Takes every other key out of the file; gives their ids. What they sealed cannot be read any more."""
    kept = (active, *waiting)
    gone = [name for name in Keyring.read(path).ids if name not in kept]

    def change(content: dict[str, Any]) -> None:
        shared, own = content.pop("index", None), content.get("indexes", {})
        content["active"] = active
        content["indexes"] = {name: own.get(name, shared) for name in kept}
        content["keys"] = {name: content["keys"][name] for name in kept}

    if gone:
        _changed(path, change)
    return gone


def _changed(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """In the place of the file, also where the path is a link to it, comes another one with the same owner."""
    path = path.resolve()
    content = json.loads(private_text(path))
    change(content)
    try:
        beside = written_beside(path, json.dumps(content, indent=2) + "\n")
        try:
            owner = path.stat()
            if hasattr(os, "chown"):
                os.chown(beside, owner.st_uid, owner.st_gid)
            os.replace(beside, path)
        finally:
            with suppress(FileNotFoundError):  # it has its name
                os.unlink(beside)
    except OSError:
        raise Refused(
            f"Nøglefilen {path} kan ikke ændres: kør kommandoen som den bruger, der ejer filen, og giv lov til at "
            "skrive i mappen. Intet er ændret."
        ) from None
    sync_folder(path.parent)
