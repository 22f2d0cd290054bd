"""What a manager reads in one message, and when: what moved, what ended, who is late, and what was undone."""

from __future__ import annotations

from engine.topic import Topic
from models.message import Pace
from notifications.danish import danish_date
from notifications.digest import MOST_CASES
from notifications.queue import MESSAGE
from onboarding.delivered import Delivered
from onboarding.outbox import resend
from onboarding.outcome import MAY_BE_RECEIVED
from onboarding.preferences import choose_topic
from tests.municipality import PUBLIC_URL, SYD, SYD_AREA, SYD_MANAGER, VIBY, VIBY_AREA, Inbox, Municipality
from tests.onboarding.endings import ends
from tests.support import MONDAY, RefusingPostbox


def test_a_manager_gets_one_message_the_next_morning_when_several_end(either_town: Municipality, mette: Inbox) -> None:
    references = ends(either_town, 3)
    either_town.delivers()
    assert mette.reads_messages() == []
    either_town.clock.passes(hours=22)
    delivered = either_town.delivers()
    assert (delivered.gathered, delivered.left) == (3, 0)
    (digest,) = mette.reads_messages()
    assert digest.subject == "3 afsluttede"
    assert "Ikke optaget (3)" in digest.text
    for reference in references:
        assert f"{reference}: " in digest.text
        assert f"/sag/{reference}" in digest.html
    assert "Olena" not in digest.text + digest.html
    for part in (digest.text, digest.html):
        assert "har valgt. Hvornår og hvordan du får besked, vælger du selv på siden »Mine beskeder«." in part
        assert "fravælges" not in part


def test_nothing_is_sent_when_nothing_happened(either_town: Municipality, mette: Inbox) -> None:
    for _ in range(10):
        either_town.clock.passes(days=1)
        assert either_town.delivers() == Delivered()
    assert mette.reads_messages() == []


def test_the_message_itself_is_sent_when_it_is_alone(either_town: Municipality, mette: Inbox) -> None:
    (reference,) = ends(either_town, 1)
    either_town.clock.passes(days=1)
    either_town.delivers()
    assert mette.reads_subjects() == [f"{reference}: Ikke optaget"]


def test_no_event_is_in_two_digests_and_none_between_two_when_days_pass(
    either_town: Municipality, mette: Inbox
) -> None:
    expected: list[str] = []
    for day in range(12):
        expected += ends(either_town, day % 3 + 1)
        either_town.delivers()
        either_town.clock.passes(days=1)
    either_town.clock.passes(days=3)
    either_town.delivers()
    told = [word for mail in mette.reads_messages() for word in mail.text.split() if word.startswith("IM-")]
    assert sorted(word.removesuffix(":") for word in told if word.endswith(":")) == sorted(expected)


def test_an_ending_is_told_as_undone_when_it_was_taken_back_before_the_digest(
    either_town: Municipality, mette: Inbox
) -> None:
    undone, stands, _ = (either_town.enrols() for _ in range(3))
    for candidate in (undone, stands):
        candidate.moves("reject")
    undone.undoes()
    either_town.clock.passes(days=1)
    either_town.delivers()
    (digest,) = mette.reads_messages()
    assert digest.subject == "1 afsluttet, 2 flyttede eller ændrede"
    for part in (digest.text, digest.html):
        assert f"{undone.reference}: Ikke optaget (fortrudt igen)" in part
        assert f"{undone.reference}: Overgangen er fortrudt" in part
        assert f"{stands.reference}: Ikke optaget" in part
        assert f"{stands.reference}: Ikke optaget (fortrudt igen)" not in part


def test_what_happened_twice_to_a_case_is_told_with_one_link(either_town: Municipality, mette: Inbox) -> None:
    candidate = either_town.enrols()
    for _ in range(2):
        candidate.moves("reject")
        candidate.undoes()
    either_town.clock.passes(days=1)
    either_town.delivers()
    (digest,) = mette.reads_messages()
    assert f"- {candidate.reference}: Overgangen er fortrudt (2 gange). {danish_date(MONDAY)}\n" in digest.text
    assert f"{candidate.reference}: Overgangen er fortrudt (2 gange)</a>" in digest.html


