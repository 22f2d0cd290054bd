"""What every answer tells a browser not to do."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tests.municipality import Municipality
from tests.web.site import Site, Visitor, app_of, served

#: Answers of every kind: a page, a way to the door, nothing there, a form that lacks something, a wrong method.
ANSWERS = [("GET", "/login"), ("GET", "/"), ("GET", "/ingen/side"), ("POST", "/login"), ("PUT", "/login")]
every_answer = pytest.mark.parametrize(("method", "path"), ANSWERS)


def assert_safe(answer: httpx.Response) -> None:
    headers = answer.headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_a_mail_may_be_styled_and_framed_by_us_and_nothing_else_when_it_is_previewed(site: Site) -> None:
    visitor = site.signed_in()
    page = "/beskeder/skabeloner/immigrant_track/start_position"
    assert_safe(visitor.gets(page))
    answer = visitor.gets(f"{page}/mail")
    assert answer.headers["content-security-policy"].split("; ") == [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        "sandbox",
    ]
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert_safe(visitor.gets(f"{page.replace('start_position', 'nothing')}/mail"))


@every_answer
def test_an_answer_is_kept_by_nobody_and_runs_nothing_of_others_when_it_is_given(
    visitor: Visitor, method: str, path: str
) -> None:
    answer = visitor.client.request(method, path)
    assert_safe(answer)
    assert "strict-transport-security" not in answer.headers


def test_pages_of_whoever_is_signed_in_are_kept_by_nobody(site: Site) -> None:
    visitor = site.signed_in()
    for path in ("/", "/forloeb/immigrant_track", "/sag/IM-9999"):
        assert_safe(visitor.gets(path))


def test_a_browser_stays_with_tls_when_the_page_is_behind_it(town: Municipality, key_file: Path) -> None:
    with served(app_of(town, key_file, "https://sosu.example.org")) as address:
        for method, path in ANSWERS:
            answer = httpx.request(method, address + path, trust_env=False)
            assert answer.headers["strict-transport-security"] == "max-age=31536000"


def broken(app: FastAPI) -> FastAPI:
    """The page, with a mistake in it."""

    @app.get("/fejl")
    def mistake() -> None:
        raise RuntimeError("Olena Kovalenko 010190-1234")

    return app


def test_nothing_is_told_and_everything_is_safe_when_the_program_has_a_mistake(
    town: Municipality, key_file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with served(broken(app_of(town, key_file))) as address:
        answer = httpx.get(f"{address}/fejl", trust_env=False)
    assert answer.status_code == 500
    assert "Der er sket en fejl" in answer.text
    assert_safe(answer)
    written = capfd.readouterr().err
    told = json.loads(written)
    assert (told["event"], told["error"]) == ("page_failed", "RuntimeError")
    assert told["frames"][-1].endswith(" mistake"), "where it happened"
    assert "Olena" not in answer.text + written
    assert "010190" not in answer.text + written


def test_what_belongs_to_a_release_is_kept_for_a_day_when_it_is_asked_for(visitor: Visitor) -> None:
    for path in (
        "dkfds/css/dkfds.min.css",
        "dkfds/js/dkfds.min.js",
        "htmx/htmx.min.js",
        "sosu/sosu.css",
        "sosu/icon.svg",
    ):
        answer = visitor.gets(f"/assets/{path}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=86400"
    assert visitor.gets("/assets/dkfds/css/../../package.json").status_code == 404
    assert visitor.gets("/assets/dkfds/%2e%2e/package.json").status_code == 404
    assert visitor.gets("/assets/dkfds/intet").headers["cache-control"] == "no-store"


def test_a_browser_keeps_an_asset_when_it_asks_and_hears_that_nothing_is_new(site: Site) -> None:
    visitor = site.visitor()
    first = visitor.gets("/assets/sosu/sosu.css")
    again = visitor.client.get("/assets/sosu/sosu.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "public, max-age=86400")


def test_nothing_stands_in_a_page_that_the_policy_would_hold_back(site: Site) -> None:
    visitor = site.signed_in()
    for path in ("/login", "/", "/forloeb/immigrant_track"):
        text = visitor.gets(path).text
        assert " style=" not in text
        assert " on" not in {attribute[:3] for attribute in text.split('"')}
        assert "<style" not in text
        assert "<script>" not in text


def test_a_small_answer_comes_at_once_when_a_connection_is_kept(visitor: Visitor) -> None:
    """And not when the browser has acknowledged the headers, for which it takes 40 ms."""
    took = []
    for _ in range(20):
        began = time.perf_counter()
        assert visitor.client.get("/healthz").status_code == 200
        took.append(time.perf_counter() - began)
    assert sorted(took)[3] < 0.03, took
