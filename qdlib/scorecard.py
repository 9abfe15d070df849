"""The scorecard: every number of the paper that the model gives, beside what the model gives.

`python -m qdlib.scorecard` (make scorecard) measures all anew, prints it, and fails where a target
that once was met no longer is. `data/calibration/scores.csv` remembers what the calibrated model
gave, so that a page need not measure a hundred devices before it opens; `qdlib.scores` renews it.
"""

import sys
from dataclasses import dataclass
from functools import cache

from .calibration import used
from .laboratory import Laboratory
from .scores import kept
from .targets import Target, targets
from .wording import digits

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
NOISE = 1e-6
"""What is modelled is written as 0 up to this, in the unit of any target."""


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
    """The Score of one target, measured with the calibrated parameters."""
    return Score(target, target.measure(laboratory()), _is_used(target))


def kept_score(target):
    """The Score of one target as it was last kept; measured if it is new since (make scores)."""
    if target.key not in kept():
        return score(target)
    return Score(target, kept()[target.key], _is_used(target))


def scores(panel=None, measure=score):
    """Scores of a panel's targets, such as "1e" or "Table 1", or of all.

    measure : `score`, or `kept_score`, which needs no time but for targets that are new
    """
    return tuple(
        measure(target) for target in targets() if panel is None or panel in target.panel.split(";")
    )


def _is_used(target):
    same = {target.quantity, REPEATS.get(target.quantity)}
    return any((one, target.sample, target.device) in _fitted() for one in same)


def table(panel=None, measure=kept_score):
    """The scores as a pandas DataFrame; its deviations are in errors."""
    import pandas as pd

    return pd.DataFrame(
        {
            "id": one.target.id,
            "panel": one.target.panel.replace(";", ", "),
            "sample": one.target.sample.title,
            "quantity": one.target.quantity,
            "published": one.target.published,
            "modelled": one.modelled,
            "unit": "" if one.target.unit == "1" else one.target.unit,
            "deviation": one.deviation,
            "role": one.role,
            "kind": one.target.kind,
            "verdict": one.verdict,
        }
        for one in scores(panel, measure)
    )


def text(panel=None):
    """The scores as lines of text, rounded to three digits."""
    return "\n".join(map(_line, scores(panel)))


def _line(one):
    target = one.target
    return (
        f"{target.id}  {target.title:40}  {target.quantity:30}  {target.published:46}  "
        f"model {digits(one.modelled, noise=NOISE):<9}  {one.deviation:+z6.1f}  {one.role:9}  "
        f"{one.verdict}"
    )


def check(panel=None):
    """What the model gives for each target, to two digits, and the verdict: lines of text."""
    return "\n".join(
        f"{one.target.id} {one.target.quantity}: {digits(one.modelled, 2, NOISE)}, {one.verdict}"
        for one in scores(panel)
    )


def tally(panel=None, measure=score):
    """(met, all) of the targets that count: derived numbers repeat stated ones."""
    counted = [one for one in scores(panel, measure) if one.target.kind in INDEPENDENT]
    return sum(one.met for one in counted), len(counted)


def lost():
    """Keys of the targets that the kept scores meet and the model, measured anew, does not."""
    return [
        one.target.key
        for one, now in zip(scores(measure=kept_score), scores(), strict=True)
        if one.met and not now.met
    ]


def main():
    """Print the scorecard; the number of targets that were met once, and are no longer."""
    print(text())
    for key in lost():
        print(f"no longer met: {key}")
    print("met {} of {}".format(*tally()))
    return len(lost())


if __name__ == "__main__":
    sys.exit(main() > 0)
