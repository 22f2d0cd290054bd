"""The calendar address: made and revoked on one's own page, and fetched by a program that signs in nowhere."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import httpx
import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from models.staff import Role, Staff
from models.types import table
from onboarding import users
from tests.municipality import SYD, VIBY
from tests.web.looking import plain
from tests.web.site import Site, Visitor, lived_in
from tests.web.test_in_a_browser import complaints
from tests.web.test_queries import statements

__all__ = ["complaints"]


def path_in(text: str) -> str:
    """The way to the calendar that a page shows."""
    [found] = re.findall(r">http://127.0.0.1(/kalender/[\w-]{43}\.ics)</textarea>", text)
    return str(found)


def made(visitor: Visitor) -> str:
    return path_in(visitor.posts("/mig/kalender").text)


def fetched(site: Site, path: str, **headers: str) -> httpx.Response:
    """By a program that nobody knows."""
    return site.visitor().gets(path, **headers)


def test_a_program_fetches_the_deadlines_when_it_has_the_address(site: Site) -> None:
    lived_in(site.town)
    answer = fetched(site, made(site.remembered(Role.COORDINATOR)))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["content-disposition"] == 'attachment; filename="sosu-frister.ics"'
    said = [str(event["summary"]) for event in Calendar.from_ical(answer.content).walk("VEVENT")]
    assert said[:2] == ["IM-0001: frist for »Visitation«", "PA-0001: pausen skal følges op"]
    assert len(said) == 4


def test_the_address_is_shown_once_when_somebody_makes_it(site: Site) -> None:
    karen = site.remembered(Role.COORDINATOR)
    assert "Lav en adresse" in karen.gets("/mig").text
    path = made(karen)
    assert fetched(site, path).status_code == 200
    again = karen.gets("/mig").text
    assert path not in again
    assert "Lav en ny adresse (den gamle holder op)" in again


def test_it_says_when_it_was_last_fetched(site: Site) -> None:
    karen = site.remembered(Role.COORDINATOR)
    path = made(karen)
    assert "Den er ikke hentet endnu" in karen.gets("/mig").text
    fetched(site, path)
    assert "Den er sidst hentet 7. september 2026 kl. 10.00" in karen.gets("/mig").text
    site.town.clock.passes(minutes=30)
    fetched(site, path)
    assert "kl. 10.30" in karen.gets("/mig").text


def test_the_old_address_is_dead_when_another_is_made(site: Site) -> None:
    karen = site.remembered(Role.COORDINATOR)
    old, new = made(karen), made(karen)
    assert (fetched(site, old).status_code, fetched(site, new).status_code) == (404, 200)


def test_it_is_dead_at_once_when_it_is_revoked(site: Site) -> None:
    karen = site.remembered(Role.COORDINATOR)
    path = made(karen)
    answer = karen.posts("/mig/kalender/tilbagekald")
    assert answer.headers["location"] == "/mig?gjort=kalender"
    assert fetched(site, path).status_code == 404
    shown = karen.gets("/mig?gjort=kalender").text
    assert ("Kalenderens adresse er tilbagekaldt" in shown, "Lav en adresse" in shown) == (True, True)
    again = karen.posts("/mig/kalender/tilbagekald")
    assert (again.status_code, "ingen kalenderadresse at tilbagekalde" in again.text) == (422, True)


def test_nobody_can_tell_why_when_an_address_opens_nothing(site: Site) -> None:
    """Revoked, replaced, somebody's who was taken out or coordinates no longer, never given, or no address at all."""
    karen, lars = site.remembered(Role.COORDINATOR), site.remembered(Role.COORDINATOR, SYD)
    replaced, revoked, his = made(karen), made(karen), made(lars)
    karen.posts("/mig/kalender/tilbagekald")
    site.known(Role.ADMINISTRATOR)
    with site.town.database.write() as session:
        users.take_out(session, SYD, by="cli:test", at=site.town.clock.now)
    demoted = made(karen)
    site.town.changes(table(Staff), {"email": VIBY}, {"role": "manager"})
    unknown = f"/kalender/{'x' * 43}.ics"
    answers = [fetched(site, path) for path in (replaced, revoked, his, demoted, unknown, "/ingen-side")]
    for answer in answers:
        answer.headers.pop("date", None)
    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.text, str(answer.headers)) for answer in answers}) == 1


