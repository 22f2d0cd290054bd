"""The people of `make soak`, who click all day, by the verbs that the page uses."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

from sqlalchemy import func, select

from benchmarks.soak_ground import AREAS, OFFICER, PATHWAYS, Ground, Role
from benchmarks.town import name_of
from cli.demo_people import newcomer
from engine.case import Status
from engine.conditions import Holds
from models.keys import Keyring
from models.session import Database
from onboarding.drop import drop
from onboarding.enrol import enrol
from onboarding.move import move
from onboarding.pause import pause, resume
from onboarding.record import record
from onboarding.signed import Signed
from onboarding.store import ENROLMENT, Loaded, find
from onboarding.undo import undo
from reports.board import board
from reports.case import show


def person(role: Role, database: Database, seed: int, every: float) -> None:
    """Clicks about once in `every` seconds."""
    random, keyring, ground = Random(seed), Keyring.read(role.ground.key_file), role.ground
    names = [name_of(random) for _ in range(50)]
    while not ground.is_over:
        role.attempt(lambda: _click(database, keyring, ground, random, names))
        time.sleep(random.uniform(0.5, 1.5) * every)


def _click(database: Database, keyring: Keyring, ground: Ground, random: Random, names: list[str]) -> str:
    lot, key = random.random(), random.choice(PATHWAYS)
    if lot < 0.06:
        signed, area = ground.signed(OFFICER), random.randrange(AREAS)
        applicant = newcomer(random, names, f"Område {area}", f"koordinator{area}@example.org", signed.on)
        with database.write() as session:
            enrol(session, keyring, key, applicant, signed)
        return "enrol"
    if lot < 0.16:
        with database.read() as session:
            board(session, key, ground.at.date())
        return "look at a board"
    reference = _somebody(database, random)
    if lot < 0.30:
        with database.read() as session:
            show(session, reference, ground.at.date())
        return "look at a case"
    with database.read() as session:
        loaded = find(session, reference, lock=False)
    name, verb = _deed(loaded, random)
    with database.write() as session:
        verb(session, ground.signed(f"koordinator{(loaded.row.area_id - 1) % AREAS}@example.org"))
    return name


def _somebody(database: Database, random: Random) -> str:
    e = ENROLMENT.c
    with database.read() as session:
        last = session.connection().execute(select(func.max(e.id))).scalar_one()
        behind = select(e.reference).where(e.id > random.randrange(last), e.status != Status.ENDED).order_by(e.id)
        anybody = select(e.reference).order_by(e.id.desc())
        connection = session.connection()
        found = connection.scalar(behind.limit(1)) or connection.scalar(anybody.limit(1))
    assert found is not None
    return str(found)


def _deed(loaded: Loaded, random: Random) -> tuple[str, Callable[[Any, Signed], Any]]:
    """Mostly what brings somebody on."""
    reference, lot, place = loaded.row.reference, random.random(), loaded.case.place
    if place.status == Status.PAUSED:
        return "resume", lambda session, signed: resume(session, reference, signed)
    if lot < 0.05:
        reason = random.choice(list(loaded.pathway.pause_reasons))
        return "pause", lambda session, signed: pause(session, reference, signed, reason)
    if lot < 0.10:
        return "undo", lambda session, signed: undo(session, reference, signed)
    if lot < 0.13:
        reason = random.choice(list(loaded.pathway.dropout_reasons))
        return "drop", lambda session, signed: drop(session, reference, reason, signed)
    steps = loaded.pathway.steps_from.get(place.stage, ())
    step = random.choice(steps) if steps else None
    missing = (
        [c for c in step.when if isinstance(c, Holds) and c.milestone not in loaded.case.milestones] if step else []
    )
    if missing:
        fact = missing[0]
        return "record", lambda session, signed: record(session, reference, fact.milestone, signed, fact.value)
    return "move", lambda session, signed: move(session, reference, step.key if step else "", signed)


def people(role: Role, crowd: int, every: float) -> None:
    """So many of them in one process, as the page's server has them."""
    database = Database(role.ground.url)
    with ThreadPoolExecutor(crowd) as threads:
        seeds = range(100 * role.number, 100 * role.number + crowd)
        for done in [threads.submit(person, role, database, seed, every) for seed in seeds]:
            done.result()
    database.close()
