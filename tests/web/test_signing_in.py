"""In by the door, and by no other way."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from models.audit import AuditRow
from models.session import Database
from models.sign_in import SignIn, Tries
from models.staff import Role
from models.types import table
from onboarding import passwords, sign_ins, staffing, users
from onboarding.passwords import hashed
from tests.municipality import OFFICER, SYD, VIBY, Municipality
from tests.web.site import ADMINISTRATOR, HASHED, PASSWORD, Site, Visitor

_WRONG, _TOO_OFTEN = "E-mail eller adgangskode er forkert", "prøvet for mange gange"


def audited(site: Site) -> list[tuple[str, str]]:
    rows = site.town.rows(table(AuditRow))
    return [(row["by"], row["action"]) for row in rows if row["action"].startswith("sign_in")]


@pytest.mark.parametrize("role", list(Role))
def test_somebody_is_in_when_e_mail_and_password_are_right(site: Site, visitor: Visitor, role: Role) -> None:
    email = site.somebody(role)
    assert not visitor.is_in()
    answer = visitor.signs_in(f" {email.upper()} ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert visitor.is_in()
    assert audited(site) == [(email, "sign_in")]


def test_the_same_is_said_when_the_password_is_wrong_and_when_nobody_has_that_e_mail(site: Site) -> None:
    site.somebody(Role.COORDINATOR)
    without_a_password = SYD
    answers = [
        site.visitor().signs_in(email, password)
        for email, password in ((VIBY, "noget helt andet"), ("ingen@example.org", PASSWORD), (without_a_password, ""))
    ]
    answers[2:] = [site.visitor().signs_in(without_a_password, PASSWORD)]
    assert {answer.status_code for answer in answers} == {401}
    assert all(_WRONG in answer.text for answer in answers)
    assert all("set-cookie" not in answer.headers for answer in answers)
    # Who is not known here is not written down: it may be a password that was typed into the wrong field.
    assert audited(site) == [(VIBY, "sign_in_refused"), ("unknown", "sign_in_refused"), (SYD, "sign_in_refused")]
    assert PASSWORD not in "".join(answer.text for answer in answers)


def test_somebody_is_out_at_once_when_taken_out(site: Site) -> None:
    visitor = site.signed_in()
    assert visitor.is_in()
    with site.town.database.write() as session:
        staffing.remove_staff(session, VIBY)
    assert not visitor.is_in()
    assert _WRONG in visitor.signs_in(VIBY).text


def test_what_somebody_may_changes_at_once_when_their_role_does(site: Site) -> None:
    visitor = site.signed_in()
    assert visitor.gets("/forloeb/immigrant_track").status_code == 200
    with site.town.database.write() as session:
        staffing.put_staff(session, VIBY, "Karen Viby", Role.ADMINISTRATOR, [])
    assert visitor.gets("/forloeb/immigrant_track").status_code == 403


def test_everybody_is_signed_out_who_knew_the_old_password_when_there_is_a_new_one(site: Site) -> None:
    visitor = site.signed_in()
    with site.town.database.write() as session:
        sign_ins.set_password(session, VIBY, hashed("en helt anden lang adgangskode"))
    assert not visitor.is_in()
    assert _WRONG in visitor.signs_in(VIBY).text


def test_even_the_right_password_is_refused_when_there_were_too_many_tries(site: Site, visitor: Visitor) -> None:
    site.somebody(Role.COORDINATOR)
    said = [visitor.signs_in(VIBY, "noget helt andet").text for _ in range(10)]
    assert all(_WRONG in text for text in said)
    assert _TOO_OFTEN in visitor.signs_in(VIBY).text
    site.town.clock.passes(minutes=15)
    assert visitor.signs_in(VIBY).status_code == 303


def test_old_mistakes_do_not_count_when_a_quarter_of_an_hour_has_passed_since_the_first(
    site: Site, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "_TRIES", 2)
    monkeypatch.setattr(sign_ins, "_TRIES_OF_ORIGIN", 3)
    site.somebody(Role.COORDINATOR)
    for _ in range(4):  # one every eight minutes: never three in a quarter of an hour
        assert _WRONG in visitor.signs_in(VIBY, "noget helt andet").text
        site.town.clock.passes(minutes=8)
    assert visitor.signs_in(VIBY).status_code == 303


def test_the_tries_begin_anew_for_that_e_mail_alone_when_somebody_gets_in(
    site: Site, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "_TRIES", 2)
    monkeypatch.setattr(sign_ins, "_TRIES_OF_ORIGIN", 3)
    site.somebody(Role.COORDINATOR)
    for _ in range(2):
        assert _WRONG in visitor.signs_in(VIBY, "noget helt andet").text
        assert visitor.signs_in(VIBY).status_code == 303
    assert _WRONG in visitor.signs_in(VIBY, "noget helt andet").text
    assert _TOO_OFTEN in visitor.signs_in(VIBY).text, "the third from this origin"


def test_one_origin_is_refused_when_it_tries_one_e_mail_after_another(
    site: Site, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "_TRIES_OF_ORIGIN", 4)  # a hundred take a while: each is meant to
    site.somebody(Role.COORDINATOR)
    for number in range(4):
        assert _WRONG in visitor.signs_in(f"nummer{number}@example.org").text
    assert _TOO_OFTEN in visitor.signs_in(VIBY).text


@contextmanager
def handles(town: Municipality) -> Iterator[list[Database]]:
    """Two processes' own ways to the same database."""
    with ExitStack() as closing:
        yield [closing.enter_context(_handle(town)) for _ in range(2)]


