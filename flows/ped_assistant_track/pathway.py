"""From unemployed pedagogical assistant to a position in elderly care, in three steps ("trin").

Read each step as: a candidate who is here goes there, once these conditions hold; then these people are told.
The source gives no durations: each is assumed, and says so.
"""

from __future__ import annotations

from engine.audience import JOBCENTER_OFFICER, MANAGER
from engine.conditions import Holds, Lasted
from engine.pathway import Deadline, Ending, Milestone, Outcome, Pathway, Stage, Step
from engine.spans import days, months, weeks, working_days

JOBCENTER = "Jobcenter Aarhus"
CENTRAL_FUNDS = "centrale fællesmidler; undervisning ved VEU-godtgørelse"

SHORT_STAGE = Deadline(
    remind_before=days(3), remind_on=True, remind_after=working_days(1), escalate_after=working_days(5)
)
LONG_STAGE = Deadline(
    remind_before=days(14), remind_on=True, remind_after=working_days(1), escalate_after=working_days(5)
)

PATHWAY = Pathway(
    key="ped_assistant_track",
    version=2,
    title="Opkvalificering af ledige pædagogiske assistenter",
    reference_prefix="PA",
    source="Chefteamindstilling, 29. juni 2018",
    starts_in="selection",
    milestones=(
        Milestone("consent_given", "Samtykke givet"),
        Milestone("intro_meeting_attended", "Deltaget i introduktionsmøde"),
        Milestone("mentor_assigned", "Mentor udpeget"),
        Milestone("host_area_assigned", "Værtsområde tildelt"),
        Milestone("basic_training_completed", "Basisundervisning gennemført", lasting=True),
        Milestone("placement_approved", "Praktik godkendt", stays_behind=True),
        # "Det er vigtigt at de får stillingsbeskrivelser, så de kan se at de primært er SOSU assistent opgaver de får."
        Milestone("job_description_received", "Stillingsbeskrivelse modtaget"),
        Milestone("contract_signed", "Ansættelseskontrakt underskrevet", stays_behind=True),
    ),
    stages=(
        Stage(
            "selection", "Udvælgelse", lasts=weeks(3), payer=JOBCENTER, deadline=SHORT_STAGE, assumed=("lasts", "payer")
        ),
        Stage(
            "intro_meeting",
            "Introduktionsmøde",
            lasts=weeks(2),
            payer=JOBCENTER,
            deadline=SHORT_STAGE,
            assumed=("lasts", "payer"),
        ),
        Stage(
            "work_placement",
            "Trin 1: praktik og basisundervisning",
            lasts=weeks(4),
            payer=JOBCENTER,
            deadline=LONG_STAGE,
            assumed=("lasts",),
        ),
        Stage(
            "wage_subsidy",
            "Trin 2: løntilskud",
            lasts=months(4),
            payer=JOBCENTER,
            deadline=LONG_STAGE,
            assumed=("lasts",),
        ),
        Stage(
            "temporary_position",
            "Trin 3: midlertidig stilling med opkvalificering",
            lasts=weeks(26),
            payer=CENTRAL_FUNDS,
            deadline=LONG_STAGE,
            assumed=("lasts",),
        ),
        Ending("employed", "Ansat", counts_as=Outcome.EMPLOYED),
        Ending("sosu_education", "Videre til SOSU-uddannelse", counts_as=Outcome.IN_EDUCATION),
        Ending("not_selected", "Ikke udvalgt", counts_as=Outcome.NOT_ADMITTED),
    ),
    steps=(
        Step("select", "selection", "intro_meeting", "Udvælg", tell=(JOBCENTER_OFFICER,)),
        Step("reject", "selection", "not_selected", "Udvælg ikke", tell=(JOBCENTER_OFFICER,)),
        Step(
            "start_placement",
            "intro_meeting",
            "work_placement",
            "Begynd trin 1",
            when=(Holds("intro_meeting_attended"), Holds("mentor_assigned"), Holds("host_area_assigned")),
            tell=(MANAGER, JOBCENTER_OFFICER),
        ),
        Step(
            "start_wage_subsidy",
            "work_placement",
            "wage_subsidy",
            "Begynd trin 2",
            automatic=True,
            when=(Lasted(), Holds("basic_training_completed"), Holds("placement_approved")),
            tell=(JOBCENTER_OFFICER,),
        ),
        Step(
            "start_position",
            "wage_subsidy",
            "temporary_position",
            "Begynd trin 3",
            automatic=True,
            when=(Lasted(), Holds("job_description_received"), Holds("contract_signed")),
            tell=(MANAGER, JOBCENTER_OFFICER),
        ),
        Step("employ", "temporary_position", "employed", "Ansæt", tell=(JOBCENTER_OFFICER,)),
        Step(
            "continue_in_education",
            "temporary_position",
            "sosu_education",
            "Videre til SOSU-uddannelse",
            tell=(JOBCENTER_OFFICER,),
        ),
    ),
)
