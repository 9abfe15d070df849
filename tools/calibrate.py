"""Calibration: the shared unknowns, fitted to a declared few of the paper's numbers.

Everything that a stage does not name is a prediction. A fit minimises the deviations that the
scorecard prints, and the unknowns' own distance from the middle of their plausible range (in
quarters of it: a prior), which also bounds them. One set serves all ligands; the second stage has
what belongs to one inorganic structure only. `python tools/calibrate.py` does all (make
calibrate), writes the values into data/parameters.csv and the rest into data/calibration/.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version

import numpy as np

from qdlib.data import data_file, data_rows
from qdlib.notebook.quantities import QUANTITIES
from qdlib.paper.protocols import Laboratory
from qdlib.paper.scores import keep
from qdlib.paper.targets import targets
from qdlib.parameters import is_wide, parameters

WORST = 20.0
"""Deviation that stands for a reading that is not there [errors]."""
STEP, TOLERANCE, EVALUATIONS = 1e-3, 1e-4, 1200
WALKERS, STEPS, DRAWN = 32, 60, 48


@dataclass(frozen=True)
class Stage:
    """Unknowns, as keys of `parameters()`, and the targets that determine them, by their keys."""

    name: str
    unknowns: tuple[str, ...]
    targets: tuple[str, ...]


def stages():
    """The stages of the calibration, in order, from data/calibration/stages.csv."""
    rows = data_rows("calibration/stages.csv")

    def keys(stage, role):
        return tuple(row["key"] for row in rows if (row["stage"], row["role"]) == (stage, role))

    names = dict.fromkeys(row["stage"] for row in rows)
    return tuple(Stage(name, keys(name, "unknown"), keys(name, "target")) for name in names)


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
    log = is_wide(row.low, row.high)
    low, high = (np.log10([row.low, row.high])) if log else (row.low, row.high)
    return Prior(key, float(low), float(high), log)


def residuals(changes, chosen):
    """Deviations of the targets, in errors, for a set of changes {"owner.name": SI value}."""
    return deviations(Laboratory(changes), chosen)


def deviations(lab, chosen):
    """Deviations of the targets, in errors, in a Laboratory."""
    found = np.array([target.deviation(target.measure(lab)) for target in chosen])
    return np.clip(np.nan_to_num(found, nan=WORST), -WORST, WORST)


@dataclass(frozen=True)
class Fit:
    """A fitted stage: what was minimised, lmfit's result, and the changes that it makes.

    residuals : residuals(lmfit.Parameters), the deviations of targets, then of the priors
    """

    stage: Stage
    priors: tuple[Prior, ...]
    residuals: Callable
    result: object
    changes: dict

    @property
    def covariance(self):
        """Of the coordinates; the residuals are in errors already, so it is not rescaled."""
        return self.result.covar

    @property
    def errors(self):
        """Standard errors of the coordinates, from the curvature at the best fit."""
        return np.sqrt(np.diag(self.covariance))


def fit(stage, changes=None, evaluations=EVALUATIONS, tolerance=TOLERANCE):
    """Fit a stage's unknowns, from where they are, other parameters as in `changes`: a Fit."""
    import lmfit

    changes = dict(changes or {})
    priors = tuple(prior(key) for key in stage.unknowns)
    minimised = partial(_residuals, stage, priors, changes)
    unknowns = lmfit.Parameters()
    for number, one in enumerate(priors):
        start = one.coordinate(changes.get(one.key, parameters()[one.key].value))
        margin = 1e-3 * (one.high - one.low)
        start = float(np.clip(start, one.low + margin, one.high - margin))
        unknowns.add(f"x{number}", start, min=one.low, max=one.high)
    result = lmfit.minimize(
        minimised,
        unknowns,
        method="least_squares",
        diff_step=STEP,
        x_scale=[one.width for one in priors],
        max_nfev=evaluations,
        ftol=tolerance,
        scale_covar=False,
    )
    return Fit(stage, priors, minimised, result, changes | moved(priors, result.params))


