"""Read a candidate list in: everything that is wrong with it in one go, or all of it saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from engine.audience import Audience
from engine.refusal import Refused
from models.area import HostArea
from models.bulk import insert
from models.keys import Keyring
from models.list_import import ListImport
from models.staff import Staff
from notifications.audiences import Directory
from notifications.queue import MESSAGE, messages_of_a_list
from onboarding import staffing
from onboarding.acting import Answer
from onboarding.advance import remind_at_once
from onboarding.enrolling import Enrolled, enrol_all
from onboarding.entry import Entry
from onboarding.keyring import in_turn
from onboarding.lists.correcting import Corrections, corrected
from onboarding.lists.limits import CANDIDATES
from onboarding.lists.parsed import Fault, Notice, ParsedList
from onboarding.lists.rows import parse_rows
from onboarding.lists.table import Table, read_table
from onboarding.lists.values import folded
from onboarding.pathways import newest
from onboarding.reach import ELSEWHERE, Reach, left_alone
from onboarding.signed import Signed
from onboarding.standing import Standing, standings
from onboarding.writing import write_messages

_FEW = 5
_ABSENT = {"area": "Værtsområdet findes ikke", "coordinator": "Koordinatoren findes ikke"}
#: What to do about an area or a coordinator that there is not, and where to put those that there are.
AT_THE_COMMAND_LINE: Mapping[str, str] = {
    "area": "ret navnet, eller opret det med »sosu area add«.{known}",
    "coordinator": "ret e-mailadressen, eller opret med »sosu staff add«.{known}",
}


@dataclass(frozen=True, slots=True)
class CandidateList:
    """A list as it was read from its file: how many rows, and what they say. `content_hash` is the file's SHA-256.

    `corrected` is how many cells somebody typed anew in place of the file's, `omitted` how many rows they left out.
    """

    rows: int
    content_hash: str
    parsed: ParsedList = field(repr=False)
    corrected: int = 0
    omitted: int = 0


def read_list(path: Path) -> CandidateList:
    """Reads a list. Do it before a transaction begins: a large one takes seconds, and nobody should wait for them.

    Raises `Refused` for a file that cannot be read at all.
    """
    return list_of(read_table(path))


def list_of(table: Table, corrections: Corrections | None = None, omitted: Set[int] = frozenset()) -> CandidateList:
    """What a table says once its cells are corrected and rows left out. Raises `Refused` when nothing is left of it, or
    more than can be read in at once.
    """
    if len(table.rows) > CANDIDATES:
        most = f"{CANDIDATES:,}".replace(",", ".")
        raise Refused(f"Listen har over {most} kandidater: del den i flere filer, og indlæs dem en for en.")
    corrections = {place: text for place, text in (corrections or {}).items() if place.row not in omitted}
    if corrections or omitted:
        table = corrected(table, corrections, omitted)
    return CandidateList(len(table.rows), table.content_hash, parse_rows(table), len(corrections), len(omitted))


def import_list(
    session: Session,
    keyring: Keyring,
    candidates: CandidateList,
    pathway_key: str,
    signed: Signed,
    progress: Callable[[int], None] | None = None,
    reach: Reach | None = None,
    remedies: Mapping[str, str] = AT_THE_COMMAND_LINE,
) -> Answer:
    """Enrols the candidates of a list, or with any fault in it nobody.

    A row that would change an enrolment beyond the `reach` of whoever signs is a fault. None: they reach everything.
    `remedies` say what to do about an unknown area or coordinator; `progress` is told how many more rows were saved.

    Gives `rows`, `created`, `updated`, `unchanged`, `errors` and `notices` (each `row`, `column`, `problem`), `saved`
    (whether there was no fault), `known` (the newest references of its people who were known before; none when nobody
    was looked up) and, when saved, the references of the new `enrolments`, the `import`'s id, and what came of each row
    in `outcomes`. Raises `Refused` for an unknown pathway.
    """
    pathway = newest(session, pathway_key)
    parsed = candidates.parsed
    areas, coordinators = _known(session)
    result: Answer = {"rows": candidates.rows, "created": 0, "updated": 0, "unchanged": 0, "errors": []}
    result |= {"enrolments": [], "import": None, "outcomes": [], "known": []}
    result |= {"notices": _listed(parsed.notices), "saved": False}
    if faults := _faults(session, parsed, areas, coordinators, remedies):
        return result | {"errors": _listed(faults)}
    entries = _entries(parsed, areas, coordinators)
    keyring = in_turn(session, keyring)
    found = standings(session, keyring, pathway_key, [entry.cpr for entry in entries], reach)
    result["known"] = [standing.newest for standing in found if standing.newest]
    if reach is not None and (faults := list(_beyond(parsed, entries, found, reach))):
        return result | {"errors": _listed(faults)}
    run = _begun(session, candidates, pathway_key, len(entries), signed)
    enrolled = enrol_all(session, keyring, pathway, entries, found, signed, list_import_id=run.id, progress=progress)
    result |= _counted(session, run, enrolled)
    _queue_messages(session, run, enrolled, signed)
    enrolled.note_details(session, signed)
    return result | _saved(parsed, entries, found, run, enrolled)


def _saved(
    parsed: ParsedList, entries: list[Entry], found: list[Standing], run: ListImport, enrolled: Enrolled
) -> dict[str, Any]:
    """What is said of a list that was read in, beside its counts."""
    remarks = (*parsed.notices, *_about_starts(parsed, entries, found), *_left_alone(parsed, found))
    return {
        "notices": _listed(sorted(remarks, key=lambda notice: notice.row)),
        "saved": True,
        "enrolments": [change.loaded.row.reference for change in enrolled.made],
        "import": run.id,
        "outcomes": [{"row": row.row} | asdict(came) for row, came in zip(parsed.rows, enrolled.came, strict=True)],
    }


def _counted(session: Session, run: ListImport, enrolled: Enrolled) -> dict[str, int]:
    """What came of the rows, kept with the import."""
    counts = Counter(came.outcome for came in enrolled.came)
    run.created, run.updated, run.unchanged = (counts[outcome] for outcome in ("created", "updated", "unchanged"))
    session.add(run)
    return {"created": run.created, "updated": run.updated, "unchanged": run.unchanged}


def _entries(parsed: ParsedList, areas: dict[str, int], coordinators: dict[str, int]) -> list[Entry]:
    return [
        Entry(
            cpr=row.cpr,
            name=row.name,
            starts_on=row.starts_on,
            area_id=areas[folded(row.area)],
            coordinator_id=coordinators[row.coordinator],
            consent=row.consent,
            phone=row.phone,
            email=row.email,
            mother_tongue=row.mother_tongue,
        )
        for row in parsed.rows
    ]


def _begun(session: Session, candidates: CandidateList, pathway_key: str, rows: int, signed: Signed) -> ListImport:
    """The import's own row, which its enrolments refer to."""
    run = ListImport(
        pathway_key=pathway_key,
        content_hash=candidates.content_hash,
        rows=rows,
        created=0,
        updated=0,
        unchanged=0,
        corrected=candidates.corrected,
        omitted=candidates.omitted,
        by=signed.by,
        at=signed.at,
        command_id=signed.command_id,
    )
    session.add(run)
    session.flush()
    return run


