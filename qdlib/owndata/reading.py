"""A table of numbers out of a text file, as source-meters and integrating spheres write them.

Separator, decimal sign, preamble, headings and units are found; nothing of the file is executed,
and what is not read as data is kept as a remark.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .kinds import is_unit

LARGEST = 10_000_000  # [bytes]
SNIFFED = 2000  # lines by which separator and decimal sign are told
LONG = 10_000  # letters of a line, of which the csv module may refuse a cell
RUN = 3  # rows of numbers in a row, with which a table begins
SEPARATORS = {"\t": "tab", ";": "semicolon", ",": "comma", " ": "spaces"}
DECIMALS = {".": "point", ",": "comma"}
COMMENTS = "#", "%", "!", "//"
MISSING = {"", "nan", "n/a", "na", "-", "--"}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""Byte order marks, and the encodings that they stand for."""


class Row(NamedTuple):
    """A line of the file, by its number from 1, split into cells."""

    line: int
    cells: tuple[str, ...]
    text: str


@dataclass(frozen=True, eq=False)
class Table:
    """What a file holds: a row of headings and rows of cells, as they stand there.

    content : the file itself; separator, decimal : keys of SEPARATORS and DECIMALS
    headings : with their units, "" where there is none; remarks : lines that are no data
    """

    name: str
    content: bytes
    separator: str
    decimal: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    remarks: tuple[Row, ...]

    @cached_property
    def lines(self) -> NDArray[np.int64]:
        """The line of each row in the file, from 1 (K,)."""
        return np.array([row.line for row in self.rows])

    def title(self, index: int) -> str:
        """What a column is called, by its heading or its place from 1."""
        return self.headings[index] or f"column {index + 1}"

    def numbers(self, index: int) -> NDArray[np.float64]:
        """A column as numbers (K,), NaN where a cell is empty.

        Raises InputError for a cell that is no number: its line, column, and what mends it.
        """
        words = [row.cells[index] for row in self.rows]
        found = [number(word, self.decimal) for word in words]
        wrong = [k for k, value in enumerate(found) if value is None]
        if wrong:
            more = f" (as in {len(wrong) - 1} more cells)" if len(wrong) > 1 else ""
            sign = DECIMALS[self.decimal]
            raise cell_error(
                self, index, wrong[0], words[wrong[0]],
                f"a number with a decimal {sign}, or empty{more}: correct the cell, or put # before"
                " a line that is no data",
            )  # fmt: skip
        return np.array(found, float)


def cell_error(table: Table, index: int, row: int, value: object, allowed: str) -> InputError:
    """The InputError that names a cell of a table by its line and its column."""
    return InputError(f"line {table.lines[row]}, {table.title(index)}", value, allowed)


def number(word: str, decimal: str = ".") -> float | None:
    """A cell as a number: NaN if it is empty, None if it is something else.

    >>> number("1,5e-3", ","), number("1.5", ","), number("")
    (0.0015, None, nan)
    """
    if decimal == "." and NUMBER.fullmatch(word):  # nearly all are
        return float(word)
    if word.lower() in MISSING:
        return float("nan")
    plain = word.replace("−", "-")
    if decimal == ",":
        if "." in plain:
            return None
        plain = plain.replace(",", ".")
    return float(plain) if NUMBER.fullmatch(plain) else None


def read_file(path: str | Path) -> Table:
    """The Table of a file; as `read`. Raises OSError if there is no such file."""
    path = Path(path)
    with open(path, "rb") as file:
        return read(path.name, file.read(LARGEST + 1))


def read(name: str, content: bytes) -> Table:
    """The Table that the content of a text file holds.

    Raises InputError for what is too large, no text, or has no table; it says what mends it.

    >>> table = read("some.csv", b"# mine\\nU (V);I (mA)\\n0,0;0\\n0,5;1e-4\\n1,0;2")
    >>> SEPARATORS[table.separator], table.headings, table.numbers(0).tolist()
    ('semicolon', ('U (V)', 'I (mA)'), [0.0, 0.5, 1.0])
    """
    lines = _decoded(name, content).splitlines()
    separator, decimal = _dialect(name, lines[:SNIFFED])
    rows, remarks = _rows(lines, separator)
    width = Counter(
        len(row.cells) for row in rows[:SNIFFED] if _count(row, decimal) > 1
    ).most_common(1)[0][0]
    begin, headed = _begin(rows, width, decimal)
    headings, used = _headings(
        rows[:begin] if headed else [], remarks, rows[begin], width, separator
    )
    named = [len(row.cells) for row in rows[:begin] if not _count(row, decimal)]
    halves = separator == "," and not any("." in row.text for row in rows[begin:])
    if halves and (named[-1] < width if headed else width / 2 in named):
        raise InputError(
            "separator", ",", "another sign than that of the decimals: save the table with "
            "semicolons or tabs between its columns",
        )  # fmt: skip
    remarks += [row for row in rows[:begin] if row not in used]
    data = []
    for row in rows[begin:]:
        first = number(row.cells[0], decimal) if len(row.cells) == width else None
        if first is not None and not isnan(first):  # nearly all rows
            data.append(row)
        elif not any(_numbers(row, decimal)):
            remarks.append(row)
        elif any(row.cells[width:]):
            raise InputError(
                f"line {row.line}", row.text.strip()[:80],
                f"{width} cells, as in the lines before: remove what is too much",
            )  # fmt: skip
        elif len(row.cells) == width:
            data.append(row)
        else:
            cells = (*row.cells[:width], *[""] * (width - len(row.cells)))
            data.append(row._replace(cells=cells))
    kept = sorted((row for row in remarks if row not in used), key=lambda row: row.line)
    return Table(name, content, separator, decimal, headings, tuple(data), tuple(kept))


