"""What is read off a solved device, instant by instant, compiled: currents, excitons, light.

    J = q integral(R dx) + Jn(anode) + Jp(cathode) + dQ/dt + G V,
    EQE = q integral(eta_out eta_x R_rad dx) / J,   PL = mean(eta_x) / mean(eta_x of fresh dots)

R is the recombination of transport.py, of which the radiative part R_rad forms excitons; eta_x is
that of emission.py. As with the loop in march.py no memory is taken: the caller lends `Readings`.
"""

from typing import NamedTuple

import numpy as np

from ..constants import CHARGE
from . import emission, newton, reduction
from .compiled import compiler

NO_CURRENT = 1e-20  # [A/m2]: at rest there are only rounding errors

compiled = compiler(emission, newton, reduction)
_level_electrons = compiled(reduction.level_electrons)
_efficiency = compiled(emission.exciton_efficiency)


class Dots(NamedTuple):
    """Of the dots, what `emission.exciton_efficiency` asks for; see `ligand.Dot`."""

    radiative_lifetime: float
    bright_yield: float
    bright_share: float
    number_density: float
    auger_rate: float


class Emitter(NamedTuple):
    """The layer of dots on a mesh, and the cavity around it.

    first : the layer's first node; x : position of each of its nodes [m] (dots,)
    outcoupling, purcell : of `emission.Optics` at the nodes [1] (dots,); stark_field : [V/m]
    states : that a dot's lowest level has; activity : exp of that level's depth [Vt]
    sites_per_dot : that can be reduced
    capture_coefficient : of a reduced site [m3/s]
    brightness : luminance per current density of an emitter whose EQE is 1 [cd/A]
    """

    first: int
    x: np.ndarray
    outcoupling: np.ndarray
    purcell: np.ndarray
    stark_field: float
    states: float
    activity: float
    dots: Dots
    sites_per_dot: float
    capture_coefficient: float
    brightness: float


class Readings(NamedTuple):
    """Of K instants: across the layer of dots (K, dots), over the whole device (K,).

    formed : excitons in each half element of the layer [1/m2s] (K, 2, dots - 1)
    recombination : radiative and trap-assisted in each half element [1/m2s], of the last instant
        (2, 2, N - 1)
    sites : reduced ones per dot, efficiency : share of the excitons that emit [1] (K, dots)
    transport, faradaic, current : of the injected carriers, of what is reduced, and all that a
        meter sees [A/m2] (K,)
    emitted, internal, external : photons emitted [1/m2s], per electron within the device and
        outside it [1]; luminance [cd/m2] (K,)
    photoluminescence : over that of the fresh dots without a field, reduced : sites per dot, mean
        over the layer [1] (K,)
    """

    formed: np.ndarray
    recombination: np.ndarray
    sites: np.ndarray
    efficiency: np.ndarray
    transport: np.ndarray
    faradaic: np.ndarray
    current: np.ndarray
    emitted: np.ndarray
    internal: np.ndarray
    external: np.ndarray
    luminance: np.ndarray
    photoluminescence: np.ndarray
    reduced: np.ndarray


def readings(instants, nodes, dots):
    """Readings to be filled."""
    rates = np.zeros((instants, 2, dots - 1)), np.zeros((2, 2, nodes - 1))
    return Readings(*rates, *np.zeros((2, instants, dots)), *np.zeros((9, instants)))


@compiled
def recombine(v, y, fn, fp, m, traps, rates):
    """Fill in the recombination per half element [1/m2s] (2, K, 2, N - 1) at biases v [Vt] (K,).

    y, fn, fp : of transport.py [Vt], traps [1/m3] (K, N); m : its materials
    """
    for k in range(v.size):
        _recombine(v[k], y[k], fn[k], fp[k], m, traps[k], rates[:, k])


