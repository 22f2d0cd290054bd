"""What a provider's word makes of somebody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine.refusal import Refused
from models.audit import AuditRow
from models.sign_in import SignIn
from models.staff import Role
from models.types import table
from onboarding import sign_ins, staffing, users
from onboarding.arriving import Arrival, Grant, arrive, read_grants
from onboarding.passwords import hashed
from tests.municipality import SYD, SYD_AREA, VIBY, VIBY_AREA, Municipality

GRANTS = {
    "viby": Grant(Role.COORDINATOR, (VIBY_AREA,)),
    "syd": Grant(Role.COORDINATOR, (SYD_AREA.upper(),)),
    "overalt": Grant(Role.COORDINATOR),
    "leder": Grant(Role.MANAGER),
    "atlantis": Grant(Role.MANAGER, ("Atlantis",)),
}


def arrives(town: Municipality, *values: str, **who: Any) -> sign_ins.SignedIn | str:
    given = {"issuer": "https://login.example.org", "subject": "karen", "email": VIBY, "name": "Karen fra Kontoen"}
    with town.database.write() as session:
        return arrive(session, GRANTS, Arrival(**(given | who), values=values), town.clock.now)


def somebody(town: Municipality, email: str = VIBY) -> dict[str, Any]:
    with town.database.read() as session:
        return next(({} | one for one in users.people(session, town.clock.now) if one["staff"] == email), {})


def audited(town: Municipality) -> list[tuple[str, str]]:
    return [(row["action"], row["subject"] or row["by"]) for row in town.rows(table(AuditRow))]


def is_in(town: Municipality, signed_in: sign_ins.SignedIn | str) -> bool:
    assert not isinstance(signed_in, str)
    with town.database.read() as session:
        return sign_ins.who(session, signed_in.secret, town.clock.now) is not None


@pytest.mark.parametrize(
    ("values", "role", "areas"),
    [
        (["viby"], "coordinator", [VIBY_AREA]),
        (["viby", "syd", "noget andet"], "coordinator", [SYD_AREA, VIBY_AREA]),
        (["viby", "viby"], "coordinator", [VIBY_AREA]),
        (["viby", "overalt"], "coordinator", []),
        (["leder"], "manager", []),
    ],
)
def test_role_and_areas_are_the_providers_when_somebody_known_arrives(
    either_town: Municipality, values: list[str], role: str, areas: list[str]
) -> None:
    assert is_in(either_town, arrives(either_town, *values))
    found = somebody(either_town)
    assert (found["name"], found["role"], found["areas"]) == ("Karen Viby", role, areas)
    assert found["work_account"]


def test_somebody_new_is_made_when_nobody_has_that_e_mail(either_town: Municipality) -> None:
    assert is_in(either_town, arrives(either_town, "leder", subject="ny", email=" Ny@Example.org", name="Nana  Ny"))
    assert somebody(either_town, "ny@example.org")["name"] == "Nana Ny"
    assert audited(either_town) == [
        ("user_added", "ny@example.org"),
        ("account_bound", "ny@example.org"),
        ("sign_in", "ny@example.org"),
    ]


def test_the_log_says_so_when_the_role_or_the_areas_are_others_than_before(either_town: Municipality) -> None:
    for values in (["viby"], ["viby"], ["viby", "syd"], ["leder"]):
        arrives(either_town, *values)
    assert [action for action, _ in audited(either_town)] == [
        *("account_bound", "sign_in"),
        "sign_in",
        *("user_changed", "sign_in"),
        *("user_changed", "sign_in"),
    ]
    rows = either_town.rows(table(AuditRow))
    assert {row["by"] for row in rows} == {"openid", VIBY}
    assert [row["purpose"] for row in rows if row["action"] == "user_changed"] == [
        f"coordinator: {SYD_AREA}, {VIBY_AREA}",
        "manager: *",
    ]


def test_somebody_is_known_by_the_provider_and_not_by_the_e_mail_when_that_changes(either_town: Municipality) -> None:
    arrives(either_town, "viby")
    arrives(either_town, "viby", email="karen.nygift@example.org")
    arrives(either_town, "viby", email=SYD)  # whoever else has it
    assert somebody(either_town)["browsers"] == 3
    assert not somebody(either_town, SYD)["work_account"]


@pytest.mark.parametrize("another", [{"subject": "another"}, {"issuer": "https://another.example.org"}])
def test_nobody_gets_the_rights_of_another_when_they_come_with_the_e_mail_of_one(
    either_town: Municipality, another: dict[str, str]
) -> None:
    karen = arrives(either_town, "viby")
    assert "hører til en anden konto" in str(arrives(either_town, "viby", **another))
    assert is_in(either_town, karen)
    assert audited(either_town)[-1] == ("sign_in_refused", VIBY)
    assert either_town.rows(table(AuditRow))[-1]["by"] == "unknown"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], "giver ikke adgang"),
        (["andet"], "giver ikke adgang"),
        (["viby", "leder"], "ikke kan forenes"),
        (["atlantis"], "»Atlantis«"),
    ],
)
def test_somebody_is_signed_out_everywhere_when_the_claim_gives_nothing_any_more(
    either_town: Municipality, values: list[str], said: str
) -> None:
    karen = arrives(either_town, "viby")
    assert said in str(arrives(either_town, *values))
    assert not is_in(either_town, karen)
    assert audited(either_town)[-1] == ("sign_in_refused", VIBY)


def test_nobody_is_signed_out_by_their_e_mail_alone_when_the_claim_gives_nothing(town: Municipality) -> None:
    with town.database.write() as session:
        users.add_user(session, VIBY, "coordinator", hashed("en lang adgangskode"), by="cli:test", at=town.clock.now)
    karen = sign_ins.sign_in(town.database, VIBY, "en lang adgangskode", "127.0.0.1", town.clock.now)
    arrives(town, subject="somebody-else")
    assert is_in(town, karen)


@pytest.mark.parametrize("who", [{}, {"email": "karen.nygift@example.org"}, {"subject": "a-new-account"}])
def test_somebody_stays_out_when_taken_out(either_town: Municipality, who: dict[str, str]) -> None:
    arrives(either_town, "viby")
    with either_town.database.write() as session:
        staffing.remove_staff(session, VIBY)
    assert isinstance(arrives(either_town, "viby", **who), str)
    assert audited(either_town)[-1] == ("sign_in_refused", VIBY)
    assert not somebody(either_town)["active"]
    assert either_town.count(SignIn) == 0


def test_a_new_account_is_theirs_when_somebody_was_taken_out_and_added_again(either_town: Municipality) -> None:
    arrives(either_town, "viby")
    with either_town.database.write() as session:
        staffing.remove_staff(session, VIBY)
        staffing.add_staff(session, VIBY, "Karen Viby", "coordinator", [VIBY_AREA])
    assert not somebody(either_town)["work_account"]
    assert is_in(either_town, arrives(either_town, "viby", subject="a-new-account"))
    assert "hører til en anden konto" in str(arrives(either_town, "viby"))


def test_nobody_is_made_when_the_account_has_no_e_mail(town: Municipality) -> None:
    before = somebody(town)
    assert "ingen bekræftet e-mail" in str(arrives(town, "viby", email=None))
    assert somebody(town) == before


def test_somebody_is_made_once_when_two_browsers_arrive_at_the_same_time(either_town: Municipality) -> None:
    with ThreadPoolExecutor(8) as pool:
        who = {"subject": "ny", "email": "ny@example.org"}
        found = list(pool.map(lambda _: arrives(either_town, "leder", **who), range(8)))
    assert all(is_in(either_town, signed_in) for signed_in in found)
    assert [action for action, _ in audited(either_town)].count("user_added") == 1


def test_a_mapping_is_read_when_it_is_right() -> None:
    text = '{"v": {"role": "coordinator", "areas": ["Viby-Højbjerg", "Syd"]}, "d": {"role": "data_protection_officer"}}'
    assert read_grants(text) == {
        "v": Grant(Role.COORDINATOR, ("Viby-Højbjerg", "Syd")),
        "d": Grant(Role.DATA_PROTECTION_OFFICER),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ikke gyldig JSON"),
        ("{'v': 1}", "ikke gyldig JSON"),
        ('{"v": {"role": "manager"}, "v": {"role": "administrator"}}', "to gange"),
        ("[]", "giver ingen adgang"),
        ("{}", "giver ingen adgang"),
        ('{"v": "manager"}', "»v« skal have »role«"),
        ('{"v": {"areas": []}}', "»v« skal have »role«"),
        ('{"v": {"role": "manager", "area": "Syd"}}', "»v« skal have »role«"),
        ('{"v": {"role": "chef"}}', "data_protection_officer"),
        ('{"v": {"role": ["manager"]}}', "data_protection_officer"),
        ('{"v": {"role": "manager", "areas": "Syd"}}', "en liste af navne"),
        ('{"v": {"role": "manager", "areas": [" "]}}', "en liste af navne"),
    ],
)
def test_a_mapping_is_refused_with_the_remedy_when_something_is_wrong(text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_grants(text)
