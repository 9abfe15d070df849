"""Dots in solution and in films: their spectra, their decays, and single ones that blink."""

import numpy as np

from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.drawing import Drawing
from ..notebook.plots import Axes, Axis, Trace
from ..paper import samples
from ..paper.materials import LIGANDS
from ..paper.setups import BLINKING
from ..parameters import BLUE, CORE_SHELL
from ..physics.photometry import photoluminescence, photon_energy
from ..physics.spectra import absorption
from ..wording import digits, yes

NM, NS = 1e-9, 1e-9
RED, BLUE_LIGHT = "#C1121F", "#2A6FDB"
WAVELENGTH = np.arange(380.0, 721.0, 2.0)  # [nm]
SAME_AT = 405.0  # [nm], where absorption is scaled to 1: the paper's excitation
COUNTS = Axis("counts per 30 ms (10³)", 0, 8.5)
SHARE = Axis("share of the frames", 0, 0.3)
NAMES = {one.label: name for name, one in LIGANDS.items()}
"""Ligands as legends write them, and as Table 1 does."""

CORE = Control("core", "Core diameter", 3.04, 2.2, 4.5, 0.02, "nm")
MONOLAYERS = Control("monolayers", "CdS shell", 10, 0, 14, 1, "monolayers", ".0f")
LIFETIME = Control("lifetime", "Radiative lifetime", 25.0, 15.0, 40.0, 0.5, "ns", ".1f")
SOLUTION_YIELD = Control("quantum_yield", "Quantum yield", 1.0, 0.1, 1.0, 0.01)
PHOTONS = Control("photons", "Photons counted", 1e5, 1e3, 1e7, 0.1, "", ".0f", log=True)
EXCITONS = Control("excitons", "Excitons per pulse", 0.2, 0.02, 1.0, 0.02)
BLINKS = Control("blinking", "Blinking", "none", choices=tuple(BLINKING))


def spectra_series(key, dots, structure):
    """Points (x, y) of absorbance and photoluminescence of an Absorber, by the trace's name."""
    line = photoluminescence(dots.emission_peak, samples.dot(structure).linewidth)
    photons = np.interp(WAVELENGTH * NM, line.wavelength, line.photons, 0, 0)
    return {
        f"{key}/absorbance": (WAVELENGTH, relative_absorbance(WAVELENGTH, dots)),
        f"{key}/photoluminescence": (WAVELENGTH, photons / line.photons.max()),
    }


def relative_absorbance(wavelength, dots):
    """Absorption of an Absorber at wavelengths [nm], 1 at the excitation."""
    at = absorption(np.append(wavelength, SAME_AT) * NM, dots)["total"]
    return at[:-1] / at[-1]


def spectra(structure=CORE_SHELL):
    """Drawing of what dots of a structure absorb and emit; a view is an Absorber."""
    hue, end = (BLUE_LIGHT, 560) if structure == BLUE else (RED, 720)

    def drawn(panel, first):
        axes = Axes(
            panel, "Absorption, emission", Axis("wavelength (nm)", 380, end),
            Axis("relative absorbance, PL", 0, 1.1),
            (Trace("absorbance", "model", hue), Trace("photoluminescence", "comparison")),
        )  # fmt: skip
        return Drawing(
            (axes,), lambda dots: spectra_series(panel, dots, structure), _spectra_words,
            "Coloured: absorbance; grey: photoluminescence. Line shapes are schematic."
            + " The sizes are assumptions, as the paper gives none." * (structure == BLUE),
        )  # fmt: skip

    return drawn


def _spectra_words(dots):
    return (
        f"The dots absorb from {photon_energy(dots.first_transition) / NM:.0f} nm and emit at "
        f"{dots.emission_peak / NM:.0f} nm."
    )


def decays(panel, first):
    """Drawing of decays; a view is {label: CountedDecay}, in the colours of ligands so called."""
    hues = ligand_hues(first)
    traces = [
        trace
        for label, hue in hues.items()
        for trace in (Trace(label, "dots", hue), Trace(f"{label}, fit", "level", hue))
    ]
    axes = Axes(panel, "Decay", Axis("time (ns)", -5, 200),
                Axis("counts per 0.5 ns", 1, 1e6, log=True), tuple(traces))  # fmt: skip
    return Drawing(
        (axes,), lambda view: _decay_series(panel, view), _decay_words,
        f"{plots.swatches(hues)} &ensp;dots: counts, simulated; dashed: the fits. The "
        "radiative lifetime is an assumption: the paper prints its decays in pictures only.",
        table=_decay_table, check=_decay_check,
    )  # fmt: skip


