"""The town that the page is measured on is one that could have come about."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from benchmarks.lives import lived
from benchmarks.seed import NOW, TODAY
from benchmarks.town import build
from flows.tracks import TRACKS
from models.keys import Keyring
from models.session import Database
from onboarding.store import ENROLMENT
from reports.deep.examining import examine


def test_a_deep_examination_finds_nothing_wrong_in_a_town_when_it_was_made_up(tmp_path: Path) -> None:
    key_file = tmp_path / "keys.json"
    build(tmp_path / "town.db", 150, Random(1), Keyring.at(key_file))
    database = Database(f"sqlite:///{tmp_path / 'town.db'}")
    found = examine(database, partial(Keyring.read, key_file), NOW, lambda _: None)
    assert [(one.check, one.first[:2]) for one in found if one.broken] == []
    with database.read() as session:
        e = ENROLMENT.c
        by_status = select(e.status, func.count()).group_by(e.status)
        statuses = dict(session.connection().execute(by_status).tuples().all())
        late = select(func.count()).where(e.status == "open", e.due_on < TODAY, e.due_on > TODAY - timedelta(days=70))
        assert session.connection().scalar(late)
    assert statuses.keys() == {"open", "paused", "ended"}
    database.close()


def test_nobodys_pause_is_looked_at_before_it_began() -> None:
    pathway = TRACKS[0].pathway
    lives = [lived(number, pathway, (), "Olena", 400, -10, Random(number)) for number in range(1, 400)]
    pauses = [pause for life in lives for pause in life.case.pauses]
    assert any(pause.from_on > TODAY - timedelta(days=10) for pause in pauses)
    assert all(pause.review_on > pause.from_on for pause in pauses)
