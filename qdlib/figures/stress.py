"""The stress test of Fig. 2b, from which Figs 2e and 2f go on: a hold at 2 V, then a rest."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from .. import plots
from ..bands import band_panel, band_series, name_layers
from ..constants import HOUR
from ..exhibit import Exhibit
from ..experiment import Hold, Rest, perform
from ..laboratory import Sample
from ..ledger import published_value
from ..live import Control
from ..photometry import srgb
from ..plots import Axis, Panel, Trace
from ..run import Run
from ..scorecard import laboratory
from ..wear import time_to
from ..wording import digits, duration, site_count

CADMIUM = Sample()
NM = 1e-9
VOLTS, HOURS, REST = (published_value(id).value for id in ("L031", "L032", "L033"))
LONGEST = HOUR * (HOURS + REST)
ORANGE = plots.COLOURS["Cd"]
LEVELS = np.linspace(0, 1, 21)  # brightness that a swatch can have
SWATCHES = {"fresh": 8, "held": 22, "rested": 36, "now": 56}  # where they stand [h]
SWATCH_HEIGHT = 68
STRESS_HOURS = Control("hours", "Hours of stress", HOURS, HOURS / 1e5, HOURS, 0.1, "h", ".3g",
                       log=True)  # fmt: skip


@dataclass(frozen=True)
class Stressed:
    """A Run held at a bias and then at rest, and the instant that is looked at."""

    run: Run
    instant: int

    @property
    def light(self):
        """Relative photoluminescence [%] (K,)."""
        return 100 * self.run.relative_photoluminescence

    @property
    def hold_end(self):
        """The last instant of the hold."""
        return int(np.flatnonzero(self.run.step == 0)[-1])


@lru_cache(maxsize=32)
def stress(bias, hours):
    """The diode with cadmium carboxylate, held at a bias [V] for hours and left at rest: a Run."""
    protocol = [Hold(voltage=bias, hours=hours), Rest(REST)]
    return perform(laboratory().device(CADMIUM), protocol)


def stressed(bias, hours, instant):
    """The stress test, looked at some seconds after its start, or at its end: Stressed."""
    run = stress(bias, hours)
    return Stressed(run, int(np.argmin(np.abs(np.log(run.time / min(instant, run.time[-1]))))))


def _stress_series(shown):
    run, at, end = shown.run, shown.instant, shown.hold_end
    time, light = run.time, shown.light
    x = run.solution.mesh.x[run.dots]
    drawn = band_series("2bbands", run, at)
    for key, unit in (("2bPL", HOUR), ("2blog", 1.0)):
        drawn[f"{key}/hold ends"] = np.full(2, time[end] / unit), [0, 108]
        drawn[f"{key}/model"] = time / unit, light
        drawn[f"{key}/now"] = [time[at] / unit], [light[at]]
    drawn["2bsites/all sites"] = [0, 40], np.full(2, run.device.sites_per_dot)
    drawn["2bsites/reduced"] = (x - x[0]) / NM, run.reduced_sites[at]
    bright = np.clip([1, light[end] / 100, light[-1] / 100, light[at] / 100], 0, 1)
    level = np.round(bright * (len(LEVELS) - 1))
    places = np.array(list(SWATCHES.values()))
    for number in range(len(LEVELS)):
        here = places[level == number]
        drawn[f"2bPL/{_swatch(number)}"] = here, np.full(len(here), SWATCH_HEIGHT)
    return drawn


def _swatch(number):
    return f"swatch {100 * LEVELS[number]:.0f} %"


def _stress_words(shown):
    run, at, light = shown.run, shown.instant, shown.light
    half = time_to(0.5, run.time, light / 100)
    return (
        f"{duration(run.time[at])} after the start, at {run.voltage[at]:z.2f} V: "
        f"{digits(light[at])} % of the fresh photoluminescence, "
        f"{site_count(run.reduced_sites_per_dot[at])} of {run.device.sites_per_dot:.0f} sites on a "
        f"dot reduced. To lose half takes {duration(half)}; {digits(light[shown.hold_end])} % is "
        f"left at the end of the hold, {digits(light[-1])} % after {REST:g} h at rest."
    )


def _stress_axes():
    spectrum = laboratory().device(CADMIUM).optics.spectrum
    percent = Axis("PL / fresh PL (%)", 0, 108)
    line = (Trace("hold ends", "cursor"), Trace("model", "model", ORANGE),
            Trace("now", "now", ORANGE))  # fmt: skip
    swatches = tuple(
        Trace(_swatch(number), "swatch", srgb(spectrum, level))
        for number, level in enumerate(LEVELS)
    )
    return (
        Panel("2bPL", "PL under stress, at rest", Axis("time (h)", 0, HOURS + REST + 2), percent,
              (*line[:2], *swatches, line[2])),
        Panel("2blog", "The same, log time", Axis("time (s)", 1e-3, 1e6, log=True), percent, line),
        replace(band_panel("2bbands", "Cd", "Bands at that instant"),
                y=Axis("energy (eV)", -6, 3.4)),
        Panel("2bsites", "Reduced sites across the dots",
              Axis("depth in the dot layer (nm)", 0, 40),
              Axis("reduced sites per dot", 1e-2, 1e3, log=True),
              (Trace("all sites", "cursor"), Trace("reduced", "model", ORANGE))),
    )  # fmt: skip


def _dress_stress(figure):
    notes = [(text, x, SWATCH_HEIGHT - 22, None) for text, x in SWATCHES.items()]
    figure = plots.annotated(figure, "2bPL", notes)
    return name_layers(figure, plots.number(figure, "2bbands"), laboratory().device(CADMIUM).stack)


STRESS = Exhibit(
    "2b", "model", "Held at 2 V, then at rest", _stress_axes(), stressed, _stress_series,
    _stress_words,
    (Control("bias", "Bias of the stress", VOLTS, 0.5, 4.0, 0.05, "V"), STRESS_HOURS,
     Control("instant", "Instant looked at", HOUR * HOURS, HOUR * HOURS / 1e8, LONGEST, 0.02,
             "s", ".3g", log=True, help="Time since the start; the run is not repeated")),
    "● the instant looked at; dotted: end of the hold, all sites of a dot. Squares: the colour "
    "and brightness of the dots under ultraviolet light, from the model, in place of the "
    "paper’s photographs. In the bands, above the cathode’s Fermi level: edges grey, quasi-Fermi "
    "levels dashed (electrons blue, holes purple), the level of Cd²⁺/Cd coloured.",
    dress=_dress_stress, table=lambda shown: shown.run.table,
)  # fmt: skip
