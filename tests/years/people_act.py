"""What coordinators, managers and officers do with a case: mostly what is due, sometimes late, sometimes wrong."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from engine.refusal import Refused
from onboarding.enrol import Applicant, enrol
from onboarding.import_list import import_list, read_list
from tests.engine.naive_truths import occurrence
from tests.municipality import PATHWAYS, Candidate, Municipality
from tests.years.cases import Case
from tests.years.office import Office
from tests.years.oracle import Oracle

#: How likely somebody does each on a day (they look at each case twice).
CHANCES = {
    "pause": 0.003,
    "drop": 0.001,
    "transfer": 0.0007,
    "assign": 0.003,
    "snooze": 0.001,
    "elsewhere": 0.0005,
    "resume": 0.02,
    "prolong": 0.012,
    "remind": 0.01,
    "withdraw": 0.002,
    "progress": 0.02,
}
WHEN_LATE = {"progress": 0.06, "snooze": 0.012, "elsewhere": 0.006}
#: What somebody does right after a delivery was killed: mostly what overtakes reminders.
AT_ONCE = (*("pause", "pause", "assign", "assign", "progress", "progress"), "snooze", "elsewhere", "drop", "transfer")


class Acting:
    """Whoever acts is the coordinator of the case, and now and then a manager. `rests`: nobody acts any more."""

    def __init__(self, town: Municipality, random: Random, office: Office, oracle: Oracle) -> None:
        self.town, self.random, self.office, self.oracle = town, random, office, oracle
        self.rests = False
        self.did: Counter[str] = Counter()
        self._recorded: dict[str, set[str]] = {}
        self._applicants: list[Applicant] = []

    def enrols(self, area: str, beside: int = 0) -> None:
        """Somebody new; or somebody who comes back, if they are not on the way. So many others `beside`, in their
        class.
        """
        coordinator = self.random.choice(self._coordinators(area))
        for _ in range(1 + beside):
            self._enrols(area, coordinator)

    def _enrols(self, area: str, coordinator: str) -> None:
        key = self.random.choice(list(PATHWAYS))
        today = self.town.clock.today
        starts_on = today + timedelta(days=self.random.choice([-20, -3, 0, 0, 0, 0, 5, 14]))
        if self._applicants and self.random.random() < 0.1:
            known = replace(self.random.choice(self._applicants), starts_on=starts_on, area=area)
            person = replace(known, coordinator=coordinator)
        else:
            person = self.town.applicant(area=area, coordinator=coordinator, starts_on=starts_on)
            self._applicants.append(person)

        def enrolled() -> None:
            with self.town.database.write() as session:
                enrol(session, self.town.keyring, key, person, self.town.signed(self.random.choice(self._officers())))

        self._tries("enrol", enrolled)

    def imports(self, area: str) -> list[str]:
        """A list of a few new ones; gives the e-mails of the coordinators who got some."""
        key = self.random.choice(list(PATHWAYS))
        got = [self.random.choice(self._coordinators(area)) for _ in range(self.random.randint(2, 6))]
        rows = ["CPR-nr.;Navn;Værtsområde;Koordinator;Startdato;Samtykke"]
        for coordinator in got:
            new = self.town.applicant(area=area, coordinator=coordinator)
            self._applicants.append(new)
            rows.append(";".join((new.cpr, new.name, area, coordinator, f"{new.starts_on:%d-%m-%Y}", "ja")))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "liste.csv"
            path.write_text("\n".join(rows), encoding="utf-8")
            candidates = read_list(path)
        with self.town.database.write() as session:
            by = self.town.signed(self.random.choice(self._officers()))
            answer = import_list(session, self.town.keyring, candidates, key, by)
        assert answer["created"] == len(got), answer
        self.did["import"] += 1
        return list(dict.fromkeys(got))

    def acts(self, case: Case) -> bool:
        """Whether anything was done."""
        if self.rests:
            return False
        chances = CHANCES
        if case.status == "open" and case.is_late(self.town.clock.today):
            chances = CHANCES | WHEN_LATE
        paused = case.status == "paused"
        draw = self.random.random()
        for what, chance in chances.items():
            draw -= chance
            if draw < 0:
                if (paused and what in ("pause", "progress")) or (not paused and what in ("resume", "prolong")):
                    return False
                done: bool = getattr(self, f"_{what}")(case)
                return done
        return False

    def acts_soon(self, case: Case) -> bool:
        """Whether somebody could do anything: at once, what would be told, or overtakes what was to be told."""
        if self.rests:
            return False
        whats = ["resume", "prolong"] if case.status == "paused" else [*AT_ONCE]
        done: bool = getattr(self, f"_{self.random.choice(whats)}")(case)
        return done

    def hands_over(self, case: Case) -> None:
        """To a colleague of its coordinator, who leaves."""
        to = self.random.choice([one for one in self._coordinators(case.area) if one != case.coordinator])
        by = self.random.choice(self._managers(case.area))
        Candidate(self.town, case.reference, self._applicants[0]).is_assigned(to, by=by)
        self.did["hand over"] += 1

    def undoes(self, case: Case) -> bool:
        return self._does("undo", case, lambda c, by: c.undoes(by=by))

    def _does(self, what: str, case: Case, verb: Callable[[Candidate, str], Any]) -> bool:
        by = case.coordinator
        if self.random.random() < 0.2:
            by = self.random.choice(self._managers(case.area))
        candidate = Candidate(self.town, case.reference, self._applicants[0])
        return self._tries(what, lambda: verb(candidate, by))

    def _tries(self, what: str, verb: Callable[[], Any]) -> bool:
        try:
            verb()
        except Refused:
            self.did[f"{what} refused"] += 1
            return False
        self.did[what] += 1
        return True

    def _pause(self, case: Case) -> bool:
        reason = self.random.choice(case.definition["pause_reasons"] and list(case.definition["pause_reasons"]))
        review = self.town.clock.today + timedelta(days=self.random.randint(5, 60))
        return self._does("pause", case, lambda c, by: c.pauses(reason, review, by=by))

    def _prolong(self, case: Case) -> bool:
        review = case.person["pauses"][-1]["review"] + timedelta(days=self.random.randint(5, 60))
        return self._does("prolong", case, lambda c, by: c.prolongs(review, by=by))

    def _resume(self, case: Case) -> bool:
        return self._does("resume", case, lambda c, by: c.resumes(by=by))

    def _drop(self, case: Case) -> bool:
        return self._does("drop", case, lambda c, by: c.drops_out(by=by))

    def _transfer(self, case: Case) -> bool:
        other = next(key for key in PATHWAYS if key != case.key)
        return self._does("transfer", case, lambda c, by: c.transfers(other, by=by))

    def _assign(self, case: Case) -> bool:
        area = self.random.choice([None, *dict.fromkeys(p.area for p in self.office.people.values() if p.area)])
        to = self.random.choice(self._coordinators(area or case.area))
        return self._does("assign", case, lambda c, by: c.is_assigned(to, area, by=by))

    def _snooze(self, case: Case) -> bool:
        until = self.town.clock.today + timedelta(days=self.random.randint(1, 50))
        return self._does("snooze", case, lambda c, by: c.snoozes(until, by=by))

    def _elsewhere(self, case: Case) -> bool:
        return self._does("elsewhere", case, lambda c, by: c.is_handled_elsewhere(by=by))

    def _remind(self, case: Case) -> bool:
        if occurrence(case.person) not in case.person["quiet"]:
            return False
        return self._does("remind", case, lambda c, by: c.is_reminded_again(by=by))

    def _progress(self, case: Case) -> bool:
        """Records one thing that the next step asks for, or takes it."""
        steps = [step for step in case.definition["steps"] if step["source"] == case.stage]
        step = steps[0] if self.random.random() < 0.85 else self.random.choice(steps)
        held = self._recorded.setdefault(case.reference, set())
        wanted = [c for c in step["when"] if c["kind"] == "holds" and c["milestone"] not in held]
        if not wanted and step["automatic"]:
            held.clear()  # some were withdrawn with an undo
            return False
        if not wanted:
            moved = self._does("move", case, lambda c, by: c.moves(step["key"], by=by))
            held.difference_update(() if moved else set(held))
            return moved
        milestone, value = wanted[0]["milestone"], wanted[0]["value"]
        held.add(milestone)
        return self._does("record", case, lambda c, by: c.records(milestone, value=value, by=by))

    def _withdraw(self, case: Case) -> bool:
        """Something that was recorded was wrong; it is recorded anew some day."""
        held = self._recorded.get(case.reference)
        if not held:
            return False
        milestone = self.random.choice(sorted(held))
        held.discard(milestone)
        return self._does("withdraw", case, lambda c, by: c.withdraws(milestone, by=by))

    def _officers(self) -> list[str]:
        return [p.email for p in self.office.here() if p.role == "jobcenter_officer"]

    def _coordinators(self, area: str) -> list[str]:
        return [p.email for p in self.office.here() if p.role == "coordinator" and p.area == area]

    def _managers(self, area: str) -> list[str]:
        return [p.email for p in self.office.here() if p.role == "manager" and p.area == area]
