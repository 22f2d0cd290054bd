"""Which messages tell of what happened: of every transition and every reminder, to each audience that is to hear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from engine.audience import Audience
from engine.history import Transition, Verb
from engine.pathway import MISTAKEN
from models.list_import import ListImport
from models.staff import Staff
from models.types import table
from notifications.queue import MESSAGE, is_copy, told_of
from onboarding.store import REMINDER, Loaded

LIST_IMPORT, STAFF = table(ListImport), table(Staff)

_AUDIENCE = {
    Audience.COORDINATOR: "koordinatoren",
    Audience.MANAGER: "lederen",
    Audience.JOBCENTER_OFFICER: "jobcentret",
}


@dataclass(slots=True)
class Heard:
    """Of a page of enrolments: by cause, who has a message (audience and recipient), sent or not."""

    session: Session
    by_cause: Mapping[str, Sequence[tuple[str, int | None]]]
    reminders: Mapping[int, Sequence[tuple[int, str]]]
    roles: Mapping[int, str]
    _lists: dict[str, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, found: Sequence[Loaded]) -> Heard:
        ids, m, r = [loaded.id for loaded in found], MESSAGE.c, REMINDER.c
        by_cause: dict[str, list[tuple[str, int | None]]] = {}
        wanted = select(m.cause, m.audience, m.recipient_id).where(m.enrolment_id.in_(ids))
        for cause, audience, recipient in session.connection().execute(wanted):
            if not is_copy(cause):
                by_cause.setdefault(cause, []).append((audience, recipient))
        reminders: dict[int, list[tuple[int, str]]] = {}
        used = select(r.enrolment_id, r.occurrence, r.rung).where(r.enrolment_id.in_(ids))
        for enrolment_id, occurrence, rung in session.connection().execute(used):
            reminders.setdefault(enrolment_id, []).append((occurrence, rung))
        roles = dict(session.connection().execute(select(STAFF.c.id, STAFF.c.role)).tuples().all())
        return cls(session, by_cause, reminders, roles)

    def unsaid(self, loaded: Loaded, transition: Transition, row: Row[Any], undone: Sequence[Transition]) -> str | None:
        """Who was not told of a transition that they are to hear of; None when nobody was forgotten."""
        if transition.target == MISTAKEN.key:  # those who had not heard of it hear nothing more
            return None
        told = self.by_cause.get(f"transition:{loaded.id}:{transition.seq}", ())
        if not told and transition.action in (Verb.ENROL, Verb.ASSIGN) and self._by_a_list(row):
            return None
        missing = [a for a in told_of(loaded.pathway, transition, undone) if not self._heard(a, told, loaded)]
        if missing:
            who = ", ".join(_AUDIENCE.get(Audience(audience), audience) for audience in missing)
            return f"overgang {transition.seq} har ingen besked til {who}"
        return None

    def _heard(self, audience: str, told: Sequence[tuple[str, int | None]], loaded: Loaded) -> bool:
        """One person in two audiences is told once, as one of the first."""
        recipients = [recipient for _, recipient in told if recipient is not None]
        officer = audience == Audience.JOBCENTER_OFFICER and loaded.row.officer_id in recipients
        in_both = officer or audience in {self.roles.get(recipient) for recipient in recipients}
        return audience in {named for named, _ in told} or in_both

    def _by_a_list(self, row: Row[Any]) -> bool:
        """Whether a list brought it about and its coordinator was told of that: once, however many were theirs."""
        if row.command_id not in self._lists:
            wanted = select(MESSAGE.c.recipient_id).join(LIST_IMPORT, LIST_IMPORT.c.id == MESSAGE.c.list_import_id)
            found = self.session.connection().scalars(wanted.where(LIST_IMPORT.c.command_id == row.command_id))
            self._lists[row.command_id] = frozenset(found)
        return row.coordinator_id in self._lists[row.command_id]

    def unsaid_reminders(self, loaded: Loaded) -> Iterator[str]:
        for occurrence, rung in self.reminders.get(loaded.id, ()):
            if f"reminder:{loaded.id}:{occurrence}:{rung}" not in self.by_cause:
                yield f"rykkeren »{rung}« fra overgang {occurrence} har ingen besked"
