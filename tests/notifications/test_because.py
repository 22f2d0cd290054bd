from __future__ import annotations

import pytest

from engine.audience import Audience
from notifications.because import BECAUSE


@pytest.mark.parametrize("audience", Audience)
def test_every_audience_is_told_why_when_it_is_told_anything(audience: Audience) -> None:
    assert BECAUSE[audience].startswith("Du får denne besked, fordi du er ")


def test_the_reasons_differ_when_the_audiences_do() -> None:
    assert len({BECAUSE[audience] for audience in Audience}) == len(Audience)
