"""Calibration: the shared unknowns, fitted to a declared few of the paper's numbers.

What no stage names is predicted, derived or structural (qdlib/paper/classes.py). A fit minimises
the deviations that the scorecard prints, and the unknowns' own distance from the middle of their
plausible range (in quarters of it: a prior), which also bounds them. One set serves all ligands;
the second stage has what belongs to one inorganic structure only. `python tools/calibrate.py` does
all (make calibrate), writes the values into data/parameters.csv and the rest into
data/calibration/.

Each fit begins at several places, and the best of them counts. What has been computed is kept in
build/calibration/ as long as the model, its data and this file stay as they are: a run that was
ended goes on where it was.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sampling import Problem, sample

from qdlib.data import data_file, data_rows
from qdlib.notebook.quantities import QUANTITIES
from qdlib.paper.classes import class_of
from qdlib.paper.protocols import Laboratory
from qdlib.paper.samples import without_ligand
from qdlib.paper.scores import keep
from qdlib.paper.targets import targets
from qdlib.parameters import is_wide, parameters

WORST = 20.0
"""Deviation that stands for a reading that is not there [errors]."""
STEP, TOLERANCE, EVALUATIONS = 1e-3, 1e-4, 1200
STARTS = 4
"""Where a fit begins: at the values in use, and SCATTER prior deviations away from them."""
SCATTER = 0.5
VERSIONS = "numpy", "scipy", "numba", "lmfit", "emcee", "scikit-learn"
SAMPLES, DRAWN, TOGETHER = 4000, 48, 20
"""Samples of the posterior, how many of them the pages use, and are computed in one go."""
ROOT = Path(__file__).resolve().parents[1]


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
    """A fitted stage, and the changes that it makes: {"owner.name": SI value}, those before it too.

    coordinates : where the sum of squares chi2 is least (unknowns,)
    covariance : of the coordinates, from the curvature there; not rescaled, as the deviations are
        in errors already (unknowns, unknowns)
    jacobian : of the deviations by the coordinates [errors] (targets, unknowns)
    runs : how often the model was asked
    """

    stage: Stage
    changes: dict
    coordinates: np.ndarray
    covariance: np.ndarray
    jacobian: np.ndarray
    chi2: float
    runs: int

    @property
    def priors(self):
        """The Prior of each unknown."""
        return tuple(map(prior, self.stage.unknowns))

    @property
    def errors(self):
        """Standard errors of the coordinates."""
        return np.sqrt(np.diag(self.covariance))


def fit(stage, changes=None, evaluations=EVALUATIONS, tolerance=TOLERANCE, start=None):
    """Fit a stage's unknowns, other parameters as in `changes`: a Fit.

    start : coordinates, by default those of the values that are in use
    """
    import lmfit

    changes = dict(changes or {})
    priors = tuple(map(prior, stage.unknowns))
    if start is None:
        values = [changes.get(one.key, parameters()[one.key].value) for one in priors]
        start = [one.coordinate(value) for one, value in zip(priors, values, strict=True)]
    unknowns = lmfit.Parameters()
    for number, (one, at) in enumerate(zip(priors, start, strict=True)):
        margin = 1e-3 * (one.high - one.low)
        at = float(np.clip(at, one.low + margin, one.high - margin))
        unknowns.add(f"x{number}", at, min=one.low, max=one.high)
    result = lmfit.minimize(
        partial(_residuals, stage, priors, changes),
        unknowns,
        method="least_squares",
        diff_step=STEP,
        x_scale=[one.width for one in priors],
        max_nfev=evaluations,
        ftol=tolerance,
        scale_covar=False,
    )
    found = np.array([one.value for one in result.params.values()])
    # the rows after those of the targets are the priors' own
    jacobian = np.asarray(result.jac)[: len(stage.targets)]
    own = changes | moved(priors, found)
    return Fit(stage, own, found, result.covar, jacobian, float(result.chisqr), int(result.nfev))


def moved(priors, values):
    """Changes {"owner.name": SI value} for a row of coordinates."""
    return {one.key: one.value(x) for one, x in zip(priors, values, strict=True)}


def _residuals(stage, priors, changes, values):
    coordinates = list(values.valuesdict().values())
    own = [(x - one.centre) / one.width for one, x in zip(priors, coordinates, strict=True)]
    found = residuals(changes | moved(priors, coordinates), chosen(stage))
    return np.concatenate([found, own])


def chosen(stage):
    """The targets of a stage."""
    return [target for target in targets() if target.key in stage.targets]


def stated_in_table_1():
    """The numbers that Table 1 states, each of one sample."""
    return [one for one in targets() if "Table 1" in one.panel.split(";") and one.kind == "stated"]


def left_out(evaluations=EVALUATIONS):
    """Refit without each row of Table 1 in turn, and predict it: a pandas DataFrame.

    A sample goes with all that the fits know of its efficiency and lifetime. Rows that the
    calibration does not use need no new fit. Deviations, in errors, are those without the row.
    """
    import pandas as pd

    samples = dict.fromkeys(one.sample for one in stated_in_table_1())
    found = _each(_without, [(sample, evaluations) for sample in samples], "rows left out")
    return pd.DataFrame([row for rows in found for row in rows])


def _without(model, sample, evaluations):
    """The rows of `left_out` of one sample."""
    own = [one for one in stated_in_table_1() if one.sample == sample]
    read = {one.quantity for one in own}
    gone = {one.key for one in targets() if one.sample == sample and one.quantity in read}
    changes, refitted = {}, False
    for stage in stages():
        kept = tuple(key for key in stage.targets if key not in gone)
        if refitted or kept != stage.targets:
            refitted = True
            changes = fit(replace(stage, targets=kept), changes, evaluations).changes
    full, without = Laboratory(), Laboratory(changes)
    measured = [(one, one.measure(full), one.measure(without)) for one in own]
    return [
        {
            "left out": f"{sample.structure} {sample.ligand}",
            "refitted": refitted,
            "target": one.key,
            "published": one.published,
            "model with it": before,
            "model without it": after,
            "deviation": one.deviation(after),
            "met": one.met(after),
        }
        for one, before, after in measured
    ]


def posterior(fitted, number=SAMPLES, seed=0):
    """Samples of a Fit's unknowns that its targets and priors allow: a sampling.Posterior."""

    def computed(x, which):
        which = tuple(map(int, which))
        # a few points make as many parts, so that every core has some
        parts = np.array_split(x, max(len(x) // TOGETHER, min(len(x), 8)))
        arguments = [(fitted.stage, tuple(map(tuple, part)), which) for part in parts]
        return np.vstack(_each(_deviations, arguments, f"{len(x)} samples, {len(which)} targets"))

    priors = fitted.priors
    centre, width, low, high = np.array(
        [(one.centre, one.width, one.low, one.high) for one in priors]
    ).T
    problem = Problem(computed, len(fitted.stage.targets), centre, width, low, high)
    return sample(problem, fitted.coordinates, fitted.covariance, number, seed, told=print)


def _deviations(model, stage, coordinates, which):
    own = [chosen(stage)[number] for number in which]
    priors = list(map(prior, stage.unknowns))
    return np.array([residuals(moved(priors, x), own) for x in coordinates])


def taught(fitted):
    """What each target teaches of the unknowns at a Fit: a pandas DataFrame, the most first.

    Bits: how much the unknowns' joint uncertainty would grow without it (log2 of the ratio of the
    volumes); the unknown whose standard error would grow most, and by what factor.
    """
    import pandas as pd

    prior_weight = np.diag([1 / one.width**2 for one in fitted.priors])
    rows = []
    for number, key in enumerate(one.key for one in chosen(fitted.stage)):
        whole, rest = (
            np.linalg.inv(matrix.T @ matrix + prior_weight)
            for matrix in (fitted.jacobian, np.delete(fitted.jacobian, number, axis=0))
        )
        growth = np.sqrt(np.diag(rest) / np.diag(whole))
        most = int(np.argmax(growth))
        bits = 0.5 * (np.linalg.slogdet(rest)[1] - np.linalg.slogdet(whole)[1]) / np.log(2)
        rows.append((key, bits, fitted.stage.unknowns[most], growth[most]))
    columns = ["target", "bits", "unknown", "its error without"]
    return pd.DataFrame(rows, columns=columns).sort_values("bits", ascending=False)


def predicted(priors, samples):
    """What posterior samples allow of each predicted target: a pandas DataFrame, 5 and 95 %.

    Met: the share of the samples with which it is.
    """
    import pandas as pd

    judged = [one for one in targets() if class_of(one).name == "predicted"]
    keys = tuple(one.key for one in judged)
    changes = [moved(priors, row) for row in samples]
    measured = np.array(_each(_measured, [(keys, tuple(own.items())) for own in changes], "bands"))
    rows = []
    for one, values in zip(judged, measured.T, strict=True):
        known = values[np.isfinite(values)]
        low, high = np.quantile(known, [0.05, 0.95]) if len(known) else (np.nan, np.nan)
        rows.append((one.key, low, high, np.mean([one.met(value) for value in values])))
    return pd.DataFrame(rows, columns=["target", "low", "high", "met"])


def _measured(model, keys, changes):
    lab = Laboratory(dict(changes))
    return [one.measure(lab) for one in targets() if one.key in keys]


def _each(work, arguments, label):
    """work(model, *arguments) for each of these, on all cores; what is known is not done again."""
    from joblib import Memory, Parallel, delayed
    from tqdm import tqdm

    memory = Memory(ROOT / "build" / "calibration", verbose=0)
    call = delayed(memory.cache(work))
    tasks = Parallel(n_jobs=-1, return_as="generator")
    model = fingerprint()
    found = tasks(call(model, *own) for own in arguments)
    return list(tqdm(found, label, total=len(arguments)))


def fingerprint():
    """A digest of the model, of its data less what is calibrated, and of this file."""
    found = hashlib.sha256()
    files = [*(ROOT / "qdlib").rglob("*.py"), *(ROOT / "data").glob("*.csv"), Path(__file__)]
    for path in sorted(files):
        text = path.read_text("utf-8")
        if path.name == "parameters.csv":
            text = "".join(line for line in text.splitlines() if ",calibrated," not in line)
        found.update(text.encode())
    return found.hexdigest()


def bands(priors, samples):
    """What posterior samples allow of the curves of Table 1's samples: a pandas DataFrame.

    5 and 95 % of the sweeps' quantities, by sample and bias.
    """
    import pandas as pd

    labs = [Laboratory(moved(priors, row)) for row in samples]
    rows = []
    for one in dict.fromkeys(stated.sample for stated in stated_in_table_1()):
        runs = [lab.sweep(one) for lab in labs]
        volts = runs[0].voltage
        for name in SWEPT:
            read = [QUANTITIES[name].read(run)[1] for run in runs]
            low, high = np.nanquantile(read, [0.05, 0.95], axis=0)
            for at in range(0, len(volts), 2):
                own = one.structure, one.ligand, name, volts[at], low[at], high[at]
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
    for kept in (parameters, data_rows, without_ligand):
        kept.cache_clear()


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


def best_fit(stage, changes, tolerance=TOLERANCE, starts=STARTS, seed=0):
    """The best of fits of a stage that begin at several places, and the chi2 of each."""
    priors = tuple(map(prior, stage.unknowns))
    rng = np.random.default_rng(seed)
    values = [changes.get(one.key, parameters()[one.key].value) for one in priors]
    here = np.array([one.coordinate(value) for one, value in zip(priors, values, strict=True)])
    away = SCATTER * np.array([one.width for one in priors])
    begun = [None, *(tuple(rng.normal(here, away)) for _ in range(starts - 1))]
    arguments = [(stage, tuple(changes.items()), tolerance, start) for start in begun]
    fits = _each(_fitted, arguments, stage.name)
    return min(fits, key=lambda one: one.chi2), [one.chi2 for one in fits]


def _fitted(model, stage, changes, tolerance, start):
    return fit(stage, dict(changes), tolerance=tolerance, start=start)


def fit_all(tolerance=TOLERANCE, starts=STARTS):
    """Fit both stages, and write values, errors and correlations into data/.

    Returns the fits, and for each the chi2 that was reached from each start.
    """
    import pandas as pd

    fits, reached, changes = [], [], {}
    for stage in stages():
        best, found = best_fit(stage, changes, tolerance, starts)
        fits.append(best)
        reached.append(found)
        changes = best.changes
        print(f"{stage.name}: chi2 {', '.join(f'{one:.2f}' for one in found)}")
    store(changes)
    write("parameters.csv", summary(fits))
    shared = fits[0]
    errors = shared.errors
    correlations = shared.covariance / np.outer(errors, errors)
    names = list(shared.stage.unknowns)
    table = pd.DataFrame(correlations, columns=names)
    table.insert(0, "parameter", names)
    write("correlations.csv", table)
    write("taught.csv", taught(shared))
    keep()
    return fits, reached


def main():
    """Fit both stages, sample, leave rows out, and write all of it into data/."""
    import pandas as pd

    fits, reached = fit_all()
    shared = fits[0]
    sampled = posterior(shared)
    drawn = sampled.draws(DRAWN, np.random.default_rng(0))
    write("samples.csv", pd.DataFrame(drawn, columns=list(shared.stage.unknowns)))
    write("bands.csv", bands(shared.priors, drawn))
    write("predicted.csv", predicted(shared.priors, drawn))
    write("left_out.csv", left_out())
    about = {
        "command": "python tools/calibrate.py",
        "chi2": {one.stage.name: round(one.chi2, 2) for one in fits},
        "chi2 from each start": {
            one.stage.name: [round(value, 2) for value in found]
            for one, found in zip(fits, reached, strict=True)
        },
        "targets": {one.stage.name: len(one.stage.targets) for one in fits},
        "posterior": {
            "samples": len(sampled.weights),
            "effective size": round(sampled.effective_size),
            "acceptance": round(sampled.acceptance, 3),
        },
        "versions": {name: version(name) for name in VERSIONS},
    }
    data_file("calibration/about.json").write_text(json.dumps(about, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    import calibrate  # by its name, other processes find what is handed to them

    calibrate.main()
