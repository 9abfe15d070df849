"""Your own data: a sweep or a trace in time beside the model, and its parameters fitted to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np

from ..data import data_file
from ..device.run import Run
from ..notebook import plots
from ..notebook.controls import Control, slider
from ..notebook.plots import Axes, Axis, Trace
from ..notebook.quantities import QUANTITIES
from ..owndata import fitting
from ..owndata.columns import measure, recognised, recognised_hold, time_trace
from ..owndata.fitting import FRACTION, POTENTIAL, YIELD, Fit, fit
from ..owndata.measurement import NOISE, Measured, Measurement, Noise
from ..owndata.reading import DECIMALS, SEPARATORS, Table, read_file
from ..owndata.stacks import OwnStack
from ..owndata.synthetic import TRUTHS
from ..owndata.trace import TimeTrace, held
from ..paper import samples
from ..paper.materials import LIGANDS, STRUCTURES
from ..paper.protocols import DEVICES, Sample
from ..parameters import CORE_SHELL, parameters
from ..wording import digits, duration, setting, volts

FIRST = "synthetic_washed.csv"
SHOWN = 2000  # points of a measurement that are drawn
UNUSED = "not used"
AREA = 4.0  # [mm2]
LEVEL = "level"
KEYS = {
    "fraction": FRACTION,
    "potential": POTENTIAL,
    "film_yield": YIELD,
    "rate_constant": "redox.rate_constant",
    "valence_edge": "PVK.valence_edge",
    "hole_mobility": "PVK.hole_mobility",
    "electron_mobility": "dots.electron_mobility",
}
"""Sliders, and the parameters that they move; the dots' level is that of their structure."""
CONTROLS = (
    Control("ligand", "Ligand", "Cd(RCOO)2", choices=tuple(LIGANDS),
            help="Sets fraction, redox potential and film yield below"),
    Control("dots", "Dots", CORE_SHELL, choices=tuple(STRUCTURES),
            help="Sets the dots' level and the stack, red or blue"),
    Control("kind", "Device", "QLED", choices=tuple(DEVICES),
            help="What was measured on; those for one carrier have other layers and contacts"),
    Control("fraction", "Residual ligand fraction", 1.0),
    Control("potential", "Redox potential E⁰ of its metal", -0.40, -2.6, 0.8, 0.02, "V vs NHE"),
    Control(LEVEL, "Dots' lowest electron level", -0.89, -1.40, -0.59, 0.01, "V vs NHE"),
    Control("film_yield", "Film PL quantum yield", 0.77, 0.01, 1.0),
    slider("redox.rate_constant", "Rate constant of the reduction"),
    slider("dots.electron_mobility", "Dots: electron mobility"),
    slider("PVK.hole_mobility", "PVK: hole mobility"),
    slider("PVK.valence_edge", "PVK: valence edge"),
    Control("slowness", "Time of the sweep", 20.0, 0.2, 200.0, 0.05, "s/V", ".3g", log=True),
)  # fmt: skip
HUES = {
    "J": plots.MUTED["teal"],
    "L": plots.MUTED["olive"],
    "EQE": plots.MUTED["rose"],
    "PL": plots.MUTED["steel"],
    "PL kept": plots.MUTED["steel"],
}
MODEL, FITTED = plots.GREY, plots.MUTED["plum"]
FAR = 10.0  # residuals beyond are drawn there [errors]
TITLES = {"PL kept": "Photoluminescence in time"}
OWN_AXES = {
    "PL kept": Axis("PL (%)", 0, 108),
    "L": Axis("L (cd/m²)", 1e-2, 1e5, log=True),
    "J": Axis("J (mA/cm²)", 1e-6, 1e3, log=True),
}


@dataclass(frozen=True)
class View:
    """What is shown: the model at the sliders, a measurement, and its fit if there is one.

    device : in words
    judged : whether it is told which currents are doubtful: of a stack of the reader's own, since
        on the paper's no slider leads to any, and the answer takes half as long as all the rest
    """

    run: Run
    measurement: Measured
    fit: Fit | None = None
    device: str = ""
    judged: bool = False


def example(name: str = FIRST) -> Table:
    """A synthetic file of data/examples."""
    return read_file(data_file(f"examples/{name}"))


def settings(values: Mapping[str, Any]) -> tuple[Sample, dict[str, float]]:
    """The Sample that sliders stand for, and the parameters that they move."""
    sample = Sample(values["dots"], values["ligand"])
    moved = {key: values[name] for name, key in KEYS.items()}
    return sample, moved | {level_key(values["dots"]): values[LEVEL]}


