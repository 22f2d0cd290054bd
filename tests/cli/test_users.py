"""Who signs in, and the audit log, from a terminal."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.cli.running import Sosu
from tests.municipality import SYD_AREA, VIBY, VIBY_AREA

PASSWORD = "en lang og opdigtet adgangskode"
ADMINISTRATOR = "admin@example.org"


def test_somebody_can_sign_in_when_added_with_a_password_from_standard_input(quick: Sosu) -> None:
    made = quick.json(
        "user", "add", ADMINISTRATOR, "--role", "administrator", "--password-stdin", stdin=f"{PASSWORD}\n"
    )
    assert made == {"user": ADMINISTRATOR, "role": "administrator", "areas": [], "created": True}
    said = quick("user", "add", VIBY, "--role", "coordinator", "--password-stdin", stdin=PASSWORD).out
    assert said == f"{VIBY} kan nu logge ind: coordinator, {VIBY_AREA}.\n"
    assert [(p["user"], p["areas"]) for p in quick.json("user", "list")] == [(ADMINISTRATOR, []), (VIBY, [VIBY_AREA])]
    assert "Karen Viby" in quick("user", "list").out
    stored = b"".join(path.read_bytes() for path in quick.home.glob("sosu.db*"))
    assert PASSWORD.encode() not in stored


def test_staff_keep_to_the_three_roles_that_are_told_things_when_added_without_a_password(quick: Sosu) -> None:
    said = quick.refused("staff", "add", ADMINISTRATOR, "--name", "Admin", "--role", "administrator")
    assert "coordinator, manager, jobcenter_officer" in said


def test_it_is_refused_with_the_remedy_when_nobody_can_be_asked_for_a_password(quick: Sosu) -> None:
    assert "--password-stdin" in quick.refused("user", "add", ADMINISTRATOR, "--role", "administrator")
    short = ("user", "add", ADMINISTRATOR, "--role", "administrator", "--password-stdin")
    assert "12 tegn" in quick.refused(*short, stdin="for kort\n")
    assert "findes ikke" in quick.refused(*short, "--area", "Ukendt", stdin=PASSWORD)


def test_the_row_is_named_when_somebody_changed_the_audit_log(quick: Sosu) -> None:
    for email, role in ((ADMINISTRATOR, "administrator"), ("dpo@example.org", "data_protection_officer")):
        quick("user", "add", email, "--role", role, "--area", SYD_AREA, "--password-stdin", stdin=PASSWORD)
    found = quick.json("audit", "verify")
    assert (found["ok"], found["rows"], found["broken_at"]) == (True, 4, None)
    said = quick("audit", "verify", "--seal", found["seal"]).out
    assert said.startswith(f"Revisionssporet er helt: 4 rækker.\nSegl: {found['seal']}\n")
    assert "passer ikke til seglet" in quick("audit", "verify", "--seal", f"4-{'0' * 64}", code=1).err
    with closing(sqlite3.connect(quick.database)) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE audit SET purpose = 'manager' WHERE id = 2")
    assert "brudt ved række 2" in quick("audit", "verify", code=1).err
    broken = quick("audit", "verify", "--json", code=1).json
    assert broken == {"ok": False, "rows": 1, "broken_at": 2, "seal": "", "fits": None}


def test_it_is_kept_who_did_it_when_staff_and_areas_are_changed_in_a_terminal(quick: Sosu) -> None:
    for words in (
        ("area", "add", "Nord"),
        ("area", "add", "Nord"),  # there already: nothing was done
        ("staff", "add", "ny@example.org", "--name", "Nana Ny", "--role", "manager", "--area", "Nord"),
        ("staff", "add", "ny@example.org", "--name", "Nana Ny", "--role", "coordinator", "--area", "Nord"),
        ("staff", "remove", "ny@example.org"),
    ):
        quick(*words)
    with closing(sqlite3.connect(quick.database)) as connection:
        rows = connection.execute("SELECT by, action, subject, purpose FROM audit ORDER BY id").fetchall()
    assert [row[1:] for row in rows] == [
        ("area_added", "Nord", ""),
        ("user_added", "ny@example.org", "manager: Nord"),
        ("user_changed", "ny@example.org", "coordinator: Nord"),
        ("user_removed", "ny@example.org", ""),
    ]
    assert {row[0].partition(":")[0] for row in rows} == {"cli"}


def test_a_name_is_all_that_changes_when_it_is_all_that_is_corrected_in_a_terminal(quick: Sosu) -> None:
    said = quick("staff", "add", VIBY, "--name", "Karen Jensen", "--role", "coordinator").out
    assert said == f"{VIBY} er rettet: coordinator, {VIBY_AREA}.\n"
    quick("user", "add", ADMINISTRATOR, "--role", "administrator", "--password-stdin", stdin=PASSWORD)
    demoted = ("staff", "add", ADMINISTRATOR, "--name", "Admin", "--role", "coordinator", "--area", SYD_AREA)
    assert "mindst én administrator" in quick.refused(*demoted)
