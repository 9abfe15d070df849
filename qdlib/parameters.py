"""The model's parameters: every number with its unit, its plausible range and where it comes from.

They live in `data/parameters.csv`; the owner is a material, a kind of dot, or a part of the model.
"""

from dataclasses import dataclass
from functools import cache

from .data import data_rows
from .errors import InputError

CORE_SHELL = "CdSe/CdS"
BLUE = "CdSeS/ZnSeS/ZnS"


@dataclass(frozen=True)
class Parameter:
    """One number of the model: SI value, its plausible range (None: exact), and its origin."""

    owner: str
    name: str
    value: float
    unit: str
    low: float | None
    high: float | None
    origin: str
    source: str


@cache
def parameters():
    """All parameters of the model by "owner.name", as in data/parameters.csv."""
    rows = [
        Parameter(
            row["owner"],
            row["parameter"],
            float(row["value"]),
            row["unit"],
            float(row["low"]) if row["low"] else None,
            float(row["high"]) if row["high"] else None,
            row["origin"],
            row["source"],
        )
        for row in data_rows("parameters.csv")
    ]
    return {f"{row.owner}.{row.name}": row for row in rows}


def reader(changes=None):
    """A function value(owner, name, fallback=None) [SI] that looks among the changes first.

    changes : {"owner.name": value}; fallback : another owner, asked where the first has no such
    parameter. The value is None where neither has it. Raises InputError for an unknown change.
    """
    changes, known = dict(changes or {}), parameters()
    structures = {row["name"] for row in data_rows("structures.csv")}
    for key in changes:
        owner, _, name = key.rpartition(".")
        # a structure may have its own value of what is given for the CdSe/CdS dots only
        shared = owner in structures and (name == "film_yield" or f"{CORE_SHELL}.{name}" in known)
        if key not in known and not shared:
            raise InputError("changes", key, "a key of qdlib.parameters()")

    def value(owner, name, fallback=None):
        for key in (f"{owner}.{name}", f"{fallback}.{name}"):
            if key in changes:
                return changes[key]
            if key in known:
                return known[key].value
        return None

    return value
