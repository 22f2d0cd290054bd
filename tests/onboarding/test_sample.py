"""A sample of a message: who gets one, how often, and that nobody takes it for a real one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.refusal import Refused
from notifications.made_up import made_up
from notifications.render import Rendered
from onboarding.sample import BETWEEN, as_sample, not_again, recipient, send_sample
from onboarding.staffing import remove_staff
from tests.municipality import PATHWAYS, PUBLIC_URL, RENDERER, SYD, VIBY, Municipality
from tests.notifications.messages import BECAUSE
from tests.support import MONDAY

PAUSED = RENDERER.render(
    "immigrant_track", "paused", made_up(PATHWAYS["immigrant_track"], "paused", MONDAY, PUBLIC_URL), BECAUSE
)


def asks(town: Municipality, email: str = VIBY) -> None:
    with town.database.write() as session:
        not_again(session, email, town.clock.now)


def test_a_second_waits_a_moment_when_somebody_has_just_asked(either_town: Municipality) -> None:
    asks(either_town)
    asks(either_town, SYD)
    with pytest.raises(Refused, match="Du har lige bedt om en prøve"):
        asks(either_town)
    either_town.clock.passes(seconds=BETWEEN.total_seconds())
    asks(either_town)


def test_only_staff_that_is_there_gets_one_when_an_address_is_given(town: Municipality) -> None:
    with town.database.write() as session:
        assert recipient(session, f" {VIBY.upper()} ") == VIBY
        remove_staff(session, VIBY)
        for email in (VIBY, "olena@example.org", ""):
            with pytest.raises(Refused, match="ingen aktiv medarbejder"):
                recipient(session, email)


def test_each_is_a_message_of_its_own_when_two_are_sent(town: Municipality) -> None:
    for _ in range(2):
        assert send_sample(PAUSED, VIBY, town.postbox, PUBLIC_URL, town.clock.now).ok
    first, second = town.postbox.envelopes
    assert first.message_id != second.message_id
    assert first.subject == "[Prøve] IM-0000: Sat på pause"


def test_it_stays_here_when_the_words_hold_a_number(town: Municipality) -> None:
    held = replace(PAUSED, text="Ring om 140983-2939.")
    with pytest.raises(Refused, match="ligner noget med et CPR-nummer"):
        send_sample(held, VIBY, town.postbox, PUBLIC_URL, town.clock.now)
    assert town.postbox.envelopes == []


@pytest.mark.parametrize("body", ["<body>", '<BODY class="a>b">', ""])
def test_it_says_what_it_is_first_when_it_is_opened(body: str) -> None:
    said = as_sample(Rendered("Emne", "Tekst", f"<!doctype html>{body}<p>Nyt</p>"))
    assert said.text.startswith("Dette er en prøve")
    assert said.html.index("Dette er en prøve") < said.html.index("Nyt")
