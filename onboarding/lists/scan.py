"""Looking through the XML of a workbook before anything is built from it.

The reader that follows lays each sheet out as a full rectangle up to its last cell, and copies a shared text
into every cell that shows it: a file of 2 KB with a cell in the last corner of the grid asks for 550 GB and
kills the process (github.com/tafia/calamine/issues/693). So the corners are measured and the texts are
counted here, element by element, holding none of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from xml.parsers import expat

from engine.refusal import Refused
from onboarding.lists import limits

_CHUNK = 64 * 1024
_ADDRESS = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


class Scan:
    """What has been seen in the parts of a workbook; `largest_area` is its largest sheet's, in cells."""

    def __init__(self) -> None:
        self.largest_area = 0
        self._elements = 0
        self._shared: list[int] = []  # length of each shared text
        self._shown: Counter[str] = Counter()  # number of a shared text -> cells that show it
        self._actions: Mapping[str, Callable[[Mapping[str, str]], None]] = {
            "row": self._row,
            "c": self._cell,
            "v": self._value,
            "is": self._value,
            "si": self._shared_text,
        }

    def read(self, part: bytes) -> None:
        """Look through one part. Refused when it is no plain XML or passes a limit."""
        self._rows = self._at_row = self._at_column = self._last_row = self._last_column = 0
        self._run = 0  # characters since the last tag
        self._shows_shared = self._in_number = self._in_shared = False
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            _feed(parser, part)
        except (expat.ExpatError, LookupError, ValueError):
            raise damaged() from None
        self.largest_area = max(self.largest_area, self._last_row * self._last_column)

    def check_texts(self) -> None:
        """Refused when the cells would hold too much text. To be asked once every part has been read."""
        if sum(self._length(number) * cells for number, cells in self._shown.items()) > limits.TEXT:
            raise too_large()

    def _length(self, number: str) -> int:
        index = int(number) if number.isascii() and number.isdigit() else -1
        if not 0 <= index < len(self._shared):
            raise damaged()
        return self._shared[index]

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if self._elements > limits.ELEMENTS:
            raise too_large()
        self._in_number = False
        self._run = 0
        action = self._actions.get(name.rpartition(":")[2])
        if action is not None:
            action(attributes)

    def _row(self, attributes: Mapping[str, str]) -> None:
        self._rows += 1
        if self._rows > limits.ROWS:
            raise too_many_rows()
        self._at_row = int(attributes.get("r", self._at_row + 1))
        self._at_column = 0

    def _cell(self, attributes: Mapping[str, str]) -> None:
        self._shows_shared = attributes.get("t") == "s"
        address = attributes.get("r")
        if address is None:
            self._at_column += 1
            return
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise damaged()
        self._at_column, self._at_row = _column_number(found[1]), int(found[2])

    def _value(self, _: Mapping[str, str]) -> None:
        """A cell that holds something; a cell that is only coloured is not laid out."""
        self._in_number = self._shows_shared
        if self._at_row > limits.ROWS:
            raise too_many_rows()
        if self._at_column > limits.COLUMNS:
            raise too_large()
        self._last_row = max(self._last_row, self._at_row)
        self._last_column = max(self._last_column, self._at_column)

    def _shared_text(self, _: Mapping[str, str]) -> None:
        self._in_shared = True
        self._shared.append(0)

    def _text(self, text: str) -> None:
        self._run += len(text)
        if self._run > limits.CELL:
            raise too_large()
        if self._in_number:
            if number := text.strip():
                self._shown[number] += 1
        elif self._in_shared:
            self._shared[-1] += len(text)


def damaged() -> Refused:
    """The refusal of a workbook that cannot be understood."""
    return Refused("Filen er beskadiget eller er ikke et regneark: åbn det i Excel, og gem det igen.")


def too_large() -> Refused:
    """The refusal of a file that would take too long or too much memory."""
    return Refused(
        "Filen er for stor til at være en kandidatliste: kopiér kun listens rækker og kolonner "
        "til et nyt regneark, og gem det."
    )


def too_many_rows() -> Refused:
    """The refusal of a list with more rows than a list can have, filled or empty."""
    rows = f"{limits.ROWS:,}".replace(",", ".")
    return Refused(
        f"Listen har over {rows} rækker, når tomme rækker tælles med: kopiér rækkerne med kandidater "
        "til en ny fil, eller del listen i flere filer."
    )


def _feed(parser: expat.XMLParserType, part: bytes) -> None:
    for start in range(0, len(part), _CHUNK):
        parser.Parse(part[start : start + _CHUNK], False)
        if start - parser.CurrentByteIndex > limits.TOKEN_BYTES:
            raise too_large()
    parser.Parse(b"", True)


def _refuse_doctype(*_: object) -> None:
    # No program that makes workbooks writes one, and it is how a short file unfolds into a long one.
    raise Refused("Regnearket indeholder XML, som Excel ikke skriver: åbn det i Excel, og gem det igen.")


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
