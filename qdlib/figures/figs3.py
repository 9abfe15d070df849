"""Figure S3: one dot at a time, and films of many."""

from dataclasses import dataclass, replace

import numpy as np

from ..notebook.controls import Control
from ..notebook.exhibit import Exhibit
from ..notebook.plots import ELECTRONS, Axes, Axis, Trace
from ..pages.flask import BLINKING, BRIGHTEST, DURATION, single_dot_series, spectra_series
from ..pages.flask import CONTROLS as FLASK_CONTROLS
from ..paper.published import published_values
from ..paper.samples import film_yield
from ..paper.setups import absorber
from ..parameters import CORE_SHELL, parameters
from ..physics import counting
from ..physics.spectra import Absorber
from ..wording import digits, setting, yes
from .curves import YIELD, colour
from .fig1 import NM, NS, TIME, Decay, decay, fitted

LIGANDS = {"Cd(RCOO)2": "cadmium carboxylate", "RNH2": "amine"}
LIFETIME, PHOTONS, EXCITONS, BLINKS = (FLASK_CONTROLS[k] for k in (2, 4, 5, 6))
ALONE = replace(FLASK_CONTROLS[3], default=parameters()["single dot.quantum_yield"].value)


@dataclass(frozen=True)
class Watched:
    """A single dot, what was counted of it, and which share of the frames it was on."""

    dot: counting.SingleDot
    trace: counting.Trace

    @property
    def on_fraction(self):
        """Share of the frames in which it was on [1]."""
        return counting.on_fraction(self.trace.counts, self.dot.mean(0))

    @property
    def expected_spread(self):
        """Standard deviation of the counts of a dot that never blinks, over their mean [1].

        See `counting.single_dot_trace` for the variance."""
        dot, pulses = self.dot, self.dot.repetition_rate * self.dot.exposure_time
        chance = dot.detected_per_pulse
        electrons = (2 - 1 / dot.gain) * (pulses * chance + dot.background) - pulses * chance**2
        variance = dot.gain**2 * electrons + dot.read_noise**2
        return float(np.sqrt(variance)) / dot.electrons_per_count / dot.mean()


def single(panel, ligand, seed):
    """Exhibit of a single dot with a ligand: its trace and the histogram of it."""

    def view(excitons, quantum_yield, blinking):
        dot = single_dot(excitons_per_pulse=excitons, quantum_yield=quantum_yield)
        return Watched(dot, counting.single_dot_trace(DURATION, seed, dot, BLINKING[blinking]))

    def series(shown):
        trace, histogram = single_dot_series(shown.trace)
        return {
            f"{panel}/counts": trace,
            f"{panel}/expected": ([0, DURATION], np.full(2, shown.dot.mean() / 1e3)),
            f"{panel}frames/frames": histogram,
        }

    def say(shown):
        counts = shown.trace.counts
        return (
            f"The dot is on in {digits(100 * shown.on_fraction)} % of {len(counts)} frames of "
            f"{1e3 * shown.dot.exposure_time:.0f} ms; {digits(counts.mean())} counts a frame, "
            f"which spread by {digits(100 * counts.std() / counts.mean())} %, where a dot that "
            f"never blinks spreads by {digits(100 * shown.expected_spread)} %."
        )

    def check(shown):
        counts, expected = shown.trace.counts, shown.dot.mean()
        spread = shown.expected_spread
        error = spread / np.sqrt(len(counts))  # of the mean over the expected one
        return (
            f"{digits(expected)} counts a frame, spread by {digits(100 * spread)} %, are "
            f"expected. On in every frame: {yes(shown.on_fraction == 1)}; mean within three of its "
            f"errors: {yes(abs(counts.mean() / expected - 1) < 3 * error)}; spread within a tenth: "
            f"{yes(abs(counts.std() / expected / spread - 1) < 0.1)}."
        )

    counted = Axis("counts per 30 ms (10³)", 0, BRIGHTEST)
    axes = (
        Axes(panel, f"One dot, {LIGANDS[ligand]}", Axis("time (s)", 0, DURATION), counted,
              (Trace("counts", "thin", colour(ligand)), Trace("expected", "cursor"))),
        Axes(f"{panel}frames", "Its frames", counted, Axis("share of the frames", 0, 0.3),
              (Trace("frames", "model", colour(ligand)),)),
    )  # fmt: skip
    return Exhibit(
        panel, "model", f"A single dot with {LIGANDS[ligand]}", axes, view, series, say,
        (EXCITONS, ALONE, BLINKS),
        "Dotted: the mean that is expected without blinking. Photon statistics of the stated "
        "repetition rate, exposure and aperture; the brightness itself is an assumption.",
        table=_frames, check=check,
    )  # fmt: skip


def _frames(shown):
    import pandas as pd

    return pd.DataFrame({"time [s]": shown.trace.time, "counts": shown.trace.counts})


@dataclass(frozen=True)
class Film:
    """Dots, and the photoluminescence quantum yield of their film [1]."""

    dots: Absorber
    quantum_yield: float


