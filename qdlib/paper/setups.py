"""The paper's set-ups: instruments, vessels and solutions with the parameters that it states."""

from dataclasses import dataclass

import numpy as np

from ..parameters import parameters
from ..physics import counting
from ..physics.counting import single_dot, single_dot_trace
from ..physics.isotherm import residual_fraction, wash
from ..physics.lockin import lock_in
from ..physics.spectra import absorber
from ..physics.surface import auger
from ..physics.voltammetry import paper_voltammogram as voltammogram
from ..physics.voltammetry import paper_waves

__all__ = [
    "absorber",
    "auger_spectrum",
    "counted_decay",
    "lock_in",
    "paper_waves",
    "residual_fraction",
    "single_dot",
    "single_dot_trace",
    "voltammogram",
    "wash",
]

CHANNELS = np.arange(-5e-9, 200e-9, 0.5e-9)  # [s]
BACKGROUND = 1e-5  # of all photons, in each channel
AUGER_ENERGY = np.linspace(366, 392, 261)  # [eV], of the analyser


@dataclass(frozen=True, eq=False)
class CountedDecay:
    """A decay as counted photon by photon, and fitted.

    time : of the channels [s] (n,); counts : (n,); lifetime : that went in [s]
    """

    time: np.ndarray
    counts: np.ndarray
    fit: counting.LifetimeFit
    lifetime: float


def counted_decay(radiative_lifetime, quantum_yield=1.0, photons=1e5, seed=1):
    """The decay of dots in the paper's photon-counting set-up: a CountedDecay.

    radiative_lifetime : [s]; quantum_yield : [1]; photons : counted in all; seed : of the noise
    """
    response = parameters()["TCSPC.instrument_response"].value
    lifetime = counting.lifetime(radiative_lifetime, quantum_yield)
    expected = counting.decay(CHANNELS, lifetime, photons, 1.0, BACKGROUND * photons, response)
    counts = counting.count(expected, seed)
    fit = counting.fit_lifetime(CHANNELS, counts, instrument_response=response)
    return CountedDecay(CHANNELS, counts, fit, lifetime)


@dataclass(frozen=True, eq=False)
class AugerSpectrum:
    """Differential Auger lines of the dots' cadmium, schematic.

    energy : kinetic [eV] (n,); metal, ion : dN/dE of Cd0 and of Cd2+ [1/eV2] (n,)
    reduced_share : of the cadmium in the outer layer that is Cd0 [1]
    attenuation_length : of the electrons [m]
    """

    energy: np.ndarray
    metal: np.ndarray
    ion: np.ndarray
    reduced_share: float
    attenuation_length: float

    @property
    def total(self):
        """Of both states [1/eV2] (n,)."""
        return self.metal + self.ion


def auger_spectrum(reduced_share, attenuation_length=None):
    """What the paper's Auger analyser sees of dots: an AugerSpectrum.

    reduced_share : of the cadmium in the outer layer that is Cd0 [1]
    attenuation_length : [m]; that of `data/parameters.csv` if None
    """
    if attenuation_length is None:
        attenuation_length = parameters()["auger.attenuation_length"].value
    lines = auger(AUGER_ENERGY, reduced_share, attenuation_length=attenuation_length)
    return AugerSpectrum(
        AUGER_ENERGY, lines["metal"], lines["ion"], reduced_share, attenuation_length
    )