def _known(session: Session) -> tuple[dict[str, int], dict[str, int]]:
    """The ids of the areas by folded name and of the active coordinators by e-mail."""
    areas = session.exec(select(HostArea.folded_name, HostArea.id).where(HostArea.active))
    staff = select(Staff.email, Staff.id).where(Staff.role == Audience.COORDINATOR, Staff.active)
    return {name: i for name, i in areas if i}, {email: i for email, i in session.exec(staff) if i}


def _faults(
    session: Session,
    parsed: ParsedList,
    areas: dict[str, int],
    coordinators: dict[str, int],
    remedies: Mapping[str, str],
) -> list[Fault]:
    """Everything that is wrong with the list before anybody is looked up, by row."""
    unknown = _unknown(parsed, areas, coordinators, staffing.areas(session), remedies)
    misplaced = _misplaced(session, parsed, areas, coordinators)
    return sorted([*parsed.faults, *unknown, *misplaced], key=lambda fault: fault.row)


def _unknown(
    parsed: ParsedList,
    areas: dict[str, int],
    coordinators: dict[str, int],
    names: list[str],
    remedies: Mapping[str, str],
) -> Iterator[Fault]:
    there: dict[str, tuple[Collection[str], Collection[str]]] = {
        "area": (areas, names),
        "coordinator": (coordinators, coordinators),
    }
    for mention in parsed.mentions:
        known, called = there[mention.kind]
        value = folded(mention.value) if mention.kind == "area" else mention.value
        if value not in known:
            problem = f"{_ABSENT[mention.kind]}: {remedies[mention.kind].format(known=_some(called))}"
            yield Fault(mention.row, mention.column, problem)


