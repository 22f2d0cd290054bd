"""What a coordinator reads when something cannot be done: what is wrong, and what to do about it.

No sentence repeats what was typed: it may be a name or a CPR number that was put in the wrong field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from engine.case import Case
from engine.history import Verb
from engine.pathway import MISTAKEN, Milestone, Pathway

NOT_PAUSED = "Forløbet er ikke på pause, så der er intet at genoptage."
NOTHING_TO_PROLONG = "Forløbet er ikke på pause, så der er ingen pause at forlænge. Sæt det på pause i stedet."
NOTHING_TO_SNOOZE = "Trinnet har ingen frist, så der er ingen rykkere at udsætte."
NOT_SNOOZED = "Rykkerne er ikke udsat, så der er intet at tage tilbage."
NOTHING_TO_UNDO = "Der er ingen overgang at fortryde: forløbet er i sit første trin."


def unknown_reason(reasons: Mapping[str, str]) -> str:
    known = ", ".join(f"{key} ({title})" for key, title in reasons.items())
    return f"Årsagen findes ikke på listen. Vælg en af: {known}."


def unknown_milestone(pathway: Pathway) -> str:
    known = ", ".join(f"{key} ({milestone.title})" for key, milestone in pathway.milestones_by_key.items())
    return f"Forløbet har ikke den milepæl. Vælg en af: {known}."


def not_recorded(pathway: Pathway, case: Case) -> str:
    recorded = ", ".join(f"{key} ({pathway.milestones_by_key[key].title})" for key in case.milestones)
    return f"Den milepæl er ikke registreret. Registreret er: {recorded or 'ingen'}."


def unknown_value(milestone: Milestone) -> str:
    known = ", ".join(f"{value} ({title})" for value, title in milestone.values.items())
    return f"Milepælen »{milestone.title}« ({milestone.key}) skal have en værdi. Vælg en af: {known}."


def takes_no_value(milestone: Milestone) -> str:
    return f"Milepælen »{milestone.title}« ({milestone.key}) har ingen værdier. Registrér den uden."


def in_the_future(achieved_on: date, on: date) -> str:
    return f"Milepælens dato {achieved_on:%d-%m-%Y} ligger i fremtiden. Angiv højst {on:%d-%m-%Y}."


def before_birth(achieved_on: date) -> str:
    return f"Milepælens dato {achieved_on:%d-%m-%Y} ligger før kandidatens fødsel. Ret datoen."


def bad_review(on: date, latest: date) -> str:
    return f"Pausens opfølgningsdato skal ligge efter {on:%d-%m-%Y} og senest {latest:%d-%m-%Y}. Ret datoen."


def bad_snooze(on: date, latest: date) -> str:
    return f"Rykkere kan udsættes til en dag efter {on:%d-%m-%Y} og senest {latest:%d-%m-%Y}. Ret datoen."


def has_ended(pathway: Pathway, case: Case) -> str:
    title = pathway.stage_title(case.place.stage)
    if case.place.stage == MISTAKEN.key:
        return f"Forløbet er afsluttet ({title}, {case.place.entered_on:%d-%m-%Y}). Indskriv kandidaten igen."
    return (
        f"Forløbet er afsluttet ({title}, {case.place.entered_on:%d-%m-%Y}). "
        "Fortryd afslutningen, eller indskriv kandidaten igen."
    )


#: What can have happened since somebody was enrolled.
_SINCE: Mapping[Verb, str] = {
    Verb.ASSIGN: "overdraget",
    Verb.SNOOZE: "fået sine rykkere udsat",
    Verb.ELSEWHERE: "overladt til andre",
    Verb.REMIND: "sat til at blive rykket igen",
    Verb.MOVE: "flyttet",
    Verb.ADVANCE: "flyttet",
    Verb.PAUSE: "sat på pause",
    Verb.RESUME: "genoptaget",
    Verb.DROP: "afsluttet",
    Verb.TRANSFER: "overført",
    Verb.UNDO: "flyttet tilbage",
}


def gone_on(since: Iterable[Verb], *, recorded: bool) -> str:
    happened = list(dict.fromkeys(_SINCE[verb] for verb in since)) + (["registreret på"] if recorded else [])
    what = " og ".join(", ".join(happened).rsplit(", ", 1))
    return f"Forløbet er siden indskrivningen {what}, så indskrivningen kan ikke fortrydes. Registrér frafald i stedet."


def is_paused(case: Case) -> str:
    return f"Forløbet er på pause{_since(case)}. Genoptag det først."


def paused_already(case: Case) -> str:
    return f"Forløbet er allerede på pause{_since(case)}. Forlæng pausen, hvis den skal følges op senere."


def _since(case: Case) -> str:
    since = case.paused_since()
    return f" siden {since:%d-%m-%Y}" if since else ""


def too_early(case: Case, earliest: date) -> str:
    if case.seq == 1:
        return f"Forløbet begynder først den {earliest:%d-%m-%Y}. Angiv den dag eller en senere."
    return (
        f"Datoen ligger før det seneste, der er sket i forløbet ({earliest:%d-%m-%Y}). Angiv den dag eller en senere."
    )


def which_step(pathway: Pathway, case: Case, *, ambiguous: bool) -> str:
    title = pathway.stage_title(case.place.stage)
    possible = ", ".join(f"{step.key} (»{step.title}«)" for step in pathway.steps_from[case.place.stage])
    how_many = "flere overgange derhen" if ambiguous else "ikke den overgang"
    return f"»{title}« har {how_many}. Vælg en af: {possible}."
