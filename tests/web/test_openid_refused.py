"""When it does not come to a sign-in: the provider is away, the browser brings something else, the person may not."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from models.staff import Staff
from models.types import table
from onboarding import staffing
from tests.municipality import SYD, VIBY, Municipality
from tests.web.openid import AWAY, UNTRUSTED, Forger, answers, forging, question, refused, with_work_accounts
from tests.web.site import Site, app_of, served

_DISCOVERY = "/.well-known/openid-configuration"


@pytest.mark.parametrize(
    "wrong",
    [
        {_DISCOVERY: (500, {})},
        {_DISCOVERY: (302, {})},
        {_DISCOVERY: (200, b"<html>")},
        {_DISCOVERY: (200, [])},
        {"/jwks": (503, {})},
    ],
    ids=str,
)
def test_it_is_said_when_the_provider_says_nothing_of_use_about_itself(
    forged: Site, forger: Forger, wrong: dict[str, Any]
) -> None:
    forger.answers = wrong
    refused(forged.visitor().gets("/login/openid"), AWAY)
    forger.answers = {}
    forged.town.clock.passes(seconds=31)
    assert forger.lets_in(forged.visitor()).status_code == 303


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://login.example.org"},
        {"token_endpoint": "http://login.example.org/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://[login"},
    ],
    ids=str,
)
def test_nothing_is_sent_there_when_the_provider_names_a_place_that_cannot_be_right(
    forged: Site, forger: Forger, metadata: dict[str, Any]
) -> None:
    forger.metadata = metadata
    refused(forged.visitor().gets("/login/openid"), AWAY)


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        ((500, {}), 502, AWAY),
        ((302, {}), 502, UNTRUSTED),
        ((200, b"<html>"), 502, AWAY),
        ((200, {"access_token": "adgang", "expires_in": "soon"}), 502, AWAY),
        ((401, {"error": "invalid_client", "error_description": "AADSTS7000215: hemmeligt"}), 502, AWAY),
        ((400, {"error": "invalid_grant"}), 400, "Begynd forfra"),
        ((400, {"error": {"x": 1}}), 502, AWAY),
    ],
    ids=str,
)
def test_it_is_said_when_the_provider_gives_no_token(
    forged: Site,
    forger: Forger,
    answer: tuple[int, Any],
    status: int,
    said: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    forger.answers["/token"] = answer
    refused(forger.lets_in(forged.visitor()), said, status)
    assert "hemmeligt" not in capfd.readouterr().err


def test_it_is_said_soon_when_the_provider_is_slow_or_gone(town: Municipality, key_file: Path) -> None:
    with forging(town) as forger, with_work_accounts(town, key_file, forger.issuer, patience=0.2) as site:
        forger.slow = 0.6
        refused(site.visitor().gets("/login/openid"), AWAY)
    with with_work_accounts(town, key_file, forger.issuer) as site:
        refused(site.visitor().gets("/login/openid"), AWAY)


def test_a_silent_provider_is_waited_for_once_when_several_people_want_to_come_in(forged: Site, forger: Forger) -> None:
    forger.slow = 1
    with ThreadPoolExecutor(4) as people:
        for answer in people.map(lambda each: each.gets("/login/openid"), [forged.visitor() for _ in range(4)]):
            refused(answer, AWAY)
    assert forger.asked == {_DISCOVERY: 1}
    assert httpx.get(f"{forged.address}/healthz", trust_env=False).status_code == 200
    forger.slow = 0
    refused(forged.visitor().gets("/login/openid"), AWAY)
    forged.town.clock.passes(seconds=31)
    assert forger.lets_in(forged.visitor()).status_code == 303


def test_it_is_said_soon_when_the_provider_answers_a_drop_at_a_time(forged: Site, forger: Forger) -> None:
    forger.drips = 0.2
    began = time.monotonic()
    refused(forged.visitor().gets("/login/openid"), AWAY)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"error": "access_denied"}, 403, "afbrudt eller afvist"),
        ({"error": "server_error", "error_description": "<script>"}, 502, AWAY),
        ({"error": "<script>alert(1)</script>"}, 502, AWAY),
        ({"iss": "https://login.example.org"}, 502, UNTRUSTED),
        ({"state": "another"}, 400, "Begynd forfra"),
        ({"state": "å"}, 400, "Begynd forfra"),
        ({"code": ""}, 400, "Begynd forfra"),
    ],
    ids=str,
)
def test_it_is_said_when_the_browser_brings_something_else(
    forged: Site, forger: Forger, more: dict[str, str], status: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = question(visitor := forged.visitor())
    answer = answers(visitor, asked, **more)
    refused(answer, said, status)
    assert "<script>" not in answer.text + capfd.readouterr().err
    assert forger.asked["/token"] == 0


@pytest.mark.parametrize("cookie", ["", "noget andet", "AAAA", "å".encode().hex(), "x" * 5000])
def test_it_is_said_when_the_browser_brings_back_what_it_was_not_given(forged: Site, cookie: str) -> None:
    visitor = forged.visitor()
    visitor.client.cookies.set("sosu-openid", cookie)
    refused(answers(visitor, {"state": ""}), "Begynd forfra", 400)


def test_somebody_is_found_by_the_provider_when_their_e_mail_has_changed(forged: Site, forger: Forger) -> None:
    forger.lets_in(forged.visitor())
    visitor = forged.visitor()
    forger.lets_in(visitor, email=SYD, roles=["koordinator-syd", "andet"])
    assert "Karen Viby" in visitor.gets("/").text
    [karen] = [row for row in forged.town.rows(table(Staff)) if row["openid_subject"]]
    assert karen["email"] == VIBY
    with forged.town.database.read() as session:
        areas = {person["staff"]: person["areas"] for person in staffing.staff(session)}
    assert areas[VIBY] == ["Syd"]


@pytest.mark.parametrize("unverified", [False, "false"])
def test_an_e_mail_leads_to_nobody_when_the_provider_has_not_verified_it(
    forged: Site, forger: Forger, unverified: object
) -> None:
    refused(
        forger.lets_in(forged.visitor(), sub="somebody-new", email_verified=unverified), "ingen bekræftet e-mail", 403
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"roles": ["koordinator-viby", "leder"]}, "ikke kan forenes"),
        ({"roles": {"a": 1}}, "giver ikke adgang"),
        ({"roles": ["nowhere"]}, "»Atlantis«"),
        ({"email": "x" * 300, "sub": "new"}, "E-mailadressen er ikke gyldig"),
        ({"email": None, "sub": "new"}, "ingen bekræftet e-mail"),
        ({"email": "a\0@b.dk", "sub": "new"}, "ingen bekræftet e-mail"),
    ],
    ids=str,
)
def test_it_is_said_plainly_when_somebody_the_provider_knows_cannot_come_in(
    forged: Site, forger: Forger, changed: dict[str, Any], said: str
) -> None:
    refused(forger.lets_in(forged.visitor(), **changed), said, 403)


def test_there_is_no_such_way_in_when_there_is_no_issuer(town: Municipality, key_file: Path) -> None:
    with served(app_of(town, key_file)) as address:
        for path in ("/login/openid", "/login/openid/svar"):
            assert httpx.get(address + path, trust_env=False).status_code == 404
        assert "arbejdskonto" not in httpx.get(f"{address}/login", trust_env=False).text


def test_the_cookie_is_for_this_host_and_tls_when_the_page_is_behind_it(
    town: Municipality, key_file: Path, forger: Forger
) -> None:
    with with_work_accounts(town, key_file, forger.issuer, public_url="https://sosu.example.org") as site:
        answer = site.visitor().gets("/login/openid")
    assert httpx.URL(answer.headers["location"]).params["redirect_uri"] == "https://sosu.example.org/login/openid/svar"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-sosu-openid=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))


def test_nobody_is_led_away_when_the_address_to_go_on_to_is_not_ours(forged: Site, forger: Forger) -> None:
    for wanted, led_to in (
        ("//example.com/", "/"),
        ("/" + "x" * 5000, "/"),
        ("/forloeb?vis=frist", "/forloeb?vis=frist"),
    ):
        assert forger.lets_in(forged.visitor(), wanted).headers["location"] == led_to
