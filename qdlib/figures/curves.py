"""The three kinds of device curve that most panels show: swept, driven, and fading.

Each function makes an Exhibit from samples. The first sample is the one that the sliders move; the
others stay as the paper has them. Colours are the ligands', by `colour`; those of a series of
residual fractions go from the ligand's to the amine's, by `shade`.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from .. import plots
from ..constants import HOUR, MILLIAMP_PER_CM2
from ..exhibit import Exhibit
from ..laboratory import DRIVES, Laboratory, Sample, drive_of
from ..ledger import data_rows, published_value, published_values
from ..live import Control
from ..plots import Axis, Panel, Trace
from ..readings import THRESHOLDS
from ..scorecard import kept_score, laboratory, scores
from ..wording import digits, duration, setting, volts

HUES = {
    "Cd(RCOO)2": "Cd",
    "Cd(RPOOO)": "Cd",
    "Zn(RCOO)2": "Zn",
    "Mg(RCOO)2": "Mg",
    "RNH2": "amine",
    "RNH2+RSH": "thiol",
    "TOP": "phosphine",
}
FRACTION = Control("fraction", "Residual ligand fraction", 1.0, 0.0, 1.0, 0.01)
POTENTIAL = Control("potential", "Redox potential E⁰ of its metal", -0.40, -2.60, 0.80, 0.02,
                    "V vs NHE")  # fmt: skip
DWELL = Control("dwell", "Dwell per 0.05 V step", 1.0, 0.1, 10.0, 0.1, "s", ".2g", log=True)
CURRENT = Control("current", "Current density", 100.0, 1.0, 300.0, 0.05, "mA/cm²", ".3g", log=True)
YIELD = Control("film_yield", "Film PL quantum yield", 0.77, 0.05, 1.0, 0.01)


def colour(ligand):
    """The colour of a ligand as Table 1 writes it."""
    return plots.COLOURS[HUES[ligand]]


def shade(sample):
    """The colour of a sample: its ligand's, mixed with the amine's by the fraction if given."""
    left = 1.0 if sample.fraction is None else sample.fraction
    return plots.mixed(plots.COLOURS["amine"], colour(sample.ligand), left)


def name(sample):
    """A sample as a legend names it: its ligand and fraction, the structure being the panel's."""
    left = "" if sample.fraction is None else f" {setting(100 * sample.fraction)} %"
    return sample.ligand.replace("2", "₂") + left


@lru_cache(maxsize=16)
def bench(changes=()):
    """The laboratory with some parameters changed, ((key, value), ...): the calibrated one if not.

    What a laboratory has run stays run, so that a slider that comes back costs nothing.
    """
    return Laboratory(dict(changes)) if changes else laboratory()


def own(control, sample):
    """A control as it stands for a sample: at the sample's own fraction, potential or yield."""
    device = laboratory().device(sample)
    if control.name == "fraction":
        return replace(control, default=device.ligand.fraction)
    if control.name == "potential":
        return replace(control, default=round(device.ligand.couple.standard_potential, 4))
    if control.name == "film_yield":
        return replace(control, default=device.dot.film_yield)
    if control.name == "current":
        usual = laboratory().value(*drive_of(sample.structure).split("."))
        return replace(control, default=usual / MILLIAMP_PER_CM2)
    return control


def moved(sample, controls, values):
    """The sample as the controls have it; what stands at its default stays the sample's own."""
    fields = ("fraction", "potential", "film_yield")
    # a slider shows its default rounded to its own steps
    changed = {
        one.name: values[one.name]
        for one in controls
        if one.name in fields and abs(values[one.name] - one.default) > 0.501 * one.step
    }
    return replace(sample, **changed)


@dataclass(frozen=True)
class Shown:
    """Samples and what was measured on each: runs or lifetime tests."""

    samples: tuple
    measured: tuple

    def pairs(self):
        """Of sample and measurement."""
        return zip(self.samples, self.measured, strict=True)


def swept(panel, title, samples, quantities=("J", "L"), controls=(FRACTION, POTENTIAL, DWELL)):
    """Exhibit of sweeps: current density, luminance, efficiency or photoluminescence on bias.

    samples : of one structure; quantities : keys of QUANTITIES, an axis each
    """
    controls = tuple(own(control, samples[0]) for control in controls)
    highest = laboratory().sweep(samples[0]).voltage[-1]

    def view(**values):
        first = moved(samples[0], controls, values)
        dwell = values.get("dwell", DWELL.default)
        lab = bench(() if dwell == DWELL.default else (("sweep.dwell", dwell),))
        runs = (lab.sweep(first), *(laboratory().sweep(one) for one in samples[1:]))
        return Shown((first, *samples[1:]), runs)

    def series(shown):
        drawn = {}
        for quantity in quantities:
            key, read = f"{panel}{quantity}", QUANTITIES[quantity].read
            for sample, run in zip(samples, shown.measured, strict=True):
                drawn[f"{key}/{name(sample)}"] = run.voltage, read(run)
            for sample in samples:
                drawn[f"{key}/{name(sample)}, allowed"] = band(quantity, sample)
                drawn[f"{key}/{name(sample)}, published"] = marks(panel, quantity, sample)
                if quantity == "EQE":
                    drawn[f"{key}/{name(sample)}, error"] = spans(panel, sample)
        return drawn

    def say(shown):
        return (
            "; ".join(f"{name(one)}: {_told(run, quantities)}" for one, run in shown.pairs()) + "."
        )

    axes = tuple(
        Panel(
            f"{panel}{quantity}", QUANTITIES[quantity].title, Axis("bias (V)", 0, highest),
            QUANTITIES[quantity].axis, sample_traces(samples, error=quantity == "EQE"),
        )
        for quantity in quantities
    )  # fmt: skip
    return Exhibit(
        panel, "model", title, axes, view, series, say, controls, legend(samples),
        table=lambda shown: shown.measured[0].table,
    )  # fmt: skip