def moved(priors, values):
    """Changes {"owner.name": SI value} for lmfit's parameters, or a plain row of coordinates."""
    if hasattr(values, "valuesdict"):
        values = values.valuesdict().values()
    return {one.key: one.value(x) for one, x in zip(priors, values, strict=True)}


def _residuals(stage, priors, changes, values):
    coordinates = values.valuesdict().values()
    chosen = [target for target in targets() if target.key in stage.targets]
    own = [(x - one.centre) / one.width for one, x in zip(priors, coordinates, strict=True)]
    return np.concatenate([residuals(changes | moved(priors, values), chosen), own])


def stated_in_table_1():
    """The numbers that Table 1 states, each of one sample."""
    return [one for one in targets() if "Table 1" in one.panel.split(";") and one.kind == "stated"]


def left_out(evaluations=EVALUATIONS):
    """Refit without each row of Table 1 in turn, and predict it: a pandas DataFrame.

    A sample goes with all that the fits know of its efficiency and lifetime. Rows that the
    calibration does not use need no new fit. Deviations, in errors, are those without the row.
    """
    import pandas as pd

    rows, full = [], Laboratory()
    judged = stated_in_table_1()
    for sample in dict.fromkeys(one.sample for one in judged):
        own = [one for one in judged if one.sample == sample]
        read = {one.quantity for one in own}
        gone = {one.key for one in targets() if one.sample == sample and one.quantity in read}
        changes, refitted = {}, False
        for stage in stages():
            kept = tuple(key for key in stage.targets if key not in gone)
            if kept != stage.targets:
                refitted = True
                changes = fit(replace(stage, targets=kept), changes, evaluations).changes
        without = Laboratory(changes)
        for one in own:
            modelled = one.measure(without)
            rows.append(
                {
                    "left out": f"{sample.structure} {sample.ligand}",
                    "refitted": refitted,
                    "target": one.key,
                    "published": one.published,
                    "model with it": one.measure(full),
                    "model without it": modelled,
                    "deviation": one.deviation(modelled),
                    "met": one.met(modelled),
                }
            )
    return pd.DataFrame(rows)


def posterior(fitted, walkers=WALKERS, steps=STEPS, seed=0):
    """Samples of the shared unknowns that the targets and priors allow, by emcee.

    fitted : Fit to start around. Returns coordinates (walkers * kept steps, unknowns) and the mean
    acceptance [1]. The walkers start from the fit's own covariance.
    """
    import lmfit

    rng = np.random.default_rng(seed)
    centre = np.array([one.value for one in fitted.result.params.values()])
    low = np.array([one.low for one in fitted.priors])
    high = np.array([one.high for one in fitted.priors])
    start = rng.multivariate_normal(centre, fitted.covariance, walkers)
    edge = 1e-6 * (high - low)
    sampled = lmfit.Minimizer(fitted.residuals, fitted.result.params).emcee(
        nwalkers=walkers,
        steps=steps,
        burn=steps // 2,
        pos=np.clip(start, low + edge, high - edge),
        is_weighted=True,
        seed=seed,
        progress=False,
    )
    return sampled.flatchain.to_numpy(), float(np.mean(sampled.acceptance_fraction))


