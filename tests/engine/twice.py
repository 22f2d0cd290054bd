"""A candidate who is kept twice: as the engine has it, and as the naive model has it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from engine import actions
from engine.case import Case, Fact
from engine.decide import begin, decide
from engine.decision import Decision
from engine.history import Transition
from engine.pathway import Pathway, pathway_from
from engine.reminders import Reminder
from tests.engine import naive

SENTENCE = re.compile(r"^[A-ZÆØÅ»].*\.$", re.DOTALL)


class Twice(RuleBasedStateMachine):
    """Does the same to both, and lets neither go where the other does not."""

    pathway: Pathway
    again: Pathway  # the same, after a round trip through JSON
    case: Case

    def set_out(self, pathway: Pathway, starts_on: date, born: date | None, early: int) -> None:
        self.pathway, self.again = pathway, pathway_from(pathway.definition())
        self.definition = pathway.definition()
        self.today = starts_on - timedelta(days=early)
        self.person = naive.newcomer(self.definition, starts_on, born)
        self.transitions: list[Transition] = []
        self.told: list[tuple[date, Reminder]] = []
        self.replaced: dict[str | None, dict[str, Fact]] = {}
        self.commands = 0
        self.keep(begin(pathway, starts_on, born), "enrolment")

    def keep(self, decision: Decision, command: str) -> None:
        changed = {*decision.recorded, *decision.withdrawn}
        before = self.case.milestones if self.commands else {}
        self.replaced[command] = {key: before[key] for key in changed if key in before}
        self.case, self.decision = decision.case, decision
        self.transitions += [replace(t, command_id=command) for t in decision.transitions]
        self.look_again = decision.look_again_on

    def act(self, action: actions.Action, on: date) -> Decision:
        """Decides, and keeps what was decided unless it is refused; a second time as the stored pathway says."""
        decision = decide(self.pathway, self.case, action, on)
        assert decide(self.again, self.case, action, on) == decision
        if decision.refusal:
            assert decision == Decision(case=self.case, refusal=decision.refusal)
            assert all(SENTENCE.match(sentence) for sentence in decision.refusal)
        else:
            self.keep(decision, self.command())
        return decision

    def command(self) -> str:
        return f"command-{self.commands}"

    def both(self, action: actions.Action, on: date, play: Any, *given: Any) -> Decision:
        """The action in the engine and in the naive model, which must agree on whether and how far it is refused."""
        self.commands += 1
        self.person["command"] = self.command()
        hindrances: tuple[str, ...] = ()
        try:
            play(self.definition, self.person, *given, on)
        except naive.No as no:
            hindrances = no.hindrances
        decision = self.act(action, on)
        assert len(decision.refusal) == len(hindrances), (decision.refusal, hindrances)
        for sentence, words in zip(decision.refusal, hindrances, strict=True):
            assert words in sentence
        return decision

    def sweep_engine(self, on: date) -> None:
        held = set(self.case.place.held_steps)
        decision = self.act(actions.Advance(), on)
        assert not held.intersection(t.step for t in decision.transitions[:1])
        assert decision.look_again_on is None or decision.look_again_on > on
        self.told += [(on, reminder) for reminder in decision.reminders]
