"""Files of the data folder, and the standard potentials of metal couples.

`data/README.md` describes every column and the source of each file.
"""

import csv
from functools import cache
from pathlib import Path

from .errors import InputError


def standard_potential(metal: str, electrons: int | None = None) -> float:
    """Standard potential of M(n+)/M(0) [V vs NHE], E0 = dGf(M(n+), aq)/(n F).

    electrons : n; needed only for a metal with several couples

    Raises InputError if the metal is not in the table, has no such couple, or has several.

    >>> standard_potential("Cd")
    -0.4021
    """
    couples = [row for row in data_rows("potentials.csv") if row["metal"] == metal]
    if not couples:
        metals = sorted({row["metal"] for row in data_rows("potentials.csv")})
        raise InputError("metal", metal, f"one of {', '.join(metals)}")
    chosen = [row for row in couples if electrons is None or int(row["electrons"]) == electrons]
    if len(chosen) != 1:
        allowed = " or ".join(sorted(row["electrons"] for row in couples))
        raise InputError("electrons", electrons, f"{allowed} for {metal}")
    return float(chosen[0]["standard potential [V vs NHE]"])


def data_file(name: str) -> Path:
    """Path of a data file, in an installed wheel or in a source checkout.

    Raises FileNotFoundError if neither has it.
    """
    package = Path(__file__).parent
    for folder in (package / "data", package.parent / "data"):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"{name} is not in the data folder of qdlib")


@cache
def data_rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of a CSV data file as dictionaries of words."""
    with open(data_file(name), newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))
