"""A post in somebody's name, from a page that is not ours."""

from __future__ import annotations

import pytest

from models.staff import Role
from tests.municipality import VIBY
from tests.web.site import PASSWORD, Site

_REFUSED = "kom et andet sted fra"

FROM_ELSEWHERE = {
    "another site": {"sec-fetch-site": "cross-site"},
    "another host of the same site": {"sec-fetch-site": "same-site"},
    "another origin": {"origin": "https://example.com"},
    "an origin that a browser hides": {"origin": "null"},
    "the right name at another port": {"origin": "http://127.0.0.1:1"},
    "an origin that cannot be": {"origin": "http://["},
}
elsewhere = pytest.mark.parametrize("headers", FROM_ELSEWHERE.values(), ids=list(FROM_ELSEWHERE))


@elsewhere
def test_nothing_happens_when_a_post_comes_from_elsewhere(site: Site, headers: dict[str, str]) -> None:
    visitor = site.signed_in()
    answer = visitor.posts("/logout", headers=headers)
    assert (answer.status_code, _REFUSED in answer.text) == (403, True)
    assert visitor.is_in()


@elsewhere
def test_nobody_is_signed_in_when_the_form_was_sent_from_elsewhere(site: Site, headers: dict[str, str]) -> None:
    visitor = site.visitor()
    site.somebody(Role.COORDINATOR)
    answer = visitor.posts("/login", headers=headers, email=VIBY, password=PASSWORD)
    assert (answer.status_code, _REFUSED in answer.text) == (403, True)
    assert not visitor.is_in()


@pytest.mark.parametrize("token", ["", "0" * 64, "ikke hexadecimalt: æøå"])
def test_nothing_happens_when_the_token_is_not_this_browsers(site: Site, token: str) -> None:
    visitor, other = site.signed_in(), site.signed_in()
    for wrong in (token, other.csrf):
        assert visitor.posts("/logout", csrf=wrong).status_code == 403
        assert visitor.posts("/logout", headers={"x-csrf-token": wrong.encode().hex()}).status_code == 403
    assert visitor.client.post("/logout").status_code == 403
    assert visitor.is_in()


@pytest.mark.parametrize("site_of_it", ["same-origin", "none"])
def test_it_is_done_when_the_browser_says_that_it_is_ours(site: Site, site_of_it: str) -> None:
    visitor = site.signed_in()
    answer = visitor.posts("/logout", headers={"sec-fetch-site": site_of_it, "origin": site.address})
    assert answer.status_code == 303
    assert not visitor.is_in()


def test_it_is_done_when_the_token_comes_in_the_header_that_htmx_sends(site: Site) -> None:
    visitor = site.signed_in()
    assert visitor.client.post("/logout", headers={"x-csrf-token": visitor.csrf}).status_code == 303
    assert not visitor.is_in()
