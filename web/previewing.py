"""What a message says, with a made-up case in it: for whoever wants to know before it is sent to somebody."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from engine import kinds
from engine.audience import COORDINATOR
from engine.case import Rung
from engine.conditions import Holds
from engine.history import Verb
from engine.pathway import DROPPED_OUT, MISTAKEN, TRANSFERRED, Pathway
from flows.loading import tracks
from notifications.because import BECAUSE
from notifications.render import MessageContext, Rendered, Renderer

#: By how many days the made-up case is late, in the messages that tell of it; the others have that long left.
_LATE = 5
_TELL_OF_LATENESS = frozenset({kinds.OF_RUNG[Rung.AFTER], kinds.OF_RUNG[Rung.ESCALATION]})
_TELL_OF_A_REVIEW = frozenset(
    {
        kinds.OF_VERB[Verb.PAUSE],
        kinds.PROLONGED,
        kinds.PROLONGING_UNDONE,
        kinds.OF_RUNG[Rung.REVIEW],
        kinds.OF_RUNG[Rung.FORGOTTEN],
    }
)
#: Where the made-up case has ended, in the messages that tell of it.
_ENDED_IN = {
    kinds.ANNULLED: MISTAKEN.key,
    kinds.OF_VERB[Verb.DROP]: DROPPED_OUT.key,
    kinds.OF_VERB[Verb.TRANSFER]: TRANSFERRED.key,
}
_OF_MANY = frozenset({kinds.LIST_IMPORTED, kinds.LIST_UNDONE})


@cache
def _renderer() -> Renderer:
    return Renderer(tracks={track.pathway.key: track.templates for track in tracks()})


def kinds_of(pathway: Pathway) -> tuple[str, ...]:
    """The messages that the pathway can send: one for each step, then those that all pathways share."""
    return (*(step.key for step in pathway.steps), *sorted(kinds.SHARED))


def preview(pathway: Pathway, kind: str, on: date, public_url: str) -> Rendered:
    """The message of this kind about a case that there is not. `kind` is one of `kinds_of`."""
    step = pathway.step(kind) or pathway.steps[0]
    key = step.target if pathway.step(kind) else _ENDED_IN.get(kind, pathway.starts_in)
    stage = None if kind in _OF_MANY else pathway.open_stages.get(key)
    waits = [condition for step in pathway.steps_from.get(key, ()) if stage for condition in step.when]
    late = _LATE if kind in _TELL_OF_LATENESS else 0
    reference = f"{pathway.reference_prefix}-0000"
    context = MessageContext(
        reference=reference,
        pathway_title=pathway.title,
        stage_title=pathway.stage_title(key),
        from_title=pathway.stage_title(step.source),
        step_title=step.title,
        on=on,
        due_on=on + timedelta(days=-late or _LATE) if stage else None,
        days_late=late,
        awaits=tuple(c.in_words(pathway.milestones_by_key) for c in waits if isinstance(c, Holds)),
        payer=stage.payer if stage else None,
        alongside=stage.alongside if stage else None,
        area="Område Midt",
        reason="Andet",
        review_on=on + timedelta(days=30) if kind in _TELL_OF_A_REVIEW else None,
        link=f"{public_url}/sag/{reference}",
        count=2,
        references=(reference, f"{pathway.reference_prefix}-0001"),
    )
    return _renderer().render(pathway.key, kind, context, BECAUSE[COORDINATOR])