def ligand_hues(labels):
    """{label: colour}: its ligand's if it is one; else red, or grey beside others."""
    plain = RED if len(labels) == 1 else plots.GREY
    return {
        label: plots.ligand_colour(NAMES[label]) if label in NAMES else plain for label in labels
    }


def _decay_series(panel, view):
    drawn = {}
    for label, one in view.items():
        drawn[f"{panel}/{label}"] = one.time / NS, np.where(one.counts > 0, one.counts, np.nan)
        drawn[f"{panel}/{label}, fit"] = one.time / NS, one.fit.expected
    return drawn


def _decay_words(view):
    told = [
        f"{label}: the fit gives {one.fit.lifetimes[0] / NS:.2f} ± {one.fit.errors[0] / NS:.2f} "
        f"ns; the light decays with {one.lifetime / NS:.2f} ns"
        for label, one in view.items()
    ]
    return "; ".join(told) + "."


def _decay_check(view):
    """A verdict on each fit: its digits are those of a random draw."""
    told = [
        f"{label}: the light decays with {one.lifetime / NS:.2f} ns; the fit gives it back within "
        f"three errors: {yes(one.fit.gives(one.lifetime))}"
        for label, one in view.items()
    ]
    return "; ".join(told) + "."


def _decay_table(view):
    columns = {"time [ns]": next(iter(view.values())).time / NS}
    for label, one in view.items():
        columns |= {f"counts, {label}": one.counts, f"fit, {label}": one.fit.expected}
    return columns


def single_dots(panel, first):
    """Drawing of single dots; a view is {label: counting.Trace}, in the colours of `decays`."""
    hues = ligand_hues(first)
    duration = max(len(trace.time) * trace.dot.exposure_time for trace in first.values())
    lines = [
        line
        for label, hue in hues.items()
        for line in (Trace(label, "thin", hue), Trace(f"{label}, expected", "cursor"))
    ]
    axes = (
        Axes(panel, f"One dot, {', '.join(first)}", Axis("time (s)", 0, duration), COUNTS,
             tuple(lines)),
        Axes(f"{panel}frames", "Its frames", COUNTS, SHARE,
             tuple(Trace(label, "model", hue) for label, hue in hues.items())),
    )  # fmt: skip

    def series(view):
        drawn = {}
        for label, trace in view.items():
            counts, histogram = single_dot_series(trace)
            drawn[f"{panel}/{label}"], drawn[f"{panel}frames/{label}"] = counts, histogram
            drawn[f"{panel}/{label}, expected"] = [0, duration], [trace.dot.mean() / 1e3] * 2
        return drawn

    return Drawing(
        axes, series, _single_dot_words,
        f"{plots.swatches(hues)} &ensp;dotted: the mean that is expected without blinking. Photon "
        "statistics of the stated repetition rate, exposure and aperture; the brightness itself "
        "is an assumption.",
        table=_single_dot_table, check=_single_dot_check,
    )  # fmt: skip


def single_dot_series(trace):
    """Points (x, y) of a counting.Trace in thousands of counts, and of the histogram of it."""
    counts = trace.counts / 1e3
    shares, edges = np.histogram(counts, bins=85, range=(COUNTS.low, COUNTS.high))
    return (trace.time, counts), ((edges[1:] + edges[:-1]) / 2, shares / len(counts))


def _single_dot_words(view):
    told = [
        f"{label}: on in {digits(100 * trace.on_fraction)} % of {len(trace.counts):,} frames of "
        f"{1e3 * trace.dot.exposure_time:.0f} ms; {digits(trace.counts.mean())} counts a frame, "
        f"which spread by {digits(100 * trace.counts.std() / trace.counts.mean())} %, where a dot "
        f"that never blinks spreads by {digits(100 * trace.dot.deviation / trace.dot.mean())} %."
        for label, trace in view.items()
    ]
    return " ".join(told)


def _single_dot_check(view):
    """What is expected of each dot, and verdicts on what was drawn at random."""
    told = []
    for label, trace in view.items():
        mean, deviation = trace.dot.mean(), trace.dot.deviation
        off = abs(trace.counts.mean() - mean) * np.sqrt(len(trace.counts)) / deviation
        told.append(
            f"{label}: {digits(mean)} counts a frame, spread by "
            f"{digits(100 * deviation / mean, 2)} %, are expected. On in every frame: "
            f"{yes(trace.on_fraction == 1)}; mean within three of its errors: {yes(off < 3)}; "
            f"spread within a tenth: {yes(abs(trace.counts.std() / deviation - 1) < 0.1)}."
        )
    return " ".join(told)


def _single_dot_table(view):
    time = next(iter(view.values())).time
    return {"time [s]": time} | {f"counts, {label}": one.counts for label, one in view.items()}