def _misplaced(
    session: Session, parsed: ParsedList, areas: dict[str, int], coordinators: dict[str, int]
) -> Iterator[Fault]:
    """Rows whose coordinator does not work for the area that they name."""
    placed = {m.row: areas.get(folded(m.value)) for m in parsed.mentions if m.kind == "area"}
    given = [m for m in parsed.mentions if m.kind == "coordinator"]
    placings = {m.row: (coordinators.get(m.value) or 0, placed.get(m.row) or 0) for m in given}
    there = {placing for placing in placings.values() if all(placing)}
    problems = staffing.misplaced(session, there)
    for mention in given:
        if problem := problems.get(placings[mention.row]):
            yield Fault(mention.row, mention.column, problem)


def _some(known: Iterable[str]) -> str:
    """What there is, when it is little enough to be read."""
    names = sorted(known)
    return f" Kendte: {', '.join(names)}." if 0 < len(names) <= _FEW else ""


def _beyond(parsed: ParsedList, entries: list[Entry], found: list[Standing], reach: Reach) -> Iterator[Fault]:
    """Rows about somebody who is under way beyond the reach: nobody takes over by a list what they cannot see."""
    headings = {mention.row: mention.column for mention in parsed.mentions if mention.kind == "coordinator"}
    for row, entry, standing in zip(parsed.rows, entries, found, strict=True):
        here = standing.open
        if here is None or here.within:
            continue
        stays = (here.area_id, here.coordinator_id) == (entry.area_id, entry.coordinator_id)
        if not (reach.refreshes and stays):
            yield Fault(row.row, headings[row.row], f"{ELSEWHERE} Tag rækken ud af listen.")


def _about_starts(parsed: ParsedList, entries: list[Entry], found: list[Standing]) -> Iterator[Notice]:
    """Rows that begin nothing though their date could seem to say so.

    The start of what began is not changed; and one who ended is not taken in again from the day they began on then.
    """
    for row, entry, standing in zip(parsed.rows, entries, found, strict=True):
        here, earlier = standing.open, standing.already(entry.starts_on)
        if here is not None and here.starts_on != entry.starts_on:
            which = here.reference if here.within else "Kandidatens forløb"
            when = f"{here.starts_on:%d-%m-%Y}" if here.within else "en anden dag"
            yield Notice(row.row, "Startdato", f"{which} er begyndt {when}; startdatoen er ikke ændret.")
        elif here is None and earlier is not None:
            which = earlier.reference if earlier.within else "Kandidatens forløb"
            said = (
                f"{which} begyndte samme dag og er afsluttet, så kandidaten er ikke indskrevet: "
                "skriv en anden startdato, hvis kandidaten begynder igen."
            )
            yield Notice(row.row, "Startdato", said)


def _left_alone(parsed: ParsedList, found: list[Standing]) -> Iterator[Notice]:
    """Rows about one's own candidates who are under way beyond the reach too, in another pathway."""
    for row, standing in zip(parsed.rows, found, strict=True):
        if (standing.open is None or standing.open.within) and not standing.all_changeable:
            yield Notice(row.row, "Navn", left_alone(standing.changeable))


def _listed(findings: list[Fault] | list[Notice] | tuple[Notice, ...]) -> list[dict[str, Any]]:
    return [
        {"row": f.row, "column": f.column, "problem": f.problem if isinstance(f, Fault) else f.remark} for f in findings
    ]


def _queue_messages(session: Session, run: ListImport, enrolled: Enrolled, signed: Signed) -> None:
    """One message to each coordinator who got candidates, however many; what moved is told as it always is. Of whoever
    is late already it is told together with the list, and not after the next sweep.
    """
    got = [*enrolled.made, *(change for change in enrolled.changed if change.assigned)]
    coordinators = (change.loaded.row.coordinator_id for change in got)
    insert(session, MESSAGE, list(messages_of_a_list(run.id or 0, coordinators, signed.on, signed.at)))
    changes = (*enrolled.made, *enrolled.changed)
    moved = (replace(c, decision=replace(c.decision, transitions=c.decision.moves)) for c in changes)
    write_messages(session, moved, Directory.load(session), signed)
    remind_at_once(session, [change.loaded.id for change in got], signed)
