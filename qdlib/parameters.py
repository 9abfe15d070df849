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


class Reader:
    """value(owner, name, fallback=None) [SI] of a parameter, looked up among the changes first.

    changes : {"owner.name": value}; raises InputError for a key that no parameter has
    asked : the keys that were looked up, by which `reading` tells what had no effect
    """

    def __init__(self, changes=None):
        self.changes, self.asked = dict(changes or {}), set()
        for key in self.changes:
            if not _is_key(key):
                raise InputError("changes", key, "a key of qdlib.parameters()")

    def __call__(self, owner, name, fallback=None):
        """The parameter; that of another owner where the first has none; None if neither has."""
        known = parameters()
        for one in (owner,) if fallback is None else (owner, fallback):
            key = f"{one}.{name}"
            self.asked.add(key)
            if key in self.changes:
                return self.changes[key]
            if key in known:
                return known[key].value
        return None

    def __or__(self, more):
        """A Reader with more changes; what is asked of it counts as asked of this one too."""
        made = Reader(self.changes | more)
        made.asked = self.asked
        return made


def reader(changes=None):
    """A Reader of the changes {"owner.name": value}, or `changes` itself if it is a Reader."""
    return changes if isinstance(changes, Reader) else Reader(changes)


@cache
def _is_key(key):
    owner, _, name = key.rpartition(".")
    # a structure may have its own value of what is given for the CdSe/CdS dots only
    structure = owner in {row["name"] for row in data_rows("structures.csv")}
    shared = structure and (name == "film_yield" or f"{CORE_SHELL}.{name}" in parameters())
    return key in parameters() or shared