@contextmanager
def _handle(town: Municipality) -> Iterator[Database]:
    made = Database(town.database.url.render_as_string(hide_password=False))
    try:
        yield made
    finally:
        made.close()


def test_tries_are_counted_together_when_two_processes_answer(either_town: Municipality) -> None:
    town = either_town
    with town.database.write() as session:
        users.add_user(session, ADMINISTRATOR, Role.ADMINISTRATOR, HASHED, by="cli:test", at=town.clock.now)

    def tries(database: Database, password: str) -> Any:
        try:
            return sign_ins.sign_in(database, ADMINISTRATOR, password, "192.0.2.1", town.clock.now)
        except sign_ins.TooManyTries as refused:
            return refused.reasons[0]

    with handles(town) as both:
        assert all(_WRONG in tries(both[number % 2], "noget helt andet") for number in range(10))
        assert all(_TOO_OFTEN in tries(database, PASSWORD) for database in both)


def test_both_are_answered_and_counted_when_two_processes_count_the_first_try(either_town: Municipality) -> None:
    town = either_town

    def tries(database: Database, *, slowly: bool = False) -> Any:
        with database.write() as session:
            tried = sign_ins.begin_try(session, VIBY, "192.0.2.1", town.clock.now)
            started.set()
            sleep(slowly)  # before this one has committed, the other is as far as it gets
        with database.write() as session:
            return sign_ins.settle(session, tried, town.clock.now, right=False)

    started = Event()
    with handles(town) as (first, second), ThreadPoolExecutor() as pool:
        slow = pool.submit(tries, first, slowly=True)
        started.wait(10)
        assert _WRONG in tries(second)
        assert _WRONG in slow.result(30)
    assert {row["count"] for row in town.rows(table(Tries), "key")} == {2}


class Counting(PasswordHash):
    """Does what it always does, and remembers how often."""

    verified: int = 0

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:  # noqa: A002  the library's name for it
        self.verified += 1
        return super().verify(password, hash)


