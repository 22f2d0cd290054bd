"""Calendar addresses on either database: whose they are, and what ends them."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.refusal import Refused
from models.staff import Staff
from models.types import table
from onboarding import audit, calendar_feeds, users
from onboarding.staffing import add_staff, remove_staff
from tests.municipality import OFFICER, SYD, VIBY, VIBY_AREA, VIBY_MANAGER, Municipality
from tests.web.site import HASHED


def issued(town: Municipality, email: str = VIBY) -> calendar_feeds.Issued:
    with town.database.write() as session:
        return calendar_feeds.issue(session, email, by=email, at=town.clock.now)


def whose(town: Municipality, secret: str) -> str | None:
    with town.database.read() as session:
        found = calendar_feeds.whose(session, secret)
    return found[0].email if found else None


def is_one_again(town: Municipality, email: str = VIBY) -> None:
    with town.database.write() as session:
        add_staff(session, email, "Karen Viby", "coordinator", [VIBY_AREA])


def test_the_old_address_ends_when_another_is_made(either_town: Municipality) -> None:
    first, his = issued(either_town).secret, issued(either_town, SYD).secret
    assert [whose(either_town, secret) for secret in (first, first + "x", "", his)] == [VIBY, None, None, SYD]
    second = issued(either_town).secret
    assert [whose(either_town, secret) for secret in (first, second, his)] == [None, VIBY, SYD]


def test_every_change_stands_in_the_log_when_addresses_are_made_and_revoked(either_town: Municipality) -> None:
    issued(either_town)
    secret = issued(either_town).secret
    with either_town.database.write() as session:
        assert calendar_feeds.revoke(session, f" {VIBY.upper()} ", by="cli:test", at=either_town.clock.now) == VIBY
    assert whose(either_town, secret) is None
    with either_town.database.read() as session:
        rows, _ = audit.search(session, audit.Wanted("calendar_"), limit=10)
        assert [(row.by, row.action, row.subject, row.purpose) for row in rows] == [
            ("cli:test", "calendar_revoked", VIBY, ""),
            (VIBY, "calendar_made", VIBY, ""),
            (VIBY, "calendar_revoked", VIBY, ""),
            (VIBY, "calendar_made", VIBY, ""),
        ]
        assert audit.verify(session).broken_at is None


def test_it_ends_for_good_when_its_owner_is_taken_out(either_town: Municipality) -> None:
    hers, his = issued(either_town).secret, issued(either_town, SYD).secret
    with either_town.database.write() as session:
        remove_staff(session, VIBY)
    assert (whose(either_town, hers), whose(either_town, his)) == (None, SYD)
    is_one_again(either_town)
    assert whose(either_town, hers) is None


def test_it_ends_for_good_when_its_owner_coordinates_no_longer(either_town: Municipality) -> None:
    secret = issued(either_town).secret
    with either_town.database.write() as session:
        add_staff(session, VIBY, "Karen Viby", "manager", [VIBY_AREA])
    assert whose(either_town, secret) is None
    is_one_again(either_town)
    assert whose(either_town, secret) is None


@pytest.mark.parametrize("change", [{"active": False}, {"role": "manager"}])
def test_it_opens_nothing_when_somebody_lost_their_place_in_any_other_way(
    town: Municipality, change: dict[str, object]
) -> None:
    secret = issued(town).secret
    town.changes(table(Staff), {"email": VIBY}, change)
    assert whose(town, secret) is None


def test_it_ends_when_its_owner_gets_another_password(town: Municipality) -> None:
    secret = issued(town).secret
    with town.database.write() as session:
        users.set_password(session, VIBY, HASHED, by="cli:test", at=town.clock.now)
    assert whose(town, secret) is None


def test_it_stays_when_its_owner_is_corrected(town: Municipality) -> None:
    secret = issued(town).secret
    with town.database.write() as session:
        add_staff(session, VIBY, "Karen Viby Holm", "coordinator", [VIBY_AREA])
    assert whose(town, secret) == VIBY


@pytest.mark.parametrize("email", [VIBY_MANAGER, OFFICER, "nobody@example.org"])
def test_nobody_else_gets_one_when_they_are_no_coordinator(town: Municipality, email: str) -> None:
    with pytest.raises(Refused, match="ingen aktiv koordinator"):
        issued(town, email)


def test_it_is_said_when_there_is_none_to_revoke(town: Municipality) -> None:
    with pytest.raises(Refused, match="ingen kalenderadresse"), town.database.write() as session:
        calendar_feeds.revoke(session, VIBY, by="cli:test", at=town.clock.now)


def test_no_secret_is_shown_or_kept_when_an_address_is_made(town: Municipality) -> None:
    made = issued(town)
    with town.database.read() as session:
        found = calendar_feeds.whose(session, made.secret)
        assert found is not None
        assert made.secret not in f"{made!r} {found!r}"
    folder = Path(str(town.database.url.database)).parent
    assert made.secret.encode() not in b"".join(path.read_bytes() for path in folder.glob("sosu.db*"))
