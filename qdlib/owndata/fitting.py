"""Parameters of the model, fitted to a measurement within their plausible ranges (lmfit).

A reader's diode is the paper's with a sample's dots and ligand, some of its parameters moved.
Errors come from the curvature at the best fit, scaled by the scatter of the residuals: they hold if
the model is right, and say nothing of what it leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np

from ..device.device import Device
from ..device.run import Run
from ..errors import InputError, require_range, require_whole
from ..paper.materials import LIGANDS, structure
from ..paper.protocols import DEVICES, Laboratory, Sample
from ..parameters import Parameter, Reader, is_wide, parameters
from ..wording import digits
from .layers import Layers, arranged, listed, own_names, own_numbers, usual
from .measurement import NOISE, Array, Measured, Noise

FRACTION, POTENTIAL, YIELD = "ligand.fraction", "ligand.potential", "film_yield"
"""What a fit may move that is no row of data/parameters.csv; the yield is its structure's."""
WORST = 20.0
"""Stands for a point that the model cannot reach [errors]."""
EVALUATIONS = 400
MOST_STARTS = 20
DRAWN = 16  # places that are looked at before a further fit starts from the best of them
STEP = 2e-3  # of a derivative, in shares of the range: well above the model's own noise
TOLERANCE = 1e-6
NEAR = 5e-3  # share of the range from its end, at which a parameter counts as at a bound
ALIKE = 0.95  # correlation from which on two parameters cannot be told apart
KNOWN = 1 / np.sqrt(12)
"""Standard deviation of what is only known to lie in a range, over the range [1]."""
FEW = 0.5  # share of the points, under which it is said how few are compared
POOR = 2.0  # scatter of the residuals, in errors, from which on the model misses the data
MUTE = 1e-7  # of the strongest parameter's effect, at which one has none
WEAKEST = 1e-12  # eigenvalue of the normalised curvature, below which there is rounding only
AS_WELL = 4.0  # more of chi2 than the best fit has: two standard errors, of one parameter
ELSEWHERE = 3.0  # standard errors, from which on two fits have ended at different values
Told = Callable[[int, float], bool]
"""told(evaluations, scatter of the residuals) of a fit under way; true to end it."""


@dataclass(frozen=True)
class Unknown:
    """A parameter to fit, in SI: its range, and where the fit starts.

    The fit moves its place in the range, from 0 to 1; in decades where `log`.
    """

    key: str
    label: str
    unit: str
    low: float
    high: float
    log: bool
    start: float

    def value(self, place: float) -> float:
        """The SI value at a place."""
        if self.log:
            return float(self.low * (self.high / self.low) ** place)
        return float(self.low + place * (self.high - self.low))

    def place(self, value: float) -> float:
        """The reverse of `value`."""
        if self.log:
            return float(np.log(value / self.low) / np.log(self.high / self.low))
        return (value - self.low) / (self.high - self.low)

    def error(self, place: float, error: float) -> float:
        """The standard error of the value, of one that its place has."""
        if not self.log:
            return error * (self.high - self.low)
        return self.value(place) * error * float(np.log(self.high / self.low))


def unknown(
    key: str,
    sample: Sample | None = None,
    start: float | None = None,
    kind: str = "QLED",
    layers: Layers | None = None,
) -> Unknown:
    """The Unknown of a key: FRACTION, POTENTIAL, YIELD, or a row of parameters() with a range.

    sample : whose own value is the start, if none is given; kind, layers : of the device, as in
    `device`. The number of an added layer has a range about its start, as wide as its material's.
    Raises InputError for another key, or a start outside the range.
    """
    sample = sample or Sample()
    own = _special(sample).get(key)
    if own is None:
        added = own_numbers(layers or (), sample.structure, kind)
        row = parameters().get(added.get(key, key))
        ends = _range(row)
        if row is None or ends is None:
            raise InputError("unknown", key, f"{FRACTION}, {POTENTIAL}, {YIELD} or a key of "
                             "qdlib.parameters() with a low and a high value")  # fmt: skip
        label = f"{key.rpartition('.')[0]}: {row.name.replace('_', ' ')}"
        own = Unknown(key, label, row.unit, *ends, is_wide(*ends), row.value)
        if key in added and start:  # of nothing there is no range
            own = _about(start, own)
    if start is None:
        return own
    require_range(own.label, start, own.low, own.high, own.unit)
    return replace(own, start=float(start))


