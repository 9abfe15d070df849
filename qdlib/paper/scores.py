"""What the model gives for every target, kept in data/calibration/ for the pages.

A page would else solve a hundred devices before it opens. `make scores` measures all anew, with
the parameters as they stand, and once more with each convention of data/conventions.csv at either
end of its range: a number that only one way of reading gives is not the model's.
"""

import csv
from dataclasses import dataclass
from functools import cache
from math import isclose

from ..data import data_file, data_rows
from ..parameters import parameters
from .protocols import Laboratory
from .targets import targets

KEPT = "calibration/scores.csv"
CONVENTIONS = "calibration/conventions.csv"
MOVED = 1e-2
"""Relative change from which a reading counts as moved by a convention [1]."""


@dataclass(frozen=True)
class Sensitivity:
    """What a target's reading is at three settings of a convention, the middle one the model's own.

    parameter : key of `parameters()`; settings : in its unit (3,); modelled : in the target's (3,)
    """

    parameter: str
    settings: tuple[float, float, float]
    modelled: tuple[float, float, float]


def conventions():
    """Settings, low, own and high, of each parameter that only says how something is read."""
    return {
        row["parameter"]: (
            float(row["low"]),
            parameters()[row["parameter"]].value,
            float(row["high"]),
        )
        for row in data_rows("conventions.csv")
    }


@cache
def kept():
    """The kept values by the targets' keys, in the targets' units."""
    return {row["target"]: float(row["modelled"]) for row in data_rows(KEPT)}


@cache
def sensitivities():
    """The kept Sensitivities of each target that conventions move, by the targets' keys."""
    found = {}
    for row in data_rows(CONVENTIONS):
        settings, modelled = (
            tuple(float(row[f"{what}{end}"]) for end in ("low", "own", "high"))
            for what in ("", "modelled ")
        )
        own = Sensitivity(row["parameter"], settings, modelled)
        found[row["target"]] = (*found.get(row["target"], ()), own)
    return found


def sensitivity(target, parameter):
    """The Sensitivity of a target to a convention, measured."""
    settings = conventions()[parameter]
    modelled = tuple(target.measure(Laboratory({parameter: setting})) for setting in settings)
    return Sensitivity(parameter, settings, modelled)


def keep():
    """Measure every target and keep what the model gives, with four digits, in place of the old."""
    lab, values, moved = Laboratory(), [], []
    for one in targets():
        values.append((one.key, f"{one.measure(lab):.4g}"))
        for parameter in conventions():
            found = sensitivity(one, parameter)
            low, own, high = found.modelled
            if not all(isclose(own, other, rel_tol=MOVED) for other in (low, high)):
                numbers = (*found.settings, *found.modelled)
                moved.append((one.key, parameter, *(f"{number:.4g}" for number in numbers)))
    _write(KEPT, ("target", "modelled"), values)
    ends = ("low", "own", "high")
    _write(CONVENTIONS, ("target", "parameter", *ends, *(f"modelled {end}" for end in ends)), moved)
    for one in (data_rows, kept, sensitivities):
        one.cache_clear()


def _write(name, columns, rows):
    with open(data_file(name), "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])


def main():
    """Keep the scores anew, and print each that is another one than before."""
    before = kept()
    keep()
    for key in sorted(before.keys() | kept().keys()):
        old, new = (f"{one[key]:.4g}" if key in one else "none" for one in (before, kept()))
        if old != new:
            print(f"{key}: {old} -> {new}")
    print(f"kept {len(kept())} scores")


if __name__ == "__main__":
    main()
