"""Whoever loses their access while they wait for their turn to write does not write any more."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlmodel import Session

from models.staff import Role
from onboarding import staffing, users
from tests.municipality import SYD_AREA, VIBY, VIBY_AREA
from tests.web.site import ADMINISTRATOR, PASSWORD, Site

#: Long enough that the one who waits has been let in, and has asked for the turn that somebody else has.
_MEANWHILE = 1.0


def _taken_out(session: Session) -> None:
    staffing.remove_staff(session, VIBY)


def _demoted(session: Session) -> None:
    staffing.put_staff(session, VIBY, "Karen Viby", "manager", [VIBY_AREA])


def _moved(session: Session) -> None:
    staffing.put_staff(session, VIBY, "Karen Viby", "coordinator", [SYD_AREA])


def meanwhile(site: Site, change: Callable[[Session], object], post: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer to a post that was sent while somebody else was writing `change`."""
    with ThreadPoolExecutor(1) as waiting:
        with site.town.database.write() as session:
            change(session)  # the first statement takes the turn
            answer = waiting.submit(post)
            time.sleep(_MEANWHILE)
        return answer.result(30)


@pytest.mark.parametrize("change", [_taken_out, _demoted, _moved])
def test_nothing_is_written_in_the_name_of_somebody_who_lost_access_when_they_were_waiting(
    site: Site, change: Callable[[Session], object]
) -> None:
    olena, karen = site.town.enrols(), site.signed_in()
    form = {"revision": "1", "command_id": "karen-1", "reason": "illness"}
    answer = meanwhile(site, change, lambda: karen.posts(f"/sag/{olena.reference}/pause", **form))
    assert (answer.status_code, "Din adgang er ændret" in answer.text) == (403, True)
    assert olena.status == "open"


def test_no_program_acts_for_somebody_who_was_taken_out_when_it_was_waiting(site: Site) -> None:
    olena, program = site.town.enrols(), site.program("act")
    answer = meanwhile(
        site, _taken_out, lambda: program.post(f"/cases/{olena.reference}/pause", json={"reason": "illness"})
    )
    assert (answer.status_code, answer.json()["reasons"]) == (403, ["Ejerens adgang er ændret imens. Intet er gemt."])
    assert olena.status == "open"


def test_nobody_is_made_by_an_administrator_who_was_taken_out_when_they_were_waiting(site: Site) -> None:
    administrator = site.signed_in(Role.ADMINISTRATOR)
    new = {"email": "ny@example.org", "name": "Nana Ny", "role": "administrator", "password": PASSWORD}
    answer = meanwhile(
        site,
        lambda session: users.take_out(session, ADMINISTRATOR, by="cli:drift", at=site.town.clock.now),
        lambda: administrator.posts("/administration/gem", **new),
    )
    assert answer.status_code == 403
    with site.town.database.read() as session:
        assert "ny@example.org" not in {person["staff"] for person in staffing.staff(session)}
