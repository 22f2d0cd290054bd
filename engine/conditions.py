"""What a step may ask for. Conditions are data: they can be stored, compared, drawn and put into words.

Each answers one question, `holds_from`: the first day on which it holds if nothing more is recorded, or None
if only a person can bring it about. A condition is met on a day when that day is not before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from engine.case import Case
from engine.spans import add_months

if TYPE_CHECKING:
    from engine.pathway import Milestone, Stage


@dataclass(frozen=True)
class Holds:
    """A milestone is recorded, with this value when one is named.

    It holds from when it is recorded, whatever day it was reached on: a decision that is dated back by a day or two
    is not to be stopped by a fact that everybody knows.
    """

    milestone: str
    value: str | None = None
    kind: Literal["holds"] = "holds"

    def holds_from(self, case: Case, _stage: Stage) -> date | None:
        fact = case.milestones.get(self.milestone)
        if fact is None or (self.value is not None and fact.value != self.value):
            return None
        return date.min

    def in_words(self, milestones: Mapping[str, Milestone]) -> str:
        milestone = milestones[self.milestone]
        if self.value is None:
            return milestone.title
        return f"{milestone.title}: {milestone.values.get(self.value, self.value)}"

    def why_not(self, case: Case, _stage: Stage, milestones: Mapping[str, Milestone]) -> str:
        fact = case.milestones.get(self.milestone)
        key = self.milestone if self.value is None else f"{self.milestone} = {self.value}"
        wanted = f"»{self.in_words(milestones)}« ({key})"
        if fact is None:
            return f"Milepælen {wanted} er ikke registreret. Registrér den først."
        return f"Milepælen {wanted} er registreret med en anden værdi. Ret den, hvis det er en fejl."


@dataclass(frozen=True)
class Lasted:
    """The stage has lasted as long as the pathway says, pauses not counted."""

    kind: Literal["lasted"] = "lasted"

    def holds_from(self, case: Case, stage: Stage) -> date | None:
        return stage_end(case, stage)

    def in_words(self, _milestones: Mapping[str, Milestone]) -> str:
        return "trinnets tid er gået"

    def why_not(self, case: Case, stage: Stage, _milestones: Mapping[str, Milestone]) -> str:
        end = stage_end(case, stage)
        if stage.lasts is None or end is None:
            return f"»{stage.title}« har ingen slutdato at vente på."
        return f"»{stage.title}« ({stage.lasts.in_words()}) varer til {end:%d-%m-%Y}. Vent til den dag."


@dataclass(frozen=True)
class AgeAtLeast:
    """The candidate has had this birthday."""

    years: Annotated[int, Field(gt=0, le=120)]
    kind: Literal["age_at_least"] = "age_at_least"

    def holds_from(self, case: Case, _stage: Stage) -> date | None:
        if case.birth_date is None:
            return None
        birthday = add_months(case.birth_date, 12 * self.years)
        # Born on 29 February: 1 March in a common year, so that nobody is let in a day early.
        return birthday if birthday.day == case.birth_date.day else birthday + timedelta(days=1)

    def in_words(self, _milestones: Mapping[str, Milestone]) -> str:
        return f"fyldt {self.years} år"

    def why_not(self, case: Case, _stage: Stage, _milestones: Mapping[str, Milestone]) -> str:
        if case.birth_date is None:
            return f"Kandidatens fødselsdato kendes ikke; overgangen kræver {self.years} år. Registrér datoen først."
        return f"Kandidaten er ikke fyldt {self.years} år. Vent til fødselsdagen."


Condition = Annotated[Holds | Lasted | AgeAtLeast, Field(discriminator="kind")]


def stage_end(case: Case, stage: Stage) -> date | None:
    """The day on which the stage should be left: its length from the day of entry, plus the days of pause.

    None for an open-ended stage. This is the one date from which »over tid« (overdue), every deadline and
    `Lasted` are counted.
    """
    if stage.lasts is None:
        return None
    end = stage.lasts.after(case.place.entered_on)
    return end + timedelta(days=case.paused_days()) if case.pauses else end
