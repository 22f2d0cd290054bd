from __future__ import annotations

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels.envelope import Answer
from notifications.channels.http_answer import OtherEnd, answer_to, answer_to_failure
from notifications.channels.https_post import BadUrl, Inside, NotPosted, NotReached, Unanswered

OURS, THEIRS = OtherEnd("SMS-tjenesten", "SOSU_SMS_URL"), OtherEnd("webhooken")


def flags(answer: Answer) -> tuple[bool, bool, bool, bool]:
    return answer.ok, answer.permanent, answer.unreachable, answer.uncertain


@pytest.mark.parametrize(
    ("status", "theirs", "ours"),
    [
        (200, "ok", "ok"),
        (202, "ok", "ok"),
        (204, "ok", "ok"),
        (301, "permanent", "unreachable"),
        (302, "for now", "unreachable"),
        (308, "permanent", "unreachable"),
        (400, "permanent", "permanent"),
        (401, "permanent", "unreachable"),
        (402, "permanent", "unreachable"),
        (403, "permanent", "unreachable"),
        (404, "permanent", "unreachable"),
        (408, "for now", "for now"),
        (410, "permanent", "permanent"),
        (413, "permanent", "permanent"),
        (422, "permanent", "permanent"),
        (429, "for now", "for now"),
        (500, "for now", "for now"),
        (503, "for now", "for now"),
        (199, "uncertain", "uncertain"),
    ],
)
def test_a_status_says_what_may_be_done_with_the_message(status: int, theirs: str, ours: str) -> None:
    meanings = {
        "ok": (True, False, False, False),
        "permanent": (False, True, False, False),
        "unreachable": (False, False, True, False),
        "uncertain": (False, False, False, True),
        "for now": (False, False, False, False),
    }
    assert flags(answer_to(status, THEIRS)) == meanings[theirs]
    assert flags(answer_to(status, OURS)) == meanings[ours]


@given(st.integers(100, 999), st.sampled_from([OURS, THEIRS]))
def test_every_status_is_a_sentence_and_one_thing_at_most(status: int, end: OtherEnd) -> None:
    answer = answer_to(status, end)
    assert sum(flags(answer)) <= 1
    assert answer.detail[0].isupper()
    assert answer.detail.endswith(".")


def test_the_setting_is_what_is_to_be_mended_when_they_do_not_know_us() -> None:
    assert answer_to(401, OURS).detail == "SMS-tjenesten afviste os (401). Ret SOSU_SMS_URL."
    assert answer_to(401, THEIRS).detail == "Webhooken kender ikke modtagerens adresse (401)."


@pytest.mark.parametrize(
    ("failure", "cause", "detail", "meaning"),
    [
        (BadUrl(), None, "Modtagerens adresse kan ikke bruges.", "permanent"),
        (
            Unanswered(late=True),
            TimeoutError(),
            "Webhooken svarede ikke i tide. Beskeden kan være modtaget.",
            "uncertain",
        ),
        (Unanswered(late=False), None, "Webhooken afbrød forbindelsen. Beskeden kan være modtaget.", "uncertain"),
        (NotReached(), TimeoutError(), "Webhooken svarede ikke i tide.", "unreachable"),
        (NotReached(), ssl.SSLError(), "Webhooken kunne ikke give en sikker forbindelse.", "unreachable"),
        (NotReached(), OSError("https://hemmelig"), "Forbindelsen til webhooken svigtede (OSError).", "unreachable"),
    ],
)
def test_it_is_known_whether_it_can_have_come_when_there_is_no_answer(
    failure: NotPosted, cause: Exception | None, detail: str, meaning: str
) -> None:
    failure.__cause__ = cause
    answer = answer_to_failure(failure, THEIRS)
    assert answer == Answer(False, detail, **{meaning: True})


def test_nothing_gets_through_when_the_gateway_of_the_settings_leads_inside() -> None:
    assert answer_to_failure(Inside(), OURS).unreachable
    assert answer_to_failure(Inside(), THEIRS).permanent
