"""How large a list may be, so that any file is read or refused within seconds and a few hundred megabytes.

The largest list we know of has some hundred rows, so each limit is far from a list that people work with.
"""

from __future__ import annotations

MEGABYTE = 1024 * 1024

FILE_BYTES = 20 * MEGABYTE
UNPACKED_BYTES = 64 * MEGABYTE  # of everything in a workbook together; 50,000 rows take some 40
PARTS = 1_000  # files inside a workbook
ELEMENTS = 3_000_000  # XML elements inside a workbook; 50,000 rows take some 2 million
TOKEN_BYTES = MEGABYTE  # one XML tag; the reader holds a tag in memory whole
ROWS = 50_000
#: Filled rows. A list is tried and read in as one transaction, and on SQLite everybody else who writes waits for it:
#: some three seconds for this many.
CANDIDATES = 10_000
COLUMNS = 100
AREA = 10_000_000  # cells, empty ones included: the workbook reader lays a sheet out as a full rectangle
TEXT = 50_000_000  # characters in cells; a shared text counts once for each cell that shows it
HEADING_ROWS = 20  # how far down the headings may stand, below a title and the like
CELL = 32_767  # characters in any cell, which is Excel's own limit
CELL_STORED = 200  # characters in a cell that is kept
