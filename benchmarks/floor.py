"""The floor: plain `sqlite3` and `executemany`, one transaction for 500 candidates, the same rows, the same words.

It renders with Jinja2's own `Template.render`. A second floor borrows our renderer, which is quicker: beside it only
what the engine itself costs is compared.

It knows the one rule that the seeded enrolments need and nothing else: no pathway, no versions, no revisions checked,
no incidents, nobody else at work.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.seed import NOW, TODAY
from engine.topic import Topic
from flows.immigrant_track.pathway import PATHWAY
from notifications.because import because
from notifications.render import PARTS, SHARED_TEMPLATES, MessageContext, Renderer, environment_of

BATCH = 500
_AT = NOW.strftime("%Y-%m-%d %H:%M:%S.%f")
_TODAY = TODAY.isoformat()
_DUE = (TODAY + timedelta(weeks=23)).isoformat()
_REMIND = (TODAY + timedelta(weeks=23, days=-14)).isoformat()

_SELECT = """
SELECT e.id, e.reference, e.entered_on, e.coordinator_id, e.next_due_on, a.name, e.seq
FROM enrolment e JOIN host_area a ON a.id = e.area_id
WHERE e.pathway_key = 'immigrant_track' AND e.stage = 'danish_course' AND e.next_due_on <= ?
AND (e.next_due_on, e.id) > (?, ?) ORDER BY e.next_due_on, e.id LIMIT ?
"""
_PASSED = (
    "SELECT enrolment_id FROM milestone"
    " WHERE key = 'danish_course_passed' AND withdrawn_at IS NULL AND enrolment_id IN ({})"
)
_MOVE = """
UPDATE enrolment SET stage = 'amu_course', entered_on = ?, visit = ?, seq = ?, last_on = ?, due_on = ?,
next_due_on = ?, revision = revision + 1 WHERE id = ? AND stage = 'danish_course'
"""
_TRANSITION = """
INSERT INTO transition (enrolment_id, seq, action, step, from_stage, to_stage, occurred_on, by, at, command_id)
VALUES (?, ?, 'advance', 'start_amu', 'danish_course', 'amu_course', ?, 'system:sweep', ?, ?)
"""
_MESSAGE = """
INSERT INTO message (cause, kind, topic, audience, recipient_id, enrolment_id, seq, on_day, meant_on, due_on, state,
attempts, send_after, created_at) VALUES (?, 'start_amu', 'moves', ?, ?, ?, ?, ?, ?, ?, 'queued', 0, ?, ?)
"""


class Floor:
    """`advance` moves whoever is due and renders their messages; gives how many moved and the characters rendered."""

    select = _SELECT

    def __init__(self, path: Path, words: Callable[[dict[str, object], str], int]) -> None:
        self.connection: Any = sqlite3.connect(path, isolation_level=None)
        for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self.connection.execute(f"PRAGMA {setting}")
        self.words = words

    def advance(self) -> tuple[int, int]:
        moved, characters, after = 0, 0, ("0001-01-01", 0)
        while True:
            self.connection.execute("BEGIN IMMEDIATE")
            rows = self.connection.execute(self.select, (_TODAY, *after, BATCH)).fetchall()
            if not rows:
                self.connection.execute("COMMIT")
                return moved, characters
            after = (rows[-1][4], rows[-1][0])
            count, rendered = self._batch(rows)
            self.connection.execute("COMMIT")
            moved, characters = moved + count, characters + rendered

    def _batch(self, rows: list[tuple[object, ...]]) -> tuple[int, int]:
        ids = [row[0] for row in rows]
        marks = ",".join("?" * len(ids))
        passed = {row[0] for row in self.connection.execute(_PASSED.format(marks), ids)}
        moves, transitions, messages, characters = [], [], [], 0
        for number, reference, entered_on, coordinator, _, area, seq in rows:
            if number not in passed or date.fromisoformat(str(entered_on)) + timedelta(weeks=12) > TODAY:
                continue
            seq = int(str(seq)) + 1
            moves.append((_TODAY, seq, seq, _TODAY, _DUE, _REMIND, number))
            transitions.append((number, seq, _TODAY, _AT, "floor"))
            officer = int(str(coordinator)) + 1
            for audience, recipient in (("coordinator", coordinator), ("jobcenter_officer", officer)):
                messages.append(
                    (f"transition:{number}:{seq}", audience, recipient, number, seq, _TODAY, _TODAY, _DUE, _AT, _AT)
                )
                characters += self._render(str(reference), str(area), audience)
        self.connection.executemany(_MOVE, moves)
        self.connection.executemany(_TRANSITION, transitions)
        self.connection.executemany(_MESSAGE, messages)
        return len(moves), characters

    def _render(self, reference: str, area: str, audience: str) -> int:
        values: dict[str, object] = {
            "reference": reference,
            "pathway_title": PATHWAY.title,
            "stage_title": "AMU-forløb, skole",
            "from_title": "Intensivt danskforløb",
            "step_title": "Begynd AMU-forløb",
            "on": TODAY,
            "due_on": TODAY + timedelta(weeks=23),
            "days_late": 0,
            "awaits": ("AMU-skoledel gennemført",),
            "payer": "Jobcenter Aarhus",
            "alongside": None,
            "area": area,
            "reason": None,
            "review_on": None,
            "link": f"http://127.0.0.1:8000/sag/{reference}",
        }
        return self.words(values, because(audience, Topic.MOVES))


def plain_words(templates: Path) -> Callable[[dict[str, object], str], int]:
    """Jinja2 as its documentation uses it; gives the number of characters."""
    environment = environment_of([templates, SHARED_TEMPLATES])
    subject, *bodies = (environment.get_template(f"start_amu/{part}") for part in PARTS)

    def render(values: dict[str, object], because: str) -> int:
        line = " ".join(subject.render(values, because=because).split())
        return len(line) + sum(len(body.render(values, because=because).strip()) + 1 for body in bodies)

    return render


def our_words(renderer: Renderer) -> Callable[[dict[str, object], str], int]:
    """The same with our own renderer."""

    def render(values: dict[str, object], because: str) -> int:
        context = MessageContext(**values)  # type: ignore[arg-type]  # the values above, each of its own type
        rendered = renderer.render("immigrant_track", "start_amu", context, because)
        return len(rendered.subject) + len(rendered.text) + len(rendered.html)

    return render
