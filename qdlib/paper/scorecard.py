"""The scorecard: every number of the paper that the model gives, beside what the model gives.

A met number is worth what its class says (`qdlib.paper.classes`): only what is *predicted* was
earned. Where the verdict changes with a convention of reading, a met number says so.

`python -m qdlib.paper.scorecard` (make scorecard) measures all anew, prints it, and fails where a
target that once was met no longer is. `data/calibration/scores.csv` remembers what the calibrated
model gave, so that a page need not measure a hundred devices before it opens; `make scores`
renews it.
"""

import sys
from dataclasses import dataclass
from functools import cache

from ..wording import digits
from .classes import CLASSES, INDEPENDENT, class_of, uses_fit
from .protocols import Laboratory
from .scores import kept, sensitivities
from .targets import Target, targets

NOISE = 1e-6
"""What is modelled is written as 0 up to this, in the unit of any target."""


@dataclass(frozen=True)
class Score:
    """One target and what the model gives for it, in the target's unit."""

    target: Target
    modelled: float

    @property
    def met(self):
        """Whether the model meets the target."""
        return self.target.met(self.modelled)

    @property
    def sensitivities(self):
        """What other settings of conventions give: a kept Sensitivity of each that moves it."""
        return sensitivities().get(self.target.key, ())

    def decided_by(self, sensitivity):
        """Whether it is the setting of that convention that decides if the target is met."""
        return len({*map(self.target.met, sensitivity.modelled)}) > 1

    @property
    def hangs(self):
        """Whether it is the setting of any convention that decides if the target is met."""
        return any(map(self.decided_by, self.sensitivities))

    @property
    def counts(self):
        """Whether the target counts: derived numbers repeat stated ones."""
        return self.target.kind in INDEPENDENT

    @property
    def deviation(self):
        """Modelled less published, in errors."""
        return self.target.deviation(self.modelled)

    @property
    def verdict(self):
        """In words."""
        return ("met by convention" if self.hangs else "met") if self.met else "MISSED"

    @property
    def role(self):
        """The target's class: one of CLASSES."""
        return class_of(self.target).name

    @property
    def used(self):
        """Whether a fit has used the target, or one that it follows from."""
        return uses_fit(self.target)


@cache
def laboratory():
    """The laboratory with the calibrated parameters: what it has measured stays measured."""
    return Laboratory()


@cache
def score(target):
    """The Score of one target, measured with the calibrated parameters."""
    return Score(target, target.measure(laboratory()))


def kept_score(target):
    """The Score of one target as it was last kept; measured if it is new since (make scores)."""
    if target.key not in kept():
        return score(target)
    return Score(target, kept()[target.key])


def scores(panel=None, measure=score):
    """Scores of a panel's targets, such as "1e" or "Table 1", or of all.

    measure : `score`, or `kept_score`, which needs no time but for targets that are new
    """
    return tuple(
        measure(target) for target in targets() if panel is None or panel in target.panel.split(";")
    )


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
            "class": one.role,
            "why": class_of(one.target).why,
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
        f"model {digits(one.modelled, noise=NOISE):<9}  {one.deviation:+z6.1f}  {one.role:10}  "
        f"{one.verdict}"
    )


def check(panel=None):
    """What the model gives for each target, to two digits, and the verdict: lines of text."""
    return "\n".join(
        f"{one.target.id} {one.target.quantity}: {digits(one.modelled, 2, NOISE)}, {one.verdict}"
        for one in scores(panel)
    )


def tally(panel=None, measure=score, role=None):
    """(met, all) of the targets that count, of one of CLASSES or of all: no derived numbers."""
    return count(scores(panel, measure), role)


def count(chosen, role=None):
    """(met, all) of those Scores that count, of one of CLASSES or of all."""
    counted = [one for one in chosen if one.counts and role in (None, one.role)]
    return sum(one.met for one in counted), len(counted)


def headline(chosen):
    """One line a class, "predicted: met 9 of 20" first, of the Scores that count."""
    found = {role: count(chosen, role) for role in CLASSES}
    return [f"{role}: met {met} of {of}" for role, (met, of) in found.items() if of]


def by_convention(chosen):
    """In words, which of the Scores that count are met by a convention; "" if none."""
    found = [
        f"{one.target.id} ({one.role})" for one in chosen if one.counts and one.met & one.hangs
    ]
    return f"of these met only by a convention of reading: {', '.join(found)}" if found else ""


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
    print("\n".join([*headline(scores()), by_convention(scores())]).rstrip())
    return len(lost())


if __name__ == "__main__":
    sys.exit(main() > 0)
