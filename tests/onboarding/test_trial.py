"""Trial mode: only those on a list get what leaves the machine, until somebody says otherwise."""

from __future__ import annotations

import pytest

from engine.refusal import Refused
from notifications.channels.destination import Destination, destination_of
from onboarding import audit, trial, users
from onboarding.contacts import put_contact
from onboarding.staffing import add_staff
from tests.municipality import SYD, VIBY, VIBY_AREA, VIBY_MANAGER, Municipality
from tests.onboarding.absent import OTHER, away

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


@pytest.mark.parametrize(("listed", "gets_it"), [([VIBY], VIBY), ([VIBY, OTHER], OTHER), ([OTHER], OTHER), ([], None)])
def test_it_goes_to_whom_it_is_for_when_their_stand_in_is_not_on_the_list(
    office: Municipality, listed: list[str], gets_it: str | None
) -> None:
    for email in listed:
        lists(office, email)
    away(office, VIBY, OTHER)
    office.enrols()
    office.delivers(destination=Destination.WORLD)
    assert [envelope.recipient for envelope in office.postbox.envelopes] == ([gets_it] if gets_it else [])


def test_somebody_who_was_taken_out_is_not_on_the_list_when_they_are_added_again(either_town: Municipality) -> None:
    lists(either_town, VIBY)
    with either_town.database.write() as session:
        users.take_out(session, VIBY, by=BY, at=either_town.clock.now)
        assert trial.recipients(session) == []
        rows, _ = audit.search(session, audit.Wanted(), limit=2)
        add_staff(session, VIBY, "En anden", "coordinator", [VIBY_AREA])
    assert [(row.action, row.subject) for row in rows] == [("user_removed", VIBY), ("trial_person_removed", VIBY)]
    either_town.enrols()
    assert either_town.delivers(destination=Destination.WORLD).sent == 0


@pytest.mark.parametrize(
    ("chosen", "destination", "is_on"),
    [
        (None, Destination.FOLDER, False),
        (None, Destination.WORLD, True),
        (True, Destination.FOLDER, False),
        (True, Destination.WORLD, True),
        (False, Destination.FOLDER, False),
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


@pytest.mark.parametrize("mail_url", [None, "  ", "mailto://127.0.0.1:2525?from=sosu@example.org&mode=insecure"])
@pytest.mark.parametrize("channel", ["mail", "sms", "teams", "ntfy", "webhook"])
def test_only_mail_without_an_address_goes_to_a_folder(mail_url: str | None, channel: str) -> None:
    """A server on the machine itself may pass mail on."""
    to_folder = channel == "mail" and (mail_url is None or not mail_url.strip())
    assert destination_of(mail_url, channel) is (Destination.FOLDER if to_folder else Destination.WORLD)


def test_messages_go_as_far_as_anybody_is_reached(town: Municipality) -> None:
    """Teams and ntfy need no setting: they lead into the world as soon as somebody has an address there."""
    far = {"mail": Destination.FOLDER, "ntfy": Destination.WORLD}
    with town.database.write() as session:
        assert trial.farthest(session, far) is Destination.FOLDER
        put_contact(session, town.keyring, VIBY, "ntfy", "ntfys://ntfy.example.org/viby", town.signed())
        assert trial.farthest(session, far) is Destination.WORLD
        assert trial.farthest(session, {"mail": Destination.FOLDER}) is Destination.FOLDER, (
            "a channel that was taken away"
        )


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
