"""What a program is answered: the keys that `sosu … --json` prints, with the type of each."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from engine.pathway import Ending, Milestone, Stage, Step
from web.api.problems import Fault


class Answered(BaseModel):
    """What every answer is: a key that Python does not allow is known by its alias."""

    model_config = ConfigDict(populate_by_name=True)


class Moved(Answered):
    """A step that was taken."""

    seq: int
    action: str
    step: str | None
    from_: str | None = Field(alias="from")
    to: str
    on: date


class Done(Answered):
    """Where the case is now, and the moves that the command brought about."""

    enrolment: str
    stage: str
    status: str
    moves: list[Moved]


class Snoozed(Done):
    """`until` is the day on which reminders come again; none: when somebody asks for it, or the stage is left.
    `reminders_left`: whether any of the stage or the pause may still come.
    """

    until: date | None
    reason: str | None
    reminders_left: bool = True  # what was answered before it was asked does not say


class Transferred(Done):
    transferred_from: str


class Enrolled(Done):
    """`changed` are the details that were known otherwise: of `name`, `phone`, `email` and `mother_tongue`."""

    notices: list[str]
    changed: list[str]


class Imported(Answered):
    """What became of a list. `enrolments` are the references of those who are new, `import` is the list's number."""

    rows: int
    created: int
    updated: int
    unchanged: int
    errors: list[Fault]
    notices: list[Fault]
    saved: bool
    enrolments: list[str]
    import_: int | None = Field(alias="import")


class Listed(Answered):
    """A case in a list: no name, as in everything that is copied and logged."""

    enrolment: str
    pathway: str
    stage: str
    status: str
    revision: int
    starts_on: date
    due_on: date | None
    overdue: bool
    area: str
    coordinator: str


class Cases(Answered):
    total: int
    page: int
    pages: int
    cases: list[Listed]


class WayOn(Answered):
    step: str
    title: str
    to: str
    automatic: bool
    unmet: list[str]


class Planned(Answered):
    stage: str
    title: str
    part_of: str | None
    planned_start: date | None
    planned_end: date | None
    forecast_start: date | None
    forecast_end: date | None
    actual_start: date | None
    actual_end: date | None


class Reached(Answered):
    milestone: str
    title: str
    on: date
    value: str | None
    by: str


class Happened(Answered):
    seq: int
    action: str
    step: str | None
    from_: str | None = Field(alias="from")
    to: str
    by: str
    on: date
    at: datetime
    reason: str | None
    review_on: date | None
    undoes: int | None
    coordinator: str | None


class Told(Answered):
    """What was gathered went with its `digest`, another message, and as that did."""

    message: int
    kind: str
    cause: str
    audience: str
    recipient: str | None
    on: date
    state: str
    reason: str | None
    attempts: int
    digest: int | None = None
    digest_state: str | None = None


class Quiet(Answered):
    """Nobody is reminded before `until`; without that day, it is handled elsewhere. `reminders_left`: whether any of
    the stage or the pause may still come.
    """

    until: date | None
    reason: str
    reason_title: str | None
    reminders_left: bool


class Case(Answered):
    """One case, whole, and the candidate's name; never the CPR number."""

    enrolment: str
    name: str
    pathway: str
    pathway_title: str
    version: int
    stage: str
    stage_title: str
    status: str
    revision: int
    starts_on: date
    entered_on: date
    due_on: date | None
    next_due_on: date | None
    overdue: bool
    due_soon: bool
    review_on: date | None
    snooze: Quiet | None
    reminders_left: bool
    previous: str | None
    next: str | None
    area: str
    coordinator: str
    steps: list[WayOn]
    plan: list[Planned]
    milestones: list[Reached]
    transitions: list[Happened]
    messages: list[Told]


class OnBoard(Answered):
    stage: str
    title: str
    part_of: str | None
    open: int
    paused: int
    due_soon: int
    overdue: int


class Ended(Answered):
    stage: str
    title: str
    count: int


class Board(Answered):
    pathway: str
    title: str
    on: date
    stages: list[OnBoard]
    endings: list[Ended]


class Pathway(Answered):
    pathway: str
    version: int
    title: str
    source: str


class EndingSaid(Answered):
    stage: str
    title: str
    counts_as: str


class Definition(Pathway):
    """Everything that the newest version of a pathway says, in the words of the engine."""

    key: str
    reference_prefix: str
    starts_in: str
    milestones: list[Milestone]
    stages: list[Stage | Ending]
    steps: list[Step]
    endings: list[EndingSaid]
    dropout_reasons: dict[str, str]
    pause_reasons: dict[str, str]


class Token(Answered):
    name: str
    scopes: list[str]
    ends_at: datetime


class Me(Answered):
    """Whom the token acts as, and within what."""

    staff: str
    name: str
    role: str
    areas: list[str]
    token: Token
