"""The engine against the naive model, through whatever a coordinator, a candidate and a calendar can think of.

Time passes in one of two ways. On ordinary days the naive model is swept every day and the engine only on the days
on which it asked to be looked at: both must do the same things on the same days. In an outage neither is swept, and
both catch up at once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from engine import actions
from engine.case import Status
from engine.conditions import Lasted
from engine.decision import look_again_on
from engine.history import fold
from engine.pathway import Pathway, Step
from engine.plan import plan
from engine.reminders import may_remind, waiting_rungs
from flows.immigrant_track.pathway import PATHWAY as IMMIGRANT_TRACK
from flows.ped_assistant_track.pathway import PATHWAY as PED_ASSISTANT_TRACK
from tests.engine import naive, naive_truths
from tests.engine.pathways import sound_pathways
from tests.engine.twice import Twice

births = st.none() | st.dates(date(1960, 1, 1), date(2008, 12, 31)) | st.just(date(2000, 2, 29))
starts = st.dates(date(2023, 1, 1), date(2027, 12, 31))
numbers = st.integers(0, 60)
reviews = st.sampled_from([-1, 0, 1, 20, 70, 400, 1826, 1828])
few_days = st.sampled_from([0, 0, 0, 0, 1, 1, 2, 30])
values = st.sampled_from([None, "helper", "assistant", "nurse"])
HORIZON = 40


class Journey(Twice):
    """One candidate in one pathway, and everything that can be done to them."""

    def come_some_way(self, choices: list[int]) -> None:
        for number in choices:
            if self.case.place.status is Status.OPEN:
                self.do_what_a_step_asks_for(number, in_time=number % 3 > 0)

    # What a person does

    @rule(number=numbers, value=values, ago=few_days | st.just(-1), back=few_days)
    def record(self, number: int, value: str | None, ago: int, back: int) -> None:
        keys = [milestone.key for milestone in self.pathway.milestones] + ["swimming_badge"]
        key, on = keys[number % len(keys)], self.today - timedelta(days=back)
        self.note(key, value, on - timedelta(days=ago), on)

    @precondition(lambda self: self.case.place.status is Status.OPEN)
    @rule(number=numbers, in_time=st.booleans())
    def do_what_a_step_asks_for(self, number: int, in_time: bool) -> None:
        """Takes a candidate a long way: without it, hardly anyone would leave the first stage."""
        self.today = max(self.today, self.case.last_on)
        step = self.record_what_is_asked_for(number)
        if self.case.place.stage == step.source and self.decision.due_on is not None and Lasted() in step.when:
            days = max(0, (self.decision.due_on - self.today).days)
            self.ordinary_days(days) if in_time else self.outage(days + 1)
        if self.case.place.stage == step.source:
            self.both(actions.Move(step.key), self.today, naive.move, step.key)

    def record_what_is_asked_for(self, number: int) -> Step:
        """What one step out of the present stage asks for, as long as the candidate is there."""
        onward = self.pathway.steps_from[self.case.place.stage]
        step = onward[number % len(onward)]
        for condition in step.when:
            if self.case.place.stage == step.source and condition.kind == "holds":
                values = self.pathway.milestones_by_key[condition.milestone].values
                self.note(condition.milestone, condition.value or next(iter(values), None), self.today, self.today)
        return step

    def note(self, key: str, value: str | None, achieved: date, on: date) -> None:
        command = f"command-{self.commands + 1}"
        before = self.case.milestones.get(key)
        decision = self.both(actions.Record(key, value, achieved, command), on, naive.record, key, value, achieved)
        known = before is not None and (before.on, before.value) == (achieved, value)
        assert decision.recorded == (() if decision.refusal or known else (key,))

    @rule(number=numbers, by_stage=st.booleans(), back=few_days)
    def move(self, number: int, by_stage: bool, back: int) -> None:
        here = self.pathway.steps_from.get(self.case.place.stage, ())
        steps = here if here and number % 4 else self.pathway.steps
        step = steps[number % len(steps)]
        wanted = "the_moon" if number == 0 else step.target if by_stage else step.key
        self.both(actions.Move(wanted), self.today - timedelta(days=back), naive.move, wanted)

    @rule(number=numbers, review=reviews, back=few_days)
    def pause(self, number: int, review: int, back: int) -> None:
        reasons = [*self.pathway.pause_reasons, "boredom"]
        reason, on = reasons[number % len(reasons)], self.today - timedelta(days=back)
        review_on = on + timedelta(days=review)
        self.both(actions.Pause(reason, review_on), on, naive.pause, reason, review_on)

    @rule(number=numbers, review=reviews, back=few_days, regret=st.booleans())
    def prolong(self, number: int, review: int, back: int, regret: bool) -> None:
        reasons = [None, None, *self.pathway.pause_reasons, "boredom"]
        reason, on = reasons[number % len(reasons)], self.today - timedelta(days=back)
        review_on = on + timedelta(days=review)
        self.both(actions.Prolong(reason, review_on), on, naive.prolong, reason, review_on)
        if regret:
            self.undo(0)

    @precondition(lambda self: self.case.place.status is Status.OPEN)
    @rule(days=st.sampled_from([0, 3, 15, 70]), number=numbers, longer=st.booleans())
    def fall_ill_and_come_back(self, days: int, number: int, longer: bool) -> None:
        self.today = max(self.today, self.case.last_on, self.case.place.entered_on)
        review_on = self.today + timedelta(days=20)
        self.both(actions.Pause("illness", review_on), self.today, naive.pause, "illness", review_on)
        self.ordinary_days(days)
        if longer:
            review_on = max(self.today, review_on) + timedelta(days=10)
            self.both(actions.Prolong(None, review_on), self.today, naive.prolong, None, review_on)
            self.ordinary_days(days)
        self.record_what_is_asked_for(number)
        self.both(actions.Resume(), self.today, naive.resume)

    @rule(back=few_days)
    def assign(self, back: int) -> None:
        self.both(actions.Assign(), self.today - timedelta(days=back), naive.assign)

    @rule(number=numbers, until=st.sampled_from([-1, 0, 1, 5, 20, 60, 61]), back=few_days)
    def snooze(self, number: int, until: int, back: int) -> None:
        reasons, on = [*naive.SNOOZE_REASONS, "boredom"], self.today - timedelta(days=back)
        reason, day = reasons[number % len(reasons)], on + timedelta(days=until)
        self.both(actions.Snooze(reason, day), on, naive.snooze, reason, day)

    @rule(number=numbers, back=few_days)
    def leave_it_to_others(self, number: int, back: int) -> None:
        reasons, on = [*naive.ELSEWHERE_REASONS, "boredom"], self.today - timedelta(days=back)
        reason = reasons[number % len(reasons)]
        self.both(actions.Elsewhere(reason), on, naive.elsewhere, reason)

    @rule(back=few_days)
    def remind(self, back: int) -> None:
        self.both(actions.Remind(), self.today - timedelta(days=back), naive.remind)

    @rule(back=few_days)
    def resume(self, back: int) -> None:
        self.both(actions.Resume(), self.today - timedelta(days=back), naive.resume)

    @rule(number=numbers, back=few_days, regret=st.booleans())
    def leave(self, number: int, back: int, regret: bool) -> None:
        reasons, on = [*self.pathway.dropout_reasons, "boredom"], self.today - timedelta(days=back)
        if number % 2:
            self.both(actions.Transfer("other"), on, naive.transfer, "other")
        else:
            reason = reasons[number // 2 % len(reasons)]
            self.both(actions.Drop(reason), on, naive.drop, reason)
        if regret:
            self.undo(0)

    @rule(back=few_days)
    def annul(self, back: int) -> None:
        """Seldom of somebody new: there would be nobody to go on with."""
        if len(self.transitions) > 1 or back == 30:
            action = actions.Annul(tuple(self.transitions), recorded=bool(self.case.milestones))
            self.both(action, self.today - timedelta(days=back), naive.annul)

    @precondition(lambda self: len(self.transitions) > 1)
    @rule(back=few_days)
    def undo(self, back: int) -> None:
        history = fold(self.transitions)
        action = actions.Undo(history, self.replaced.get(history.last_command_id(), {}))
        facts, seqs = dict(self.case.milestones), [item.move.seq for item in history.last_command()]
        decision = self.both(action, self.today - timedelta(days=back), naive.undo)
        assert facts.keys() - decision.case.milestones.keys() == set(decision.withdrawn)
        assert [move.seq for move in decision.undone] == ([] if decision.refusal else seqs)

    @precondition(lambda self: self.today >= self.case.last_on and len(self.transitions) > 3)
    @rule()
    def undo_everything(self) -> None:
        while self.case.place.status is not Status.PAUSED and fold(self.transitions).undoable:
            place_before = fold(self.transitions).last_command()[0].back_to
            self.undo(0)
            assert replace(self.case.place, held=place_before.held) == place_before
        if self.case.place.status is not Status.PAUSED:
            assert (self.case.place.stage, self.case.place.visit) == (self.pathway.starts_in, 1)
            assert self.case.place.entered_on == self.case.starts_on

    # What time does

    @rule(days=st.integers(1, 30) | st.sampled_from([90, 200, 400]))
    def ordinary_days(self, days: int) -> None:
        for _ in range(days):
            self.today += timedelta(days=1)
            self.commands += 1
            self.person["command"] = self.command()
            naive.sweep(self.definition, self.person, self.today)
            if self.look_again is not None and self.look_again <= self.today:
                self.sweep_engine(self.today)

    @rule(days=st.integers(0, 60) | st.sampled_from([120, 500]))
    def outage(self, days: int) -> None:
        self.today += timedelta(days=days)
        self.commands += 1
        self.person["command"] = self.command()
        told = len(self.told)
        naive.sweep(self.definition, self.person, self.today)
        self.sweep_engine(self.today)
        spoken = Counter(reminder.occurrence for _, reminder in self.told[told:])
        assert set(spoken.values()) <= {1}

    @rule(days=st.integers(1, 40))
    def sweep_of_a_past_day(self, days: int) -> None:
        """A sweep that is asked for an earlier day (`--on`) does what that day called for, and no more."""
        self.commands += 1
        self.person["command"] = self.command()
        naive.sweep(self.definition, self.person, self.today - timedelta(days=days))
        self.sweep_engine(self.today - timedelta(days=days))

    # What is always true

    @invariant()
    def the_naive_model_agrees(self) -> None:
        person, case = self.person, self.case
        place = case.place
        assert (place.stage, place.status, place.entered_on) == (person["stage"], person["status"], person["entered"])
        assert (place.visit, list(place.held_steps)) == (person["visit"], person["held"])
        assert (case.seq, case.last_on) == (person["seq"], person["last"])
        assert case.reminded == {(one["occurrence"], one["rung"]): one["due"] for one in person["told"]}
        facts = {key: {"on": f.on, "value": f.value, "command": f.command_id} for key, f in case.milestones.items()}
        assert facts == person["facts"]
        pauses = [(p.seq, p.from_on, p.review_on, p.until_on, p.reason) for p in case.pauses]
        assert pauses == [tuple(pause.values()) for pause in person["pauses"]]
        said = {snooze.occurrence: (snooze.reason, snooze.until) for snooze in case.snoozes}
        assert said == person["quiet"]
        names = ("seq", "action", "source", "target", "on", "step", "reason", "undoes")
        log = [{**{n: getattr(t, n) for n in names}, "review": t.review_on} for t in self.transitions]
        assert log == person["log"]
        told = [
            {"occurrence": r.occurrence, "rung": r.rung, "due": r.due_on, "meant": r.meant_on, "fired": on}
            for on, r in self.told
        ]
        assert told == person["told"]

    @invariant()
    def folding_the_transitions_gives_the_stored_state(self) -> None:
        history = fold(self.transitions)
        assert (history.place, history.pauses) == (self.case.place, self.case.pauses)
        assert history.snoozes == self.case.snoozes

    @invariant()
    def the_day_to_look_again_is_the_first_on_which_something_happens(self) -> None:
        ended = self.case.place.status is Status.ENDED
        assert self.look_again == (None if ended else look_again_on(self.pathway, self.case))
        horizon = self.today + timedelta(days=HORIZON)
        expected = naive_truths.next_change(self.definition, self.person, self.today, horizon)
        if expected is not None:
            assert self.look_again is not None
            assert max(self.look_again, self.today) == expected
        else:
            assert self.look_again is None or self.look_again > horizon
        if self.look_again is not None:
            eve = self.look_again - timedelta(days=1)
            assert naive_truths.next_change(self.definition, self.person, eve, self.look_again) == self.look_again

    @invariant()
    def it_is_known_whether_anybody_may_be_reminded_yet(self) -> None:
        assert may_remind(self.pathway, self.case) is bool(waiting_rungs(self.pathway, self.case))

    @invariant()
    def no_reminder_is_used_twice(self) -> None:
        used = [(reminder.occurrence, reminder.rung) for _, reminder in self.told]
        assert len(used) == len(set(used))

    @invariant()
    def the_day_of_leaving_is_the_naive_one(self) -> None:
        ended = self.case.place.status is Status.ENDED
        expected = None if ended else naive_truths.end_of_stage(self.definition, self.person)
        assert self.decision.due_on == expected

    @invariant()
    def the_plan_is_in_order(self) -> None:
        stages = plan(self.pathway, self.case, fold(self.transitions), self.today)
        present = [stage for stage in stages if stage.actual_start and not stage.actual_end]
        assert [stage.stage for stage in present] in ([], [self.case.place.stage])
        for stage in stages:
            for start, end in (
                (stage.planned_start, stage.planned_end),
                (stage.forecast_start, stage.forecast_end),
                (stage.actual_start, stage.actual_end),
            ):
                assert start is None or end is None or start <= end
        forecast = [stage.forecast_start for stage in stages if stage.forecast_start]
        assert forecast == sorted(forecast)


some_way: st.SearchStrategy[list[int]] = st.just([]) | st.lists(numbers, min_size=1, max_size=7)


class JourneyThroughATrack(Journey):
    @initialize(
        pathway=st.sampled_from([IMMIGRANT_TRACK, PED_ASSISTANT_TRACK]),
        starts_on=starts,
        born=births,
        early=st.sampled_from([0, 0, 40]),
        ahead=some_way,
    )
    def enrol(self, pathway: Pathway, starts_on: date, born: date | None, early: int, ahead: list[int]) -> None:
        self.set_out(pathway, starts_on, born, early)
        self.come_some_way(ahead)


class JourneyThroughARandomPathway(Journey):
    @initialize(
        pathway=sound_pathways(), starts_on=starts, born=births, early=st.sampled_from([0, 0, 40]), ahead=some_way
    )
    def enrol(self, pathway: Pathway, starts_on: date, born: date | None, early: int, ahead: list[int]) -> None:
        self.set_out(pathway, starts_on, born, early)
        self.come_some_way(ahead)


TestAJourneyThroughATrack = JourneyThroughATrack.TestCase
TestAJourneyThroughARandomPathway = JourneyThroughARandomPathway.TestCase
many = settings(max_examples=4 * settings().max_examples)
TestAJourneyThroughATrack.settings = TestAJourneyThroughARandomPathway.settings = many
