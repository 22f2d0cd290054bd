"""`make bench-nation`: a national year. 98 municipalities, 300,000 enrolments, some 2,000,000 transitions.

People are read in from lists, by the program's own import, and swept every day, by its own sweep. What people click is
decided by the engine and written as the verbs write it, 500 cases to a transaction. Beside it runs a plain account of
everybody (`Account`) that knows nothing but the stages, the days and its own dice: at the end the figures of the
reports, and each enrolment, must be as it says.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select

from benchmarks.account import Account, Deed, Planned
from benchmarks.size import bytes_of, enrolment_years
from benchmarks.soak import address_of
from benchmarks.town import name_of
from engine import actions
from engine.decide import decide
from flows.tracks import TRACKS
from models.keys import Keyring
from models.schema import make_ready
from models.session import Database
from notifications.audiences import Directory
from notifications.queue import MESSAGE
from onboarding.advance import advance
from onboarding.import_list import import_list, read_list
from onboarding.pathways import publish
from onboarding.signed import Signed, new_command_id
from onboarding.staffing import add_area, add_staff
from onboarding.store import ENROLMENT, TRANSITION, cases, chunks, enrolments
from onboarding.writing import Change, write
from reports.board import board
from reports.status import status_report

MUNICIPALITIES, ENROLMENTS, WEEKS, INTAKE_DAYS, LIST = 98, 300_000, 60, 40, 500
BEGINS = date(2026, 1, 5)
OFFICER, PROGRAM = "jobcenter@example.org", "cli:nation"
_HEADINGS = "CPR-nr.;Navn;Værtsområde;Koordinator;Startdato;Samtykke"
_ELDEST, _DAYS, _SERIALS = date(1966, 1, 1), 33 * 365, 4000

_ACTIONS: dict[Deed, Callable[[str, str | None, date], actions.Action]] = {
    Deed.RECORD: lambda what, value, _day: actions.Record(what, value),
    Deed.MOVE: lambda what, _value, _day: actions.Move(what),
    Deed.DROP: lambda what, _value, _day: actions.Drop(what),
    Deed.PAUSE: lambda what, _value, day: actions.Pause(what, day + timedelta(weeks=4)),
    Deed.RESUME: lambda _what, _value, _day: actions.Resume(),
}


class Nation:
    """The database, and the account beside it."""

    def __init__(self, database: Database, folder: Path, enrolments: int, random: Random) -> None:
        self.database, self.folder, self.random, self.enrolments = database, folder, random, enrolments
        self.keyring = Keyring.at(folder / "keys.json")
        self.account = Account({track.pathway.key: track.pathway for track in TRACKS}, random)
        self.people, self.spent, self.swept = 0, Counter[str](), Counter[str]()

    def begin(self) -> None:
        make_ready(self.database)
        with self.database.write() as session:
            publish(session, [track.pathway for track in TRACKS], _morning(BEGINS))
            for number in range(MUNICIPALITIES):
                add_area(session, f"Kommune {number:02d}")
                add_staff(session, _coordinator(number), f"Karen {number}", "coordinator", [f"Kommune {number:02d}"])
            add_staff(session, OFFICER, "Jonna Jobcenter", "jobcenter_officer", [])

    def live(self, weeks: int) -> None:
        """Day by day: lists while they come, a sweep, and what people do."""
        for number in range(7 * weeks):
            day = BEGINS + timedelta(days=number)
            self._timed("lists", lambda day=day, number=number: self._read_in(day, number))
            self._timed("sweeps", lambda day=day: self._sweep(day))
            self._timed("clicks", lambda day=day: self._click(day))
            if number % 28 == 27:
                print(
                    f"  {day:%d-%m-%Y}: {self.account.transitions:,} transitions, {sum(self.spent.values()):.0f} s",
                    flush=True,
                )

    def _timed(self, what: str, work: Any) -> None:
        began = time.perf_counter()
        work()
        self.spent[what] += time.perf_counter() - began  # type: ignore[assignment]  # seconds, not whole ones

    def _read_in(self, day: date, number: int) -> None:
        if number >= INTAKE_DAYS:
            return
        until = self.enrolments * (number + 1) // INTAKE_DAYS
        while self.people < until:
            count = min(LIST, until - self.people)
            key = TRACKS[0 if self.random.random() < 0.4 else -1].pathway.key
            self._list(key, day, count)

    def _list(self, key: str, day: date, count: int) -> None:
        path = self.folder / "list.csv"
        rows = [self._row(day, self.people + number) for number in range(count)]
        self.people += count
        path.write_text("\n".join([_HEADINGS, *rows]), encoding="utf-8")
        candidates = read_list(path)
        with self.database.write() as session:
            answer = import_list(session, self.keyring, candidates, key, _signed(day, OFFICER))
        assert answer["created"] == count, answer["errors"][:3]
        with self.database.read() as session:
            e = ENROLMENT.c
            newest = select(e.id).order_by(e.id.desc()).limit(count)
            for enrolment_id in session.connection().scalars(newest).all():
                self.account.enrols(enrolment_id, key, day)

    def _row(self, day: date, number: int) -> str:
        """A CPR number that nobody has had yet."""
        serial, born = divmod(number, _DAYS)
        assert serial < _SERIALS
        cpr = f"{_ELDEST + timedelta(days=born):%d%m%y}{serial:04d}"
        at = number % MUNICIPALITIES
        return f"{cpr};{name_of(self.random)};Kommune {at:02d};{_coordinator(at)};{day:%d-%m-%Y};ja"

    def _sweep(self, day: date) -> None:
        swept = advance(self.database, day, _morning(day))
        for name in ("due", "moved", "reminders", "incidents", "messages"):
            self.swept[name] += getattr(swept, name)
        self.account.sweeps(day)

    def _click(self, day: date) -> None:
        """In rounds, so that nobody has two clicks in one transaction."""
        waiting = self.account.deeds(day)
        while waiting:
            now, later, seen = list[Planned](), list[Planned](), set[int]()
            for deed in waiting:
                (later if deed[0] in seen else now).append(deed)
                seen.add(deed[0])
            for page in chunks(sorted(now)):
                self._write(page, day)
            waiting = later

    def _write(self, page: Sequence[tuple[int, Deed, str, str | None]], day: date) -> None:
        asked = {enrolment_id: _ACTIONS[deed](what, value, day) for enrolment_id, deed, what, value in page}
        with self.database.write() as session:
            wanted = enrolments().where(ENROLMENT.c.id.in_(asked)).order_by(ENROLMENT.c.id)
            changes = []
            for loaded in cases(session, session.connection().execute(wanted).all()):
                decision = decide(loaded.pathway, loaded.case, asked[loaded.id], day)
                assert not decision.refusal, (loaded.row.reference, asked[loaded.id], decision.refusal)
                changes.append(Change(loaded, decision))
            write(session, changes, Directory.load(session), _signed(day, PROGRAM))
        for each in page:
            self.account.did(each, day)

    def differences(self, day: date) -> list[str]:
        """Where the reports, the rows and the account do not say the same."""
        wrong: list[str] = []
        with self.database.read() as session:
            for key in self.account.pathways:
                figures, shown = status_report(session, key), board(session, key, day)
                wrong += _compared(key, self.account.figures(key), figures, shown)
            e, t = ENROLMENT.c, TRANSITION.c
            happened = dict(
                session.connection().execute(select(t.action, func.count()).group_by(t.action)).tuples().all()
            )
            if happened != dict(self.account.happened):
                wrong.append(f"transitions: {happened}, and the account has {dict(self.account.happened)}")
            rows = session.connection().execute(select(e.id, e.stage, e.status)).all()
            other = [row.id for row in rows if (row.stage, row.status) != self.account.place(row.id)]
            if other or len(rows) != self.people:
                wrong.append(f"{len(other)} of {len(rows)} enrolments are elsewhere, the first {other[:3]}")
        return wrong


def _compared(key: str, expected: dict[str, Any], figures: dict[str, Any], shown: dict[str, Any]) -> Iterable[str]:
    stages = {one["stage"]: (one["open"], one["paused"]) for one in shown["stages"] if one["open"] or one["paused"]}
    endings = {one["stage"]: one["count"] for one in shown["endings"] if one["count"]}
    said = {name: figures[name] for name in ("active", "completed", "employed", "dropped_out")}
    for name, found in (("stages", stages), ("endings", endings), ("status", said)):
        if found != expected[name]:
            yield f"{key}: {name} are {found}, and the account has {expected[name]}"


def _coordinator(number: int) -> str:
    return f"koordinator{number}@example.org"


def _morning(day: date) -> datetime:
    return datetime.combine(day, time_of_day(7), tzinfo=UTC)


def _signed(day: date, by: str) -> Signed:
    return Signed(by=by, on=day, at=_morning(day), command_id=new_command_id())


def report(nation: Nation, url: str, until: date) -> list[str]:
    differences = nation.differences(until)
    with nation.database.read() as session:
        messages = session.connection().scalar(select(func.count()).select_from(MESSAGE)) or 0
    years, size = enrolment_years(nation.database, until), bytes_of(url)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    total = sum(nation.spent.values())
    print(f"\nenrolments {nation.people:,}, transitions {nation.account.transitions:,}, messages {messages:,}")
    print(f"by action: {', '.join(f'{action} {many:,}' for action, many in sorted(nation.account.happened.items()))}")
    print(f"sweeps: {', '.join(f'{name} {many:,}' for name, many in nation.swept.items())}")
    print(f"seconds: {total:,.0f} ({', '.join(f'{what} {took:,.0f}' for what, took in nation.spent.items())})")
    print(f"transitions a second: {nation.account.transitions / total:,.0f}; peak memory {peak:,.0f} MiB")
    print(f"database {size / 1024**2:,.0f} MiB, {size / years:,.0f} bytes for each of {years:,.0f} years of enrolments")
    print("\n".join(differences) or "the figures and every enrolment are as the account has them")
    return differences


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="0.01 is a hundredth of the enrolments")
    parser.add_argument("--weeks", type=int, default=WEEKS)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    arguments = parser.parse_args(given)
    gc.freeze()
    gc.set_threshold(50_000)  # as the program does when it has loaded what it needs
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, {arguments.database}")
    print(f"{int(ENROLMENTS * arguments.scale):,} enrolments, {arguments.weeks} weeks, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="sosu-nation-") as made, address_of(arguments.database, Path(made)) as at:
        url = at[0]
        with closing(Database(url)) as database:
            nation = Nation(database, Path(made), int(ENROLMENTS * arguments.scale), Random(1))
            nation.begin()
            nation.live(arguments.weeks)
            if report(nation, url, BEGINS + timedelta(weeks=arguments.weeks)):
                sys.exit(1)


if __name__ == "__main__":
    main()
