"""What the settings choose: a provider, the claim that counts, and what its values give; or nobody to sign in by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from engine.refusal import Refused
from onboarding.arriving import Arrival, Grant, read_grants
from settings import Settings
from web.openid.addresses import is_private
from web.openid.failing import Failed, Kind
from web.openid.provider import Provider

#: Where the provider sends people back to: this, on SOSU_PUBLIC_URL.
ANSWER = "/login/openid/svar"

_LONGEST = 255  # what the database keeps of an issuer and of a subject; OpenID Connect Core 1.0, 2, has the same limit
_ENTRA = re.compile(r"(?:.+\.)?(?:microsoftonline\.(?:com|us|cn|de)|windows\.net)")
#: One tenant, by its id: so alone does Entra ID call itself what it is asked by. The one left out has private accounts.
_ONE_TENANT = re.compile(r"/(?!9188040d-6c67-4c5b-b112-36a304b66dad/)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/v2\.0")


@dataclass(frozen=True, slots=True)
class OpenId:
    """`subject` is the claim by which the provider knows somebody for good."""

    provider: Provider
    subject: str
    claim: str
    grants: Mapping[str, Grant]

    def arrival(self, claims: Mapping[str, Any]) -> Arrival:
        """Whom these claims are about. Raises `Failed` when they do not say."""
        subject = claims.get(self.subject)
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST or not subject.isprintable():
            raise Failed(Kind.UNTRUSTED, f"the ID token has no usable {self.subject}")
        unverified = str(claims.get("email_verified", True)).lower() == "false"
        said = claims.get(self.claim)
        values = [said] if isinstance(said, str) else said if isinstance(said, list) else []
        return Arrival(
            issuer=self.provider.issuer,
            subject=subject,
            email=None if unverified else _text(claims.get("email")),
            name=_text(claims.get("name")),
            values=tuple(value for value in values if isinstance(value, str)),
        )


def chosen(settings: Settings) -> OpenId | None:
    """None without an issuer. Raises `Refused` with a sentence for each setting that is missing or cannot be."""
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else ""
    others = {
        "SOSU_OIDC_CLIENT_ID": settings.oidc_client_id,
        "SOSU_OIDC_CLIENT_SECRET": secret,
        "SOSU_OIDC_ROLES": settings.oidc_roles,
    }
    issuer = settings.oidc_issuer
    if not issuer:
        given = [name for name, value in others.items() if value]
        if given:
            raise Refused(f"{', '.join(given)} er sat uden SOSU_OIDC_ISSUER. Sæt udstederen, eller fjern resten.")
        return None
    wrong = [f"{name} mangler: login med arbejdskonto skal bruge den." for name, value in others.items() if not value]
    wrong += [*_wrong_with(issuer), *_wrong_with_us(settings)]
    try:
        grants = read_grants(settings.oidc_roles) if settings.oidc_roles else {}
    except Refused as refused:
        wrong += refused.reasons
    if wrong:
        raise Refused(*wrong)
    answer_at = settings.public_url.rstrip("/") + ANSWER
    provider = Provider(issuer, settings.oidc_client_id or "", secret, answer_at)
    return OpenId(provider, identifying_claim(issuer), settings.oidc_claim, grants)


def identifying_claim(issuer: str) -> str:
    """Entra ID's `sub` is another one for each registered app; its `oid` is the person's own, in the whole tenant."""
    return "oid" if _is_entra(issuer) else "sub"


def _wrong_with(issuer: str) -> list[str]:
    if len(issuer) > _LONGEST or not is_private(issuer) or urlsplit(issuer).query or urlsplit(issuer).fragment:
        return ["SOSU_OIDC_ISSUER skal være udstederens adresse og begynde med https://."]
    if _is_entra(issuer) and not _ONE_TENANT.fullmatch(urlsplit(issuer).path):
        return [
            "SOSU_OIDC_ISSUER skal nævne jeres lejer i Entra ID ved dens id: "
            "https://login.microsoftonline.com/<mappe-id (lejer)>/v2.0. »common«, »organizations« og »consumers« er "
            "alle og enhver."
        ]
    return []


def _wrong_with_us(settings: Settings) -> list[str]:
    wrong = []
    if not is_private(settings.public_url):
        wrong.append("SOSU_PUBLIC_URL skal begynde med https://, når der logges ind med arbejdskonto.")
    if not settings.oidc_claim.strip():
        wrong.append("SOSU_OIDC_CLAIM er tom. Skriv navnet på den claim, der har rollerne, eller udelad indstillingen.")
    return wrong


def _is_entra(issuer: str) -> bool:
    return bool(_ENTRA.fullmatch(urlsplit(issuer).hostname or ""))


def _text(said: Any) -> str | None:
    """Text that can be kept and shown: no control characters, of which databases refuse some."""
    return said.strip() or None if isinstance(said, str) and said.isprintable() else None
