"""What a program may send: the bodies of the verbs, and the values that they are made of."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Header, Path
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from web.asked import FIRST_DAY, LAST_DAY

#: What no database takes in a text.
_NO_NUL = r"^[^\x00]*$"

Text = Annotated[str, Field(min_length=1, max_length=254, pattern=_NO_NUL)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY, examples=["2026-09-01"])]
Reference = Annotated[str, Path(pattern=r"^[A-Za-z]{2,4}-[0-9]{1,9}$", examples=["IM-0042"])]
PathwayKey = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,63}$", examples=["immigrant_track"])]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="Chosen by the program, once for each command: sent again with the same key, the command acts once "
        "and is answered as it was the first time",
    ),
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class OnCase(_Body):
    """What every verb on a case may bring along."""

    revision: int | None = Field(
        default=None,
        ge=1,
        description="The `revision` that the program has seen; when somebody changed the case since, the answer is 409",
    )


class Record(OnCase):
    milestone: Text = Field(examples=["interest_confirmed"])
    value: Text | None = Field(default=None, examples=["helper"])
    achieved_on: Day | None = None


class Withdraw(OnCase):
    milestone: Text = Field(examples=["interest_confirmed"])


class Move(OnCase):
    step: Text = Field(description="The step's key, or that of the stage it leads to", examples=["admit"])


class Pause(OnCase):
    reason: Text = Field(default="other", examples=["illness"])
    review_on: Day | None = Field(default=None, description="When somebody looks at it again; otherwise in four weeks")


class Prolong(OnCase):
    review_on: Day = Field(description="When somebody looks at it again, later than the date that it has")
    reason: Text | None = Field(default=None, examples=["illness"], description="Otherwise the one that it has")


class Snooze(OnCase):
    until: Day = Field(description="The day on which reminders come again, at most 60 days ahead")
    reason: Text = Field(examples=["agreed"])


class Elsewhere(OnCase):
    reason: Text = Field(examples=["jobcenter"])


class Drop(OnCase):
    reason: Text = Field(examples=["moved"])


class Assign(OnCase):
    coordinator: Text = Field(description="An e-mail")
    area: Text | None = None


class Transfer(OnCase):
    to: Text = Field(description="A pathway's key", examples=["ped_assistant_track"])


class Enrol(_Body):
    """One candidate. The CPR number goes in here and never comes out."""

    pathway: Text = Field(examples=["immigrant_track"])
    name: Text = Field(repr=False)
    cpr: SecretStr = Field(max_length=20, json_schema_extra={"writeOnly": True})
    area: Text = Field(examples=["Viby-Højbjerg"])
    coordinator: Text = Field(description="An e-mail")
    starts_on: Day
    consent: bool = False
    phone: Text | None = Field(default=None, repr=False)
    email: Text | None = Field(default=None, repr=False)
    mother_tongue: Text | None = Field(default=None, repr=False)
