"""Light out: of the photons that the dots emit, why does less than a quarter reach the air?"""

from dataclasses import dataclass, replace

import numpy as np

from ..device.experiment import sweep
from ..device.run import Run
from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.drawing import Drawing
from ..notebook.live import defaults, page
from ..notebook.plots import Axes, Axis, Trace
from ..paper.cavity import SENSITIVE, cavity_of, outcoupling_spread, sensitivity
from ..paper.published import published_value
from ..paper.samples import amine, red_qled
from ..parameters import Reader, reader
from ..physics import outcoupling
from ..physics.outcoupling import Cavity, angular_emission, modes
from ..physics.photometry import chromaticity, photoluminescence
from ..wording import digits, yes

NM = 1e-9
CONTROLS = (
    Control("dots", "Dot layer", 40, 10, 80, 1, "nm", ".0f"),
    Control("zinc", "ZnMgO layer", 60, 20, 150, 1, "nm", ".0f"),
    Control("ito", "ITO", 150, 110, 180, 1, "nm", ".0f",
            help="Not in the paper; 20 ohm/sq is about 110 to 180 nm"),
    Control("dots_index", "Refractive index of the dot film", 1.80, 1.68, 2.00, 0.01,
            help="Assumed: nobody has measured it"),
    Control("zinc_index", "Refractive index of ZnMgO", 1.75, 1.65, 1.90, 0.01,
            help="Assumed: nobody has measured it"),
    Control("horizontal", "Share of dipoles in the plane",
        0.667,
        0.0,
        1.0,
        0.001,
            help="2/3 is isotropic"),
    Control("bias", "Bias", 2.5, 1.5, 5.0, 0.1, "V", ".1f"),
)  # fmt: skip
KEYS = {
    "dots": "dots.thickness",
    "zinc": "ZnMgO.thickness",
    "ito": "ITO.thickness",
    "dots_index": "dots.refractive_index",
    "zinc_index": "ZnMgO.refractive_index",
    "horizontal": "dots.horizontal_share",
}
SHARES = {
    "air": ("#D9A300", "air"),
    "substrate": ("#88CCEE", "trapped in the glass"),
    "guided": ("#44AA99", "guided in the films"),
    "absorbed": ("#999999", "absorbed"),
    "plasmon": ("#882255", "plasmon of the metal"),
}
UNKNOWNS = {
    "ITO.thickness": "ITO nm",
    "ZnMgO.refractive_index": "n ZnMgO",
    "dots.refractive_index": "n dots",
    "poly-TPD.refractive_index": "n poly-TPD",
    "PVK.refractive_index": "n PVK",
    "dots.horizontal_share": "flat share",
}
SCANS = {"dots": (10, 80), "zinc": (20, 150)}  # [nm]
SCAN_POINTS, SCAN_DEPTHS, SCAN_VECTORS = 15, 3, 120
ANGLES = np.radians(np.arange(0, 90, 3))
STATED = "L011"  # the paper's 23.5 %


@dataclass(frozen=True)
class View:
    """What the page shows: a swept device with inert ligands, its cavity, and the instant."""

    run: Run
    cavity: Cavity
    value: Reader
    horizontal: float
    instant: int


def view(bias, **values):
    """Compute what the controls ask for."""
    scale = {"dots": NM, "zinc": NM, "ito": NM}
    changes = {KEYS[name]: value * scale.get(name, 1.0) for name, value in values.items()}
    run = sweep(red_qled(amine(), changes=changes), 0.0, bias, bias / round(bias / 0.1))
    value = reader(changes)  # the cavity has its thicknesses from the device
    return View(run, cavity_of(run.device.stack, value), value, values["horizontal"], -1)


