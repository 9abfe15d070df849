"""The scorecard: every number of the paper that the model gives, beside what the model gives.

`python -m qdlib.scorecard` (make scorecard) prints it, and fails where a target that once was met
no longer is. `data/calibration/met.csv` remembers which ones were.
"""

import sys
from dataclasses import dataclass
from functools import cache

from .calibration import used
from .laboratory import Laboratory
from .ledger import data_rows
from .targets import Target, targets

REPEATS = {
    "peak IQE": "peak EQE",
    "IQE/PLQY": "peak EQE",
    "voltage gap": "turn-on voltage",
    "T50 at 100 mA/cm2": "T50 at 100 cd/m2",
    "T95 at 100 mA/cm2": "T95 at 1000 cd/m2",
}
"""Quantities that follow from another one of the same sample."""
INDEPENDENT = ("stated", "statement")
"""Kinds of target that count: derived numbers repeat stated ones."""


@dataclass(frozen=True)
class Score:
    """One target and what the model gives for it, in the target's unit."""

    target: Target
    modelled: float
    used: bool

    @property
    def met(self):
        """Whether the model meets the target."""
        return self.target.met(self.modelled)

    @property
    def deviation(self):
        """Modelled less published, in errors."""
        return self.target.deviation(self.modelled)

    @property
    def verdict(self):
        """In words."""
        return "met" if self.met else "MISSED"

    @property
    def role(self):
        """Whether the target served to calibrate."""
        return "used" if self.used else "predicted"


@cache
def laboratory():
    """The laboratory with the calibrated parameters: what it has measured stays measured."""
    return Laboratory()


@cache
def _fitted():
    """Quantities and samples that served to calibrate, wherever the paper repeats them."""
    return {(one.quantity, one.sample, one.device) for one in targets() if one.key in used()}


@cache
def score(target):
    """The Score of one target, with the calibrated parameters."""
    same = {target.quantity, REPEATS.get(target.quantity)}
    known = any((one, target.sample, target.device) in _fitted() for one in same)
    return Score(target, target.measure(laboratory()), known)


def scores(panel=None):
    """Scores of a panel's targets, such as "1e" or "Table 1", or of all."""
    return tuple(
        score(target) for target in targets() if panel is None or panel in target.panel.split(";")
    )


def table(panel=None):
    """The scores as a pandas DataFrame; its deviations are in errors."""
    import pandas as pd

    return pd.DataFrame(
        {
            "id": one.target.id,
            "panel": one.target.panel.replace(";", ", "),
            "sample": f"{one.target.sample.structure}, {one.target.sample.ligand}",
            "quantity": one.target.quantity,
            "published": one.target.published,
            "modelled": one.modelled,
            "unit": "" if one.target.unit == "1" else one.target.unit,
            "deviation": one.deviation,
            "role": one.role,
            "kind": one.target.kind,
            "verdict": one.verdict,
        }
        for one in scores(panel)
    )


def text(panel=None):
    """The scores as lines of text, rounded to three digits."""
    lines = []
    for one in scores(panel):
        target = one.target
        sample = f"{target.sample.structure} {target.sample.ligand}"
        device = "" if target.device == "QLED" else f", {target.device}"
        lines.append(
            f"{target.id}  {sample + device:40}  {target.quantity:30}  {target.published:46}  "
            f"model {one.modelled:<9.3g}  {one.deviation:+6.1f}  {one.role:9}  {one.verdict}"
        )
    return "\n".join(lines)


def tally(panel=None):
    """(met, all) of the targets that count: derived numbers repeat stated ones."""
    counted = [one for one in scores(panel) if one.target.kind in INDEPENDENT]
    return sum(one.met for one in counted), len(counted)


def once_met():
    """Keys of the targets that were met when the calibration was last run."""
    return frozenset(row["target"] for row in data_rows("calibration/met.csv"))


def main():
    """Print the scorecard; the number of targets that were met once, and are no longer."""
    print(text())
    lost = sorted(once_met() - {one.target.key for one in scores() if one.met})
    for key in lost:
        print(f"no longer met: {key}")
    print("met {} of {}".format(*tally()))
    return len(lost)


if __name__ == "__main__":
    sys.exit(main())
