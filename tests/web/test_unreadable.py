"""What no page was made for: addresses and forms that cannot be read. The answer is a page of ours, in Danish."""

from __future__ import annotations

import pytest

from models.staff import Role
from tests.web.site import Site

_BOARD = "/forloeb/immigrant_track"


@pytest.mark.parametrize(
    "address",
    [
        "/lister/99999999999999999999999/fortryd",
        "/lister/2147483648/fortryd",
        "/lister/0/fortryd",
        "/lister/abc/fortryd",
        "/sag/IM%00",
        "/beskeder?soeg=%00",
        "/beskeder?%00=1",
        f"{_BOARD}?soeg=1%00&vis=tabel",
        f"{_BOARD}?trin=%00&vis=tabel",
        f"{_BOARD}?tal=afsluttet&tal_aarsag=%00&vis=tabel",
    ],
)
def test_there_is_no_page_when_the_address_cannot_be_one_of_ours(site: Site, address: str) -> None:
    answer = site.remembered(Role.COORDINATOR).gets(address)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>Siden findes ikke</h1>" in answer.text


@pytest.mark.parametrize("form", [{"step": "admit"}, {"step": "admit", "revision": "hemmeligt", "command_id": "x"}])
def test_a_page_says_so_and_quotes_nothing_when_a_form_cannot_be_read(site: Site, form: dict[str, str]) -> None:
    olena = site.town.enrols()
    answer = site.remembered(Role.COORDINATOR).posts(f"/sag/{olena.reference}/flyt", None, **form)
    assert (answer.status_code, "<h1>Det kunne ikke læses</h1>" in answer.text) == (400, True)
    assert "hemmeligt" not in answer.text


@pytest.mark.parametrize("path", ["/indskriv", "/mig/noegler", "/login"])
def test_a_page_says_so_when_a_form_holds_what_no_database_does(site: Site, path: str) -> None:
    coordinator = site.remembered(Role.COORDINATOR)
    answer = coordinator.posts(path, name="Olena\0", email="a\0", password="b")
    assert (answer.status_code, "<h1>Det kunne ikke læses</h1>" in answer.text) == (400, True)


def test_a_page_says_so_when_the_form_of_a_list_holds_it(site: Site) -> None:
    coordinator = site.remembered(Role.COORDINATOR)
    form = {"csrf": coordinator.csrf, "pathway": "immigrant\0track"}
    assert coordinator.client.post("/lister", data=form, files={"file": ("a.csv", b"\0")}).status_code == 400


@pytest.mark.parametrize("form", [{"email": "viby@example.org"}, {"password": "x"}, {}])
def test_the_door_says_what_is_missing_when_only_half_is_typed(site: Site, form: dict[str, str]) -> None:
    answer = site.visitor().posts("/login", None, **form)
    assert (answer.status_code, "Skriv både din e-mail og din adgangskode." in answer.text) == (400, True)


def test_a_correction_is_refused_when_it_names_no_cell(site: Site) -> None:
    answer = site.remembered(Role.JOBCENTER_OFFICER).posts("/lister/ret", at="9" * 5000 + "-1", value="x")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/sag/IM-0001/pause", "/sag/IM-0001"),
        ("/forloeb/immigrant_track/samlet", "/forloeb/immigrant_track"),
        ("/lister/ret", "/lister"),
        ("/indskriv/bekraeft", "/indskriv"),
    ],
)
def test_the_page_of_a_form_is_shown_when_the_address_it_was_sent_to_is_opened(
    site: Site, address: str, page: str
) -> None:
    answer = site.remembered(Role.COORDINATOR).gets(address)
    assert (answer.status_code, answer.headers["location"]) == (303, page)