def panels():
    """Shares against depth and against two thicknesses; directions; spectrum; unknowns."""

    def stacked(key, title, x):
        bars = tuple(Trace(name, "bar", colour) for name, (colour, _) in SHARES.items())
        marks = (Trace("now", "cursor"), Trace("published", "published", plots.INK))
        return Axes(key, title, x, Axis("share of the emitted photons (%)", 0, 100), bars + marks)

    depth = tuple(Trace(name, "model", colour) for name, (colour, _) in SHARES.items())
    formed = Trace("excitons formed", "part", plots.GREY)
    return (
        stacked("zinc", "Against the ZnMgO layer", Axis("thickness of ZnMgO (nm)", 14, 156)),
        stacked("dots", "Against the dot layer", Axis("thickness of the dot layer (nm)", 6, 84)),
        Axes("depth", "Where in the dot layer", Axis("distance from PVK (nm)", 0, 80),
              Axis("share (%)", 0, 60), (*depth, formed)),
        Axes("angle", "Directions in air", Axis("angle from the normal (°)", 0, 90),
              Axis("intensity, Lambert's = 1 at 0°", 0, 1.6),
              (Trace("Lambertian", "comparison"), Trace("model", "model", SHARES["air"][0]))),
        Axes("spectrum", "Spectrum", Axis("wavelength (nm)", 560, 720),
              Axis("photons (peak = 1)", 0, 1.08),
              (Trace("photoluminescence", "comparison"), Trace("device", "model", "#C1121F"))),
        Axes("unknown", "What is not known", Axis("share that reaches the air (%)", 15, 32),
              Axis("", -0.6, len(SENSITIVE) + 0.6),
              (Trace("low end", "bar", "#7A9CC6"), Trace("high end", "bar", "#D9A300"),
               Trace("all at once", "bar", plots.GREY),
               Trace("now", "cursor"), Trace("published", "published", plots.INK))),
    )  # fmt: skip


def _name_unknowns(figure):
    names = [*(UNKNOWNS[key] for key in SENSITIVE), "all at once"]
    places = list(range(len(SENSITIVE), -1, -1))
    return plots.with_axis(
        figure, "unknown", "y", tickvals=places, ticktext=names, automargin=False
    )


def series(shown):
    """Arrays (x, y) of every trace of `panels` for a View, by the trace's name."""
    run, optics = shown.run, shown.run.device.optics
    drawn = _scan("dots", shown) | _scan("zinc", shown)
    stated = published_value(STATED).value
    drawn["zinc/published"] = [published_value("L025").value], [stated]
    drawn["dots/published"] = [published_value("L024").value], [stated]

    wavelength, share = run.device.dot.peak_wavelength, shown.horizontal
    depth = shown.cavity.depths(15)
    found = modes(shown.cavity, wavelength, depth, share)
    for name in SHARES:
        drawn[f"depth/{name}"] = depth / NM, 100 * getattr(found, name)
    x, formed = run.formation_profile(shown.instant)
    drawn["depth/excitons formed"] = x / NM, 55 * formed / formed.max()

    intensity = angular_emission(shown.cavity, wavelength, None, ANGLES, share).mean(axis=0)
    lambert = np.mean(optics.outcoupling_efficiency) / np.pi
    drawn["angle/model"] = np.degrees(ANGLES), intensity / lambert
    drawn["angle/Lambertian"] = np.degrees(ANGLES), np.cos(ANGLES)

    plain = photoluminescence(wavelength, run.device.dot.linewidth)
    for name, one in (("photoluminescence", plain), ("device", optics.spectrum)):
        kept = slice(None, None, 6)
        drawn[f"spectrum/{name}"] = (
            one.wavelength[kept] / NM,
            (one.photons / one.photons.max())[kept],
        )
    return drawn | _tornado(shown, 100 * found.air.mean(), stated)


def _scan(name, shown):
    """Stacked shares against a layer's thickness, all else as it is."""
    thickness = np.linspace(*SCANS[name], SCAN_POINTS)
    layer = {"dots": "dots", "zinc": "ZnMgO"}[name]
    wavelength = shown.run.device.dot.peak_wavelength
    rows = []
    for value in thickness * NM:
        layers = tuple(
            replace(each, thickness=value) if each.name == layer else each
            for each in shown.cavity.layers
        )
        cavity = replace(shown.cavity, layers=layers)
        depths = cavity.depths(SCAN_DEPTHS)
        found = modes(cavity, wavelength, depths, shown.horizontal, SCAN_VECTORS).mean()
        rows.append([getattr(found, share) for share in SHARES])
    tops = 100 * np.cumsum(rows, axis=1)
    bottoms = np.column_stack([np.zeros(SCAN_POINTS), tops[:, :-1]])
    now = next(each.thickness for each in shown.cavity.layers if each.name == layer) / NM
    return {f"{name}/now": ([now, now], [0, 100])} | {
        f"{name}/{share}": plots.bars(thickness, bottoms[:, k], tops[:, k])
        for k, share in enumerate(SHARES)
    }


