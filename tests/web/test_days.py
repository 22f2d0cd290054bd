"""A working day of each role, in a real browser, from the door to what they came for."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from models.staff import Role
from tests.municipality import OFFICER, SYD, VIBY, VIBY_AREA
from tests.support import made_up_people
from tests.web.site import PASSWORD, Site, goes_wrong, lived_in

_NAME, _CPR, _ = next(made_up_people(1))


def test_a_coordinator_works_through_what_needs_attention(site: Site, page: Page) -> None:
    made = lived_in(site.town)
    goes_wrong(site.town, made["late"])
    site.signs_in(page)
    expect(page.get_by_role("heading", name="Over tid")).to_be_visible()
    page.get_by_role("button", name=re.compile(f"^Send igen: .*{made['late'].reference}")).first.click()
    expect(page.get_by_role("status")).to_contain_text("Beskeden er lagt i køen")
    page.go_back()
    page.get_by_role("link", name="Flyt videre: Olena Kovalenko").click()
    expect(page.get_by_role("heading", name="Videre", exact=True)).to_be_in_viewport()
    page.get_by_role("button", name="Registrér: Interesse for SOSU-området bekræftet").click()
    expect(page.get_by_role("status")).to_have_text("Milepælen er registreret.")

    page.get_by_role("link", name="Projekt målrettet immigranter").click()
    _moves(page, made["late"].reference, "Intensivt danskforløb")
    expect(page.locator("#resultat .alert-success")).to_contain_text(f"{made['late'].reference} er flyttet")
    _moves(page, made["near"].reference, "Intensivt danskforløb")
    expect(page.locator(":focus")).to_contain_text(f"{made['near'].reference} blev ikke flyttet")

    page.locator(":focus").get_by_role("link", name="Åbn sagen").click()
    page.get_by_text("Sæt på pause").first.click()
    page.get_by_label("Årsag").first.select_option(label="Sygdom")
    page.get_by_role("button", name="Sæt på pause").click()
    expect(page.get_by_role("status")).to_have_text("Forløbet er sat på pause.")
    assert made["near"].status == "paused"

    page.goto(f"{site.address}/forloeb/immigrant_track?vis=tabel")
    for candidate in (made["late"], made["moved"]):
        page.get_by_label(f"Vælg {candidate.applicant.name}").check(force=True)
    page.get_by_label("Registrér milepæl").select_option(label="Danskforløb bestået")
    page.get_by_role("button", name="Se, hvad der sker, når milepælen registreres").click()
    expect(page.get_by_text("2 af 2 forløb ændres")).to_be_visible()
    assert not made["moved"].shown()["milestones"][-1]["milestone"].startswith("danish_course")
    page.get_by_role("button", name=re.compile(r"for \d+ forløb$")).click()
    expect(page.get_by_text("2 af 2 forløb er ændret")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert Path(download.value.path()).read_text("utf-8-sig").count("Intensivt danskforløb") == 2


def _moves(page: Page, reference: str, stage: str) -> None:
    card = page.locator(f"#kort-{reference}")
    card.locator("summary").click()
    card.get_by_role("button", name=stage).click()


def test_a_jobcenter_officer_enrols_somebody_and_is_told_of_whom_is_known(site: Site, page: Page) -> None:
    site.signs_in(page, Role.JOBCENTER_OFFICER)
    page.get_by_role("link", name="Indskriv", exact=True).click()
    _applies(page, "Projekt målrettet immigranter")
    page.get_by_role("button", name="Indskriv").click()
    expect(page.get_by_role("status")).to_contain_text("Kandidaten er indskrevet som IM-0001")

    _applies(page, "Opkvalificering af ledige pædagogiske assistenter")
    expect(page.get_by_text(f"Personen er kendt: {_NAME}")).to_be_visible()
    page.get_by_role("button", name="Indskriv").click()
    expect(page.get_by_role("status")).to_contain_text("Kandidaten er indskrevet som PA-0001")

    page.get_by_role("link", name="Indlæs en liste").click()
    page.get_by_label("Forløb", exact=True).select_option("immigrant_track")
    page.get_by_label("Liste", exact=True).set_input_files("samples/immigrantprojekt-hold-1.xlsx")
    page.get_by_role("button", name="Se, hvad der sker").click()
    expect(page.get_by_text("Intet er gemt endnu")).to_be_visible()
    page.get_by_role("button", name="Indlæs listen").click()
    expect(page.get_by_role("status")).to_contain_text("24 indskrevet")
    expect(page.get_by_role("region", name="Tabel over tidligere lister")).to_contain_text("Pia Jobcenter")
    page.get_by_role("link", name="Forløb", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("25 forløb")
    expect(page.get_by_text("Flyt til")).to_have_count(0)


def _applies(page: Page, pathway: str) -> None:
    page.get_by_label("CPR-nummer").fill(_CPR)
    page.get_by_label("Navn").fill(_NAME)
    page.get_by_label("Forløb", exact=True).select_option(label=pathway)
    page.get_by_label("Værtsområde").select_option(VIBY_AREA)
    page.get_by_label("Beskæftigelseskoordinator").select_option(VIBY)
    page.get_by_role("button", name="Kontrollér").click()


def test_a_manager_reads_the_figures_and_changes_nothing(site: Site, page: Page) -> None:
    made = lived_in(site.town)
    site.signs_in(page, Role.MANAGER)
    overdue = page.get_by_role("region", name="Over tid")
    expect(overdue).to_contain_text("Olena Kovalenko")
    expect(overdue).to_contain_text("Karen Viby")
    expect(page.get_by_role("link", name="Flyt videre")).to_have_count(0)
    page.get_by_role("link", name="1 over tid i Visitation, vis listen").click()
    expect(page.get_by_role("status")).to_have_text("1 forløb")
    expect(page.get_by_text("For de valgte")).to_have_count(0)

    page.get_by_role("link", name="Rapporter").click()
    page.get_by_role("link", name="3 aktive, vis listen").click()
    expect(page.get_by_role("status")).to_have_text("3 forløb")
    page.get_by_role("link", name="Olena Kovalenko").click()
    page.get_by_label("Tilsyn og kvalitet").check(force=True)
    page.get_by_role("button", name="Se sagen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Olena Kovalenko")
    expect(page.get_by_role("heading", name="Andre handlinger")).to_have_count(0)
    page.goto(f"{site.address}/indskriv")
    expect(page.get_by_role("heading", level=1)).to_have_text("Det har du ikke adgang til")
    assert made["late"].stage == "intake"


def test_the_data_protection_officer_finds_who_looked_and_checks_the_chain(site: Site, page: Page) -> None:
    olena = site.town.enrols()
    site.remembered(Role.COORDINATOR).gets(f"/sag/{olena.reference}")
    site.signs_in(page, Role.DATA_PROTECTION_OFFICER, "/revision")
    page.get_by_label("Person eller sag").fill(olena.reference)
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Revisionsloggen")).to_contain_text("så sagen")
    expect(page.get_by_text("Olena")).to_have_count(0)
    page.get_by_role("link", name="Kontrollér, at ingen har rettet i loggen").click()
    expect(page.get_by_role("status").first).to_contain_text("Loggen er hel")
    page.goto(f"{site.address}/sag/{olena.reference}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Det har du ikke adgang til")


def test_an_administrator_gives_and_takes_access(site: Site, page: Page) -> None:
    site.signs_in(page, Role.ADMINISTRATOR, "/administration")
    page.get_by_label("E-mail").fill("nana@example.org")
    page.get_by_label("Navn", exact=True).fill("Nana Ny")
    page.get_by_label("Rolle").select_option(label="Jobcentermedarbejder")
    page.get_by_label("Adgangskode (valgfri)").fill(PASSWORD)
    page.get_by_role("button", name="Opret medarbejder").click()
    expect(page.get_by_role("status")).to_have_text("Medarbejderen er oprettet.")
    nana = site.visitor()
    assert nana.signs_in("nana@example.org").status_code == 303
    assert nana.gets("/rapporter").status_code == 403
    page.get_by_role("link", name="Ret: Nana Ny").click()
    expect(page.get_by_label("Navn")).to_be_focused()
    page.get_by_label("Rolle").select_option(label="Leder")
    page.get_by_role("button", name="Gem rettelserne").click()
    assert nana.gets("/rapporter").status_code != 403
    expect(page.get_by_role("row").filter(has_text="Nana Ny")).to_contain_text("Leder")
    page.get_by_role("link", name="Tag ud: Nana Ny").click()
    assert nana.is_in(), "it is asked first"
    page.get_by_role("button", name="Tag Nana Ny ud").click()
    expect(page.get_by_role("status")).to_contain_text("taget ud")
    assert not nana.is_in()
    for email in (SYD, OFFICER):
        expect(page.get_by_role("row").filter(has_text=email)).to_have_count(1)