def _about(start: float, one: Unknown) -> Unknown:
    """An Unknown whose range lies about another start: energies are shifted, the rest scaled."""
    if one.unit == "eV":
        away = start - one.start
        return replace(one, low=one.low + away, high=one.high + away, start=start)
    factor = start / one.start
    return replace(one, low=one.low * factor, high=one.high * factor, start=start)


def _special(sample: Sample) -> dict[str, Unknown]:
    from ..paper.samples import film_yield, ligand

    own = ligand(sample.ligand, sample.structure, sample.fraction)
    at = own.couple.standard_potential if own.couple else 0.0
    at = at if sample.potential is None else sample.potential
    glow = sample.film_yield or film_yield(sample.structure, sample.ligand)
    found = (
        Unknown(FRACTION, "residual ligand fraction", "1", 0.0, 1.0, False, own.fraction),
        Unknown(POTENTIAL, "redox potential E⁰ of its metal", "V vs NHE", -2.6, 0.8, False, at),
        Unknown(YIELD, "film PL quantum yield", "1", 0.01, 1.0, False, glow),
    )
    return {one.key: one for one in found}


@cache
def free_parameters(
    sample: Sample, kind: str = "QLED", layers: Layers | None = None
) -> tuple[str, ...]:
    """What a fit of a sample's diode may move: the special keys, and all rows that act on it.

    kind : a key of DEVICES; layers : of one's own, the paper's if None
    """
    value, paper = Reader(), usual(sample.structure, kind)
    DEVICES[kind](None, sample.structure, value)
    gone = {one.name for one in paper} - {one.name for one in layers or paper}
    acting = (key for key in parameters() if key in value.asked and key.split(".")[0] not in gone)
    found = (key for key in acting if _range(parameters()[key]))
    numbers = own_numbers(layers or (), sample.structure, kind).items()
    added = (own for own, key in numbers if _range(parameters()[key]))
    return FRACTION, POTENTIAL, YIELD, *found, *added


def _range(row: Parameter | None) -> tuple[float, float] | None:
    """The plausible range of a parameter, None for one that is exact or not there."""
    if row is None or row.low is None or row.high is None or row.low >= row.high:
        return None
    return row.low, row.high


def device(
    sample: Sample,
    values: Mapping[str, float] | None = None,
    kind: str = "QLED",
    layers: Layers | None = None,
) -> Device:
    """The diode of a sample with parameters moved: {key: SI value}, keys as `unknown` has them.

    kind : a key of DEVICES; layers : of one's own, the paper's if None, `values` having the numbers
    of those that are added too. Raises InputError for another kind, and for what makes no diode.
    """
    moved = dict(values or {})
    own = {"fraction": FRACTION, "potential": POTENTIAL, "film_yield": YIELD}
    fields: dict[str, Any] = {name: moved.pop(key) for name, key in own.items() if key in moved}
    added = own_names(layers or (), sample.structure, kind)
    numbers = {key: moved.pop(key) for key in list(moved) if key.rpartition(".")[0] in added}
    made = Laboratory(moved).device(replace(sample, **fields), kind)
    return made if layers is None else arranged(made, layers, numbers, moved)