@compiled
def _recombine(v, y, fn, fp, m, traps, rates):
    """The same at one bias (2, 2, N - 1); returns what they add up to [1/m2s]."""
    before = -1  # the element whose right node has been computed
    en = ep = excess = total = 0.0
    for e in range(m.shape[1]):
        if m[7, e] == 0.0 and m[8, e] == 0.0:
            continue
        for side in range(2):
            i = e + side
            if side == 1 or before != e - 1:
                en, ep = np.exp(y[i] - fn[i]), np.exp(fp[i] + v - y[i])
                excess = -np.expm1(fn[i] - fp[i] - v)
            electrons, holes = m[4, e] * en, m[5, e] * ep
            pairs = electrons * holes * excess * (0.5 * m[0, e])
            captured = m[8, e] * (m[9, e] + traps[i])
            radiative = m[7, e] * pairs
            trapped = captured * pairs / (electrons + holes + m[10, e])
            rates[0, side, e], rates[1, side, e] = radiative, trapped
            total += radiative + trapped
        before = e
    return total


@compiled
def edge_current(e, v, y, fn, fp, m):
    """Scharfetter-Gummel currents [A/m2] of electrons and of holes in element e, at bias v [Vt]."""
    b, _ = newton.bernoulli(y[e + 1] - y[e])
    n_right = m[4, e] * np.exp(y[e + 1] - fn[e + 1])
    p_left = m[5, e] * np.exp(fp[e] + v - y[e])
    electrons = -CHARGE * m[2, e] * b * n_right * np.expm1(fn[e + 1] - fn[e])
    holes = -CHARGE * m[3, e] * b * p_left * np.expm1(fp[e + 1] - fp[e])
    return electrons, holes


@compiled
def slope(y, first, x, i):
    """dy/dx at node i of the layer x whose node 0 is y[first]: second order, at its ends first."""
    at = first + i
    if i == 0 or i == x.size - 1:
        j = max(i, 1)
        return (y[first + j] - y[first + j - 1]) / (x[j] - x[j - 1])
    before, after = x[i] - x[i - 1], x[i + 1] - x[i]
    lower, upper = after * after * (y[at] - y[at - 1]), before * before * (y[at + 1] - y[at])
    return (lower + upper) / (before * after * (before + after))


@compiled
def _fresh(emitter):
    """Share of the excitons that emit, mean over the layer, of fresh dots without a field."""
    light = width = 0.0
    for i in range(emitter.x.size):
        depth = _depth(i, emitter.x)
        own = _efficiency(
            emitter.dots, emitter.capture_coefficient, 0.0, emitter.purcell[i], 0.0,
            emitter.stark_field, 0.0,
        )  # fmt: skip
        light += own * depth
        width += depth
    return light / width


@compiled
def _depth(i, x):
    """What belongs to node i of a layer's x [m]."""
    return 0.5 * (x[min(i + 1, x.size - 1)] - x[max(i - 1, 0)])


@compiled
def _node(k, i, y, fn, thermal_voltage, emitter, readings):
    """Share of the excitons that emit at node i of the dots at instant k."""
    dots, purcell = emitter.dots, emitter.purcell[i]
    at = emitter.first + i
    field = thermal_voltage * slope(y, emitter.first, emitter.x, i)
    filling = emitter.activity * np.exp(y[at] - fn[at])
    electrons = _level_electrons(filling, emitter.states)
    c, f0 = emitter.capture_coefficient, emitter.stark_field
    return _efficiency(dots, c, readings.sites[k, i], purcell, field, f0, electrons)


@compiled
def _per_electron(photons, current):
    if abs(current) > NO_CURRENT:
        return max(CHARGE * photons / abs(current), 0.0)
    return 0.0 if np.isfinite(current) else np.nan


