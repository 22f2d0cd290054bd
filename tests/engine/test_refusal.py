"""A refusal always has a reason."""

from __future__ import annotations

import pytest

from engine.refusal import Refused


def test_every_reason_is_a_line_when_a_refusal_is_printed() -> None:
    refusal = Refused("Samtykke mangler.", "Kontrakt mangler.")
    assert refusal.reasons == ("Samtykke mangler.", "Kontrakt mangler.")
    assert str(refusal) == "Samtykke mangler.\nKontrakt mangler."


def test_a_refusal_cannot_be_made_when_there_is_no_reason() -> None:
    with pytest.raises(ValueError, match="needs a reason"):
        Refused()