def _told(run, quantities):
    """What a sweep says of the quantities shown."""
    parts = []
    if "J" in quantities:
        parts.append(f"current from {volts(run.current_threshold)}")
    if "L" in quantities:
        parts.append(f"light from {volts(run.turn_on_voltage)}")
    if "EQE" in quantities:
        parts.append(f"peak EQE {digits(100 * run.peak_eqe)} %")
    if "PL" in quantities:
        light = 100 * np.interp([1.2, 2.0, 4.0], run.voltage, run.relative_photoluminescence)
        parts.append(
            "{}, {} and {} % of the light left at 1.2, 2 and 4 V".format(*map(digits, light))
        )
    return ", ".join(parts)


def driven(panel, title, samples, devices, controls=(FRACTION,), hours=1.0):
    """Exhibit of relative photoluminescence at the constant current densities of the paper.

    devices : kinds of device, an axis each: "electron-only", "hole-only", "QLED"
    """
    structure = samples[0].structure
    published_drive = {kind: published_value(DRIVES[kind, structure]).value for kind in devices}
    lead = replace(CURRENT, name="current", default=published_drive[devices[0]],
                   label=f"Current density, {devices[0]}")  # fmt: skip
    controls = (*(own(control, samples[0]) for control in controls), lead)

    def view(current, **values):
        first = moved(samples[0], controls, values)
        runs = []
        for kind in devices:
            drive = current if kind == devices[0] else published_drive[kind]
            runs += [laboratory().drive(one, kind, hours, drive) for one in (first, *samples[1:])]
        return Shown((first, *samples[1:]) * len(devices), tuple(runs))

    def series(shown):
        drawn = {}
        for number, run in enumerate(shown.measured):
            key = f"{panel}{devices[number // len(samples)]}"
            light = run.relative_photoluminescence
            sample = samples[number % len(samples)]
            drawn[f"{key}/{name(sample)}"] = run.time, 100 * light / light[0]
        return drawn

    def say(shown):
        told = []
        for number, (sample, run) in enumerate(shown.pairs()):
            light = run.relative_photoluminescence
            told.append(
                f"{devices[number // len(samples)]}, {name(sample)}: "
                f"{digits(100 * light[-1] / light[0])} % left after {hours:g} h"
            )
        return "; ".join(told) + "."

    axes = tuple(
        Panel(
            f"{panel}{kind}", f"{kind}, {published_drive[kind]:g} mA/cm²",
            Axis("time (s)", 1e-3, 3600 * hours, log=True), Axis("relative PL (%)", 0, 108),
            tuple(Trace(name(one), "model", shade(one)) for one in samples),
        )
        for kind in devices
    )  # fmt: skip
    return Exhibit(
        panel, "model", title, axes, view, series, say, controls, hues(samples),
        table=lambda shown: shown.measured[0].table,
    )  # fmt: skip


def fading(panel, title, samples, controls=(FRACTION, CURRENT), axis=None):
    """Exhibit of L/L0 at a constant current density: reduction, and the wear beside it."""
    controls = tuple(own(control, samples[0]) for control in controls)
    axis = axis or Axis("time (h)", 1e-4, 1e3, log=True)

    key = drive_of(samples[0].structure)
    usual = laboratory().value(*key.split(".")) / MILLIAMP_PER_CM2

    def view(current=usual, **values):
        first = moved(samples[0], controls, values)
        near = abs(np.log10(current / usual)) < 0.501 * CURRENT.step
        lab = bench(() if near else ((key, current * MILLIAMP_PER_CM2),))
        tests = (lab.lifetime_test(first), *(lab.lifetime_test(one) for one in samples[1:]))
        return Shown((first, *samples[1:]), tests)

    def series(shown):
        drawn = {f"{panel}/half": ([axis.low, axis.high], [50, 50])}
        for sample, test in zip(samples, shown.measured, strict=True):
            time = np.maximum(test.time / HOUR, 1e-9)
            drawn[f"{panel}/{name(sample)}"] = time, 100 * test.relative_luminance
        for sample in samples:
            drawn[f"{panel}/{name(sample)}, published"] = _lifetime_mark(panel, sample)
        return drawn

    def say(shown):
        told = [
            f"{name(sample)}: {digits(test.initial_luminance)} cd/m² at first, half after "
            f"{duration(test.lifetime(0.5))}, which is {duration(test.lifetime_at(100))} from "
            "100 cd/m²"
            for sample, test in shown.pairs()
        ]
        return "; ".join(told) + "."

    axes = (
        Panel(panel, "Stability, L/L₀", axis, Axis("L/L₀ (%)", 0, 108),
              (Trace("half", "cursor"), *sample_traces(samples, allowed=False))),
    )  # fmt: skip
    return Exhibit(
        panel, "model", title, axes, view, series, say, controls,
        legend(samples) + f" Diamonds: the published lifetime, converted to {usual:.3g} mA/cm² by "
        "L₀ⁿ T = constant from the model’s own L₀.",
        table=lambda shown: shown.measured[0].run.table,
    )  # fmt: skip


