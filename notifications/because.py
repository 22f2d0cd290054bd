"""Why somebody gets a message: the sentences at its foot, so that nobody has to wonder, or to look for a way out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache

from engine.audience import Audience
from engine.topic import Topic
from models.message import Pace
from notifications.pace import CHOICES


class Occasion(StrEnum):
    """Why messages were gathered: the first word of a digest's cause."""

    DIGEST = "digest"
    HOURS = "hours"
    CATCH_UP = "catch_up"
    TAKEN_OVER = "taken_over"
    REMINDED = "reminded"
    BACKDATED = "backdated"
    STORM = "storm"


#: In Danish, for each audience.
BECAUSE: Mapping[str, str] = {
    Audience.COORDINATOR: "Du får denne besked, fordi du er koordinator for forløbet.",
    Audience.MANAGER: "Du får denne besked, fordi du er leder for forløbets område.",
    Audience.JOBCENTER_OFFICER: "Du får denne besked, fordi du er jobcentermedarbejder på forløbet.",
}
#: In Danish, for each reason to gather messages.
GATHERED: Mapping[str, str] = {
    Occasion.DIGEST: "Du får dine beskeder samlet, som du eller din rolle har valgt.",
    Occasion.HOURS: "Noget kom uden for de tider, hvor du får besked, så du får det hele i én besked.",
    Occasion.CATCH_UP: "Udsendelsen har stået stille, så du får det hele i én besked.",
    Occasion.TAKEN_OVER: "Du har fået noget fra en kollega, som ikke har det mere, så du får det hele i én besked.",
    Occasion.REMINDED: "Der rykkes igen for noget, som andre havde taget sig af, så du får det hele i én besked.",
    Occasion.BACKDATED: "Forløb er oprettet eller rettet bagud i tid, så du får det hele i én besked.",
    Occasion.STORM: "Der kom usædvanligt mange beskeder til dig, så de er samlet i én.",
}
#: Of somebody who is none of these any more.
ONLY_HEARD = "Du får denne besked, fordi du har fået besked om det, som nu er fortrudt."
INSTEAD = "Den er til en kollega, som du er stedfortræder for."
MANDATORY = "Den slags beskeder kan ikke fravælges."
OPTIONAL = "Du vælger selv på siden »Mine beskeder«, om og hvordan du får den slags beskeder."
#: Of a digest that holds something of which there is a choice.
OPTIONAL_IN_PART = "Hvornår og hvordan du får besked, vælger du selv på siden »Mine beskeder«."
#: Every sentence that may stand there.
SENTENCES = (*BECAUSE.values(), *GATHERED.values(), ONLY_HEARD, INSTEAD, MANDATORY, OPTIONAL, OPTIONAL_IN_PART)


@cache
def because(audience: str, topic: str, *, instead: bool = False, only_heard: bool = False) -> str:
    """The foot of a message. `instead`: it is for somebody whose stand-in gets it; `only_heard`: for somebody who
    has the case no more, and heard of what it takes back.
    """
    choice = OPTIONAL if _is_optional(topic) else MANDATORY
    why = ONLY_HEARD if only_heard else BECAUSE[audience]
    return " ".join((INSTEAD if instead else why, choice))


def because_gathered(why: str, topics: Iterable[str], *, instead: bool = False) -> str:
    """The foot of a digest of messages of these topics."""
    choice = OPTIONAL_IN_PART if any(map(_is_optional, topics)) else MANDATORY
    return " ".join((GATHERED[why], INSTEAD, choice) if instead else (GATHERED[why], choice))


def _is_optional(topic: str) -> bool:
    return Pace.NEVER in CHOICES[Topic(topic)]