def test_it_is_not_sent_again_when_the_program_has_it(site: Site) -> None:
    olena = site.town.enrols()
    path = made(site.remembered(Role.COORDINATOR))
    mark = fetched(site, path).headers["etag"]
    site.town.clock.passes(hours=1)
    for given in (mark, f"W/{mark}", f'"andet", {mark}'):
        same = fetched(site, path, **{"if-none-match": given})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", mark)
    olena.pauses()
    other = fetched(site, path, **{"if-none-match": mark})
    assert (other.status_code, other.headers["etag"] != mark) == (200, True)


def test_a_head_says_the_same_without_the_calendar(site: Site) -> None:
    site.town.enrols()
    path = made(site.remembered(Role.COORDINATOR))
    got, head = fetched(site, path), site.visitor().client.head(path)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", got.headers["etag"])


def test_the_secret_is_written_nowhere_when_it_is_used(
    site: Site, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = made(site.remembered(Role.COORDINATOR))
    secret = path.removeprefix("/kalender/").removesuffix(".ics")
    for wanted in (path, path + "x", path.replace(".ics", ".ics/mere")):
        fetched(site, wanted)
    out, err = capfd.readouterr()
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith(("httpx", "httpcore"))]
    assert secret not in out + err + "\n".join(ours)
    folder = Path(str(site.town.database.url.database)).parent
    assert secret.encode() not in b"".join(file.read_bytes() for file in folder.glob("sosu.db*"))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_who_is_no_coordinator_has_no_calendar(site: Site, role: Role) -> None:
    somebody = site.remembered(role)
    assert "Kalender" not in somebody.gets("/mig").text
    assert somebody.posts("/mig/kalender").status_code == 403


def test_the_log_tells_who_made_and_revoked_it_in_words(site: Site) -> None:
    karen = site.remembered(Role.COORDINATOR)
    made(karen)
    karen.posts("/mig/kalender/tilbagekald")
    found = site.remembered(Role.DATA_PROTECTION_OFFICER).gets(f"/revision?soeg={VIBY}").text
    assert "lavede en kalenderadresse" in found
    assert "tilbagekaldte kalenderadressen" in found


def test_the_calendar_asks_as_often_when_there_are_many_more_people(site: Site) -> None:
    lived_in(site.town)
    path, counted = made(site.remembered(Role.COORDINATOR)), []
    for more in (0, 20):
        for _ in range(more):
            site.town.enrols("Olena Melnyk")
        fetched(site, path)  # what a process reads once, and that it was used, is over by now
        with statements(site.town.database) as asked:
            assert fetched(site, path).status_code == 200
        counted.append(len(asked))
    assert counted == [6, 6]


def test_the_page_is_plain_to_everybody_when_an_address_is_made_on_it(
    site: Site, page: Page, complaints: list[str]
) -> None:
    site.enters(page, path="/mig")
    plain(page)
    page.get_by_role("button", name="Lav en adresse").click()
    field = page.get_by_label("Adresse til kalenderprogrammet")
    expect(field).to_have_value(re.compile(r"/kalender/[\w-]{43}\.ics$"))
    expect(field).not_to_be_editable()
    assert complaints == []
    plain(page)
    page.get_by_role("button", name="Lav en ny adresse (den gamle holder op)").click()
    page.get_by_role("button", name="Tilbagekald kalenderens adresse").click()
    expect(page.get_by_role("status")).to_contain_text("tilbagekaldt")
    assert complaints == []
