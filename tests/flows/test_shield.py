from __future__ import annotations

import traceback

import pytest

from engine.refusal import Refused
from flows.shield import Failed, shielded


def test_only_the_kind_and_the_place_of_an_error_are_told_when_its_text_names_somebody() -> None:
    with pytest.raises(Failed) as told, shielded():
        raise ValueError("Olena Kovalenko 010190-1234")
    printed = "".join(traceback.format_exception(told.value))
    assert "ValueError in test_only_the_kind" in printed
    assert "Failed" in printed
    assert "Olena" not in str(told.value)
    assert "During handling" not in printed


def test_a_refusal_is_told_as_it_is_when_it_names_a_remedy() -> None:
    with pytest.raises(Refused, match="SOSU_MAIL_URL") as told, shielded():
        raise Refused("Ret SOSU_MAIL_URL.", "Prøv igen.")
    assert told.value.reasons == ("Ret SOSU_MAIL_URL.", "Prøv igen.")


def test_nothing_but_the_refusal_is_told_when_an_error_that_names_somebody_is_behind_it() -> None:
    with pytest.raises(Refused) as told, shielded():
        _refuse_because_of("Olena Kovalenko 010190-1234")
    printed = "".join(traceback.format_exception(told.value))
    assert "Databasen svarer ikke." in printed
    assert "Olena" not in printed
    assert "direct cause" not in printed
    assert "During handling" not in printed


def _refuse_because_of(text: str) -> None:
    try:
        raise ValueError(text)
    except ValueError as error:
        raise Refused("Databasen svarer ikke.") from error
