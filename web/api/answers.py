"""What a program is answered: the keys that `sosu … --json` prints, with the type of each."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from engine.pathway import Ending, Milestone, Stage, Step
from web.api.problems import Fault


class _Answer(BaseModel):
    model_config = ConfigDict(populate_by_name=True)


class Moved(_Answer):
    """A step that was taken."""

    seq: int
    action: str
    step: str | None
    from_: str | None = Field(alias="from")
    to: str
    on: date


class Done(_Answer):
    """Where the case is now, and the moves that the command brought about."""

    enrolment: str
    stage: str
    status: str
    moves: list[Moved]


class Transferred(Done):
    transferred_from: str


class Enrolled(Done):
    notices: list[str]


class Imported(_Answer):
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


class Listed(_Answer):
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


class Cases(_Answer):
    total: int
    page: int
    pages: int
    cases: list[Listed]


class WayOn(_Answer):
    step: str
    title: str
    to: str
    automatic: bool
    unmet: list[str]


class Planned(_Answer):
    stage: str
    title: str
    part_of: str | None
    planned_start: date | None
    planned_end: date | None
    forecast_start: date | None
    forecast_end: date | None
    actual_start: date | None
    actual_end: date | None


class Reached(_Answer):
    milestone: str
    title: str
    on: date
    value: str | None
    by: str


class Happened(_Answer):
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


class Told(_Answer):
    message: int
    kind: str
    cause: str
    audience: str
    recipient: str | None
    on: date
    state: str
    reason: str | None
    attempts: int


class Case(_Answer):
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
    previous: str | None
    next: str | None
    area: str
    coordinator: str
    steps: list[WayOn]
    plan: list[Planned]
    milestones: list[Reached]
    transitions: list[Happened]
    messages: list[Told]


class OnBoard(_Answer):
    stage: str
    title: str
    part_of: str | None
    open: int
    paused: int
    due_soon: int
    overdue: int


class Ended(_Answer):
    stage: str
    title: str
    count: int


class Board(_Answer):
    pathway: str
    title: str
    on: date
    stages: list[OnBoard]
    endings: list[Ended]


#: A count of people in a report; None where it is not to leave the unit.
People = int | None


class StageFigures(_Answer):
    """`reached` and `left` in the period, and `now` at its end. `days` is the median of the visits that ended in it;
    `planned_days` what the pathway plans.
    """

    stage: str
    title: str
    reached: People
    left: People
    now: People
    days: int | None
    planned_days: int | None


class HalfYear(_Answer):
    """Who began in the half-year, and how many of them were still under way or had completed by whole months after
    their start; `shares` of them in per cent. None is also what it is too early to tell.
    """

    year: int
    half: int = Field(ge=1, le=2)
    began: People
    kept: dict[int, People]
    shares: dict[int, int | None]


class Report(_Answer):
    """In the period: who began (`enrolled`), and who ended, and how; `active`, and in which stage, at its end."""

    pathway: str
    title: str
    from_: date | None = Field(alias="from")
    to: date | None
    enrolled: People
    active: People
    completed: People
    employed: People
    qualified: People
    in_education: People
    dropped_out: People
    not_admitted: People
    transferred: People
    by_stage: dict[str, People]
    by_ending: dict[str, People]
    by_reason: dict[str, People]
    by_reason_title: dict[str, People]
    stages: list[StageFigures]
    half_years: list[HalfYear]


class Pathway(_Answer):
    pathway: str
    version: int
    title: str
    source: str


class EndingSaid(_Answer):
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


class Try(_Answer):
    """One attempt at sending, and what the other end answered."""

    at: datetime
    ok: bool
    detail: str


class Message(_Answer):
    message: int
    enrolment: str | None
    pathway: str | None
    version: int | None
    kind: str
    audience: str
    recipient: str | None
    state: str
    reason: str | None
    attempts: int
    created_at: datetime
    tries: list[Try]


class Messages(_Answer):
    total: int
    page: int
    pages: int
    messages: list[Message]


class Token(_Answer):
    name: str
    scopes: list[str]
    ends_at: datetime


class Me(_Answer):
    """Whom the token acts as, and within what."""

    staff: str
    name: str
    role: str
    areas: list[str]
    token: Token
