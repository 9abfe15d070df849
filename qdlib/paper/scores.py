"""What the model gives for every target, kept in data/calibration/scores.csv for the pages.

A page would else solve a hundred devices before it opens. `make scores` measures all anew, with
the parameters as they stand.
"""

import csv
from functools import cache

from ..data import data_file, data_rows
from .protocols import Laboratory
from .targets import targets

KEPT = "calibration/scores.csv"


@cache
def kept():
    """The kept values by the targets' keys, in the targets' units."""
    return {row["target"]: float(row["modelled"]) for row in data_rows(KEPT)}


def keep():
    """Measure every target and keep what the model gives, with four digits, in place of the old."""
    lab = Laboratory()
    rows = [(one.key, f"{one.measure(lab):.4g}") for one in targets()]
    with open(data_file(KEPT), "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([("target", "modelled"), *rows])
    data_rows.cache_clear()
    kept.cache_clear()


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
