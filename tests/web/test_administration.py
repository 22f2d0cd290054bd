"""Administration: who may come in, what they may, and the host areas."""

from __future__ import annotations

import re

import pytest

from models.staff import Role
from onboarding import audit
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA
from tests.web.site import ADMINISTRATOR, PASSWORD, Site, Visitor

NEW = {"email": "Ny@Example.org", "name": "Nana Ny", "role": "coordinator", "area": "Syd", "password": PASSWORD}


def test_somebody_who_was_made_on_the_page_signs_in_and_sees_their_area(site: Site) -> None:
    site.town.enrols("Olena Kovalenko")
    site.town.enrols("Iryna Bondar", area="Syd", coordinator=SYD)
    administrator = site.signed_in(Role.ADMINISTRATOR)
    assert administrator.posts("/administration/gem", **NEW).headers["location"] == "/administration?gjort=gemt"
    nana = site.visitor()
    assert nana.signs_in("ny@example.org").status_code == 303
    shown = nana.gets("/forloeb/immigrant_track").text
    assert ("Iryna" in shown, "Olena" in shown) == (True, False)


def test_access_is_lost_at_once_when_somebody_is_taken_out_or_signed_out(site: Site) -> None:
    karen, administrator = site.signed_in(), site.signed_in(Role.ADMINISTRATOR)
    administrator.posts("/administration/log-af", email=VIBY)
    assert not karen.is_in()
    karen = site.signed_in()
    administrator.posts("/administration/tag-ud", email=VIBY)
    assert not karen.is_in()
    assert karen.signs_in(VIBY).status_code == 401
    assert VIBY in administrator.gets("/administration").text.partition("Taget ud</h2>")[2]


def test_it_is_said_and_nothing_changed_when_a_form_is_wrong(site: Site) -> None:
    administrator = site.signed_in(Role.ADMINISTRATOR)
    for wrong, said in (
        ({"email": "nobody"}, "E-mailadressen er ikke gyldig"),
        ({"role": "king"}, "Rollen findes ikke"),
        ({"area": "Vest"}, "Værtsområdet findes ikke"),
        ({"area": ()}, "eller sæt kryds ved »Alle områder«"),
        ({"all_areas": "true"}, "Vælg enten »Alle områder« eller bestemte områder"),
        ({"password": "kort"}, "mindst 12 tegn"),
    ):
        answer = administrator.posts("/administration/gem", **NEW | wrong)
        assert answer.status_code == 422
        assert said in answer.text
        assert "Nana Ny" in answer.text
        assert "ny@example.org" not in administrator.gets("/administration").text.lower()
    oneself = administrator.posts("/administration/tag-ud", email=ADMINISTRATOR)
    assert (oneself.status_code, "Du kan ikke tage dig selv ud" in oneself.text) == (422, True)
    own = {"email": ADMINISTRATOR, "name": "admin", "role": "manager", "all_areas": "true"}
    oneself = administrator.posts("/administration/ret", **own)
    assert (oneself.status_code, "Du kan ikke ændre din egen rolle" in oneself.text) == (422, True)
    assert administrator.gets("/administration").status_code == 200


def way_to(visitor: Visitor, what: str, name: str) -> str:
    """Where the link of this person's row leads."""
    found = re.search(rf'href="([^"]+)"[^>]*aria-label="{what}: {name}"', visitor.gets("/administration").text)
    assert found is not None
    return found[1]