@dataclass(frozen=True, eq=False)
class Ending:
    """Where a fit has ended: places of the unknowns (n,), and the scatter of the residuals."""

    places: Array
    scatter: float


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted measurement; kind, layers : of the device, as in `device`.

    values : of the unknowns, SI (n,); errors : standard errors, infinite where the data say
        nothing (n,); places, place_errors : the same as shares of the ranges
    correlations : (n, n); scatter : root of the reduced sum of squares, 1 if the model meets the
        data within the stated errors; finished : False if it was ended before
    run : of the fitted diode; residuals : by quantity, model less data in errors (K,)
    endings : of the fit from the given start, and of those from others; the best is this fit
    freedom : points that are compared, less the unknowns
    """

    sample: Sample
    kind: str
    layers: Layers | None
    measurement: Measured
    unknowns: tuple[Unknown, ...]
    fixed: Mapping[str, float]
    noise: Mapping[str, Noise]
    places: Array
    place_errors: Array
    correlations: Array
    scatter: float
    evaluations: int
    finished: bool
    run: Run
    residuals: Mapping[str, Array]
    endings: tuple[Ending, ...]
    freedom: int

    @property
    def values(self) -> Array:
        """Of the unknowns [SI] (n,)."""
        pairs = zip(self.unknowns, self.places, strict=True)
        return np.array([one.value(place) for one, place in pairs])

    @property
    def errors(self) -> Array:
        """Standard errors [SI] (n,), infinite where the data say nothing."""
        triples = zip(self.unknowns, self.places, self.place_errors, strict=True)
        return np.array([one.error(place, error) for one, place, error in triples])

    @property
    def changes(self) -> dict[str, float]:
        """Of the fitted diode: {key: SI value}, for `device`."""
        own = zip(self.unknowns, self.values, strict=True)
        return {**self.fixed, **{one.key: float(value) for one, value in own}}

    @property
    def rivals(self) -> tuple[Ending, ...]:
        """Endings elsewhere that meet the data as well as this fit, or hardly worse."""
        allowed = self.scatter**2 * (1 + AS_WELL / self.freedom)
        well = (one for one in self.endings if one.scatter**2 <= allowed)
        return tuple(one for one in well if not self.is_here(one))

    def is_here(self, ending: Ending) -> bool:
        """Whether another fit has ended at the values of this one, by its errors."""
        near = ELSEWHERE * self.place_errors + NEAR
        return bool((np.abs(ending.places - self.places) <= near).all())

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader has to know before trusting a number, a sentence each."""
        return tuple(_warnings(self))

    def told(self, k: int) -> str:
        """The k-th unknown with its error, in words."""
        from uncertainties import ufloat

        one, value, error = self.unknowns[k], self.values[k], self.errors[k]
        unit = "" if one.unit == "1" else f" {one.unit}"
        if not np.isfinite(error):
            return f"{digits(value)} ± ?{unit}"
        if error > abs(value):  # ufloat would round the value away
            return f"{digits(value)} ± {digits(error, 2)}{unit}"
        return f"{ufloat(value, error):.2uP}{unit}".replace("±", " ± ")


def fit(
    measurement: Measured,
    unknowns: Sequence[Unknown | str],
    sample: Sample | None = None,
    seconds_per_volt: float | None = None,
    fixed: Mapping[str, float] | None = None,
    noise: Mapping[str, Noise] = NOISE,
    told: Told | None = None,
    kind: str = "QLED",
    layers: Layers | None = None,
    starts: int = 1,
) -> Fit:
    """Fit a diode to a measurement: a Fit.

    unknowns : what to move, keys or Unknowns with a start of their own; sample : dots and ligand
    seconds_per_volt : of the sweep, the measurement's own if None, else that of the paper's sweeps
    fixed : further moved parameters {key: SI value}, from which an added layer's number starts too
    noise : by quantity; told : is told of each evaluation, and ends the fit if it returns true
    kind, layers : of the device, as in `device`
    starts : how many fits are made, of which the best is kept: the first from the given start, the
        others from the best of DRAWN places each, which are spread over the ranges; for a fit may
        end in a valley that is not the deepest

    Raises InputError if there is nothing to fit, or nothing to fit it to.
    """
    require_whole("starts", starts, 1, MOST_STARTS)
    sample = sample or Sample()
    fixed, own = dict(fixed or {}), own_numbers(layers or (), sample.structure, kind)
    chosen = tuple(
        unknown(one, sample, fixed.get(one) if one in own else None, kind, layers)
        if isinstance(one, str)
        else one
        for one in unknowns
    )
    keys = [one.key for one in chosen]
    if not chosen or len(set(keys)) < len(keys):
        raise InputError("unknowns", tuple(keys), "at least one parameter, none of them twice")
    if missing := [one for one in measurement.fitted if one not in noise]:
        raise InputError("noise", tuple(noise), f"with an error of {missing[0]}")
    if not measurement.fitted:
        raise InputError("measurement", measurement.name, "one with a current or a light")
    there = np.concatenate([measurement.compared(one) for one in measurement.fitted])
    if there.sum() <= len(chosen):
        raise InputError(
            "measurement", f"{measurement.name}, of whose {len(there)} points {there.sum()} count",
            f"one with more of them than the {len(chosen)} unknowns: numbers, at 0 V or above "
            "(turn the signs of a diode that was wired the other way)",
        )  # fmt: skip
    slow = slowness(measurement) if seconds_per_volt is None else seconds_per_volt
    require_range("seconds_per_volt", slow, 1e-4, 1e7, "s/V")
    fixed = {key: value for key, value in fixed.items() if key not in {u.key for u in chosen}}
    built = partial(device, sample, kind=kind, layers=layers)
    left = partial(_left, measurement, built, slow, fixed, noise)
    if not np.isfinite(
        np.concatenate(list(left(chosen, [u.place(u.start) for u in chosen])[1].values()))
    ).any():
        raise InputError(
            "measurement", measurement.name,
            "one that the model reaches: with points above 0 V, held at what the diode bears",
        )  # fmt: skip

    def residual(places: Array) -> Array:
        try:
            found = left(chosen, places)[1]
        except InputError:  # within the ranges, and no diode, or none that bears what was done
            return np.full(there.sum(), WORST)
        return np.nan_to_num(np.concatenate(list(found.values()))[there], nan=WORST)

    counted, results = _Counted(residual, told), []
    first = np.array([one.place(one.start) for one in chosen])
    for group in (first[None], *_spread(len(chosen), starts - 1)):
        results.append(_minimised(counted, counted.lowest(group)))
        if counted.ended:
            break
    freedom = int(there.sum()) - len(chosen)
    left_over = [float(np.sum(np.square(one.residual))) for one in results]
    endings = [
        Ending(_values(one.params), float(np.sqrt(chi / freedom)))
        for one, chi in zip(results, left_over, strict=True)
    ]
    number = int(np.argmin(left_over))
    best, ended = results[number], endings[number]
    errors, correlations = _errors(getattr(best, "jac", None), ended.scatter, len(chosen))
    run, residuals = left(chosen, ended.places)
    return Fit(
        sample, kind, layers, measurement, chosen, fixed, noise, ended.places, errors, correlations,
        ended.scatter, counted.evaluations, not best.aborted, run, residuals, tuple(endings),
        freedom,
    )  # fmt: skip


