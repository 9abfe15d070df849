"""The dots in the flask: absorption and emission, decays, single dots."""

from dataclasses import dataclass, replace

import numpy as np

from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.live import defaults, page
from ..notebook.plots import Axes, Axis, Trace
from ..paper import samples as paper
from ..paper.published import published_value
from ..paper.setups import absorber, single_dot
from ..parameters import BLUE, CORE_SHELL, parameters
from ..physics import counting
from ..physics.photometry import photoluminescence, photon_energy
from ..physics.spectra import Absorber, absorption, first_exciton
from ..wording import digits, yes

NM, NS = 1e-9, 1e-9
CONTROLS = (
    Control("core", "Core diameter", 3.04, 2.2, 4.5, 0.02, "nm"),
    Control("monolayers", "CdS shell", 10, 0, 14, 1, "monolayers", ".0f"),
    Control("lifetime", "Radiative lifetime", 25.0, 15.0, 40.0, 0.5, "ns", ".1f"),
    Control("quantum_yield", "Quantum yield", 1.0, 0.1, 1.0, 0.01),
    Control("photons", "Photons counted", 1e5, 1e3, 1e7, 0.1, "", ".2g", log=True),
    Control("excitons", "Excitons per pulse", 0.2, 0.02, 1.0, 0.02),
    Control("blinking", "Blinking", "none", choices=("none", "fast", "slow")),
)
BLINKING = {
    "none": None,
    "fast": counting.Blinking(on_rate=20.0, off_rate=10.0),
    "slow": counting.Blinking(on_rate=20.0, off_rate=0.5, exponent=1.5, longest_off=30.0),
}
RED, BLUE_LIGHT = "#C1121F", "#2A6FDB"
WAVELENGTH = np.arange(380.0, 721.0, 2.0)  # [nm]
SAME_AT = 405.0  # [nm], where absorption is scaled to 1: the paper's excitation
TIME = np.arange(-5.0, 300.0, 0.5)  # [ns]
DURATION, BRIGHTEST = 30.0, 8.5  # [s], [1000 counts]
SEED = 1


@dataclass(frozen=True)
class View:
    """What the page shows: the dots, a decay with its fit, a single dot's trace."""

    absorber: Absorber
    counts: np.ndarray
    fit: counting.LifetimeFit
    lifetime: float
    trace: counting.Trace
    single: counting.SingleDot


def view(core, monolayers, lifetime, quantum_yield, photons, excitons, blinking):
    """Compute what the controls ask for; the noise is the same at every call."""
    response = parameters()["TCSPC.instrument_response"].value
    expected_lifetime = counting.lifetime(lifetime * NS, quantum_yield)
    expected = counting.decay(
        TIME * NS, expected_lifetime, photons, background=1e-5 * photons,
        instrument_response=response,
    )  # fmt: skip
    counts = counting.count(expected, SEED)
    single = single_dot(excitons_per_pulse=excitons, quantum_yield=quantum_yield)
    trace = counting.single_dot_trace(DURATION, SEED, single, BLINKING[blinking])
    fit = counting.fit_lifetime(TIME * NS, counts, instrument_response=response)
    dots = absorber(CORE_SHELL, core_diameter=core * NM, monolayers=monolayers)
    return View(dots, counts, fit, expected_lifetime, trace, single)


def panels():
    """Spectra of red and blue dots, a decay and its residuals, a trace and its histogram."""
    spectrum = Axis("relative absorbance, PL", 0, 1.1)
    light = Axis("wavelength (nm)", 380, 720)
    delay = Axis("time (ns)", -5, 300)
    return (
        Axes("red", "CdSe/CdS dots", light, spectrum,
              (Trace("core", "part", plots.GREY), Trace("absorbance", "model", RED),
               Trace("photoluminescence", "comparison"), Trace("published", "published", RED))),
        Axes("decay", "Decay", delay, Axis("counts per 0.5 ns", 1, 1e6, log=True),
              (Trace("counts", "dots", RED), Trace("fit", "level", plots.ELECTRONS))),
        Axes("trace", "One dot", Axis("time (s)", 0, DURATION),
              Axis("counts per 30 ms (10³)", 0, BRIGHTEST),
              (Trace("counts", "thin", RED), Trace("expected", "cursor"))),
        Axes("blue", "CdSeS/ZnSeS/ZnS dots", light, spectrum,
              (Trace("absorbance", "model", BLUE_LIGHT),
               Trace("photoluminescence", "comparison"))),
        Axes("residual", "Counts less fit", delay, Axis("standard deviations", -5, 5),
              (Trace("residual", "dots", RED),)),
        Axes("histogram", "Its frames", Axis("counts per 30 ms (10³)", 0, BRIGHTEST),
              Axis("share of the frames", 0, 0.3), (Trace("frames", "model", RED),)),
    )  # fmt: skip


