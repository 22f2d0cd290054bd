from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from engine.pathway import Pathway, pathway_from
from engine.refusal import Refused
from engine.spans import weeks
from models.pathway_version import PathwayVersion
from models.session import Database
from models.types import table
from onboarding.pathways import known_keys, newest, pathway_of, publish, unpublished
from tests.municipality import PATHWAYS, Municipality

VERSION = table(PathwayVersion)
IMMIGRANT = PATHWAYS["immigrant_track"]


def longer_course(version: int) -> Pathway:
    """The immigrant track with a Danish course of 16 weeks."""
    longer = replace(IMMIGRANT.open_stages["danish_course"], lasts=weeks(16))
    stages = tuple(longer if stage.key == longer.key else stage for stage in IMMIGRANT.stages)
    return replace(IMMIGRANT, version=version, stages=stages)


def test_a_pathway_is_read_back_as_it_was_when_published(either_town: Municipality) -> None:
    with either_town.database.read() as session:
        for key, pathway in PATHWAYS.items():
            row = session.get_one(PathwayVersion, (key, pathway.version))
            assert pathway_from(row.definition) == pathway
            assert row.content_hash == pathway.content_hash()
            assert row.published_at == either_town.clock.now
        assert known_keys(session) == sorted(PATHWAYS)


def test_nothing_is_written_when_published_again(either_town: Municipality) -> None:
    before = either_town.rows(VERSION, "key", "version")
    either_town.clock.passes(days=1)
    assert either_town.publishes(*PATHWAYS.values()) == []
    assert either_town.rows(VERSION, "key", "version") == before
    with either_town.database.read() as session:
        assert not unpublished(session, PATHWAYS.values())


def test_the_difference_is_shown_when_a_definition_changed_without_a_new_version(either_town: Municipality) -> None:
    with pytest.raises(Refused) as refused:
        either_town.publishes(longer_course(2), PATHWAYS["ped_assistant_track"])
    said = str(refused.value)
    assert "immigrant_track version 2" in said
    assert "versionsnummer (3)" in said
    changed = [line for line in said.splitlines() if line.startswith(("-  ", "+  "))]
    assert [line[0] + line[1:].strip().rstrip(",") for line in changed] == ['-"count": 12', '+"count": 16']


def test_every_changed_pathway_is_named_when_several_changed(town: Municipality) -> None:
    changed = [replace(pathway, title="Et andet navn") for pathway in PATHWAYS.values()]
    with pytest.raises(Refused) as refused:
        town.publishes(*changed)
    assert len(refused.value.reasons) == 2


def test_both_versions_stand_when_a_new_one_is_published(either_town: Municipality) -> None:
    assert either_town.publishes(longer_course(3)) == ["immigrant_track 3"]
    with either_town.database.read() as session:
        assert newest(session, "immigrant_track").open_stages["danish_course"].lasts == weeks(16)
        assert pathway_of(session, "immigrant_track", 2) == IMMIGRANT


def test_the_newest_is_the_highest_number_when_there_are_ten(town: Municipality) -> None:
    town.publishes(*(replace(IMMIGRANT, version=version) for version in (10, 9, 3)))
    with town.database.read() as session:
        assert newest(session, "immigrant_track").version == 10


def test_the_known_ones_are_named_when_a_pathway_is_unknown(town: Municipality) -> None:
    with town.database.read() as session, pytest.raises(Refused, match="immigrant_track, ped_assistant_track"):
        newest(session, "no_such_track")


def test_a_version_is_published_once_when_two_programs_start_at_the_same_time(either_town: Municipality) -> None:
    def the_other_one() -> list[str]:
        other = Database(either_town.database.url.render_as_string(hide_password=False))
        try:
            with other.write() as session:
                return publish(session, [longer_course(3)], either_town.clock.now)
        finally:
            other.close()

    with ThreadPoolExecutor(1) as pool:
        with either_town.database.write() as session:
            assert publish(session, [longer_course(3)], either_town.clock.now) == ["immigrant_track 3"]
            session.flush()
            waiting = pool.submit(the_other_one)
            time.sleep(0.3)  # long enough for it to come to where it has to wait
            assert not waiting.done()
        assert waiting.result(30) == []
