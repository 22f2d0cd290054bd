"""Passwords for tests of other things than the work that one is: kept in the same way, and looked at in no time."""

from __future__ import annotations

from pwdlib.hashers.argon2 import Argon2Hasher

from onboarding.passwords import Hashed

_QUICK = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)


def quickly_hashed(password: str) -> Hashed:
    return Hashed(_QUICK.hash(password))