def _spread(count: int, starts: int) -> Array:
    """Places, of which each further fit starts at the best of its own (starts, DRAWN, count)."""
    from scipy.stats.qmc import LatinHypercube

    return LatinHypercube(count, rng=1).random(starts * DRAWN).reshape(starts, DRAWN, count)


@dataclass(eq=False)
class _Counted:
    """Residuals at places (n,), evaluation by evaluation, until the reader ends it."""

    residual: Callable[[Array], Array]
    told: Told | None
    evaluations: int = 0
    ended: bool = False

    def __call__(self, places: Array) -> Array:
        """The residuals at some places (n,)."""
        found = self.residual(places)
        self.evaluations += 1
        if self.told and self.told(self.evaluations, float(np.sqrt(np.mean(found**2)))):
            self.ended = True
        return found

    def lowest(self, group: Array) -> Array:
        """Of some places (k, n) those with the smallest residuals (n,)."""
        if len(group) == 1:
            return group[0]
        sums = []
        for places in group:
            sums.append(float(np.sum(np.square(self(places)))))
            if self.ended:
                break
        return group[int(np.argmin(sums))]


def _minimised(counted: _Counted, first: Array) -> Any:
    """lmfit's result of a fit from some places."""
    import lmfit

    places = lmfit.Parameters()
    for number, place in enumerate(first):
        # from 1 to 2, as steps are relative to the value
        places.add(f"x{number}", 1 + float(np.clip(place, 0.02, 0.98)), min=1, max=2)
    return lmfit.minimize(
        lambda given: counted(_values(given)), places, method="least_squares",
        iter_cb=lambda *_, **__: counted.ended, diff_step=STEP, max_nfev=EVALUATIONS,
        ftol=TOLERANCE, xtol=TOLERANCE,
    )  # fmt: skip


def _values(given: Any) -> Array:
    return np.array(list(given.valuesdict().values())) - 1


def slowness(measurement: Measured) -> float:
    """Time per volt of a sweep [s/V]: as measured, or else that of the model's paper."""
    from .measurement import STEP as VOLTS

    return measurement.seconds_per_volt or parameters()["sweep.dwell"].value / VOLTS


