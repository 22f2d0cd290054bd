"""What a token opens, for how long, and in whose name."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from models.access_token import AccessToken
from models.staff import Role
from onboarding import audit, staffing, users
from tests.municipality import OFFICER, SYD, SYD_AREA, VIBY, VIBY_AREA
from tests.web.site import Site


def test_a_program_is_told_who_it_is_when_it_asks(site: Site) -> None:
    assert site.program("read", "act").get("/me").json() == {
        "staff": VIBY,
        "name": "Karen Viby",
        "role": "coordinator",
        "areas": [VIBY_AREA],
        "token": {"name": site_token(site).name, "scopes": ["read", "act"], "ends_at": "2026-12-06T08:00:00Z"},
    }


def site_token(site: Site) -> AccessToken:
    with site.town.database.read() as session:
        return session.exec(select(AccessToken)).one()


def test_a_token_opens_nothing_when_its_time_is_over(site: Site) -> None:
    program = site.program_with(site.token(days=1))
    site.town.clock.passes(days=1, seconds=-1)
    assert program.get("/me").status_code == 200
    site.town.clock.passes(seconds=1)
    answer = program.get("/me")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer error="invalid_token"')


def test_a_token_opens_nothing_when_its_owner_is_taken_out_even_if_they_come_back(site: Site) -> None:
    program = site.program()
    with site.town.database.write() as session:
        users.remove(session, VIBY, by="cli:test", at=site.town.clock.now)
    assert program.get("/me").status_code == 401
    with site.town.database.write() as session:
        staffing.add_staff(session, VIBY, "Karen Viby", "coordinator", [VIBY_AREA])
    assert program.get("/me").status_code == 401


def test_a_token_loses_what_its_owners_role_loses_when_that_changes(site: Site) -> None:
    olena = site.town.enrols()
    site.town.enrols(area=SYD_AREA, coordinator=SYD)
    program = site.program("read", "act")
    assert program.get("/pathways/immigrant_track/report").status_code == 200
    with site.town.database.write() as session:
        staffing.put_staff(session, VIBY, "Karen", "jobcenter_officer", [])  # as a provider's word would
    assert program.get("/pathways/immigrant_track/report").status_code == 403
    assert program.post(f"/cases/{olena.reference}/undo").status_code == 403
    assert program.get("/cases").json()["total"] == 1, "she enrolled nobody, and one is still hers"


def test_a_token_sees_another_area_when_its_owner_does(site: Site) -> None:
    site.town.enrols()
    program = site.program("read", email=SYD)
    assert program.get("/cases").json()["total"] == 0
    with site.town.database.write() as session:
        users.change(session, SYD, "Lars", "coordinator", [VIBY_AREA, SYD_AREA], by="cli:x", at=site.town.clock.now)
    assert program.get("/cases").json()["total"] == 1


def test_the_last_use_is_written_once_a_minute_when_a_program_asks_all_the_time(site: Site) -> None:
    program, clock = site.program(), site.town.clock
    began = clock.now
    for seconds, written in ((0, began), (59, began), (1, None)):
        clock.passes(seconds=seconds)
        program.get("/me")
        assert site_token(site).used_at == (written or clock.now)


def test_what_a_program_does_is_its_owners_when_it_does_it(site: Site) -> None:
    olena = site.town.enrols()
    site.program("act").post(f"/cases/{olena.reference}/pause", json={"reason": "illness"})
    assert olena.shown()["transitions"][-1]["by"] == VIBY


def test_no_secret_is_in_the_database_when_a_token_is_made(site: Site) -> None:
    secret = site.token()
    files = Path(str(site.town.database.url.database)).parent.glob("sosu.db*")
    kept = b"".join(path.read_bytes() for path in files)
    assert secret.encode() not in kept
    assert secret.removeprefix("sosu_").encode() not in kept


def test_the_chain_of_the_log_is_whole_when_tokens_came_and_went(site: Site) -> None:
    site.program()
    with site.town.database.read() as session:
        assert audit.verify(session).broken_at is None


def test_a_service_account_acts_when_it_has_no_password(site: Site) -> None:
    """The officer of the municipality was added as staff, and has never signed in."""
    assert site.program("enrol", email=OFFICER).get("/me").json()["role"] == "jobcenter_officer"


@pytest.mark.parametrize("path", ["/api/v1/me", "/metrics"])
def test_a_cookie_opens_nothing_when_a_browser_asks(site: Site, path: str) -> None:
    answer: httpx.Response = site.remembered(Role.ADMINISTRATOR).gets(path)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
