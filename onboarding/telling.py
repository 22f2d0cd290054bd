"""From outbox rows to what a message may say, and the names that it must not say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from engine import kinds
from engine.conditions import Holds
from engine.history import Verb
from engine.pathway import Pathway
from engine.reasons import QUIET_REASONS
from engine.topic import Topic
from models.list_import import ListImport
from models.types import table
from notifications.because import because, because_gathered
from notifications.danish import danish_days, danish_rest
from notifications.digest import Said, overdue_of
from notifications.guard import titles_of
from notifications.render import MessageContext, Renderer
from onboarding import telling_rows
from onboarding.addressing import Addressee, addressees
from onboarding.digest import About, digest_of
from onboarding.lateness import overdue_for, table_for
from onboarding.occasions import SAYS_WHO_IS_LATE
from onboarding.outcome import UNDONE
from onboarding.pathways import newest, pathway_of
from onboarding.store import CANDIDATE, ENROLMENT, TRANSITION, stands
from onboarding.told import NOBODY_LATE, AlsoLate, News, Told
from onboarding.unsent import LEFT, NOTHING_NEW, because_of

LIST_IMPORT = table(ListImport)


UNKNOWN_STAGE = "ukendt trin"


def tell(session: Session, message_ids: Sequence[int], public_url: str, on: date, renderer: Renderer) -> list[Told]:
    """What each message has to say on this day, in the order of `message_ids`. `renderer` puts one in a line."""
    rows = telling_rows.read(session, message_ids, on)
    to = addressees(session, rows, on)
    teller = _Teller(session, rows, public_url.rstrip("/"), on)
    told = {row.id: teller.tells(row, to.get(row.id)) for row in rows if row.kind != kinds.DIGEST}
    gathered = defaultdict[int, list[Row[Any]]](list)
    for row in rows:
        if row.digest_id is not None:
            gathered[row.digest_id].append(row)
    for row in rows:
        if row.kind == kinds.DIGEST:
            under_it = [(part, told[part.id]) for part in gathered[row.id]]
            told[row.id] = _digest(row, to.get(row.id), under_it, teller, renderer)
    return [told[message_id] for message_id in message_ids]


def _digest(
    row: Row[Any],
    to: Addressee | None,
    gathered: Sequence[tuple[Row[Any], Told]],
    teller: _Teller,
    renderer: Renderer,
) -> Told:
    why = row.cause.partition(":")[0]
    told, apart = _parts(gathered, renderer)
    parts = [said for _, said, _ in told]
    late = {part.enrolment_id for part, said, _ in told if said.kind in kinds.OF_LATENESS}
    also = teller.of_the_overdue(row.recipient_id, to, late) if why in SAYS_WHO_IS_LATE and parts else NOBODY_LATE
    known = [word for said in parts for word in said.news.known]
    for pathway_key, kind in {(said.news.pathway_key, said.kind) for said in parts}:
        known += renderer.own_words(pathway_key, kind)
    about = [one for _, _, one in told]
    news = News(
        pathway_key="",
        context=digest_of(about, why, teller.on, teller.url, also.section, digest_id=row.id),
        names=tuple(name for said in parts for name in said.news.names) + also.names,
        known=tuple(dict.fromkeys(known)) + also.known,
    )
    foot = because_gathered(why, (one.topic for one in about), instead=to is not None and to.instead)
    lines = tuple((said.message_id, one.line) for _, said, one in told)
    who = (row.id, row.kind, row.topic, foot, row.channel, to, _stamp(row))
    return Told(*who, news, gathers=len(parts), lines=lines, apart=apart)


def _parts(
    gathered: Sequence[tuple[Row[Any], Told]], renderer: Renderer
) -> tuple[list[tuple[Row[Any], Told, About]], tuple[tuple[int, str], ...]]:
    """What a digest tells of, and what it does not: the number of each row, with its reason."""
    told, apart = list[tuple[Row[Any], Told, About]](), list[tuple[int, str]]()
    for part, said in gathered:
        if said.has_left or part.over:
            apart.append((part.id, LEFT if said.has_left else part.over))
            continue
        if said.to is not None and said.to.knows:
            apart.append((part.id, NOTHING_NEW))
            continue
        try:
            told.append((part, said, _about(said, renderer, undone=part.undone)))
        except Exception as error:  # a template can go wrong in any way, and takes nothing else along
            apart.append((part.id, because_of("template_error", error)))
    return told, tuple(apart)


def _about(said: Told, renderer: Renderer, *, undone: bool) -> About:
    news = said.news
    return About(
        Topic(said.topic), said.kind, news.context, renderer.subject(news.pathway_key, said.kind, news.context), undone
    )


def _stamp(row: Row[Any]) -> tuple[object, ...]:
    return row.id, row.cause, row.recipient_id, row.created_at


class _Teller:
    """Makes the news of a batch of messages, once for all who are told the same."""

    def __init__(self, session: Session, rows: Sequence[Row[Any]], url: str, on: date) -> None:
        self.session, self.url, self.on = session, url, on
        self.words: dict[tuple[str, int], _Words] = {}
        self.made: dict[str, News] = {}
        self.held = telling_rows.held(session, {row.enrolment_id for row in rows})

    def tells(self, row: Row[Any], to: Addressee | None) -> Told:
        """One message that is no digest."""
        if row.list_import_id is not None:
            news = self.of_a_list(row.list_import_id, row.recipient_id, row.on_day, row.kind)
        else:
            # What happened, happened on its day; how a deadline stands is said as it is by now, however long it waited.
            on = self.on if row.kind in kinds.REMINDERS else row.on_day
            news = self.of_an_enrolment(row.cause, on, row[telling_rows.BEFORE_THE_CASE :])
        instead = to is not None and to.instead
        foot = because(row.audience, row.topic, instead=instead, only_heard=bool(row.is_beyond))
        who = (row.id, row.kind, row.topic, foot, row.channel, to, _stamp(row))
        return Told(*who, news, has_left=telling_rows.has_left(row), over=UNDONE if row.undone else row.over)

    def of_an_enrolment(self, cause: str, on: date, about: Iterable[Any]) -> News:
        """What happened in an enrolment, or how it stands on this day: the same for every message of one cause. `about`
        ends a row of `telling_rows`.
        """
        news = self.made.get(cause)
        if news is None:
            news = self.made[cause] = self._of_an_enrolment(on, *about)
        return news

    def _of_an_enrolment(
        self,
        on: date,
        enrolment_id: int,
        reference: str,
        pathway_key: str,
        version: int,
        area: str,
        name: str,
        due_on: date | None,
        step: str | None,
        source: str | None,
        target: str,
        reason: str | None,
        review_on: date | None,
    ) -> News:
        words = self._words(pathway_key, version)
        pathway, held = words.pathway, self.held.get(enrolment_id, frozenset())
        stage = pathway.open_stages.get(target)
        context = MessageContext(
            reference=reference,
            pathway_title=pathway.title,
            stage_title=pathway.stage_title(target),
            from_title=pathway.stage_title(source) if source else None,
            step_title=words.steps.get(step or ""),
            on=on,
            due_on=due_on,
            days_late=max(0, (on - due_on).days) if due_on is not None else 0,
            awaits=tuple(title for key, title in words.awaited.get(target, ()) if key not in held),
            payer=stage.payer if stage else None,
            alongside=stage.alongside if stage else None,
            area=area,
            reason=words.reasons.get(reason or ""),
            review_on=review_on,
            link=f"{self.url}/sag/{reference}",
        )
        return News(pathway_key, context, (name,), (*words.titles, area, self.url))

    def of_the_overdue(self, staff_id: int, to: Addressee | None, but: Set[int]) -> AlsoLate:
        """Who is late among those whom somebody answers for, as far as it goes `to` somebody who sees them; `but` for
        those of whom a digest says it.
        """
        reader = to.staff_id if to else None
        found = overdue_for(self.session, staff_id, self.on, but, reader)
        if not found.count:
            return NOBODY_LATE
        said = [Said(row.reference, *self._how_late(row), f"{self.url}/sag/{row.reference}") for row in found.rows]
        alike = Counter[tuple[str, str]]()
        for row in found.alike:
            alike[self._how_late(row)] += row.how_many
        table = self.url + table_for(self.session, staff_id, reader)
        section = overdue_of(said, found.count, table, too=bool(but), alike=alike)
        known = [word for row in found.rows for word in self._words(row.pathway_key, row.pathway_version).titles]
        return AlsoLate(section, tuple(row.name for row in found.rows), tuple(known))

    def _how_late(self, row: Row[Any]) -> tuple[str, str]:
        """How late somebody is, and where: a row of `onboarding.lateness`."""
        open_stages = self._words(row.pathway_key, row.pathway_version).pathway.open_stages
        stage = open_stages.get(row.stage)  # one case that is broken takes nobody's digest away
        note = stage.title if stage else UNKNOWN_STAGE
        note += f", {danish_rest(row.rests_until)}" if row.rests else ""
        return f"{danish_days((self.on - row.due_on).days)} over tid", note

    def _words(self, pathway_key: str, version: int) -> _Words:
        pinned = (pathway_key, version)
        if pinned not in self.words:
            self.words[pinned] = _Words(pathway_of(self.session, *pinned))
        return self.words[pinned]

    def of_a_list(self, list_id: int, recipient_id: int | None, on: date, kind: str) -> News:
        """A list as a coordinator is told of it: who is new and whom they took over, or who was taken back."""
        imported = select(LIST_IMPORT.c.pathway_key, LIST_IMPORT.c.command_id).where(LIST_IMPORT.c.id == list_id)
        key, command_id = self.session.connection().execute(imported).one()
        e, t = ENROLMENT.c, TRANSITION.c
        theirs = (
            select(e.reference, CANDIDATE.c.name, t.action, stands().label("stands"))
            .join_from(TRANSITION, ENROLMENT)
            .join(CANDIDATE)
        )
        theirs = theirs.where(t.command_id == command_id, t.coordinator_id == recipient_id).order_by(e.id)
        found = self.session.connection().execute(theirs).all()
        got = [row for row in found if bool(row.stands) is (kind == kinds.LIST_IMPORTED)] or found
        pathway = newest(self.session, key)
        references = tuple(row.reference for row in got if row.action == Verb.ENROL)
        context = MessageContext.of_many(
            reference=got[0].reference if got else "",
            pathway_title=pathway.title,
            stage_title=pathway.stage_title(pathway.starts_in),
            on=on,
            link=f"{self.url}/forloeb/{key}",
            count=len(references),
            references=references,
            taken_over=tuple(row.reference for row in got if row.action == Verb.ASSIGN),
        )
        names = tuple(row.name for row in got)
        return News(pathway.key, context, names, (*titles_of(pathway), context.area, self.url))


class _Words:
    """The Danish words of a pathway that messages use, looked up once for a batch of them."""

    def __init__(self, pathway: Pathway) -> None:
        self.pathway = pathway
        self.titles = titles_of(pathway)
        self.steps = {step.key: step.title for step in pathway.steps}
        self.reasons = {**QUIET_REASONS, **pathway.pause_reasons, **pathway.dropout_reasons}
        self.awaited = {stage: self._awaited(stage) for stage in pathway.open_stages}

    def _awaited(self, stage: str) -> tuple[tuple[str, str], ...]:
        """Key and title of each milestone that a step out of the stage asks for, in their order."""
        conditions = (condition for step in self.pathway.steps_from[stage] for condition in step.when)
        wanted = dict.fromkeys(c.milestone for c in conditions if isinstance(c, Holds))
        return tuple((key, self.pathway.milestones_by_key[key].title) for key in wanted)
