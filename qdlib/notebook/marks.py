"""What the paper says of a curve, as marks beside it: points, their errors, what data allow."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from ..data import data_rows
from ..errors import InputError
from ..paper import samples
from ..paper.protocols import Sample
from ..paper.published import published_values
from ..paper.readings import THRESHOLDS, best_bias
from ..paper.scorecard import kept_score, scores
from .plots import bars, outline

EMPTY = (), ()


def sample_of(device):
    """The paper's Sample that a light-emitting diode is made of, or None if it is not the paper's.

    The diode has to have the sample's own ligand and fraction; what else is moved does not count.
    """
    if not device.stack.name.endswith("QLED"):
        return None
    try:
        own = samples.ligand(device.ligand.name, device.dot.name)
    except InputError:
        return None
    given = {name: getattr(device.ligand, name) for name in ("tight_fraction", "selectivity")}
    own = replace(own, **given)
    return Sample(device.dot.name, own.name) if own == device.ligand else None


def band(quantity, sample):
    """What the posterior allows of a sample's curve, as a closed outline; empty if not sampled."""
    return _bands().get((quantity, sample), EMPTY)


@lru_cache(maxsize=1)
def _bands():
    curves = {}
    for row in data_rows("calibration/bands.csv"):
        key = row["quantity"], Sample(row["structure"], row["ligand"])
        curves.setdefault(key, []).append([float(row[end]) for end in ("bias [V]", "low", "high")])
    outlines = {}
    for key, rows in curves.items():
        x, low, high = np.transpose(rows)
        outlines[key] = outline(x, low, high)
    return outlines


def points(panel, quantity, sample, measured):
    """Published numbers (x, y) of a sample in a panel, where they are read on a curve.

    measured : the sample's own Run or LifetimeTest. A peak efficiency stands at its best bias; a
    lifetime is converted to the drive of the test by the model's own initial luminance.
    """
    own = [one.target for one in scores(panel, kept_score) if one.target.sample == sample]
    if quantity == "EQE":
        found = [(best_bias(measured), one.centre) for one in own if one.quantity == "peak EQE"]
    elif quantity.startswith("L/L0"):
        found = [_lifetime(one, measured) for one in own if _is_lifetime(one)]
    else:
        found = [
            (one.centre, level)
            for one in own
            for read, (name, level) in THRESHOLDS.items()
            if (name, read) == (quantity, one.quantity)
        ]
    return tuple(zip(*found, strict=True)) or EMPTY


def errors(panel, sample, measured):
    """Stated errors and ranges of the efficiencies among the `points`, as lines (x, y)."""
    stated = [
        row
        for one in scores(panel, kept_score)
        if one.target.sample == sample and one.target.quantity == "peak EQE"
        for row in published_values(id=one.target.id)
        if np.isfinite(row.low + row.high)
    ]
    if not stated:
        return EMPTY
    place = np.full(len(stated), best_bias(measured))
    return bars(place, *np.transpose([(row.low, row.high) for row in stated]))


def _is_lifetime(target):
    """Whether a target is a lifetime from a stated luminance, and no bound, which is no point."""
    is_stated = target.quantity.startswith("T") and "cd/m2" in target.quantity
    return is_stated and not np.isnan(target.centre)


def _lifetime(target, test):
    share, luminance = float(target.quantity[1:3]), float(target.quantity.split()[-2])
    convert = (luminance / test.initial_luminance) ** test.wear.acceleration
    return target.centre * convert, share
