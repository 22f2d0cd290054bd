"""Messages to test with: every track that there is, a full context, a minimal one."""

from __future__ import annotations

import importlib
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import flows
from engine.pathway import Pathway
from notifications import because
from notifications.render import MessageContext, Renderer

FLOWS = Path(flows.__file__).parent
PATHWAYS: dict[str, Pathway] = {
    file.parent.name: importlib.import_module(f"flows.{file.parent.name}.pathway").PATHWAY
    for file in sorted(FLOWS.glob("*/pathway.py"))
}
TRACK_TEMPLATES = {pathway.key: FLOWS / folder / "templates" for folder, pathway in PATHWAYS.items()}

BECAUSE = because.BECAUSE["coordinator"]

FULL = MessageContext(
    reference="IM-0042",
    pathway_title="Projekt målrettet immigranter",
    stage_title="Tidsbegrænset uddannelsesstilling",
    from_title="AMU-forløb, praktik",
    step_title="Begynd uddannelsesstilling",
    on=date(2027, 8, 12),
    due_on=date(2028, 5, 1),
    days_late=3,
    awaits=("Danskniveau godkendt", "Uddannelsestilbud accepteret"),
    payer="Sundhed & Omsorg",
    alongside="dansk én dag om ugen",
    area="Viby-Højbjerg",
    reason="Sygdom",
    review_on=date(2027, 10, 1),
    link="https://sosu.example.org/forløb/IM-0042?a=1&b=2",
    count=23,
    references=tuple(f"IM-{number:04d}" for number in range(1, 24)),
)
MINIMAL = replace(
    FULL,
    from_title=None,
    step_title=None,
    due_on=None,
    days_late=0,
    awaits=(),
    payer=None,
    alongside=None,
    area="",
    reason=None,
    review_on=None,
    count=1,
    references=(),
)


@cache
def renderer() -> Renderer:
    return Renderer(tracks=TRACK_TEMPLATES)
