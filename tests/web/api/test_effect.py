"""Whether reminders are heard, as a program is told."""

from __future__ import annotations

from models.staff import Role
from tests.web.site import Site
from tests.web.test_effect import reminded


def test_a_program_is_told_no_small_count_when_it_asks_whether_reminders_are_heard(site: Site) -> None:
    reminded(site, people=12, heard=4)
    program = site.program("read", role=Role.MANAGER)
    said = program.get("/pathways/immigrant_track/effect", params={"to": "2026-12-31"}).json()
    assert {name: said[name] for name in ("pathway", "from", "to")} == {
        "pathway": "immigrant_track",
        "from": None,
        "to": "2026-12-31",
    }
    late = next(one for one in said["reminders"] if one["kind"] == "reminder_after")
    assert late == {
        "kind": "reminder_after",
        "sent": 12,
        "followed": None,
        "share": None,
        "days": None,
        "too_early": 0,
    }
    assert program.get("/pathways/no_such_track/effect").status_code == 404
    turned = program.get("/pathways/immigrant_track/effect", params={"from": "2026-12-31", "to": "2026-01-01"})
    assert turned.status_code == 422
    assert site.program("read", role=Role.ADMINISTRATOR).get("/pathways/immigrant_track/effect").status_code == 403
