from __future__ import annotations

from typing import Any

import pytest

from engine.refusal import Refused
from models.audit import AuditRow
from models.staff import Role
from models.types import table
from onboarding import audit, sign_ins, staffing, users
from onboarding.passwords import hashed
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA, Municipality

PASSWORD = "en lang og opdigtet adgangskode"
ADMINISTRATOR = "admin@example.org"


def added(town: Municipality, email: str, role: str, *areas: str, password: str = PASSWORD, **more: Any) -> Any:
    with town.database.write() as session:
        return users.add_user(
            session, email, role, hashed(password), by="cli:test", at=town.clock.now, areas=areas, **more
        )


def signs_in(town: Municipality, email: str, password: str = PASSWORD) -> bool:
    return not isinstance(sign_ins.sign_in(town.database, email, password, "127.0.0.1", town.clock.now), str)


@pytest.mark.parametrize("role", list(Role))
def test_somebody_signs_in_when_added_in_any_of_the_five_roles(town: Municipality, role: Role) -> None:
    made = added(town, " Ny@Example.org ", role, SYD_AREA, name="Ny Kollega")
    assert made == {"user": "ny@example.org", "role": role, "areas": [SYD_AREA], "created": True}
    assert signs_in(town, "ny@example.org")
    assert not signs_in(town, "ny@example.org", "noget helt andet")


def test_staff_keep_their_name_and_areas_when_they_are_only_given_a_password(either_town: Municipality) -> None:
    made = added(either_town, VIBY, "coordinator")
    assert made == {"user": VIBY, "role": "coordinator", "areas": [VIBY_AREA], "created": False}
    with either_town.database.read() as session:
        known = [{"user": VIBY, "name": "Karen Viby", "role": "coordinator", "areas": [VIBY_AREA]}]
        assert users.users(session) == known


def test_somebody_is_called_by_the_e_mail_when_no_name_is_given(town: Municipality) -> None:
    added(town, ADMINISTRATOR, "administrator")
    with town.database.read() as session:
        assert [(person["name"], person["areas"]) for person in users.users(session)] == [("admin", [])]


@pytest.mark.parametrize(
    ("role", "password", "said"), [("chef", PASSWORD, "data_protection_officer"), ("manager", "for kort", "12")]
)
def test_nobody_is_added_when_something_is_wrong(town: Municipality, role: str, password: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        added(town, "ny@example.org", role, password=password)
    with town.database.read() as session:
        assert "ny@example.org" not in {person["staff"] for person in staffing.staff(session)}


def test_it_stands_in_the_audit_log_when_somebody_is_given_a_role(town: Municipality) -> None:
    added(town, "ny@example.org", "coordinator", SYD_AREA, VIBY_AREA)
    added(town, "ny@example.org", "manager")
    added(town, "ny@example.org", "data_protection_officer")
    added(town, ADMINISTRATOR, "coordinator")
    rows = [(row["by"], row["action"], row["subject"], row["purpose"]) for row in town.rows(table(AuditRow))]
    password = ("cli:test", "password_set", "ny@example.org", "")
    assert rows[:-1] == [
        ("cli:test", "user_added", "ny@example.org", f"coordinator: {SYD_AREA}, {VIBY_AREA}"),
        password,
        ("cli:test", "user_changed", "ny@example.org", f"manager: {SYD_AREA}, {VIBY_AREA}"),
        password,
        ("cli:test", "user_changed", "ny@example.org", "data_protection_officer"),
        password,
        ("cli:test", "user_added", ADMINISTRATOR, "coordinator: *"),
    ]


def test_every_area_stands_in_the_audit_log_when_they_are_many(either_town: Municipality) -> None:
    names = [f"Område {number:02} {'x' * 100}" for number in range(40)]
    with either_town.database.write() as session:
        for name in names:
            staffing.add_area(session, name)
        users.put_staff(session, SYD, "Lars Syd", "coordinator", names, by="cli:test", at=either_town.clock.now)
    assert either_town.rows(table(AuditRow))[-1]["purpose"] == f"coordinator: {', '.join(names)}"
    with either_town.database.read() as session:
        assert audit.verify(session).broken_at is None


def corrected(town: Municipality, email: str, name: str, role: str, *areas: str) -> Any:
    with town.database.write() as session:
        return users.put_staff(session, email, name, role, areas, by="cli:test", at=town.clock.now)


def test_staff_keep_their_areas_when_only_their_name_is_corrected(either_town: Municipality) -> None:
    made = corrected(either_town, VIBY, "Karen Jensen", "coordinator")
    assert made == {"staff": VIBY, "role": "coordinator", "areas": [VIBY_AREA], "created": False, "stood_in_for": []}


def test_the_last_administrator_stays_one_when_given_another_role_in_any_way(town: Municipality) -> None:
    added(town, ADMINISTRATOR, "administrator")
    with pytest.raises(Refused, match="mindst én administrator"):
        corrected(town, ADMINISTRATOR, "Admin", "coordinator", SYD_AREA)
    with pytest.raises(Refused, match="mindst én administrator"):
        added(town, ADMINISTRATOR, "data_protection_officer")
    added(town, "ny@example.org", "administrator")
    assert added(town, ADMINISTRATOR, "data_protection_officer")["role"] == "data_protection_officer"


@pytest.mark.parametrize(("role", "areas"), [("coordinator", [SYD_AREA]), ("manager", [VIBY_AREA])])
def test_no_case_is_left_with_whoever_cannot_work_on_it_when_rights_change(
    either_town: Municipality, role: str, areas: list[str]
) -> None:
    either_town.enrols()
    either_town.enrols("Iryna Bondar")
    either_town.enrols("Bogdan Popescu").drops_out()
    with pytest.raises(Refused, match=r"koordinator for 2 åbne sager.*/forloeb/alle\?koordinator=\d+"):
        corrected(either_town, VIBY, "Karen Viby", role, *areas)
    assert corrected(either_town, VIBY, "Karen Ny", "coordinator", SYD_AREA, VIBY_AREA)["areas"] == [
        SYD_AREA,
        VIBY_AREA,
    ]


def test_a_name_is_corrected_when_cases_were_out_of_reach_before(town: Municipality) -> None:
    """A provider's word is not refused, and must not stop what has nothing to do with it."""
    town.enrols()
    with town.database.write() as session:
        staffing.put_staff(session, VIBY, "Karen Viby", "coordinator", [SYD_AREA])
    assert corrected(town, VIBY, "Karen Ny", "coordinator")["areas"] == [SYD_AREA]


def test_the_old_password_opens_nothing_when_somebody_comes_back_after_being_taken_out(
    either_town: Municipality,
) -> None:
    added(either_town, VIBY, "coordinator")
    signed_in = sign_ins.sign_in(either_town.database, VIBY, PASSWORD, "127.0.0.1", either_town.clock.now)
    assert not isinstance(signed_in, str)
    with either_town.database.write() as session:
        staffing.remove_staff(session, VIBY)
        staffing.add_staff(session, VIBY, "Karen Viby", "coordinator", [VIBY_AREA])
    assert not signs_in(either_town, VIBY)
    with either_town.database.read() as session:
        assert sign_ins.who(session, signed_in.secret, either_town.clock.now) is None
