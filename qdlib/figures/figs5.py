"""Figure S5: Auger spectra of amine dots after bias, between two controls."""

from dataclasses import dataclass

import numpy as np

from .. import plots
from ..exhibit import Exhibit
from ..ledger import published_value
from ..live import Control
from ..parameters import parameters
from ..plots import Axis, Panel, Trace
from ..surface import auger, surface_weight
from ..wording import digits

NM = 1e-9
ENERGY = np.linspace(366.0, 392.0, 521)  # [eV]
SHIFTS = {"Cd foil": 0.48, "RNH₂ dots, biased": 0.17, "CdS nanocrystals": 0.0}  # of dN/dE
DOTS, IF_REDUCED = "RNH₂ dots, biased", "the same, if reduced"


@dataclass(frozen=True)
class Spectra:
    """Differential spectra on ENERGY by name [1/eV2], and the share of Cd0 if reduced [1]."""

    spectra: dict
    seen: float

    def dip(self, name):
        """Energy of the lowest point of a spectrum [eV]."""
        return float(ENERGY[np.argmin(self.spectra[name])])


def compared(share, attenuation):
    """Controls, and the dots: as they are, and if a share of their outer cadmium were reduced.

    The model's amine dots have no salt and so nothing reduced; attenuation in nm.
    """
    length = attenuation * NM
    made = {
        "Cd foil": auger(ENERGY, 1.0, layer=np.inf),
        DOTS: auger(ENERGY, 0.0, attenuation_length=length),
        IF_REDUCED: auger(ENERGY, share, attenuation_length=length),
        "CdS nanocrystals": auger(ENERGY, 0.0),
    }
    seen = share * surface_weight(parameters()["auger.layer"].value, length)
    return Spectra({name: one["total"] for name, one in made.items()}, float(seen))


def _series(shown):
    shifts = SHIFTS | {IF_REDUCED: SHIFTS[DOTS]}
    return {f"S5/{name}": (ENERGY, y + shifts[name]) for name, y in shown.spectra.items()}


def _words(shown):
    foil, dots, crystals = (shown.dip(name) for name in SHIFTS)
    return (
        f"The deepest dip is at {foil:.1f} eV for the foil, at {crystals:.1f} eV for the CdS "
        f"nanocrystals and at {dots:.1f} eV for the biased amine dots, which have no metal. With "
        f"the slider’s share reduced, {digits(100 * shown.seen)} % of their signal would be metal, "
        f"and the dip at {shown.dip(IF_REDUCED):.1f} eV."
    )


def _name(figure):
    notes = [(name, 388.5, shift + 0.035, None) for name, shift in SHIFTS.items()]
    return plots.annotated(figure, "S5", notes)


EXHIBITS = (
    Exhibit(
        "S5", "schematic", "Auger controls",
        (Panel("S5", "Auger spectra", Axis("kinetic energy (eV)", 366, 392),
               Axis("dN/dE, shifted", -0.12, 0.75),
               (Trace(IF_REDUCED, "comparison"),
                *(Trace(one, "schematic") for one in SHIFTS))),),
        compared, _series, _words,
        (Control("share", "Outer cadmium, if reduced", 1.0),
         Control("attenuation", "Attenuation length",
                 parameters()["auger.attenuation_length"].value / NM, 0.4,
                 published_value("L054").high, 0.05, "nm")),
        "Top: metal; middle: the amine dots after bias, as the model has them, with nothing "
        "reduced, and thin, as they would be; bottom: Cd²⁺ in CdS. Textbook energies and assumed "
        "widths.",
        dress=_name,
    ),
)  # fmt: skip
