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
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError

from web.openid.discovery import Discovery
from web.openid.failing import Failed, Kind

#: Signatures that only the provider can make. With `none` anybody could, and with HS256 whoever knows its public key.
_SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_SCOPE = "openid profile email"
_LEEWAY = 60  # seconds that two clocks may differ
_NOT_BEFORE = timedelta(minutes=1)  # a token with an unknown key has the keys read anew, but not each time
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class Begun:
    """What only this browser may bring back: to be kept from everybody else until the answer comes."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class Provider:
    """One provider; `patience` is in seconds."""

    def __init__(self, issuer: str, client_id: str, secret: str, answer_at: str, patience: float = 5) -> None:
        """`answer_at` is the address of ours to which the provider sends people back."""
        self.issuer, self.client_id, self._secret = issuer, client_id, secret
        self._answer_at, self.discovery = answer_at, Discovery(issuer, patience)

    def begin(self, at: datetime) -> tuple[str, Begun]:
        """The address to send somebody to, and what to remember. Raises `Failed`."""
        begun = Begun(*(secrets.token_urlsafe(32) for _ in range(3)))
        metadata = self.discovery.said(at).metadata
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
        metadata = self.discovery.said(at).metadata
        try:
            with self._session(metadata) as session:
                token: Mapping[str, Any] = session.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=begun.verifier,
                    timeout=self.discovery.patience,
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
        said = self.discovery.said(at)
        try:
            return jwt.decode(id_token, said.keys, algorithms=_SIGNED_BY)
        except InvalidKeyIdError:  # a new key, perhaps
            return jwt.decode(id_token, self.discovery.said(at, within=_NOT_BEFORE).keys, algorithms=_SIGNED_BY)


def _word(said: Any) -> str:
    """An error's name, as the protocol has them; anything else could be anything."""
    plain = isinstance(said, str) and said.isascii() and said.replace("_", "").isalpha() and len(said) <= _LONGEST_WORD
    return str(said) if plain else "something else"
