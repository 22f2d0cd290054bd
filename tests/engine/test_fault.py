from __future__ import annotations

from engine.fault import where


def raised() -> ValueError:
    try:
        raise ValueError("Olena Kovalenko 010190-1234")
    except ValueError as error:
        return error


def test_kind_and_place_are_told_and_no_text_when_an_error_names_somebody() -> None:
    assert where(raised()) == "ValueError in raised, line 8"


def test_it_is_told_in_danish_when_danish_words_are_given() -> None:
    assert where(raised(), "{kind} i {function}, linje {line}") == "ValueError i raised, linje 8"