def _tornado(shown, now, stated):
    spread = sensitivity(shown.run.device.stack, shown.run.device.dot.peak_wavelength,
                         changes=shown.value)  # fmt: skip
    place = np.arange(len(SENSITIVE), 0, -1)
    ends = 100 * np.array([spread[key] for key in SENSITIVE])
    low, high = 100 * np.quantile(_all_at_once(), [0.05, 0.95])
    made = {
        "unknown/now": ([now, now], [-0.6, len(SENSITIVE) + 0.6]),
        "unknown/published": ([stated], [0]),
        "unknown/all at once": ([low, high], [0, 0]),
    }
    for k, name in enumerate(("low end", "high end")):
        y, x = plots.bars(place, np.full(len(place), now), ends[:, k])
        made[f"unknown/{name}"] = x, y
    return made


def _all_at_once():
    device = red_qled(amine())
    return outcoupling_spread(device.stack, device.dot.peak_wavelength)


def summary(shown):
    """What is on the screen in words."""
    run, k = shown.run, shown.instant
    weighted = run.external_quantum_efficiency[k] / run.internal_quantum_efficiency[k]
    optics = run.device.optics
    x, y = chromaticity(optics.spectrum)
    return (
        f"Mean over the dot layer: {100 * np.mean(optics.outcoupling_efficiency):.1f} % of the "
        f"photons reach the air, Purcell factor {np.mean(optics.purcell_factor):.2f}; the paper "
        f"states {published_value(STATED).text}. Weighted by where excitons form at "
        f"{run.voltage[k]:.1f} V: {100 * weighted:.1f} %. There the amine diode has an EQE of "
        f"{100 * run.external_quantum_efficiency[k]:.1f} %, {run.current_efficiency[k]:.1f} cd/A, "
        f"{run.power_efficiency[k]:.1f} lm/W; its colour is CIE ({x:.3f}, {y:.3f})."
    )


LEGEND = (
    plots.swatches({label: colour for colour, label in SHARES.values()})
    + " &ensp;◇ published &ensp;dotted: as set. Grey dashes in the dot layer: where excitons form "
    "(in any scale). The intensity is per photon that reaches the air. Unknowns: blue at the low "
    "end, yellow at the high end; all at once: 5 to 95 % of 400 draws for the paper’s layers."
)


def table(shown):
    """The columns to download: the shares against the ZnMgO layer."""
    columns, scanned = {}, _scan("zinc", shown)
    for share in SHARES:
        x, y = scanned[f"zinc/{share}"]
        columns["thickness of ZnMgO [nm]"] = x[::3]
        columns[f"{share} [%]"] = y[1::3] - y[::3]
    return columns


def light_out():
    """The dashboard, as a widget."""
    presets = {
        "Thin ITO": ("The thinnest that 20 ohm/sq allow", {"ito": 110}),
        "Flat dipoles": ("All dipoles in the plane of the layer", {"horizontal": 1.0}),
    }
    drawing = Drawing(panels(), series, summary, LEGEND, _name_unknowns, table)
    return page("light_out", CONTROLS, view, drawing, presets)


def check():
    """The page's numbers in its default state as text, for the notebook's check cell.

    Of the random draws it tells verdicts.
    """
    shown = view(**defaults(CONTROLS))
    wavelength = shown.run.device.dot.peak_wavelength
    found = modes(shown.cavity, wavelength).mean()
    shares = [
        f"  {name:<11}{digits(100 * getattr(found, name), noise=0.01)} %"
        for name in outcoupling.SHARES
    ]
    spread = sensitivity(shown.run.device.stack, wavelength)
    ends = [
        f"  {UNKNOWNS[key]:<12}{digits(100 * low)} to {digits(100 * high)} %"
        for key, (low, high) in spread.items()
    ]
    drawn, stated = 100 * _all_at_once(), published_value(STATED).value
    low, middle, high = np.quantile(drawn, [0.05, 0.5, 0.95])
    ends += [
        f"All at once, the stated share within 5 to 95 % of the draws: {yes(low < stated < high)}; "
        f"their median within 2 % of it: {yes(abs(middle - stated) < 2)}"
    ]
    lines = [summary(shown), "Shares:", *shares, "Air, at the low and the high end of:", *ends]
    return "\n".join(lines)
