"""Figure 5: blue dots, with zinc carboxylate and with amine."""

from dataclasses import replace

import numpy as np

from ..constants import MILLIAMP_PER_CM2
from ..notebook.exhibit import Exhibit
from ..notebook.plots import GREY, Axes, Axis, Trace
from ..paper import samples as paper
from ..paper.protocols import Sample, drive_of
from ..paper.scorecard import laboratory
from ..parameters import BLUE
from ..physics.photometry import photoluminescence
from .composed import joined
from .curves import CURRENT, FRACTION, POTENTIAL, YIELD, driven, fading, swept

ZINC, AMINE = Sample(BLUE, "Zn(RCOO)2"), Sample(BLUE, "RNH2")
PAIR = (ZINC, AMINE)
NM = 1e-9
BLUE_LIGHT = "#2A6FDB"
WAVELENGTH = np.arange(420.0, 541.0, 1.0)  # [nm]


def spectra():
    """Photoluminescence of a film, and what leaves the diode, as Spectrum each."""
    dot = paper.dot(BLUE)
    film = photoluminescence(dot.peak_wavelength, dot.linewidth)
    return film, laboratory().device(AMINE).optics.spectrum


def _spectra_series(shown):
    drawn = {}
    for name, one in zip(("PL", "EL"), shown, strict=True):
        light = np.interp(WAVELENGTH * NM, one.wavelength, one.photons, 0, 0)
        drawn[f"5cspectra/{name}"] = WAVELENGTH, light / one.photons.max()
    return drawn


def _spectra_words(shown):
    film, diode = (one.wavelength[np.argmax(one.photons)] / NM for one in shown)
    return f"The film’s light peaks at {film:.1f} nm, the diode’s at {diode:.1f} nm."


SPECTRA = Exhibit(
    "5cspectra", "model", "PL and EL spectra",
    (Axes("5cspectra", "PL and EL", Axis("wavelength (nm)", 420, 540), Axis("relative", 0, 1.1),
           (Trace("EL", "model", BLUE_LIGHT), Trace("PL", "level", GREY))),),
    spectra, _spectra_series, _spectra_words,
    legend="Spectra: dashed grey the film’s photoluminescence, a Gaussian line assumed; blue what "
    "the layers of the diode let out of it.",
)  # fmt: skip

DRIVE = laboratory().value(*drive_of(BLUE).split(".")) / MILLIAMP_PER_CM2
STABILITY = f"Stability at {DRIVE:.3g} mA/cm²"
SHORT = fading("5dexpanded", "The first minutes", PAIR, (FRACTION, CURRENT),
               Axis("time (h)", 0, 0.05))  # fmt: skip
EXPANDED = replace(
    SHORT,
    axes=tuple(replace(axes, title="The first three minutes") for axes in SHORT.axes),
    say=lambda shown: "",
    legend="Second axes: the same curves in the first three minutes, as the paper expands them.",
)

EXHIBITS = (
    driven("5a", "PL in single-carrier devices", PAIR, ("electron-only", "hole-only")),
    driven("5b", "PL in the working diode", PAIR, ("QLED",)),
    joined("Efficiency and spectra",
           swept("5c", "Efficiency", PAIR, ("EQE",), (FRACTION, POTENTIAL, YIELD)), SPECTRA),
    joined(STABILITY, fading("5d", STABILITY, PAIR, (FRACTION, CURRENT)), EXPANDED),
)  # fmt: skip
