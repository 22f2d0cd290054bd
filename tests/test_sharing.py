"""What is dear to make is made once, however the tests are shared out among processes."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("together")
def test_the_tests_of_a_group_stay_together_when_tests_are_shared_out(request: pytest.FixtureRequest) -> None:
    """A group's name, behind a test's, is all that keeps it in one process. If it is lost, nothing else fails."""
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("the tests are not shared out")
    assert request.node.nodeid.endswith("@together")
