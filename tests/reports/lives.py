"""A municipality that has lived for a while: candidates who moved, paused, dropped out, ended and came back."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from engine.pathway import DROPOUT_REASONS
from engine.refusal import Refused
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA, VIBY_MANAGER, Candidate, Municipality
from tests.support import RefusingPostbox

_MILESTONES = {
    "immigrant_track": (
        "interest_confirmed",
        "danish_course_passed",
        "amu_school_completed",
        "amu_certificate",
        "placement_approved",
        "contract_signed",
        "danish_level_approved",
        "education_offer_accepted",
    ),
    "ped_assistant_track": (
        "intro_meeting_attended",
        "mentor_assigned",
        "host_area_assigned",
        "basic_training_completed",
        "placement_approved",
        "job_description_received",
        "contract_signed",
    ),
}
_BY_HAND = {
    "immigrant_track": ("admit", "admit", "admit", "reject"),
    "ped_assistant_track": ("select", "start_placement", "employ", "continue_in_education", "reject"),
}


def live(town: Municipality, random: Random, people: int = 24, months: int = 8) -> list[Candidate]:
    """Lets `people` candidates live for so many months of four weeks; whatever is refused does not happen."""
    candidates = [_enrol(town, random) for _ in range(people)]
    for _ in range(months):
        town.clock.passes(weeks=random.randint(2, 6))
        town.sweeps()
        for candidate in random.sample(candidates, people // 2):
            try:
                _act(candidate, random)
            except Refused:
                continue
    return candidates


def live_by_the_day(town: Municipality, random: Random, people: int = 10, months: int = 9) -> None:
    """As `live`, but some hours or days at a time, with messages that are sent now and then."""
    candidates = [_enrol(town, random) for _ in range(people)]
    until = town.clock.today + timedelta(weeks=4 * months)
    while town.clock.today < until:
        town.clock.passes(hours=random.choice((1, 20, 24, 30, 70, 168)))
        if random.random() < 0.6:
            town.sweeps()
        if random.random() < 0.6:
            town.delivers(RefusingPostbox(permanent=False, whom=random.choice((VIBY, SYD, VIBY_MANAGER))))
        for candidate in random.sample(candidates, 2):
            try:
                _act(candidate, random)
            except Refused:
                continue


def _enrol(town: Municipality, random: Random) -> Candidate:
    area, coordinator = random.choice(((VIBY_AREA, VIBY), (SYD_AREA, SYD)))
    pathway = random.choice(tuple(_MILESTONES))
    return town.enrols(pathway=pathway, area=area, coordinator=coordinator)


def _act(candidate: Candidate, random: Random) -> None:
    pathway = "immigrant_track" if candidate.reference.startswith("IM") else "ped_assistant_track"
    what = random.randrange(12)
    if what < 6:
        candidate.records(*random.sample(_MILESTONES[pathway], 3))
    elif what < 8:
        candidate.moves(random.choice(_BY_HAND[pathway]))
    elif what == 8:
        if candidate.status == "paused":
            candidate.prolongs(candidate.town.clock.today + timedelta(weeks=random.randint(1, 9)))
        else:
            candidate.pauses()
    elif what == 9:
        candidate.resumes()
    elif what == 10:
        candidate.drops_out(random.choice(tuple(DROPOUT_REASONS)))
    else:
        candidate.undoes()