@compiled
def read(grid, emitter, duration, rows, readings):
    """Fill in the readings of rows that march.py has filled.

    grid : `march.Grid`; duration : of the instants [s] (K,); rows : `march.Rows`
    """
    vt, m, last = grid.thermal_voltage, grid.materials, grid.materials.shape[1] - 1
    y, fn, fp = rows.potentials[0], rows.potentials[1], rows.potentials[2]
    rates, fresh = readings.recombination, _fresh(emitter)
    for k in range(duration.size):
        bias = rows.voltage[k] / vt
        total = _recombine(bias, y[k], fn[k], fp[k], m, rows.traps[k], rates)
        for e in range(emitter.x.size - 1):
            for side in range(2):
                readings.formed[k, side, e] = rates[0, side, emitter.first + e]
        at_anode, _ = edge_current(0, bias, y[k], fn[k], fp[k], m)
        _, at_cathode = edge_current(last, bias, y[k], fn[k], fp[k], m)
        readings.transport[k] = CHARGE * total + at_anode + at_cathode
        ohmic = grid.leakage * rows.voltage[k]
        faradaic = rows.charge[k] / duration[k]
        if bias < 0.0:  # the electrons come from the other contact
            faradaic = -faradaic
        current = readings.transport[k] + faradaic + ohmic
        for i in range(emitter.x.size):
            readings.sites[k, i] = emitter.sites_per_dot * rows.reduced[k, i]
        light = emitted = out = mean = width = 0.0
        for i in range(emitter.x.size):
            formed = 0.0
            for side in range(2):  # of the element before the node, of that after it
                if 0 <= i - 1 + side < emitter.x.size - 1:
                    formed += readings.formed[k, 1 - side, i - 1 + side]
            own, depth = _node(k, i, y[k], fn[k], vt, emitter, readings), _depth(i, emitter.x)
            readings.efficiency[k, i] = own
            width += depth
            light += own * depth
            mean += readings.sites[k, i] * depth
            emitted += own * formed
            out += own * emitter.outcoupling[i] * formed
        readings.faradaic[k], readings.current[k] = faradaic, current
        readings.emitted[k] = emitted
        readings.photoluminescence[k], readings.reduced[k] = light / width / fresh, mean / width
        readings.internal[k] = _per_electron(emitted, current)
        readings.external[k] = _per_electron(out, current)
        readings.luminance[k] = emitter.brightness * readings.external[k] * abs(current)


@compiled
def bands(vt, bias, y, fn, fp, layers, emitter, ends, index, found):
    """Fill in the energies of a band diagram [eV above the cathode's Fermi level] (5, points).

    Rows: conduction and valence edge, quasi-Fermi levels of electrons and holes, the centres' level
    in the layer of dots, which is the layer `emitter` (-1 for none), NaN elsewhere.
    bias : [V]; y, fn, fp : of transport.py at one instant [Vt] (N,); layers : `transport.Layers`
    ends, index : node and layer of each point (points,)
    """
    for j in range(ends.size):
        i, k = int(ends[j]), int(index[j])
        vacuum = -vt * y[i]
        found[0, j] = vacuum - layers.conduction_edge[k]
        found[1, j] = vacuum - layers.valence_edge[k]
        found[2, j], found[3, j] = -vt * fn[i], -vt * fp[i] - bias
        found[4, j] = vacuum - layers.trap_level[k] if k == emitter else np.nan


@compiled
def crossing(x, y, level):
    """The first x at which y rises through a level, on the logarithm of y; NaN if it never does."""
    for k in range(y.size):
        if y[k] >= level:
            if k == 0:
                return np.nan
            low, high = np.log(max(y[k - 1], 1e-300)), np.log(y[k])
            return x[k - 1] + (x[k] - x[k - 1]) * (np.log(level) - low) / (high - low)
    return np.nan


@compiled
def fall(y, time, level):
    """When y first falls to a level, on the logarithm of time [s]; NaN if it does not.

    time : increasing [s] (K,); from 0 on, there is no logarithm
    """
    for k in range(y.size):
        if not y[k] > level:
            if k == 0:
                return np.nan
            part = (y[k - 1] - level) / (y[k - 1] - y[k])
            if time[k - 1] <= 0.0:
                return part * time[k]
            return time[k - 1] * (time[k] / time[k - 1]) ** part
    return np.nan
