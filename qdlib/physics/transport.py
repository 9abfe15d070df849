"""Drift and diffusion of electrons and holes in a layered stack, at steady state.

Poisson's equation and the two continuity equations,

    d/dx(eps dpsi/dx) = -q (p - n + N_D - N_A),    dJn/dx = +q R,    dJp/dx = -q R,
    n = Nc exp((psi + chi - phi_n)/Vt),            p = Nv exp((phi_p - psi - chi - Eg)/Vt),

are put on a mesh by finite volumes with Scharfetter-Gummel fluxes (IEEE Trans. Electron Devices
16, 64 (1969)) and solved together by Newton's method. Nodes lie on the interfaces, where the
potential and the quasi-Fermi levels are continuous and each side has its own densities.
R holds radiative (B) and Shockley-Read-Hall recombination. A step of Newton's method is in
newton.py; march.py goes with it from instant to instant, and knows the sites of reduction.py, of
which there are none here unless they are handed on.

Potentials are in units of the thermal voltage; the quasi-Fermi level of the electrons is counted
from the cathode and that of the holes from the anode, so that both keep all their digits where
their carrier is the majority.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from ..constants import BOLTZMANN, CHARGE, VACUUM_PERMITTIVITY
from ..errors import ConvergenceError, InputError, require_range
from . import march, newton, readout
from .compiled import compiler, read_only
from .reduction import NO_SITES
from .stack import Stack

FIRST_CELL = 0.004e-9  # [m], next to an interface: the mesh, not the solver, limits accuracy
GROWTH = 1.25  # from cell to cell
WIDEST_CELL = 2e-9  # [m]
TOLERANCE = 0.03  # on the last update, relative; what it leaves is its square: 1e-4 of J
MAX_ITERATIONS = 60
NEAR_ITERATIONS = 12  # in which a current is found from another, or hardly ever
SMALLEST_STEP = 1e-4  # [V], when a bias step has to be cut
HIGHEST_VOLTAGE = 100.0  # [V]
AT_REST = 7  # rows of a mesh's materials that its equilibrium knows, the first ones
LEFT = 1e-6  # what a further step of Newton's method may still move, relative
FURTHER = 3  # such steps at most; from TOLERANCE a healthy state is at rounding after two
HIGHEST_FIELD = 1e9  # [V/m], which no layer stands: its charge sits in less than a cell
NO_CURRENT = 1e-3  # [A/m2], below which nobody asks how exact it is
FINER = 2  # times as small are the cells of a mesh that judges another
MOST_MOVED = 0.0375  # of a current, there; the error is 4/3 of it, as the mesh's order is two


@dataclass(frozen=True, eq=False)
class Mesh:
    """The stack on a mesh of N nodes and N - 1 elements, each within one layer.

    x : node positions [m] (N,)
    layer : index of an element's layer (N - 1,); bounds : first node of each, and the last of all
    materials : what an element needs, one row each (11, N - 1); rows named in `fill_materials`
    refine : by how much its cells are smaller than the usual ones [1]
    """

    stack: Stack
    x: np.ndarray
    layer: np.ndarray
    bounds: tuple[int, ...]
    materials: np.ndarray
    thermal_voltage: float
    refine: float

    @cached_property
    def tilt(self):
        """Share of the bias that falls beyond each node where the field is even [1] (N,)."""
        tilt = 1 - self.x / self.x[-1]
        read_only(tilt)
        return tilt

    @property
    def anode_potential(self):
        """Potential of the anode at zero bias [Vt]."""
        return contact_potential(self.stack.anode.work_function, self.thermal_voltage)

    @property
    def cathode_potential(self):
        """Potential of the cathode [Vt]."""
        return contact_potential(self.stack.cathode.work_function, self.thermal_voltage)

    def nodes_of(self, layer_name):
        """Nodes of a layer, both its interfaces included, as a slice."""
        index = [layer.name for layer in self.stack.layers].index(layer_name)
        return slice(self.bounds[index], self.bounds[index + 1] + 1)


@dataclass(frozen=True)
class Solution:
    """The stack's state at K biases on a mesh of N nodes.

    voltage : [V] (K,)
    potentials : `potential` [Vt], `quasi_fermi_electron` [Vt, from the cathode's] and
        `quasi_fermi_hole` [Vt, from the anode's] (3, K, N)
    traps : density of recombination centres added to the stack's own [1/m3] (K, N)
    converged : (K,); a row that is not converged holds NaN
    """

    mesh: Mesh
    voltage: np.ndarray
    potentials: np.ndarray
    traps: np.ndarray
    converged: np.ndarray

    @property
    def potential(self):
        """Electrostatic potential [Vt] (K, N)."""
        return self.potentials[0]

    @property
    def quasi_fermi_electron(self):
        """Quasi-Fermi level of the electrons [Vt, from the cathode's] (K, N)."""
        return self.potentials[1]

    @property
    def quasi_fermi_hole(self):
        """Quasi-Fermi level of the holes [Vt, from the anode's] (K, N)."""
        return self.potentials[2]

    @property
    def recombination(self):
        """Radiative and trap-assisted recombination in each half element [1/m2s] (2, K, 2, N-1)."""
        rates = np.zeros((2, len(self.voltage), 2, len(self.mesh.x) - 1))
        bias = self.voltage / self.mesh.thermal_voltage
        readout.recombine(bias, *self.potentials, self.mesh.materials, self.traps, rates)
        return rates

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

    def current_density(self):
        """Current density [A/m2] (K,), from what recombines and what leaks through each contact.

        J = q integral(R dx) + Jn(anode) + Jp(cathode): no difference of large numbers.
        """
        electrons, holes = self.edge_currents(np.array([0, len(self.mesh.x) - 2]))
        return CHARGE * self.recombination.sum(axis=(0, 2, 3)) + electrons[:, 0] + holes[:, 1]

    def edge_currents(self, elements=slice(None)):
        """Electron and hole current density in elements [A/m2] (K, elements) each."""
        elements = np.arange(len(self.mesh.x) - 1)[elements]
        electrons, holes = np.empty((2, len(self.voltage), len(elements)))
        bias = self.voltage / self.mesh.thermal_voltage
        _edge_currents(elements, bias, *self.potentials, self.mesh.materials, electrons, holes)
        return electrons, holes


def thermal_voltage(temperature):
    """kT/q [V] at a temperature [K]."""
    return BOLTZMANN * temperature / CHARGE


def contact_potential(work_function, vt):
    """Potential of a contact without a bias [Vt], its work function in eV, kT/q in V."""
    return -work_function / vt


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


class Layers(NamedTuple):
    """What an element takes from its layer: fields of `stack.Layer`, an array (layers,) each."""

    permittivity: np.ndarray
    electron_mobility: np.ndarray
    hole_mobility: np.ndarray
    conduction_states: np.ndarray
    valence_states: np.ndarray
    conduction_edge: np.ndarray
    valence_edge: np.ndarray
    donors: np.ndarray
    acceptors: np.ndarray
    radiative_coefficient: np.ndarray
    capture_coefficient: np.ndarray
    trap_density: np.ndarray
    trap_level: np.ndarray


def layers_of(stack):
    """The Layers of a stack."""
    rows = [[getattr(layer, name) for layer in stack.layers] for name in Layers._fields]
    return Layers(*np.array(rows, dtype=float))


@compiler()
def fill_materials(h, index, layers, vt, materials):
    """Fill in what elements of width h [m], each of the layer `index` (N - 1,), need of Layers.

    vt : kT/q [V]; materials : of `Mesh` (11, N - 1)
    """
    for e in range(h.size):
        k = int(index[e])
        level = layers.trap_level[k]
        conduction, valence = layers.conduction_edge[k], layers.valence_edge[k]
        n_states, p_states = layers.conduction_states[k], layers.valence_states[k]
        materials[0, e] = h[e]
        materials[1, e] = layers.permittivity[k] * VACUUM_PERMITTIVITY * vt / (CHARGE * h[e])
        materials[2, e] = layers.electron_mobility[k] * vt / h[e]
        materials[3, e] = layers.hole_mobility[k] * vt / h[e]
        materials[4, e] = n_states * np.exp(conduction / vt)
        materials[5, e] = p_states * np.exp(-valence / vt)
        materials[6, e] = layers.donors[k] - layers.acceptors[k]
        materials[7, e] = layers.radiative_coefficient[k]
        materials[8, e] = layers.capture_coefficient[k]
        materials[9, e] = layers.trap_density[k]
        n1 = n_states * np.exp(min((conduction - level) / vt, 200.0))
        materials[10, e] = n1 + p_states * np.exp(min((level - valence) / vt, 200.0))


@lru_cache(maxsize=256)
def discretise(stack, refine=1):
    """Mesh of a stack; kept, since a reader moves the ligand more often than the stack."""
    vt = thermal_voltage(stack.temperature)
    h, x, index, bounds = _elements(tuple(layer.thickness for layer in stack.layers), refine)
    materials = np.empty((11, len(h)))
    fill_materials(h, index, layers_of(stack), vt, materials)
    read_only(materials)
    return Mesh(stack, x, index, bounds, materials, vt, refine)


@lru_cache(maxsize=64)
def _elements(thicknesses, refine):
    """Width [m] (N - 1,), nodes, layer and bounds of `Mesh`: what stacks of a screening share."""
    cells = [graded_cells(thickness, refine) for thickness in thicknesses]
    h = np.concatenate(cells)
    x = np.concatenate([[0.0], np.cumsum(h)])
    counts = [len(each) for each in cells]
    index, bounds = np.repeat(np.arange(len(cells)), counts), np.cumsum([0, *counts])
    read_only(h, x, index)
    return h, x, index, tuple(map(int, bounds))


@compiler()
def relax(y, materials, upper, right, step):
    """Fill in the potential at zero bias [Vt] (N,) between its ends, which are the contacts'.

    upper, right, step : room to work in (N,). Returns the number of iterations, or -1.
    """
    nodes = y.size
    for i in range(1, nodes - 1):
        y[i] = y[0] + (y[nodes - 1] - y[0]) * i / (nodes - 1)
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


@compiler(readout, newton)
def _edge_currents(elements, v, y, fn, fp, m, electrons, holes):
    for k in range(v.size):
        for j in range(elements.size):
            one = readout.edge_current(elements[j], v[k], y[k], fn[k], fp[k], m)
            electrons[k, j], holes[k, j] = one


def equilibrium(mesh):
    """Potential and quasi-Fermi levels at zero bias [Vt] (3, N); kept, as the mesh is.

    Raises ConvergenceError if there are none to be found.
    """
    at_rest = mesh.materials[:AT_REST].tobytes()
    return _equilibrium(at_rest, mesh.anode_potential, mesh.cathode_potential)


@lru_cache(maxsize=64)
def _equilibrium(materials, anode, cathode):
    """The same from the bytes of what counts: not the centres, whose level a reader moves."""
    materials = np.frombuffer(materials).reshape(AT_REST, -1)
    nodes = materials.shape[1] + 1
    state = np.zeros((3, nodes))
    state[0, [0, -1]] = anode, cathode
    if relax(state[0], materials, *np.zeros((3, nodes))) < 0:
        raise ConvergenceError(0.0)
    read_only(state)
    return state


def grid_of(mesh, leakage=0.0):
    """A mesh as the compiled loop knows it; leakage : ohmic, beside the transport [S/m2]."""
    potentials = mesh.anode_potential, mesh.cathode_potential
    return march.Grid(mesh.materials, mesh.tilt, *potentials, mesh.thermal_voltage, float(leakage))


def limits_of(vt, tolerance=TOLERANCE):
    """Limits of the compiled loop at kT/q [V]."""
    return march.Limits(
        tolerance, MAX_ITERATIONS, NEAR_ITERATIONS, SMALLEST_STEP / vt, HIGHEST_VOLTAGE / vt
    )


def carry_out(mesh, protocol, work, sites=NO_SITES, leakage=0.0, tolerance=TOLERANCE):
    """Carry out a Protocol on a device, which is the `work` of march.py: its Rows.

    leakage : ohmic, beside the transport [S/m2]
    Raises InputError for a bias or a current beyond what the stack can be asked for.
    """
    vt, (instants, nodes) = mesh.thermal_voltage, (len(protocol.duration), len(mesh.x))
    for voltage in protocol.voltage[np.abs(protocol.voltage) > HIGHEST_VOLTAGE]:
        require_range("bias", voltage, -HIGHEST_VOLTAGE, HIGHEST_VOLTAGE, "V")
    grid, limits = grid_of(mesh, leakage), limits_of(vt, tolerance)
    rows = march.rows(instants, nodes, len(work.exposure))
    done = march.march(grid, sites, protocol, limits, work, rows)
    if done < instants:
        allowed = f"a current that the stack carries below {HIGHEST_VOLTAGE:g} V"
        raise InputError("current density [A/m2]", float(protocol.current[done]), allowed)
    return rows


def solve(stack, voltages, tolerance=TOLERANCE, refine=1, judged=True):
    """Solve a stack at a list of biases, in order: a Solution.

    voltages : [V] (K,). A bias without a solution is marked in `converged` and holds NaN, and so is
    one whose current is `doubtful`, if the solution is `judged`, which takes most of the time.
    """
    voltages = np.atleast_1d(np.asarray(voltages, dtype=float))
    if not np.isfinite(voltages).all():
        raise InputError("voltages", voltages, "finite")
    mesh, instants = discretise(stack, refine), len(voltages)
    unknown = np.full(instants, np.nan)
    protocol = march.Protocol(voltages, unknown, np.ones(instants), np.zeros(instants))
    work = march.work(0.0, equilibrium(mesh), np.empty(0))
    rows = carry_out(mesh, protocol, work, tolerance=tolerance)
    solution = solution_of(mesh, rows)
    if not judged:  # an experiment spares itself the time, see Run.doubtful
        return solution
    trusted = np.where(doubtful(solution)[:, None], np.nan, solution.potentials)
    return solution_of(mesh, rows._replace(potentials=trusted))


def solution_of(mesh, rows):
    """Rows as a Solution, which are nobody's to write to from then on."""
    converged = np.isfinite(rows.potentials[0, :, 0])
    read_only(rows.voltage, rows.potentials, rows.traps, converged)
    return Solution(mesh, rows.voltage, rows.potentials, rows.traps, converged)


def doubtful(solution):
    """Whether a current is not to be trusted (K,).

    Either the equations do not determine it, see `left`, or the mesh does not resolve it: the field
    is above HIGHEST_FIELD, or a finer mesh moves the current by more than MOST_MOVED. What is next
    to such a current is not trusted either: an error that changes its sign is small by chance.
    """
    mesh, current = solution.mesh, solution.current_density()
    field = np.abs(np.diff(solution.potential) / np.diff(mesh.x)).max(axis=1)
    moved = np.abs(refined(solution).current_density() - current)
    resolved = field * mesh.thermal_voltage <= HIGHEST_FIELD
    resolved &= moved <= MOST_MOVED * np.abs(current)
    seen = np.abs(current) > NO_CURRENT
    wrong = seen & ~(resolved & (left(solution) <= LEFT))
    near = wrong.copy()
    near[1:] |= wrong[:-1]
    near[:-1] |= wrong[1:]
    return seen & near


def refined(solution):
    """The biases and traps of a Solution, from rest and in order, on a mesh of FINER cells."""
    old = solution.mesh
    mesh = discretise(old.stack, FINER * old.refine)
    traps = np.array([np.interp(mesh.x, old.x, row) for row in solution.traps])
    potentials = np.full((3, *traps.shape), np.nan)
    grid, limits = grid_of(mesh), limits_of(mesh.thermal_voltage)
    work = march.work(0.0, equilibrium(mesh), np.empty(0))
    for k in np.flatnonzero(solution.converged):
        work.traps[:] = traps[k]
        bias = solution.voltage[k] / mesh.thermal_voltage
        if march.move(bias, 1.0, 1.0, grid, NO_SITES, limits, work):
            potentials[:, k] = work.now
    return Solution(mesh, solution.voltage, potentials, traps, np.isfinite(potentials[0, :, 0]))


def left(solution):
    """What a further step of Newton's method would still move in each state, relative (K,).

    Nothing to speak of, but where carriers sit behind barriers that let nothing through: there the
    equations hardly determine how many, and rounding moves them for ever, in steps that are small
    enough to look like convergence. A few steps are taken, and the last one told.
    """
    mesh = solution.mesh
    voltage = solution.voltage / mesh.thermal_voltage
    return _left(voltage, solution.potentials, solution.traps, mesh.materials)


@compiler(newton)
def _left(voltage, potentials, traps, materials):
    instants, nodes = traps.shape
    trial, slope = np.empty((3, nodes)), np.zeros(nodes)
    gain, step, tangent = np.empty((nodes, 3, 3)), np.empty((nodes, 3)), np.empty((nodes, 3))
    found = np.full(instants, np.nan)
    for k in range(instants):
        trial[:] = potentials[:, k]
        y, fn, fp = trial[0], trial[1], trial[2]
        for _ in range(FURTHER):
            newton.linearise(voltage[k], y, fn, fp, materials, traps[k], slope, gain, step, tangent,
                             False)  # fmt: skip
            found[k] = newton.update(0.0, y, fn, fp, step, tangent, 1.0)
            if not found[k] > LEFT:
                break
    return found
