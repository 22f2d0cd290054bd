"""Revision: what is kept of who came in, who looked at whom and who changed whose rights, and how it is found."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import text

from models.staff import Role
from onboarding import audit
from tests.municipality import OFFICER, SYD, VIBY
from tests.web.site import ADMINISTRATOR, Site


def rows_of(text: str) -> list[list[str]]:
    """What stands in each row of the table, cell by cell, as it is read."""
    table = text.partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in table.split("</tr>")[:-1]]
    return [[unescape(re.sub(r"<[^>]+>", " ", cell)).strip() for cell in row] for row in cells]


def test_every_look_can_be_found_when_the_data_protection_officer_searches(site: Site) -> None:
    olena = site.town.enrols()
    site.signed_in().gets(f"/sag/{olena.reference}")
    site.visitor().signs_in(OFFICER, "en anden adgangskode, som er forkert")
    dpo = site.signed_in(Role.DATA_PROTECTION_OFFICER)
    found = dpo.gets(f"/revision?soeg={olena.reference}").text
    assert "så sagen" in found
    assert "egen sag" in found
    assert "Olena" not in found
    assert "blev afvist ved login" in dpo.gets(f"/revision?soeg={OFFICER}").text
    assert "Ingen rækker passer" in dpo.gets("/revision?soeg=ingenting").text


def test_the_log_says_so_when_somebody_has_tampered_with_it(site: Site) -> None:
    dpo = site.signed_in(Role.DATA_PROTECTION_OFFICER)
    assert "Loggen er hel: 3 rækker er kontrolleret" in dpo.gets("/revision?kontrol=ja").text
    with site.town.database.write() as session:
        session.connection().execute(text("DROP TRIGGER audit_no_update"))
        session.connection().execute(text("UPDATE audit SET subject = 'someone' WHERE id = 1"))
    assert "Loggen er ikke hel: række 1 passer ikke" in dpo.gets("/revision?kontrol=ja").text


def test_a_row_says_who_did_what_to_whom_and_why_when_it_is_read(site: Site) -> None:
    administrator = site.remembered(Role.ADMINISTRATOR)
    site.visitor().signs_in("ingen@example.org", "noget helt andet")
    administrator.posts("/administration/ret", email=SYD, name="Lars Syd", role="manager", area="Syd")
    secret = site.token("read", "act")
    assert secret
    found = rows_of(site.remembered(Role.DATA_PROTECTION_OFFICER).gets("/revision").text)
    said = [row[2:] for row in found]
    assert [
        "admin  admin@example.org",
        "rettede medarbejderens adgang",
        f"Lars Syd  {SYD}",
        "rolle: leder; områder: Syd",
    ] in said
    assert ["en ukendt  unknown", "blev afvist ved login", "–", "–"] in said
    used_for = "nøgle 1: se sager, tal og beskeder; registrere, flytte, sætte på pause og afslutte"
    assert ["driften  cli:test", "lavede en adgangsnøgle", f"Karen Viby  {VIBY}", used_for] in said
    assert not any(word in str(said) for word in ("manager", "user_", "token_"))


def test_a_member_of_staff_is_found_when_their_name_is_searched_for(site: Site) -> None:
    site.town.enrols()
    site.remembered(Role.COORDINATOR).gets("/sag/IM-0001")
    dpo = site.remembered(Role.DATA_PROTECTION_OFFICER)
    assert {row[3] for row in rows_of(dpo.gets("/revision?soeg=karen").text)} == {
        "så sagen",
        "loggede ind",
    }
    assert rows_of(dpo.gets("/revision?soeg=%25").text) == rows_of(dpo.gets("/revision?soeg=_at_all_").text) == []


def test_only_what_happened_then_is_shown_when_days_and_an_action_are_chosen(site: Site) -> None:
    site.remembered(Role.COORDINATOR)
    first = site.town.clock.today
    site.town.clock.passes(days=1)
    site.remembered(Role.COORDINATOR)
    dpo = site.remembered(Role.DATA_PROTECTION_OFFICER)
    count = lambda query: len(rows_of(dpo.gets(f"/revision?handling=sign_in&{query}").text))  # noqa: E731
    assert [count(""), count(f"til={first}"), count(f"fra={first}&til={first}"), count("fra=2090-01-01")] == [
        3,
        1,
        1,
        0,
    ]


def test_the_filter_stays_in_the_address_when_the_page_is_turned_or_the_log_checked(site: Site) -> None:
    with site.town.database.write() as session:
        for number in range(150):
            audit.note(session, VIBY, "look", site.town.clock.now, f"IM-{number:04}", "own_case")
    dpo = site.remembered(Role.DATA_PROTECTION_OFFICER)
    shown = dpo.gets("/revision?soeg=IM-&handling=look").text
    assert (len(rows_of(shown)), "150 rækker passer, den seneste først" in shown) == (100, True)
    [turned] = re.findall(r'href="([^"]+side=2)"', shown)
    assert len(rows_of(dpo.gets(unescape(turned)).text)) == 50
    [checked] = re.findall(r'href="([^"]+kontrol=ja)"', shown)
    answer = dpo.gets(unescape(checked)).text
    assert ("Loggen er hel" in answer, "150 rækker passer" in answer) == (True, True)
    assert 'value="look" selected' in answer
    assert "Se den første" in dpo.gets("/revision?side=9").text


@pytest.mark.parametrize("who", ["system:sweep", "openid"])
def test_it_is_said_in_words_when_no_person_did_it(site: Site, who: str) -> None:
    with site.town.database.write() as session:
        audit.note(session, who, "user_changed", site.town.clock.now, ADMINISTRATOR, "manager")
    [row] = rows_of(site.remembered(Role.DATA_PROTECTION_OFFICER).gets("/revision?handling=user_changed").text)
    assert row[2].split("  ")[0] in ("programmet", "arbejdskontoens udbyder")
    assert row[5] == "rolle: leder", "as an older row says it"


@pytest.mark.parametrize("query", ["til=9999-12-31", "fra=0001-01-01", "fra=i+morgen", "fra=2026-09-02&til=2026-09-01"])
def test_nothing_is_shown_as_if_it_was_understood_when_the_days_cannot_be(site: Site, query: str) -> None:
    answer = site.remembered(Role.DATA_PROTECTION_OFFICER).gets(f"/revision?{query}")
    assert (answer.status_code, "Derfor vises ingen rækker" in answer.text) == (422, True)
    assert "så sagen" not in answer.text.partition("</form>")[2]


@pytest.mark.parametrize("path", ["/revision", "/forloeb/immigrant_track", "/beskeder"])
def test_a_page_is_shown_when_its_number_is_beyond_all_measure(site: Site, path: str) -> None:
    role = Role.DATA_PROTECTION_OFFICER if path == "/revision" else Role.COORDINATOR
    for number in ("9" * 5000, "000001999999999", "0", "-1", "²"):
        assert site.remembered(role).gets(f"{path}?side={number}").status_code in (200, 404)


@pytest.mark.parametrize("path", ["/revision", "/forloeb/immigrant_track", "/beskeder"])
def test_the_number_stands_in_no_address_when_somebody_searches_for_one(site: Site, path: str) -> None:
    role = Role.DATA_PROTECTION_OFFICER if path == "/revision" else Role.COORDINATOR
    visitor = site.remembered(role)
    answer = visitor.gets(f"{path}?soeg=010190-1234")
    assert (answer.status_code, answer.headers["location"]) == (303, "/uden-cpr")
    assert "Søg ikke på CPR-numre" in visitor.gets("/uden-cpr").text
    swapped = visitor.gets(f"{path}?soeg=0101901234", **{"HX-Request": "true"})
    assert swapped.headers["hx-redirect"] == "/uden-cpr"