def level_key(structure: str) -> str:
    """Key of the dots' level: the structure's own, or that of the CdSe/CdS dots."""
    own = f"{structure}.{LEVEL}"
    return own if own in parameters() else f"{CORE_SHELL}.{LEVEL}"


def follow(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a ligand or a structure that the reader chose brings with it."""
    if name not in ("ligand", "dots"):
        return {}
    own = samples.ligand(values["ligand"], values["dots"])
    brought = {
        "fraction": own.fraction,
        "potential": own.couple.standard_potential if own.couple else 0.0,
        "film_yield": samples.film_yield(values["dots"], values["ligand"]),
    }
    level = parameters()[level_key(values["dots"])].value
    return brought | ({LEVEL: level} if name == "dots" else {})


def view(
    measurement: Measured | None = None,
    found: Fit | None = None,
    stack: OwnStack | None = None,
    **values: Any,
) -> View:
    """The model at the sliders, doing what was done in a measurement, the example if None.

    stack : of the reader's own, of the kind of device that the sliders have
    """
    measurement = measure(example()) if measurement is None else measurement
    sample, moved = settings(values)
    own = stack or OwnStack(kind=values["kind"])
    device = fitting.device(sample, {**own.moved, **moved}, own.kind, own.layers)
    run = measurement.performed(device, values["slowness"])
    measured = measurement.with_efficiency(device.optics.spectrum)
    told = fitting.described(sample, own.kind, own.layers)
    return View(run, measured, found, told, judged=bool(own.layers or own.moved))


def panels(measurement: Measured | None = None) -> tuple[Axes, ...]:
    """Axes of a measurement, the example if None: what it may have, sites, what a fit leaves."""
    measurement = measure(example()) if measurement is None else measurement
    x = abscissa(measurement)
    shown = tuple(
        Axes(
            key, TITLES.get(key, QUANTITIES[key].title), x, _ordinate(key, measurement),
            (Trace("measured", "measured", plots.MEASURED),
             Trace("model", "part", MODEL), Trace("fit", "model", FITTED)),
        )
        for key in measurement.shown
    )  # fmt: skip
    sites = QUANTITIES["sites"]
    hues = {key: HUES[key] for key in measurement.shown}
    return (
        *shown,
        Axes("sites", sites.title, x, sites.y,
             (Trace("model", "part", MODEL), Trace("fit", "model", FITTED))),
        Axes("left", "Fit less measurement", x, Axis("stated errors", -FAR, FAR),
             (Trace("zero", "cursor"), *(Trace(key, "dots", hue) for key, hue in hues.items()))),
    )  # fmt: skip


def abscissa(measurement: Measured) -> Axis:
    """Bias or time, as far as a measurement goes; time from a third of the first one after 0 s."""
    end = float(np.nanmax(measurement.x))
    if isinstance(measurement, TimeTrace):
        first = float(np.min(measurement.x, where=measurement.x > 0, initial=end)) / 3
        return Axis("time (s)", first, 1.1 * end, log=True)
    return Axis("bias (V)", 0, max(1.0, ceil(2 * end - 1e-6) / 2))


def _ordinate(key: str, measurement: Measured) -> Axis:
    axis = OWN_AXES.get(key, QUANTITIES[key].y)
    if not isinstance(measurement, TimeTrace):
        return axis
    brightest = float(np.max(measurement.values(key)))
    return replace(axis, high=max(axis.high, 105 * brightest))  # light may rise at first


def curve(one: Any, key: str, shown: View, noise: Noise = NOISE["PL kept"]) -> tuple[Any, Any]:
    """Points (x, y) of a Run, or of the measurement itself, on the axes of a View.

    noise : by which a Run is brought to the scale of a trace in a unit of its own
    """
    own = shown.measurement
    if not isinstance(own, TimeTrace):
        return QUANTITIES[key].read(one)
    if one is own:  # a logarithm has no place for 0 s
        return np.maximum(own.time, abscissa(own).low), 100 * own.relative_photoluminescence
    if key == "sites":
        return one.time, one.reduced_sites_per_dot
    return one.time, 100 * own.scale(one, noise) * one.relative_photoluminescence


def series(shown: View) -> dict[str, Any]:
    """Arrays (x, y) of every trace of `panels`."""
    nothing: tuple[Any, Any] = ((), ())
    own, found, axis = shown.measurement, shown.fit, abscissa(shown.measurement)
    some = slice(None, None, max(1, ceil(len(own.x) / SHOWN)))
    drawn: dict[str, Any] = {"left/zero": ([axis.low, axis.high], [0, 0])}
    for key in (*own.shown, "sites"):
        drawn[f"{key}/model"] = curve(shown.run, key, shown)
        noise = found.noise["PL kept"] if found else NOISE["PL kept"]
        drawn[f"{key}/fit"] = curve(found.run, key, shown, noise) if found else nothing
        if key in own.shown:
            x, y = curve(own, key, shown) if own.has(key) else nothing
            drawn[f"{key}/measured"] = (x[some], y[some])
            left = found.residuals.get(key) if found else None
            drawn[f"left/{key}"] = (
                nothing if left is None else (x[some], np.clip(left[some], -FAR, FAR))
            )
    return drawn


def figure(measurement: Measured) -> dict[str, Any]:
    """The plotly figure, empty."""
    return plots.figure(panels(measurement))


def summary(shown: View) -> str:
    """What is on the screen in words."""
    own, run = shown.measurement, shown.run
    sites = f"{digits(run.reduced_sites_per_dot[-1], noise=1e-6)} metal atoms a dot in the end"
    if isinstance(own, TimeTrace):
        light = run.relative_photoluminescence
        told = (
            f"Measured, at {len(own.x)} points over {duration(own.x[-1])} at {held(own.hold)}: "
            f"photoluminescence. The model at the sliders: {digits(100 * light[-1])} % of the "
            f"fresh dots' light is left, {sites}."
        )
    else:
        has = ", ".join(QUANTITIES[key].title.lower() for key in own.quantities)
        told = (
            f"Measured, at {len(own.x)} points up to {np.nanmax(own.x):.2f} V: {has}. The model at "
            f"the sliders: current from {volts(run.current_threshold)}, light from "
            f"{volts(run.turn_on_voltage)}, peak EQE {digits(100 * run.peak_eqe, noise=1e-9)} %, "
            f"{sites}."
        )
    if shown.judged and (doubt := fitting.doubts(run)):
        told += f" {doubt}"
    if shown.fit:
        sites = digits(shown.fit.run.reduced_sites_per_dot[-1], noise=1e-6)
        told += f" The fitted diode has {sites} of them."
        fitted = fitting.described(shown.fit.sample, shown.fit.kind, shown.fit.layers)
        if fitted != shown.device:
            told += f" It is another one than the sliders stand for: {fitted}."
    return told


LEGEND = (
    f'<p class="qd-legend"><span style="color:{plots.MEASURED}">○</span> measured &ensp;'
    '<span class="line dash"></span> the model at the sliders &ensp;'
    f'<span style="color:{FITTED}">▬</span> the fit. Last panel: '
    + ", ".join(f'<span style="color:{HUES[key]}">●</span> {key}' for key in Measurement.shown)
    + f"; what is further off than {setting(FAR)} errors stands at the edge. An EQE without a "
    "column of its own is computed from current and luminance, for a Lambertian diode with the "
    "model’s spectrum. To light in counts over time the model is drawn on the scale on which it "
    "comes nearest; a point at 0 s stands at the left edge.</p>"
)


def _as_recognised(table: Table) -> tuple[Measured, str]:
    """What a table is taken for, and what was done, in words."""
    hold = recognised_hold(table, recognised(table), AREA)
    if hold:
        trace = time_trace(table, hold)
        return trace, f"held: {held(trace.hold)} for {duration(trace.x[-1])}"
    swept = measure(table, area=AREA)
    return swept, f"turns: {len(swept.branches) - 1}"


def check() -> str:
    """The synthetic files read and fitted, as text: verdicts and rounded numbers."""
    lines = []
    for name, truth in TRUTHS.items():
        table = example(name)
        own, how = _as_recognised(table)
        found = fit(own, list(truth.values), truth.sample, kind=truth.kind)
        within = np.abs(found.values - list(truth.values.values())) < 3 * found.errors
        kinds = [kind.label if kind else UNUSED for kind in recognised(table)]
        lines.append(
            f"{name}: {SEPARATORS[table.separator]}, decimal {DECIMALS[table.decimal]}; "
            f"{len(own.x)} points; {'; '.join(kinds)}; {how}"
        )
        for one, value, is_near in zip(found.unknowns, truth.values.values(), within, strict=True):
            told = "yes" if is_near else "no"
            lines.append(f"  {one.label}: true {setting(value)}, within three errors: {told}")
        lines.append(f"  warnings: {len(found.warnings)}")
    return "\n".join(lines)
