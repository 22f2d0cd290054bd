"""What the provider says about itself, asked once in a while (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import requests
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from urllib3.exceptions import HTTPError

from web.openid.addresses import is_private
from web.openid.failing import Failed, Kind

#: For how long it is known without asking, and for how long nobody asks again when it was not told.
KNOWN_FOR, SILENT_FOR = timedelta(hours=1), timedelta(seconds=30)
#: How long somebody waits while another asks, in seconds, and the largest answer, in bytes.
_A_MOMENT, _LONGEST = 0.5, 1_000_000


@dataclass(frozen=True, slots=True)
class Said:
    """What the provider said about itself, and when."""

    metadata: Mapping[str, Any]
    keys: KeySet
    at: datetime


class Discovery:
    """Asks one provider, one question at a time; `patience` is in seconds."""

    def __init__(self, issuer: str, patience: float) -> None:
        self._issuer, self.patience = issuer, patience
        self._one = Lock()
        self.forget()

    def forget(self) -> None:
        """Nothing is known any more, nor that nobody answered."""
        self._said: Said | None = None
        self._failed: tuple[Failed, datetime] | None = None

    def said(self, at: datetime, within: timedelta = KNOWN_FOR) -> Said:
        """What the provider said, no longer ago than this. Raises `Failed`.

        A provider that is silent costs its patience once, and not each person who wants to come in: whoever comes
        meanwhile hears what is said to the first, or after a moment that there is no answer yet.
        """
        if not self._one.acquire(timeout=_A_MOMENT):
            raise Failed(Kind.AWAY, "the provider has not answered yet")
        try:
            if self._said is not None and at - self._said.at < within:
                return self._said
            if self._failed is not None and at - self._failed[1] < SILENT_FOR:
                raise Failed(self._failed[0].kind, self._failed[0].why)
            try:
                metadata = self._metadata()
                self._said, self._failed = Said(metadata, self._keys(metadata["jwks_uri"]), at), None
            except Failed as failed:
                self._failed = failed, at
                raise
            return self._said
        finally:
            self._one.release()

    def _metadata(self) -> Mapping[str, Any]:
        said = self._json(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != self._issuer:
            raise Failed(Kind.AWAY, "SOSU_OIDC_ISSUER is not what the provider calls itself")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not is_private(said.get(name)):
                raise Failed(Kind.AWAY, f"{name} is missing or without TLS")
        return said

    def _keys(self, address: str) -> KeySet:
        listed = self._json(address).get("keys")
        keys = []
        for key in listed if isinstance(listed, list) else ():
            try:
                keys += KeySet.import_key_set({"keys": [key]}).keys
            except (JoseError, ValueError, TypeError, KeyError, AttributeError):
                continue  # one that we do not understand: others may do (RFC 7517, 5)
        return KeySet(keys)

    def _json(self, address: str) -> Mapping[str, Any]:
        try:
            with requests.get(address, timeout=self.patience, allow_redirects=False, stream=True) as answer:
                said = json.loads(self._read(answer)) if answer.status_code == requests.codes.ok else None
        except (requests.RequestException, HTTPError, ValueError) as error:
            raise Failed(Kind.AWAY, f"the provider does not answer: {type(error).__name__}") from None
        if not isinstance(said, dict):
            raise Failed(Kind.AWAY, f"the provider answers {answer.status_code} and not what was asked for")
        return said

    def _read(self, answer: requests.Response) -> bytes:
        """The whole answer, when it comes within the patience and is of a size that can be."""
        until, read = time.monotonic() + self.patience, b""
        while part := answer.raw.read1(_LONGEST, decode_content=True):  # what is there already: a drop at a time counts
            read += part
            if len(read) > _LONGEST or time.monotonic() > until:
                raise Failed(Kind.AWAY, "the provider's answer has no end")
        return read
