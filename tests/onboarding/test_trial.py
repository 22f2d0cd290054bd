"""Trial mode: only those on a list get what leaves the machine, until somebody says otherwise."""

from __future__ import annotations

import pytest

from engine.refusal import Refused
from notifications.channels.destination import Destination, destination_of
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
    delivered = either_town.delivers(destination=Destination.WORLD)
    assert (delivered.sent, delivered.skipped, delivered.left) == (0, 3, 0)
    either_town.clock.passes(days=1)
    delivered = either_town.delivers(destination=Destination.WORLD)
    assert [envelope.recipient for envelope in either_town.postbox.envelopes] == [VIBY_MANAGER]
    assert (delivered.sent, delivered.skipped, delivered.left) == (1, 0, 0)
    assert {row["reason"] for row in either_town.messages(state="skipped")} == {"trial_mode"}


def test_everybody_gets_what_comes_from_then_on_when_it_is_turned_off(either_town: Municipality) -> None:
    either_town.enrols()
    either_town.delivers(destination=Destination.WORLD)
    assert turns(either_town, on=False)
    assert either_town.delivers(destination=Destination.WORLD).sent == 0
    either_town.enrols("Iryna Bondar", area="Syd", coordinator=SYD)
    either_town.delivers(destination=Destination.WORLD)
    assert [envelope.recipient for envelope in either_town.postbox.envelopes] == [SYD]


@pytest.mark.parametrize(
    ("chosen", "destination", "is_on"),
    [
        (None, Destination.FOLDER, False),
        (None, Destination.MACHINE, False),
        (None, Destination.WORLD, True),
        (True, Destination.FOLDER, False),
        (True, Destination.MACHINE, True),
        (True, Destination.WORLD, True),
        (False, Destination.FOLDER, False),
        (False, Destination.MACHINE, False),
        (False, Destination.WORLD, False),
    ],
)
def test_it_follows_from_what_was_chosen_and_how_far_messages_go(
    town: Municipality, chosen: bool | None, destination: Destination, is_on: bool
) -> None:
    if chosen is not None:
        turns(town, on=chosen)
    town.enrols()
    assert town.delivers(destination=destination).sent == (0 if is_on else 1)


@pytest.mark.parametrize(
    ("mail_url", "destination"),
    [
        (None, Destination.FOLDER),
        ("  ", Destination.FOLDER),
        ("mailto://127.0.0.1:2525?from=sosu@example.org&mode=insecure", Destination.MACHINE),
        ("mailto://[::1]:2525?from=sosu@example.org", Destination.MACHINE),
        ("mailto://bruger:kode@LOCALHOST?from=sosu@example.org", Destination.MACHINE),
        ("mailto://mail.example.org:25?from=sosu@example.org", Destination.WORLD),
        ("mailto://127.0.0.1?smtp=mail.example.org&from=sosu@example.org", Destination.WORLD),
        ("mailto://localhost.example.org?from=sosu@example.org", Destination.WORLD),
        ("mailto://[forkert?from=sosu@example.org", Destination.WORLD),
    ],
)
def test_an_address_leads_as_far_as_any_server_in_it(mail_url: str | None, destination: Destination) -> None:
    assert destination_of(mail_url) is destination


@pytest.mark.parametrize("channel", ["sms", "teams", "ntfy", "webhook"])
@pytest.mark.parametrize("mail_url", [None, "mailto://127.0.0.1:2525?from=sosu@example.org&mode=insecure"])
def test_every_channel_but_mail_leads_into_the_world(mail_url: str | None, channel: str) -> None:
    assert destination_of(mail_url, channel) is Destination.WORLD
    assert destination_of(mail_url, "mail") is destination_of(mail_url)


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
