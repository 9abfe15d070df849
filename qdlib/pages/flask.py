"""The dots in the flask: absorption and emission, decays, single dots."""

from dataclasses import dataclass, replace

import numpy as np

from ..figures.dots import (
    BLINKS,
    BLUE_LIGHT,
    CORE,
    COUNTS,
    EXCITONS,
    LIFETIME,
    MONOLAYERS,
    NM,
    NS,
    PHOTONS,
    RED,
    SAME_AT,
    SHARE,
    SOLUTION_YIELD,
    WAVELENGTH,
    relative_absorbance,
    single_dot_series,
    spectra_series,
)
from ..notebook import plots
from ..notebook.drawing import Drawing
from ..notebook.live import defaults, page
from ..notebook.plots import Axes, Axis, Trace
from ..paper.published import published_value
from ..paper.setups import (
    BLINKING,
    CountedDecay,
    absorber,
    counted_decay,
    single_dot,
)
from ..parameters import BLUE, CORE_SHELL
from ..physics import counting
from ..physics.counting import single_dot_trace
from ..physics.photometry import photon_energy
from ..physics.spectra import Absorber, first_exciton
from ..wording import digits, yes

CONTROLS = (CORE, MONOLAYERS, LIFETIME, SOLUTION_YIELD, PHOTONS, EXCITONS, BLINKS)
DURATION = 30.0  # [s]


@dataclass(frozen=True)
class View:
    """What the page shows: the dots, a decay with its fit, a single dot's trace."""

    absorber: Absorber
    decay: CountedDecay
    trace: counting.Trace


def view(core, monolayers, lifetime, quantum_yield, photons, excitons, blinking):
    """Compute what the controls ask for; the noise is the same at every call."""
    dot = single_dot(excitons_per_pulse=excitons, quantum_yield=quantum_yield)
    return View(
        absorber(CORE_SHELL, core_diameter=core * NM, monolayers=monolayers),
        counted_decay(lifetime * NS, quantum_yield, photons),
        single_dot_trace(DURATION, 1, dot, BLINKING[blinking]),
    )


def panels():
    """Spectra of red and blue dots, a decay and its residuals, a trace and its histogram."""
    spectrum = Axis("relative absorbance, PL", 0, 1.1)
    light = Axis("wavelength (nm)", 380, 720)
    delay = Axis("time (ns)", -5, 200)
    return (
        Axes("red", "CdSe/CdS dots", light, spectrum,
              (Trace("core", "part", plots.GREY), Trace("absorbance", "model", RED),
               Trace("photoluminescence", "comparison"), Trace("published", "published", RED))),
        Axes("decay", "Decay", delay, Axis("counts per 0.5 ns", 1, 1e6, log=True),
              (Trace("counts", "dots", RED), Trace("fit", "level", plots.ELECTRONS))),
        Axes("trace", "One dot", Axis("time (s)", 0, DURATION), COUNTS,
              (Trace("counts", "thin", RED), Trace("expected", "cursor"))),
        Axes("blue", "CdSeS/ZnSeS/ZnS dots", light, spectrum,
              (Trace("absorbance", "model", BLUE_LIGHT),
               Trace("photoluminescence", "comparison"))),
        Axes("residual", "Counts less fit", delay, Axis("standard deviations", -5, 5),
              (Trace("residual", "dots", RED),)),
        Axes("histogram", "Its frames", COUNTS, SHARE, (Trace("frames", "model", RED),)),
    )  # fmt: skip


def series(shown):
    """Arrays (x, y) of every trace of `panels` for a View, by the trace's name."""
    drawn = spectra_series("red", shown.absorber, CORE_SHELL) | spectra_series(
        "blue", absorber(BLUE), BLUE
    )
    exciton = first_exciton(shown.absorber.core_diameter) / NM
    bare = replace(shown.absorber, monolayers=0.0)
    drawn["red/core"] = WAVELENGTH, relative_absorbance(WAVELENGTH, bare)
    published = [published_value("L007").value]
    drawn["red/published"] = published, relative_absorbance([exciton], bare)

    time, counts, expected = shown.decay.time / NS, shown.decay.counts, shown.decay.fit.expected
    drawn["decay/counts"] = time, np.where(counts > 0, counts, np.nan)
    drawn["decay/fit"] = time, expected
    drawn["residual/residual"] = time, (counts - expected) / np.sqrt(np.maximum(expected, 1))

    drawn["trace/counts"], drawn["histogram/frames"] = single_dot_series(shown.trace)
    drawn["trace/expected"] = [0, DURATION], np.full(2, shown.trace.dot.mean() / 1e3)
    return drawn


def summary(shown):
    """What is on the screen in words."""
    fit, trace = shown.decay.fit, shown.trace
    found, error = fit.lifetimes[0] / NS, fit.errors[0] / NS
    return (
        f"{_colours(shown)} The fit gives a lifetime of "
        f"{found:.3f} ± {error:.3f} ns; the light decays with "
        f"{shown.decay.lifetime / NS:.3f} ns. The single dot is on in "
        f"{100 * trace.on_fraction:.1f} % of the frames, {digits(trace.dot.mean(), 4)} counts each."
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
    "Coloured: absorbance and, below, counts; thin grey: photoluminescence; "
    "grey dashes: the bare core; ◇ the core’s published first exciton; dashed on the decay: the "
    "fit. Line shapes are schematic, as the paper prints its spectra only as pictures; positions, "
    "sizes and counting statistics are computed, the noise from one seed."
)


def table(shown):
    """The columns to download: the decay with its fit."""
    decay = shown.decay
    return {"time [ns]": decay.time / NS, "counts": decay.counts, "fit": decay.fit.expected}


def flask():
    """The dashboard, as a widget."""
    presets = {
        "Faint": ("A thousand photons only", {"photons": 1e3}),
        "Blinking dot": ("Power-law dark times", {"blinking": "slow"}),
    }
    drawing = Drawing(panels(), series, summary, LEGEND, table=table)
    return page("flask", CONTROLS, view, drawing, presets)


def check():
    """The page in its default state as text, for the notebook's check cell.

    Of what is drawn at random, and fitted, it tells verdicts.
    """
    shown = view(**defaults(CONTROLS))
    decay, trace, expected = shown.decay, shown.trace, shown.trace.dot.mean()
    exciton, blue = first_exciton(shown.absorber.core_diameter) / NM, absorber(BLUE)
    places = (
        (f"bare core at {exciton:.1f} nm", exciton, replace(shown.absorber, monolayers=0.0)),
        ("dots at 500 nm", 500.0, shown.absorber),
        ("blue dots at 450 nm", 450.0, blue),
    )
    seen = [
        f"{who} {digits(relative_absorbance(np.array([at]), one)[0])}" for who, at, one in places
    ]
    return (
        f"{_colours(shown)} Blue dots emit at {blue.emission_peak / NM:.1f} nm.\n"
        f"Absorbance over that at {SAME_AT:g} nm: {', '.join(seen)}.\n"
        f"The light decays with {decay.lifetime / NS:.1f} ns; the fit gives it back within three "
        f"errors: {yes(decay.fit.gives(decay.lifetime))}; its chi2 is 1 within 0.3: "
        f"{yes(abs(decay.fit.chi_square - 1) < 0.3)}.\n"
        f"{digits(expected)} counts a frame are expected, and counted within a hundredth: "
        f"{yes(abs(trace.counts.mean() / expected - 1) < 0.01)}; on in every frame: "
        f"{yes(trace.on_fraction == 1)}."
    )
