"""Messages that are as none can be, or are not there, are found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from models.message import Pace, State
from onboarding.store import ENROLMENT
from tests.municipality import MESSAGE, Municipality
from tests.reports.deep.breaking import OLENA, first, found


def test_it_is_found_when_nobody_was_told_of_a_transition(lived: Municipality) -> None:
    olena = first(lived, **OLENA)["id"]
    _loses(lived, MESSAGE.c.cause == f"transition:{olena}:2")
    [(about, said)] = found(lived)["told"]
    assert about == "IM-0001"
    assert said.startswith("overgang 2 har ingen besked til koordinatoren")


def test_it_is_found_when_the_manager_was_not_told_of_an_ending(lived: Municipality) -> None:
    [lost] = [row for row in lived.rows(ENROLMENT) if row["stage"] == "dropped_out"]
    _loses(lived, (MESSAGE.c.cause == f"transition:{lost['id']}:{lost['seq']}") & (MESSAGE.c.audience == "manager"))
    assert found(lived)["told"] == [(lost["reference"], f"overgang {lost['seq']} har ingen besked til lederen")]


def test_it_is_found_when_a_reminder_was_used_and_nobody_had_it(lived: Municipality) -> None:
    reminders = [row for row in lived.messages() if row["cause"].startswith("reminder:")]
    [first, *_] = [row for row in reminders if row["reason"] != "overtaken"]
    _loses(lived, MESSAGE.c.cause == first["cause"])
    [(_, said)] = found(lived)["told"]
    assert said.startswith("rykkeren »")


def test_it_is_found_when_a_list_told_its_coordinator_of_nobody(lived: Municipality) -> None:
    [mine, *_] = [row for row in lived.rows(ENROLMENT) if row["list_import_id"] is not None]
    _loses(lived, MESSAGE.c.list_import_id == mine["list_import_id"])
    told = found(lived)["told"]
    assert (mine["reference"], "overgang 1 har ingen besked til koordinatoren") in told
    assert len(told) == 2


def _loses(town: Municipality, which: Any) -> None:
    """Messages are gone, as if they had never been written."""
    with town.database.write() as session:
        ids = list(session.connection().scalars(MESSAGE.select().with_only_columns(MESSAGE.c.id).where(which)))
        assert ids
        listed_ids = ", ".join(map(str, ids))
        session.connection().execute(text(f"DELETE FROM attempt WHERE message_id IN ({listed_ids})"))  # noqa: S608
        session.connection().execute(text(f"DELETE FROM message WHERE id IN ({listed_ids})"))  # noqa: S608


def _queued(town: Municipality) -> dict[str, Any]:
    return next(row for row in town.messages(state="queued") if row["lease"] is None)


def _sent(town: Municipality) -> dict[str, Any]:
    return next(iter(town.messages(state="sent")))


OUTBOX: list[tuple[Callable[[Municipality], dict[str, Any]], dict[str, Any], str]] = [
    (_sent, {"enrolment_id": None, "seq": None, "list_import_id": None}, "hører hverken til"),
    (_sent, {"seq": None, "list_import_id": None}, "hører hverken til"),
    (_sent, {"state": State.GATHERED}, "er samlet uden at stå i en samling"),
    (_sent, {"digest_id": 1}, "er samlet uden at stå i en samling"),
    (_sent, {"finished_at": None}, "er i køen og dog afsluttet"),
    (_sent, {"state": State.QUEUED}, "er i køen og dog afsluttet"),
    (_sent, {"state": State.SKIPPED}, "ingen grund er skrevet"),
    (_sent, {"state": State.DEAD}, "ingen grund er skrevet"),
    (_sent, {"recipient_id": None}, "er sendt og har dog ingen modtager"),
    (_queued, {"pace": Pace.NEVER}, "er fravalgt og dog i køen"),
    (_queued, {"lease": "a"}, "er lånt ud til ingen, eller uden ende"),
]


@pytest.mark.parametrize(("which", "to", "said"), OUTBOX, ids=["_".join(map(str, to.items())) for _, to, _ in OUTBOX])
def test_it_is_found_when_a_message_is_as_none_can_be(
    lived: Municipality, which: Callable[[Municipality], dict[str, Any]], to: dict[str, Any], said: str
) -> None:
    row = which(lived)
    lived.changes(MESSAGE, {"id": row["id"]}, to)
    assert any(about == f"besked {row['id']}" and said in words for about, words in found(lived)["outbox"])


def test_it_is_found_when_a_message_was_sent_by_no_attempt(lived: Municipality) -> None:
    row = _sent(lived)
    with lived.database.write() as session:
        session.connection().execute(text("DELETE FROM attempt WHERE message_id = :id"), {"id": row["id"]})
    assert found(lived) == {"outbox": [(f"besked {row['id']}", "er sendt, og intet forsøg lykkedes")]}


def test_a_lease_is_found_when_nobody_took_it_up_after_it_had_ended(lived: Municipality) -> None:
    row, now = _queued(lived), lived.clock.now
    lease = {"lease": "a", "leased_until": now + timedelta(minutes=10)}
    lived.changes(MESSAGE, {"id": row["id"]}, lease)
    assert found(lived) == {}
    lived.clock.passes(minutes=20)
    assert found(lived) == {}, "it has ended, and may be taken at any moment"
    lived.clock.passes(minutes=10)
    [(about, said)] = found(lived)["outbox"]
    assert about == f"besked {row['id']}"
    assert "ingen har taget den siden" in said
    lived.changes(MESSAGE, {"id": row["id"]}, {"leased_until": lived.clock.now + timedelta(days=1)})
    assert "længere tid" in found(lived)["outbox"][0][1]
