"""Mine beskeder: somebody chooses how they are told, and what they choose holds."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from engine.topic import Topic
from models.message import Pace
from models.staff import Role
from onboarding.absences import absences, be_away
from onboarding.staffing import add_staff
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA, VIBY_MANAGER
from tests.web.looking import plain
from tests.web.preferences.choosing import MASKED, OTHER, PAGE, TIMES, chosen, has_a_phone, shown, words
from tests.web.site import Site, Visitor
from tests.web.test_in_a_browser import complaints

__all__ = ["complaints"]


def test_only_what_was_touched_is_chosen_when_topics_are_saved(site: Site, karen: Visitor) -> None:
    has_a_phone(site)
    as_it_is = [f"{topic}:at_once" for topic in Topic if topic is not Topic.MOVES]
    ways = [f"{topic}:mail" for topic in Topic]
    answer = karen.posts(f"{PAGE}/emner", pace=[*as_it_is, "moves:never"], way=[*ways, "escalations:sms"])
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?gjort=emner")
    made = chosen(site).choices
    assert (made.pace(Topic.MOVES), made.ways(Topic.ESCALATIONS)) == (Pace.NEVER, ("mail", "sms"))
    assert set(made.paces) == {Topic.MOVES, Topic.ESCALATIONS}, "what nobody touched follows what everybody has"
    karen.posts(f"{PAGE}/emner", pace=["escalations:at_once"])
    assert chosen(site).choices.ways(Topic.ESCALATIONS) == ("mail",), "no tick is mail"


def test_nothing_is_saved_when_one_of_the_choices_cannot_be_made(site: Site, karen: Visitor) -> None:
    answer = karen.posts(f"{PAGE}/emner", pace=["moves:digest", "deadlines:never"])
    assert answer.status_code == 422
    assert "kan ikke fravælges. Vælg »Med det samme« eller »Samlet i en oversigt«." in answer.text
    assert '<option value="moves:digest" selected>' in answer.text, "what was chosen is still in the form"
    for wrong in ("ferie:digest", "moves:sometimes", "moves"):
        assert karen.posts(f"{PAGE}/emner", pace=[wrong]).status_code == 422
    answer = karen.posts(f"{PAGE}/emner", pace=["moves:at_once"], way=["moves:sms"])
    assert (
        "mangler en adresse til sms. Skriv den først under »Hvor du kan nås«, og vælg kanalen bagefter" in answer.text
    )
    answer = karen.posts(f"{PAGE}/emner", pace=["escalations:digest"])
    assert "kan hverken samles eller fravælges. Vælg »Med det samme«." in answer.text
    assert chosen(site).choices.paces == {}


def test_it_says_so_when_a_topic_cannot_be_done_without(karen: Visitor) -> None:
    text = shown(karen)
    assert text.count("Kan ikke fravælges") == 3
    assert "Haster En frist er overskredet så længe, at lederen også får besked" in text


def test_the_next_digest_is_said_in_words_when_something_comes_in_one(site: Site, karen: Visitor) -> None:
    assert "Intet af det, du får, kommer samlet" in shown(karen)
    manager = site.remembered(Role.MANAGER)
    assert re.search(r"Næste oversigt: \w+dag den \d+\. \w+ \d{4} kl\. 7\.30\.", shown(manager))
    manager.posts(f"{PAGE}/tider", **TIMES)
    assert re.search(r"Næste oversigt: (mandag|onsdag) den \d+\. \w+ \d{4} kl\. 9\.15\.", shown(manager))


def test_times_are_as_they_were_chosen_until_they_are_as_everybody_has_them(site: Site, karen: Visitor) -> None:
    assert karen.posts(f"{PAGE}/tider", **TIMES).headers["location"] == f"{PAGE}?gjort=tider"
    kept = chosen(site)
    assert (kept.hours, kept.said_days, kept.said_at) == ("08:00-15:30", "13", "09:15")
    text = karen.gets(PAGE).text
    assert 'value="08:00"' in text
    assert re.findall(r'name="day" value="(\d)" checked', text) == ["1", "3"]
    karen.posts(f"{PAGE}/tider", **TIMES | {"hours": "always"})
    assert chosen(site).hours == "always"
    karen.posts(f"{PAGE}/tider", hours="usual", day=list("12345"), at="07:30")
    kept = chosen(site)
    assert (kept.hours, kept.said_days, kept.said_at) == (None, None, None)


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"closes": "07:00"}, "tidsrum", "Tidsrummet skal begynde, før det slutter."),
        ({"closes": "08:59"}, "tidsrum", "Tidsrummet er for kort. Skriv mindst en time, fx 07:00 til 17:00."),
        ({"opens": "tidligt"}, "tidsrum", "Tidsrummet kan ikke læses. Skriv timer og minutter, fx 07:00 og 17:00."),
        ({"closes": "17:00+02:00"}, "tidsrum", "Tidsrummet kan ikke læses."),
        ({"hours": ""}, "tidsrum", "Tidsrummet kan ikke læses."),
        ({"day": []}, "dage", "Vælg mindst én ugedag."),
        ({"day": ["9"]}, "dage", "Vælg mindst én ugedag."),
        ({"at": "25:00"}, "klokken", "Klokkeslættet kan ikke læses."),
        ({"at": "07:00:30"}, "klokken", "Klokkeslættet kan ikke læses. Skriv timer og minutter"),
    ],
)
def test_what_was_typed_is_kept_and_it_is_said_where_when_a_time_is_wrong(
    site: Site, karen: Visitor, wrong: dict[str, str | list[str]], field: str, said: str
) -> None:
    typed = TIMES | ({"opens": "", "closes": ""} if wrong == {"hours": ""} else {}) | wrong
    answer = karen.posts(f"{PAGE}/tider", **typed)
    assert (answer.status_code, "Intet er gemt" in answer.text) == (422, True)
    found = re.search(rf'id="{field}-fejl">(.*?)</span>', answer.text, re.DOTALL)
    assert found is not None
    assert said in words(found[1])
    assert "always" not in words(found[1])
    assert re.search(rf'aria-invalid="true" aria-describedby="[\w -]*{field}-fejl"', answer.text)
    assert all(f'value="{one}"' in answer.text for one in typed.values() if isinstance(one, str) and one != "own")
    assert chosen(site).hours is None


def test_a_colleague_stands_in_when_somebody_says_that_they_are_away(with_ida: Site) -> None:
    karen, today = with_ida.remembered(Role.COORDINATOR), with_ida.town.clock.today
    assert re.findall(r'<option value="([\w.]+@[\w.]+)"', karen.gets(PAGE).text) == [OTHER]
    days = {"from_on": str(today), "until_on": str(today + timedelta(days=4))}
    answer = karen.posts(f"{PAGE}/fravaer", stand_in=OTHER, **days)
    assert answer.headers["location"] == f"{PAGE}?gjort=fravaer"
    assert "Ida Afløser afløser" in shown(karen)
    with_ida.town.enrols()
    with_ida.town.delivers()
    assert len(with_ida.town.postbox.to(OTHER)) == 1
    [number] = re.findall(r'name="absence" value="(\d+)"', karen.gets(PAGE).text)
    ida = with_ida.remembered(Role.COORDINATOR, OTHER)
    assert "Du afløser selv: Karen Viby fra" in shown(ida)
    assert "Du afløser selv" not in shown(karen)
    assert ida.posts(f"{PAGE}/slet-fravaer", absence=number).status_code == 422, "it is somebody else's"
    assert karen.posts(f"{PAGE}/slet-fravaer", absence=number).status_code == 303
    assert "Ida Afløser afløser" not in shown(karen)
    found = words(with_ida.remembered(Role.DATA_PROTECTION_OFFICER).gets(f"/revision?soeg={VIBY}").text)
    assert "skrev, at medarbejderen er væk" in found
    assert f"{OTHER} afløser" in found


def test_it_is_said_what_to_do_when_the_stand_in_works_elsewhere_by_now(with_ida: Site) -> None:
    karen, today = with_ida.remembered(Role.COORDINATOR), with_ida.town.clock.today
    days = {"from_on": str(today), "until_on": str(today + timedelta(days=4))}
    karen.posts(f"{PAGE}/fravaer", stand_in=OTHER, **days)
    administrator = with_ida.remembered(Role.ADMINISTRATOR)
    moved = {"name": "Ida Afløser", "role": "coordinator", "area": [SYD_AREA]}
    assert administrator.posts("/administration/ret", email=OTHER, **moved).status_code == 303
    assert (
        "Ida Afløser kan ikke afløse dig mere, så du får selv dine beskeder. Slet fraværet, og gem det igen med en "
        "anden kollega."
    ) in shown(karen)
    assert "Du afløser selv" not in shown(with_ida.remembered(Role.COORDINATOR, OTHER))
    assert "kan ikke afløses af Ida Afløser" in words(administrator.gets("/administration").text)


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"from_on": ""}, "fra", "Vælg en dato."),
        ({"until_on": "i morgen"}, "til", "Vælg en dato."),
        ({"until_on": "2020-01-01", "from_on": "2020-01-01"}, "til", "allerede slut"),
        ({"from_on": "2199-01-02", "until_on": "2199-01-01"}, "til", "før det begynder"),
        ({"stand_in": ""}, "afloeser", "Vælg en kollega."),
        ({"stand_in": SYD}, "afloeser", "Vælg en kollega."),
        ({"from_on": "2199-06-01", "until_on": "2199-06-02"}, "afloeser", "selv væk"),
    ],
)
def test_it_is_said_beside_the_field_when_an_absence_cannot_be(
    with_ida: Site, wrong: dict[str, str], field: str, said: str
) -> None:
    town, karen = with_ida.town, with_ida.remembered(Role.COORDINATOR)
    with town.database.write() as session:
        add_staff(session, "ole@example.org", "Ole", "coordinator", [VIBY_AREA])
        days = (town.clock.today.replace(year=2199, month=6, day=1),) * 2
        be_away(session, OTHER, *days, "ole@example.org", town.signed())
    typed = {"from_on": "2199-03-01", "until_on": "2199-03-02", "stand_in": OTHER} | wrong
    answer = karen.posts(f"{PAGE}/fravaer", **typed)
    assert answer.status_code == 422
    found = re.search(rf'id="{field}-fejl">(.*?)</span>', answer.text, re.DOTALL)
    assert found is not None
    assert said in words(found[1])
    assert all(f'value="{one}"' in answer.text for one in typed.values() if one != SYD)
    with town.database.read() as session:
        assert absences(session, VIBY, town.clock.today) == []


def test_nobody_is_offered_when_nobody_could_stand_in(site: Site, karen: Visitor) -> None:
    assert "ingen kan afløse dig" in shown(karen)
    assert "Når du er væk" not in shown(site.remembered(Role.JOBCENTER_OFFICER)), "their cases are theirs alone"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER])
def test_there_is_nothing_to_choose_when_a_role_is_told_nothing(site: Site, role: Role) -> None:
    visitor = site.remembered(role)
    assert "Din rolle får ingen beskeder" in shown(visitor)
    assert "Mine beskeder" not in visitor.gets("/mig").text
    assert visitor.posts(f"{PAGE}/tider", **TIMES).status_code == 403


def test_the_page_that_a_message_names_is_found_when_somebody_looks_for_it(site: Site, karen: Visitor) -> None:
    site.town.enrols()
    site.town.delivers()
    [message] = site.town.postbox.to(VIBY)
    named = re.findall(r"på siden »(.*?)«", message.text)
    assert named == ["Mine beskeder"]
    assert f'<a href="{PAGE}">{named[0]}</a>' in karen.gets("/mig").text


def test_everything_is_chosen_in_a_browser_when_somebody_is_there(
    with_ida: Site, page: Page, complaints: list[str]
) -> None:
    has_a_phone(with_ida)
    with_ida.enters(page, Role.COORDINATOR, PAGE)
    plain(page)
    page.get_by_label("Flyttet og ændret: hvornår").select_option("Samlet i en oversigt")
    page.get_by_label("Haster: Sms").check(force=True)
    page.get_by_role("button", name="Gem emner").click()
    expect(page.get_by_role("status")).to_contain_text("Gemt.")
    expect(page.get_by_text("Næste oversigt:")).to_be_visible()
    expect(page.get_by_label("Haster: Sms")).to_be_checked()
    page.get_by_label("Onsdag").uncheck(force=True)
    page.get_by_label("Arbejdsdage i mit eget tidsrum").check(force=True)
    page.get_by_label("Mit tidsrum fra").fill("18:00")
    page.get_by_role("button", name="Gem tider").click()
    expect(page.get_by_role("alert")).to_contain_text("Intet er gemt")
    expect(page.get_by_label("Onsdag")).not_to_be_checked()
    plain(page)
    page.get_by_label("Mit tidsrum fra").fill("08:00")
    page.get_by_role("button", name="Gem tider").click()
    expect(page.get_by_role("status")).to_contain_text("Gemt.")
    assert chosen(with_ida).hours == "08:00-17:00"
    assert chosen(with_ida).said_days == "1245"
    assert [said for said in complaints if "422" not in said] == []


def test_nobody_elses_choices_are_shown_when_two_look(site: Site, karen: Visitor) -> None:
    has_a_phone(site, VIBY_MANAGER)
    assert MASKED not in shown(karen)
    assert MASKED in shown(site.remembered(Role.MANAGER))


def test_each_choice_stays_within_its_table_when_the_screen_is_narrow(site: Site, page: Page) -> None:
    has_a_phone(site)
    page.set_viewport_size({"width": 320, "height": 640})
    site.enters(page, path=PAGE)
    table = page.get_by_role("region", name="Tabel over emner")
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") == 0
    frame, choice = (one.bounding_box() for one in (table, table.get_by_role("combobox").first))
    assert frame
    assert choice
    assert choice["x"] + choice["width"] < frame["x"] + frame["width"]
