"""Figure 5: blue dots, with zinc carboxylate and with amine."""

import numpy as np

from ..notebook.drawing import Drawing
from ..notebook.plots import GREY, Axes, Axis, Trace
from .dots import BLUE_LIGHT, NM

WAVELENGTH = NM * np.arange(420.0, 541.0, 1.0)  # [m]


def _light_series(view):
    drawn = {}
    for label, spectrum in view.items():
        light = np.interp(WAVELENGTH, spectrum.wavelength, spectrum.photons, 0, 0)
        drawn[f"5c_spectra/{label}"] = WAVELENGTH / NM, light / spectrum.photons.max()
    return drawn


def _light_words(view):
    film, diode = (
        view[label].wavelength[np.argmax(view[label].photons)] / NM for label in ("PL", "EL")
    )
    return f"The film’s light peaks at {film:.1f} nm, the diode’s at {diode:.1f} nm."


FILM_AND_DIODE = Drawing(
    (
        Axes(
            "5c_spectra",
            "PL and EL spectra",
            Axis("wavelength (nm)", 420, 540),
            Axis("relative", 0, 1.1),
            (Trace("EL", "model", BLUE_LIGHT), Trace("PL", "level", GREY)),
        ),
    ),
    _light_series,
    _light_words,
    "Dashed grey: the film’s photoluminescence, a Gaussian line assumed; blue: what the layers of "
    "the diode let out of it.",
)
"""Light of a film and of a diode; a view is {"PL": Spectrum, "EL": Spectrum}."""
