from __future__ import annotations

import pytest

from engine.audience import Audience
from notifications.because import because_of


@pytest.mark.parametrize("audience", Audience)
def test_every_audience_is_told_why_when_it_is_told_anything(audience: Audience) -> None:
    assert because_of(audience).startswith("Du får denne besked, fordi du er ")


def test_the_reasons_differ_when_the_audiences_do() -> None:
    assert len({because_of(audience) for audience in Audience}) == len(Audience)
