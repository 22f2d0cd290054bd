"""A sign-in at the moment in which somebody is taken out, on the database that lets two write at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import text
from sqlmodel import Session

from engine.refusal import Refused
from models.keys import Keyring
from models.session import Database
from models.sign_in import SignIn
from models.staff import Role
from models.types import table
from onboarding import sign_ins, staffing, tokens, users
from onboarding.passwords import is_right
from tests.municipality import VIBY, VIBY_AREA, Municipality
from tests.passwords import quickly_hashed

PASSWORD, ANOTHER = "en lang og opdigtet adgangskode", "en anden og lige så lang adgangskode"
HASHED = quickly_hashed(PASSWORD)
_ANOTHER = quickly_hashed(ANOTHER)

Work = Callable[[Session], object]


@pytest.fixture
def town(postgres: Database, key_file: Path) -> Municipality:
    """A municipality whose coordinator can sign in."""
    made = Municipality(postgres, Keyring.read(key_file))
    with made.database.write() as session:
        users.add_user(session, VIBY, Role.COORDINATOR, HASHED, by="cli:test", at=made.clock.now)
    return made


def one_after_the_other(town: Municipality, first: Work, second: Work, then: Work | None = None) -> object:
    """Both have begun before either is committed; `first` is the first to be, and goes on with `then` when the other
    waits or is done. Gives what `second` gave.
    """

    def in_its_own() -> object:
        with town.database.write() as session:
            return second(session)

    with ThreadPoolExecutor(1) as pool:
        with town.database.write() as session:
            first(session)
            running = pool.submit(in_its_own)
            wait_until_it_waits(town, running)
            if then is not None:
                then(session)
        return running.result(30)


def wait_until_it_waits(town: Municipality, running: Future[object]) -> None:
    """Until the other is done or held up by a lock of ours."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    until = monotonic() + 20
    while monotonic() < until:
        with town.database.read() as session:
            if session.connection().execute(waiting).scalar():
                return
        if wait([running], timeout=0.02).done:
            return
    raise AssertionError("it neither ends nor waits")


def signs_in(town: Municipality, password: str = PASSWORD) -> Work:
    """In one transaction, so that a test can hold it; the password has been looked at as it was when this began."""
    with town.database.write() as before:
        tried = sign_ins.begin_try(before, VIBY, "192.0.2.1", town.clock.now)
    right = is_right(password, tried.known)
    return lambda session: sign_ins.settle(session, tried, town.clock.now, right=right)


def takes_out(town: Municipality) -> Work:
    return lambda session: users.remove(session, VIBY, by="cli:test", at=town.clock.now)


def gives_a_password(session: Session) -> None:
    sign_ins.set_password(session, VIBY, _ANOTHER)


def is_shut_out(town: Municipality) -> bool:
    """No browser is signed in, and none can be: not even when she is added again, until she has a new password."""
    rows = town.rows(table(SignIn), "secret_hash")
    with town.database.write() as session:
        staffing.add_staff(session, VIBY, "Karen Viby", "coordinator", [VIBY_AREA])
    answers = [
        sign_ins.sign_in(town.database, VIBY, password, "192.0.2.1", town.clock.now) for password in (PASSWORD, ANOTHER)
    ]
    return rows == [] and all(isinstance(answer, str) for answer in answers)


def test_nobody_is_signed_in_when_they_are_taken_out_while_they_sign_in(town: Municipality) -> None:
    answer = one_after_the_other(town, takes_out(town), signs_in(town))
    assert isinstance(answer, str)
    assert is_shut_out(town)


def test_a_new_browser_is_signed_out_when_its_owner_is_taken_out_before_it_is_there(town: Municipality) -> None:
    one_after_the_other(town, signs_in(town), takes_out(town))
    assert is_shut_out(town)


def test_a_new_password_is_refused_when_its_owner_is_being_taken_out(town: Municipality) -> None:
    with pytest.raises(Refused, match="ingen aktiv medarbejder"):
        one_after_the_other(town, takes_out(town), gives_a_password)
    assert is_shut_out(town)


def test_a_new_password_opens_nothing_when_its_owner_is_taken_out_before_it_counts(town: Municipality) -> None:
    one_after_the_other(town, gives_a_password, takes_out(town))
    assert is_shut_out(town)


def test_no_old_session_outlives_a_new_password_when_somebody_signs_in_with_the_old_one(town: Municipality) -> None:
    answer = one_after_the_other(town, gives_a_password, signs_in(town))
    assert isinstance(answer, str)
    assert town.rows(table(SignIn), "secret_hash") == []


def test_a_look_is_answered_when_its_browser_is_signed_out_at_the_same_time(town: Municipality) -> None:
    signed_in = sign_ins.sign_in(town.database, VIBY, PASSWORD, "192.0.2.1", town.clock.now)
    assert isinstance(signed_in, sign_ins.SignedIn)
    secret = signed_in.secret
    town.clock.passes(minutes=2)
    one_after_the_other(
        town,
        lambda session: sign_ins.end(session, secret),
        lambda session: sign_ins.seen(session, secret, town.clock.now),
    )
    assert town.rows(table(SignIn), "secret_hash") == []


def test_a_program_is_answered_when_its_token_is_revoked_at_the_same_time(town: Municipality) -> None:
    with town.database.write() as session:
        owner = tokens.owner(session, VIBY)
        made = tokens.issue(session, owner, "Kladdebogen", ["read"], 90, by=VIBY, at=town.clock.now).token.id or 0
    one_after_the_other(
        town,
        lambda session: tokens.revoke_all(session, VIBY, by=VIBY, at=town.clock.now),
        lambda session: tokens.used(session, made, town.clock.now),
    )
    with town.database.read() as session:
        assert tokens.listed(session) == []
