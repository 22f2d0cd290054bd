"""The provider of the work accounts, and the conversation with it: the authorization code flow, with PKCE.

Somebody is sent there with three secrets of this one sign-in (`Begun`), and comes back with a code, which the provider
changes into an ID token on a line of our own. That counts when the provider signed it, for us, for now and for this
sign-in. OpenID Connect Core 1.0, 3.1; RFC 7636 for PKCE, RFC 9207 for `iss` in the answer.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from web.openid.addresses import is_private

#: Signatures that only the provider can make. With `none` anybody could, and with HS256 whoever knows its public key.
_SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_SCOPE = "openid profile email"
_LEEWAY = 60  # seconds that two clocks may differ
_KNOWN_FOR, _NOT_BEFORE = timedelta(hours=1), timedelta(minutes=1)
_LONGEST_WORD = 40


class Kind(StrEnum):
    """Of which kind a failure is: who can do something about it."""

    AWAY = "away"  # the provider does not answer, or not as one
    DENIED = "denied"  # the person, or their organisation, said no
    STALE = "stale"  # not the sign-in that this browser began, or not any more
    UNTRUSTED = "untrusted"  # an answer that may be forged


class Failed(Exception):
    """It did not come to a sign-in. `why` is for a log: words of ours and the protocol's, nothing of a token."""

    def __init__(self, kind: Kind, why: str) -> None:
        super().__init__(why)
        self.kind, self.why = kind, why


@dataclass(frozen=True, slots=True)
class Begun:
    """What only this browser may bring back: to be kept from everybody else until the answer comes."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider says about itself, and since when we know."""

    metadata: Mapping[str, Any]
    keys: KeySet
    since: datetime


class Provider:
    """One provider. What it says about itself is asked once in a while; `patience` is in seconds."""

    def __init__(self, issuer: str, client_id: str, secret: str, answer_at: str, patience: float = 5) -> None:
        """`answer_at` is the address of ours to which the provider sends people back."""
        self.issuer, self.client_id, self._secret = issuer, client_id, secret
        self._answer_at, self._patience = answer_at, patience
        self._said: _Known | None = None

    def begin(self, at: datetime) -> tuple[str, Begun]:
        """The address to send somebody to, and what to remember. Raises `Failed`."""
        begun = Begun(*(secrets.token_urlsafe(32) for _ in range(3)))
        metadata = self._known(at).metadata
        with self._session(metadata) as session:
            address, _ = session.create_authorization_url(
                metadata["authorization_endpoint"],
                state=begun.state,
                nonce=begun.nonce,
                code_verifier=begun.verifier,
            )
        return str(address), begun

    def finish(self, begun: Begun, answer: Mapping[str, str], at: datetime) -> dict[str, Any]:
        """The claims of whoever came back with this answer. Raises `Failed`."""
        if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
            raise Failed(Kind.STALE, "another state")
        if answer.get("iss", self.issuer) != self.issuer:
            raise Failed(Kind.UNTRUSTED, "the answer names another issuer")
        if "error" in answer:
            said = answer["error"]
            raise Failed(Kind.DENIED if said == "access_denied" else Kind.AWAY, f"the provider said {_word(said)}")
        if not answer.get("code"):
            raise Failed(Kind.STALE, "no code")
        token = self._token_for(answer["code"], begun, at)
        return self._claims_of(token, begun, at)

    def ask(self, at: datetime) -> None:
        """Has the provider say what it says about itself. Raises `Failed`."""
        self._known(at)

    def _session(self, metadata: Mapping[str, Any]) -> OAuth2Session:
        # In the body every letter of a secret is read as it is. Where nothing is said, the standard's default holds.
        methods = metadata.get("token_endpoint_auth_methods_supported")
        posts = isinstance(methods, list) and "client_secret_post" in methods
        return OAuth2Session(
            self.client_id,
            self._secret,
            token_endpoint_auth_method="client_secret_post" if posts else "client_secret_basic",
            scope=_SCOPE,
            redirect_uri=self._answer_at,
            code_challenge_method="S256",
        )

    def _token_for(self, code: str, begun: Begun, at: datetime) -> Mapping[str, Any]:
        metadata = self._known(at).metadata
        try:
            with self._session(metadata) as session:
                token: Mapping[str, Any] = session.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=begun.verifier,
                    timeout=self._patience,
                    allow_redirects=False,
                )
        except OAuthError as error:
            # A code is good once and for a short while; everything else is a matter between the provider and us.
            kind = Kind.STALE if error.error == "invalid_grant" else Kind.AWAY
            raise Failed(kind, f"the provider gave no token: {_word(error.error)}") from None
        except (requests.RequestException, ValueError, TypeError) as error:
            raise Failed(Kind.AWAY, f"the provider gave no token: {type(error).__name__}") from None
        return token

    def _claims_of(self, token: Mapping[str, Any], begun: Begun, at: datetime) -> dict[str, Any]:
        """What the ID token says, when all of it is as it should be (OpenID Connect Core 1.0, 3.1.3.7)."""
        id_token = token.get("id_token")
        if not isinstance(id_token, str):
            raise Failed(Kind.UNTRUSTED, "no ID token")
        try:
            signed = self._signed(id_token, at)
            claims = CodeIDToken(
                signed.claims,
                signed.header,
                options={
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self.client_id},
                },
                params={
                    "nonce": begun.nonce,
                    "client_id": self.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=int(at.timestamp()), leeway=_LEEWAY)
        except JoseError as error:
            # Its description quotes the token; the claim's name in it does not.
            claim = getattr(error, "claim", "")
            raise Failed(Kind.UNTRUSTED, f"the ID token: {error.error} {claim}".strip()) from None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Failed(Kind.UNTRUSTED, f"the ID token cannot be read: {type(error).__name__}") from None
        return dict(claims)

    def _signed(self, id_token: str, at: datetime) -> jwt.Token:
        known = self._known(at)
        try:
            return jwt.decode(id_token, known.keys, algorithms=_SIGNED_BY)
        except InvalidKeyIdError:  # a new key, perhaps
            return jwt.decode(id_token, self._known(at, within=_NOT_BEFORE).keys, algorithms=_SIGNED_BY)

    def _known(self, at: datetime, within: timedelta = _KNOWN_FOR) -> _Known:
        """What the provider said about itself, no longer ago than this."""
        said = self._said
        if said is None or at - said.since >= within:
            metadata = self._metadata()
            said = self._said = _Known(metadata, self._keys(metadata["jwks_uri"]), at)
        return said

    def _metadata(self) -> Mapping[str, Any]:
        said = self._json(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != self.issuer:
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
            answer = requests.get(address, timeout=self._patience, allow_redirects=False)
            said = answer.json() if answer.status_code == requests.codes.ok else None
        except (requests.RequestException, ValueError) as error:
            raise Failed(Kind.AWAY, f"the provider does not answer: {type(error).__name__}") from None
        if not isinstance(said, dict):
            raise Failed(Kind.AWAY, f"the provider answers {answer.status_code} and not what was asked for")
        return said


def _word(said: Any) -> str:
    """An error's name, as the protocol has them; anything else could be anything."""
    plain = isinstance(said, str) and said.isascii() and said.replace("_", "").isalpha() and len(said) <= _LONGEST_WORD
    return str(said) if plain else "something else"
