"""The key file that belongs to this database: without it nobody is known by their CPR number, and none can be read."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session, select

from engine.refusal import Refused
from models.candidate import Candidate
from models.keys import Keyring
from models.sealing_key import SealingKey
from onboarding.turn import take_turn


def keyring_of(session: Session, path: Path) -> Keyring:
    """The keys in `path`; a file is made when there is none and nobody has been sealed yet.

    The database is asked first and the file read after it: a key is in the file before anything is sealed with it.
    Raises `Refused` when the file is gone or is another database's: going on would make everybody twice.
    """
    somebody = session.exec(select(Candidate).limit(1)).first()
    registered = session.exec(select(SealingKey)).all()
    if somebody is None and not registered:
        return Keyring.at(path)
    if not path.exists():
        raise Refused(
            f"Nøglefilen {path} mangler, og databasen har kandidater, der er forseglet med den. "
            "Læg filen tilbage fra sikkerhedskopien, eller ret SOSU_KEY_FILE."
        )
    keyring = Keyring.read(path)
    if somebody is not None and not registered:  # else it is known from better than whoever comes first
        number = keyring.open(somebody.cpr_sealed, somebody.id)
        if somebody.cpr_index not in keyring.indexes(number):
            raise Refused(f"Nøglefilen {path} hører ikke til denne database. Ret SOSU_KEY_FILE.")
    return _as_registered(keyring, registered)


def in_turn(session: Session, keyring: Keyring) -> Keyring:
    """The keys as they are now that it is our turn; until the transaction ends nobody begins to use another one.

    Whoever seals, or asks whether somebody is known, takes their turn so: who looks under keys that were read before
    somebody began to change them would not find those who have been sealed anew meanwhile.
    """
    take_turn(session)
    registered = session.exec(select(SealingKey).execution_options(populate_existing=True)).all()
    return _as_registered(keyring.current(), registered)


def _as_registered(keyring: Keyring, registered: Sequence[SealingKey]) -> Keyring:
    """The keys, of which the database says which one seals. Raises `Refused` when it knows one that is not there."""
    for known in registered:
        if known.id not in keyring.ids:
            raise Refused(
                f"Nøglen {known.id}, som databasen bruger, er ikke i nøglefilen: nøglen er ved at blive skiftet. "
                "Kopiér nøglefilen fra den maskine, hvor »sosu keys« blev kørt, eller ret SOSU_KEY_FILE."
            )
        if not hmac.compare_digest(keyring.proof(known.id), known.proof):
            raise Refused(
                f"Nøglen {known.id} i nøglefilen er en anden end den, som databasen bruger. Kopiér nøglefilen fra den "
                "maskine, hvor »sosu keys« blev kørt, eller ret SOSU_KEY_FILE."
            )
    active = next((known.id for known in registered if known.active), None)
    return keyring if active is None else keyring.sealing_with(active)
