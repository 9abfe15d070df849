"""Cyclic voltammetry of dissolved species at a flat electrode (paper, Fig. 2d).

Each wave is O + n e -> R, the first electron limiting the rate (Butler-Volmer), with planar,
semi-infinite diffusion of O and R and a first-order loss k of R in solution:

    g = k0 (e^(-alpha xi) c_O - e^((n - alpha) xi) c_R),   xi = F (E - E0') / RT,   j = -n F g,
    c_O = c* - D_O^-1/2 s^-1/2 g,   c_R = D_R^-1/2 (s + k)^-1/2 g,

c_O and c_R at the electrode, g the flux of reduction [mol/m2/s], s the operator d/dt: Fick's laws
as convolutions (Nicholson & Shain, Anal. Chem. 36, 706 (1964)). s becomes the third-order backward
difference (Lubich's convolution quadrature, Numer. Math. 52, 129 (1988)). Left out: ohmic drop,
capacitive current, adsorption, nucleation. Independent species add up. IUPAC signs: a reduction's
current is negative.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numba import njit

from ..constants import BOLTZMANN, CHARGE
from ..data import standard_potential
from ..errors import InputError, require_range
from ..parameters import CORE_SHELL, parameters, reader

FARADAY = CHARGE * 6.02214076e23  # [C/mol]
BACKWARD = np.array([11 / 6, -3, 3 / 2, -1 / 3])  # third-order d/dt, in steps
SAMPLES = ("RNH2", "cadmium oleate", "Cd(RCOO)2")


@dataclass(frozen=True)
class Wave:
    """One species that is reduced at the electrode.

    formal_potential : E0' [V vs NHE]
    rate_constant : k0, at E0'; infinite for a Nernstian wave [m/s]
    transfer_coefficient : alpha, of the first electron, which limits the rate [1]
    electrons : n [1]
    diffusion, product_diffusion : D_O and D_R [m2/s]
    concentration : c*, of O in the bulk; there is no R in the bulk [mol/m3]
    product_decay : k; 0 for a stable product, infinite for one that never comes back [1/s]
    """

    name: str
    formal_potential: float
    rate_constant: float
    transfer_coefficient: float
    electrons: int
    diffusion: float
    concentration: float
    product_diffusion: float
    product_decay: float = 0.0

    def __post_init__(self):
        for name, low, high, unit in (
            ("formal_potential", -5, 5, "V vs NHE"),
            ("rate_constant", 1e-20, math.inf, "m/s"),
            ("transfer_coefficient", 0.05, 0.95, ""),
            ("electrons", 1, 6, ""),
            ("diffusion", 1e-16, 1e-6, "m2/s"),
            ("concentration", 0, 1e5, "mol/m3"),
            ("product_diffusion", 1e-16, 1e-6, "m2/s"),
            ("product_decay", 0, math.inf, "per s"),
        ):
            require_range(name, getattr(self, name), low, high, unit)
        if self.electrons != int(self.electrons):
            raise InputError("electrons", self.electrons, "a whole number")
        if math.isinf(self.rate_constant) and math.isinf(self.product_decay):
            raise InputError("product_decay", self.product_decay, "finite in a Nernstian wave")


@dataclass(frozen=True)
class Peak:
    """Potential [V vs NHE] and current density [A/m2] of a peak; NaN where there is none."""

    potential: float = math.nan
    current_density: float = math.nan


@dataclass(frozen=True, eq=False)
class Voltammogram:
    """A scan from `start` down to the vertex and up again, at K instants.

    potential : [V vs NHE] (K,); time : [s] (K,)
    parts : current density of each wave [A/m2] (waves, K)
    area : of the electrode [m2]
    """

    waves: tuple[Wave, ...]
    potential: np.ndarray
    time: np.ndarray
    parts: np.ndarray
    area: float

    @property
    def current_density(self):
        """Of all waves, negative for a reduction [A/m2] (K,)."""
        return self.parts.sum(axis=0)

    @property
    def current(self):
        """Through the electrode, negative for a reduction [A] (K,)."""
        return self.current_density * self.area

    @property
    def cathodic_peaks(self):
        """The peaks of the way down, in the order of the scan."""
        down = slice(self.potential.argmin() + 1)
        found = peaks(self.potential[down], -self.current_density[down])
        return tuple(Peak(peak.potential, -peak.current_density) for peak in found)

    @property
    def cathodic_peak(self):
        """The highest of the cathodic peaks."""
        return min(self.cathodic_peaks, key=lambda peak: peak.current_density, default=Peak())

    @property
    def anodic_peak(self):
        """The highest peak of the way up."""
        up = slice(self.potential.argmin(), None)
        found = peaks(self.potential[up], self.current_density[up])
        return max(found, key=lambda peak: peak.current_density, default=Peak())


def peaks(potential, current_density):
    """The maxima inside a curve (K,), each refined by the parabola through its three points."""
    j, floor = current_density, 1e-3 * abs(current_density).max()  # below it: the foot
    top = np.flatnonzero((j[1:-1] > j[:-2]) & (j[1:-1] >= j[2:]) & (j[1:-1] > floor)) + 1
    slope, bend = (j[top + 1] - j[top - 1]) / 2, j[top + 1] - 2 * j[top] + j[top - 1]
    step = (potential[top + 1] - potential[top - 1]) / 2
    refined = np.column_stack((potential[top] - step * slope / bend, j[top] - slope**2 / 2 / bend))
    return tuple(Peak(*pair) for pair in refined.tolist())


def voltammogram(
    waves, scan_rate, start, vertex, end=None, points=2001, temperature=298.15, area=1.0
):
    """The current of some independent species in a cyclic scan.

    Parameters
    ----------
    waves : sequence of Wave
        What is dissolved.
    scan_rate : float
        Of the potential, both ways. [V/s]
    start, vertex, end : float
        The scan turns at the vertex, its lowest potential; `end` is the start unless given. Nothing
        may flow at the start: a step of the potential is not resolved. [V vs NHE]
    points : int
        Equally spaced in time; steps of 4 mV/n keep the peak current within 0.1 %. [1]
    temperature : float
        [K]
    area : float
        Of the electrode, for `current` alone. [m2]

    >>> wave = Wave("Nernstian", 0.0, math.inf, 0.5, 1, 1e-9, 1.0, 1e-9)
    >>> peak = voltammogram([wave], 0.1, 0.4, -0.4).cathodic_peak
    >>> f"{peak.potential * 1e3:.1f} mV, {peak.current_density:.3f} A/m2"
    '-28.5 mV, -2.686 A/m2'
    """
    waves = tuple(waves)
    if not waves or not all(isinstance(wave, Wave) for wave in waves):
        raise InputError("waves", waves, "one or more of Wave")
    scan_rate = require_range("scan_rate", scan_rate, 1e-6, 1e6, "V/s")
    start = require_range("start", start, -6, 6, "V vs NHE")
    vertex = require_range("vertex", vertex, -6, start - 1e-3, "V vs NHE, below the start")
    end = require_range("end", start if end is None else end, vertex, 6, "V vs NHE")
    points = int(require_range("points", points, 50, 20000))
    temperature = require_range("temperature", temperature, 100, 1000, "K")
    area = require_range("area", area, 0, 1, "m2")
    path = np.linspace(0, start + end - 2 * vertex, points)  # [V]
    potential, time = vertex + abs(start - vertex - path), path / scan_rate
    parts = np.array([_current(wave, potential, time[1], temperature) for wave in waves])
    return Voltammogram(waves, potential, time, parts, area)


def paper_waves(sample, changes=None, potential=None):
    """The species of a curve of Fig. 2d: "RNH2", "cadmium oleate" or "Cd(RCOO)2".

    changes : {"owner.name": value} of `qdlib.parameters()`; potential : E0 of the metal's couple
    in water, that of cadmium if None [V vs NHE]. Published are the dots' peak, the
    level of `CdSe/CdS`, and the scan rate; that cadmium oleate's peak is less negative (its place
    follows here from Cd2+/Cd and assumed kinetics); and that dots with Cd(RCOO)2 show both. The
    dots' formal potential is the one that puts their peak there at the published scan rate,
    whatever their kinetics. Ions on dots move with them, and cadmium does not come off again.
    """
    if sample not in SAMPLES:
        raise InputError("sample", sample, f"one of {', '.join(SAMPLES)}")
    value = reader(changes)
    oleate = _wave("oleate voltammetry", value, 2, math.inf)
    potential = standard_potential("Cd", 2) if potential is None else potential
    potential += value("oleate voltammetry", "complexation_shift")
    oleate = replace(oleate, name="cadmium oleate", formal_potential=potential)
    if sample == "cadmium oleate":
        return (oleate,)
    dots = _wave("dots voltammetry", value, 1, value("dots voltammetry", "product_decay"))
    potential = value(CORE_SHELL, "level") - _peak_shift(dots)
    dots = replace(dots, name="dots", formal_potential=potential)
    if sample == "RNH2":
        return (dots,)
    ions = dots.concentration * value("dots voltammetry", "sites_reached")
    carboxylate = replace(
        oleate, name="cadmium carboxylate", concentration=ions, diffusion=dots.diffusion
    )
    return (carboxylate, dots)


def paper_voltammogram(sample, changes=None, potential=None):
    """A curve of Fig. 2d: `paper_waves` at the published scan rate, over an assumed window.

    >>> f"{paper_voltammogram('RNH2').cathodic_peak.potential:.3f} V"
    '-0.890 V'
    """
    value = reader(changes)
    names = ("scan_rate", "start", "vertex", "temperature", "area")
    conditions = {name: value("voltammetry", name) for name in names}
    return voltammogram(paper_waves(sample, changes, potential), **conditions)


def _wave(owner, value, electrons, product_decay):
    """The wave of an owner of `qdlib.parameters()`, at a formal potential of 0."""
    names = ("rate_constant", "transfer_coefficient", "diffusion", "concentration")
    known = {name: value(owner, name) for name in names}
    return Wave(
        owner, 0.0, electrons=electrons, product_decay=product_decay, **known,
        product_diffusion=known["diffusion"],
    )  # fmt: skip


@lru_cache(maxsize=64)
def _peak_shift(wave):
    """Cathodic peak of a wave in the paper's scan, relative to its formal potential [V]."""
    names = ("voltammetry.scan_rate", "voltammetry.temperature")
    rate, temperature = (parameters()[name].value for name in names)
    wave = replace(wave, formal_potential=0.0, concentration=1.0)
    peak = voltammogram([wave], rate, 0.5, -1.5, -1.5, 801, temperature).cathodic_peak
    if math.isnan(peak.potential):
        raise InputError("rate_constant", wave.rate_constant, "large enough for a peak")
    return peak.potential


