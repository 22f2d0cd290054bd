"""Sagen, the board and Overblik: reminders rest where somebody says so, and whoever else looks can see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from models.staff import Role
from tests.municipality import Candidate
from tests.support import MONDAY
from tests.web.looking import plain
from tests.web.site import Site
from tests.web.test_case import does, fields, told


def late(site: Site) -> Candidate:
    """A week over a deadline of 21 September."""
    olena = site.town.enrols()
    site.town.clock.passes(weeks=3)
    assert (site.town.clock.today, olena.shown()["overdue"]) == (MONDAY + timedelta(weeks=3), True)
    return olena


def test_it_stands_in_receipt_history_and_beside_the_deadline_when_reminders_are_snoozed(site: Site) -> None:
    olena, karen = late(site), site.remembered(Role.COORDINATOR)
    done = does(karen, olena, "udsaet", until="2026-10-12", reason="agreed")
    shown = told(karen.gets(done.headers["location"]))
    assert "Ingen rykkes før den 12. oktober 2026, heller ikke lederen." in shown
    assert "Rykkere udsat til den 12. oktober 2026 (der er en aftale)" in shown
    assert "7 dage over tid rykkere udsat til 12. oktober 2026" in shown
    for page in ("/", "/forloeb/immigrant_track", "/forloeb/alle"):
        assert "7 dage over tid rykkere udsat til 12. oktober 2026" in told(karen.gets(page)), page
    site.town.clock.moves_to(MONDAY + timedelta(weeks=5))
    assert "rykkere udsat" not in told(karen.gets("/")), "the day has come"


def test_it_says_that_none_comes_that_day_either_when_every_reminder_was_sent(site: Site) -> None:
    olena = late(site)
    site.town.clock.passes(weeks=4)
    site.town.sweeps()
    site.town.delivers()
    karen = site.remembered(Role.COORDINATOR)
    done = does(karen, olena, "udsaet", until="2026-12-01", reason="agreed")
    shown = told(karen.gets(done.headers["location"]))
    assert (
        "Ingen rykkes før den 1. december 2026, heller ikke lederen. Der er ingen rykkere tilbage i trinnet, så der "
        "kommer heller ingen den dag eller senere."
    ) in shown
    done = does(karen, olena, "ryk-igen")
    assert (
        "Der rykkes igen. Der er ingen rykkere tilbage i trinnet, så der kommer først nogen, når kandidaten er videre."
    ) in told(karen.gets(done.headers["location"]))


def test_it_says_so_and_can_be_taken_back_when_it_is_handled_elsewhere(site: Site) -> None:
    olena, karen = late(site), site.remembered(Role.COORDINATOR)
    done = does(karen, olena, "andetsteds", reason="jobcenter")
    shown = told(karen.gets(done.headers["location"]))
    assert "Forløbet håndteres andetsteds. Ingen rykkes mere for det, før kandidaten er videre." in shown
    assert "Håndteres andetsteds (jobcentret følger op)" in shown
    assert "7 dage over tid håndteres andetsteds" in told(karen.gets("/"))
    done = does(karen, olena, "ryk-igen")
    assert "Der rykkes igen." in told(karen.gets(done.headers["location"]))
    assert "håndteres andetsteds" not in told(karen.gets("/"))


def test_a_file_says_it_beside_the_deadline_when_the_list_is_taken_out(site: Site) -> None:
    late(site).snoozes(site.town.clock.today + timedelta(days=9))
    file = site.remembered(Role.COORDINATOR).gets("/forloeb/immigrant_track/eksport.csv").content.decode("utf-8-sig")
    assert "7 dage over tid, rykkere udsat til 7. oktober 2026" in file


def test_a_pause_says_so_too_when_its_reminders_are_snoozed(site: Site) -> None:
    olena = site.town.enrols()
    olena.pauses("illness", MONDAY + timedelta(weeks=1))
    site.town.clock.passes(weeks=2)
    karen = site.remembered(Role.COORDINATOR)
    does(karen, olena, "udsaet", until="2026-10-12", reason="agreed")
    assert "skulle følges op 14. september 2026 rykkere udsat til 12. oktober 2026" in told(karen.gets("/"))
    olena.resumes()
    assert "rykkere udsat" not in told(karen.gets(f"/sag/{olena.reference}")).split("Historik")[0]


@pytest.mark.parametrize(
    ("until", "reason", "said"),
    [
        (
            "2026-12-24",
            "agreed",
            "Rykkere kan udsættes til en dag efter 28. september 2026 og senest 27. november 2026.",
        ),
        ("", "agreed", "Der mangler en dato. Vælg den dag, rykkerne skal udsættes til."),
        ("2026-10-12", "", "Årsagen findes ikke på listen. Vælg en af: agreed (Der er en aftale)"),
    ],
)
def test_what_was_typed_is_there_still_when_it_is_refused(site: Site, until: str, reason: str, said: str) -> None:
    olena, karen = late(site), site.remembered(Role.COORDINATOR)
    answer = does(karen, olena, "udsaet", until=until, reason=reason)
    assert answer.status_code == 422
    assert said in told(answer)
    if until:
        assert f'name="until" value="{until}"' in answer.text
    assert olena.shown()["snooze"] is None


def test_it_can_be_sent_again_when_somebody_else_did_something_meanwhile(site: Site) -> None:
    olena, karen = late(site), site.remembered(Role.COORDINATOR)
    shown = karen.gets(f"/sag/{olena.reference}")
    olena.records("interest_confirmed")
    typed = fields(shown, "andetsteds") | {"reason": "jobcenter"}
    answer = karen.posts(f"/sag/{olena.reference}/andetsteds", **typed)
    assert answer.status_code == 409
    assert "Du skrev: årsag Jobcentret følger op." in told(answer)


def test_nobody_can_snooze_when_they_may_only_look(site: Site) -> None:
    olena, manager = late(site), site.remembered(Role.JOBCENTER_OFFICER)
    shown = manager.gets(f"/sag/{olena.reference}")
    assert "Udsæt rykkerne" not in shown.text


def test_the_forms_are_plain_when_they_are_open(site: Site, page: Page) -> None:
    olena = late(site)
    olena.snoozes(site.town.clock.today + timedelta(days=9))
    site.enters(page, path=f"/sag/{olena.reference}")
    page.get_by_text("Udsæt rykkerne til en anden dag").click()
    page.get_by_text("Håndteres andetsteds", exact=True).click()
    expect(page.get_by_label("Ingen rykkes før den")).to_be_visible()
    plain(page)
