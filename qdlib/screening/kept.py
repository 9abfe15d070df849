"""The screenings that the pages show, and the metals ranked by them.

They are kept in data/screening/, with what they were made of in their attributes, and made anew by
`python tools/screens.py` (make screens) once the model or its calibration has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..data import data_file
from ..device.experiment import Sweep
from ..errors import InputError
from ..paper.materials import COUPLES
from ..paper.posterior import draws
from ..parameters import parameters
from ..physics.ligand import Couple
from .design import Design, grid, points
from .execution import FAILED, NO_COUPLE, screen

if TYPE_CHECKING:
    import xarray

READING = "el_over_pl"
BIASES = (2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0)  # [V]
FRACTIONS = (1.0, 0.5, 0.25)
POTENTIALS = np.round(np.linspace(-2.6, 0.8, 35), 10)  # [V vs NHE]
LEVELS = np.round(np.linspace(-1.4, -0.4, 21), 10)  # [V vs NHE]
INERT = 0.5
"""EL/PL over that of an inert ligand from which on a metal counts as inert: our convention."""


@dataclass(frozen=True)
class Candidate:
    """A couple as the metal of the ligands, judged by its diode.

    kept : EL/PL over that of the same diode with an inert ligand, as calibrated [1]
    low, high : the middle 68 % of it over the posterior draws [1]
    chance : share of the draws that give the same verdict [1]
    """

    couple: Couple
    kept: float
    low: float
    high: float
    chance: float

    @property
    def inert(self) -> bool:
        """Whether at least INERT of the light is kept."""
        return self.kept >= INERT

    @property
    def chance_inert(self) -> float:
        """Share of the draws in which it is inert [1]."""
        return self.chance if self.inert else 1 - self.chance


@dataclass(frozen=True, eq=False)
class Map:
    """EL/PL of diodes [1] (fraction, potential, level, bias), and the values along each."""

    fraction: NDArray[np.float64]
    potential: NDArray[np.float64]
    level: NDArray[np.float64]
    bias: NDArray[np.float64]
    values: NDArray[np.float64]

    def at(self, fraction: float, bias: float) -> NDArray[np.float64]:
        """Of one fraction and one bias [V] (potential, level); InputError where there is none."""
        f, k = _place("fraction", fraction, self.fraction), _place("bias", bias, self.bias)
        return self.values[f, :, :, k]


def candidates(bias: float = 3.0) -> tuple[Candidate, ...]:
    """Every couple of the table of potentials, those that most surely are inert first.

    bias : one of BIASES [V]. Each diode is the red one as synthesised, with that metal's
    carboxylate; reorganisation energy and shift in the ligand are taken to be those of all metals.
    Raises InputError for another bias.

    >>> ranked = candidates()
    >>> ranked[0].inert, ranked[-1].inert
    (True, False)
    """
    kept = _kept("candidates")
    values = np.array(kept[READING], float)[:, :, _place("bias", bias, np.array(kept["bias"]))]
    shares = values[:, :-1] / values[:, -1:]  # the last one is the inert ligand
    found = [_judged(one, own) for one, own in zip(COUPLES.values(), shares.T, strict=True)]
    return tuple(sorted(found, key=lambda one: (-one.chance_inert, -one.kept)))


def _judged(couple: Couple, shares: NDArray[np.float64]) -> Candidate:
    """A Candidate of its shares as calibrated, first, and at each draw (1 + draws,)."""
    best, drawn = float(shares[0]), shares[1:][np.isfinite(shares[1:])]
    low, high = np.quantile(drawn, [0.16, 0.84])
    return Candidate(
        couple, best, float(low), float(high), float(np.mean((drawn >= INERT) == (best >= INERT)))
    )


@cache
def kept_map() -> Map:
    """The Map that is kept."""
    kept = _kept("map")
    axes = {
        name: np.array(kept[name], float) for name in ("fraction", "potential", "level", "bias")
    }
    return Map(**axes, values=np.array(kept[READING], float))


def map_design() -> Design:
    """What the kept map varies."""
    return grid({"fraction": FRACTIONS, "potential": POTENTIALS, "level": LEVELS})


def candidates_design() -> Design:
    """Each couple, and none, as calibrated and at each posterior draw; the draw changes last."""
    names, drawn = [*COUPLES, NO_COUPLE], draws()
    rows = [{key: parameters()[key].value for key in drawn[0]}, *drawn]
    columns: dict[str, NDArray] = {"couple": np.tile(names, len(rows))}
    columns |= {key: np.repeat([row[key] for row in rows], len(names)) for key in rows[0]}
    return points(columns)


def make(name: str, **options: object) -> xarray.Dataset:
    """Compute one of KEPT anew; options : of `screen`, such as path, jobs, client."""
    design = KEPT[name]()
    import xarray

    made = screen(design, (Sweep(0.0, 5.0),), BIASES, (READING,), **options)  # type: ignore[arg-type]
    about = made.attrs | {"failed": int((made.state == FAILED).sum())}
    if name == "map":
        return made[[READING]].astype(np.float32).assign_attrs(about)
    # its columns are in data/potentials.csv and data/calibration/
    table = made[READING].values.reshape(-1, len(COUPLES) + 1, len(BIASES)).astype(np.float32)
    dims = "draw", "couple", "bias"
    return xarray.Dataset({READING: (dims, table, made[READING].attrs)}, {"bias": made.bias}, about)


KEPT = {"map": map_design, "candidates": candidates_design}


@cache
def _kept(name: str) -> Mapping[str, NDArray]:
    """Arrays of a kept screening by name, read without xarray, which takes longer than all else."""
    from scipy.io import netcdf_file

    with netcdf_file(data_file(f"screening/{name}.nc"), mmap=False) as file:
        return {key: one[:].copy() for key, one in file.variables.items()}


def _place(name: str, value: float, values: NDArray) -> int:
    near = np.flatnonzero(np.isclose(values, value))
    if not len(near):
        raise InputError(name, value, f"one of {', '.join(f'{one:g}' for one in values)}")
    return int(near[0])
