"""Light as counts: decays from single photons, and the flicker of a single dot.

Excited by 405 nm pulses (L332, L336), for single dots at 1 MHz (L337): a microsecond is 40
lifetimes, so that what is left of one pulse's light when the next comes is not modelled.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import InputError, require_range

WORST_CONDITION = 1e5  # of a fit's scaled Jacobian: beyond, two components are one
FLOOR = 0.01  # [counts], least variance of a channel in a fit: an empty channel is no certainty


@dataclass(frozen=True, eq=False)
class LifetimeFit:
    """What `fit_lifetime` found: components from the shortest lifetime on.

    lifetimes, errors : and their standard errors [s]; photons : of each, over all times [1]
    background : [counts per channel]; expected : array (n,) of the fitted counts
    chi_square : Pearson's, per degree of freedom; near 1 for a right model [1]
    """

    lifetimes: tuple[float, ...]
    errors: tuple[float, ...]
    photons: tuple[float, ...]
    background: float
    expected: np.ndarray
    chi_square: float

    def gives(self, lifetime):
        """Whether the shortest lifetime is this one [s], within three standard errors."""
        return bool(abs(self.lifetimes[0] - lifetime) < 3 * self.errors[0])


def lifetime(radiative_lifetime, quantum_yield):
    """Lifetime of the emission [s]: tau = Y tau_r, as Y = k_r/(k_r + k_nr), tau = 1/(k_r + k_nr).

    >>> f"{lifetime(25e-9, 0.8) * 1e9:.0f} ns"
    '20 ns'
    """
    radiative = require_range("radiative_lifetime", radiative_lifetime, 1e-12, 1, "s")
    return radiative * require_range("quantum_yield", quantum_yield, 0, 1)


def decay(time, lifetimes, counts, amplitudes=1.0, background=0.0, instrument_response=0.0):
    """Expected counts of time-correlated single-photon counting, array (n,).

    time : centres of the channels, evenly spaced, array (n,); the excitation is at 0 [s]
    lifetimes, amplitudes : of components a exp(-t/tau), floats or arrays (m,); each has photons in
        proportion to a tau [s, 1]
    counts : signal photons over all times, those outside the channels included [1]
    background : counts per channel [1]
    instrument_response : full width at half maximum of a Gaussian response, 0 for none [s]

    Each channel holds the exact integral over its width. Of a component, the share of photons that
    come after t is S = Phi(-t/s) + exp(s^2/(2 tau^2) - t/tau) Phi(t/s - s/tau), with Phi the normal
    distribution and s the response's sigma; counts are the differences of S.
    """
    edges, sigma = _edges(time), _sigma(instrument_response)
    taus, amplitudes = (np.atleast_1d(np.array(a, float)) for a in (lifetimes, amplitudes))
    if taus.ndim != 1 or amplitudes.shape != taus.shape:
        raise InputError("amplitudes", amplitudes.tolist(), f"as many as lifetimes, {taus.size}")
    for tau, amplitude in zip(taus, amplitudes, strict=True):
        require_range("lifetimes", tau, 1e-13, 1, "s")
        require_range("amplitudes", amplitude, 1e-9, 1e9)
    require_range("counts", counts, 0, 1e15)
    require_range("background", background, 0, 1e15, "counts per channel")
    photons = counts * amplitudes * taus / (amplitudes * taus).sum()
    parts = (n * _shares(edges, tau, sigma) for n, tau in zip(photons, taus, strict=True))
    return sum(parts) + background


def count(expected, rng):
    """Poisson counts of expected ones, integers; rng : seed or numpy.random.Generator."""
    expected = np.asarray(expected, float)
    if not (np.isfinite(expected).all() and (expected >= 0).all()):
        raise InputError("expected", expected, "finite and not negative")
    return np.random.default_rng(rng).poisson(expected)


def fit_lifetime(time, counts, components=1, instrument_response=0.0):
    """Fit one or two exponentials and a background to counts, as a `LifetimeFit`.

    time, instrument_response : as in `decay`, both known; the excitation is at 0 [s]
    counts : of each channel, array (n,), 100 or more in all [1]
    components : 1 or 2

    Maximum likelihood of Poisson counts: least squares weighted with the counts that the
    fit before expects, until the lifetimes rest. The fixed point solves the likelihood equations
    and its covariance is the inverse Fisher information; one component without background has the
    error tau/sqrt(N). Raises InputError if the counts cannot tell the components apart.
    """
    from scipy.optimize import least_squares

    edges, sigma, counts = _edges(time), _sigma(instrument_response), np.array(counts, float)
    if counts.shape != np.shape(time) or not np.isfinite(counts).all() or (counts < 0).any():
        raise InputError("counts", counts.shape, "an array like time, finite and not negative")
    if components not in (1, 2):
        raise InputError("components", components, "1 or 2")
    background = counts[-max(1, counts.size // 20) :].mean()
    centres = (edges[1:] + edges[:-1]) / 2
    signal = np.where(centres > 0, counts - background, 0)
    total = require_range("counts after the excitation", signal.sum(), 100, 1e15)
    guess = np.clip((signal * centres).sum() / total, edges[1] - edges[0], edges[-1] - edges[0])

    numbers = range(components)

    def model(p):  # p: the background, then a logarithm and a share for each component
        logs, shares = p[1 : 1 + components], p[1 + components :]
        shapes = (_shares(edges, guess * np.exp(logs[i]), sigma) for i in numbers)
        return p[0] + sum(
            total * shares[i] * shape for i, shape in zip(numbers, shapes, strict=True)
        )

    first = [[0.0], [-1.0, 0.7]][components - 1]
    found = np.array([background, *first, *[1 / components] * components])
    weights, moved = np.sqrt(np.maximum(counts, 1)), np.inf
    for _ in range(20):
        before = found
        fit = least_squares(lambda p, w=weights: (counts - model(p)) / w, found, x_scale="jac")
        found = fit.x
        weights = np.sqrt(np.maximum(model(found), FLOOR))
        moved = np.abs(found - before)[1 : 1 + components].max()
        if moved < 1e-5:
            break
    size = np.linalg.norm(fit.jac, axis=0)
    scaled = fit.jac / np.where(size > 0, size, 1.0)
    if moved > 1e-2 or np.linalg.cond(scaled) > WORST_CONDITION:
        raise InputError("components", components, "as few as the counts can tell apart")
    errors = (np.sqrt(np.diag(np.linalg.inv(scaled.T @ scaled))) / size)[1 : 1 + components]
    if not (errors < 1).all():
        raise InputError("components", components, "as few as the counts can tell apart")
    order = np.argsort(found[1 : 1 + components])
    taus = guess * np.exp(found[1 : 1 + components])
    return LifetimeFit(
        tuple(map(float, taus[order])),
        tuple(map(float, (taus * errors)[order])),
        tuple(map(float, total * found[1 + components :][order])),
        float(found[0]),
        model(found),
        float(2 * fit.cost / (counts.size - found.size)),
    )


@dataclass(frozen=True)
class SingleDot:
    """A dot under the microscope and the camera behind it.

    repetition_rate : of the laser [Hz]; exposure_time : of a frame [s]
    excitons_per_pulse : mean <N> of a Poisson distribution; of several, one is left (Auger) [1]
    quantum_yield : photons per exciton [1]
    detection_efficiency : photoelectrons per photon [1]; background : of them, in a frame [1]
    gain : g, electrons out of the multiplication register per photoelectron, on average [1]
    read_noise : standard deviation over the dot's image, after the register [electrons]
    electrons_per_count : s, of the converter; its offset is taken off [1]
    """

    repetition_rate: float
    exposure_time: float
    excitons_per_pulse: float
    quantum_yield: float
    detection_efficiency: float
    background: float
    gain: float
    read_noise: float
    electrons_per_count: float

    def __post_init__(self):
        for name, low, high in (
            ("repetition_rate", 1, 1e9),
            ("exposure_time", 1e-6, 1e3),
            ("excitons_per_pulse", 0, 100),
            ("quantum_yield", 0, 1),
            ("detection_efficiency", 0, 1),
            ("background", 0, 1e6),
            ("gain", 1, 1e4),
            ("read_noise", 0, 1e5),
            ("electrons_per_count", 0.01, 1e3),
        ):
            require_range(name, getattr(self, name), low, high)

    @property
    def detected_per_pulse(self):
        """Photoelectrons per pulse [1]: (1 - exp(-<N>)) x yield x detection efficiency."""
        photons = -np.expm1(-self.excitons_per_pulse) * self.quantum_yield
        return float(photons * self.detection_efficiency)

    def mean(self, brightness=1.0):
        """Expected counts in a frame [1]: (g/s)(n p + b), of n pulses with p photoelectrons."""
        pulses = self.repetition_rate * self.exposure_time * brightness
        electrons = pulses * self.detected_per_pulse + self.background
        return self.gain / self.electrons_per_count * electrons

    @property
    def deviation(self):
        """Standard deviation of the counts in a frame, if the dot does not blink [1].

        Of the variance, see `single_dot_trace`.
        """
        pulses, chance = self.repetition_rate * self.exposure_time, self.detected_per_pulse
        electrons = (2 - 1 / self.gain) * (pulses * chance + self.background) - pulses * chance**2
        variance = self.gain**2 * electrons + self.read_noise**2
        return float(np.sqrt(variance)) / self.electrons_per_count


@dataclass(frozen=True)
class Blinking:
    """A dot that switches between a bright and a dark state at random.

    on_rate, off_rate : of switching on, out of the dark state, and off [1/s]
    exponent : None for exponential stays in the dark state; else they have the probability
        t^-exponent from 1/on_rate, then the shortest stay, to longest_off [1, s]
    dark_brightness : of the dark state against the bright one [1]
    """

    on_rate: float
    off_rate: float
    exponent: float | None = None
    longest_off: float = 100.0
    dark_brightness: float = 0.0

    def __post_init__(self):
        require_range("on_rate", self.on_rate, 1e-6, 1e5, "per s")
        require_range("off_rate", self.off_rate, 1e-6, 1e5, "per s")
        require_range("dark_brightness", self.dark_brightness, 0, 1)
        if self.exponent is not None:
            require_range("exponent", self.exponent, 0.5, 5)
            require_range("longest_off", self.longest_off, 1.01 / self.on_rate, 1e6, "s")

    @property
    def duty_cycle(self):
        """Expected share of the time in the bright state [1]."""
        dark = 1 / self.on_rate
        if self.exponent is not None:
            dark = self._integral(1 - self.exponent) / self._integral(-self.exponent)
        return 1 / (1 + self.off_rate * dark)

    def dark_times(self, rng, size, met=False):
        """Stays in the dark state, array [s]; met : what is left of one met at a random time."""
        if self.exponent is None:
            return rng.exponential(1 / self.on_rate, size)
        power = met - self.exponent + 1  # a long stay is met more often
        shares, shortest = rng.random(size), 1 / self.on_rate
        if abs(power) < 1e-6:
            times = shortest * (self.longest_off / shortest) ** shares
        else:
            ends = shortest**power, self.longest_off**power
            times = (ends[0] + (ends[1] - ends[0]) * shares) ** (1 / power)
        return times * rng.random(size) if met else times

    def bright_shares(self, frames, step, rng):
        """Share of each frame in the bright state, array (frames,); step : length of one [s]."""
        require_range("number of switches", frames * step * self.off_rate, 0, 1e7)
        duration, bright_first = frames * step, rng.random() < self.duty_cycle
        first = np.zeros(1) if bright_first else self.dark_times(rng, 1, met=True)
        ends, dark = [np.zeros(1), first], [np.zeros(1), first]
        while ends[-1][-1] < duration:
            on, off = rng.exponential(1 / self.off_rate, 1000), self.dark_times(rng, 1000)
            ends.append(ends[-1][-1] + np.cumsum(np.column_stack((on, off))))
            dark.append(dark[-1][-1] + np.cumsum(np.column_stack((0 * on, off))))
        dark_until = np.interp(step * np.arange(frames + 1), np.hstack(ends), np.hstack(dark))
        return np.clip(1 - np.diff(dark_until) / step, 0, 1)

    def _integral(self, power):
        """Of t^power over the stays in the dark state."""
        shortest, power = 1 / self.on_rate, power + 1
        if abs(power) < 1e-6:
            return np.log(self.longest_off / shortest)
        return (self.longest_off**power - shortest**power) / power


@dataclass(frozen=True, eq=False)
class Trace:
    """A dot, frame by frame, arrays (n,).

    time : start of the frame [s]; counts : [1]; bright : share of it in the bright state [1]
    dot : the one watched
    """

    time: np.ndarray
    counts: np.ndarray
    bright: np.ndarray
    dot: SingleDot

    @property
    def on_fraction(self):
        """Share of the frames in which the dot is on [1], by `on_fraction` of the counts."""
        return on_fraction(self.counts, self.dot.mean(0))


def collection(numerical_aperture, immersion_index):
    """Share of an isotropic emitter's light in an aperture [1]: (1 - cos)/2, no interface near.

    >>> f"{collection(1.46, 1.518):.2f}"
    '0.36'
    """
    index = require_range("immersion_index", immersion_index, 1, 3)
    sine = require_range("numerical_aperture", numerical_aperture, 0, index) / index
    return float(1 - np.sqrt(1 - sine**2)) / 2


def single_dot_trace(duration, rng, dot, blinking=None):
    """Counts of a single dot, frame by frame, as a `Trace`.

    duration : cut to whole frames, 1 to 1e7 of them [s]; rng : seed or numpy.random.Generator
    dot : `SingleDot`; blinking : `Blinking`, by default none, as there

    Photoelectrons are binomial over the pulses: never two photons after one (antibunching);
    background is Poisson. The register makes k + NegativeBinomial(k, 1/g) of k electrons, a birth
    process: mean g k, variance g (g - 1) k; the gamma distribution of Basden, Haniff & Mackay,
    MNRAS 345, 985 (2003) is its limit. In all, the variance of a frame is

        (g/s)^2 [(2 - 1/g)(n p + b) - n p^2] + (read noise/s)^2,

    2 - 1/g being the square of the excess noise factor, sqrt(2) at high gain.
    """
    rng = np.random.default_rng(rng)
    step = dot.exposure_time
    require_range("duration", duration, step, 1e7 * step, "s")
    frames = int(duration / step * (1 + 1e-9))
    bright, brightness = np.ones(frames), np.ones(frames)
    if blinking is not None:
        bright = blinking.bright_shares(frames, step, rng)
        brightness = bright + (1 - bright) * blinking.dark_brightness
    pulses = np.rint(dot.repetition_rate * step * brightness).astype(int)
    electrons = rng.binomial(pulses, dot.detected_per_pulse) + rng.poisson(dot.background, frames)
    gained = rng.negative_binomial(np.maximum(electrons, 1), 1 / dot.gain) * (electrons > 0)
    read = rng.normal(0, dot.read_noise, frames)
    counts = (electrons + gained + read) / dot.electrons_per_count
    return Trace(step * np.arange(frames), counts, bright, dot)


def on_fraction(counts, dark=0.0, level=0.5):
    """Share of the frames in which a dot is on [1].

    On is a frame above `level` of the way from `dark`, the counts without a dot, to those of the
    bright state, the 99th percentile. For traces that are bright for 1 % of the time or more,
    in stays much longer than a frame.
    """
    counts = np.asarray(counts, float)
    if counts.ndim != 1 or counts.size < 2 or not np.isfinite(counts).all():
        raise InputError("counts", counts.shape, "2 or more finite counts")
    require_range("level", level, 0, 1)
    return float(np.mean(counts > dark + level * (np.percentile(counts, 99) - dark)))


def _edges(time):
    time = np.asarray(time, float)
    if time.ndim != 1 or time.size < 8 or not np.isfinite(time).all():
        raise InputError("time", time.shape, "8 or more finite times")
    width = (time[-1] - time[0]) / (time.size - 1)
    if not (width > 0 and np.allclose(np.diff(time), width, rtol=1e-6, atol=0)):
        raise InputError("time", time, "increasing, evenly spaced")
    return time[0] + width * (np.arange(time.size + 1) - 0.5)


def _sigma(width):
    return require_range("instrument_response", width, 0, 1e-3, "s") / np.sqrt(8 * np.log(2))


def _shares(edges, tau, sigma):
    """Shares of a component's photons in the channels between edges; see `decay`."""
    from scipy.special import log_ndtr, ndtr

    if sigma == 0:
        after = np.exp(-np.maximum(edges, 0) / tau)
    else:
        late, ratio = edges / sigma, sigma / tau
        after = ndtr(-late) + np.exp(ratio**2 / 2 - edges / tau + log_ndtr(late - ratio))
    return np.maximum(-np.diff(after), 0)
