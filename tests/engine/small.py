"""A pathway small enough to have in mind while reading a test, and hands to drive it with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from engine import actions
from engine.case import Case, Fact
from engine.conditions import AgeAtLeast, Holds, Lasted
from engine.decide import begin, decide
from engine.decision import Decision
from engine.history import Transition, fold
from engine.pathway import Deadline, Ending, Milestone, Outcome, Pathway, Stage, Step, Unit
from engine.spans import days, weeks, working_days

COURSE = Unit("whole_course", "Kursus med praktik", weeks(6))

#: Talk (2 weeks, by hand) -> school (4 weeks) -> practice (2 weeks) -> job (open-ended) -> employed.
SMALL = Pathway(
    key="small_track",
    version=1,
    title="Et lille forløb",
    reference_prefix="SM",
    source="tests",
    starts_in="talk",
    milestones=(
        Milestone("consent", "Samtykke"),
        Milestone("passed", "Kursus bestået", lasting=True),
        Milestone("field", "Område", {"elder": "Ældre", "child": "Børn"}),
        Milestone("offer", "Tilbud accepteret"),
    ),
    stages=(
        Stage("talk", "Samtale", lasts=weeks(2)),
        Stage(
            "school",
            "Skole",
            lasts=weeks(4),
            part_of=COURSE,
            payer="Jobcentret",
            deadline=Deadline(remind_before=days(7), remind_after=working_days(1), escalate_after=working_days(5)),
        ),
        Stage("practice", "Praktik", lasts=weeks(2), part_of=COURSE, alongside="dansk"),
        Stage("job", "Stilling"),
        Ending("employed", "Ansat", counts_as=Outcome.EMPLOYED),
        Ending("rejected", "Ikke optaget", counts_as=Outcome.NOT_ADMITTED),
    ),
    steps=(
        Step("admit", "talk", "school", "Optag", when=(AgeAtLeast(25), Holds("consent"))),
        Step("reject", "talk", "rejected", "Afvis"),
        Step("practise", "school", "practice", "Begynd praktik", when=(Lasted(), Holds("passed")), automatic=True),
        Step("repeat", "practice", "school", "Tilbage til skole"),
        Step("to_elders", "practice", "job", "Til ældre", when=(Lasted(), Holds("field", "elder")), automatic=True),
        Step("employ", "job", "employed", "Ansæt", when=(Holds("offer"),), automatic=True),
    ),
)

MONDAY = date(2026, 3, 2)


def after(count: int) -> date:
    """The day that lies this many days after the first one, or before it when negative."""
    return MONDAY + timedelta(days=count)


def fork(*steps: Step) -> Pathway:
    """One stage of two weeks, two jobs behind it, and these steps out of it."""
    return replace(
        SMALL,
        starts_in="start",
        stages=(
            Stage("start", "Start", lasts=weeks(2)),
            Stage("left", "Venstre"),
            Stage("right", "Højre"),
            Ending("employed", "Ansat", counts_as=Outcome.EMPLOYED),
        ),
        steps=(
            *steps,
            Step("hire_left", "left", "employed", "Ansæt"),
            Step("hire_right", "right", "employed", "Ansæt"),
        ),
    )


FORK = fork(
    Step("go_left", "start", "left", "Til venstre", when=(Holds("consent"),), automatic=True),
    Step("go_right", "start", "right", "Til højre", when=(Holds("passed"),), automatic=True),
)


class Someone:
    """A candidate who is acted on as the program would do it: decide, keep, remember."""

    def __init__(self, pathway: Pathway = SMALL, starts_on: date = MONDAY, born: date | None = None) -> None:
        self.pathway = pathway
        decision = begin(pathway, starts_on, born or date(1990, 5, 17))
        self.case: Case = decision.case
        self.decision: Decision = decision
        self.transitions: list[Transition] = list(decision.transitions)
        self.commands = 0
        self.replaced: dict[str | None, dict[str, Fact]] = {}

    def does(self, action: actions.Action, on: date) -> Decision:
        self.commands += 1
        before = self.case.milestones
        self.decision = decide(self.pathway, self.case, action, on)
        self.case = self.decision.case
        changed = {*self.decision.recorded, *self.decision.withdrawn} & before.keys()
        self.replaced[f"command-{self.commands}"] = {key: before[key] for key in changed}
        command_id = f"command-{self.commands}"
        self.transitions += [replace(t, command_id=command_id) for t in self.decision.transitions]
        return self.decision

    def records(self, milestone: str, on: date, value: str | None = None) -> Decision:
        return self.does(actions.Record(milestone, value, command_id=f"command-{self.commands + 1}"), on)

    def undoes(self, on: date) -> Decision:
        history = fold(self.transitions)
        return self.does(actions.Undo(history, self.replaced.get(history.last_command_id(), {})), on)

    def admitted(self, on: date = MONDAY) -> Someone:
        self.records("consent", on)
        self.does(actions.Move("admit"), on)
        return self

    @property
    def stage(self) -> str:
        return self.case.place.stage
