"""Passwords as they are kept, and whether one is right: work that takes a core and 64 MB for some 50 ms, on purpose.

So it is done outside of every transaction, and by two at a time in one process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from engine.refusal import Refused

SHORTEST = 12  # NIST SP 800-63B-4, 3.1.1.2, asks for 15 where it stands alone and 8 beside something else
AT_ONCE = 2

_HASH = PasswordHash((Argon2Hasher(),))
_WORKING = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Hashed:
    """A new password as it will be kept."""

    text: str = field(repr=False)


def hashed(password: str) -> Hashed:
    """Raises `Refused` for one that is too short."""
    if len(password) < SHORTEST:
        raise Refused(f"Adgangskoden skal have mindst {SHORTEST} tegn. Vælg en længere.")
    with _WORKING:
        return Hashed(_HASH.hash(password))


def is_right(password: str, known: str | None) -> bool:
    """`known` is what is kept; None when nothing is, which takes as long: the time must not tell which."""
    with _WORKING:
        return _HASH.verify(password, known or _NOBODYS) and known is not None


#: A hash of a password that nobody knows, all zeros. It asks for as much work as a new one; to make a real one at every
#: start would be that work for nothing.
_NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$" + "A" * 22 + "$" + "A" * 43
