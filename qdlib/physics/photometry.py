"""From emitted photons to luminance, lumens and colour, as the CIE standard observer sees them."""

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import numpy as np

from ..constants import CHARGE, LIGHT_SPEED, PLANCK
from ..data import data_file
from ..errors import InputError, require_range

LUMINOUS_EFFICACY_MAX = 683.0  # [lm/W]

SRGB_FROM_XYZ = np.array(
    [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
)


@dataclass(frozen=True, eq=False)
class Spectrum:
    """A photon spectrum, scaled to one photon.

    Parameters
    ----------
    wavelength : array (n,)
        Increasing wavelengths. [m]
    photons : array (n,)
        Photons per wavelength interval, in any scale; stored with a trapezoidal area of 1. [1/m]

    Raises
    ------
    InputError
        If the arrays do not match, wavelengths do not increase from above 0, or photons are
        negative, not finite or nowhere positive.
    """

    wavelength: np.ndarray
    photons: np.ndarray

    def __post_init__(self):
        wavelength, photons = np.array(self.wavelength, float), np.array(self.photons, float)
        if wavelength.ndim != 1 or wavelength.size < 2 or photons.shape != wavelength.shape:
            shapes = wavelength.shape, photons.shape
            raise InputError("spectrum", shapes, "two arrays of one equal length, 2 or more")
        if not (np.isfinite(wavelength).all() and wavelength[0] > 0):
            raise InputError("wavelength", wavelength, "finite and above 0 m")
        if not (np.diff(wavelength) > 0).all():
            raise InputError("wavelength", wavelength, "increasing")
        if not (np.isfinite(photons).all() and (photons >= 0).all() and photons.any()):
            raise InputError("photons", photons, "finite, not negative and somewhere positive")
        photons /= np.trapezoid(photons, wavelength)
        wavelength.flags.writeable = photons.flags.writeable = False
        object.__setattr__(self, "wavelength", wavelength)
        object.__setattr__(self, "photons", photons)

    @cached_property
    def _key(self):
        return self.wavelength.tobytes(), self.photons.tobytes()

    def __eq__(self, other):
        return isinstance(other, Spectrum) and self._key == other._key

    def __hash__(self):
        return hash(self._key)

    @cached_property
    def observed_energy(self):
        """Mean energy of a photon weighted by V, x, y and z of the observer: array (4,). [J]"""
        energy = PLANCK * LIGHT_SPEED / self.wavelength * self.photons
        return np.trapezoid(observer(self.wavelength) * energy, self.wavelength)


def photon_energy(wavelength):
    """Photon energy [eV] of a wavelength [m], and the other way round."""
    return PLANCK * LIGHT_SPEED / CHARGE / wavelength


@lru_cache(maxsize=64)
def photoluminescence(peak, linewidth):
    """Spectrum of a line that is Gaussian in energy.

    peak : wavelength of the maximum [m]; linewidth : full width at half maximum [m], at most a
    quarter of the peak, taken as that between peak -+ linewidth/2.

    Photons per wavelength are those per energy times hc/lambda^2, which moves the maximum over
    energy to E_p - 2 sigma^2/E_p.
    """
    peak = require_range("peak", peak, 200e-9, 2e-6, "m")
    half = require_range("linewidth", linewidth, 1e-12, peak / 4, "m") / 2
    sigma = photon_energy(peak - half) - photon_energy(peak + half)
    sigma /= np.sqrt(8 * np.log(2))
    deviations = np.linspace(6, -6, 601)
    energy = photon_energy(peak) - 2 * sigma**2 / photon_energy(peak) + sigma * deviations
    return Spectrum(photon_energy(energy), np.exp(-(deviations**2) / 2) * energy**2)


def electroluminescence(spectrum, outcoupling, wavelength=None):
    """What a cavity lets out of a spectrum, as a `Spectrum`.

    spectrum : photons emitted without the cavity, such as `photoluminescence`
    outcoupling : share that reaches the air, in any scale, not negative; times the Purcell factor,
        if the cavity also speeds up the emission: float, or array (n,) on `wavelength` [1]
    wavelength : array (n,), increasing; by default that of the spectrum. It may be coarser, and
        must reach over all but a millionth of the photons [m]

    Linear interpolation between the wavelengths. Raises InputError if arrays do not match.
    """
    grid = spectrum.wavelength if wavelength is None else np.asarray(wavelength, float)
    share = np.asarray(outcoupling, float)
    if share.ndim == 0:
        share = np.full(grid.shape, share)
    if grid.ndim != 1 or share.shape != grid.shape:
        raise InputError("outcoupling", share.shape, f"a number or an array of shape {grid.shape}")
    if not (np.diff(grid) > 0).all():
        raise InputError("wavelength", wavelength, "increasing")
    if not (np.isfinite(share).all() and (share >= 0).all()):
        raise InputError("outcoupling", outcoupling, "finite and not negative")
    outside = (spectrum.wavelength < grid[0]) | (spectrum.wavelength > grid[-1])
    if np.trapezoid(spectrum.photons * outside, spectrum.wavelength) > 1e-6:
        raise InputError("wavelength", (grid[0], grid[-1]), "a range over the whole spectrum")
    return Spectrum(
        spectrum.wavelength, spectrum.photons * np.interp(spectrum.wavelength, grid, share)
    )


def observer(wavelength):
    """Return V (CIE 1924) and x, y, z (CIE 1931, 2°) at wavelengths [m]: array (4, n), 0 outside.

    Cubic Lagrange interpolation between the values at every 5 nm from 380 to 780 nm.
    """
    table = _observer_table()
    position = (np.asarray(wavelength, float) * 1e9 - 380) / 5
    seen = (position >= 0) & (position <= table.shape[1] - 1)
    first = np.clip(np.floor(np.where(seen, position, 0)), 1, table.shape[1] - 3).astype(int)
    t = position - first
    weights = (
        -t * (t - 1) * (t - 2) / 6,
        (t + 1) * (t - 1) * (t - 2) / 2,
        -(t + 1) * t * (t - 2) / 2,
        (t + 1) * t * (t - 1) / 6,
    )
    values = sum(weight * table[:, first + shift - 1] for shift, weight in enumerate(weights))
    return np.where(seen, np.maximum(values, 0), 0)


def luminance_per_current(spectrum, external_quantum_efficiency):
    """Return the forward luminance per current density of a Lambertian emitter. [cd/A]

    Parameters
    ----------
    spectrum : Spectrum
        Emitted photons.
    external_quantum_efficiency : float or array
        Photons out per electron in, 0 to 1; nan, a point without a solution, stays nan. [1]

    Raises
    ------
    InputError
        If an efficiency is outside 0 to 1.

    Notes
    -----
    L/J = (Km/pi) * integral(V(lambda) (h c/lambda) phi(lambda) dlambda) * EQE/q, Km = 683 lm/W;
    Forrest, Bradley & Thompson, Adv. Mater. 15, 1043 (2003), doi 10.1002/adma.200302151.

    Examples
    --------
    >>> f"{luminance_per_current(photoluminescence(630e-9, 1e-12), 0.2):.1f}"
    '22.7'
    """
    efficiency = np.asarray(external_quantum_efficiency, float)
    if ((efficiency < 0) | (efficiency > 1)).any():
        name = "external_quantum_efficiency"
        raise InputError(name, external_quantum_efficiency, "from 0 to 1")
    luminous_energy = LUMINOUS_EFFICACY_MAX * spectrum.observed_energy[0]
    return luminous_energy / np.pi / CHARGE * efficiency[()]


def chromaticity(spectrum):
    """Return the CIE 1931 chromaticity (x, y) of a spectrum. [1]

    Raises InputError if the spectrum has no light from 380 to 780 nm; CIE 015:2018.
    """
    tristimulus = _tristimulus(spectrum)
    return tuple(float(share) for share in (tristimulus / tristimulus.sum())[:2])


def srgb(spectrum, brightness=1.0):
    """Return the colour of an emission on a screen, as '#rrggbb'.

    Parameters
    ----------
    spectrum : Spectrum
        Emitted photons; what the screen's primaries cannot mix is clipped.
    brightness : float
        Share of the brightest displayable light of this colour, in linear light, 0 to 1. [1]

    Raises
    ------
    InputError
        If brightness is outside 0 to 1, or the spectrum has no light from 380 to 780 nm.

    Notes
    -----
    Matrix and transfer curve of IEC 61966-2-1.

    Examples
    --------
    >>> srgb(photoluminescence(630e-9, 25e-9))
    '#ff0000'
    """
    brightness = require_range("brightness", brightness, 0, 1)
    linear = np.maximum(SRGB_FROM_XYZ @ _tristimulus(spectrum), 0)
    linear *= brightness / linear.max()
    curve = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(level):02x}" for level in 255 * curve)


@cache
def _observer_table():
    table = np.loadtxt(data_file("observer.csv"), delimiter=",", skiprows=1)[:, 1:].T.copy()
    table.flags.writeable = False
    return table


def _tristimulus(spectrum):
    tristimulus = spectrum.observed_energy[1:]
    if not tristimulus.sum() > 0:
        span = f"{spectrum.wavelength[0]:.4g} to {spectrum.wavelength[-1]:.4g} m"
        raise InputError("spectrum", span, "somewhere within 380 to 780 nm")
    return tristimulus
