"""Calibration: the shared unknowns, fitted to a declared few of the paper's numbers.

Everything that a stage does not name is a prediction. A fit minimises the deviations that the
scorecard prints, and the unknowns' own distance from the middle of their plausible range (in
quarters of it: a prior), which also bounds them. One set serves all ligands; the second stage has
what belongs to one inorganic structure only. `python -m qdlib.calibration` does all (make
calibrate), writes the values into data/parameters.csv and the rest into data/calibration/.
"""

from dataclasses import dataclass

import numpy as np

from .laboratory import Laboratory
from .parameters import parameters
from .targets import targets

WORST = 20.0
"""Deviation that stands for a reading that is not there [errors]."""
STEP, TOLERANCE, EVALUATIONS = 1e-3, 1e-5, 1200


@dataclass(frozen=True)
class Stage:
    """Unknowns, as keys of `parameters()`, and the targets that determine them, by their keys."""

    name: str
    unknowns: tuple[str, ...]
    targets: tuple[str, ...]

    def without(self, ids):
        """The same stage with some rows of the ledger left out."""
        left = tuple(key for key in self.targets if key.split()[0] not in ids)
        return Stage(self.name, self.unknowns, left)


SHARED = Stage(
    "shared",
    (
        "redox.capture_coefficient",
        "redox.rate_constant",
        "redox.reorganisation_energy",
        "redox.complexation_shift",
        "redox.potential_spread",
        "CdSe/CdS.reducible_sites",
        "CdSe/CdS.gap",
        "dots.electron_mobility",
        "dots.hole_mobility",
        "dots.radiative_coefficient",
        "poly-TPD.valence_edge",
        "PVK.valence_edge",
        "ZnMgO.conduction_edge",
        "Ag on ZnMgO.work_function",
        "optics.stark_field",
    ),
    (
        "L008 threshold voltage of current",
        "L008 turn-on voltage",
        "L019 threshold voltage of current",
        "L020 turn-on voltage",
        "L030 onset of PL drop",
        "L104 peak EQE",
        "L105 T50 at 100 cd/m2",
        "L110 peak EQE",
        "L111 T50 at 100 cd/m2",
        "L122 peak EQE",
        "S02 PL at 4 V",
        "S05 PL at 2 V",
        "S06 PL after the stress",
        "S27 current density at 4 V",
    ),
)
PER_STRUCTURE = Stage(
    "per structure",
    (
        "CdSe/CdS.wear_half_life",
        "CdSe/CdS/ZnS.wear_half_life",
        "CdSe/CdZnSe/CdZnS.wear_half_life",
        "CdSe/CdZnSe/CdZnS.level",
        "CdSeS/ZnSeS/ZnS.wear_half_life",
        "CdSeS/ZnSeS/ZnS.gap",
    ),
    (
        "L123 T50 at 100 cd/m2",
        "L135 T95 at 1000 cd/m2",
        "L137 peak EQE",
        "L141 T95 at 1000 cd/m2",
        "L086 peak EQE",
        "L089 T50 at 1450 cd/m2",
    ),
)
STAGES = (SHARED, PER_STRUCTURE)


def used():
    """Keys of the targets that determine the calibrated parameters."""
    return frozenset(key for stage in STAGES for key in stage.targets)


@dataclass(frozen=True)
class Prior:
    """What is known of an unknown before: its range, and a normal distribution over it.

    In decades where `log`: where the range spans more than a factor of five.
    """

    key: str
    low: float
    high: float
    log: bool

    @property
    def centre(self):
        """Middle of the range."""
        return (self.low + self.high) / 2

    @property
    def width(self):
        """Standard deviation, a quarter of the range."""
        return (self.high - self.low) / 4

    def value(self, x):
        """SI value of a fitted coordinate."""
        return float(10.0**x) if self.log else float(x)

    def coordinate(self, value):
        """The reverse of `value`."""
        return float(np.log10(value)) if self.log else float(value)


def prior(key):
    """The Prior of an unknown, from the plausible range in data/parameters.csv."""
    row = parameters()[key]
    log = row.low > 0 and row.high / row.low > 5
    low, high = (np.log10([row.low, row.high])) if log else (row.low, row.high)
    return Prior(key, float(low), float(high), bool(log))


def residuals(changes, chosen):
    """Deviations of the targets, in errors, for a set of changes {"owner.name": SI value}."""
    lab = Laboratory(changes)
    found = np.array([target.deviation(target.measure(lab)) for target in chosen])
    return np.clip(np.nan_to_num(found, nan=WORST), -WORST, WORST)


@dataclass(frozen=True)
class Fit:
    """A fitted stage: coordinates of its unknowns, lmfit's result, and the changes they make."""

    stage: Stage
    priors: tuple[Prior, ...]
    result: object
    changes: dict

    @property
    def errors(self):
        """Standard errors of the coordinates, from the curvature at the best fit."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def covariance(self):
        """Of the coordinates; the residuals are in errors already, so it is not rescaled."""
        return self.result.covar


def fit(stage, changes=None, evaluations=EVALUATIONS):
    """Fit a stage's unknowns, other parameters as in `changes`: a Fit."""
    import lmfit

    priors = tuple(prior(key) for key in stage.unknowns)
    chosen = [target for target in targets() if target.key in stage.targets]
    unknowns = lmfit.Parameters()
    for number, one in enumerate(priors):
        start = one.coordinate((changes or {}).get(one.key, parameters()[one.key].value))
        margin = 1e-3 * (one.high - one.low)
        start = float(np.clip(start, one.low + margin, one.high - margin))
        unknowns.add(f"x{number}", start, min=one.low, max=one.high)

    def moved(values):
        found = zip(priors, values.valuesdict().values(), strict=True)
        return {one.key: one.value(x) for one, x in found}

    def both(values):
        own = [(x - one.centre) / one.width for one, x in zip(priors, values.valuesdict().values(),
                                                             strict=True)]  # fmt: skip
        return np.concatenate([residuals((changes or {}) | moved(values), chosen), own])

    result = lmfit.minimize(
        both,
        unknowns,
        method="least_squares",
        diff_step=STEP,
        x_scale=[one.width for one in priors],
        max_nfev=evaluations,
        ftol=TOLERANCE,
        xtol=TOLERANCE,
        scale_covar=False,
    )
    return Fit(stage, priors, result, (changes or {}) | moved(result.params))
