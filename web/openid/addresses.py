"""Addresses that a secret may travel to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def is_private(address: Any) -> bool:
    """Whether nobody on the way can read along: with TLS, or never leaving this machine."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        host, scheme = parts.hostname, parts.scheme
    except ValueError:
        return False
    return bool(host) and (scheme == "https" or (scheme == "http" and host in _LOOPBACK))