def test_what_was_undone_is_told_so_when_it_is_alone(either_town: Municipality, mette: Inbox) -> None:
    candidate = either_town.enrols()
    candidate.records("interest_confirmed")
    candidate.moves("admit")
    candidate.is_assigned(SYD, SYD_AREA)
    with either_town.database.write() as session:
        choose_topic(session, SYD_MANAGER, Topic.MOVES, Pace.AT_ONCE)
    candidate.undoes()
    either_town.delivers()  # which the manager of the area where the candidate is by now hears at once
    candidate.is_assigned(VIBY, VIBY_AREA)
    either_town.clock.passes(days=1)
    either_town.delivers()
    (digest,) = mette.reads_messages()
    assert digest.subject == "1 flyttet eller ændret"
    for part in (digest.text, digest.html):
        assert "Danskforløbet er begyndt (fortrudt igen)" in part
        assert "\n1 flyttet eller ændret." in part


def test_what_a_digest_counts_and_does_not_list_is_behind_its_own_link(either_town: Municipality, mette: Inbox) -> None:
    ends(either_town, MOST_CASES + 3)
    either_town.clock.passes(days=1)
    either_town.delivers()
    (digest,) = mette.reads_messages()
    [row] = either_town.messages(kind="digest", state="sent", audience="manager")
    gathered = f"{PUBLIC_URL}/beskeder?samlet={row['id']}"
    assert f"  og 3 til: {gathered}\n" in digest.text
    assert f'<a href="{gathered}" class="whole">3 til</a>' in digest.html


def test_a_managers_digest_says_what_moved_when_the_pathway_tells_others_of_it(
    either_town: Municipality, mette: Inbox
) -> None:
    candidates = [either_town.enrols() for _ in range(3)]
    for candidate in candidates:
        candidate.records("interest_confirmed")
        candidate.moves("admit")
    candidates[0].undoes()
    either_town.clock.passes(days=1)
    either_town.delivers()
    (digest,) = mette.reads_messages()
    assert digest.subject == "4 flyttede eller ændrede"
    for part in (digest.text, digest.html):
        assert "Danskforløbet er begyndt (2)" in part
        assert f"{candidates[0].reference}: Danskforløbet er begyndt (fortrudt igen)" in part


def test_what_is_over_is_taken_out_when_its_digest_was_not_sent(either_town: Municipality) -> None:
    first, second = either_town.enrols(), either_town.enrols()
    either_town.delivers()
    either_town.clock.passes(weeks=4)
    either_town.sweeps()
    either_town.delivers(RefusingPostbox())
    assert [row["state"] for row in either_town.messages(kind="escalation", recipient_id=1)] == ["gathered"] * 2
    first.drops_out()
    either_town.clock.passes(minutes=1)
    either_town.delivers()
    (digest,) = [mail for mail in either_town.postbox.to(VIBY) if "Siden sidst" in mail.subject]
    assert first.reference not in digest.text
    assert second.reference in digest.text


def test_a_digest_is_not_sent_when_all_that_it_told_is_over(either_town: Municipality) -> None:
    candidates = [either_town.enrols() for _ in range(2)]
    either_town.delivers()
    either_town.clock.passes(weeks=4)
    either_town.sweeps()
    either_town.delivers(RefusingPostbox())
    for candidate in candidates:
        candidate.drops_out()
    either_town.clock.passes(minutes=1)
    either_town.delivers()
    assert not [mail for mail in either_town.postbox.envelopes if "Siden sidst" in mail.subject]
    assert {row["reason"] for row in either_town.messages(kind="digest", recipient_id=1)} == {"nothing_new"}


def test_a_digest_that_may_have_come_is_the_same_when_it_is_resent(either_town: Municipality, mette: Inbox) -> None:
    ends(either_town, 3)
    either_town.clock.passes(days=1)
    either_town.delivers()
    (first,) = mette.reads_messages()
    silent = {"state": "dead", "reason": MAY_BE_RECEIVED, "attempts": 2}
    either_town.changes(MESSAGE, {"kind": "digest"}, silent)
    ends(either_town, 2)
    with either_town.database.write() as session:
        assert resend(session, [], either_town.clock.now) == 1
    either_town.clock.passes(days=2)
    either_town.delivers()
    again = {mail.message_id: mail.subject for mail in mette.reads_messages()}
    assert again.pop(first.message_id) == first.subject == "3 afsluttede"
    assert [*again.values()] == ["2 afsluttede"]
