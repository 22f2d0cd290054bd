"""Trial mode: only those on a list get what leaves the machine, until somebody says otherwise."""

from __future__ import annotations

import pytest

from engine.refusal import Refused
from notifications.channels.reach import Reach, reach_of
from onboarding import audit, trial
from tests.municipality import SYD, VIBY, VIBY_MANAGER, Municipality

BY = "cli:test"


def turns(town: Municipality, *, on: bool) -> bool:
    with town.database.write() as session:
        return trial.turn(session, on=on, by=BY, at=town.clock.now)


def lists(town: Municipality, email: str) -> bool:
    with town.database.write() as session:
        return trial.add(session, email, by=BY, at=town.clock.now)


def takes_off(town: Municipality, email: str) -> None:
    with town.database.write() as session:
        trial.remove(session, email, by=BY, at=town.clock.now)


def test_only_those_on_the_list_get_messages_when_nobody_has_chosen(either_town: Municipality) -> None:
    lists(either_town, VIBY_MANAGER)
    olena = either_town.enrols()
    olena.moves("reject")
    delivered = either_town.delivers(reach=Reach.WORLD)
    assert [envelope.recipient for envelope in either_town.postbox.envelopes] == [VIBY_MANAGER]
    assert (delivered.sent, delivered.skipped, delivered.left) == (1, 3, 0)
    assert {row["reason"] for row in either_town.messages(state="skipped")} == {"trial_mode"}


def test_everybody_gets_what_comes_from_then_on_when_it_is_turned_off(either_town: Municipality) -> None:
    either_town.enrols()
    either_town.delivers(reach=Reach.WORLD)
    assert turns(either_town, on=False)
    assert either_town.delivers(reach=Reach.WORLD).sent == 0
    either_town.enrols("Iryna Bondar", area="Syd", coordinator=SYD)
    either_town.delivers(reach=Reach.WORLD)
    assert [envelope.recipient for envelope in either_town.postbox.envelopes] == [SYD]


@pytest.mark.parametrize(
    ("chosen", "reach", "is_on"),
    [
        (None, Reach.FOLDER, False),
        (None, Reach.MACHINE, False),
        (None, Reach.WORLD, True),
        (True, Reach.FOLDER, False),
        (True, Reach.MACHINE, True),
        (True, Reach.WORLD, True),
        (False, Reach.FOLDER, False),
        (False, Reach.MACHINE, False),
        (False, Reach.WORLD, False),
    ],
)
def test_it_follows_from_what_was_chosen_and_how_far_messages_go(
    town: Municipality, chosen: bool | None, reach: Reach, is_on: bool
) -> None:
    if chosen is not None:
        turns(town, on=chosen)
    town.enrols()
    assert town.delivers(reach=reach).sent == (0 if is_on else 1)


@pytest.mark.parametrize(
    ("mail_url", "reach"),
    [
        (None, Reach.FOLDER),
        ("  ", Reach.FOLDER),
        ("mailto://127.0.0.1:2525?from=sosu@example.org&mode=insecure", Reach.MACHINE),
        ("mailto://[::1]:2525?from=sosu@example.org", Reach.MACHINE),
        ("mailto://bruger:kode@LOCALHOST?from=sosu@example.org", Reach.MACHINE),
        ("mailto://mail.example.org:25?from=sosu@example.org", Reach.WORLD),
        ("mailto://127.0.0.1?smtp=mail.example.org&from=sosu@example.org", Reach.WORLD),
        ("mailto://localhost.example.org?from=sosu@example.org", Reach.WORLD),
        ("mailto://[forkert?from=sosu@example.org", Reach.WORLD),
    ],
)
def test_an_address_leads_as_far_as_any_server_in_it(mail_url: str | None, reach: Reach) -> None:
    assert reach_of(mail_url) is reach


def test_it_is_noted_once_when_something_changes(town: Municipality) -> None:
    assert [turns(town, on=True), turns(town, on=True), turns(town, on=False)] == [True, False, True]
    assert [lists(town, VIBY.upper()), lists(town, VIBY)] == [True, False]
    takes_off(town, VIBY)
    with town.database.read() as session:
        found, _ = audit.search(session, audit.Wanted(text="trial_"), limit=9)
    assert [(row.action, row.subject) for row in reversed(found)] == [
        ("trial_on", ""),
        ("trial_off", ""),
        ("trial_person_added", VIBY),
        ("trial_person_removed", VIBY),
    ]


def test_it_is_refused_when_it_is_about_nobody(town: Municipality) -> None:
    with pytest.raises(Refused, match="ingen aktiv medarbejder"):
        lists(town, "nobody@example.org")
    with pytest.raises(Refused, match="står ikke på prøvelisten"):
        takes_off(town, VIBY)
