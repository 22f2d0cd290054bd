"""What was to go by a channel that is not there any more comes by mail, and nobody hears of a thing twice by that."""

from __future__ import annotations

import pytest

from engine.topic import Topic
from models.message import MAIL, Pace
from onboarding.deliver import deliver
from tests.municipality import VIBY_MANAGER, Municipality
from tests.onboarding.endings import ends
from tests.onboarding.test_preferences import by_both, chooses, has_a_phone
from tests.support import AwayPostbox, Postbox, RefusingPostbox, SilentPostbox


def by_phone(town: Municipality, pace: Pace, *ways: str) -> list[str]:
    """Two endings of which the manager is told by these ways, but not by the phone today."""
    has_a_phone(town, VIBY_MANAGER)
    chooses(town, VIBY_MANAGER, Topic.ENDINGS, pace, *ways)
    references = ends(town, 2)
    deliver(town.database, by_both(town, AwayPostbox("sms")))
    town.clock.passes(days=1)
    return references


def mails(town: Municipality, references: list[str]) -> list[int]:
    """How many mails to the manager tell of each."""
    return [sum(f"/sag/{one}" in mail.text for mail in town.postbox.to(VIBY_MANAGER)) for one in references]


@pytest.mark.parametrize("sms", [AwayPostbox, RefusingPostbox, SilentPostbox])
def test_a_digest_comes_by_mail_when_its_channel_is_not_there_any_more(
    either_town: Municipality, sms: type[Postbox]
) -> None:
    """Whether or not somebody may have had it."""
    references = by_phone(either_town, Pace.DIGEST, "sms")
    deliver(either_town.database, by_both(either_town, sms("sms")))
    assert mails(either_town, references) == [0, 0]
    either_town.clock.passes(hours=2)
    either_town.delivers()
    assert [mail.subject for mail in either_town.postbox.to(VIBY_MANAGER)] == ["2 afsluttede"]
    assert either_town.messages(state="queued") == []


@pytest.mark.parametrize(
    ("ways", "pace", "sms", "mail"),
    [
        ((MAIL, "sms"), Pace.DIGEST, AwayPostbox, Postbox),
        ((MAIL, "sms"), Pace.DIGEST, SilentPostbox, AwayPostbox),
        (("sms", MAIL), Pace.AT_ONCE, AwayPostbox, Postbox),
        (("sms", MAIL), Pace.AT_ONCE, RefusingPostbox, AwayPostbox),
        (("sms", MAIL), Pace.DIGEST, AwayPostbox, AwayPostbox),
        (("sms", MAIL), Pace.DIGEST, SilentPostbox, Postbox),
        (("sms", MAIL), Pace.DIGEST, RefusingPostbox, RefusingPostbox),
    ],
)
def test_nobody_has_two_mails_of_a_thing_when_one_of_their_two_ways_is_not_there_any_more(
    either_town: Municipality, ways: tuple[str, str], pace: Pace, sms: type[Postbox], mail: type[Postbox]
) -> None:
    """Whichever way came first, and however far each had come."""
    real, either_town.postbox = either_town.postbox, mail()
    references = by_phone(either_town, pace, *ways)
    deliver(either_town.database, by_both(either_town, sms("sms")))
    real.envelopes += either_town.postbox.envelopes
    either_town.postbox = real
    for _ in range(4):
        either_town.clock.passes(hours=14)
        either_town.delivers()
    assert mails(either_town, references) == [1, 1]
    assert either_town.messages(state="queued") == []
