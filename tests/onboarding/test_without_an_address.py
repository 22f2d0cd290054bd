"""What cannot go by somebody's phone any more goes by mail, also where a delivery had it in hand by then; and a phone
that was refused has told nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.topic import Topic
from models.message import MAIL, Pace
from onboarding.contacts import remove_contact
from onboarding.deliver import deliver
from tests.municipality import VIBY, VIBY_MANAGER, Municipality
from tests.onboarding.absent import OTHER, away
from tests.onboarding.test_preferences import by_both, chooses, has_a_phone, times
from tests.support import AwayPostbox, MeanwhilePostbox, Postbox, RefusingPostbox


def by_phone(town: Municipality) -> None:
    """Three messages that wait for a coordinator's phone."""
    has_a_phone(town, VIBY)
    times(town, VIBY, "always")
    for topic in (Topic.HANDOVERS, Topic.MOVES):
        chooses(town, VIBY, topic, Pace.AT_ONCE, "sms")
    for name in ("Olena Kovalenko", "Per Hansen", "Ida Holm"):
        town.enrols(name)


def told(town: Municipality, meanwhile: Callable[[], object]) -> tuple[int, int]:
    """How many messages the phone got, and how many went by mail."""

    def slowly() -> None:
        meanwhile()
        town.clock.passes(seconds=2)

    gateway = MeanwhilePostbox("sms", meanwhile=slowly)
    deliver(town.database, by_both(town, gateway))
    before = len(town.postbox.envelopes)
    for _ in range(3):
        town.clock.passes(hours=24)
        deliver(town.database, by_both(town, gateway))
    references = [f"IM-000{number}" for number in (1, 2, 3)]
    texts = [one.text for one in (*gateway.envelopes, *town.postbox.envelopes[before:])]
    assert all(sum(ref in text for text in texts) == 1 for ref in references), texts
    return len(gateway.envelopes), len(town.postbox.envelopes) - before


def test_it_goes_by_mail_when_a_number_is_taken_away_while_it_is_in_hand(either_town: Municipality) -> None:
    by_phone(either_town)

    def takes_it_away() -> None:
        with either_town.database.write() as session:
            remove_contact(session, VIBY, "sms", either_town.signed(VIBY))

    assert told(either_town, takes_it_away) == (1, 1)


def test_it_goes_by_mail_when_a_stand_in_without_a_phone_is_named_while_it_is_in_hand(office: Municipality) -> None:
    by_phone(office)
    assert told(office, lambda: away(office, VIBY, OTHER, office.clock.today, 9)) == (1, 1)


def test_it_goes_by_mail_when_a_delivery_runs_past_midnight_into_an_absence(office: Municipality) -> None:
    by_phone(office)
    times(office, OTHER, "always")
    away(office, VIBY, OTHER, office.clock.today + timedelta(days=1), 9)
    office.clock.now = office.clock.now.replace(hour=21, minute=59, second=59)  # two hours before midnight by UTC
    assert told(office, lambda: None) == (1, 1)


@pytest.mark.parametrize("mail", [AwayPostbox, RefusingPostbox])
def test_a_phone_that_was_refused_gets_it_after_all_when_it_is_chosen_again(
    either_town: Municipality, mail: type[Postbox]
) -> None:
    town = either_town
    has_a_phone(town, VIBY_MANAGER)
    chooses(town, VIBY_MANAGER, Topic.ENDINGS, Pace.AT_ONCE, MAIL, "sms")
    town.enrols().drops_out()
    mended, town.postbox = town.postbox, mail()
    deliver(town.database, by_both(town, RefusingPostbox("sms")))
    for chosen in (MAIL, "sms"):
        chooses(town, VIBY_MANAGER, Topic.ENDINGS, Pace.AT_ONCE, chosen)
        town.clock.passes(minutes=1)
        deliver(town.database, by_both(town, Postbox("sms") if chosen == MAIL else RefusingPostbox("sms")))
    town.postbox, sms = mended, Postbox("sms")
    town.clock.passes(hours=24)
    deliver(town.database, by_both(town, sms))
    assert len(sms.envelopes) == 1
