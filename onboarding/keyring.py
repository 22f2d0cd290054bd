"""The key file that belongs to this database: without it nobody is known by their CPR number, and none can be read."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import Session, select

from engine.refusal import Refused
from models.candidate import Candidate
from models.keys import Keyring


def keyring_of(session: Session, path: Path) -> Keyring:
    """The keys in `path`; a file is made when there is none and nobody has been sealed yet.

    Raises `Refused` when the file is gone or is another database's: going on would make everybody twice.
    """
    somebody = session.exec(select(Candidate).limit(1)).first()
    if somebody is None:
        return Keyring.at(path)
    if not path.exists():
        raise Refused(
            f"Nøglefilen {path} mangler, og databasen har kandidater, der er forseglet med den. "
            "Læg filen tilbage fra sikkerhedskopien, eller ret SOSU_KEY_FILE."
        )
    keyring = Keyring.read(path)
    if keyring.index(keyring.open(somebody.cpr_sealed, somebody.id)) != somebody.cpr_index:
        raise Refused(f"Nøglefilen {path} hører ikke til denne database. Ret SOSU_KEY_FILE.")
    return keyring