def _current(wave, potential, step, temperature):
    """Current density [A/m2] (K,) of one wave, the instants a `step` [s] apart."""
    xi = CHARGE / (BOLTZMANN * temperature) * (potential - wave.formal_potential)
    # the law divided by its forward and backward rates together, which may overflow
    forward = 1 / (1 + np.exp(np.minimum(wave.electrons * xi, 700)))
    slowness = forward * np.exp(np.minimum(wave.transfer_coefficient * xi, 700))
    lost = _weights(xi.size, step, 0.0, BACKWARD) / math.sqrt(wave.diffusion)
    gained = _weights(xi.size, step, float(wave.product_decay), BACKWARD)
    gained /= math.sqrt(wave.product_diffusion)
    flux = _flux(forward, slowness / wave.rate_constant, lost[::-1].copy(), gained[::-1].copy())
    return -wave.electrons * FARADAY * wave.concentration * flux


@njit(cache=True, error_model="numpy")
def _weights(count, step, decay, backward):
    """Powers of z in (delta(z)/step + decay)^-1/2 (count,), delta the backward difference."""
    rate = backward / step
    rate[0] += decay
    weights = np.zeros(count)
    weights[0] = rate[0] ** -0.5
    for n in range(1, count):
        for i in range(1, min(n + 1, rate.size)):
            weights[n] -= (n - i / 2) * rate[i] * weights[n - i]
        weights[n] /= n * rate[0]
    return weights


@njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract"})  # sums by SIMD
def _flux(forward, slowness, lost, gained):
    """Flux for a bulk concentration of 1 [m/s] (K,), from weights (K,) in reverse order."""
    count = forward.size
    flux = np.zeros(count)
    for n in range(count):
        used, made = 0.0, 0.0
        for i in range(n):
            used += lost[count - 1 - n + i] * flux[i]
        if gained[-1] > 0:
            for i in range(n):
                made += gained[count - 1 - n + i] * flux[i]
        ahead, back = forward[n], 1 - forward[n]
        drive = ahead * (1 - used) - back * made
        flux[n] = drive / (slowness[n] + ahead * lost[-1] + back * gained[-1])
    return flux
