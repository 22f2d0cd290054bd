"""Tokens on either database: whose they are, until when, and what ends them."""

from __future__ import annotations

import pytest

from engine.refusal import Refused
from onboarding import audit, tokens
from onboarding.staffing import remove_staff
from tests.municipality import SYD, VIBY, Municipality


def issued(town: Municipality, email: str = VIBY, name: str = "Kladdebogen", days: int = 90) -> tokens.Issued:
    with town.database.write() as session:
        owner = tokens.owner(session, email)
        return tokens.issue(session, owner, name, ["read", "act"], days, by=email, at=town.clock.now)


def whose(town: Municipality, secret: str) -> str | None:
    with town.database.read() as session:
        found = tokens.who(session, secret, town.clock.now)
    return found[0].email if found else None


def test_a_secret_is_its_owners_until_its_time_is_over(either_town: Municipality) -> None:
    secret = issued(either_town, days=2).secret
    assert whose(either_town, secret) == VIBY
    assert whose(either_town, secret + "x") is None
    either_town.clock.passes(days=2)
    assert whose(either_town, secret) is None


def test_only_the_owners_go_when_somebody_is_taken_out(either_town: Municipality) -> None:
    hers, his = issued(either_town), issued(either_town, SYD)
    with either_town.database.write() as session:
        remove_staff(session, VIBY)
    assert (whose(either_town, hers.secret), whose(either_town, his.secret)) == (None, SYD)


def test_all_of_somebodys_go_when_they_are_revoked_together(either_town: Municipality) -> None:
    secrets = [issued(either_town, name=name).secret for name in ("en", "to")]
    other = issued(either_town, SYD).secret
    with either_town.database.write() as session:
        assert tokens.counts(session) == {VIBY: 2, SYD: 1}
        assert tokens.revoke_all(session, VIBY, by="cli:test", at=either_town.clock.now) == 2
    assert [whose(either_town, secret) for secret in (*secrets, other)] == [None, None, SYD]
    with either_town.database.read() as session:
        rows, _ = audit.search(session, audit.Wanted(VIBY), limit=10)
        assert [(row.action, row.purpose) for row in rows] == [
            ("token_revoked", ""),
            ("token_made", "2: read act"),
            ("token_made", "1: read act"),
        ]
        assert audit.verify(session).broken_at is None


def test_one_more_is_refused_when_somebody_has_enough(town: Municipality) -> None:
    for number in range(tokens.MOST_TOKENS):
        issued(town, name=str(number))
    with pytest.raises(Refused, match="Tilbagekald dem, der ikke bruges"):
        issued(town)


def test_no_secret_is_shown_when_a_token_is_printed(town: Municipality) -> None:
    made = issued(town)
    assert made.secret not in f"{made!r} {made.token!r}"
