"""Dots in solution and in films: their spectra, their decays, and single ones that blink."""

import numpy as np

from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.drawing import Drawing
from ..notebook.plots import Axes, Axis, Trace
from ..paper import samples
from ..paper.materials import LIGANDS
from ..parameters import BLUE, CORE_SHELL
from ..physics.photometry import photoluminescence, photon_energy
from ..physics.spectra import absorption
from ..wording import yes

NM, NS = 1e-9, 1e-9
RED, BLUE_LIGHT = "#C1121F", "#2A6FDB"
WAVELENGTH = np.arange(380.0, 721.0, 2.0)  # [nm]
SAME_AT = 405.0  # [nm], where absorption is scaled to 1: the paper's excitation

CORE = Control("core", "Core diameter", 3.04, 2.2, 4.5, 0.02, "nm")
MONOLAYERS = Control("monolayers", "CdS shell", 10, 0, 14, 1, "monolayers", ".0f")
LIFETIME = Control("lifetime", "Radiative lifetime", 25.0, 15.0, 40.0, 0.5, "ns", ".1f")
SOLUTION_YIELD = Control("quantum_yield", "Quantum yield", 1.0, 0.1, 1.0, 0.01)
PHOTONS = Control("photons", "Photons counted", 1e5, 1e3, 1e7, 0.1, "", ".2g", log=True)


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
        f"{dots.emission_peak / NM:.0f} nm, whatever the ligand."
    )


def decays(panel, first):
    """Drawing of decays; a view is {label: CountedDecay}, in the colours of ligands so called."""
    hues = dict(zip(first, _hues(first), strict=True))
    traces = [
        trace
        for label, hue in hues.items()
        for trace in (Trace(label, "dots", hue), Trace(f"{label}, fit", "level", hue))
    ]
    axes = Axes(panel, "Decay", Axis("time (ns)", -5, 200),
                Axis("counts per 0.5 ns", 1, 1e6, log=True), tuple(traces))  # fmt: skip
    legend = " &ensp;".join(
        f'<span style="color:{hue}">■</span> {label}' for label, hue in hues.items()
    )
    return Drawing(
        (axes,), lambda view: _decay_series(panel, view), _decay_words,
        f"{legend} &ensp;dots: counts, simulated; dashed: the fits. The radiative lifetime is an "
        "assumption: the paper prints its decays in pictures only.",
        table=_decay_table, check=_decay_check,
    )  # fmt: skip


def _hues(labels):
    """The colour of each label: its ligand's if it is one, red else."""
    known = {one.label: name for name, one in LIGANDS.items()}
    return [plots.ligand_colour(known[label]) if label in known else RED for label in labels]


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
    import pandas as pd

    columns = {"time [ns]": next(iter(view.values())).time / NS}
    for label, one in view.items():
        columns |= {f"counts, {label}": one.counts, f"fit, {label}": one.fit.expected}
    return pd.DataFrame(columns)