def bands(priors, samples):
    """What posterior samples allow of the curves of Table 1's samples: a pandas DataFrame.

    5 and 95 % of the sweeps' quantities, by sample and bias.
    """
    import pandas as pd

    labs = [Laboratory(moved(priors, row)) for row in samples]
    rows = []
    for sample in dict.fromkeys(one.sample for one in stated_in_table_1()):
        runs = [lab.sweep(sample) for lab in labs]
        volts = runs[0].voltage
        for name in SWEPT:
            read = [QUANTITIES[name].read(run)[1] for run in runs]
            low, high = np.nanquantile(read, [0.05, 0.95], axis=0)
            for at in range(0, len(volts), 2):
                own = sample.structure, sample.ligand, name, volts[at], low[at], high[at]
                rows.append(own)
    columns = ["structure", "ligand", "quantity", "bias [V]", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


SWEPT = "J", "L", "EQE", "PL"
"""Quantities of a sweep whose bands are kept, in the units in which they are drawn."""


def store(changes):
    """Write calibrated values into data/parameters.csv, with five digits."""
    path = data_file("parameters.csv")
    lines = path.read_text("utf-8").splitlines(keepends=True)
    for number, line in enumerate(lines):
        owner, name, _, rest = line.split(",", 3)
        if (key := f"{owner}.{name}") in changes:
            lines[number] = f"{owner},{name},{changes[key]:.5g},{rest}"
    path.write_text("".join(lines), "utf-8")
    parameters.cache_clear()
    data_rows.cache_clear()


def summary(fits):
    """What each fit found, a pandas DataFrame: values, standard errors, priors, verdicts.

    Errors and priors are in decades where the scale is "log"; "share of prior" is the standard
    error over the prior's: near 1, the targets say nothing of the unknown.
    """
    import pandas as pd

    rows = []
    for one in fits:
        for own, error in zip(one.priors, one.errors, strict=True):
            x = own.coordinate(one.changes[own.key])
            edge = 0.01 * (own.high - own.low)
            share = error / own.width
            rows.append(
                {
                    "stage": one.stage.name,
                    "parameter": own.key,
                    "value": one.changes[own.key],
                    "unit": parameters()[own.key].unit,
                    "scale": "log" if own.log else "linear",
                    "standard error": error,
                    "prior centre": own.value(own.centre),
                    "prior deviation": own.width,
                    "share of prior": share,
                    "verdict": "at its bound"
                    if not own.low + edge < x < own.high - edge
                    else _determined(share),
                }
            )
    return pd.DataFrame(rows)


def _determined(share):
    if share < 0.5:
        return "determined"
    return "weakly determined" if share < 0.9 else "not identifiable"


def write(name, table):
    """Write a pandas DataFrame into data/calibration/, with four digits."""
    folder = data_file("calibration/bands.csv").parent
    table.to_csv(folder / name, index=False, float_format="%.4g")


def fit_all(tolerance=TOLERANCE):
    """Fit both stages, and write values, errors and correlations into data/: the fits."""
    import pandas as pd

    fits = []
    for stage in stages():
        fits.append(fit(stage, tolerance=tolerance))
        store(fits[-1].changes)
        print(f"{stage.name}: chi2 {fits[-1].result.chisqr:.2f}, {fits[-1].result.nfev} runs")
    write("parameters.csv", summary(fits))
    shared = fits[0]
    errors = shared.errors
    correlations = shared.covariance / np.outer(errors, errors)
    names = [one.key for one in shared.priors]
    table = pd.DataFrame(correlations, columns=names)
    table.insert(0, "parameter", names)
    write("correlations.csv", table)
    keep()
    return fits


def main():
    """Fit both stages, leave rows out, sample, and write all of it into data/."""
    import pandas as pd

    fits = fit_all()
    shared = fits[0]
    names = [one.key for one in shared.priors]
    samples, acceptance = posterior(shared)
    chosen = samples[np.random.default_rng(0).choice(len(samples), DRAWN, replace=False)]
    write("samples.csv", pd.DataFrame(chosen, columns=names))
    write("bands.csv", bands(shared.priors, chosen))
    print(f"posterior sampled, acceptance {acceptance:.2f}")
    write("left_out.csv", left_out())
    about = {
        "command": "python tools/calibrate.py",
        "chi2": {one.stage.name: round(float(one.result.chisqr), 2) for one in fits},
        "residuals": {one.stage.name: int(one.result.ndata) for one in fits},
        "posterior": {"walkers": WALKERS, "steps": STEPS, "acceptance": round(acceptance, 3)},
        "versions": {name: version(name) for name in ("numpy", "scipy", "numba", "lmfit", "emcee")},
    }
    data_file("calibration/about.json").write_text(json.dumps(about, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