def series(shown):
    """Arrays (x, y) of every trace of `panels` for a View, by the trace's name."""
    drawn = spectra_series("red", shown.absorber, CORE_SHELL) | spectra_series(
        "blue", absorber(BLUE), BLUE
    )
    exciton = first_exciton(shown.absorber.core_diameter) / NM
    bare = replace(shown.absorber, monolayers=0.0)
    drawn["red/core"] = WAVELENGTH, _scaled(bare)
    drawn["red/published"] = [published_value("L007").value], [_at(exciton, bare)]

    deviations = np.sqrt(np.maximum(shown.fit.expected, 1))
    drawn["decay/counts"] = TIME, np.where(shown.counts > 0, shown.counts, np.nan)
    drawn["decay/fit"] = TIME, shown.fit.expected
    drawn["residual/residual"] = TIME, (shown.counts - shown.fit.expected) / deviations

    trace, histogram = single_dot_series(shown.trace)
    drawn["trace/counts"], drawn["histogram/frames"] = trace, histogram
    drawn["trace/expected"] = [0, DURATION], np.full(2, shown.single.mean() / 1e3)
    return drawn


def spectra_series(key, one, structure):
    """Arrays (x, y) of a panel's absorbance and photoluminescence for an Absorber, by name."""
    dot = paper.dot(structure)
    line = photoluminescence(one.emission_peak, dot.linewidth)
    photons = np.interp(WAVELENGTH * NM, line.wavelength, line.photons, 0, 0)
    return {
        f"{key}/absorbance": (WAVELENGTH, _scaled(one)),
        f"{key}/photoluminescence": (WAVELENGTH, photons / line.photons.max()),
    }


def single_dot_series(trace):
    """Arrays (x, y) of a counting.Trace in thousands of counts, and of the histogram of it."""
    counts = trace.counts / 1e3
    shares, edges = np.histogram(counts, bins=85, range=(0, BRIGHTEST))
    return (trace.time, counts), ((edges[1:] + edges[:-1]) / 2, shares / len(counts))


def _scaled(one):
    """Absorption of dots against wavelength, 1 at the excitation."""
    at = absorption(np.append(WAVELENGTH, SAME_AT) * NM, one)["total"]
    return at[:-1] / at[-1]


def _at(wavelength, one):
    found = absorption(np.array([wavelength, SAME_AT]) * NM, one)["total"]
    return found[0] / found[1]


def summary(shown):
    """What is on the screen in words."""
    found, error = shown.fit.lifetimes[0] / NS, shown.fit.errors[0] / NS
    on = counting.on_fraction(shown.trace.counts, shown.single.mean(0))
    return (
        f"{_colours(shown)} The fit gives a lifetime of "
        f"{found:.3f} ± {error:.3f} ns; the light decays with {shown.lifetime / NS:.3f} ns. "
        f"The single dot is on in {100 * on:.1f} % of the frames, "
        f"{digits(shown.single.mean(), 4)} counts each."
    )


def _colours(shown):
    core, exciton = shown.absorber.core_diameter, first_exciton(shown.absorber.core_diameter)
    return (
        f"A core of {core / NM:.2f} nm has its first exciton at {exciton / NM:.0f} nm (the paper: "
        f"{published_value('L007').text}); in its shell the dot absorbs from "
        f"{photon_energy(shown.absorber.first_transition) / NM:.0f} nm and emits at "
        f"{shown.absorber.emission_peak / NM:.0f} nm."
    )


LEGEND = (
    '<p class="qd-legend">Coloured: absorbance and, below, counts; thin grey: photoluminescence; '
    "grey dashes: the bare core; ◇ the core’s published first exciton; dashed on the decay: the "
    "fit. Line shapes are schematic, as the paper prints its spectra only as pictures; positions, "
    "sizes and counting statistics are computed, the noise from one seed.</p>"
)


def table(shown):
    """Name of the file to download, and the decay with its fit."""
    import pandas as pd

    columns = {"time [ns]": TIME, "counts": shown.counts, "fit": shown.fit.expected}
    return "qdlib_decay.csv", pd.DataFrame(columns)


def flask():
    """The dashboard, as a widget."""
    presets = {
        "Faint": ("A thousand photons only", {"photons": 1e3}),
        "Blinking dot": ("Power-law dark times", {"blinking": "slow"}),
    }
    figure = plots.figure(panels())
    return page(CONTROLS, figure, view, series, summary, LEGEND, presets, table, "flask")


def check():
    """The page in its default state as text, for the notebook's check cell.

    Of what is drawn at random, and fitted, it tells verdicts.
    """
    shown = view(**defaults(CONTROLS))
    counts, expected = shown.trace.counts, shown.single.mean()
    on = counting.on_fraction(counts, shown.single.mean(0))
    exciton, blue = first_exciton(shown.absorber.core_diameter) / NM, absorber(BLUE)
    core = replace(shown.absorber, monolayers=0.0)
    return (
        f"{_colours(shown)} Blue dots emit at {blue.emission_peak / NM:.1f} nm.\n"
        f"Absorbance over that at {SAME_AT:g} nm: bare core at {exciton:.1f} nm "
        f"{digits(_at(exciton, core))}, dots at 500 nm {digits(_at(500.0, shown.absorber))}, blue "
        f"dots at 450 nm {digits(_at(450.0, blue))}.\n"
        f"The light decays with {shown.lifetime / NS:.1f} ns; the fit gives it back within three "
        f"errors: {yes(shown.fit.gives(shown.lifetime))}; its chi2 is 1 within 0.3: "
        f"{yes(abs(shown.fit.chi_square - 1) < 0.3)}.\n"
        f"{digits(expected)} counts a frame are expected, and counted within a hundredth: "
        f"{yes(abs(counts.mean() / expected - 1) < 0.01)}; on in every frame: {yes(on == 1)}."
    )
