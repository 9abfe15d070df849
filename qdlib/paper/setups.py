"""The paper's set-ups: instruments, vessels and solutions with the parameters that it states."""

from dataclasses import dataclass

import numpy as np

from ..parameters import parameters
from ..physics import counting
from ..physics.counting import Blinking, single_dot, single_dot_trace
from ..physics.isotherm import residual_fraction, wash
from ..physics.lockin import lock_in
from ..physics.spectra import absorber
from ..physics.surface import Line, acid_absorbance, fit_line
from ..physics.voltammetry import paper_voltammogram as voltammogram
from ..physics.voltammetry import paper_waves

__all__ = [
    "BLINKING",
    "absorber",
    "calibrated_digest",
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
BLINKING = {
    "none": None,
    "fast": Blinking(on_rate=20.0, off_rate=10.0),
    "slow": Blinking(on_rate=20.0, off_rate=0.5, exponent=1.5, longest_off=30.0),
}
"""Ways to blink: the paper's dots do not, the others are what that would look like."""
ANOTHER = 1000  # from the seeds of the standards to those of the digests


@dataclass(frozen=True, eq=False)
class CalibratedDigest:
    """The acid of digested dots, read off a line through standards of known concentration.

    standards, absorbance : of the standards, arrays (n,) [mol/m3], [1]
    line : through them, a `Line` in m3/mol and 1
    fraction : of the carboxylate on the dots [1]
    digest, expected, noise : absorbance of their digest as read, without noise, and its error [1]
    acid, error : concentration in the digest as the line gives it [mol/m3]
    whole : concentration in the digest of the dots as synthesised [mol/m3]
    """

    standards: np.ndarray
    absorbance: np.ndarray
    line: Line
    fraction: float
    digest: float
    expected: float
    noise: float
    acid: float
    error: float
    whole: float

    @property
    def true_acid(self):
        """What the concentration in the digest is [mol/m3]."""
        return self.fraction * self.whole


def calibrated_digest(fraction, standards=8, highest=20.0, seed=1):
    """A calibration with evenly spaced standards, and the reading of a digest: CalibratedDigest.

    fraction : of the carboxylate on the dots [1]; standards : how many; highest : of them
    [mol/m3]; seed : of the noise. The errors of absorbance, slope and intercept are added as if
    independent. Raises InputError for what `acid_absorbance` or `fit_line` cannot take.
    """
    known = np.linspace(0, highest, standards + 1)[1:]
    absorbance, errors = acid_absorbance(known, seed)
    line = fit_line(known, absorbance, errors)
    whole = parameters()["digest.acid_concentration"].value
    expected, noise = map(float, acid_absorbance(fraction * whole))
    digest = float(acid_absorbance(fraction * whole, ANOTHER + seed)[0])
    acid = (digest - line.intercept) / line.slope
    error = np.hypot(np.hypot(noise, line.intercept_error), acid * line.slope_error) / line.slope
    return CalibratedDigest(
        standards=known,
        absorbance=absorbance,
        line=line,
        fraction=fraction,
        digest=digest,
        expected=expected,
        noise=noise,
        acid=acid,
        error=float(error),
        whole=whole,
    )


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
