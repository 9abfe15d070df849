"""What a met number is worth: whether a fit has used it, or the model could not have missed it.

Every target is of one of four classes:

    predicted    no fit has used it, and the model might have given something else
    structural   it holds by the model's construction, whatever the calibrated unknowns are
    derived      it repeats another number, or is arithmetic on others
    fitted       a stage of the calibration uses it (data/calibration/stages.csv)

What is fitted, and what repeats another number of the same sample, is found from the data; what
else is structural or derived is declared, with its reason, in data/classes.csv.
"""

from dataclasses import dataclass
from functools import cache
from math import isnan

from ..data import data_rows
from .targets import Target, targets

CLASSES = ("predicted", "structural", "derived", "fitted")
"""In the order in which they are told."""
INDEPENDENT = ("stated", "statement")
"""Kinds of target that count: derived numbers repeat stated ones."""
FOLLOWS = {
    "peak IQE": "peak EQE",
    "IQE/PLQY": "peak EQE",
    "voltage gap": "turn-on voltage",
    "T50 at 100 cd/m2": "T50 at 1450 cd/m2",
    "T50 at 100 mA/cm2": "T50 at 100 cd/m2",
    "T95 at 100 mA/cm2": "T95 at 1000 cd/m2",
}
"""Quantities that follow from another one of the same sample."""


@dataclass(frozen=True)
class Class:
    """One of CLASSES, why, and the keys of the targets that a derived one follows from."""

    name: str
    why: str
    of: tuple[str, ...] = ()


@cache
def fitted() -> frozenset[str]:
    """Keys of the targets that determine the calibrated parameters, in any stage."""
    rows = data_rows("calibration/stages.csv")
    return frozenset(row["key"] for row in rows if row["role"] == "target")


@cache
def declared() -> dict[str, Class]:
    """The Class of what no rule can find, by the targets' keys."""
    return {
        row["key"]: Class(row["class"], row["why"], tuple(filter(None, row["of"].split(";"))))
        for row in data_rows("classes.csv")
    }


@cache
def class_of(target: Target) -> Class:
    """The Class of a target: fitted, else declared, else derived if another one says the same."""
    if target.key in fitted():
        return Class("fitted", "a stage of the calibration uses it")
    if target.key in declared():
        return declared()[target.key]
    if (first := _first(target)) != target.key:
        return Class("derived", f"the same sample's {first}, once more", (first,))
    if target.kind == "derived":
        return Class("derived", "arithmetic of ours on what the paper states")
    return Class("predicted", "no fit has used it")


@cache
def uses_fit(target: Target) -> bool:
    """Whether a fit has used the target, or one that it follows from."""
    own = class_of(target)
    return own.name == "fitted" or any(uses_fit(one) for one in targets() if one.key in own.of)


def _first(target):
    """Key of the target that stands for all that say the same of a sample.

    A fitted one before others, a value before a bound, then in the order of the ledger.
    """
    for quantity in (FOLLOWS.get(target.quantity), target.quantity):
        same = [
            one
            for one in targets()
            if (one.quantity, one.sample, one.device) == (quantity, target.sample, target.device)
            and (one.kind in INDEPENDENT or one.key in fitted())
        ]
        if same:
            return min(same, key=lambda one: (one.key not in fitted(), isnan(one.centre))).key
    return target.key
