"""A digest says no name; and what must not be said takes nothing else along."""

from __future__ import annotations

from pathlib import Path

from models.message import State
from notifications.render import Renderer
from onboarding.deliver import deliver
from onboarding.delivered import Delivered
from tests.municipality import VIBY, Inbox, Municipality
from tests.onboarding.endings import ends


def test_a_digest_is_sent_when_a_word_of_one_of_its_subjects_is_somebodys_name(either_town: Municipality) -> None:
    """As it would be alone: »Sat« is no name where a message says that somebody was set on pause."""
    karen = Inbox(either_town.postbox, VIBY)
    for name in ("Sat Nguyen", "Jens Jensen"):
        either_town.enrols(name).pauses()
    either_town.clock.passes(days=2)
    either_town.delivers()
    (caught_up,) = karen.reads_messages()
    assert "Sat på pause (2)" in caught_up.text


def test_the_others_are_told_when_a_digest_gathers_what_must_not_be_said(
    either_town: Municipality, mette: Inbox, tmp_path: Path
) -> None:
    (tmp_path / "reject").mkdir()
    for part in ("subject.txt", "body.txt", "body.html"):
        (tmp_path / "reject" / part).write_text("{{ reference }}: Som Olena Kovalenko", encoding="utf-8")
    refused = ends(either_town, 2)
    told = [either_town.enrols("Amina Hussein"), either_town.enrols("Bogdan Popescu")]
    for candidate in told:
        candidate.drops_out()
    either_town.clock.passes(days=1)
    post = either_town.post(renderer=Renderer(tracks={"immigrant_track": tmp_path}))
    delivered = deliver(either_town.database, post)
    dead = either_town.messages(state=State.DEAD, audience="manager")
    assert [(row["reason"], row["digest_id"]) for row in dead] == [("holds_name", None)] * 2
    assert delivered.left == 0
    (digest,) = mette.reads_messages()
    assert "Frafald (2)" in digest.text
    assert all(candidate.reference in digest.text for candidate in told)
    assert not any(reference in digest.text for reference in refused)
    assert deliver(either_town.database, post) == Delivered()


def test_the_others_are_told_when_the_template_of_one_has_a_mistake_in_it(
    either_town: Municipality, mette: Inbox, tmp_path: Path
) -> None:
    (tmp_path / "reject").mkdir()
    for part in ("subject.txt", "body.txt", "body.html"):
        (tmp_path / "reject" / part).write_text("{{ refrence }}", encoding="utf-8")
    ends(either_town, 2)
    told = [either_town.enrols(), either_town.enrols()]
    for candidate in told:
        candidate.drops_out()
    either_town.clock.passes(days=1)
    deliver(either_town.database, either_town.post(renderer=Renderer(tracks={"immigrant_track": tmp_path})))
    dead = either_town.messages(state=State.DEAD, audience="manager")
    assert [(row["reason"], row["digest_id"]) for row in dead] == [("template_error: UndefinedError", None)] * 2
    (digest,) = mette.reads_messages()
    assert all(candidate.reference in digest.text for candidate in told)


def test_nothing_is_sent_when_there_is_nothing_but_what_must_not_be_said(town: Municipality, tmp_path: Path) -> None:
    (tmp_path / "reject").mkdir()
    for part in ("subject.txt", "body.txt", "body.html"):
        (tmp_path / "reject" / part).write_text("{{ reference }}: Som Olena Kovalenko", encoding="utf-8")
    ends(town, 2)
    town.clock.passes(days=1)
    post = town.post(renderer=Renderer(tracks={"immigrant_track": tmp_path}))
    deliver(town.database, post)
    assert {row["state"] for row in town.messages(kind="reject")} == {State.DEAD}
    assert town.messages(kind="digest")[0]["reason"] == "nothing_new"
