"""From the rows of a list to candidates, with everything that is wrong said in one go.

A fault stops the list; a notice does not: it says how something was read, or what was left out. Neither
repeats what is in a cell, since that could be a name or a CPR number in the wrong place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TypeVar

from engine.refusal import Refused
from models import cpr
from onboarding.lists import limits, values
from onboarding.lists.cells import Cell, Row, as_text, column_letter, is_blank, is_filled
from onboarding.lists.columns import Columns, match
from onboarding.lists.parsed import CandidateRow, Fault, Mention, Notice, ParsedList
from onboarding.lists.table import Table

__all__ = ["CandidateRow", "Fault", "Mention", "Notice", "ParsedList", "parse_rows"]

_T = TypeVar("_T")
_OLD = 110  # years; nobody starts at that age, so a digit of the number is a slip
_PROGRESS_EVERY = 500


def parse_rows(table: Table, *, progress: Callable[[int], None] | None = None) -> ParsedList:
    """Every candidate, fault and notice of a list. `progress` is told now and then how many rows are done."""
    findings = _Findings(table)
    candidates: list[CandidateRow] = []
    for done, row in enumerate(table.rows, start=1):
        candidate = _RowReader(row, findings).candidate()
        if candidate is not None:
            candidates.append(candidate)
        if progress is not None and (done % _PROGRESS_EVERY == 0 or done == len(table.rows)):
            progress(done)
    return findings.parsed(candidates)


class _Findings:
    """What has been found in a list so far."""

    def __init__(self, table: Table) -> None:
        self.columns: Columns = match(table.headings)
        self.row_by_cpr: dict[str, int] = {}
        self.mentions: list[Mention] = []
        self.faults = [Fault(table.heading_row, *fault) for fault in self.columns.faults]
        self.notices = [Notice(table.heading_row, *remark) for remark in self.columns.remarks]
        self.notices += [*_rows_above(table), *_columns_without_heading(table, self.columns)]

    def parsed(self, candidates: list[CandidateRow]) -> ParsedList:
        notices = sorted(self.notices, key=lambda notice: notice.row)
        return ParsedList(tuple(candidates), tuple(self.faults), tuple(notices), tuple(self.mentions))


def _rows_above(table: Table) -> Iterator[Notice]:
    for row in table.above:
        yield Notice(row, "", "Rækken står over overskrifterne og er ikke læst.")


def _columns_without_heading(table: Table, columns: Columns) -> Iterator[Notice]:
    for index in columns.unnamed:
        filled = (row.number for row in table.rows if is_filled(row.cells[index : index + 1]))
        if first := next(filled, None):
            yield Notice(first, columns.labels[index], "Kolonnen har ingen overskrift og er ikke læst.")


class _RowReader:
    """Reads one row's cells, and tells the findings of each that cannot be read."""

    def __init__(self, row: Row, findings: _Findings) -> None:
        self._row = row
        self._findings = findings
        self._columns = findings.columns

    def candidate(self) -> CandidateRow | None:
        """The candidate, or None when the row or the headings have a fault."""
        before = len(self._findings.faults)
        if not self._is_whole():
            return None
        number, full_name = self._number(), self._full_name()
        phone, email = self._read("phone", values.phone), self._read("email", values.email)
        area = self._mentioned("area", values.area)
        coordinator = self._mentioned("coordinator", values.coordinator)
        starts_on = self._read("starts_on", values.start)
        tongue, consent = self._read("mother_tongue", values.optional), self._read("consent", values.consent)
        if self._columns.faults or len(self._findings.faults) > before:
            return None
        if number is None or full_name is None or area is None or coordinator is None or starts_on is None:
            return None  # its column is missing, which is a fault of the headings
        self._look_at_birth(number, starts_on)
        return CandidateRow(
            row=self._row.number,
            cpr=number,
            name=full_name,
            phone=phone,
            email=email,
            area=area,
            coordinator=coordinator,
            starts_on=starts_on,
            mother_tongue=tongue,
            consent=bool(consent),
        )

    def _is_whole(self) -> bool:
        """Whether the row has one cell a heading, and something in those that are read."""
        headings = len(self._columns.labels)
        if is_filled(self._row.cells[headings:]):
            self._fault(
                f"kolonne {column_letter(headings)}",
                "Rækken har flere celler end listen har overskrifter, så de kan stå forkert: "
                "sæt anførselstegn om den celle, der indeholder skilletegnet, eller slet det overskydende.",
            )
            return False
        if self._columns.index and all(is_blank(self._cell(field)) for field in self._columns.index):
            self._fault(self._columns.label("cpr"), "Rækken har ingen kandidat: udfyld den, eller slet den.")
            return False
        return True

    def _number(self) -> str | None:
        number = self._read("cpr", values.cpr_number)
        if number is None:
            return None
        first = self._findings.row_by_cpr.setdefault(number, self._row.number)
        if first != self._row.number:
            self._fault(
                self._columns.label("cpr"),
                f"Samme CPR-nummer står i række {first}: ret nummeret, eller slet den ene af de to rækker.",
            )
        return number

    def _full_name(self) -> str | None:
        if "name" in self._columns.index:
            return self._read("name", values.name)
        first, last = self._read("first_name", values.name), self._read("last_name", values.name)
        if first is None or last is None:
            return None
        middle = self._read("middle_name", values.optional)
        whole = " ".join(part for part in (first, middle, last) if part)
        if len(whole) > limits.CELL_STORED:
            problem = f"Navnet har i alt over {limits.CELL_STORED} tegn: skriv det kortere."
            self._fault(self._columns.label("first_name"), problem)
        return whole

    def _mentioned(self, field: str, reader: Callable[[Cell, str], values.Read[str]]) -> str | None:
        value = self._read(field, reader)
        if value is not None:
            mention = Mention(self._row.number, field, self._columns.label(field), value)
            self._findings.mentions.append(mention)
        return value

    def _read(self, field: str, reader: Callable[[Cell, str], values.Read[_T]]) -> _T | None:
        """The field's value; None when there is no such column, or the cell has a fault."""
        if field not in self._columns.index:
            return None
        cell = self._cell(field)
        text = as_text(cell)
        try:
            values.check(text, field)
            read = reader(cell, text)
        except Refused as refused:
            for reason in refused.reasons:
                self._fault(self._columns.label(field), reason)
            return None
        if read.remark:
            self._notice(field, read.remark)
        return read.value

    def _look_at_birth(self, number: str, starts_on: date) -> None:
        born = cpr.birth_date(number)
        if starts_on < born:
            self._notice("starts_on", "Datoen ligger før fødselsdatoen i CPR-nummeret: kontrollér dem begge.")
        elif starts_on.year - born.year - ((starts_on.month, starts_on.day) < (born.month, born.day)) > _OLD:
            self._notice("cpr", f"Kandidaten er over {_OLD} år ved start: kontrollér CPR-nummeret.")

    def _cell(self, field: str) -> Cell:
        index = self._columns.index[field]
        return self._row.cells[index] if index < len(self._row.cells) else ""

    def _fault(self, column: str, problem: str) -> None:
        self._findings.faults.append(Fault(self._row.number, column, problem))

    def _notice(self, field: str, remark: str) -> None:
        self._findings.notices.append(Notice(self._row.number, self._columns.label(field), remark))
