"""What is varied in a screening: grids, Latin hypercubes, or points of one's own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, require_range
from ..parameters import CORE_SHELL, is_wide, parameters

MOST = 10_000_000  # points
LIGAND_FIELDS = {
    "couple": ("", 0.0, 0.0),
    "potential": ("V vs NHE", -2.6, 0.8),
    "fraction": ("1", 0.0, 1.0),
    "tight_fraction": ("1", 0.1, 0.2),
    "selectivity": ("1", 0.0, 1.0),
}
"""What a ligand has beside the parameters: unit, and the range that a hypercube takes."""
SHORT = {"dwell": "sweep.dwell", "temperature": "device.temperature"}
DOTS = "level", "film_yield"
"""Of the sample's dots; SHORT and these are names for what has a longer key."""
PROTOCOL = "protocol"
Value = float | str
Span = tuple[float, float] | Sequence[str] | None


@dataclass(frozen=True, eq=False)
class Design:
    """Which devices a screening computes.

    columns : values (N,) of each factor by its name, numbers or words
    axes : of a grid, the values along each of its dimensions, in the order of the points; else {}
    kind : "grid", "hypercube" or "points"; seed : of the random numbers, None without any
    """

    columns: Mapping[str, NDArray]
    axes: Mapping[str, NDArray]
    kind: str
    seed: int | None = None

    def __post_init__(self) -> None:
        if not self.columns:
            raise InputError("factors", dict(self.columns), "at least one name with its values")
        for name, column in self.columns.items():
            if name not in LIGAND_FIELDS and name != PROTOCOL:
                key_of(name)
            words = name in ("couple", PROTOCOL)
            if words != (column.dtype.kind == "U"):
                raise InputError(name, column[:3].tolist(), "names" if words else "numbers")
            if not words and not np.isfinite(column).all():
                raise InputError(name, column[~np.isfinite(column)].tolist(), "finite numbers")
        if {"couple", "potential"} <= self.columns.keys():
            raise InputError("factors", sorted(self.columns), "a couple or a potential, not both")

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def at(self, index: int) -> dict[str, Value]:
        """The point of an index, {name: value}."""
        return {name: column[index].item() for name, column in self.columns.items()}


def grid(factors: Mapping[str, Sequence[Value] | NDArray]) -> Design:
    """Every combination of the values of each factor: a Design.

    factors : {name: values}. A name is a key of `qdlib.parameters()` ("dwell", "temperature", and
        "level" and "film_yield" of the dots for short), one of "couple" (as
        `qdlib.paper.materials.COUPLES` has them, "Zn²⁺/Zn", or "none"), "potential" [V vs NHE],
        "fraction", "tight_fraction" and "selectivity" of the ligand, or "protocol". SI values.

    Raises InputError for a name that is none of these, or values that it cannot have.
    """
    axes = {name: _values(name, values) for name, values in factors.items()}
    count = math.prod(len(values) for values in axes.values())
    require_range("points of the grid", count, 1, MOST)
    combined = list(product(*(values.tolist() for values in axes.values())))
    columns = {
        name: np.array([one[k] for one in combined], dtype=values.dtype)
        for k, (name, values) in enumerate(axes.items())
    }
    return Design(columns, axes, "grid")


def hypercube(factors: Mapping[str, Span], samples: int, seed: int = 0) -> Design:
    """A Latin hypercube of some samples (scipy.stats.qmc.LatinHypercube): a Design.

    factors : {name: (low, high)}, {name: None} for the parameter's plausible range, or a list of
        words for couples and protocols. Names as in `grid`. A wide range of
        positive numbers is drawn on its logarithm.

    Raises InputError for a name or a range that is not allowed.
    """
    from scipy.stats import qmc

    count = int(require_range("samples", samples, 1, MOST))
    spans = {name: _span(name, span) for name, span in factors.items()}
    if not spans:
        raise InputError("factors", dict(factors), "at least one name with its range")
    drawn = qmc.LatinHypercube(len(spans), rng=np.random.default_rng(seed)).random(count)
    placed = zip(spans.items(), drawn.T, strict=True)
    return Design({name: _placed(span, u) for (name, span), u in placed}, {}, "hypercube", seed)


def points(columns: Mapping[str, Sequence[Value] | NDArray]) -> Design:
    """Points of one's own, {name: values (N,)}, as rows of a table: a Design.

    Raises InputError for names as `grid` does, and for columns of unequal length.
    """
    made = {name: _values(name, values) for name, values in columns.items()}
    if len(lengths := {len(one) for one in made.values()}) > 1:
        raise InputError("columns", sorted(lengths), "of one length")
    return Design(made, {}, "points")


def key_of(name: str, structure: str = CORE_SHELL) -> str:
    """The parameter that a factor's name means; InputError if none."""
    key = f"{structure}.{name}" if name in DOTS else SHORT.get(name, name)
    if name not in DOTS and key not in parameters():
        allowed = ", ".join([*LIGAND_FIELDS, PROTOCOL, *SHORT, *DOTS])
        raise InputError("factor", name, f"one of {allowed}, or a key of qdlib.parameters()")
    return key


def unit_of(name: str) -> str:
    """Unit of a factor; "" of words."""
    if name == PROTOCOL:
        return ""
    if name in LIGAND_FIELDS:
        return LIGAND_FIELDS[name][0]
    row = parameters().get(key_of(name))
    return row.unit if row else "1"


def _values(name: str, values: Sequence[Value] | NDArray) -> NDArray:
    try:
        found = np.array(list(values))  # of a column of pandas as well, whose words are objects
        if found.ndim == 1 and len(found):
            return found if found.dtype.kind == "U" else found.astype(float)
    except (TypeError, ValueError):
        pass
    raise InputError(name, values, "a list of numbers, or of words")


def _span(name: str, span: Span) -> tuple[float, float] | list[str]:
    if name in ("couple", PROTOCOL):
        if not span or isinstance(span, str) or not all(isinstance(one, str) for one in span):
            raise InputError(name, span, "a list of names")
        return [str(one) for one in span]
    if span is None:
        span = _range(name)
    try:
        low, high = (float(end) for end in span)
    except (TypeError, ValueError):
        raise InputError(name, span, "(low, high), or None for the plausible range") from None
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise InputError(name, span, "a finite low end below a finite high one")
    return low, high


def _range(name: str) -> tuple[float, float]:
    if name in LIGAND_FIELDS:
        return LIGAND_FIELDS[name][1:]
    row = parameters().get(key_of(name))
    if row is None or row.low is None or row.high is None:
        raise InputError(name, None, "(low, high): it has no plausible range of its own")
    return row.low, row.high


def _placed(span: tuple[float, float] | list[str], u: NDArray[np.float64]) -> NDArray:
    if isinstance(span, list):
        return np.array(span)[np.floor(u * len(span)).astype(int)]
    low, high = span
    if is_wide(low, high):
        return low * (high / low) ** u
    return low + (high - low) * u
