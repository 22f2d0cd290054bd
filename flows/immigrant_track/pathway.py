"""From the first talk to a care education: the path for immigrants of 25 or older.

Read each step as: a candidate who is here goes there, once these conditions hold; then these people are told.
The municipality describes the path as a proposal ("kan bl.a. bestå af"): what it names is in the source, and every
value that we had to assume is listed under `assumed`.
"""

from __future__ import annotations

from engine.audience import JOBCENTER_OFFICER, MANAGER
from engine.conditions import AgeAtLeast, Holds, Lasted
from engine.pathway import Deadline, Ending, Milestone, Outcome, Pathway, Stage, Step, Unit
from engine.spans import days, months, weeks, working_days

JOBCENTER = "Jobcenter Aarhus"
CARE_DEPARTMENT = "Sundhed og Omsorg"
ADULT_APPRENTICE_PAY = "voksenelevløn"

GET_READY, GET_STARTED, BE_PART = "Bliv klar", "Kom i gang", "Vær med"  # the programme's phases, question 10

#: "et 32-ugers AMU-forløb på SOSU Østjylland inkl. 9 ugers praktik"
AMU_32_WEEKS = Unit("amu_32_weeks", "32-ugers AMU-forløb", weeks(32))

SHORT_STAGE = Deadline(
    remind_before=days(3), remind_on=True, remind_after=working_days(1), escalate_after=working_days(5)
)
LONG_STAGE = Deadline(
    remind_before=days(14), remind_on=True, remind_after=working_days(1), escalate_after=working_days(5)
)