@dataclass(frozen=True)
class Quantity:
    """What can be read off a sweep: title, axis, and read(run)."""

    title: str
    axis: Axis
    read: object


QUANTITIES = {
    "J": Quantity("Current density", Axis("J (mA/cm²)", 1e-5, 1e3, log=True),
                  lambda run: run.current_density / MILLIAMP_PER_CM2),
    "L": Quantity("Luminance", Axis("L (cd/m²)", 1e-1, 1e5, log=True), lambda run: run.luminance),
    "EQE": Quantity("External quantum efficiency", Axis("EQE (%)", 1e-2, 40, log=True),
                    lambda run: 100 * run.external_quantum_efficiency),
    "PL": Quantity("Relative photoluminescence", Axis("PL / fresh PL (%)", 0, 108),
                   lambda run: 100 * run.relative_photoluminescence),
}  # fmt: skip


def sample_traces(samples, allowed=True, error=False):
    """A line, the band that the data allow, published marks and their errors of each sample."""
    traces = []
    for one in samples:
        hue = shade(one)
        if allowed:
            traces.append(Trace(f"{name(one)}, allowed", "band", hue))
        traces.append(Trace(name(one), "model", hue))
        if error:
            traces.append(Trace(f"{name(one)}, error", "error", hue))
        traces.append(Trace(f"{name(one)}, published", "published", hue))
    return tuple(traces)


def hues(samples):
    """HTML: which colour is which sample."""
    return " &ensp;".join(
        f'<span style="color:{shade(one)}">■</span> {name(one)}' for one in samples
    )


def legend(samples):
    """HTML: which colour is which sample, and what the marks are."""
    return (
        f"{hues(samples)} &ensp;◇ published, with its error or range &ensp;shaded: what the "
        "paper’s numbers allow (5 to 95 %)."
    )


@lru_cache
def band(quantity, sample):
    """What the posterior allows of a curve, as a closed outline; empty if it was not sampled."""
    rows = [
        row
        for row in data_rows("calibration/bands.csv")
        if Sample(row["structure"], row["ligand"]) == sample and row["quantity"] == quantity
    ]
    x = [float(row["bias [V]"]) for row in rows]
    low, high = ([float(row[end]) for row in rows] for end in ("low", "high"))
    return [*x, *x[::-1]], [*low, *high[::-1]]


@lru_cache
def marks(panel, quantity, sample):
    """Published numbers of a sample in a panel, where they are read on a curve."""
    own = [one.target for one in scores(panel, kept_score) if one.target.sample == sample]
    if quantity == "EQE":
        found = [one.centre for one in own if one.quantity == "peak EQE"]
        return [_best_bias(sample)] * len(found), found
    found = [
        (one.centre, level)
        for one in own
        for read, (axis, level) in THRESHOLDS.items()
        if (axis, read) == (quantity, one.quantity)
    ]
    return [bias for bias, _ in found], [level for _, level in found]


@lru_cache
def spans(panel, sample):
    """Stated errors and ranges of the efficiencies among the `marks`, as lines."""
    stated = [
        row
        for one in scores(panel, kept_score)
        if one.target.sample == sample and one.target.quantity == "peak EQE"
        for row in published_values(id=one.target.id)
        if np.isfinite(row.low + row.high)
    ]
    place = np.full(len(stated), _best_bias(sample) if stated else np.nan)
    low, high = (np.array([getattr(row, end) for row in stated]) for end in ("low", "high"))
    return plots.bars(place, low, high)


def _best_bias(sample):
    run = laboratory().sweep(sample)
    return float(run.voltage[np.nanargmax(run.external_quantum_efficiency)])


@lru_cache
def _lifetime_mark(panel, sample):
    """Published lifetimes at the drive of the test, by the model's own initial luminance."""
    x, y = [], []
    test = laboratory().lifetime_test(sample)
    for one in scores(panel, kept_score):
        quantity = one.target.quantity
        if one.target.sample != sample or not quantity.startswith("T") or "cd/m2" not in quantity:
            continue
        if np.isnan(one.target.centre):  # a bound is no point
            continue
        share, at = float(quantity[1:3]), float(quantity.split()[-2])
        x.append(one.target.centre * (at / test.initial_luminance) ** test.wear.acceleration)
        y.append(share)
    return x, y
