"""The keys that keep CPR numbers unreadable in the database, and the things done with them.

A number is sealed (AES-GCM) to be read again, and indexed (HMAC-SHA256, under a key of its own) to be
found; of what somebody asked for there is a fingerprint. What is sealed is bound to its row: moved to another
one, it does not open. The keys live in a file outside the database, so that a stolen database tells nothing.
A lost file makes every number in the database unreadable: back it up, and not beside the database.

The file is JSON: `active` is the id of the key that seals, `keys` holds 32 bytes in base64 for each id, and
`index` the same. To change the key, add one under a new id and make it the active one; the old one stays
for what it sealed. The index key stays as it is, since nobody would be found by a new one.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import re
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.refusal import Refused
from models.files import sync_folder

_KEY_BYTES = 32
_NONCE_BYTES = 12  # what AES-GCM is specified for (NIST SP 800-38D, 8.2)
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_FIRST_ID = "k1"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_CPR = re.compile(r"[0-9]{10}")


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys, as read from their file. Its repr shows the active id and no key."""

    active: str
    _keys: Mapping[str, bytes] = field(repr=False)
    _index_key: bytes = field(repr=False)

    @classmethod
    def at(cls, path: Path) -> Keyring:
        """The keys in the file at `path`, which is made with mode 600 when it is absent.

        Raises Refused when the file is open to others, is no key file, or cannot be read or made.
        """
        try:
            if not path.exists():
                _make(path)
        except OSError:
            raise Refused(
                f"Nøglefilen {path} kan ikke laves: giv programmet lov til at skrive i mappen, "
                "eller peg SOSU_KEY_FILE på en anden fil."
            ) from None
        return cls.read(path)

    @classmethod
    def read(cls, path: Path) -> Keyring:
        """The keys in a file that must be there; Refused otherwise, and as `at` says."""
        return _parsed(path, _private_text(path))

    def seal(self, plain: str, row_id: UUID) -> bytes:
        """The text, readable only with this key and for this row: id length, id, nonce, ciphertext, tag."""
        name = self.active.encode()
        nonce = os.urandom(_NONCE_BYTES)  # never an argument: the same one twice would give both texts away
        sealed = AESGCM(self._keys[self.active]).encrypt(nonce, plain.encode(), row_id.bytes)
        return bytes([len(name)]) + name + nonce + sealed

    def open(self, sealed: bytes, row_id: UUID) -> str:
        """The text that was sealed for this row; Refused when the key is another one or a bit was changed."""
        name, nonce, secret = _parts(sealed)
        key = self._keys.get(name)
        if key is None:
            raise Refused(
                "Et gemt CPR-nummer er låst med en nøgle, der ikke er i nøglefilen: peg SOSU_KEY_FILE på den "
                "nøglefil, som databasen blev skrevet med."
            )
        try:
            return AESGCM(key).decrypt(nonce, secret, row_id.bytes).decode()
        except InvalidTag:
            raise _unreadable() from None

    def index(self, cpr: str) -> bytes:
        """32 bytes by which ten digits are found again. ValueError for anything that is not normalised."""
        if not _CPR.fullmatch(cpr):
            raise ValueError("only a normalised number can be indexed")
        return hmac.digest(self._index_key, cpr.encode(), "sha256")

    def fingerprint(self, text: str) -> bytes:
        """32 bytes that tell one text from another. Who lacks the key cannot try out what the text may have been."""
        # No index is ever the fingerprint of a number, since no number begins like this.
        return hmac.digest(self._index_key, b"fingerprint:" + text.encode(), "sha256")


def key_of(sealed: bytes) -> str:
    """The id of the key that sealed it; Refused for what was never sealed."""
    return _parts(sealed)[0]


def _make(path: Path) -> None:
    """Write the file beside its place and link it in: nobody sees half of it, and the first maker wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp gives mode 600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(_fresh())
            file.flush()
            os.fsync(file.fileno())
        os.link(beside, path)
    except FileExistsError:
        pass  # another process was first: its keys are the ones, and they are read next
    finally:
        os.unlink(beside)
    sync_folder(path.parent)


def _fresh() -> str:
    # From the operating system and not an argument: a key that a test could choose, anybody could.
    new = {"active": _FIRST_ID, "keys": {_FIRST_ID: _random_key()}, "index": _random_key()}
    return json.dumps(new, indent=2) + "\n"


def _random_key() -> str:
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def _private_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode  # of the open file: the path may soon lead elsewhere
            if os.name == "posix" and mode & _OTHERS:
                raise Refused(f"Nøglefilen {path} kan læses af andre end dig: kør «chmod 600» på den.")
            return file.read().decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed(path) from None
    except OSError:
        raise Refused(
            f"Nøglefilen {path} kan ikke læses: giv programmet læseadgang, eller peg SOSU_KEY_FILE på den rigtige fil."
        ) from None


def _parsed(path: Path, text: str) -> Keyring:
    # By hand: a validation library quotes what it was given in its errors, and this was a key.
    try:
        content = json.loads(text)
        keys = {_key_id(name): _key(value) for name, value in content["keys"].items()}
        active, index = _key_id(content["active"]), _key(content["index"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _malformed(path) from None
    if active not in keys:
        raise _malformed(path)
    return Keyring(active, keys, index)


def _key_id(name: str) -> str:
    if not _ID.fullmatch(name):
        raise ValueError
    return name


def _key(value: Any) -> bytes:
    key = base64.b64decode(value, validate=True)
    if len(key) != _KEY_BYTES:
        raise ValueError
    return key


def _malformed(path: Path) -> Refused:
    return Refused(
        f"Nøglefilen {path} er ikke en nøglefil eller er beskadiget: læg en sikkerhedskopi af den tilbage. "
        "Lav ikke en ny til en database, der er i brug; så kan de gemte CPR-numre ikke læses."
    )


def _parts(sealed: bytes) -> tuple[str, bytes, bytes]:
    start = 1 + sealed[0] if sealed else 1
    end = start + _NONCE_BYTES
    name = sealed[1:start]
    if len(sealed) < end or not name.isascii():
        raise _unreadable()
    return name.decode("ascii"), sealed[start:end], sealed[end:]


def _unreadable() -> Refused:
    return Refused(
        "Et gemt CPR-nummer kan ikke læses: enten er det ændret i databasen, eller også er nøglefilen ikke "
        "den, som databasen blev skrevet med. Kontrollér SOSU_KEY_FILE, eller læg en sikkerhedskopi tilbage."
    )
