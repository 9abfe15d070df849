"""Published numbers, to select from.

The numbers are those of Pu et al., Nat. Commun. 11, 937 (2020), doi 10.1038/s41467-020-14756-5;
`data/README.md` describes every column and the source of each file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ..data import data_rows
from ..errors import InputError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PublishedValue:
    """One published number; `value`, `low` and `high` are NaN where the paper gives none.

    The numbers are in the paper's `unit`, not in SI. A lone `low` or `high` is a bound. The words
    of panel, quantity, sample, ligand and note may be several, separated by ";".
    """

    id: str
    panel: str
    quantity: str
    sample: str
    ligand: str
    value: float
    low: float
    high: float
    unit: str
    kind: str
    place: str
    note: str

    @property
    def text(self) -> str:
        """The number as one writes it, such as "18.6 ± 0.6 %"."""
        unit = "" if self.unit == "1" else f" {self.unit}"
        value, low, high = (f"{number:.10g}" for number in (self.value, self.low, self.high))
        bounded = not math.isnan(self.low), not math.isnan(self.high)
        if math.isnan(self.value):
            number = {
                (True, True): f"{low} to {high}",
                (True, False): f"more than {low}",
                (False, True): f"less than {high}",
            }.get(bounded)
            if number is None:
                return "no number"
        elif not all(bounded):
            number = value
        elif math.isclose(self.value - self.low, self.high - self.value, rel_tol=1e-6):
            number = f"{value} ± {(self.high - self.low) / 2:.6g}"
        else:
            number = f"{value} ({low} to {high})"
        return "about " * ("about" in self.note.split(";")) + number + unit


def published_values(panel: str | None = None, **where: str | float) -> tuple[PublishedValue, ...]:
    """The published numbers of a panel, filtered by column: a tuple of PublishedValue.

    panel : such as "1e", "S9c" or "Table 1": every row that belongs to it
    where : column = entry, such as quantity="peak EQE", ligand="RNH2"; a cell that lists several
        entries matches each of them

    Raises InputError if a column does not exist, or no row that passed the earlier filters has
    the entry.

    >>> [row.text for row in published_values("1f", quantity="peak EQE", ligand="RNH2")]
    ['20.2 %', '18.6 ± 0.6 %']
    """
    return _selected(tuple((where if panel is None else {"panel": panel, **where}).items()))


@cache  # the figures ask for the same at each step of a slider
def _selected(where: tuple[tuple[str, str | float], ...]) -> tuple[PublishedValue, ...]:
    rows = _published()
    for column, entry in where:
        columns = PublishedValue.__dataclass_fields__
        if column not in columns:
            raise InputError("column", column, f"one of {', '.join(columns)}")
        found = tuple(row for row in rows if entry in _entries(getattr(row, column)))
        if not found:
            cells = {str(one) for row in rows for one in _entries(getattr(row, column))} - {""}
            raise InputError(column, entry, _choice(sorted(cells)))
        rows = found
    return rows


def published(panel: str | None = None, **where: str | float) -> pd.DataFrame:
    """`published_values` as a pandas DataFrame.

    >>> published("1f", quantity="peak EQE", ligand="RNH2")["value"].tolist()
    [20.2, 18.6]
    """
    import pandas as pd

    return pd.DataFrame([asdict(row) for row in published_values(panel, **where)])


def published_value(id: str) -> PublishedValue:
    """The published number of one row; InputError if there is none.

    >>> published_value("L010").text
    '18.6 ± 0.6 %'
    """
    return published_values(id=id)[0]


@cache
def _published() -> tuple[PublishedValue, ...]:
    numbers = ("value", "low", "high")
    return tuple(
        PublishedValue(**dict[str, Any](row) | {key: float(row[key] or "nan") for key in numbers})
        for row in data_rows("published.csv")
    )


def _choice(names: list[str]) -> str:
    """What is allowed, in words that fit on a screen."""
    if len(names) <= 60:
        return f"one of {', '.join(names)}"
    return f"one of {len(names)} entries, {names[0]} to {names[-1]}"


def _entries(cell: str | float) -> Sequence[str | float]:
    return cell.split(";") if isinstance(cell, str) else [cell]
