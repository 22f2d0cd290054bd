"""What the settings say about work accounts: whole, or refused with what to do."""

from __future__ import annotations

from typing import Any

import pytest

from engine.refusal import Refused
from settings import Settings
from web.openid.chosen import chosen

TENANT = "0f0e0d0c-1111-2222-3333-444455556666"
ENTRA = f"https://login.microsoftonline.com/{TENANT}/v2.0"
WHOLE = {
    "public_url": "https://sosu.example.org/",
    "oidc_issuer": ENTRA,
    "oidc_client_id": "sosu",
    "oidc_client_secret": "meget-hemmeligt",
    "oidc_roles": '{"leder": {"role": "manager"}}',
}


def made(**changed: Any) -> Any:
    return chosen(Settings.model_validate(WHOLE | changed))


def test_nobody_signs_in_that_way_when_nothing_is_set() -> None:
    assert chosen(Settings()) is None
    assert chosen(Settings.model_validate({"oidc_issuer": "", "oidc_roles": ""})) is None


def test_a_person_of_entra_is_known_by_oid_and_any_other_by_sub_when_all_is_set() -> None:
    assert (made().subject, made(oidc_issuer="https://login.example.org/realms/common").subject) == ("oid", "sub")
    claims = {"oid": "o", "sub": "s", "email": "a@b.dk", "name": "A", "roles": ["leder", 1]}
    arrival = made().arrival(claims)
    assert (arrival.issuer, arrival.subject, arrival.email, arrival.values) == (ENTRA, "o", "a@b.dk", ("leder",))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"oidc_client_id": None}, "SOSU_OIDC_CLIENT_ID mangler"),
        ({"oidc_client_secret": ""}, "SOSU_OIDC_CLIENT_SECRET mangler"),
        ({"oidc_roles": None}, "SOSU_OIDC_ROLES mangler"),
        ({"oidc_roles": "{"}, "ikke gyldig JSON"),
        ({"oidc_claim": " "}, "SOSU_OIDC_CLAIM er tom"),
        ({"oidc_issuer": None}, "uden SOSU_OIDC_ISSUER"),
        ({"oidc_issuer": "http://login.example.org"}, "https://"),
        ({"oidc_issuer": "login.example.org"}, "https://"),
        ({"oidc_issuer": "https://login.example.org/?tenant=1"}, "https://"),
        ({"oidc_issuer": "https://[login"}, "https://"),
        ({"public_url": "http://sosu.example.org"}, "SOSU_PUBLIC_URL"),
        *(
            ({"oidc_issuer": f"https://{host}/{path}"}, "skal nævne jeres lejer")
            for host, path in (
                ("login.microsoftonline.com", "common/v2.0"),
                ("login.microsoftonline.com", "organizations/v2.0"),
                ("login.microsoftonline.com", "consumers/v2.0"),
                ("login.microsoftonline.com", "9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"),
                ("login.microsoftonline.com", "aarhus.onmicrosoft.com/v2.0"),
                ("login.microsoftonline.com", TENANT),
                ("LOGIN.microsoftonline.us", "common/v2.0"),
                ("sts.windows.net", TENANT),
            )
        ),
    ],
    ids=str,
)
def test_it_is_said_what_to_do_when_a_setting_is_missing_or_cannot_be(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        made(**changed)
    assert "hemmeligt" not in str(refused.value)


def test_every_fault_is_said_at_once_when_there_are_several() -> None:
    with pytest.raises(Refused) as refused:
        made(oidc_client_id=None, oidc_roles="[]", public_url="http://sosu.example.org")
    assert len(refused.value.reasons) == 3


def test_the_secret_is_shown_nowhere_when_the_settings_or_the_provider_are() -> None:
    shown = repr(Settings.model_validate(WHOLE)) + repr(made()) + repr(made().provider)
    assert "hemmeligt" not in shown
