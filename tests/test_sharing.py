"""What is dear to make is made once, however the tests are shared out among processes."""

from __future__ import annotations

import time

import pytest

from tests.onboarding.lists.made import xlsx_bytes


@pytest.mark.xdist_group("together")
def test_the_tests_of_a_group_stay_together_when_tests_are_shared_out(request: pytest.FixtureRequest) -> None:
    """A group's name, behind a test's, is all that keeps it in one process. If it is lost, nothing else fails."""
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("the tests are not shared out")
    assert request.node.nodeid.endswith("@together")


def test_a_list_is_the_same_whenever_it_was_made() -> None:
    """Its bytes stand in the names of tests: processes that make it in different seconds refuse to share them out."""
    first = xlsx_bytes({"Ark1": [["Navn"]]})
    time.sleep(1.1)
    assert xlsx_bytes({"Ark1": [["Navn"]]}) == first
