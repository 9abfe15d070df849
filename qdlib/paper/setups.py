"""The paper's set-ups: instruments, vessels and solutions with the parameters that it states."""

from dataclasses import dataclass

import numpy as np

from ..parameters import parameters
from ..physics import counting
from ..physics.counting import single_dot, single_dot_trace
from ..physics.isotherm import residual_fraction, wash
from ..physics.lockin import lock_in
from ..physics.spectra import absorber
from ..physics.voltammetry import paper_voltammogram as voltammogram
from ..physics.voltammetry import paper_waves

__all__ = [
    "absorber",
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
