"""The model's parameters: every number with its unit, its plausible range and where it comes from.

They live in `data/parameters.csv`; the owner is a material, a kind of dot, or a part of the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from numbers import Real
from typing import Any

from .data import data_rows
from .errors import InputError

CORE_SHELL = "CdSe/CdS"
BLUE = "CdSeS/ZnSeS/ZnS"
WIDE = 5.0
"""Highest over lowest value from which on a positive range is seen on a logarithm [1]."""


def is_wide(low: float, high: float) -> bool:
    """Whether a range is seen on a logarithm: by sliders, fits and draws alike.

    >>> is_wide(1.0, 10.0), is_wide(-1.0, 10.0), is_wide(1.0, 2.0)
    (True, False, False)
    """
    return low > 0 and high / low > WIDE


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
def parameters() -> dict[str, Parameter]:
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


def owned(owner: str) -> dict[str, float]:
    """Values [SI] of an owner's parameters, by their names."""
    return {row.name: row.value for row in parameters().values() if row.owner == owner}


class Reader:
    """value(owner, name, fallback=None) [SI] of a parameter, looked up among the changes first.

    changes : {"owner.name": value}; raises InputError for a key that no parameter has
    asked : the keys that were looked up, by which `reading` tells what had no effect
    """

    def __init__(self, changes: Mapping[str, float] | None = None) -> None:
        self.changes, self.asked = dict(changes or {}), set[str]()
        for key in self.changes:
            if not _is_key(key):
                raise InputError("changes", key, "a key of qdlib.parameters()")
            if not isinstance(self.changes[key], Real | None):
                raise InputError(key, self.changes[key], "a number")

    # Any stands for None: most who ask know that their parameter is there.
    def __call__(self, owner: str, name: str, fallback: str | None = None) -> float | Any:
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

    def __or__(self, more: dict[str, float]) -> Reader:
        """A Reader with more changes; what is asked of it counts as asked of this one too."""
        made = Reader(self.changes | more)
        made.asked = self.asked
        return made


Changes = Mapping[str, float] | Reader | None
"""What functions take as `changes`: {"owner.name": SI value}, a Reader of them, or none."""


def reader(changes: Changes = None) -> Reader:
    """A Reader of the changes {"owner.name": value}, or `changes` itself if it is a Reader."""
    return changes if isinstance(changes, Reader) else Reader(changes)


@cache
def _is_key(key: str) -> bool:
    owner, _, name = key.rpartition(".")
    # a structure may have its own value of what is given for the CdSe/CdS dots only
    structure = owner in {row["name"] for row in data_rows("structures.csv")}
    shared = structure and (name == "film_yield" or f"{CORE_SHELL}.{name}" in parameters())
    return key in parameters() or shared