def _left(
    measurement: Measured,
    built: Callable[[Mapping[str, float]], Device],
    slow: float,
    fixed: Mapping[str, float],
    noise: Mapping[str, Noise],
    unknowns: Sequence[Unknown],
    places: Sequence[float] | Array,
) -> tuple[Run, dict[str, Array]]:
    """The run of a diode, and its residuals by quantity."""
    pairs = zip(unknowns, places, strict=True)
    values = {one.key: one.value(min(1.0, max(0.0, place))) for one, place in pairs}
    run = measurement.performed(built({**fixed, **values}), slow)
    return run, {key: measurement.residuals(run, key, noise[key]) for key in measurement.fitted}


def _errors(jacobian: Array | None, scatter: float, count: int) -> tuple[Array, Array]:
    """Standard errors and correlations of the places; infinite where nothing is determined."""
    errors, correlations = np.full(count, np.inf), np.eye(count)
    if jacobian is None:
        return errors, correlations
    effect = np.linalg.norm(jacobian, axis=0)
    moving = np.flatnonzero(effect > MUTE * effect.max())
    if not len(moving) or not effect.max() > 0:
        return errors, correlations
    own = jacobian[:, moving] / effect[moving]
    strength, direction = np.linalg.eigh(own.T @ own)
    # what the data do not move at all stays unknown, and does not vanish as in a pseudo-inverse
    covariance = direction / np.maximum(strength, WEAKEST) @ direction.T
    deviation = np.sqrt(np.diag(covariance))
    errors[moving] = scatter * deviation / effect[moving]
    correlations[np.ix_(moving, moving)] = covariance / np.outer(deviation, deviation)
    return errors, correlations


def doubts(run: Run) -> str:
    """A sentence on the instants of a run whose current is not to be trusted; "" if there are none.

    A stack of one's own may ask for more than the equations, or the mesh, can give.
    """
    if not (wrong := int((run.doubtful | ~run.converged).sum())):
        return ""
    return (
        f"At {wrong} of {len(run.time)} instants this stack has no current that the solver could "
        "trust: what is drawn there is in doubt, or missing."
    )


def _warnings(found: Fit) -> list[str]:
    told = []
    if not found.finished:
        told.append("The fit was ended before it was done: these are no best values.")
    if doubt := doubts(found.run):
        told.append(doubt)
    there = [found.measurement.compared(one) for one in found.measurement.fitted]
    if (part := float(np.mean(np.concatenate(there)))) < FEW:
        told.append(f"Only {digits(100 * part, 2)} % of the points are compared: the rest lies "
                    "below 0 V, or has no number.")  # fmt: skip
    if rivals := found.rivals:
        told.append(f"Other values meet the data as well: {_listed(found, rivals[0])}.")
    for one, place, error in zip(found.unknowns, found.places, found.place_errors, strict=True):
        if not np.isfinite(error):
            told.append(f"The data say nothing of “{one.label}”: no curve moves with it here.")
        elif min(place, 1 - place) < NEAR:
            end = digits(one.value(round(place)))
            told.append(
                f"“{one.label}” stands at the end of its range, {end}: its error means little, and "
                "something else may be amiss."
            )
        elif error > KNOWN:
            told.append(
                f"The data say no more of “{one.label}” than its plausible range does, from "
                f"{digits(one.low)} to {digits(one.high)}."
            )
    for a, first in enumerate(found.unknowns):
        for b, second in enumerate(found.unknowns[:a]):
            if abs(found.correlations[a, b]) > ALIKE:
                told.append(
                    f"“{second.label}” and “{first.label}” can hardly be told apart: their "
                    f"correlation is {found.correlations[a, b]:z.3f}."
                )
    if found.scatter > POOR:
        told.append(
            f"The model misses the data by {digits(found.scatter, 2)} times the stated errors. The "
            "errors of the parameters are widened to match, but suppose that the model is right."
        )
    return told


def _listed(found: Fit, ending: Ending) -> str:
    """The values of an ending, in words."""
    pairs = zip(found.unknowns, ending.places, strict=True)
    return ", ".join(f"{one.label} {digits(one.value(place))}" for one, place in pairs)


def described(sample: Sample, kind: str, layers: Layers | None = None) -> str:
    """A device in words: its kind and its sample, with the metal, and layers of one's own."""
    known = LIGANDS[sample.ligand]
    metal = known.couple(structure(sample.structure).shell).label
    own = f"; layers from the anode: {listed(layers)}" if layers else ""
    return f"{kind}, {sample.structure} dots with {known.label} ({metal}){own}"
