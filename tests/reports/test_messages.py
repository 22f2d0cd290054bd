"""Which messages of a digest somebody sees who stands in for whoever it is for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from models.staff import Staff
from onboarding.staffing import add_staff
from reports.messages import Chosen, outbox, outbox_count
from reports.scope import Scope
from tests.municipality import VIBY, VIBY_AREA, Municipality
from tests.onboarding.absent import OTHER, THIRD, away
from tests.onboarding.listed import list_of_one
from tests.support import MONDAY


def tells_of_a_list(town: Municipality, folder: Path, days: int) -> int:
    """The digest in which Karen, or whoever stands in, is told of a list and of a case after so many days."""
    town.imports(list_of_one(folder, town.applicant()))
    town.enrols()
    town.clock.passes(days=days)
    town.delivers()
    return int(town.messages(kind="digest", recipient_id=1)[-1]["id"])


def how_many(town: Municipality, email: str, digest: int) -> int:
    """Of the two that it tells of, those that somebody sees."""
    with town.database.read() as session:
        scope = Scope.of(session, session.exec(select(Staff).where(Staff.email == email)).one())
        found = outbox(session, scope, Chosen(of_digest=digest))
        assert len(found) == outbox_count(session, scope, Chosen(of_digest=digest))
        (folded,) = (row for row in outbox(session, scope, Chosen(folded=True)) if row["message"] == digest)
    assert folded["gathers"] == len(found)
    return len(found)


def test_whoever_stands_in_for_a_stand_in_sees_a_list_too_on_their_days(
    either_town: Municipality, tmp_path: Path
) -> None:
    with either_town.database.write() as session:
        for email, name in ((OTHER, "Ida"), (THIRD, "Ole")):
            add_staff(session, email, name, "coordinator", [VIBY_AREA])
    away(either_town, VIBY, OTHER, MONDAY + timedelta(days=10), days=20)
    away(either_town, OTHER, THIRD, MONDAY + timedelta(days=20), days=20)
    seen = []
    for days in (3, 12, 11):  # on the 3rd, the 15th and the 26th day
        digest = tells_of_a_list(either_town, tmp_path, days)
        seen.append([how_many(either_town, email, digest) for email in (VIBY, OTHER, THIRD)])
    assert seen == [[2, 1, 1], [2, 2, 1], [2, 2, 2]]


def test_two_who_stand_in_for_each_other_see_a_list_once(either_town: Municipality, tmp_path: Path) -> None:
    with either_town.database.write() as session:
        add_staff(session, OTHER, "Ida", "coordinator", [VIBY_AREA])
    away(either_town, VIBY, OTHER, days=20)
    away(either_town, OTHER, VIBY, MONDAY + timedelta(days=30), days=20)
    digest = tells_of_a_list(either_town, tmp_path, 3)
    assert [how_many(either_town, email, digest) for email in (VIBY, OTHER)] == [2, 2]
