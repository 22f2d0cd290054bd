"""What was undone before it was told is told by itself no more: nobody's last word of a case is what is not so."""

from __future__ import annotations

from models.message import State
from onboarding.outbox import resend
from tests.municipality import SYD, SYD_AREA, VIBY, Candidate, Inbox, Municipality
from tests.support import RefusingPostbox, SilentPostbox

BEGUN, UNDONE = "IM-0001: Danskforløbet er begyndt", "IM-0001: Overgangen er fortrudt"


def admitted(town: Municipality) -> Candidate:
    """That the Danish course has begun is still to be told."""
    olena = town.enrols()
    town.delivers()
    town.postbox.envelopes.clear()
    olena.records("interest_confirmed")
    olena.moves("admit")
    return olena


def hours_go_by(town: Municipality) -> None:
    for _ in range(4):
        town.sweeps()
        town.delivers()
        town.clock.passes(hours=1)


def subjects(town: Municipality, email: str) -> list[str]:
    return Inbox(town.postbox, email).reads_subjects()


def test_the_undo_alone_is_told_when_both_wait(either_town: Municipality) -> None:
    olena = admitted(either_town)
    olena.undoes()
    hours_go_by(either_town)
    assert subjects(either_town, VIBY) == [UNDONE]
    (row,) = either_town.messages(kind="admit", recipient_id=1)
    assert (row["state"], row["reason"]) == (State.SKIPPED, "undone")


def test_an_undo_is_true_for_whoever_never_heard_of_the_move_and_for_whoever_did(either_town: Municipality) -> None:
    admitted(either_town).undoes()
    hours_go_by(either_town)
    (told,) = either_town.postbox.to(VIBY)
    for part in (told.text, told.html):
        assert "Har du fået besked om overgangen, så se bort fra den." in part
        assert "tidligere besked" not in part


def test_a_move_is_not_passed_on_as_news_when_it_was_undone(either_town: Municipality) -> None:
    olena = admitted(either_town)
    olena.is_assigned(SYD, SYD_AREA)
    olena.undoes()
    hours_go_by(either_town)
    assert BEGUN not in subjects(either_town, SYD)


def test_a_move_that_was_refused_for_now_is_not_told_after_its_undo(either_town: Municipality) -> None:
    olena = admitted(either_town)
    full = RefusingPostbox(whom=VIBY)
    for _ in range(3):
        either_town.delivers(full)
        either_town.clock.passes(minutes=1)
    olena.undoes()
    hours_go_by(either_town)
    assert subjects(either_town, VIBY) == [UNDONE]


def test_a_dead_letter_of_what_was_undone_is_not_sent_again_as_news(either_town: Municipality) -> None:
    olena = admitted(either_town)
    either_town.delivers(RefusingPostbox(whom=VIBY, permanent=True))
    olena.undoes()
    hours_go_by(either_town)
    with either_town.database.write() as session:
        resend(session, [], either_town.clock.now)
    hours_go_by(either_town)
    assert subjects(either_town, VIBY) == [UNDONE]


def test_what_met_silence_is_not_repeated_after_its_undo(either_town: Municipality) -> None:
    olena = admitted(either_town)
    either_town.delivers(SilentPostbox())
    olena.undoes()
    hours_go_by(either_town)
    assert subjects(either_town, VIBY) == [UNDONE]
    (row,) = either_town.messages(kind="admit", recipient_id=1)
    assert (row["state"], row["reason"]) == (State.SKIPPED, "may_be_received")
