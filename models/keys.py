"""The keys that keep CPR numbers unreadable in the database, and the things done with them.

A number is sealed (AES-GCM) to be read again, and indexed (HMAC-SHA256, under a key of its own) to be
found; of what somebody asked for there is a fingerprint. What is sealed is bound to its row: moved to another
one, it does not open. The keys live in a file outside the database, so that a stolen database tells nothing.
A lost file makes every number in the database unreadable: back it up, and not beside the database.

The file is JSON: `keys` holds 32 bytes in base64 for each key's id, the newest last, `indexes` the same for finding by
it, and `active` is the id of the key that seals until a database says otherwise. `index` is that of the keys that have
none of their own. They are changed by `onboarding.rotate`: meanwhile several are in use, and so are their indexes.
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
from dataclasses import dataclass, field, replace
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
    _index_key: bytes | None = field(repr=False)
    _own_index_keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    _path: Path | None = field(default=None, repr=False)

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
        return _parsed(path, private_text(path))

    @property
    def ids(self) -> tuple[str, ...]:
        """The newest last."""
        return tuple(self._keys)

    def current(self) -> Keyring:
        """The keys as their file has them now: somebody may be changing them."""
        if self._path is None:
            return self
        now = Keyring.read(self._path)
        return replace(now, active=self.active) if self.active in now._keys else now

    def sealing_with(self, key_id: str) -> Keyring:
        """The same keys, of which another one is active. KeyError when it is not among them."""
        self._keys[key_id]
        return replace(self, active=key_id)

    def finds_by_itself(self, key_id: str) -> bool:
        """Whether this key has an index of its own; those that people once added by hand share one."""
        return key_id in self._own_index_keys

    def proof(self, key_id: str) -> bytes:
        """32 bytes by which the key of this id is known again, and of which nothing can be made."""
        return hmac.digest(self._keys[key_id], b"proof:" + self._index_key_of(key_id), "sha256")

    def seal(self, plain: str, row_id: UUID) -> bytes:
        """The text, readable only with this key and for this row: id length, id, nonce, ciphertext, tag."""
        nonce = os.urandom(_NONCE_BYTES)  # never an argument: the same one twice would give both texts away
        sealed = AESGCM(self._keys[self.active]).encrypt(nonce, plain.encode(), row_id.bytes)
        return begins(self.active) + nonce + sealed

    def open(self, sealed: bytes, row_id: UUID) -> str:
        """The text that was sealed for this row; Refused when the key is another one or a bit was changed.

        A key that is not known is looked for in the file: it may have come since that was read.
        """
        name, nonce, secret = _parts(sealed)
        key = self._keys.get(name) or self.current()._keys.get(name)
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
        """32 bytes by which ten digits are found again, to be stored beside what the active key sealed. ValueError for
        anything that is not normalised.
        """
        return self.indexes(cpr)[0]

    def indexes(self, cpr: str) -> list[bytes]:
        """By any of which ten digits may be found, the active key's first: while keys are changed there are several."""
        if not _CPR.fullmatch(cpr):
            raise ValueError("only a normalised number can be indexed")
        return self._digests(cpr.encode())

    def fingerprint(self, text: str) -> bytes:
        """32 bytes that tell one text from another. Who lacks the key cannot try out what the text may have been."""
        return self.fingerprints(text)[0]

    def fingerprints(self, text: str) -> list[bytes]:
        """The same under every key, the active one first."""
        # No index is ever the fingerprint of a number, since no number begins like this.
        return self._digests(b"fingerprint:" + text.encode())

    def _digests(self, text: bytes) -> list[bytes]:
        ids = (self.active, *(name for name in self._keys if name != self.active))
        keys = dict.fromkeys(self._index_key_of(name) for name in ids)  # each once: some keys share one
        return [hmac.digest(key, text, "sha256") for key in keys]

    def _index_key_of(self, key_id: str) -> bytes:
        if self._index_key is None:
            return self._own_index_keys[key_id]  # a file in which a key has none is refused
        return self._own_index_keys.get(key_id, self._index_key)


def begins(key_id: str) -> bytes:
    """What everything begins with that this key sealed: how long its id is, and the id."""
    return bytes([len(key_id)]) + key_id.encode()


def key_of(sealed: bytes) -> str:
    """The id of the key that sealed it; Refused for what was never sealed."""
    return _parts(sealed)[0]


def _make(path: Path) -> None:
    """Write the file beside its place and link it in: nobody sees half of it, and the first maker wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = written_beside(path, _fresh())
    try:
        os.link(beside, path)
    except FileExistsError:
        pass  # another process was first: its keys are the ones, and they are read next
    finally:
        os.unlink(beside)
    sync_folder(path.parent)


def written_beside(path: Path, content: str) -> str:
    """A file for its owner only, on the disk already, in the folder in which it is to take its place."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp gives mode 600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return beside


def _fresh() -> str:
    new = {"active": _FIRST_ID, "keys": {_FIRST_ID: random_key()}, "index": random_key()}
    return json.dumps(new, indent=2) + "\n"


def random_key() -> str:
    """As the file has it. Of the operating system and no argument: a key that a test could choose, anybody could."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def private_text(path: Path) -> str:
    """What the file holds; Refused when others can read it, or we cannot."""
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
        active = _key_id(content["active"])
        index = _key(content["index"]) if "index" in content else None
        own = {_key_id(name): _key(value) for name, value in content.get("indexes", {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _malformed(path) from None
    if active not in keys or (index is None and keys.keys() - own.keys()):
        raise _malformed(path)
    return Keyring(active, keys, index, own, path)


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