PATHWAY = Pathway(
    key="immigrant_track",
    version=2,
    title="Projekt målrettet immigranter",
    reference_prefix="IM",
    source="Svar på 10-dages forespørgsel, 30. oktober 2023, spørgsmål 5",
    starts_in="intake",
    milestones=(
        Milestone("interest_confirmed", "Interesse for SOSU-området bekræftet"),
        Milestone("consent_given", "Samtykke givet"),
        Milestone("danish_course_passed", "Danskforløb bestået", lasting=True),
        Milestone("amu_school_completed", "AMU-skoledel gennemført", lasting=True),
        Milestone("amu_certificate", "AMU-bevis", lasting=True),
        Milestone("placement_approved", "Praktik godkendt", stays_behind=True),
        Milestone("contract_signed", "Ansættelseskontrakt underskrevet", stays_behind=True),
        Milestone("danish_level_approved", "Danskniveau godkendt", lasting=True),
        Milestone("education_offer_accepted", "Uddannelsestilbud accepteret"),
        Milestone("foundation_course_passed", "Grundforløb bestået", lasting=True),
        Milestone(
            "programme",
            "Uddannelse",
            {"helper": "Social- og sundhedshjælper", "assistant": "Social- og sundhedsassistent"},
        ),
        Milestone("journeyman_certificate", "Uddannelsesbevis", lasting=True),
    ),
    stages=(
        Stage(
            "intake",
            "Visitation",
            lasts=weeks(2),
            phase=GET_READY,
            payer=JOBCENTER,
            deadline=SHORT_STAGE,
            assumed=("lasts",),
        ),
        Stage(
            "danish_course",
            "Intensivt danskforløb",
            lasts=weeks(12),
            phase=GET_READY,
            payer=JOBCENTER,
            deadline=LONG_STAGE,
            assumed=("lasts", "payer"),
        ),
        Stage(
            "amu_course",
            "AMU-forløb, skole",
            lasts=weeks(23),
            phase=GET_READY,
            payer=JOBCENTER,
            part_of=AMU_32_WEEKS,
            deadline=LONG_STAGE,
            assumed=("payer",),
        ),
        Stage(
            "practice_placement",
            "AMU-forløb, praktik",
            lasts=weeks(9),
            phase=GET_READY,
            payer=JOBCENTER,
            part_of=AMU_32_WEEKS,
            deadline=LONG_STAGE,
            assumed=("payer",),
        ),
        Stage(
            "fixed_term_position",
            "Tidsbegrænset uddannelsesstilling",
            lasts=weeks(52),
            phase=GET_STARTED,
            payer=CARE_DEPARTMENT,
            alongside="dansk én dag om ugen",
            deadline=LONG_STAGE,
            assumed=("lasts",),
        ),
        Stage(
            "foundation_course",
            "SOSU-uddannelse, grundforløb",
            lasts=weeks(20),
            phase=GET_STARTED,
            payer=ADULT_APPRENTICE_PAY,
            deadline=LONG_STAGE,
            assumed=("lasts",),
        ),
        Stage(
            "main_course_helper",
            "SOSU-uddannelse, hovedforløb (hjælper)",
            lasts=months(14),
            phase=BE_PART,
            payer=ADULT_APPRENTICE_PAY,
            deadline=LONG_STAGE,
            assumed=("lasts",),
        ),
        Stage(
            "main_course_assistant",
            "SOSU-uddannelse, hovedforløb (assistent)",
            lasts=months(34),
            phase=BE_PART,
            payer=ADULT_APPRENTICE_PAY,
            deadline=LONG_STAGE,
            assumed=("lasts",),
        ),
        Ending("qualified", "Uddannet", counts_as=Outcome.QUALIFIED),
        Ending("not_admitted", "Ikke optaget", counts_as=Outcome.NOT_ADMITTED),
    ),
    steps=(
        Step(
            "admit",
            "intake",
            "danish_course",
            "Optag på danskforløb",
            when=(AgeAtLeast(25), Holds("interest_confirmed"), Holds("consent_given")),
            tell=(JOBCENTER_OFFICER,),
        ),
        Step("reject", "intake", "not_admitted", "Afvis", tell=(JOBCENTER_OFFICER,)),
        Step(
            "start_amu",
            "danish_course",
            "amu_course",
            "Begynd AMU-forløb",
            automatic=True,
            when=(Lasted(), Holds("danish_course_passed")),
            tell=(JOBCENTER_OFFICER,),
        ),
        Step(
            "start_placement",
            "amu_course",
            "practice_placement",
            "Begynd praktik",
            automatic=True,
            when=(Lasted(), Holds("amu_school_completed")),
            tell=(MANAGER,),
        ),
        Step(
            "start_position",
            "practice_placement",
            "fixed_term_position",
            "Begynd uddannelsesstilling",
            automatic=True,
            when=(Lasted(), Holds("amu_certificate"), Holds("placement_approved"), Holds("contract_signed")),
            tell=(MANAGER, JOBCENTER_OFFICER),
        ),
        Step(
            "start_education",
            "fixed_term_position",
            "foundation_course",
            "Begynd SOSU-uddannelse",
            automatic=True,
            when=(Holds("danish_level_approved"), Holds("education_offer_accepted")),
            tell=(MANAGER,),
        ),
        Step(
            "continue_as_helper",
            "foundation_course",
            "main_course_helper",
            "Fortsæt som hjælperelev",
            automatic=True,
            when=(Lasted(), Holds("foundation_course_passed"), Holds("programme", "helper")),
        ),
        Step(
            "continue_as_assistant",
            "foundation_course",
            "main_course_assistant",
            "Fortsæt som assistentelev",
            automatic=True,
            when=(Lasted(), Holds("foundation_course_passed"), Holds("programme", "assistant")),
        ),
        Step(
            "qualify_as_helper",
            "main_course_helper",
            "qualified",
            "Uddannet hjælper",
            automatic=True,
            when=(Holds("journeyman_certificate"),),
        ),
        Step(
            "qualify_as_assistant",
            "main_course_assistant",
            "qualified",
            "Uddannet assistent",
            automatic=True,
            when=(Holds("journeyman_certificate"),),
        ),
    ),
)
