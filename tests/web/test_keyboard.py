"""With the keyboard alone: an enrolment, a move on the board and on Sagen, a report and the list behind a figure.

Nothing here clicks or sets focus. Whoever is told where the focus is has to see it: it is in the window, and marked.
"""

from __future__ import annotations

import re
from itertools import pairwise

from playwright.sync_api import Page, expect

from models.staff import Role
from tests.support import made_up_people
from tests.web.site import Site, lived_in

_MOST_TABS = 90
#: What is focused: its name as people read it, and what is wrong with how it is shown. A box that a drawn one stands
#: for (the design system's ticks) is looked for in its label.
_FOCUSED = """() => {
  const one = document.activeElement;
  if (one === document.body) return {name: '', wrong: '', top: 0, left: 0};
  const label = one.labels && one.labels[0];
  const tick = ['checkbox', 'radio'].includes(one.type) && label;
  const box = (tick ? label : one).getBoundingClientRect();
  const marked = [[one, null], ...(tick ? [[label, null], [label, '::before']] : [])].some(([what, part]) => {
    const style = getComputedStyle(what, part);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
  });
  const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const name = one.getAttribute('aria-label') || (label && label.textContent) || one.textContent || '';
  return {
    name: name.replace(/\\s+/g, ' ').trim(),
    wrong: [seen ? '' : 'is not in the window', marked ? '' : 'is not marked'].filter(Boolean).join(', '),
    top: box.top + scrollY, left: box.left,
  };
}"""


def focused(page: Page) -> str:
    """The name of what has focus. Fails when nobody could see that it has."""
    found = page.evaluate(_FOCUSED)
    assert found["wrong"] == "", f"»{found['name']}« at {page.url} {found['wrong']}"
    return str(found["name"])


def goes_to(page: Page, name: str, key: str = "Tab") -> list[str]:
    """Presses the key until what has focus is called so; gives what was passed on the way."""
    passed: list[str] = []
    while len(passed) < _MOST_TABS:
        page.keyboard.press(key)
        passed.append(focused(page))
        if re.match(name, passed[-1]):
            return passed
    raise AssertionError(f"»{name}« cannot be reached at {page.url}: {passed}")


def chooses(page: Page, name: str, first_letters: str) -> None:
    goes_to(page, name)
    page.keyboard.type(first_letters)


def skips_to_the_content(page: Page) -> None:
    goes_to(page, "Gå til indhold")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_somebody_is_enrolled_by_the_keyboard_alone(site: Site, page: Page) -> None:
    name, cpr, _ = next(made_up_people(1))
    site.enters(page, Role.JOBCENTER_OFFICER)
    goes_to(page, "Indskriv$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Indskriv en kandidat")).to_be_visible()
    skips_to_the_content(page)
    goes_to(page, "CPR-nummer")
    page.keyboard.type(cpr)
    assert goes_to(page, "Navn") == ["Navn"]
    page.keyboard.type(name)
    on_the_way = goes_to(page, "Kandidaten har givet samtykke")
    assert on_the_way == [
        "Telefon (valgfrit)",
        "E-mail (valgfrit)",
        "Modersmål (valgfrit)",
        "Kandidaten har givet samtykke",
    ]
    page.keyboard.press("Space")
    chooses(page, "Forløb$", "Projekt")
    chooses(page, "Værtsområde", "Viby")
    chooses(page, "Beskæftigelseskoordinator", "Karen")
    goes_to(page, "Kontrollér")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Kontrollér, og indskriv")).to_be_visible()
    assert focused(page) == "Indskriv"
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    goes_to(page, "IM-0001")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_a_case_is_moved_on_the_board_and_on_its_page_by_the_keyboard_alone(site: Site, page: Page) -> None:
    olena = site.town.enrols()
    site.enters(page, path="/forloeb/immigrant_track")
    skips_to_the_content(page)
    goes_to(page, "Flyt Olena Kovalenko til")
    page.keyboard.press("Enter")
    goes_to(page, "Intensivt danskforløb")
    page.keyboard.press("Enter")
    expect(page.locator(f"#kort-{olena.reference}").get_by_role("alert")).to_be_focused()
    goes_to(page, "Åbn sagen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Olena Kovalenko")
    goes_to(page, "Registrér: Interesse")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    passed = goes_to(page, "Registrér frafald")
    wanted = ["Flyt: Optag på danskforløb", "Milepæle til senere trin", "Sæt på pause", "Registrér frafald"]
    assert [found for found in passed if found.startswith(tuple(wanted))] != []
    order = [next(place for place, found in enumerate(passed) if found.startswith(name)) for name in wanted]
    assert order == sorted(order)
    goes_to(page, "Flyt: Optag på danskforløb", "Shift+Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_have_text("Forløbet er flyttet til »Intensivt danskforløb«.")
    assert olena.stage == "danish_course"


def test_a_report_and_the_list_behind_a_figure_are_opened_by_the_keyboard_alone(site: Site, page: Page) -> None:
    lived_in(site.town)
    site.enters(page, Role.MANAGER)
    goes_to(page, "Rapporter$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Status")).to_be_visible()
    skips_to_the_content(page)
    goes_to(page, "3 aktive, vis listen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("3 forløb")
    goes_to(page, "Olena Kovalenko")


def test_every_stop_is_seen_and_comes_in_the_order_of_the_page_when_somebody_tabs_through(
    site: Site, page: Page
) -> None:
    made = lived_in(site.town)
    site.enters(page)
    for path in ("/", "/forloeb/ped_assistant_track", f"/sag/{made['late'].reference}"):
        page.goto(site.address + path)
        order = stops(page)
        assert len(order) > 15
        for (one, top, left), (other, below, right) in pairwise(order):
            beside = right > left + 100  # another column may begin further up
            assert below >= top - 60 or beside, f"{path}: after »{one}« comes »{other}«, which is further up"


def stops(page: Page) -> list[tuple[str, float, float]]:
    """Everything that Tab stops at, once: name, and where it is."""
    found: list[tuple[str, float, float]] = []
    while len(found) < _MOST_TABS:
        page.keyboard.press("Tab")
        if focused(page) == "" and page.evaluate("() => document.activeElement === document.body"):
            break
        place = page.evaluate(_FOCUSED)
        found.append((place["name"], place["top"], place["left"]))
    return found


def test_somebody_chooses_how_they_are_told_by_the_keyboard_alone(site: Site, page: Page) -> None:
    site.enters(page, Role.MANAGER, "/mig")
    goes_to(page, "Mine beskeder")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Mine beskeder")).to_be_visible()
    skips_to_the_content(page)
    chooses(page, "Flyttet og ændret: hvornår", "Slet")
    goes_to(page, "Gem emner")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_label("Flyttet og ændret: hvornår")).to_have_value("moves:never")
    goes_to(page, "Tilføj en adresse: Sms")
    page.keyboard.press("Enter")
    assert goes_to(page, "Telefonnummer") == ["Telefonnummer"]
    page.keyboard.type("22 34 56 78")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Adressen er gemt")
    goes_to(page, "Haster: Sms")
    page.keyboard.press("Space")
    expect(page.get_by_label("Haster: Sms")).to_be_checked()
