"""Forløb: each case is acted on by the version of its pathway that it is pinned to, beside those of another version."""

from __future__ import annotations

import re
from dataclasses import replace

from engine.conditions import Holds
from engine.pathway import Milestone, Pathway
from models.staff import Role
from tests.municipality import PATHWAYS
from tests.web.site import Site, Visitor
from tests.web.test_queries import statements
from tests.web.test_together import confirms, heading, lines, offered, receipt, sends

_FIRST = PATHWAYS["immigrant_track"]
BOARD = "/forloeb/immigrant_track"


def changed() -> Pathway:
    """Version 2: people come to a reception, a talk leads on from it, and nobody confirms an interest."""
    reception = replace(_FIRST.open_stages["intake"], key="reception", title="Modtagelse")
    steps = []
    for step in _FIRST.steps:
        source = "reception" if step.source == "intake" else step.source
        when = tuple(Holds("talked_to") if one == Holds("interest_confirmed") else one for one in step.when)
        key = {"admit": "welcome"}.get(step.key, step.key)
        steps.append(replace(step, key=key, source=source, when=when))
    milestones = [
        Milestone("talked_to", "Samtale holdt") if m.key == "interest_confirmed" else m for m in _FIRST.milestones
    ]
    stages = tuple(reception if stage.key == "intake" else stage for stage in _FIRST.stages)
    return replace(
        _FIRST, version=3, starts_in="reception", stages=stages, steps=tuple(steps), milestones=tuple(milestones)
    )


def ways(visitor: Visitor, reference: str) -> dict[str, str]:
    """The buttons of a card, as a person reads them, by the step that each sends."""
    _, _, card = visitor.gets(BOARD).text.partition(f'id="kort-{reference}"')
    found = re.findall(r'name="kort" value="\S+ \d+ (\w+)"[^>]*>(.*?)</button>', card.partition("</li>")[0])
    return dict(found)


def test_a_card_can_go_where_its_own_version_leads_when_a_newer_one_is_published(site: Site) -> None:
    olena = site.town.enrols()
    site.town.publishes(changed())
    iryna, karen = site.town.enrols("Iryna Bondar"), site.remembered(Role.COORDINATOR)
    assert ways(karen, olena.reference) == {"admit": "Intensivt danskforløb", "reject": "Ikke optaget"}
    assert ways(karen, iryna.reference) == {"welcome": "Intensivt danskforløb", "reject": "Ikke optaget"}
    olena.records("interest_confirmed")
    form = {"kort": f"{olena.reference} 2 admit", "command_id": "m-1"}
    assert karen.posts(f"{BOARD}/flyt", **form).status_code == 303
    assert olena.stage == "danish_course"


def test_a_stage_has_its_title_when_only_an_older_version_has_it(site: Site) -> None:
    olena = site.town.enrols()
    site.town.publishes(changed())
    karen = site.remembered(Role.COORDINATOR)
    for path in (f"{BOARD}?vis=tabel", "/forloeb/alle/eksport.csv", "/"):
        text = karen.gets(path).text
        assert ("Visitation" in text, "intake<" in text, ";intake;" in text) == (True, False, False), path
    shown = sends(karen, olena.reference, what="milepael", milestone="interest_confirmed")
    assert lines(shown)[olena.reference].startswith("Olena Kovalenko, nu i »Visitation«")


def test_milestones_are_offered_of_each_version_that_somebody_in_the_list_is_pinned_to(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    site.town.publishes(changed())
    older = offered(karen, "milestone")
    assert ("interest_confirmed" in older, "talked_to" in older) == (True, False)
    iryna = site.town.enrols("Iryna Bondar")
    both = offered(karen, "milestone")
    assert (both["interest_confirmed"], both["talked_to"]) == ("Interesse for SOSU-området bekræftet", "Samtale holdt")
    olena.drops_out()
    newer = offered(karen, "milestone")
    assert ("interest_confirmed" in newer, "talked_to" in newer) == (False, True)
    assert iryna.status == "open"


def test_one_is_refused_by_itself_when_its_version_lacks_the_milestone(site: Site) -> None:
    olena = site.town.enrols()
    site.town.publishes(changed())
    iryna, karen = site.town.enrols("Iryna Bondar"), site.remembered(Role.COORDINATOR)
    shown = sends(karen, olena.reference, iryna.reference, what="milepael", milestone="talked_to")
    assert heading(shown).startswith("Registrér »Samtale holdt« den")
    said = lines(shown)
    assert "afvist: Forløbet har ikke den milepæl." in said[olena.reference]
    assert said[iryna.reference].endswith("milepælen registreres; bliver i trinnet")
    assert receipt(karen, confirms(karen, shown)) == f"1 af 1 forløb er ændret Ændret: {iryna.reference}"


def test_the_database_is_asked_as_often_when_many_are_pinned_to_each_of_two_versions(site: Site) -> None:
    site.town.enrols()
    site.town.publishes(changed())
    karen = site.remembered(Role.COORDINATOR)
    counted = []
    for more in (1, 8):
        for _ in range(more):
            site.town.enrols("Iryna Bondar")
        karen.gets(BOARD)
        with statements(site.town.database) as asked:
            karen.gets(BOARD)
        counted.append(len(asked))
    assert counted[0] == counted[1]