def film(panel, ligand):
    """Exhibit of the photoluminescence of a film against that of the solution."""
    own = round(film_yield(CORE_SHELL, ligand), 3)
    stated = published_values("Table 1", quantity="film PLQY", sample=CORE_SHELL, ligand=ligand)[0]

    def view(quantum_yield):
        return Film(absorber(CORE_SHELL), quantum_yield)

    def series(shown):
        drawn = spectra_series(panel, shown.dots, CORE_SHELL)
        wavelength, photons = drawn[f"{panel}/photoluminescence"]
        peak = shown.dots.emission_peak / NM
        return drawn | {
            f"{panel}/film": (wavelength, shown.quantum_yield * photons),
            f"{panel}/published": ([peak], [stated.value / 100]),
            f"{panel}/published, error": ([peak] * 2, [stated.low / 100, stated.high / 100]),
        }

    def say(shown):
        return (
            f"The film emits at {shown.dots.emission_peak / NM:.0f} nm, "
            f"{setting(100 * shown.quantum_yield)} photons for each hundred that it absorbs; the "
            f"paper: {stated.text}."
        )

    axes = (
        Axes(panel, f"Film, {LIGANDS[ligand]}", Axis("wavelength (nm)", 380, 720),
              Axis("absorbance, PL per photon", 0, 1.1),
              (Trace("absorbance", "part", colour(ligand)),
               Trace("photoluminescence", "comparison"), Trace("film", "model", colour(ligand)),
               Trace("published, error", "couple", colour(ligand)),
               Trace("published", "published", colour(ligand)))),
    )  # fmt: skip
    return Exhibit(
        panel, "model", f"Spectra of a film with {LIGANDS[ligand]}", axes, view, series, say,
        (_film_control(own),),
        "Solid: photoluminescence of the film, its peak at the quantum yield; thin grey: the same "
        "dots with every photon re-emitted; dashed: relative absorbance. Line shapes are "
        "schematic; ◇ the published quantum yield with its error.",
    )  # fmt: skip


def film_decay(panel, ligand):
    """Exhibit of the decay of a film against that of the solution."""
    own = round(film_yield(CORE_SHELL, ligand), 3)

    def series(shown):
        bright = decay(shown.lifetime / NS / shown.quantum_yield, 1.0, shown.photons)
        return {
            f"{panel}/in solution": (TIME, bright.fit.expected),
            f"{panel}/counts": (TIME, np.where(shown.counts > 0, shown.counts, np.nan)),
            f"{panel}/fit": (TIME, shown.fit.expected),
        }

    def say(shown):
        found, error = shown.fit.lifetimes[0] / NS, shown.fit.errors[0] / NS
        return (
            f"The fit gives {found:.2f} ± {error:.2f} ns for a film of "
            f"{setting(100 * shown.quantum_yield)} % quantum yield; without loss the same dots "
            f"have {digits(shown.lifetime / NS / shown.quantum_yield)} ns."
        )

    def check(shown):
        return (
            f"A film of {setting(100 * shown.quantum_yield)} % quantum yield decays with "
            f"{digits(shown.lifetime / NS)} ns; {fitted(shown)}."
        )

    axes = (
        Axes(panel, f"Decay, {LIGANDS[ligand]}", Axis("time (ns)", -5, 200),
              Axis("counts per 0.5 ns", 1, 1e6, log=True),
              (Trace("in solution", "comparison"), Trace("counts", "dots", colour(ligand)),
               Trace("fit", "level", ELECTRONS))),
    )  # fmt: skip
    return Exhibit(
        panel, "model", f"Decay of a film with {LIGANDS[ligand]}", axes, counted, series, say,
        (LIFETIME, _film_control(own), PHOTONS),
        "Dots: counts; dashed: the fit; grey: without loss, as in solution. The lifetime is an "
        "assumption, for the paper prints it in a picture only; and so is one rate of loss for "
        "all dots of the film, which keeps the decay mono-exponential.",
        table=_counts, check=check,
    )  # fmt: skip


@dataclass(frozen=True)
class FilmDecay(Decay):
    """A decay, and the quantum yield [1] and the photons that went in."""

    quantum_yield: float
    photons: float


def counted(lifetime, quantum_yield, photons):
    """The decay of a film as counted, and fitted [radiative lifetime in ns]: FilmDecay."""
    seen = decay(lifetime, quantum_yield, photons)
    return FilmDecay(seen.counts, seen.fit, seen.lifetime, quantum_yield, photons)


def _counts(shown):
    import pandas as pd

    return pd.DataFrame({"time [ns]": TIME, "counts": shown.counts, "fit": shown.fit.expected})


def _film_control(own):
    return Control("quantum_yield", YIELD.label, own, YIELD.minimum, YIELD.maximum, YIELD.step)


CADMIUM, AMINE = LIGANDS
EXHIBITS = (
    single("S3a", CADMIUM, 1),
    single("S3b", AMINE, 2),
    film("S3c", CADMIUM),
    film("S3d", AMINE),
    film_decay("S3e", CADMIUM),
    film_decay("S3f", AMINE),
)
