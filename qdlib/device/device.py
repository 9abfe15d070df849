"""A device: a stack with dots in it, the ligands on them and the cavity around them."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..constants import BOLTZMANN, CHARGE, energy_of_potential
from ..errors import InputError, require_range
from ..physics import readout
from ..physics.emission import Optics
from ..physics.ligand import Dot, Ligand
from ..physics.reduction import Redox, class_factors
from ..physics.stack import Stack
from ..physics.transport import Mesh, Solution, layers_of


@dataclass(frozen=True)
class Device:
    """A stack, its dots, their ligands, what reduces them, and the cavity.

    leakage : ohmic leakage beside the transport [S/m2]
    """

    name: str
    stack: Stack
    dot: Dot
    ligand: Ligand
    redox: Redox
    optics: Optics
    leakage: float

    def __post_init__(self) -> None:
        require_range("leakage", self.leakage, 0, 1e6, "S/m2")
        if not self.stack.emitter:
            raise InputError("stack", self.stack.name, "a stack whose emitter is named")

    def with_dot(self, **fields: Any) -> Self:
        """The device with other properties of its dots, such as level or film_yield.

        The light that gets out stays as it is: computed for the dots that the device was made with.
        """
        return replace(self, dot=replace(self.dot, **fields))

    @property
    def sites_per_dot(self) -> float:
        """Sites that can be reduced on each dot [1]: N_L f."""
        return self.dot.reducible_sites * self.ligand.reducible_fraction

    @property
    def class_factors(self) -> NDArray[np.float64]:
        """Rate at which each class of sites is reduced in a dot with one electron [1/s].

        Raises InputError for a ligand without a metal.
        """
        if self.ligand.couple is None:
            raise InputError("ligand", self.ligand.name, "one with a metal, to be reduced")
        thermal_energy = BOLTZMANN * self.stack.temperature / CHARGE
        return class_factors(
            self.ligand.couple, self.dot.level, self.redox, thermal_energy, self.ligand.lower_share
        )

    @property
    def reduction_charge(self) -> float:
        """Charge that reduces every site of a volume of dots once [C/m3]."""
        if self.ligand.couple is None:
            return 0.0
        electrons = self.ligand.couple.electrons
        return electrons * CHARGE * self.dot.number_density * self.sites_per_dot

    @property
    def wired_stack(self) -> Stack:
        """The stack with the dots' levels and centres in its emitter layer."""
        edges, centres = (self.dot.conduction_edge, self.dot.valence_edge), None
        if self.ligand.couple is not None:
            potential = self.ligand.couple.standard_potential + self.redox.complexation_shift
            centres = energy_of_potential(potential), self.redox.capture_coefficient
        return _wired(self.stack, edges, centres)


@lru_cache(maxsize=64)
def _wired(stack: Stack, edges: tuple[float, float], centres: tuple[float, float] | None) -> Stack:
    """A stack with the edges of its dots [eV] and their centres' level [eV] and capture [m3/s]."""
    own: dict[str, Any] = {"conduction_edge": edges[0], "valence_edge": edges[1]}
    if centres is not None:
        own["trap_level"], own["capture_coefficient"] = centres
    layers = (
        replace(layer, **own) if layer.name == stack.emitter else layer for layer in stack.layers
    )
    return replace(stack, layers=tuple(layers))


def node_depths(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Thickness of a layer that belongs to each of its nodes x [m].

    >>> node_depths(np.array([0.0, 2.0, 6.0]))
    array([1., 3., 2.])
    """
    ends = np.concatenate([x[:1], x, x[-1:]])
    return 0.5 * (ends[2:] - ends[:-2])


def emitter_of(device: Device, mesh: Mesh) -> readout.Emitter:
    """The dots of a device, and the cavity, as the compiled read-out knows them on a mesh."""
    nodes, dot = mesh.nodes_of(device.stack.emitter), device.dot
    layer = next(each for each in mesh.stack.layers if each.name == device.stack.emitter)
    x = mesh.x[nodes]
    outcoupling, purcell = device.optics.at(x - x[0])
    return readout.Emitter(
        first=int(nodes.start),
        x=x,
        outcoupling=outcoupling,
        purcell=purcell,
        stark_field=float(device.optics.stark_field),
        states=float(layer.conduction_states / dot.number_density),
        activity=float(np.exp(layer.conduction_edge / mesh.thermal_voltage)),
        dots=dots_of(device),
        sites_per_dot=float(device.sites_per_dot),
        capture_coefficient=float(device.redox.capture_coefficient),
        brightness=device.optics.brightness,
    )


def dots_of(device: Device) -> readout.Dots:
    """The dots as the compiled read-out knows them."""
    return readout.Dots(*(float(getattr(device.dot, name)) for name in readout.Dots._fields))


@dataclass(frozen=True)
class BandDiagram:
    """Energies [eV above the cathode's Fermi level] against x [m].

    x, conduction, valence, quasi_fermi_electron, quasi_fermi_hole : (points,); an interface has
        a point on either side, so that the edges step there
    couple : level of the metal's couple in the dots, NaN elsewhere or without a couple
    """

    x: NDArray[np.float64]
    conduction: NDArray[np.float64]
    valence: NDArray[np.float64]
    quasi_fermi_electron: NDArray[np.float64]
    quasi_fermi_hole: NDArray[np.float64]
    couple: NDArray[np.float64]


def band_diagram(
    device: Device, solution: Solution, instant: int = -1, spacing: float = 0.0
) -> BandDiagram:
    """BandDiagram of a solution of `device.wired_stack` at one instant.

    spacing : leave out points closer than this [m], but none at an interface
    """
    mesh, emitter = solution.mesh, device.stack.emitter
    ends, index = band_points(mesh, spacing)
    found = np.empty((5, len(ends)))
    names = [layer.name for layer in mesh.stack.layers]
    readout.bands(
        mesh.thermal_voltage,
        solution.voltage[instant],
        *solution.potentials[:, instant],
        layers_of(mesh.stack),
        names.index(emitter) if device.ligand.couple is not None else -1,
        ends,
        index,
        found,
    )
    return BandDiagram(mesh.x[ends], *found)


def band_points(mesh: Mesh, spacing: float = 0.0) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Node and layer of each point of a band diagram, as `band_diagram` has them."""
    ends, layer = np.repeat(np.arange(len(mesh.x)), 2)[1:-1], np.repeat(mesh.layer, 2)
    if spacing > 0:
        kept = np.diff(np.floor(mesh.x[ends] / spacing), prepend=-1) > 0
        kept |= (np.diff(layer, prepend=-1) > 0) | (np.diff(layer, append=len(mesh.x)) > 0)
        ends, layer = ends[kept], layer[kept]
    return ends, layer
