"""Sagen: a receipt says what this person has just done, all of it, and nothing else."""

from __future__ import annotations

from models.staff import Role
from tests.municipality import SYD, SYD_AREA
from tests.web.site import Site
from tests.web.test_case import does, in_danish_course, told


def test_both_are_said_when_a_milestone_moved_the_case_with_it(site: Site) -> None:
    olena = in_danish_course(site)
    site.town.clock.passes(weeks=12)
    karen = site.remembered(Role.COORDINATOR)
    before = told(karen.gets(f"/sag/{olena.reference}"))
    assert "åbner for: Begynd AMU-forløb; flytter straks forløbet til »AMU-forløb, skole«" in before
    answer = does(karen, olena, "milepael", milestone="danish_course_passed")
    done = "Milepælen er registreret, og forløbet er flyttet til »AMU-forløb, skole«."
    assert done in told(karen.gets(answer.headers["location"]))


def test_nothing_is_said_to_happen_at_once_when_the_time_of_the_stage_is_not_over(site: Site) -> None:
    olena, karen = in_danish_course(site), site.remembered(Role.COORDINATOR)
    assert "flytter straks" not in told(karen.gets(f"/sag/{olena.reference}"))
    answer = does(karen, olena, "milepael", milestone="danish_course_passed")
    assert "Milepælen er registreret." in told(karen.gets(answer.headers["location"]))


def test_both_are_said_when_the_case_goes_on_with_the_end_of_a_pause(site: Site) -> None:
    olena = in_danish_course(site)
    site.town.clock.passes(weeks=12)
    karen = site.remembered(Role.COORDINATOR)
    does(karen, olena, "pause", reason="illness", review_on=site.town.clock.today.replace(month=12).isoformat())
    olena.records("danish_course_passed")
    answer = does(karen, olena, "genoptag")
    done = "Forløbet er genoptaget, og forløbet er flyttet til »AMU-forløb, skole«."
    assert done in told(karen.gets(answer.headers["location"]))


def test_no_receipt_is_shown_when_the_case_has_changed_since(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    paused = does(karen, olena, "pause", reason="illness", review_on="2026-10-05").headers["location"]
    assert "Forløbet er sat på pause." in karen.gets(paused).text
    does(karen, olena, "genoptag")
    assert "alert-success" not in karen.gets(paused).text


def test_no_receipt_is_shown_when_the_address_was_typed_or_somebody_else_did_it(site: Site) -> None:
    olena, karen = site.town.enrols(), site.remembered(Role.COORDINATOR)
    paused = does(karen, olena, "pause", reason="illness", review_on="2026-10-05").headers["location"]
    assert "alert-success" in karen.gets(paused).text
    for address in ("?gjort=frafald", "?gjort=pause", "?gjort=&udgave=2", "?gjort=x&udgave=2", "?gjort=x&udgave=y"):
        assert "alert-success" not in karen.gets(f"/sag/{olena.reference}{address}").text
    other = site.town.enrols("Bogdan Popescu")
    assert "alert-success" not in karen.gets(paused.replace(olena.reference, other.reference)).text
    manager = site.signed_in(Role.MANAGER)
    manager.posts(f"/sag/{olena.reference}/formaal", purpose="supervision")
    shown = manager.gets(paused).text
    assert ("Olena" in shown, "alert-success" in shown) == (True, False)


def test_a_case_beyond_reach_is_not_said_to_be_handed_over_when_nobody_did(site: Site) -> None:
    elsewhere, karen = site.town.enrols(area=SYD_AREA, coordinator=SYD), site.remembered(Role.COORDINATOR)
    for said in ("overdrag", "x&udgave=2"):
        assert karen.gets(f"/sag/{elsewhere.reference}?gjort={said}").status_code == 404
