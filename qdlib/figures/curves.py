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
from ..laboratory import DRIVES, Laboratory, Sample
from ..ledger import data_rows, published_value
from ..live import Control
from ..plots import Axis, Panel, Trace
from ..run import CURRENT_FLOOR, LUMINANCE_FLOOR
from ..scorecard import kept_score, laboratory, scores

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
    left = "" if sample.fraction is None else f" {100 * sample.fraction:.3g} %"
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
    return control


def moved(sample, controls, values):
    """The sample as the controls have it; what stands at its default stays the sample's own."""
    at = {one.name: one.default for one in controls}
    fields = ("fraction", "potential", "film_yield")
    changed = {key: values[key] for key in fields if key in values and values[key] != at[key]}
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
                drawn[f"{key}/{name(sample)}, allowed"] = band(panel, quantity, sample)
                drawn[f"{key}/{name(sample)}, published"] = marks(panel, quantity, sample)
        return drawn

    def say(shown):
        told = []
        for sample, run in shown.pairs():
            told.append(
                f"{name(sample)}: current from {volts(run.current_threshold)}, light from "
                f"{volts(run.turn_on_voltage)}, peak EQE {100 * run.peak_eqe:.3g} %"
            )
            if "PL" in quantities:
                light = run.relative_photoluminescence
                at = float(np.interp(2.0, run.voltage, light))
                told[-1] += f", {100 * at:.3g} % of the photoluminescence left at 2 V"
        return "; ".join(told) + "."

    axes = tuple(
        Panel(
            f"{panel}{quantity}", QUANTITIES[quantity].title, Axis("bias (V)", 0, highest),
            QUANTITIES[quantity].axis, sample_traces(samples),
        )
        for quantity in quantities
    )  # fmt: skip
    return Exhibit(
        panel, "model", title, axes, view, series, say, controls, legend(samples),
        table=lambda shown: shown.measured[0].table,
    )  # fmt: skip


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
                f"{100 * light[-1] / light[0]:.3g} % left after {hours:g} h"
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
        panel, "model", title, axes, view, series, say, controls, legend(samples),
        table=lambda shown: shown.measured[0].table,
    )  # fmt: skip


def fading(panel, title, samples, controls=(FRACTION, CURRENT), axis=None):
    """Exhibit of L/L0 at a constant current density: reduction, and the wear beside it."""
    controls = tuple(own(control, samples[0]) for control in controls)
    axis = axis or Axis("time (h)", 1e-4, 1e3, log=True)

    def view(current=CURRENT.default, **values):
        first = moved(samples[0], controls, values)
        key = "lifetime test.current_density"
        lab = bench(() if current == CURRENT.default else ((key, current * MILLIAMP_PER_CM2),))
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
            f"{name(sample)}: {test.initial_luminance:.3g} cd/m² at first, half after "
            f"{hours(test.lifetime(0.5))}, which is {hours(test.lifetime_at(100))} from 100 cd/m²"
            for sample, test in shown.pairs()
        ]
        return "; ".join(told) + "."

    axes = (
        Panel(panel, "Stability, L/L₀", axis, Axis("L/L₀ (%)", 0, 108),
              (Trace("half", "cursor"), *sample_traces(samples, allowed=False))),
    )  # fmt: skip
    return Exhibit(
        panel, "model", title, axes, view, series, say, controls,
        legend(samples) + " Diamonds: the published lifetime, converted to this drive by "
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


def sample_traces(samples, allowed=True):
    """A line, the band that the data allow, and the published marks of each sample."""
    traces = []
    for one in samples:
        hue = shade(one)
        if allowed:
            traces.append(Trace(f"{name(one)}, allowed", "band", hue))
        traces.append(Trace(name(one), "model", hue))
        traces.append(Trace(f"{name(one)}, published", "published", hue))
    return tuple(traces)


def legend(samples):
    """HTML: which colour is which sample."""
    told = " &ensp;".join(
        f'<span style="color:{shade(one)}">■</span> {name(one)}' for one in samples
    )
    return f"{told} &ensp;◇ published &ensp;shaded: what the paper’s numbers allow (5 to 95 %)."


def volts(value):
    """A threshold in words."""
    return "nowhere" if np.isnan(value) else f"{value:.2f} V"


def hours(seconds):
    """A lifetime in words, in a unit that suits it."""
    if np.isnan(seconds):
        return "longer than the test"
    unit, size = ("h", HOUR) if seconds >= HOUR else ("min", 60) if seconds >= 60 else ("s", 1)
    return f"{float(f'{seconds / size:.3g}'):,.10g} {unit}"


@lru_cache
def band(panel, quantity, sample):
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
    level = {
        "J": ("threshold voltage of current", CURRENT_FLOOR / MILLIAMP_PER_CM2),
        "L": ("turn-on voltage", LUMINANCE_FLOOR),
        "PL": ("onset of PL drop", 98.0),
    }
    x, y = [], []
    for one in scores(panel, kept_score):
        target = one.target
        if target.sample != sample:
            continue
        if quantity in level and target.quantity == level[quantity][0]:
            x, y = [*x, target.centre], [*y, level[quantity][1]]
        if quantity == "EQE" and target.quantity == "peak EQE":
            run = laboratory().sweep(sample)
            best = run.voltage[np.nanargmax(run.external_quantum_efficiency)]
            span = target.error if target.kind == "stated" else 0.0
            x = [*x, best, best, best, np.nan]
            y = [*y, target.centre - span, target.centre, target.centre + span, np.nan]
    return x, y


@lru_cache
def _lifetime_mark(panel, sample):
    """Published lifetimes at the drive of the test, by the model's own initial luminance."""
    x, y = [], []
    test = laboratory().lifetime_test(sample)
    for one in scores(panel, kept_score):
        quantity = one.target.quantity
        if one.target.sample != sample or not quantity.startswith("T") or "cd/m2" not in quantity:
            continue
        share, at = float(quantity[1:3]), float(quantity.split()[-2])
        stated = one.target.centre if np.isfinite(one.target.centre) else one.target.low
        x.append(stated * (at / test.initial_luminance) ** test.wear.acceleration)
        y.append(share)
    return x, y
