"""Forløb: a card that is moved twice from the same page, and a receipt for what this person has just done, alone."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx

from models.staff import Role
from tests.municipality import SYD_AREA, VIBY, Candidate
from tests.web.site import Site, Visitor

BOARD = "/forloeb/immigrant_track"


def moves(visitor: Visitor, olena: Candidate, step: str, revision: int, query: str = "") -> httpx.Response:
    """By the one form of a board that was shown once."""
    return visitor.posts(f"{BOARD}/flyt{query}", kort=f"{olena.reference} {revision} {step}", command_id="en-tavle")


def receipt(visitor: Visitor, address: str) -> str:
    """What the board says was done."""
    _, _, alert = visitor.gets(address).text.partition("alert-success")
    return re.sub("<[^>]*>", "", alert.partition('alert-text">')[2].partition("</p>")[0])


def ready(site: Site) -> Candidate:
    olena = site.town.enrols()
    olena.records("interest_confirmed")
    return olena


def test_it_is_done_once_and_answered_as_before_when_the_same_card_is_moved_twice(site: Site) -> None:
    olena, karen = ready(site), site.remembered(Role.COORDINATOR)
    first, again = (moves(karen, olena, "admit", 2, "?soeg=olena") for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert "soeg=olena" in urlsplit(first.headers["location"]).query
    assert receipt(karen, first.headers["location"]) == f"{olena.reference} er flyttet."
    assert [action for action, *_ in olena.happened()] == ["enrol", "move"]


def test_the_board_says_that_it_is_old_when_a_card_of_it_is_moved_to_another_place_afterwards(site: Site) -> None:
    olena, karen = ready(site), site.remembered(Role.COORDINATOR)
    assert moves(karen, olena, "admit", 2).status_code == 303
    answer = moves(karen, olena, "reject", 2)
    assert (answer.status_code, "command-id" in answer.text) == (422, False)
    assert f"{olena.reference} blev ikke flyttet" in answer.text
    assert "Forløbet er ændret, siden siden blev vist." in answer.text
    assert olena.stage == "danish_course"


def test_no_receipt_is_shown_when_the_case_has_changed_since_or_the_address_is_another_ones(site: Site) -> None:
    olena, karen = ready(site), site.remembered(Role.COORDINATOR)
    address = moves(karen, olena, "admit", 2).headers["location"]
    manager = site.remembered(Role.MANAGER)
    assert (receipt(karen, address) != "", receipt(manager, address)) == (True, "")
    for other in (
        f"?gjort={olena.reference}",
        f"?sag={olena.reference}",
        f"?sag={olena.reference}&udgave=3",
        f"?sag={olena.reference}&gjort=andet&udgave=3",
        f"?sag={olena.reference}&gjort=en-tavle-{olena.reference}",
    ):
        assert receipt(karen, BOARD + other) == "", other
    olena.pauses(by=VIBY)
    assert receipt(karen, address) == ""
    assert receipt(karen, moves(karen, olena, "admit", 2).headers["location"]) == "", "it was done, and is over"


def test_no_receipt_is_shown_when_the_case_has_left_ones_area(site: Site) -> None:
    olena, karen = ready(site), site.remembered(Role.COORDINATOR)
    address = moves(karen, olena, "admit", 2).headers["location"]
    olena.is_assigned("koordinator.syd@example.org", SYD_AREA)
    assert receipt(karen, address) == ""