def _decoded(name: str, content: bytes) -> str:
    if len(content) > LARGEST:
        raise InputError("size", f"{len(content) / 1e6:.1f} MB", f"at most {LARGEST / 1e6:g} MB")
    if content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0":
        raise InputError("file", name, "text: save the spreadsheet as CSV first")
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    if b"\0" in content:
        raise InputError("file", name, "text: a CSV or TXT file")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what Windows programs write


def _split(line: str, separator: str) -> tuple[str, ...]:
    if separator == " ":
        return tuple(line.split())
    if '"' not in line and len(line) < LONG:
        return tuple(map(str.strip, line.split(separator)))
    try:
        return tuple(cell.strip() for cell in next(csv.reader([line], delimiter=separator), ()))
    except csv.Error:  # a cell longer than any number
        return ()


def _numbers(row: Row, decimal: str) -> Iterator[bool]:
    """Of each cell of a row that is not empty, whether it is a number."""
    return (number(cell, decimal) is not None for cell in row.cells if cell.lower() not in MISSING)


def _count(row: Row, decimal: str) -> int:
    """How many cells of a row are numbers."""
    return sum(_numbers(row, decimal))


def _rows(lines: list[str], separator: str) -> tuple[list[Row], list[Row]]:
    """Rows that hold something, and comments."""
    rows, comments = [], []
    for place, line in enumerate(lines, 1):
        if line.lstrip().startswith(COMMENTS):
            comments.append(Row(place, (), line))
        elif line.strip(" \t;,"):
            rows.append(Row(place, _split(line, separator), line))
    return rows, comments


def _dialect(name: str, lines: list[str]) -> tuple[str, str]:
    """Separator and decimal sign with which the most cells are numbers."""
    best, most = None, 0
    for separator in SEPARATORS:
        rows, _ = _rows(lines, separator)
        for decimal in DECIMALS:
            counts = [_count(row, decimal) for row in rows]
            score = sum(count for count in counts if count > 1)
            if score > most:
                best, most = (separator, decimal), score
    if best is None:
        raise InputError(
            "file", name, "a table of at least two columns of numbers, with tabs, semicolons or "
            "commas between them",
        )  # fmt: skip
    return best


def _begin(rows: list[Row], width: int, decimal: str) -> tuple[int, bool]:
    """The first row of the table, and whether headings stand before it."""
    counts: list[int] = []
    for row in rows:
        counts.append(_count(row, decimal))
        if len(counts) >= RUN and min(counts[-RUN:]) > 1:
            first = len(counts) - RUN
            break
    else:  # a table of fewer rows, the last ones if they are together
        of_numbers = [k for k, count in enumerate(counts) if count > 1]
        together = [k for k in of_numbers if min(counts[k:]) > 1]
        first = (together or of_numbers)[0]
    # a row with a wrong cell belongs to the table as well, and is to be told of
    begin = first
    while begin and counts[begin - 1] and width - 1 <= len(rows[begin - 1].cells):
        begin -= 1
    if begin and not counts[begin - 1] and len(rows[begin - 1].cells) in (width, width - 1):
        return begin, True
    return first, False


def _headings(
    rows: list[Row], comments: list[Row], first: Row, width: int, separator: str
) -> tuple[tuple[str, ...], list[Row]]:
    """The headings of a table, units that stand under them added; and the rows they stood in."""
    used: list[Row] = []
    if not rows:  # in a comment, or in words that single spaces divide
        for row in reversed([one for one in comments if one.line < first.line]):
            words = row.text.lstrip("#%!/ \t")
            for cells in _ways(words, separator):
                if len(cells) == width:
                    return cells, [row]
        return ("",) * width, []
    last = rows[-1]
    used = [last]
    cells = (*last.cells, *[""] * (width - len(last.cells)))
    if len(rows) > 1 and all(is_unit(cell) or not cell for cell in cells) and any(cells):
        above = rows[-2]
        if len(above.cells) in (width, width - 1):
            used.append(above)
            names = (*above.cells, *[""] * (width - len(above.cells)))
            cells = tuple(
                f"{name} ({unit})" if unit else name
                for name, unit in zip(names, cells, strict=True)
            )
    return cells, used


def _ways(words: str, separator: str) -> Iterator[tuple[str, ...]]:
    """Ways to split a line of headings."""
    yield _split(words, separator)
    yield tuple(re.split(r"\s{2,}|\t", words.strip()))
    yield _split(words, ",")
