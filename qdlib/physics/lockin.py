"""A weak photoluminescence under a strong electroluminescence: the paper's Fig. S4.

A chopper at 933 Hz (L342) cuts the laser, which makes the photoluminescence alone a square wave; a
lock-in amplifier reads what follows the chopper. Light is a rate of photoelectrons [1/s] with shot
noise; the detector adds none. Schematic: the paper prints no trace and no rate.
"""

from dataclasses import dataclass
from math import comb

import numpy as np

from ..errors import InputError, require_range

FUNDAMENTAL = 2 / np.pi  # peak amplitude at f of a square wave between 0 and 1; rms sqrt(2)/pi


@dataclass(frozen=True)
class LockIn:
    """A lock-in amplifier: mixer, then `order` low-pass filters of one time constant in a row.

    frequency : of the reference [Hz]; time_constant : tau [s]; phase : of the reference [rad]
    """

    frequency: float
    time_constant: float
    order: int
    phase: float = 0.0

    def __post_init__(self):
        require_range("frequency", self.frequency, 0.01, 1e7, "Hz")
        require_range("time_constant", self.time_constant, 1e-6, 1e4, "s")
        require_range("phase", self.phase, -10, 10, "rad")
        if not (isinstance(self.order, int) and 1 <= self.order <= 8):
            raise InputError("order", self.order, "a whole number from 1 to 8")

    @property
    def noise_bandwidth(self):
        """Equivalent, one-sided [Hz]: 1/(4 tau), 1/(8 tau), 3/(32 tau) for order 1, 2, 3."""
        return comb(2 * self.order - 2, self.order - 1) / 4**self.order / self.time_constant

    def relative_noise(self, light, rate):
        """Standard deviation of what `detect` gives, under all light [1]: pi sqrt(l ENBW/rate)."""
        return np.pi * np.sqrt(light * self.noise_bandwidth / rate)


def chopped(time, frequency):
    """What a chopper lets through: 1 while cos(2 pi f t) >= 0, else 0; shape as time [s]."""
    cycles = np.asarray(time, float) * require_range("frequency", frequency, 0.01, 1e7, "Hz")
    return (np.abs(cycles - np.rint(cycles)) <= 0.25).astype(float)


def drifting(time, background, drift, rng):
    """A background that wanders, array (n,): b (1 + a random walk, which ends at +- `drift`).

    For times far apart against a cycle: at f a walk of finer steps is noise, not drift."""
    steps, rng = _steps(time, even=False), np.random.default_rng(rng)
    walk = np.cumsum(rng.standard_normal(steps.size) * np.sqrt(steps / steps.sum()))
    return background * np.maximum(0, 1 + require_range("drift", drift, 0, 1) * np.append(0, walk))


def detector(time, photoluminescence, background, rate, frequency, rng):
    """What the photodetector gives, sample by sample: photoelectrons per time, array (n,) [1/s].

    time : centres of evenly spaced samples, many per period of the chopper, array (n,) [s]
    photoluminescence, background : floats or arrays (n,); 1 is the unchopped photoluminescence
        at the start, `rate` photoelectrons per time [1, 1/s]

    Shot noise of all the light, Gaussian, as a sample holds very many photoelectrons.
    """
    step, rng = _steps(time).mean(), np.random.default_rng(rng)
    light = _array("photoluminescence", photoluminescence, time) * chopped(time, frequency)
    light += _array("background", background, time)
    mean = light * require_range("rate", rate, 1, 1e20, "1/s")
    return mean + np.sqrt(mean / step) * rng.standard_normal(mean.shape)


def demodulate(signal, time, lockin, start=0.0):
    """The output of a lock-in amplifier, complex array (n,), in the unit of `signal`.

    A signal A cos(2 pi f t + p) settles at A exp(i (p - phase)), A the peak amplitude (many show
    the rms); `start` is the output before; time [s] is even, with over 2 samples per period.

        x = 2 s(t) exp(-i (2 pi f t + phase)), then `order` times dy/dt = (x - y)/tau

    A step takes 1 - exp(-t/tau) (order 1). A constant b leaves a ripple at f, of the amplitude
    2 b/(1 + (2 pi f tau)^2)^(order/2): order 1 fails under a background 1e5 times the signal.
    """
    step, signal = _steps(time).mean(), np.asarray(signal, float)
    if signal.shape != np.shape(time):
        raise InputError("signal", signal.shape, f"an array like time, {np.shape(time)}")
    require_range("samples per period", 1 / (step * lockin.frequency), 2 + 1e-9, np.inf)
    angle = 2 * np.pi * lockin.frequency * np.asarray(time, float) + lockin.phase
    return _filtered(2 * signal * np.exp(-1j * angle), step, lockin, start)


def detect(time, photoluminescence, background, rate, lockin, rng):
    """Relative photoluminescence as the lock-in amplifier has it, array (n,) [1].

    time : increasing, over a cycle of the chopper or more, array (n,) [s]; the rest as in
        `detector`, arrays linear between the points of `time`; the output starts settled

    The fast twin of `demodulate(detector(...))`, a number per cycle of the chopper, in which the
    shot noise has the variance 2 r f per quadrature under the rate r of all light; the background
    is constant in a cycle, so that it leaves no ripple.
    """
    cycles = require_range("cycles", _steps(time, even=False).sum() * lockin.frequency, 1, 1e6)
    start = time[0] + np.arange(int(cycles) + 1) / lockin.frequency
    light = np.interp(start, time, _array("photoluminescence", photoluminescence, time))
    steady = np.interp(start, time, _array("background", background, time))
    per_electron = 2 * lockin.frequency / require_range("rate", rate, 1, 1e20, "1/s")
    real, imaginary = np.random.default_rng(rng).standard_normal((2, start.size))
    noise = np.sqrt(per_electron * (steady + light / 2)) * (real + 1j * imaginary)
    turned = np.exp(-1j * lockin.phase)
    mixed = turned * (light + noise / FUNDAMENTAL)
    output = _filtered(mixed, 1 / lockin.frequency, lockin, turned * light[0])
    return np.interp(time, start, output.real)


def _filtered(mixed, step, lockin, start):
    """Low-pass filters in a row, each exact for steps; one product would lose digits."""
    from scipy.signal import lfilter

    kept = np.exp(-step / lockin.time_constant)
    for _ in range(lockin.order):
        mixed, _state = lfilter([1 - kept], [1, -kept], mixed, zi=[complex(start) * kept])
    return mixed


def _steps(time, even=True):
    time = np.asarray(time, float)
    steps = np.diff(time) if time.ndim == 1 and time.size > 1 else np.zeros(1)
    if not ((steps > 0) & (steps < np.inf)).all() or (even and np.ptp(steps) > 1e-6 * steps.mean()):
        raise InputError("time", time.shape, "2 or more, increasing, samples evenly spaced")
    return steps


def _array(name, light, time):
    light = np.asarray(light, float)
    if light.shape not in ((), np.shape(time)) or not ((light >= 0) & (light < np.inf)).all():
        raise InputError(name, light, "finite and not negative, a number or an array like time")
    return light + np.zeros(np.shape(time))