def test_as_much_work_is_done_when_nobody_has_that_e_mail(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time must not tell who is known. Hashing takes it; a clock in a test would only tell of the machine."""
    site.somebody(Role.COORDINATOR)
    counting = Counting((Argon2Hasher(),))
    monkeypatch.setattr(passwords, "_HASH", counting)
    work = []
    for email in (VIBY, OFFICER, "ingen@example.org"):  # known; known and without a password; unknown
        before = counting.verified
        assert _WRONG in site.visitor().signs_in(email, "noget helt andet").text
        work.append(counting.verified - before)
    assert work == [1, 1, 1]
    for kept in (hashed("en lang adgangskode").text, passwords._NOBODYS):  # and each is as much as is usual
        assert not Argon2Hasher().check_needs_rehash(kept)


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/forloeb/immigrant_track", "/forloeb/immigrant_track"),
        ("/forloeb?vis=frist", "/forloeb?vis=frist"),
        ("https://example.com/", "/"),
        ("//example.com/", "/"),
        ("/\\example.com/", "/"),
        ("/\t/example.com/", "/"),
        ("\n//example.com/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_nobody_is_led_away_when_the_address_to_go_on_to_is_not_ours(site: Site, wanted: str, led_to: str) -> None:
    visitor = site.visitor()
    answer = visitor.signs_in(site.somebody(Role.COORDINATOR), next=wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, led_to)
    again = visitor.client.get("/login", params={"next": wanted})
    assert (again.status_code, again.headers["location"]) == (303, led_to)


def test_the_database_opens_nothing_when_somebody_steals_it(site: Site) -> None:
    visitor = site.signed_in()
    [row] = site.town.rows(table(SignIn), "secret_hash")
    secret = visitor.client.cookies["sosu"]
    assert secret not in str(row)
    thief = site.visitor()
    thief.client.cookies.set("sosu", row["secret_hash"])
    assert not thief.is_in()
    thief.client.cookies.set("sosu", visitor.csrf)
    assert not thief.is_in()


def test_it_is_said_when_to_come_back_when_there_were_too_many_tries(site: Site, visitor: Visitor) -> None:
    site.somebody(Role.COORDINATOR)
    for _ in range(10):
        assert visitor.signs_in(VIBY, "noget helt andet").status_code == 401
    site.town.clock.passes(minutes=5)
    answer = visitor.signs_in(VIBY)
    assert (answer.status_code, answer.headers["retry-after"], _TOO_OFTEN in answer.text) == (429, "600", True)


def test_no_more_than_ten_are_looked_at_when_they_are_tried_at_the_same_moment(either_town: Municipality) -> None:
    with either_town.database.write() as session:
        users.add_user(session, VIBY, Role.COORDINATOR, HASHED, by="cli:test", at=either_town.clock.now)

    def tries(_: int) -> str:
        try:
            return str(sign_ins.sign_in(either_town.database, VIBY, "noget helt andet", "192.0.2.1", at))
        except sign_ins.TooManyTries as refused:
            return refused.reasons[0]

    at = either_town.clock.now
    with ThreadPoolExecutor(15) as pool:
        said = list(pool.map(tries, range(15)))
    assert [sum(part in one for one in said) for part in (_WRONG, _TOO_OFTEN)] == [10, 5]


class Slow(PasswordHash):
    """Takes its time, and remembers how many were at it together."""

    most = now = 0

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:  # noqa: A002  the library's name for it
        self.now += 1
        self.most = max(self.most, self.now)
        sleep(0.1)
        self.now -= 1
        return False


def test_a_coordinator_works_on_when_a_crowd_tries_passwords(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the database nor the threads that answer are held while passwords are looked at."""
    coordinator, slow = site.remembered(Role.COORDINATOR), Slow((Argon2Hasher(),))
    crowd = [site.visitor() for _ in range(60)]
    monkeypatch.setattr(passwords, "_HASH", slow)
    with ThreadPoolExecutor(60) as pool:
        trying = [pool.submit(one.signs_in, f"{number}@example.org", "x") for number, one in enumerate(crowd)]
        while not slow.most:
            sleep(0.01)
        began = monotonic()
        assert coordinator.gets("/").status_code == 200
        with site.town.database.write():
            pass
        took = monotonic() - began
        assert not all(one.done() for one in trying), "they are still at it"
        assert {one.result(30).status_code for one in trying} == {401}
    assert took < 1.5
    assert slow.most <= passwords.AT_ONCE
