"""Figure S5: Auger spectra of amine dots after bias, between two controls."""

import numpy as np

from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.drawing import Drawing
from ..notebook.plots import Axes, Axis, Trace
from ..paper.published import published_value
from ..paper.surface import AUGER_ENERGY
from ..parameters import parameters
from ..wording import digits
from .dots import NM

FOIL, DOTS, CRYSTALS = "Cd foil", "RNH₂ dots, biased", "CdS nanocrystals"
IF_REDUCED = "the same, if reduced"
SHIFTS = {FOIL: 0.48, DOTS: 0.17, CRYSTALS: 0.0}  # of dN/dE
SHARE = Control("share", "Outer cadmium, if reduced", 1.0)
ATTENUATION = Control(
    name="attenuation",
    label="Attenuation length",
    default=parameters()["auger.attenuation_length"].value / NM,
    minimum=0.4,
    maximum=published_value("L054").high,
    step=0.05,
    unit="nm",
)


def _series(view):
    shifts = SHIFTS | {IF_REDUCED: SHIFTS[DOTS]}
    return {f"S5/{name}": (AUGER_ENERGY, one.total + shifts[name]) for name, one in view.items()}


def _words(view):
    foil, dots, crystals, reduced = (
        AUGER_ENERGY[np.argmin(view[name].total)] for name in (FOIL, DOTS, CRYSTALS, IF_REDUCED)
    )
    metal = np.ptp(view[IF_REDUCED].metal) / np.ptp(view[FOIL].metal)
    return (
        f"The deepest dip is at {foil:.1f} eV for the foil, at {crystals:.1f} eV for the CdS "
        f"nanocrystals and at {dots:.1f} eV for the biased amine dots, which have no metal. With "
        f"the slider’s share reduced, {digits(100 * metal)} % of their signal would be metal, "
        f"and the dip at {reduced:.1f} eV."
    )


def _table(view):
    spectra = {f"dN/dE, {name} [1/eV2]": one.total for name, one in view.items()}
    return {"kinetic energy [eV]": AUGER_ENERGY} | spectra


def _name(figure):
    notes = [(name, 388.5, shift + 0.035, None) for name, shift in SHIFTS.items()]
    return plots.annotated(figure, "S5", notes)


COMPARED = Drawing(
    (
        Axes(
            "S5",
            "Auger spectra",
            Axis("kinetic energy (eV)", 366, 392),
            Axis("dN/dE, shifted", -0.12, 0.75),
            (Trace(IF_REDUCED, "comparison"), *(Trace(name, "schematic") for name in SHIFTS)),
        ),
    ),
    _series,
    _words,
    "Top: metal; middle: the amine dots after bias, as the model has them, with nothing "
    "reduced, and thin, as they would be; bottom: Cd²⁺ in CdS. Textbook energies and assumed "
    "widths.",
    dress=_name,
    table=_table,
)
"""Of differential spectra, shifted; a view is {name: AugerSpectrum at AUGER_ENERGY}."""
