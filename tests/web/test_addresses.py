"""Where the page is, and whom it believes about who asks: settings that are refused when they could not work."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from engine.refusal import Refused
from onboarding import sign_ins
from settings import load
from tests.municipality import Municipality
from tests.web.site import lent_app, served


@pytest.mark.parametrize(("proxies", "status"), [("127.0.0.1", 401), ("192.0.2.7, 198.51.100.0/24", 429)])
def test_one_origin_shuts_the_door_for_others_only_when_the_proxy_is_not_believed(
    town: Municipality, key_file: Path, monkeypatch: pytest.MonkeyPatch, proxies: str, status: int
) -> None:
    monkeypatch.setattr(sign_ins, "_TRIES_OF_ORIGIN", 2)
    with lent_app(town, key_file) as app, served(app, proxies=proxies) as address:
        said = [
            httpx.post(
                f"{address}/login",
                data={"email": f"{number}@example.org", "password": "x"},
                headers={"x-forwarded-for": origin},
                trust_env=False,
            ).status_code
            for number, origin in enumerate(("203.0.113.1", "203.0.113.1", "203.0.113.2"))
        ]
    assert said == [401, 401, status]


@pytest.mark.parametrize("said", ["", "sosu", "sosu.example.org", "ftp://sosu.example.org", "https://"])
def test_the_pages_own_address_is_refused_when_no_link_could_begin_with_it(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOSU_PUBLIC_URL", said)
    with pytest.raises(Refused, match="SOSU_PUBLIC_URL"):
        load()


def test_the_pages_own_address_is_of_tls_however_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOSU_PUBLIC_URL", "HTTPS://sosu.example.org/")
    assert load().public_url == "https://sosu.example.org"


@pytest.mark.parametrize("said", ["*", "0.0.0.0/0", "10.0.0.1,::/0", "proxy.example.org", "10.0.0.1/24", ""])
def test_a_proxy_is_refused_when_it_is_no_address(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOSU_TRUSTED_PROXIES", said)
    with pytest.raises(Refused, match="SOSU_TRUSTED_PROXIES"):
        load()
