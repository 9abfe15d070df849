"""The stress test of Fig. 2b, a hold and then a rest, as it is drawn."""

import numpy as np

from ..constants import HOUR
from ..notebook import plots
from ..notebook.bands import band_panel, band_series, name_layers
from ..notebook.controls import Control
from ..notebook.curves import colour
from ..notebook.drawing import Drawing
from ..notebook.plots import Axes, Axis, Trace
from ..paper.published import published_value
from ..physics.photometry import srgb
from ..physics.wear import first_fall
from ..wording import digits, duration, setting, site_count
from .dots import NM

VOLTS, HOURS, REST = (published_value(id).value for id in ("L031", "L032", "L033"))
BRIGHTNESS = np.linspace(0, 1, 21)  # that a swatch can have
SWATCHES = {"fresh": 8, "held": 22, "rested": 36, "now": 56}  # where they stand [h]
SWATCH_HEIGHT = 68
PERCENT = Axis("PL / fresh PL (%)", 0, 108)

STRESS_BIAS = Control("bias", "Bias of the stress", VOLTS, 0.5, 4.0, step=0.05, unit="V")
STRESS_HOURS = Control(
    "hours", "Hours of stress", HOURS, HOURS / 1e5, HOURS,
    step=0.1, unit="h", readout=".3g", log=True,
)  # fmt: skip
INSTANT = Control(
    "instant", "Instant looked at", HOUR * HOURS, HOUR * HOURS / 1e8, HOUR * (HOURS + REST),
    step=0.02, unit="s", readout=".3g", log=True,
    help="Time since the start; the run is not repeated",
)  # fmt: skip


def under_stress(panel, first):
    """Drawing of a diode held at a bias and then at rest; a view is (Run, time looked at [s])."""
    run = first[0]
    return Drawing(
        _axes(panel, run),
        lambda view: _series(panel, view[0], _instant(*view)),
        _words,
        "● the instant looked at; dotted: end of the hold, all sites of a dot. Squares: the colour "
        "and brightness of the dots under ultraviolet light, from the model, in place of the "
        "paper’s photographs. In the bands, above the cathode’s Fermi level: edges grey, "
        "quasi-Fermi levels dashed (electrons blue, holes purple), the level of the metal’s couple "
        "coloured.",
        dress=lambda figure: _dress(figure, panel, run.device.stack),
        table=lambda view: view[0].columns,
    )


def _instant(run, time):
    """The instant of a Run that is the nearest to a time [s], by ratio."""
    return int(np.argmin(np.abs(np.log(run.time / time))))


def _hold_end(run):
    """The last instant of the hold."""
    return int(np.flatnonzero(run.step == 0)[-1])


def _light(run):
    """Relative photoluminescence [%] (K,)."""
    return 100 * run.relative_photoluminescence


def _depth(run):
    """Depth of the nodes in the dot layer [nm] (dots,)."""
    x = run.solution.mesh.x[run.dots]
    return (x - x[0]) / NM


def _axes(panel, run):
    device = run.device
    hue, couple = colour(device.ligand), device.ligand.couple
    hold_ends, model = Trace("hold ends", "cursor"), Trace("model", "model", hue)
    now = Trace("now", "now", hue)
    swatches = [
        Trace(_swatch(level), "swatch", srgb(device.optics.spectrum, level)) for level in BRIGHTNESS
    ]
    hours = Axis("time (h)", 0, float(f"{run.time[-1] / HOUR + 2:.6g}"))
    seconds = Axis("time (s)", 1e-3, 1e6, log=True)
    depth = Axis("depth in the dot layer (nm)", 0, float(f"{_depth(run)[-1]:.6g}"))
    sites = Axis("reduced sites per dot", 1e-2, 1e3, log=True)
    return (
        Axes(f"{panel}PL", "PL under stress, at rest", hours, PERCENT,
             (hold_ends, model, *swatches, now)),
        Axes(f"{panel}log", "The same, log time", seconds, PERCENT, (hold_ends, model, now)),
        band_panel(f"{panel}bands", couple.metal if couple else "none", "Bands at that instant"),
        Axes(f"{panel}sites", "Reduced sites across the dots", depth, sites,
             (Trace("all sites", "cursor"), Trace("reduced", "model", hue))),
    )  # fmt: skip


def _series(panel, run, at):
    light, end, depth = _light(run), _hold_end(run), _depth(run)
    drawn = band_series(f"{panel}bands", run, at)
    for key, unit in ((f"{panel}PL", HOUR), (f"{panel}log", 1.0)):
        drawn[f"{key}/hold ends"] = np.full(2, run.time[end] / unit), [PERCENT.low, PERCENT.high]
        drawn[f"{key}/model"] = run.time / unit, light
        drawn[f"{key}/now"] = [run.time[at] / unit], [light[at]]
    drawn[f"{panel}sites/all sites"] = depth[[0, -1]], np.full(2, run.device.sites_per_dot)
    drawn[f"{panel}sites/reduced"] = depth, run.reduced_sites[at]
    shares = np.clip(np.array([100, light[end], light[-1], light[at]]) / 100, 0, 1)
    nearest = np.round(shares * (len(BRIGHTNESS) - 1))
    places = np.array(list(SWATCHES.values()))
    for number, level in enumerate(BRIGHTNESS):
        here = places[nearest == number]
        drawn[f"{panel}PL/{_swatch(level)}"] = here, np.full(len(here), SWATCH_HEIGHT)
    return drawn


def _swatch(level):
    return f"swatch {100 * level:.0f} %"


def _words(view):
    run, at = view[0], _instant(*view)
    light, end = _light(run), _hold_end(run)
    rest = setting((run.time[-1] - run.time[end]) / HOUR)
    return (
        f"{duration(run.time[at])} after the start, at {run.voltage[at]:z.2f} V: "
        f"{digits(light[at])} % of the fresh photoluminescence, "
        f"{site_count(run.reduced_sites_per_dot[at])} of "
        f"{digits(run.device.sites_per_dot, 2)} sites on a dot reduced. "
        f"To lose half takes {duration(first_fall(light / 100, run.time, 0.5))}; "
        f"{digits(light[end])} % is left at the end of the hold, {digits(light[-1])} % after "
        f"{rest} h at rest."
    )


def _dress(figure, panel, stack):
    notes = [(text, x, SWATCH_HEIGHT - 22, None) for text, x in SWATCHES.items()]
    figure = plots.annotated(figure, f"{panel}PL", notes)
    return name_layers(figure, plots.number(figure, f"{panel}bands"), stack)
