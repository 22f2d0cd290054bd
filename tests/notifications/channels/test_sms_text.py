from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels.sms_text import TWO_PARTS, as_sms, in_alphabet, places

LINK = "https://sosu.example.org/forloeb/IM-0042"


def test_subject_and_link_are_all_of_it_when_there_is_room() -> None:
    assert as_sms("IM-0042: Trin 2 er begyndt", LINK) == f"IM-0042: Trin 2 er begyndt\n{LINK}"
    assert as_sms("IM-0042: Trin 2 er begyndt", "") == "IM-0042: Trin 2 er begyndt"


def test_the_subject_is_shortened_and_the_link_whole_when_two_parts_are_too_few() -> None:
    text = as_sms("ord " * 200, LINK)
    assert text.startswith("ord ord ")
    assert text.endswith(f"...\n{LINK}")
    assert TWO_PARTS - 1 <= places(text) <= TWO_PARTS


def test_the_link_is_all_of_it_when_it_fills_two_parts() -> None:
    long = f"{LINK}?a={'b' * 300}"
    assert as_sms("Emne", long) == long


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Løntilskud på Åboulevarden, én æske", "Løntilskud på Åboulevarden, én æske"),
        ("IM-0042 – »færdig« … 5’s", 'IM-0042 - "færdig" ... 5\'s'),
        ("Zoë, š, ê", "Zoe, s, e"),
        ("👍 ok\u200b", "? ok"),
    ],
)
def test_the_nearest_letters_are_sent_when_the_alphabet_has_not_those(written: str, sent: str) -> None:
    assert in_alphabet(written) == sent


def test_a_letter_outside_of_ascii_is_written_as_addresses_have_it_when_it_stands_in_a_link() -> None:
    assert as_sms("", "https://sosu.example.org/forløb/~x") == "https://sosu.example.org/forl%C3%B8b/~x"
    assert as_sms("", "https://sosu.example.org/forl%C3%B8b/~x") == "https://sosu.example.org/forl%C3%B8b/~x"


def test_some_letters_take_two_places() -> None:
    assert (places("æøå"), places("[€]")) == (3, 6)


@given(st.text(max_size=400), st.text("abc/øÆ€~^[]?=&%-_", max_size=400))
def test_a_text_is_one_or_two_parts_of_the_alphabet_whatever_it_says(subject: str, end: str) -> None:
    text = as_sms(subject, f"https://x.dk/{end}")
    *_, link = text.split("\n")
    assert text == in_alphabet(text)
    assert link.startswith("https://x.dk/")
    assert places(text) <= TWO_PARTS or text == link
