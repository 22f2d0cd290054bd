"""Whatever is done to candidates, on whatever day: the rows agree with each other, and everybody who should be is told.

A few candidates live in a real database, by the verbs that everybody uses. After each of these, what was written is
held against what a reader of the pathway would expect; the tests of the engine say whether it was decided rightly.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import Session, func, select

from engine.conditions import Holds
from engine.refusal import Refused
from models.enrolment import Enrolment
from models.keys import Keyring
from models.message import Message
from models.milestone import MilestoneRow
from models.reminder import ReminderRow
from models.session import Database
from models.staff import Staff
from models.transition import TransitionRow
from onboarding.store import Loaded, find
from onboarding.undo_import import undo_import
from reports.deep.examining import examine
from tests.municipality import (
    OFFICER,
    SYD,
    SYD_AREA,
    SYD_MANAGER,
    VIBY,
    VIBY_AREA,
    VIBY_MANAGER,
    Candidate,
    Municipality,
)
from tests.onboarding.listed import HEADINGS, person
from tests.support import assert_folds

AREAS = {VIBY_AREA: VIBY_MANAGER, SYD_AREA: SYD_MANAGER}
MOVES = ("move", "advance", "drop", "transfer")
QUIET = ("snooze", "elsewhere", "remind")  # whoever coordinates and says so is not told of it
WRITTEN = (TransitionRow, Message, MilestoneRow, ReminderRow)

anyone = st.integers(0, 12)
numbers = st.integers(0, 60)
back = st.sampled_from([0, 0, 0, 1, 9])


class Lives(RuleBasedStateMachine):
    """Three candidates, one of them from a list, and those whom a transfer adds."""

    def __init__(self, template: Path, folder: Path) -> None:
        super().__init__()
        self.file = folder / f"{uuid4()}.db"
        shutil.copy(template, self.file)
        self.town = Municipality(Database(f"sqlite:///{self.file}"), Keyring.at(folder / "keys.json"))
        self.candidates: list[Candidate] = []
        self.hands: dict[str, tuple[str, str]] = {}  # the coordinator and the area of each, as they were last given
        self.list_import = 0
        self.seen: set[tuple[int, int]] = set()
        self.told: dict[str, set[tuple[str, str]]] = {}

    @initialize()
    def begin(self) -> None:
        path = self.file.with_suffix(".csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows((HEADINGS, person(0)))
        imported = self.town.imports(path)
        self.list_import, listed = imported["import"], imported["enrolments"][0]
        olena = self.town.enrols("Olena Kovalenko")
        bogdan = self.town.enrols("Bogdan Popescu", "ped_assistant_track", area=SYD_AREA, coordinator=SYD)
        self.candidates = [olena, bogdan, Candidate(self.town, listed, olena.applicant)]
        self.hands = {olena.reference: (VIBY, VIBY_AREA), bogdan.reference: (SYD, SYD_AREA), listed: (VIBY, VIBY_AREA)}

    def teardown(self) -> None:
        """Nor does the deep examination find anything in what they left."""
        town = self.town
        examined = examine(town.database, lambda: town.keyring, town.clock.now, lambda _: None)
        self.town.database.close()
        self.file.unlink()
        assert [broken for one in examined for broken in one.first] == []

    # What people do

    @rule(who=anyone, number=numbers, ago=back)
    def record(self, who: int, number: int, ago: int) -> None:
        milestones = self.loaded(who).pathway.milestones
        milestone = milestones[number % len(milestones)]
        value = [*milestone.values, None][number % (len(milestone.values) + 1)]
        self.tries(lambda: self.of(who).records(milestone.key, value=value, on=self.day(ago)))

    @rule(who=anyone, number=numbers, in_time=st.booleans())
    def do_what_a_step_asks_for(self, who: int, number: int, in_time: bool) -> None:
        """Takes a candidate a long way: without it, hardly anyone would leave the first stage."""
        loaded = self.loaded(who)
        steps = loaded.pathway.steps_from.get(loaded.row.stage, ())
        if not steps:
            return
        step = steps[number % len(steps)]
        for condition in step.when:
            if isinstance(condition, Holds):
                values = loaded.pathway.milestones_by_key[condition.milestone].values
                value = condition.value or next(iter(values), None)
                self.tries(lambda key=condition.milestone, value=value: self.of(who).records(key, value=value))
        if in_time and loaded.row.due_on is not None:
            self.town.clock.passes(days=max(0, (loaded.row.due_on - self.town.clock.today).days))
        self.tries(lambda: self.of(who).moves(step.key))

    @rule(who=anyone, number=numbers)
    def withdraw(self, who: int, number: int) -> None:
        held = sorted(self.loaded(who).case.milestones) or ["consent_given"]
        self.tries(lambda: self.of(who).withdraws(held[number % len(held)]))

    @rule(who=anyone, number=numbers, ago=back)
    def move(self, who: int, number: int, ago: int) -> None:
        steps = self.loaded(who).pathway.steps
        self.tries(lambda: self.of(who).moves(steps[number % len(steps)].key, on=self.day(ago)))

    @rule(who=anyone, review=st.sampled_from([1, 20, 70]), ago=back)
    def pause(self, who: int, review: int, ago: int) -> None:
        on = self.day(ago)
        self.tries(lambda: self.of(who).pauses(review_on=on + timedelta(days=review), on=on))

    @rule(who=anyone, review=st.sampled_from([1, 20, 70]), ago=back, regret=st.booleans())
    def prolong(self, who: int, review: int, ago: int, regret: bool) -> None:
        lasting = self.loaded(who).case.open_pause
        on = self.day(ago)
        review_on = max(on, lasting.review_on if lasting else on) + timedelta(days=review)
        prolonged = self.tries(lambda: self.of(who).prolongs(review_on, on=on))
        if prolonged is not None and regret:
            self.take_back(self.of(who))

    @rule(who=anyone, days=st.sampled_from([1, 9, 60, 61]), ago=back, by=st.sampled_from([VIBY, VIBY_MANAGER]))
    def snooze(self, who: int, days: int, ago: int, by: str) -> None:
        on = self.day(ago)
        self.tries(lambda: self.of(who).snoozes(on + timedelta(days=days), on=on, by=by))

    @rule(who=anyone, ago=back, by=st.sampled_from([VIBY, VIBY_MANAGER]))
    def leave_it_to_others(self, who: int, ago: int, by: str) -> None:
        self.tries(lambda: self.of(who).is_handled_elsewhere(on=self.day(ago), by=by))

    @rule(who=anyone, ago=back)
    def remind(self, who: int, ago: int) -> None:
        self.tries(lambda: self.of(who).is_reminded_again(on=self.day(ago)))

    @rule(who=anyone, ago=back)
    def resume(self, who: int, ago: int) -> None:
        self.tries(lambda: self.of(who).resumes(on=self.day(ago)))

    @rule(who=anyone, ago=back, regret=st.booleans())
    def drop(self, who: int, ago: int, regret: bool) -> None:
        candidate = self.of(who)
        self.tries(lambda: candidate.drops_out(on=self.day(ago)))
        if regret:
            self.take_back(candidate)

    @rule(who=anyone, ago=back, regret=st.booleans())
    def transfer(self, who: int, ago: int, regret: bool) -> None:
        loaded = self.loaded(who)
        other = next(key for key in ("immigrant_track", "ped_assistant_track") if key != loaded.pathway.key)
        candidate = self.of(who)
        made = self.tries(lambda: candidate.transfers(other, on=self.day(ago)))
        if made is not None:
            self.candidates.append(made)
            self.hands[made.reference] = self.hands[candidate.reference]
        if regret:
            self.take_back(candidate)

    @rule(who=anyone, ago=back)
    def undo(self, who: int, ago: int) -> None:
        self.tries(lambda: self.of(who).undoes(on=self.day(ago)))

    @rule(ago=back)
    def undo_the_list(self, ago: int) -> None:
        """Also when somebody has gone on."""

        def undoes() -> Any:
            with self.town.database.write() as session:
                return undo_import(session, self.list_import, self.town.signed(on=self.day(ago)))

        self.tries(undoes)

    @rule(who=anyone, coordinator=st.sampled_from([VIBY, SYD]), area=st.sampled_from([None, *AREAS]))
    def assign(self, who: int, coordinator: str, area: str | None) -> None:
        candidate = self.of(who)
        if self.tries(lambda: candidate.is_assigned(coordinator, area)) is not None:
            self.hands[candidate.reference] = (coordinator, area or self.hands[candidate.reference][1])

    # What time does

    @rule(days=st.sampled_from([1, 3, 8, 20, 90, 400]))
    def time_passes(self, days: int) -> None:
        self.town.clock.passes(days=days)

    @rule(ago=st.integers(-3, 40))
    def sweep(self, ago: int) -> None:
        swept = self.town.sweeps(self.day(ago))
        assert swept.incidents == 0

    # How it is done

    def take_back(self, candidate: Candidate) -> None:
        self.whoever_is_to_hear_is_told()
        self.tries(candidate.undoes)

    def of(self, who: int) -> Candidate:
        return self.candidates[who % len(self.candidates)]

    def loaded(self, who: int) -> Loaded:
        with self.town.database.read() as session:
            return find(session, self.of(who).reference, lock=False)

    def day(self, ago: int) -> date:
        return self.town.clock.today - timedelta(days=ago)

    def tries(self, verb: Callable[[], Any]) -> Any:
        """What the verb answers, or None when it is refused; then it has written nothing."""
        before = self.written()
        try:
            return verb()
        except Refused:
            assert self.written() == before
            return None

    def written(self) -> list[int]:
        with self.town.database.read() as session:
            return [session.exec(select(func.count()).select_from(of)).one() for of in WRITTEN]

    # What is always true

    @invariant()
    def the_stored_state_is_what_the_transitions_fold_to(self) -> None:
        """Also the day on which to look again."""
        assert assert_folds(self.town.database) == len(self.candidates)

    @invariant()
    def nobody_is_told_twice_of_the_same(self) -> None:
        with self.town.database.read() as session:
            told = session.exec(select(Message.cause, Message.recipient_id)).all()
        assert len(told) == len(set(told))

    @invariant()
    def whoever_is_to_hear_is_told(self) -> None:
        """Of each new transition and reminder, whoever is to hear."""
        with self.town.database.read() as session:
            self.told = {}
            who = select(Message.cause, Message.audience, Staff.email).join(Staff, Message.recipient_id == Staff.id)
            for cause, audience, email in session.exec(who):
                self.told.setdefault(cause, set()).add((audience, email))
            for candidate in self.candidates:
                self.check(session, find(session, candidate.reference, lock=False))

    def check(self, session: Session, loaded: Loaded) -> None:
        rows = session.exec(select(TransitionRow).where(TransitionRow.enrolment_id == loaded.id)).all()
        for row in rows:
            if (loaded.id, row.seq) not in self.seen:
                self.seen.add((loaded.id, row.seq))
                self.check_transition(session, loaded, row, list(rows))
        spoken = select(ReminderRow).where(ReminderRow.enrolment_id == loaded.id)
        for reminder in session.exec(spoken):
            told = self.told[f"reminder:{loaded.id}:{reminder.occurrence}:{reminder.rung}"]
            assert "coordinator" in {audience for audience, _ in told}

    def check_transition(self, session: Session, loaded: Loaded, row: TransitionRow, rows: list[TransitionRow]) -> None:
        told = self.told.get(f"transition:{loaded.id}:{row.seq}", set())
        coordinator, area = self.hands[loaded.row.reference]
        if row.action == "enrol" and loaded.row.list_import_id is not None:
            assert told == set()
            assert ("coordinator", coordinator) in self.told[f"import:{loaded.row.list_import_id}"]
            return
        if row.to_stage == "mistaken":
            assert told == set()
            of_a_list = {"list_import_id": loaded.row.list_import_id}
            heard = self.town.messages(**(of_a_list if loaded.row.list_import_id else {"enrolment_id": loaded.id}))
            assert {message["state"] for message in heard} == {"skipped"}  # nothing was delivered here
            return
        if row.action in QUIET and row.by == coordinator:
            assert told == set()
            return
        people = {email for _, email in told}
        assert coordinator in people, (row.action, row.step)
        step = loaded.pathway.step(row.step) if row.action in MOVES and row.step else None
        if row.to_stage in loaded.pathway.endings or (step is not None and "manager" in step.tell):
            assert AREAS[area] in people, row.step
        if step is not None and "jobcenter_officer" in step.tell:
            assert OFFICER in people, row.step
        if row.action == "undo":
            self.check_undo(session, loaded, row, rows)

    def check_undo(self, session: Session, loaded: Loaded, undo: TransitionRow, rows: list[TransitionRow]) -> None:
        first = next(row for row in rows if row.seq == undo.undoes)
        back = [r for r in rows if first.seq <= r.seq and r.command_id == first.command_id and r.action in MOVES]
        heard = set().union(*(self.told[f"transition:{loaded.id}:{row.seq}"] for row in back))
        hears = self.told[f"transition:{loaded.id}:{undo.seq}"]
        assert {audience for audience, _ in heard} <= {audience for audience, _ in hears}
        if not any(row.action == "assign" for row in rows if row.seq > first.seq):
            assert {email for _, email in heard} <= {email for _, email in hears}
        if first.action == "transfer":
            came_of_it = session.exec(select(Enrolment.status).where(Enrolment.previous_id == loaded.id)).all()
            assert set(came_of_it) <= {"ended"}


def test_rows_agree_and_everybody_is_told_when_lives_go_any_way(sqlite_template: Path, tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("lives")
    few = settings(max_examples=max(1, settings().max_examples // 6), stateful_step_count=20)
    run_state_machine_as_test(lambda: Lives(sqlite_template, folder), settings=few)