def filled(text: str) -> dict[str, list[str]]:
    """What stands in the fields of the page's form, and what is ticked or chosen in it."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input class="form-input"[^>]* name="(\w+)"[^>]* value="([^"]*)"', text):
        fields.setdefault(name, []).append(value)
    for value in re.findall(r'name="area" value="([^"]+)" checked', text):
        fields.setdefault("area", []).append(value)
    fields["role"] = re.findall(r'<option value="([^"]+)" selected', text)
    return fields


def test_the_form_holds_what_is_known_when_somebody_is_to_be_corrected(site: Site) -> None:
    administrator = site.remembered(Role.ADMINISTRATOR)
    way = way_to(administrator, "Ret", "Karen Viby")
    assert re.fullmatch(r"/administration\?ret=\d+", way), "no name and no e-mail in an address"
    shown = administrator.gets(way).text
    assert filled(shown) == {"name": ["Karen Viby"], "area": [VIBY_AREA], "role": ["coordinator"]}
    assert "Gem rettelserne" in shown
    corrected = {"email": VIBY, "name": "Karen Ny", "role": "manager", "area": SYD_AREA}
    assert administrator.posts("/administration/ret", **corrected).headers["location"] == "/administration?gjort=rettet"
    shown = administrator.gets(way).text
    assert filled(shown) == {"name": ["Karen Ny"], "area": [SYD_AREA], "role": ["manager"]}


@pytest.mark.parametrize("number", ["999", "0", "x", "9" * 30])
def test_there_is_no_form_when_nobody_has_that_number(site: Site, number: str) -> None:
    administrator = site.remembered(Role.ADMINISTRATOR)
    assert administrator.gets(f"/administration?ret={number}").status_code == 404
    assert administrator.gets(f"/administration/tag-ud/{number}").status_code in (404, 422)


def test_what_was_typed_is_kept_when_a_correction_is_refused(site: Site) -> None:
    administrator = site.remembered(Role.ADMINISTRATOR)
    answer = administrator.posts("/administration/ret", email=VIBY, name=" ", role="manager", area=SYD_AREA)
    assert (answer.status_code, "skal have et navn" in answer.text) == (422, True)
    assert "--name" not in answer.text
    assert "Gem rettelserne" in answer.text
    assert filled(answer.text) == {"name": [" "], "area": [SYD_AREA], "role": ["manager"]}


def hidden(text: str, name: str) -> str:
    found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', text)
    assert found is not None
    return found[1]


def test_nobody_writes_over_what_another_changed_when_both_had_the_form_open(site: Site) -> None:
    first, second = site.remembered(Role.ADMINISTRATOR), site.remembered(Role.ADMINISTRATOR)
    way = way_to(first, "Ret", "Karen Viby")
    shown = hidden(first.gets(way).text, "shown")
    theirs = {"email": VIBY, "name": "Karen Viby", "role": "manager", "area": SYD_AREA, "shown": shown}
    assert second.posts("/administration/ret", **theirs).status_code == 303
    mine = {"email": VIBY, "name": "Karen Jensen", "role": "coordinator", "area": VIBY_AREA}
    answer = first.posts("/administration/ret", **mine, shown=shown)
    assert (answer.status_code, "er rettet, siden du åbnede siden" in answer.text) == (422, True)
    assert filled(answer.text) == {"name": ["Karen Jensen"], "area": [VIBY_AREA], "role": ["coordinator"]}
    now = answer.text.partition("Det gælder nu</h2>")[2].partition("</section>")[0]
    assert ("Karen Viby" in now, "leder" in now, SYD_AREA in now) == (True, True, True)
    assert filled(first.gets(way).text)["role"] == ["manager"]
    again = first.posts("/administration/ret", **mine, shown=hidden(answer.text, "shown"))
    assert again.headers["location"] == "/administration?gjort=rettet"


def test_it_is_said_where_they_are_when_somebody_would_lose_sight_of_their_cases(site: Site) -> None:
    site.town.enrols("Olena Kovalenko")
    administrator = site.remembered(Role.ADMINISTRATOR)
    way = way_to(administrator, "Ret", "Karen Viby")
    moved = {"email": VIBY, "name": "Karen Viby", "role": "coordinator", "area": SYD_AREA}
    answer = administrator.posts("/administration/ret", **moved)
    assert (answer.status_code, "koordinator for 1 åben sag" in answer.text) == (422, True)
    assert f"/forloeb/alle?koordinator={way.partition('=')[2]}" in answer.text
    assert filled(administrator.gets(way).text)["area"] == [VIBY_AREA]


def test_a_known_person_is_not_written_over_when_the_form_is_for_a_new_one(site: Site) -> None:
    administrator = site.remembered(Role.ADMINISTRATOR)
    answer = administrator.posts("/administration/gem", **NEW | {"email": VIBY.upper()})
    assert (answer.status_code, "allerede en medarbejder med den e-mail" in answer.text) == (422, True)
    assert "Karen Viby" in administrator.gets("/administration").text


def test_nobody_comes_back_by_a_form_that_was_opened_before_they_were_taken_out(site: Site) -> None:
    administrator = site.remembered(Role.ADMINISTRATOR)
    as_it_stood = {"email": VIBY, "name": "Karen Viby", "role": "coordinator", "area": VIBY_AREA}
    administrator.posts("/administration/tag-ud", email=VIBY)
    answer = administrator.posts("/administration/ret", **as_it_stood)
    assert (answer.status_code, "er taget ud" in answer.text) == (422, True)
    back = administrator.gets(way_to(administrator, "Tag ind igen", "Karen Viby")).text
    assert "gælder den gamle" not in back
    assert 'name="was_out" value="true"' in back
    again = administrator.posts("/administration/ret", **as_it_stood, was_out="true")
    assert again.headers["location"] == "/administration?gjort=taget-ind"
    assert "Taget ud</h2>" not in administrator.gets("/administration").text


def test_it_says_what_it_means_and_asks_when_somebody_is_to_be_taken_out(site: Site) -> None:
    site.town.enrols("Olena Kovalenko")
    site.town.enrols("Iryna Bondar")
    karen, administrator = site.remembered(Role.COORDINATOR), site.remembered(Role.ADMINISTRATOR)
    program = site.program()
    asked = administrator.gets(way_to(administrator, "Tag ud", "Karen Viby"))
    said = " ".join(asked.text.split())
    for sentence in ("2 åbne sager", "1 browser", "1 adgangsnøgle", "Karen Viby"):
        assert sentence in said
    assert "Olena" not in said
    assert (karen.is_in(), program.get("/me").status_code) == (True, 200), "asking does nothing"
    administrator.posts("/administration/tag-ud", email=VIBY)
    assert (karen.is_in(), program.get("/me").status_code) == (False, 401)
    left = administrator.gets("/administration").text.partition("Taget ud</h2>")[2]
    assert "2" in left.partition(VIBY)[2][:200], "whose cases wait for another coordinator"


def test_it_is_not_asked_when_somebody_is_out_already(site: Site) -> None:
    administrator = site.remembered(Role.ADMINISTRATOR)
    way = way_to(administrator, "Tag ud", "Karen Viby")
    administrator.posts("/administration/tag-ud", email=VIBY)
    answer = administrator.gets(way)
    assert "er allerede taget ud" in answer.text
    assert '<button class="button button-warning' not in answer.text


def areas_shown(visitor: Visitor) -> dict[str, list[str]]:
    """The figures of each row of the table of areas, by its name."""
    table = (
        visitor.gets("/administration")
        .text.partition('aria-label="Tabel over værtsområder"')[2]
        .partition("</table>")[0]
    )
    rows = re.findall(r'<tr><th scope="row"[^>]*>(.*?)</th>(.*?)</tr>', table, re.DOTALL)
    return {name: re.findall(r"<td[^>]*>(\d+)</td>", cells) for name, cells in rows}


def test_every_area_tells_its_people_and_open_cases_when_an_administrator_looks(site: Site) -> None:
    site.town.enrols("Olena Kovalenko")
    site.town.enrols("Iryna Bondar").drops_out()
    administrator = site.remembered(Role.ADMINISTRATOR)
    assert areas_shown(administrator) == {SYD_AREA: ["2", "0"], VIBY_AREA: ["2", "1"]}
    administrator.posts("/administration/tag-ud", email=VIBY)
    assert areas_shown(administrator)[VIBY_AREA] == ["1", "1"]


def test_an_area_is_there_to_choose_when_it_was_made_on_the_page(site: Site) -> None:
    administrator = site.remembered(Role.ADMINISTRATOR)
    made = administrator.posts("/administration/omraade", area_name="  Ørsted   Nord ")
    assert made.headers["location"] == "/administration?gjort=omraade"
    assert areas_shown(administrator)["Ørsted Nord"] == ["0", "0"]
    assert administrator.posts("/administration/gem", **NEW | {"area": "Ørsted Nord"}).status_code == 303
    dpo = site.remembered(Role.DATA_PROTECTION_OFFICER)
    assert "Ørsted Nord" in dpo.gets("/revision?handling=area_added").text


@pytest.mark.parametrize(
    ("name", "said"), [("", "skal have et navn"), ("SYD", "Der er allerede et værtsområde, der hedder »Syd«")]
)
def test_it_is_said_and_no_area_made_when_its_name_cannot_be(site: Site, name: str, said: str) -> None:
    administrator = site.remembered(Role.ADMINISTRATOR)
    answer = administrator.posts("/administration/omraade", area_name=name)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert len(areas_shown(administrator)) == 2


def test_nobody_is_shown_as_signed_in_when_their_browser_was_left_alone_for_an_hour(site: Site) -> None:
    site.remembered(Role.COORDINATOR)
    site.town.clock.passes(hours=2)
    shown = site.remembered(Role.ADMINISTRATOR).gets("/administration").text
    assert "Log af overalt: Karen Viby" not in shown
    assert "Log af overalt: admin" in shown


def test_a_password_that_an_administrator_gives_is_a_row_of_the_log(site: Site) -> None:
    given = {"email": VIBY, "name": "Karen Viby", "role": "coordinator", "area": VIBY_AREA}
    visitor = site.remembered(Role.ADMINISTRATOR)
    assert visitor.posts("/administration/ret", **given, password="en helt ny adgangskode").status_code == 303
    log = site.remembered(Role.DATA_PROTECTION_OFFICER).gets("/revision?handling=password_set").text
    assert "gav medarbejderen en adgangskode" in log.partition("<tbody>")[2]


def test_it_is_said_where_and_when_somebody_was_last_seen_when_they_are_signed_in(site: Site) -> None:
    site.signed_in()
    karen, administrator = site.signed_in(), site.remembered(Role.ADMINISTRATOR)
    site.town.clock.passes(minutes=20)
    assert karen.is_in()
    shown = administrator.gets("/administration").text
    row = shown[shown.index("Karen Viby") :].partition("</tr>")[0]
    assert "logget ind i 2 browsere" in row
    assert "senest 7. september 2026 kl. 10.20" in row


def test_no_program_goes_on_when_its_owner_is_given_a_new_password(site: Site) -> None:
    program, administrator = site.program(), site.remembered(Role.ADMINISTRATOR)
    asked = administrator.gets(way_to(administrator, "Ret", "Karen Viby")).text
    assert "En ny logger medarbejderen af overalt og tilbagekalder deres adgangsnøgler." in asked
    given = {"email": VIBY, "name": "Karen Viby", "role": "coordinator", "area": VIBY_AREA}
    assert administrator.posts("/administration/ret", **given).status_code == 303
    assert program.get("/me").status_code == 200, "the password stayed as it was"
    administrator.posts("/administration/ret", **given, password="en helt ny adgangskode")
    assert program.get("/me").status_code == 401
    log = site.remembered(Role.DATA_PROTECTION_OFFICER).gets("/revision?handling=token_revoked").text
    assert VIBY in log.partition("<tbody>")[2]


def test_the_log_says_that_a_name_was_changed_and_no_name_when_somebody_is_corrected(site: Site) -> None:
    administrator = site.remembered(Role.ADMINISTRATOR)
    for name in ("Karen Nygift", " Karen  Nygift "):
        kept = {"email": VIBY, "name": name, "role": "coordinator", "area": VIBY_AREA}
        assert administrator.posts("/administration/ret", **kept).status_code == 303
    with site.town.database.read() as session:
        rows, _ = audit.search(session, audit.Wanted(action="user_changed"), limit=5)
    assert [row.purpose for row in rows] == [f"coordinator: {VIBY_AREA}", f"name; coordinator: {VIBY_AREA}"]
    log = site.remembered(Role.DATA_PROTECTION_OFFICER).gets("/revision?handling=user_changed").text
    assert f"nyt navn; rolle: beskæftigelseskoordinator; områder: {VIBY_AREA}" in log
