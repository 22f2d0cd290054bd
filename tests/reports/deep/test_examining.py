"""Each thing that must be true is broken by hand, and found; nothing is found where people only did what they may."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.area import HostArea
from models.audit import AuditRow
from models.keys import Keyring
from models.message import Pace, State
from models.preference import Contact
from models.types import table
from onboarding.audit import note
from onboarding.store import CANDIDATE, ENROLMENT, PAUSE, SNOOZE, TRANSITION
from onboarding.undo_import import undo_import
from reports.deep.examining import Examined, examine, size
from tests.municipality import MESSAGE, SYD, SYD_AREA, VIBY_MANAGER, Municipality
from tests.onboarding.listed import HEADINGS, person
from tests.support import RefusingPostbox

FAR = date(2030, 1, 1)


def found(town: Municipality, keyring: Keyring | None = None) -> dict[str, list[tuple[str, str]]]:
    """What each check found broken."""
    examined = examine(town.database, lambda: keyring or town.keyring, town.clock.now, lambda _: None)
    return {one.check: [(broken.about, broken.said) for broken in one.first] for one in examined if one.broken}


@pytest.fixture
def lived(either_town: Municipality, tmp_path: Path) -> Municipality:
    """People who moved, paused, came by a list, were transferred and taken back, dropped out and were reminded."""
    town = either_town
    olena = town.enrols()
    olena.records("interest_confirmed")
    olena.moves("admit")
    olena.snoozes(town.clock.today + timedelta(days=5), by=VIBY_MANAGER)
    bogdan = town.enrols("Bogdan Popescu")
    bogdan.pauses(review_on=town.clock.today + timedelta(days=20))
    bogdan.prolongs(town.clock.today + timedelta(days=40))
    town.imports(_list(tmp_path / "en.csv", 1, 2))
    gone = town.imports(_list(tmp_path / "anden.csv", 3))
    town.delivers()
    with town.database.write() as session:
        undo_import(session, gone["import"], town.signed())
    ulla = town.enrols("Ulla Popescu", "ped_assistant_track")
    ulla.transfers("immigrant_track")
    ulla.undoes()
    lost = town.enrols("Ioana Popescu")
    lost.is_assigned(SYD, SYD_AREA)
    lost.drops_out()
    lost.undoes()
    lost.drops_out()
    with town.database.write() as session:
        for number in range(3):
            note(session, "leder.viby@example.org", "look", town.clock.now, f"IM-000{number + 1}", "opfølgning")
    town.sweeps_every_day_until(town.clock.today + timedelta(days=30))
    town.delivers(RefusingPostbox(whom=SYD))
    assert found(town) == {}
    return town


def _list(path: Path, *numbers: int) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows((HEADINGS, *map(person, numbers)))
    return path


def _first(town: Municipality, **of: Any) -> dict[str, Any]:
    return next(row for row in town.rows(ENROLMENT) if all(row[name] == value for name, value in of.items()))


def _transitions_give_way(town: Municipality) -> None:
    """Their triggers refuse what a test does to them."""
    with town.database.write() as session:
        if town.database.is_sqlite:
            rows = session.connection().execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for (name,) in rows:
                session.connection().execute(text(f"DROP TRIGGER {name}"))
        else:
            for name in ("transition", "audit"):
                session.connection().execute(text(f"ALTER TABLE {name} DISABLE TRIGGER ALL"))


OLENA = {"reference": "IM-0001"}
STATES: list[tuple[dict[str, Any], str]] = [
    ({"stage": "intake"}, "trinnet er gemt som intake, og historikken siger danish_course"),
    ({"status": "paused"}, "status er gemt som paused"),
    ({"entered_on": FAR}, "den dag, trinnet begyndte"),
    ({"visit": 1}, "besøgets nummer"),
    ({"held": "admit"}, "de trin, der venter på nogen"),
    ({"last_on": FAR}, "den seneste overgang"),
]


@pytest.mark.parametrize(("to", "said"), STATES, ids=[next(iter(to)) for to, _ in STATES])
def test_it_is_found_when_an_enrolment_is_not_where_its_history_leads(
    lived: Municipality, to: dict[str, Any], said: str
) -> None:
    lived.changes(ENROLMENT, OLENA, to)
    assert any(about == "IM-0001" and said in words for about, words in found(lived)["histories"])


def test_it_is_found_when_another_coordinator_has_it_than_it_was_given_to(lived: Municipality) -> None:
    lived.changes(ENROLMENT, OLENA, {"coordinator_id": 2})
    assert found(lived) == {
        "histories": [("IM-0001", "koordinatoren er en anden end den, som det sidst blev givet til")]
    }


def test_it_is_found_when_a_pause_or_a_snooze_is_not_what_was_said(lived: Municipality) -> None:
    bogdan = _first(lived, reference="IM-0002")
    [*_, lasting] = [row for row in lived.rows(PAUSE) if row["enrolment_id"] == bogdan["id"]]
    lived.changes(PAUSE, {"id": lasting["id"]}, {"review_on": FAR})
    [snooze] = lived.rows(SNOOZE)
    lived.changes(SNOOZE, {"id": snooze["id"]}, {"until": FAR})
    wrong = found(lived)
    assert ("IM-0002", "pauserne er ikke dem, som historikken siger") in wrong["histories"]
    assert ("IM-0001", "de udsatte rykkere er ikke dem, som historikken siger") in wrong["histories"]
    assert {about for about, _ in wrong["next_day"]} >= {"IM-0002"}


@pytest.mark.parametrize("column", ["next_due_on", "due_on"])
def test_it_is_found_when_the_day_is_not_the_one_that_is_decided(lived: Municipality, column: str) -> None:
    lived.changes(ENROLMENT, OLENA, {column: FAR})
    [(about, said)] = found(lived).pop("next_day")
    assert about == "IM-0001"
    assert "er gemt som 01-01-2030 og skal være" in said


def test_it_is_found_when_nobody_looks_at_an_enrolment_again(lived: Municipality) -> None:
    lived.changes(ENROLMENT, OLENA, {"next_due_on": None})
    [(_, said)] = found(lived)["next_day"]
    assert "er gemt som ingen og skal være" in said


def test_it_is_found_when_a_transition_is_missing_or_cannot_follow(lived: Municipality) -> None:
    _transitions_give_way(lived)
    olena, bogdan = _first(lived, **OLENA)["id"], _first(lived, reference="IM-0002")["id"]
    lived.changes(TRANSITION, {"enrolment_id": olena, "seq": 2}, {"from_stage": "amu_course"})
    lived.changes(MESSAGE, {"enrolment_id": bogdan}, {"seq": None})  # which lean on it
    lived.changes(TRANSITION, {"enrolment_id": bogdan, "seq": 3}, {"seq": 9})
    assert set(found(lived)["histories"]) == {
        ("IM-0001", "overgang 2 kan ikke følge efter den før"),
        ("IM-0002", "overgang 3 mangler"),
    }


def test_one_that_cannot_be_read_is_named_and_hides_no_other(lived: Municipality) -> None:
    lived.changes(ENROLMENT, OLENA, {"stage": "nowhere"})
    lived.changes(ENROLMENT, {"reference": "IM-0002"}, {"visit": 7})
    wrong = found(lived)
    assert {about for about, _ in wrong["histories"]} == {"IM-0001", "IM-0002"}
    [said] = [said for about, said in wrong["histories"] if about == "IM-0001"]
    assert "kan ikke læses (KeyError" in said


def test_it_is_found_when_nobody_was_told_of_a_transition(lived: Municipality) -> None:
    olena = _first(lived, **OLENA)["id"]
    _loses(lived, MESSAGE.c.cause == f"transition:{olena}:2")
    [(about, said)] = found(lived)["told"]
    assert about == "IM-0001"
    assert said.startswith("overgang 2 har ingen besked til koordinatoren")


def test_it_is_found_when_the_manager_was_not_told_of_an_ending(lived: Municipality) -> None:
    [lost] = [row for row in lived.rows(ENROLMENT) if row["stage"] == "dropped_out"]
    _loses(lived, (MESSAGE.c.cause == f"transition:{lost['id']}:{lost['seq']}") & (MESSAGE.c.audience == "manager"))
    assert found(lived)["told"] == [(lost["reference"], f"overgang {lost['seq']} har ingen besked til lederen")]


def test_it_is_found_when_a_reminder_was_used_and_nobody_had_it(lived: Municipality) -> None:
    [first, *_] = [row for row in lived.messages() if row["cause"].startswith("reminder:")]
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


def test_it_is_found_when_a_reference_is_there_twice_or_about_to_be(lived: Municipality) -> None:
    with lived.database.write() as session:
        session.connection().execute(text("UPDATE reference_series SET last_number = 1 WHERE prefix = 'IM'"))
    assert found(lived) == {"references": [("IM-0002", "referencen er i brug, og den næste kandidat ville få den")]}


def test_it_is_found_when_an_index_let_the_same_in_twice(town: Municipality) -> None:
    town.enrols()
    town.enrols("Bogdan Popescu")
    with town.database.write() as session:
        connection = session.connection()
        # The uniqueness of a column is part of its table, so the table is made anew without it.
        connection.execute(text("ALTER TABLE enrolment RENAME TO before"))
        connection.execute(text("CREATE TABLE enrolment AS SELECT * FROM before"))
        connection.execute(
            text("UPDATE enrolment SET reference = 'IM-0001', candidate_id = (SELECT min(candidate_id) FROM before)")
        )
    wrong = found(town)["references"]
    assert ("IM-0001", "to forløb har samme reference") in wrong
    assert ("IM-0001", "kandidaten er i gang to gange i samme spor") in wrong


def test_it_is_found_when_a_row_of_the_audit_log_was_changed(lived: Municipality) -> None:
    _transitions_give_way(lived)
    second = lived.rows(table(AuditRow))[1]
    lived.changes(table(AuditRow), {"id": second["id"]}, {"purpose": "noget andet"})
    assert found(lived) == {"audit_log": [(f"række {second['id']}", "er ændret, eller en række før den er taget ud")]}


def test_it_is_found_when_a_number_does_not_open_or_is_another_persons(lived: Municipality, tmp_path: Path) -> None:
    people = lived.rows(CANDIDATE)
    first, second = people[0], people[1]
    lived.changes(CANDIDATE, {"id": first["id"]}, {"cpr_sealed": second["cpr_sealed"]})
    lived.changes(CANDIDATE, {"id": second["id"]}, {"birth_date": FAR})
    said = {words for _, words in found(lived)["sealed"]}
    assert said == {"CPR-nummeret kan ikke åbnes med nøglefilen", "fødselsdagen er en anden end den i CPR-nummeret"}
    assert all(about[:3] in ("IM-", "PA-") for about, _ in found(lived)["sealed"])
    other = Keyring.at(tmp_path / "other.json")
    assert len(found(lived, other)["sealed"]) == len(people)


def test_it_is_found_when_a_person_cannot_be_found_or_has_no_number(lived: Municipality) -> None:
    first, second = lived.rows(CANDIDATE)[:2]
    lived.changes(CANDIDATE, {"id": first["id"]}, {"cpr_index": b"x" * 32})
    lived.changes(CANDIDATE, {"id": second["id"]}, {"cpr_sealed": lived.keyring.seal("intet nummer", second["id"])})
    said = {words for _, words in found(lived)["sealed"]}
    assert said == {"personen kan ikke findes ved sit CPR-nummer", "det, der er låst som CPR-nummer, er ikke et"}


def test_it_is_found_when_an_address_of_staff_does_not_open(lived: Municipality) -> None:
    with lived.database.write() as session:
        contact = Contact(id=lived.rows(CANDIDATE)[0]["id"], staff_id=1, channel="sms", sealed=b"x")
        session.add(contact)
    [(about, said)] = found(lived)["sealed"]
    assert about == "koordinator.viby@example.org"
    assert said == "adressen til sms kan ikke åbnes med nøglefilen"


def test_it_is_found_when_a_row_leans_on_one_that_is_gone(town: Municipality) -> None:
    town.enrols()
    with town.database.migrate() as session:  # the only way past the foreign keys: they are looked at in the end
        session.connection().execute(text("PRAGMA foreign_keys=OFF"))
        session.connection().execute(text("CREATE TABLE kept AS SELECT 1"))
    raw = town.database.engine.raw_connection()
    raw.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]  # SQLite's own connection
    raw.execute("DELETE FROM host_area WHERE name = 'Viby-Højbjerg'")  # type: ignore[attr-defined]
    raw.commit()
    raw.close()
    assert any(about.startswith("enrolment, række") for about, _ in found(town)["storage"])
    assert table(HostArea).name in {said.split(" i ")[1].split(",")[0] for _, said in found(town)["storage"]}


def test_what_is_found_names_nobody(lived: Municipality) -> None:
    for row in lived.rows(ENROLMENT):
        lived.changes(ENROLMENT, {"id": row["id"]}, {"next_due_on": FAR, "visit": 9})
    for person_ in lived.rows(CANDIDATE):
        lived.changes(CANDIDATE, {"id": person_["id"]}, {"cpr_index": str(person_["id"]).encode()})
    said = repr(found(lived))
    assert not [row["name"] for row in lived.rows(CANDIDATE) if row["name"].split()[0] in said]


def test_most_are_only_counted_when_everything_is_broken(town: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.deep.examining.KEPT", 2)
    monkeypatch.setattr("reports.deep.pages.PAGE", 3)
    for _ in range(7):
        town.enrols()
    for row in town.rows(ENROLMENT):
        town.changes(ENROLMENT, {"id": row["id"]}, {"visit": 9})
    seen: list[int] = []
    examined = {one.check: one for one in examine(town.database, lambda: town.keyring, town.clock.now, seen.append)}
    assert examined["histories"].broken == 7
    assert [broken.about for broken in examined["histories"].first] == ["IM-0001", "IM-0002"]
    with town.database.read() as session:
        assert sum(seen) == size(session).total


def test_what_is_sealed_is_left_out_when_there_are_no_keys(town: Municipality) -> None:
    town.enrols()
    checks: list[Examined] = examine(town.database, None, town.clock.now, lambda _: None)
    assert "sealed" not in {one.check for one in checks}
