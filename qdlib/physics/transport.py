"""Drift and diffusion of electrons and holes in a layered stack, at steady state.

Poisson's equation and the two continuity equations,

    d/dx(eps dpsi/dx) = -q (p - n + N_D - N_A),    dJn/dx = +q R,    dJp/dx = -q R,
    n = Nc exp((psi + chi - phi_n)/Vt),            p = Nv exp((phi_p - psi - chi - Eg)/Vt),

are put on a mesh by finite volumes with Scharfetter-Gummel fluxes (IEEE Trans. Electron Devices
16, 64 (1969)) and solved together by Newton's method. Nodes lie on the interfaces, where the
potential and the quasi-Fermi levels are continuous and each side has its own densities.
R holds radiative (B) and Shockley-Read-Hall recombination. Nothing here knows of ligands: a
density of recombination centres per node is all that is asked for.

Potentials are in units of the thermal voltage; the quasi-Fermi level of the electrons is counted
from the cathode and that of the holes from the anode, so that both keep all their digits where
their carrier is the majority.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit

from ..constants import BOLTZMANN, CHARGE, VACUUM_PERMITTIVITY
from ..errors import ConvergenceError, InputError, require_range
from .stack import Stack

FIRST_CELL = 0.004e-9  # [m], next to an interface: the mesh, not the solver, limits accuracy
GROWTH = 1.25  # from cell to cell
WIDEST_CELL = 2e-9  # [m]
TOLERANCE = 0.03  # on the last update, relative; what it leaves is its square: 1e-4 of J
MAX_ITERATIONS = 60
SMALLEST_STEP = 1e-4  # [V], when a bias step has to be cut
SAME_CURRENT, NEAR_CURRENT = 1e-6, 0.5  # differences of the logarithm
HIGHEST_VOLTAGE = 100.0  # [V]


@dataclass(frozen=True, eq=False)
class Mesh:
    """The stack on a mesh of N nodes and N - 1 elements, each within one layer.

    x : node positions [m] (N,)
    layer : index of an element's layer (N - 1,)
    materials : what an element needs, one row each (11, N - 1); rows named in `_discretise`
    """

    stack: Stack
    x: np.ndarray
    layer: np.ndarray
    materials: np.ndarray
    thermal_voltage: float

    @property
    def anode_potential(self):
        """Potential of the anode at zero bias [Vt]."""
        return -self.stack.anode.work_function / self.thermal_voltage

    @property
    def cathode_potential(self):
        """Potential of the cathode [Vt]."""
        return -self.stack.cathode.work_function / self.thermal_voltage

    def nodes_of(self, layer_name):
        """Nodes of a layer, both its interfaces included, as a slice."""
        index = [layer.name for layer in self.stack.layers].index(layer_name)
        elements = np.flatnonzero(self.layer == index)
        return slice(elements[0], elements[-1] + 2)


@dataclass(frozen=True)
class Solution:
    """The stack's state at K biases on a mesh of N nodes.

    voltage : [V] (K,)
    potential : [Vt], quasi_fermi_electron : [Vt, from the cathode's], quasi_fermi_hole :
        [Vt, from the anode's] (K, N)
    traps : density of recombination centres added to the stack's own [1/m3] (K, N)
    converged : (K,); a row that is not converged holds NaN
    """

    mesh: Mesh
    voltage: np.ndarray
    potential: np.ndarray
    quasi_fermi_electron: np.ndarray
    quasi_fermi_hole: np.ndarray
    traps: np.ndarray
    converged: np.ndarray

    @property
    def recombination(self):
        """Radiative and trap-assisted recombination in each half element [1/m2s] (2, K, 2, N-1)."""
        return _recombination(
            self.voltage / self.mesh.thermal_voltage,
            self.potential,
            self.quasi_fermi_electron,
            self.quasi_fermi_hole,
            self.mesh.materials,
            self.traps,
        )

    def densities(self, nodes, layer_name):
        """Electron and hole density at `nodes` as seen from inside a layer [1/m3] (K, nodes)."""
        layer = next(each for each in self.mesh.stack.layers if each.name == layer_name)
        vt = self.mesh.thermal_voltage
        psi = self.potential[:, nodes]
        bias = self.voltage[:, None] / vt
        n = layer.conduction_states * np.exp(
            psi + layer.conduction_edge / vt - self.quasi_fermi_electron[:, nodes]
        )
        p = layer.valence_states * np.exp(
            self.quasi_fermi_hole[:, nodes] + bias - psi - layer.valence_edge / vt
        )
        return n, p

    def current_density(self, recombination=None):
        """Current density [A/m2] (K,), from what recombines and what leaks through each contact.

        J = q integral(R dx) + Jn(anode) + Jp(cathode): no difference of large numbers.
        """
        if recombination is None:
            recombination = self.recombination
        electrons, holes = self.edge_currents(np.array([0, len(self.mesh.x) - 2]))
        return CHARGE * recombination.sum(axis=(0, 2, 3)) + electrons[:, 0] + holes[:, 1]

    def edge_currents(self, elements=slice(None)):
        """Electron and hole current density in elements [A/m2] (K, elements) each."""
        return _edge_currents(
            self.voltage / self.mesh.thermal_voltage,
            self.potential,
            self.quasi_fermi_electron,
            self.quasi_fermi_hole,
            self.mesh.materials,
            np.arange(len(self.mesh.x) - 1)[elements],
        )


def thermal_voltage(temperature):
    """kT/q [V] at a temperature [K]."""
    return BOLTZMANN * temperature / CHARGE


def graded_cells(thickness, refine=1):
    """Cells of a layer [m], growing from both of its interfaces up to WIDEST_CELL; their number
    is even. `refine` divides every cell by about that much."""
    half, growth, widest = 0.5 * thickness, GROWTH ** (1 / refine), WIDEST_CELL / refine
    first = FIRST_CELL / refine
    count = np.log1p(half / first * (growth - 1)) / np.log(growth)
    cells = np.minimum(first * growth ** np.arange(np.ceil(count)), widest)
    missing = max(0.0, half - cells.sum())
    cells = np.concatenate([cells, np.full(int(np.ceil(missing / widest)), widest)])
    cells *= half / cells.sum()
    return np.concatenate([cells, cells[::-1]])


@lru_cache(maxsize=256)
def discretise(stack, refine=1):
    """Mesh of a stack; kept, since a reader moves the ligand more often than the stack."""
    vt = thermal_voltage(stack.temperature)
    cells = [graded_cells(layer.thickness, refine) for layer in stack.layers]
    index = np.repeat(np.arange(len(cells)), [len(each) for each in cells])
    h = np.concatenate(cells)

    def per_element(name):
        return np.array([getattr(layer, name) for layer in stack.layers])[index]

    level = per_element("trap_level")
    conduction, valence = per_element("conduction_edge"), per_element("valence_edge")
    n_states, p_states = per_element("conduction_states"), per_element("valence_states")
    materials = np.array(
        [
            h,
            per_element("permittivity") * VACUUM_PERMITTIVITY * vt / (CHARGE * h),
            per_element("electron_mobility") * vt / h,
            per_element("hole_mobility") * vt / h,
            n_states * np.exp(conduction / vt),
            p_states * np.exp(-valence / vt),
            per_element("donors") - per_element("acceptors"),
            per_element("radiative_coefficient"),
            per_element("capture_coefficient"),
            per_element("trap_density"),
            n_states * np.exp(np.minimum((conduction - level) / vt, 200))
            + p_states * np.exp(np.minimum((level - valence) / vt, 200)),
        ]
    )
    x = np.concatenate([[0.0], np.cumsum(h)])
    for array in (x, index, materials):
        array.setflags(write=False)
    return Mesh(stack, x, index, materials, vt)


@njit(cache=True, error_model="numpy")
def _bernoulli(u):
    """B(u) = u/expm1(u) and its derivative."""
    if abs(u) < 1e-2:
        u2 = u * u
        return 1 - u / 2 + u2 / 12 - u2 * u2 / 720, -0.5 + u / 6 - u * u2 / 180
    e = np.expm1(u)
    b = u / e
    return b, (1 - b - u) / e


@njit(cache=True, error_model="numpy")
def _equilibrium(y, materials):
    """Relax the potential at zero bias, in place; its ends are the contacts. Iterations or -1."""
    nodes = y.size
    upper, right = np.empty(nodes), np.empty(nodes)
    step = np.zeros(nodes)
    for iteration in range(1, 501):
        upper[0] = right[0] = 0.0
        for i in range(1, nodes - 1):
            diagonal = 0.0
            residual = 0.0
            for e in range(i - 1, i + 1):
                half = 0.5 * materials[0, e]
                n = materials[4, e] * np.exp(y[i])
                p = materials[5, e] * np.exp(-y[i])
                k = materials[1, e]
                other = y[i + 1] if e == i else y[i - 1]
                residual += k * (other - y[i]) + half * (p - n + materials[6, e])
                diagonal -= k + half * (p + n)
            diagonal -= materials[1, i - 1] * upper[i - 1]
            upper[i] = materials[1, i] / diagonal
            right[i] = (-residual - materials[1, i - 1] * right[i - 1]) / diagonal
        change = 0.0
        step[nodes - 1] = 0.0
        for i in range(nodes - 2, 0, -1):
            step[i] = right[i] - upper[i] * step[i + 1]
            change = max(change, abs(step[i]))
            y[i] += np.sign(step[i]) * min(abs(step[i]), 1 + np.log1p(abs(step[i])))
        if change < 1e-11:
            return iteration
    return -1


@njit(cache=True, error_model="numpy")
def _relax(v, y, fn, fp, m, traps, tolerance, limit, gain, shift):
    """Newton's method at bias v [Vt] from the state (y, fn, fp), in place. Iterations, or -1.

    The unknowns of a node are (dy, dn/n, dp/p): the continuity equations are linear in the
    densities, so that even a jump of volts converges. Each element adds to the rows of its two
    nodes; a node's 3x3 row is eliminated as soon as it is complete (block Thomas).
    `gain` (N, 3, 3) and `shift` (N, 3) are work space.
    """
    nodes = y.size
    gain[0, :, :] = 0.0
    shift[0, :] = 0.0
    for iteration in range(1, limit + 1):
        # diagonal block and right side of the current node, as left by the element before it
        d00 = d01 = d02 = d10 = d11 = d12 = d20 = d21 = d22 = r0 = r1 = r2 = 0.0
        l00 = l10 = l11 = l20 = l22 = 0.0
        en, ep = np.exp(y[0] - fn[0]), np.exp(fp[0] + v - y[0])
        pn = np.expm1(fn[0] - fp[0] - v)
        for e in range(nodes - 1):
            en_next = np.exp(y[e + 1] - fn[e + 1])
            ep_next = np.exp(fp[e + 1] + v - y[e + 1])
            pn_next = np.expm1(fn[e + 1] - fp[e + 1] - v)
            half = 0.5 * m[0, e]
            ke = m[1, e]
            nl, nr = m[4, e] * en, m[4, e] * en_next
            pl, pr = m[5, e] * ep, m[5, e] * ep_next
            u = y[e + 1] - y[e]
            b, db = _bernoulli(u)
            # particle fluxes to the right and their derivatives by u
            fluxn = m[2, e] * b * nr * np.expm1(fn[e + 1] - fn[e])
            fluxp = -m[3, e] * b * pl * np.expm1(fp[e + 1] - fp[e])
            gn = m[2, e] * (nl * (1 + db) - nr * db)
            gp = m[3, e] * (pl * db - pr * (1 + db))
            nl_out, nr_in = m[2, e] * nl * (b + u), m[2, e] * nr * b
            pl_out, pr_in = m[3, e] * pl * b, m[3, e] * pr * (b + u)

            # recombination in the left half of the element
            radiative = m[7, e] * nl * pl
            rate = -radiative * pn
            by_n = by_p = radiative
            centres = m[9, e] + traps[e]
            if centres > 0.0:
                s = m[8, e] * centres / (nl + pl + m[10, e])
                srh = -s * nl * pl * pn
                rate += srh
                by_n += s * nl * pl - srh * nl / (nl + pl + m[10, e])
                by_p += s * nl * pl - srh * pl / (nl + pl + m[10, e])
            if e > 0:
                d00 -= ke
                d01 -= half * nl
                d02 += half * pl
                d10 -= gn
                d11 += nl_out + half * by_n
                d12 += half * by_p
                d20 -= gp
                d21 += half * by_n
                d22 += pl_out + half * by_p
                r0 -= ke * u + half * (pl - nl + m[6, e])
                r1 -= fluxn + half * rate
                r2 -= fluxp + half * rate
                # eliminate the node before
                g = gain[e - 1]
                s = shift[e - 1]
                d00 -= l00 * g[0, 0]
                d01 -= l00 * g[0, 1]
                d02 -= l00 * g[0, 2]
                r0 -= l00 * s[0]
                d10 -= l10 * g[0, 0] + l11 * g[1, 0]
                d11 -= l10 * g[0, 1] + l11 * g[1, 1]
                d12 -= l10 * g[0, 2] + l11 * g[1, 2]
                r1 -= l10 * s[0] + l11 * s[1]
                d20 -= l20 * g[0, 0] + l22 * g[2, 0]
                d21 -= l20 * g[0, 1] + l22 * g[2, 1]
                d22 -= l20 * g[0, 2] + l22 * g[2, 2]
                r2 -= l20 * s[0] + l22 * s[2]
                # solve the 3x3 block for the columns of the next node and the right side
                i0 = 1.0 / d00
                a01, a02, c0, s0 = d01 * i0, d02 * i0, ke * i0, r0 * i0
                d11 -= d10 * a01
                d12 -= d10 * a02
                i1 = 1.0 / d11
                a12 = d12 * i1
                c1, s1 = (gn - d10 * c0) * i1, (r1 - d10 * s0) * i1
                c11 = -nr_in * i1
                d21 -= d20 * a01
                d22 -= d20 * a02 + d21 * a12
                i2 = 1.0 / d22
                g = gain[e]
                s = shift[e]
                g20 = (gp - d20 * c0 - d21 * c1) * i2
                g21 = -d21 * c11 * i2
                g22 = -pr_in * i2
                s2 = (r2 - d20 * s0 - d21 * s1) * i2
                g[2, 0], g[2, 1], g[2, 2], s[2] = g20, g21, g22, s2
                g10, g11, g12 = c1 - a12 * g20, c11 - a12 * g21, -a12 * g22
                s1 -= a12 * s2
                g[1, 0], g[1, 1], g[1, 2], s[1] = g10, g11, g12, s1
                g[0, 0] = c0 - a01 * g10 - a02 * g20
                g[0, 1] = -a01 * g11 - a02 * g21
                g[0, 2] = -a01 * g12 - a02 * g22
                s[0] = s0 - a01 * s1 - a02 * s2

            # what the element adds to the node on its right
            l00, l10, l11, l20, l22 = ke, gn, -nl_out, gp, -pl_out
            radiative = m[7, e] * nr * pr
            rate = -radiative * pn_next
            by_n = by_p = radiative
            centres = m[9, e] + traps[e + 1]
            if centres > 0.0:
                s_right = m[8, e] * centres / (nr + pr + m[10, e])
                srh = -s_right * nr * pr * pn_next
                rate += srh
                by_n += s_right * nr * pr - srh * nr / (nr + pr + m[10, e])
                by_p += s_right * nr * pr - srh * pr / (nr + pr + m[10, e])
            d00, d01, d02 = -ke, -half * nr, half * pr
            d10, d11, d12 = -gn, nr_in + half * by_n, half * by_p
            d20, d21, d22 = -gp, half * by_n, pr_in + half * by_p
            r0 = ke * u - half * (pr - nr + m[6, e])
            r1 = fluxn - half * rate
            r2 = fluxp - half * rate
            en, ep, pn = en_next, ep_next, pn_next

        a = b1 = c = 0.0
        change = total = 0.0
        for i in range(nodes - 2, 0, -1):
            g = gain[i]
            s = shift[i]
            a, b1, c = (
                s[0] - g[0, 0] * a - g[0, 1] * b1 - g[0, 2] * c,
                s[1] - g[1, 0] * a - g[1, 1] * b1 - g[1, 2] * c,
                s[2] - g[2, 0] * a - g[2, 1] * b1 - g[2, 2] * c,
            )
            change = max(change, abs(a), abs(b1), abs(c))
            total += a + b1 + c
            y[i] += a
            fn[i] += a - np.log1p(max(b1, -0.999))
            fp[i] += a + np.log1p(max(c, -0.999))
        if not np.isfinite(total):  # max() does not see a NaN
            return -1
        if change < tolerance:
            return iteration
    return -1


def _recombination(v, y, fn, fp, m, traps):
    """Radiative and SRH recombination per half element [1/m2s] (2, K, 2, N - 1)."""
    rates = np.zeros((2, y.shape[0], 2, y.shape[1] - 1))
    active = np.flatnonzero((m[7] > 0) | (m[8] > 0))
    m, v = m[:, active], v[:, None]
    for side, nodes in enumerate((active, active + 1)):
        psi, electrons, holes = y[:, nodes], fn[:, nodes], fp[:, nodes] + v
        n, p = m[4] * np.exp(psi - electrons), m[5] * np.exp(holes - psi)
        pairs = -np.expm1(electrons - holes) * n * p * (0.5 * m[0])
        rates[0, :, side, active] = (m[7] * pairs).T
        if m[8].any():
            centres = m[9] + traps[:, nodes]
            rates[1, :, side, active] = (m[8] * centres * pairs / (n + p + m[10])).T
    return rates


def _edge_currents(v, y, fn, fp, m, elements):
    """Scharfetter-Gummel currents [A/m2] (K, elements): electrons, holes."""
    left, right = elements, elements + 1
    u = y[:, right] - y[:, left]
    b = np.where(np.abs(u) < 1e-9, 1 - u / 2, u / np.expm1(np.where(u == 0, 1.0, u)))
    n_right = m[4, elements] * np.exp(y[:, right] - fn[:, right])
    p_left = m[5, elements] * np.exp(fp[:, left] + v[:, None] - y[:, left])
    electrons = -CHARGE * m[2, elements] * b * n_right * np.expm1(fn[:, right] - fn[:, left])
    holes = -CHARGE * m[3, elements] * b * p_left * np.expm1(fp[:, right] - fp[:, left])
    return electrons, holes


class Solver:
    """The state of one stack, moved from bias to bias; each solve starts from the last two."""

    def __init__(self, mesh, tolerance=TOLERANCE):
        self.mesh, self.tolerance = mesh, tolerance
        nodes = len(mesh.x)
        self._work = np.empty((nodes, 3, 3)), np.empty((nodes, 3))
        self._no_traps = np.zeros(nodes)
        self.voltage = 0.0
        self.state = np.zeros((3, nodes))  # potential, quasi-Fermi levels [Vt]
        self.state[0] = np.linspace(mesh.anode_potential, mesh.cathode_potential, nodes)
        self._before = None  # the voltage and state of the last bias but one
        if _equilibrium(self.state[0], mesh.materials) < 0:
            raise ConvergenceError(0.0)

    def restore(self, voltage, state):
        """Start again from a state known at `voltage` [V]."""
        self.voltage, self.state, self._before = float(voltage), np.array(state), None

    def predict(self, voltage):
        """State at `voltage` [V] from the last two: psi linearly, n and p as powers."""
        if self._before is not None and self._before[0] != self.voltage:
            ratio = (voltage - self.voltage) / (self.voltage - self._before[0])
            if abs(ratio) <= 2:
                state = self.state + ratio * (self.state - self._before[1])
                return self._bounded(voltage, state)
        return self._tilted(voltage)

    def _tilted(self, voltage):
        """State at `voltage` with the densities of now and a potential tilted by the difference."""
        bias = (voltage - self.voltage) / self.mesh.thermal_voltage
        state = self.state + bias * (1 - self.mesh.x / self.mesh.x[-1])
        state[2] -= bias
        return self._bounded(voltage, state)

    def _bounded(self, voltage, state):
        bias = voltage / self.mesh.thermal_voltage
        state[:, 0] = self.mesh.anode_potential + bias, bias, 0.0
        state[:, -1] = self.mesh.cathode_potential, 0.0, -bias
        return state

    def move(self, voltage, traps=None, guess=None):
        """Solve at `voltage` [V] with centres `traps` [1/m3] (N,); raise ConvergenceError if stuck.

        guess : a state to start from, as of `predict`, which is used up. A step that does not
        converge is halved, down to SMALLEST_STEP.
        """
        require_range("bias", voltage, -HIGHEST_VOLTAGE, HIGHEST_VOLTAGE, "V")
        traps = self._no_traps if traps is None else traps
        target = voltage
        while True:
            state, guess = self.predict(target) if guess is None else guess, None
            done = self._newton(target, state, traps)
            if done < 0:
                state = self._tilted(target)
                done = self._newton(target, state, traps)
            if done > 0:
                if target != self.voltage:
                    self._before = self.voltage, self.state
                self.voltage, self.state = target, state
                if target == voltage:
                    return state
                target = voltage
            else:
                target = 0.5 * (self.voltage + target)
                if abs(target - self.voltage) < SMALLEST_STEP:
                    raise ConvergenceError(voltage, self.voltage)

    def solution(self, state, traps=None):
        """One state as a Solution at the voltage of now."""
        traps = self._no_traps if traps is None else traps
        voltage, converged = np.array([self.voltage]), np.array([True])
        return Solution(self.mesh, voltage, *state[:, None, :], traps[None, :], converged)

    def voltage_for(self, current, total_current):
        """Voltage [V] at which `total_current(voltage)` [A/m2] is `current`; the state is kept."""
        from scipy.optimize import brentq, root_scalar

        start = self.voltage, self.state

        def excess(voltage):
            self.restore(*start)
            return np.log(max(total_current(voltage), 1e-30) / current)

        first = excess(start[0])
        if abs(first) < SAME_CURRENT:  # as at every instant of a hold in which nothing happens
            self.restore(*start)
            return start[0]
        if abs(first) < NEAR_CURRENT:  # as from one instant to the next
            near = start[0] - 0.1 * first
            found = root_scalar(excess, x0=start[0], x1=near, xtol=1e-5, maxiter=9)
            if found.converged and abs(found.root - start[0]) < 0.5:
                self.restore(*start)
                return float(found.root)
        low = high = start[0]
        stride = 0.05 if low > 0 else 0.5
        while excess(high) < 0:
            low, high, stride = high, high + stride, 2 * stride
            if high > HIGHEST_VOLTAGE:
                allowed = f"a current that the stack carries below {HIGHEST_VOLTAGE:g} V"
                raise InputError("current density [A/m2]", current, allowed)
        while excess(low) > 0:
            high, low, stride = low, low - stride, 2 * stride
        voltage = brentq(excess, low, high, xtol=1e-5)
        self.restore(*start)
        return voltage

    def _newton(self, voltage, state, traps):
        return _relax(
            voltage / self.mesh.thermal_voltage,
            *state,
            self.mesh.materials,
            traps,
            self.tolerance,
            MAX_ITERATIONS,
            *self._work,
        )


def solve(stack, voltages, tolerance=TOLERANCE, refine=1):
    """Solve a stack at a list of biases, in order: a Solution.

    voltages : [V] (K,). A bias without a solution is marked in `converged` and holds NaN.
    """
    voltages = np.atleast_1d(np.asarray(voltages, dtype=float))
    if not np.isfinite(voltages).all():
        raise InputError("voltages", voltages, "finite")
    mesh = discretise(stack, refine)
    solver = Solver(mesh, tolerance)
    states = np.full((3, len(voltages), len(mesh.x)), np.nan)
    for k, voltage in enumerate(voltages):
        try:
            states[:, k] = solver.move(voltage)
        except ConvergenceError:
            continue
    traps = np.zeros(states.shape[1:])
    return Solution(mesh, voltages, *states, traps, np.isfinite(states[0, :, 0]))


def solve_currents(stack, current_densities, tolerance=TOLERANCE, refine=1):
    """Solve a stack at a list of current densities [A/m2] (K,), positive, in order: a Solution."""
    currents = np.atleast_1d(np.asarray(current_densities, dtype=float))
    if not (np.isfinite(currents).all() and (currents > 0).all()):
        raise InputError("current_densities", current_densities, "finite and above 0 A/m2")
    solver, voltages = Solver(discretise(stack, refine), tolerance), []
    for current in currents:
        voltages.append(
            solver.voltage_for(
                current, lambda v: solver.solution(solver.move(v)).current_density()[0]
            )
        )
        solver.move(voltages[-1])
    return solve(stack, voltages, tolerance, refine)
