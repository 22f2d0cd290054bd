"""Made-up cases: what each message says is seen, checked and tried out with them, before it is sent to somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from engine import kinds
from engine.audience import Audience
from engine.case import Rung
from engine.conditions import Holds
from engine.history import Verb
from engine.pathway import DROPPED_OUT, MISTAKEN, TRANSFERRED, Pathway
from engine.topic import Topic, topic_of
from notifications.because import Occasion, because, because_gathered
from notifications.danish import danish_date
from notifications.digest import MOST_CASES, MOST_LINES, Said, Section, overdue_of, sections_of
from notifications.render import MessageContext

#: By how many days the made-up case is late, in the messages that tell of it; the others have that long left.
_LATE = 5
#: The message of the day itself: its made-up case has no day left.
_OF_THE_DAY = kinds.OF_RUNG[Rung.ON]
#: In how many days the made-up pause is to be looked at, in the messages that tell of it.
_REVIEWED_IN = {
    kinds.OF_VERB[Verb.PAUSE]: 30,
    kinds.OF_VERB[Verb.SNOOZE]: 14,
    kinds.PROLONGED: 30,
    kinds.PROLONGING_UNDONE: 30,
    kinds.OF_RUNG[Rung.REVIEW]: 0,
    kinds.OF_RUNG[Rung.FORGOTTEN]: -14,
}
#: Where the made-up case has ended, in the messages that tell of it.
_ENDED_IN = {
    kinds.ANNULLED: MISTAKEN.key,
    kinds.OF_VERB[Verb.DROP]: DROPPED_OUT.key,
    kinds.OF_VERB[Verb.TRANSFER]: TRANSFERRED.key,
}
_OF_A_LIST = frozenset({kinds.LIST_IMPORTED, kinds.LIST_UNDONE})


def kinds_of(pathway: Pathway) -> tuple[str, ...]:
    """The messages that the pathway can send: one for each step, then those that all pathways share."""
    return (*(step.key for step in pathway.steps), *sorted(kinds.SHARED))


def made_up(pathway: Pathway, kind: str, on: date, public_url: str) -> MessageContext:
    """A case that there is not, when such a message is sent about it. `kind` is one of `kinds_of`."""
    if kind == kinds.DIGEST:
        told = {
            "sections": _made_up_sections(pathway, on, public_url),
            "overdue": _made_up_overdue(pathway, public_url),
        }
        return MessageContext.of_many(on=on, link=f"{public_url}/", count=2, why=Occasion.DIGEST, **told)
    return _made_up_case(pathway, kind, on, public_url)


def _made_up_case(pathway: Pathway, kind: str, on: date, public_url: str) -> MessageContext:
    step = pathway.step(kind) or pathway.steps[0]
    has_moved = kind in (step.key, kinds.MOVED)
    key = step.target if has_moved else _ENDED_IN.get(kind, pathway.starts_in)
    before = step.target if kind == kinds.OF_VERB[Verb.UNDO] else step.source
    of_a_list = kind in _OF_A_LIST
    stage = None if of_a_list else pathway.open_stages.get(key)
    waits = [condition for way in pathway.steps_from.get(key, ()) if stage for condition in way.when]
    awaited = dict.fromkeys(condition.milestone for condition in waits if isinstance(condition, Holds))
    late = _LATE if kind in kinds.OF_LATENESS else 0
    left = -late or (0 if kind == _OF_THE_DAY else _LATE)
    reference = f"{pathway.reference_prefix}-0000"
    return MessageContext(
        reference=reference,
        pathway_title=pathway.title,
        stage_title=pathway.stage_title(key),
        from_title=pathway.stage_title(before),
        step_title=step.title,
        on=on,
        due_on=on + timedelta(days=left) if stage else None,
        days_late=late,
        awaits=tuple(pathway.milestones_by_key[milestone].title for milestone in awaited),
        payer=stage.payer if stage else None,
        alongside=stage.alongside if stage else None,
        area="" if of_a_list else "Område Midt",
        reason="Andet",
        review_on=on + timedelta(days=_REVIEWED_IN[kind]) if kind in _REVIEWED_IN else None,
        link=f"{public_url}/forloeb/{pathway.key}" if of_a_list else f"{public_url}/sag/{reference}",
        count=2,
        references=(reference, f"{pathway.reference_prefix}-0001"),
    )


#: What the made-up digest tells of.
_DIGESTED = (Topic.DEADLINES, Topic.MOVES)


def foot_of(pathway: Pathway, kind: str) -> str:
    """What stands at the foot of such a message when a coordinator gets it."""
    if kind == kinds.DIGEST:
        return because_gathered(Occasion.DIGEST, _DIGESTED)
    step = pathway.step(kind)
    ends = kind in _ENDED_IN or (step is not None and step.target not in pathway.open_stages)
    return because(Audience.COORDINATOR, topic_of(kind, ends=ends))


def _made_up_sections(pathway: Pathway, on: date, public_url: str, many: int = 1) -> tuple[Section, ...]:
    """One that is late and one that went on; or so `many`, the late ones by a day more each, the others twice."""
    first, *others = (f"{pathway.reference_prefix}-{number:04}" for number in range(many + 1))
    stage = pathway.stage_title(pathway.starts_in)
    late = [Said(first, f"{_LATE + more} dage over tid", stage, f"{public_url}/sag/{first}") for more in range(many)]
    moved = [Said(one, pathway.steps[0].title, danish_date(on), f"{public_url}/sag/{one}") for one in others]
    moved *= min(many, 2)
    said = [(topic, one) for topic, found in zip(_DIGESTED, (late, moved), strict=True) for one in found]
    return sections_of(said, f"{public_url}/beskeder?samlet=0")


def _made_up_overdue(pathway: Pathway, public_url: str, many: int = 0) -> Section | None:
    """Two more who are late, the one longer than the other; and so `many` of whom it is not said which."""
    stage = pathway.stage_title(pathway.starts_in)
    late = [(f"{pathway.reference_prefix}-{number:04}", _LATE * (5 - number)) for number in (2, 3)]
    said = [Said(one, f"{days} dage over tid", stage, f"{public_url}/sag/{one}") for one, days in late]
    return overdue_of(said, len(said) + many, f"{public_url}/forloeb/alle?over_tid=ja", too=True)


#: A day for cases that nobody sees.
_SOME_DAY = date(2026, 8, 12)
#: More than a digest tells, of lines and of cases of one line: some are counted and not told.
_MANY = max(MOST_LINES, MOST_CASES) + 1
#: What a case may be without, in words and in the values of a message.
_WITHOUT: Mapping[str, dict[str, Any]] = {
    "uden frist (due_on)": {"due_on": None, "days_late": 0},
    "uden opfølgning (review_on)": {"review_on": None},
    "uden område (area)": {"area": ""},
    "uden betaler (payer)": {"payer": None},
    "uden noget ved siden af (alongside)": {"alongside": None},
    "uden noget, der mangler (awaits)": {"awaits": ()},
    "uden årsag (reason)": {"reason": None},
    "uden et trin før (from_title)": {"from_title": None},
    "uden en overgang (step_title)": {"step_title": None},
    "hvor kun nogle er overtaget (taken_over)": {"count": 0, "references": ()},
    "hvor ingen er overtaget (taken_over)": {"taken_over": ()},
    "uden noget, der er samlet (sections)": {"sections": (), "why": ""},
    "uden nogen, der er over tid (overdue)": {"overdue": None},
}


def made_up_cases(pathway: Pathway, kind: str) -> dict[str, MessageContext]:
    """Every case that such a message may have to tell of, by what is special about it: one that has everything
    (called nothing), those that lack something, the one of the preview, and one that lacks all that can be lacking.
    """
    seen, case = (of(pathway, kind, _SOME_DAY, "https://sosu.example.org") for of in (made_up, _made_up_case))
    later = _SOME_DAY + timedelta(days=30)
    whole = replace(
        case,
        due_on=case.due_on or later,
        days_late=case.days_late or _LATE,
        review_on=later,
        awaits=case.awaits or tuple(milestone.title for milestone in pathway.milestones),
        area=case.area or "Område Midt",
        payer=case.payer or "Jobcenter",
        alongside=case.alongside or "dansk",
        taken_over=case.references,
        why=Occasion.DIGEST,
        sections=_made_up_sections(pathway, _SOME_DAY, "https://sosu.example.org", _MANY),
        overdue=_made_up_overdue(pathway, "https://sosu.example.org", _MANY),
    )
    lacking = {what: replace(whole, **values) for what, values in _WITHOUT.items()}
    nothing = {name: value for values in _WITHOUT.values() for name, value in values.items()}
    bare = replace(whole, **nothing | {"count": 1})
    return {"": whole, **lacking, "som det, der vises": seen, "uden alt det, der kan mangle": bare}
