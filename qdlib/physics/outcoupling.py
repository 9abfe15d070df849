"""How the light leaves: dipoles in a stack of thin films on thick glass.

A dipole's power is resolved by in-plane wave number u = k_parallel/k in the emitting layer,

    K_v = (3/2) Re integral u^3/w (1 + a)(1 + b)/(1 - a b) du                            (p waves)
    K_h = (3/4) Re integral u/w  [(1 + a)(1 + b)/(1 - a b)                               (s waves)
                                 + w^2 (1 - a)(1 - b)/(1 - a b)] du,  w = (1 - u^2)^1/2  (p waves)

with a and b the reflections (of E for s, of H for p waves) back to the dipole from the glass side
and from the metal side: Chance, Prock & Silbey, Adv. Chem. Phys. 37, 1 (1978), doi
10.1002/9780470142561.ch1; Neyts, J. Opt. Soc. Am. A 15, 962 (1998), doi 10.1364/JOSAA.15.000962.
Both are 1 in a homogeneous medium, so F = (1 - h) K_v + h K_h is the Purcell factor of dipoles of
which a share h lies in the plane (2/3: isotropic).

Where the power goes, as shares of F that add up to 1:

    air        enters the glass inside air's cone and leaves it, through any number of incoherent
               passes between the glass/air face and the *full* stack as seen from the glass
    substrate  enters the glass outside air's cone, where the glass/air face reflects all of it
    absorbed   heats the films, of the light below the glass light line (that of the air cone's
               later passes too); `heat` has it film by film
    back       leaves through the metal: 2e-5 at 100 nm of silver
    guided     between the light lines of glass and emitter: ends as heat, or at the glass's edges
    plasmon    beyond the emitter's light line: the metal's surface wave, quenching, and modes of
               films denser than the emitter (at 475 nm, indium tin oxide)

Air and substrate are Poynting vectors of transmitted fields on the real u axis, heat is the
integral of Im(eps)|E|^2 over each film, and F, guided and plasmon come from the dipole's own field
on a path below that axis, away from the poles of the modes. So `Modes.closure` compares two
calculations on two grids, within the glass light line.

Taken as lossless: the glass (1.1 mm absorb 0.5 to 1.5 % a pass), and the emitting layer, where
absorption would make a dipole's power diverge. What the dots reabsorb they partly emit again.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numba import njit

from ..errors import InputError, require_range

WAVELENGTHS = 1e-7, 1e-4  # [m], allowed
DIP, TAIL_DIP = 0.25, 2.0  # how far the path of integration keeps from the real axis
SHARES = ("air", "substrate", "guided", "absorbed", "plasmon", "back")


@dataclass(frozen=True)
class OpticalLayer:
    """A film: thickness [m] and complex index n + ik [1], or a function of the wavelength [m]."""

    name: str
    thickness: float
    index: complex | Callable

    def __post_init__(self):
        require_range(f"{self.name}: thickness", self.thickness, 0, 1e-4, "m")


@dataclass(frozen=True)
class Cavity:
    """Films between thick glass and a half-space behind them.

    layers : from the glass to the metal
    emitter : name of the layer that holds the dipoles
    substrate : index of the glass, real part used; behind : index of what follows the last layer
    """

    layers: tuple[OpticalLayer, ...]
    emitter: str
    substrate: complex | Callable = 1.52
    behind: complex | Callable = 1.0

    def __post_init__(self):
        names = [layer.name for layer in self.layers]
        if names.count(self.emitter) != 1:
            raise InputError("emitter", self.emitter, f"the name of one layer of {names}")
        require_range("emitting layer: thickness", self.emitting_layer.thickness, 1e-10, 1e-4, "m")

    @property
    def position(self):
        """Place of the emitting layer among the layers, from 0."""
        return [layer.name for layer in self.layers].index(self.emitter)

    @property
    def emitting_layer(self):
        """The layer that holds the dipoles."""
        return self.layers[self.position]

    def depths(self, count=5):
        """Middles of `count` equal slices of the emitting layer [m from its glass side]."""
        return (np.arange(count) + 0.5) / count * self.emitting_layer.thickness

    def indices(self, wavelength):
        """Complex indices from the substrate to behind: (wavelengths, layers + 2)."""
        wavelength = _wavelengths(wavelength)
        media = [("substrate", self.substrate), *((each.name, each.index) for each in self.layers)]
        index = np.empty((wavelength.size, len(media) + 1), complex)
        for m, (name, one) in enumerate([*media, ("behind", self.behind)]):
            index[:, m] = one(wavelength) if callable(one) else one
            if not _passive(index[:, m]):
                raise InputError(f"{name}: index", one, "n and k finite, not negative, not both 0")
        for m, name in ((0, "substrate"), (self.position + 1, "emitting layer")):
            n, k = index[:, m].real, index[:, m].imag
            if not ((n >= 1) & (n <= 10) & (k <= 0.1 * n)).all():
                raise InputError(f"{name}: index", index[0, m], "n from 1 to 10, and k below n/10")
            index[:, m] = n
        return index


@dataclass(frozen=True, eq=False)
class Modes:
    """Where the light of the dipoles goes: shares of F [1], each (wavelengths, depths).

    wavelength, depth : [m] (wavelengths,), (depths,); one without its axis is a number
    purcell_factor : F, total power over that in the homogeneous emitting medium [1]
    heat : `absorbed` film by film, (layers, ...)
    """

    wavelength: np.ndarray
    depth: np.ndarray
    air: np.ndarray
    substrate: np.ndarray
    guided: np.ndarray
    absorbed: np.ndarray
    plasmon: np.ndarray
    back: np.ndarray
    purcell_factor: np.ndarray
    heat: np.ndarray

    @property
    def closure(self):
        """What the shares add up to, less 1: the error of the whole calculation [1]."""
        return sum(getattr(self, name) for name in SHARES) - 1

    def mean(self):
        """The same over all depths, each dipole emitting one photon: a Modes without that axis."""
        names = [each.name for each in fields(self) if each.name != "wavelength"]
        return replace(self, **{name: getattr(self, name).mean(-1) for name in names})


def modes(cavity, wavelength, depths=None, horizontal_share=2 / 3, in_plane=400):
    """Return the `Modes` of dipoles in a cavity.

    Parameters
    ----------
    cavity : Cavity
    wavelength : float or array (wavelengths,)
        In vacuum. [m]
    depths : float or array (depths,), optional
        From the glass side of the emitting layer, inside it; 5 slices of it by default. [m]
    horizontal_share : float
        Share h of dipoles in the plane: 2/3 is isotropic, 1 all lie flat. [1]
    in_plane : int
        In-plane wave vectors per wavelength; more for films thicker than a few wavelengths.

    Raises
    ------
    InputError
        If a depth is outside the layer, or an input is not a number in its range.
    """
    depths = cavity.depths() if depths is None else depths
    waves, depth, share = _dipoles(cavity, wavelength, depths, horizontal_share)
    if not (isinstance(in_plane, int | np.integer) and 50 <= in_plane <= 5000):
        raise InputError("in_plane", in_plane, "a whole number from 50 to 5000")
    epsilon, lengths, *place = _optics(cavity, waves, depth)
    power = _power(*_field_grid(epsilon, in_plane * 3 // 5), epsilon, lengths, *place[:3])
    power += _free_power(epsilon)[..., None]
    flux = _flux(*_escape_grid(epsilon, place[3], in_plane * 2 // 5), 2, epsilon, lengths, *place)
    weigh = np.array([1 - share, share])
    power, flux = np.einsum("o,wrod->rwd", weigh, power), np.einsum("o,wbcod->bcwd", weigh, flux)
    total = power.sum(0)
    power, flux = power / total, flux / total
    heat = flux[:, 4:-1].sum(0)
    results = {
        "air": flux[0, 0],
        "substrate": flux[1, 1],
        "guided": power[1],
        "absorbed": heat.sum(0),
        "plasmon": power[2],
        "back": flux[:, 2].sum(0),
        "purcell_factor": total,
    }
    shape = np.shape(wavelength) + np.shape(depths)
    return Modes(
        np.asarray(wavelength, float)[()],
        np.asarray(depths, float)[()],
        **{name: each.reshape(shape)[()] for name, each in results.items()},
        heat=heat.reshape(-1, *shape),
    )


def spectrum_average(modes, spectrum):
    """Return the `Modes` over a spectrum, of modes at several wavelengths that cover it.

    F is weighted by the photons that the dots emit in the homogeneous medium, shares by those
    and F; the wavelength becomes the photons' mean. spectrum : photometry.Spectrum
    """
    wavelength = np.atleast_1d(modes.wavelength)
    if wavelength.size < 2 or not (np.diff(wavelength) > 0).all():
        raise InputError("modes", wavelength, "of 2 wavelengths or more, increasing")
    step = np.diff(wavelength, prepend=wavelength[0], append=wavelength[-1])
    weight = np.interp(wavelength, spectrum.wavelength, spectrum.photons, 0, 0)
    weight *= (step[1:] + step[:-1]) / 2
    if not 0.95 < weight.sum() < 1.05:
        raise InputError("modes", wavelength, "close wavelengths over 95 % of the spectrum")
    weight = (weight / weight.sum()).reshape(-1, *[1] * np.ndim(modes.depth))
    rate = weight * modes.purcell_factor
    shares = {name: getattr(modes, name) for name in (*SHARES, "heat")}
    return replace(
        modes,
        wavelength=float((weight.ravel() * wavelength).sum()),
        purcell_factor=rate.sum(0),
        **{key: (rate * x).sum(x.ndim - rate.ndim) / rate.sum(0) for key, x in shares.items()},
    )


def angular_emission(
    cavity, wavelength, depths=None, angles=None, horizontal_share=2 / 3, medium="air"
):
    """Return photons per solid angle, per photon emitted: array (..., angles). [1/sr]

    A Lambertian emitter has eta_out cos(angle)/pi. angles : from the normal [rad], 0 to below
    90 degrees, every degree by default; medium : "air", or "glass" for the first pass into it
    """
    depths = cavity.depths() if depths is None else depths
    waves, depth, share = _dipoles(cavity, wavelength, depths, horizontal_share)
    angles = _angles(np.radians(np.arange(90)) if angles is None else angles)
    if medium not in ("air", "glass"):
        raise InputError("medium", medium, "'air' or 'glass'")
    epsilon, lengths, *place = _optics(cavity, waves, depth)
    # du = edge cos(angle) d(angle), over a ring of 2 pi sin(angle) d(angle); at 0, du/sin stays
    edge = np.sqrt(place[3] if medium == "air" else epsilon[:, 0].real)[:, None]
    sine = np.maximum(np.sin(angles), 1e-9)
    each = np.arange(angles.size)
    weight = edge * np.cos(angles) / (2 * np.pi * sine)
    flux = _flux(edge * sine, weight, each, each.size, epsilon, lengths, *place)
    flux = flux[:, :, 0 if medium == "air" else 1]
    intensity = (1 - share) * flux[:, :, 0] + share * flux[:, :, 1]
    total = modes(cavity, waves, depth, share).purcell_factor
    shape = np.shape(wavelength) + np.shape(depths)
    return (np.moveaxis(intensity, 1, -1) / total[..., None]).reshape(*shape, angles.size)


def _passive(index):
    return (np.isfinite(index) & (index.real >= 0) & (index.imag >= 0) & (index != 0)).all()


def _wavelengths(wavelength):
    waves, (low, high) = np.atleast_1d(np.asarray(wavelength, float)), WAVELENGTHS
    if not (waves.ndim == 1 and waves.size and ((waves >= low) & (waves <= high)).all()):
        raise InputError("wavelength", wavelength, f"numbers from {low:g} to {high:g} m")
    return waves


def _angles(angles):
    angles = np.atleast_1d(np.asarray(angles, float))
    if not (angles.ndim == 1 and ((angles >= 0) & (angles < np.pi / 2)).all()):
        raise InputError("angles", angles, "from 0 to below pi/2 rad")
    return angles


def _dipoles(cavity, wavelength, depths, horizontal_share):
    thickness = cavity.emitting_layer.thickness
    depth = np.atleast_1d(np.asarray(depths, float))
    if not (depth.ndim == 1 and depth.size and ((depth > 0) & (depth < thickness)).all()):
        raise InputError("depths", depths, f"inside the emitting layer, 0 to {thickness:g} m")
    return (
        _wavelengths(wavelength),
        depth,
        require_range("horizontal_share", horizontal_share, 0, 1),
    )


def _optics(cavity, waves, depth):
    """What the sums over u need, in units of the emitting medium, by wavelength.

    Permittivities and thicknesses (waves, media), place of the emitter, distances of the dipoles
    from its ends (waves, depths), permittivity of air (waves,); lengths times k.
    """
    index = cavity.indices(waves)
    emitter = cavity.position + 1
    n = index[:, emitter].real
    k = (2 * np.pi / waves * n)[:, None]
    thickness = np.array([0.0, *(layer.thickness for layer in cavity.layers), 0.0])
    epsilon = (index / n[:, None]) ** 2
    return epsilon, k * thickness, emitter, k * depth, k * (thickness[emitter] - depth), n**-2


def _field_grid(epsilon, count):
    """Nodes and weights du on a path below the real u axis: (wavelengths, 3, count/3) each.

    Three parts end on the axis, at the light lines of the glass and of the emitter and at
    infinity; in t, u^2 = low + (high - low) sin^2(t) or low + s^2, no square root is left.
    """
    x, weight = _gauss(max(8, count // 3))
    u, du = (np.empty((len(epsilon), 3, x.size), complex) for _ in range(2))
    t = np.pi / 2 * x - 1j * DIP * np.sin(np.pi * x)
    dt = weight * np.pi * (0.5 - 1j * DIP * np.cos(np.pi * x))
    glass = epsilon[:, :1].real
    for part, (low, high) in enumerate(((0 * glass, glass), (glass, np.maximum(glass, 1.0)))):
        u[:, part] = np.sqrt(low + (high - low) * np.sin(t) ** 2)
        du[:, part] = (high - low) * np.sin(t) * np.cos(t) * dt / u[:, part]
    s = x / (1 - x) - 1j * TAIL_DIP * x * (1 - x) ** 3
    ds = weight * (1 / (1 - x) ** 2 - 1j * TAIL_DIP * (1 - 4 * x) * (1 - x) ** 2)
    u[:, 2] = np.sqrt(np.maximum(glass, 1.0) + s**2)
    du[:, 2] = s * ds / u[:, 2]
    return u, du


def _escape_grid(epsilon, air, count):
    """Real nodes and weights du from 0 to the glass light line, and whether outside air's cone."""
    x, weight = _gauss(max(8, count // 2))
    t, dt = np.pi / 2 * x, np.pi / 2 * weight
    glass = epsilon[:, 0].real
    inner = np.minimum(air, glass)
    ends = 0 * air, inner, np.clip(1.0, inner, glass), glass
    u, du, outside = [], [], []
    for part, (low, high) in enumerate(pairwise(ends)):
        if (high > low).any():
            low, step = low[:, None], (high - low)[:, None]
            u.append(np.sqrt(low + step * np.sin(t) ** 2))
            du.append(step * np.sin(t) * np.cos(t) * dt / u[-1])
            outside.append(np.full(x.size, min(part, 1)))
    return np.concatenate(u, 1), np.concatenate(du, 1), np.concatenate(outside)


@lru_cache(maxsize=32)
def _gauss(count):
    """Nodes and weights of Gauss and Legendre on 0 to 1."""
    x, weight = np.polynomial.legendre.leggauss(count)
    return (x + 1) / 2, weight / 2


def _free_power(epsilon):
    """Power in the homogeneous medium in each part of u: (wavelengths, 3, vertical/horizontal)."""
    w = np.sqrt(np.maximum(1 - epsilon[:, 0].real, 0))
    vertical, horizontal = 1 - 1.5 * w + 0.5 * w**3, 1 - 0.75 * w - 0.25 * w**3
    none = 0 * w
    parts = [[vertical, horizontal], [1 - vertical, 1 - horizontal], [none, none]]
    return np.moveaxis(np.array(parts), 2, 0)


@njit(cache=True, error_model="numpy")
def _plane_wave(u2, epsilon, lengths):
    """Normal wave numbers w (media,), admittances y (2, media) of E (s) and H (p) waves, and the
    phase factor of one way through each medium."""
    w = np.sqrt(epsilon - u2)
    y = np.empty((2, epsilon.size), np.complex128)
    for m in range(epsilon.size):  # an assignment of arrays takes seconds more to compile
        y[0, m], y[1, m] = w[m], w[m] / epsilon[m]
    return w, y, np.exp(1j * w * lengths)


@njit(cache=True, error_model="numpy")
def _reflections(y, phase, start, stop):
    """Reflection by all that follows each medium on the way from `start` to `stop`: (media,)."""
    step = 1 if stop > start else -1
    r = np.zeros(y.size, np.complex128)
    for m in range(stop - step, start - step, -step):
        f = (y[m] - y[m + step]) / (y[m] + y[m + step])
        echo = r[m + step] * phase[m + step] ** 2
        r[m] = (f + echo) / (1 + f * echo)
    return r


@njit(cache=True, error_model="numpy")
def _deposit(s_wave, u2, epsilon, lengths, w, y, phase, r, start, stop, heat):
    """Power through the films and, in heat[m], into each, of a wave of amplitude 1 at its first
    interface, in units in which the wave itself carries Re(y[start])."""
    step = 1 if stop > start else -1
    amplitude = 1.0 + 0.0j
    for m in range(start + step, stop, step):
        f = (y[m - step] - y[m]) / (y[m - step] + y[m])
        amplitude *= (1 + f) / (1 + f * r[m] * phase[m] ** 2)
        loss = epsilon[m].imag
        if loss > 0.0:
            # integrals of |E|^2 or |H|^2 of both waves, onward from the entry, back from the exit
            k, decay, d = w[m].real, w[m].imag, lengths[m]
            echo = amplitude * phase[m] * r[m]
            own = d if decay * d < 1e-9 else -np.expm1(-2 * decay * d) / (2 * decay)
            own *= abs(amplitude) ** 2 + abs(echo) ** 2
            cross = d if k * d < 1e-9 else np.sin(k * d) / k
            cross *= 2 * np.exp(-decay * d) * (amplitude * np.conj(echo)).real
            if s_wave:
                heat[m] = loss * (own + cross)
            else:
                slope = abs(w[m]) ** 2 * (own - cross)
                heat[m] = loss / abs(epsilon[m]) ** 2 * (slope + u2 * (own + cross))
        amplitude *= phase[m]
    f = (y[stop - step] - y[stop]) / (y[stop - step] + y[stop])
    return y[stop].real * abs(amplitude * (1 + f)) ** 2


@njit(cache=True, error_model="numpy")
def _power(u, du, epsilon, lengths, emitter, below, above):
    """Power beyond that in the homogeneous medium: (waves, parts of u, vertical/horizontal,
    depths), of dipoles `below` and `above` which the layer ends at (waves, depths) [1/k]."""
    waves, parts, count = u.shape
    last, depths = epsilon.shape[1] - 1, below.shape[1]
    total = np.zeros((waves, parts, 2, depths))
    for i, part, j in np.ndindex(waves, parts, count):
        if du[i, part, j] == 0:
            continue
        u2 = u[i, part, j] ** 2
        w, y, phase = _plane_wave(u2, epsilon[i], lengths[i])
        own = w[emitter]
        s_low = _reflections(y[0], phase, emitter, 0)[emitter]
        s_high = _reflections(y[0], phase, emitter, last)[emitter]
        p_low = _reflections(y[1], phase, emitter, 0)[emitter]
        p_high = _reflections(y[1], phase, emitter, last)[emitter]
        s_trip = s_low * s_high * phase[emitter] ** 2
        p_trip = p_low * p_high * phase[emitter] ** 2
        weight = du[i, part, j] * u[i, part, j]
        s_weight = 0.75 * weight / own / (1 - s_trip)
        p_weight = 0.75 * weight * own / (1 - p_trip)
        v_weight = 1.5 * weight * u2 / own / (1 - p_trip)
        for k in range(depths):
            low, high = np.exp(2j * own * below[i, k]), np.exp(2j * own * above[i, k])
            s_sum, p_sum = s_low * low + s_high * high, p_low * low + p_high * high
            flat = s_weight * (2 * s_trip + s_sum) + p_weight * (2 * p_trip - p_sum)
            total[i, part, 0, k] += (v_weight * (2 * p_trip + p_sum)).real
            total[i, part, 1, k] += flat.real
    return total


@njit(cache=True, error_model="numpy")
def _flux(u, du, bins, n_bins, epsilon, lengths, emitter, below, above, air):
    """Power on the real u axis: (waves, bins, channels, vertical/horizontal, depths).

    Channels: into air, into the glass on the first pass, out at the back, then heat by medium.
    """
    waves, count = u.shape
    last, depths = epsilon.shape[1] - 1, below.shape[1]
    total = np.zeros((waves, n_bins, last + 4, 2, depths))
    heat, again = np.zeros(last + 1), np.zeros(last + 1)
    for i, j in np.ndindex(waves, count):
        if du[i, j] == 0:
            continue
        u1, u2, eps, d = u[i, j], u[i, j] ** 2, epsilon[i], lengths[i]
        w, ys, phase = _plane_wave(complex(u2), eps, d)
        own = w[emitter]
        for s in range(2):
            y, s_wave = ys[s], s == 0
            # of a wave from the emitter: what enters the glass, and what leaves at the back
            r = _reflections(y, phase, emitter, 0)
            low = r[emitter]
            glass = _deposit(s_wave, u2, eps, d, w, y, phase, r, emitter, 0, heat)
            r = _reflections(y, phase, emitter, last)
            high = r[emitter]
            back = _deposit(s_wave, u2, eps, d, w, y, phase, r, emitter, last, heat)
            # of the light in the glass: what leaves it, after all passes, and what comes again
            escape = returned = lost = 0.0
            if u2 < air[i] and u2 < eps[0].real:
                y_air = np.sqrt(complex(air[i] - u2)) / (1.0 if s_wave else air[i])
                r = _reflections(y, phase, 0, last)
                lost = _deposit(s_wave, u2, eps, d, w, y, phase, r, 0, last, again)
                face = abs((y[0] - y_air) / (y[0] + y_air)) ** 2
                passes = 1 / (1 - face * abs(r[0]) ** 2)
                escape = passes * (4 * y[0] * y_air / (y[0] + y_air) ** 2).real
                returned = passes * face / y[0].real
            trip = abs(1 - low * high * phase[emitter] ** 2) ** 2
            for k in range(depths):
                down, up = np.exp(1j * own * below[i, k]), np.exp(1j * own * above[i, k])
                for o in range(2):
                    if s_wave and o == 0:
                        continue  # a vertical dipole emits p waves only
                    sign = -1 if o == 1 and not s_wave else 1
                    source = 0.375 * u1 if sign < 0 else 0.375 * u1 / abs(own) ** 2
                    if o == 0:
                        source *= 2 * u2
                    source *= du[i, j] / trip
                    to_glass = source * abs(down * (1 + sign * high * up**2)) ** 2
                    to_back = source * abs(up * (1 + sign * low * down**2)) ** 2
                    into = to_glass * glass
                    total[i, bins[j], 0, o, k] += into * escape
                    total[i, bins[j], 1, o, k] += into
                    total[i, bins[j], 2, o, k] += to_back * back + into * returned * lost
                    for m in range(1, last):
                        first = heat[m] * (to_glass if m < emitter else to_back)
                        total[i, bins[j], m + 3, o, k] += first + into * returned * again[m]
    return total
