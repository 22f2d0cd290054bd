"""The deadlines of a coordinator as calendar programs read them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar
from sqlmodel import select

from models.candidate import Candidate as CandidateRow
from models.cpr import looks_like_cpr
from models.enrolment import Enrolment
from models.staff import Role, Staff
from reports.calendar import NAME, as_file, entries
from reports.case import show
from reports.scope import Scope
from tests.municipality import PUBLIC_URL, SYD, SYD_AREA, VIBY, VIBY_AREA, Municipality


def file_of(town: Municipality, email: str = VIBY) -> bytes:
    with town.database.read() as session:
        staff = session.exec(select(Staff).where(Staff.email == email)).one()
        return as_file(entries(session, Scope.of(session, staff)), PUBLIC_URL)


def events(town: Municipality, email: str = VIBY) -> list[dict[str, Any]]:
    """What a calendar program makes of it."""
    read = Calendar.from_ical(file_of(town, email))
    return [{name.lower(): event.decoded(name) for name in event} for event in read.walk("VEVENT")]


def the_only(town: Municipality, email: str = VIBY) -> dict[str, Any]:
    [event] = events(town, email)
    return event


def day(said: Any) -> date:
    return date.fromisoformat(str(said))


def test_a_deadline_is_a_whole_day_with_a_reference_and_a_link(either_town: Municipality) -> None:
    olena = either_town.enrols()
    event = the_only(either_town)
    due = day(olena.shown()["due_on"])
    assert (event["dtstart"], event["dtend"]) == (due, due + timedelta(days=1))
    assert event["summary"] == "IM-0001: frist for »Visitation«"
    assert event["url"] == f"{PUBLIC_URL}/sag/IM-0001"
    assert event["description"] == f"Åbn forløbet: {PUBLIC_URL}/sag/IM-0001"
    assert event["transp"] == "TRANSPARENT"
    assert event["dtstamp"] == either_town.clock.now
    assert b"VALARM" not in file_of(either_town)


def test_the_calendar_says_what_it_is_and_when_to_ask_again_when_it_is_empty_too(town: Municipality) -> None:
    content = file_of(town)
    read = Calendar.from_ical(content)
    assert (str(read["x-wr-calname"]), str(read["version"])) == (NAME, "2.0")
    assert "\r\nNAME:SOSU-forløb\\, frister\r\n".encode() in content, "a comma parts values unless it is marked"
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in content
    assert read.walk("VEVENT") == []


def test_no_line_is_longer_than_the_standard_allows_when_a_title_is(town: Municipality) -> None:
    town.enrols(pathway="ped_assistant_track")
    assert max(len(line) for line in file_of(town).split(b"\r\n")) <= 75


def test_the_entry_moves_and_is_no_second_one_when_a_pause_moves_the_deadline(either_town: Municipality) -> None:
    olena = either_town.enrols()
    before = the_only(either_town)
    either_town.clock.passes(days=2)
    olena.pauses(review_on=date(2026, 9, 30))
    paused = the_only(either_town)
    assert (paused["dtstart"], paused["summary"]) == (date(2026, 9, 30), "IM-0001: pausen skal følges op")
    assert paused["uid"] != before["uid"]
    olena.prolongs(date(2026, 10, 14))
    prolonged = the_only(either_town)
    assert (prolonged["uid"], prolonged["dtstart"]) == (paused["uid"], date(2026, 10, 14))
    assert prolonged["sequence"] > paused["sequence"]
    either_town.clock.passes(days=10)
    olena.resumes()
    after = the_only(either_town)
    assert after["uid"] == before["uid"]
    assert after["dtstart"] == before["dtstart"] + timedelta(days=10)
    assert (after["sequence"] > before["sequence"], after["dtstamp"]) == (True, either_town.clock.now)


def test_the_next_stage_is_an_entry_of_its_own_and_the_old_one_is_back_when_the_move_is_undone(
    town: Municipality,
) -> None:
    olena = town.enrols()
    first = the_only(town)
    olena.records("interest_confirmed")
    olena.moves("admit")
    second = the_only(town)
    assert (second["uid"] != first["uid"], second["summary"]) == (
        True,
        "IM-0001: frist for »Intensivt danskforløb«",
    )
    olena.undoes()
    assert {name: the_only(town)[name] for name in ("uid", "dtstart", "summary")} == {
        name: first[name] for name in ("uid", "dtstart", "summary")
    }


def test_the_file_is_the_same_to_the_byte_until_something_happens(town: Municipality) -> None:
    olena = town.enrols()
    before = file_of(town)
    town.clock.passes(days=1)
    assert file_of(town) == before
    olena.pauses()
    assert file_of(town) != before


def test_it_is_gone_when_the_enrolment_has_ended(either_town: Municipality) -> None:
    olena, bogdan = either_town.enrols(), either_town.enrols("Bogdan Popescu")
    olena.drops_out()
    assert the_only(either_town)["summary"].startswith("IM-0002")
    bogdan.pauses()
    bogdan.drops_out()
    assert events(either_town) == []


def test_each_sees_their_own_and_a_handed_over_one_moves_along(either_town: Municipality) -> None:
    olena = either_town.enrols()
    either_town.enrols("Bogdan Popescu", area=SYD_AREA, coordinator=SYD)
    assert the_only(either_town)["summary"].startswith("IM-0001")
    assert the_only(either_town, SYD)["summary"].startswith("IM-0002")
    olena.is_assigned(SYD, SYD_AREA)
    assert events(either_town) == []
    assert len(events(either_town, SYD)) == 2


def test_a_case_that_its_coordinator_cannot_open_any_more_is_not_there(town: Municipality) -> None:
    town.enrols()
    with town.database.read() as session:  # a provider's word may leave them with other areas
        staff = session.exec(select(Staff).where(Staff.email == VIBY)).one()
        found = entries(session, Scope(staff.id or 0, Role.COORDINATOR, frozenset({-1})))
    assert found == []


def test_nothing_but_references_titles_and_links_is_told_of_a_whole_town(lived_in: Municipality) -> None:
    """Every candidate, after eight months of whatever chance brought, in every coordinator's calendar."""
    with lived_in.database.read() as session:
        candidates = session.exec(select(CandidateRow)).all()
        people = [word for one in candidates for word in one.name.split()]
        known = [text for one in candidates for text in (one.phone, one.email, one.mother_tongue) if text]
        known += [text for one in session.exec(select(Staff)) for text in (one.name, one.email)]
        open_ones = {(row.coordinator_id, row.reference): row for row in session.exec(select(Enrolment))}
        numbers = {one.email: one.id for one in session.exec(select(Staff))}
    told = set()
    for email in (VIBY, SYD):
        text = file_of(lived_in, email).decode().replace("\r\n ", "")
        words = set(re.findall(r"\w+", text.casefold()))
        assert [word for word in people if word.casefold() in words] == []
        assert [part for part in (*known, VIBY_AREA, SYD_AREA) if part.casefold() in text.casefold()] == []
        assert not looks_like_cpr(re.sub(r"^(DT|UID|SEQ).*$", "", text, flags=re.MULTILINE))
        told |= {(numbers[email], event["summary"][:7]) for event in events(lived_in, email)}
    wanted = {
        key
        for key, row in open_ones.items()
        if row.status == "paused" or (row.status == "open" and row.due_on is not None)
    }
    assert told == wanted
    assert wanted


def test_every_day_is_the_one_that_the_page_shows_in_a_whole_town(lived_in: Municipality) -> None:
    found = events(lived_in) + events(lived_in, SYD)
    assert len({event["uid"] for event in found}) == len(found)
    for event in found:
        with lived_in.database.read() as session:
            shown = show(session, event["summary"][:7], lived_in.clock.today)
        expected = shown["review_on"] if shown["status"] == "paused" else shown["due_on"]
        assert event["dtstart"] == day(expected)
        assert isinstance(event["dtstamp"], datetime)
