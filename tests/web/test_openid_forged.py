"""Tokens that no real provider makes: of another, for another, too late, or forged."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from joserfc import jws, jwt

from flows.logs import HIDDEN
from tests.municipality import VIBY
from tests.web.openid import (
    CLIENT,
    OTHER_KEY,
    UNTRUSTED,
    Forger,
    answers,
    half_hash,
    question,
    refused,
    unsigned,
    with_a_password,
)
from tests.web.site import Site


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"aud": [CLIENT, "another"], "azp": CLIENT},
        {"at_hash": half_hash("adgang")},
        {"roles": "koordinator-viby"},
        {"exp": -30},  # half a minute ago: clocks differ
    ],
    ids=["as it should be", "several audiences", "a hash of the access token", "one role", "just now expired"],
)
def test_somebody_is_in_when_the_token_is_right(forged: Site, forger: Forger, changed: dict[str, Any]) -> None:
    visitor = forged.visitor()
    assert forger.lets_in(visitor, **changed).status_code == 303
    assert visitor.is_in()


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://login.example.org"},
        {"iss": None},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"aud": None},
        {"azp": "another"},
        {"exp": -90},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 90},
        {"iat": None},
        {"nbf": 90},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a\0"},
        {"sub": "x" * 256},
        {"at_hash": half_hash("another")},
        {"at_hash": 7},
    ],
    ids=str,
)
def test_nobody_is_in_when_a_claim_is_wrong(
    forged: Site, forger: Forger, changed: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    visitor = forged.visitor()
    refused(forger.lets_in(visitor, **changed), UNTRUSTED)
    assert not visitor.is_in()
    written = capfd.readouterr().err
    assert json.loads(written)["event"] == "sign_in_failed"
    assert json.loads(written)["why"] != HIDDEN
    assert written.count("\n") == 1
    assert forger.token not in written
    assert VIBY not in written


FORGED: dict[str, Callable[[Forger, dict[str, Any]], Any]] = {
    "another key": lambda forger, claims: forger.signed(claims, key=OTHER_KEY),
    "another key's name": lambda _, claims: jwt.encode({"alg": "RS256", "kid": "k9"}, claims, OTHER_KEY),
    "alg none": lambda _, claims: unsigned({"alg": "none"}, claims),
    "alg none, with the key's name": lambda _, claims: unsigned({"alg": "none", "kid": "k1"}, claims),
    "the public key as a password": lambda forger, claims: with_a_password(forger.keys["k1"], claims),
    "a key of its own in the header": lambda _, claims: jwt.encode(
        {"alg": "RS256", "jwk": OTHER_KEY.as_dict(private=False)}, claims, OTHER_KEY
    ),
    "no algorithm": lambda _, claims: unsigned({"kid": "k1"}, claims, "AAAA"),
    "a strange algorithm": lambda _, claims: unsigned({"alg": ["RS256"], "kid": "k1"}, claims, "AAAA"),
    "a strange header": lambda _, claims: unsigned([1], claims, "AAAA"),  # type: ignore[arg-type]
    "no claims": lambda forger, _: jws.serialize_compact({"alg": "RS256", "kid": "k1"}, b"[1]", forger.keys["k1"]),
    "no token": lambda _forger, _claims: None,
    "no text": lambda _forger, _claims: {"sub": "subject-1"},
    "no parts": lambda _forger, _claims: "a.b.c",
    "not ASCII": lambda _forger, _claims: "æ.ø.å",
}


@pytest.mark.parametrize("forgery", FORGED.values(), ids=FORGED)
def test_nobody_is_in_when_the_provider_has_not_signed(
    forged: Site, forger: Forger, forgery: Callable[[Forger, dict[str, Any]], Any]
) -> None:
    visitor = forged.visitor()
    asked = question(visitor)
    forger.token = forgery(forger, forger.claims(asked))
    refused(answers(visitor, asked), UNTRUSTED)
    assert not visitor.is_in()


def test_a_new_key_is_found_and_asked_for_once_a_minute_when_it_is_unknown(forged: Site, forger: Forger) -> None:
    forger.lets_in(forged.visitor())
    forger.keys["k2"] = OTHER_KEY

    def with_the_new_key() -> httpx.Response:
        asked = question(visitor := forged.visitor())
        forger.token = forger.signed(forger.claims(asked), "k2")
        return answers(visitor, asked)

    for _ in range(3):
        refused(with_the_new_key(), UNTRUSTED)
    assert forger.asked["/jwks"] == 1
    forged.town.clock.passes(minutes=1)
    assert with_the_new_key().status_code == 303
    assert with_the_new_key().status_code == 303
    assert forger.asked["/jwks"] == 2


def test_an_old_key_is_good_for_an_hour_at_most_when_the_provider_gives_it_up(forged: Site, forger: Forger) -> None:
    forger.lets_in(forged.visitor())
    old = forger.keys.pop("k1")
    forger.keys["k2"] = OTHER_KEY
    forged.town.clock.passes(hours=1)
    asked = question(visitor := forged.visitor())
    forger.token = forger.signed(forger.claims(asked), key=old)
    refused(answers(visitor, asked), UNTRUSTED)


def test_a_strange_key_is_passed_over_when_another_one_fits(forged: Site, forger: Forger) -> None:
    strange = [
        {"kty": "AKP", "alg": "ML-DSA-44"},
        {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA"},
        {"kty": "RSA"},
        7,
    ]
    known = forger.keys["k1"].as_dict(private=False, kid="k1")
    forger.answers["/jwks"] = (200, {"keys": [*strange, known]})
    assert forger.lets_in(forged.visitor()).status_code == 303
