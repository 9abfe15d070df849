"""Published numbers and standard potentials, as tables to select from.

The numbers are those of Pu et al., Nat. Commun. 11, 937 (2020), doi 10.1038/s41467-020-14756-5;
`data/README.md` describes every column and the source of each file.
"""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .errors import InputError


@dataclass(frozen=True)
class PublishedValue:
    """One published number; `value`, `low` and `high` are nan where the paper gives none.

    The numbers are in the paper's `unit`, not in SI. A lone `low` or `high` is a bound.
    """

    id: str
    value: float
    low: float
    high: float
    unit: str
    place: str
    text: str


def published(panel=None, **where):
    """Return the published rows of a panel, filtered by column, as a DataFrame of its own.

    Parameters
    ----------
    panel : str, optional
        Panel such as "1e", "S9c" or "Table 1": selects every row that belongs to it.
    **where
        Column = entry, such as ``quantity="peak EQE", ligand="RNH2"``. A cell that lists several
        entries, separated by ";", matches each of them.

    Raises
    ------
    InputError
        If a column does not exist, or no row that passed the earlier filters has the entry.

    Examples
    --------
    >>> published("1f", quantity="peak EQE", ligand="RNH2")["value"].tolist()
    [20.2, 18.6]
    """
    rows = _read("published.csv")
    filters = where if panel is None else {"panel": panel, **where}
    for column, entry in filters.items():
        if column not in rows:
            raise InputError("column", column, f"one of {', '.join(rows.columns)}")
        cells = rows[column].map(_entries)
        found = rows[cells.map(lambda entries, entry=entry: entry in entries)]
        if found.empty:
            allowed = sorted({str(one) for entries in cells for one in entries} - {""})
            raise InputError(column, entry, f"one of {', '.join(allowed)}")
        rows = found
    return rows.reset_index(drop=True)


def published_value(id):
    """Return the published number of one row as a `PublishedValue`.

    Raises InputError if no row has this id.

    Examples
    --------
    >>> published_value("L010").text
    '18.6 ± 0.6 %'
    """
    rows = _read("published.csv")
    found = rows[rows["id"] == id]
    if found.empty:
        raise InputError("id", id, f"an id from {rows['id'].iloc[0]} to {rows['id'].iloc[-1]}")
    row = found.iloc[0]
    value, low, high = (float(row[column]) for column in ("value", "low", "high"))
    text = _text(value, low, high, row["unit"], "about" in row["note"].split(";"))
    return PublishedValue(row["id"], value, low, high, row["unit"], row["place"], text)


def potentials():
    """Return the standard potentials of the couples M(n+)/M(0) as a DataFrame of its own.

    Columns: metal, electrons, standard potential [V vs NHE], formation energy [kJ/mol]; in water,
    25 °C, unit activity.
    """
    return _read("potentials.csv").copy()


def standard_potential(metal, electrons=None):
    """Return the standard potential of M(n+)/M(0). [V vs NHE]

    Parameters
    ----------
    metal : str
        Chemical symbol, such as "Cd".
    electrons : int, optional
        n; needed only for a metal with several couples.

    Raises
    ------
    InputError
        If the metal is not in the table, has no such couple, or has several and n is not given.

    Notes
    -----
    E0 = dGf(M(n+), aq) / (n F), from the CRC table of aqueous ions (`data/README.md`).

    Examples
    --------
    >>> standard_potential("Cd")
    -0.4021
    """
    table = _read("potentials.csv")
    couples = table[table["metal"] == metal]
    if couples.empty:
        raise InputError("metal", metal, f"one of {', '.join(sorted(set(table['metal'])))}")
    chosen = couples if electrons is None else couples[couples["electrons"] == electrons]
    if len(chosen) != 1:
        allowed = " or ".join(str(n) for n in sorted(couples["electrons"]))
        raise InputError("electrons", electrons, f"{allowed} for {metal}")
    return float(chosen["standard potential [V vs NHE]"].iloc[0])


def data_file(name):
    """Return the path of a data file, in an installed wheel or in a source checkout.

    Raises FileNotFoundError if neither has it.
    """
    package = Path(__file__).parent
    for folder in (package / "data", package.parent / "data"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name} is not in the data folder of qdlib")


@cache
def _read(name):
    import pandas as pd

    table = pd.read_csv(data_file(name))
    words = table.columns.difference(table.select_dtypes("number").columns)
    return table.fillna(dict.fromkeys(words, ""))


def _entries(cell):
    return cell.split(";") if isinstance(cell, str) else [cell]


def _text(value, low, high, unit, about):
    unit = "" if unit == "1" else f" {unit}"
    number = "{:.10g}".format
    if math.isnan(value):
        if math.isnan(low) and math.isnan(high):
            return "no number"
        if math.isnan(high):
            return f"more than {number(low)}{unit}"
        if math.isnan(low):
            return f"less than {number(high)}{unit}"
        text = f"{number(low)} to {number(high)}"
    elif math.isnan(low) or math.isnan(high):
        text = number(value)
    elif math.isclose(value - low, high - value, rel_tol=1e-6):
        text = f"{number(value)} ± {(high - low) / 2:.6g}"
    else:
        text = f"{number(value)} ({number(low)} to {number(high)})"
    return f"{'about ' * about}{text}{unit}"
