"""Layers between two contacts: the geometry and materials that the transport equations see."""

from dataclasses import dataclass

from ..errors import InputError, require_range


@dataclass(frozen=True)
class Layer:
    """One homogeneous layer; energies are depths below the vacuum level.

    thickness : [m]
    permittivity : relative [1]
    conduction_edge, valence_edge : [eV below vacuum]
    electron_mobility, hole_mobility : [m2/Vs]
    conduction_states, valence_states : effective density of states [1/m3]
    donors, acceptors : ionised dopants [1/m3]
    radiative_coefficient : bimolecular B in R = B (np - ni2) [m3/s]
    trap_density : recombination centres [1/m3], at trap_level [eV below vacuum]
    capture_coefficient : of the centres, the same for both carriers [m3/s]
    """

    name: str
    thickness: float
    permittivity: float
    conduction_edge: float
    valence_edge: float
    electron_mobility: float
    hole_mobility: float
    conduction_states: float
    valence_states: float
    donors: float = 0.0
    acceptors: float = 0.0
    radiative_coefficient: float = 0.0
    trap_density: float = 0.0
    trap_level: float = 0.0
    capture_coefficient: float = 0.0

    def __post_init__(self) -> None:
        def check(name: str, low: float, high: float, unit: str) -> None:
            require_range(f"{self.name}: {name}", getattr(self, name), low, high, unit)

        check("thickness", 1e-10, 1e-3, "m")
        check("permittivity", 1, 1000, "")
        check("conduction_edge", 0, 10, "eV")
        check("valence_edge", 0, 12, "eV")
        for name in ("electron_mobility", "hole_mobility"):
            check(name, 1e-20, 1e3, "m2/Vs")
        for name in ("conduction_states", "valence_states"):
            check(name, 1e10, 1e30, "per m3")
        for name in ("donors", "acceptors", "trap_density"):
            check(name, 0, 1e30, "per m3")
        for name in ("radiative_coefficient", "capture_coefficient"):
            check(name, 0, 1, "m3/s")
        check("trap_level", 0, 12, "eV")
        if self.valence_edge <= self.conduction_edge:
            raise InputError(
                f"{self.name}: valence_edge", self.valence_edge, "deeper than the conduction edge"
            )


@dataclass(frozen=True)
class Contact:
    """An ohmic contact in thermal equilibrium, with its work function [eV]."""

    name: str
    work_function: float

    def __post_init__(self) -> None:
        require_range(f"{self.name}: work_function", self.work_function, 0, 10, "eV")


@dataclass(frozen=True)
class Stack:
    """Layers from the anode (x = 0, at the applied bias) to the cathode (at 0 V).

    emitter : name of the layer that holds the dots
    temperature : [K]
    """

    name: str
    anode: Contact
    layers: tuple[Layer, ...]
    cathode: Contact
    emitter: str = ""
    temperature: float = 295.0

    def __post_init__(self) -> None:
        # Below 200 K the Boltzmann factors of a 10 eV deep edge leave the range of a float.
        require_range("temperature", self.temperature, 200, 600, "K")
        names = [layer.name for layer in self.layers]
        if not names:
            raise InputError("layers", self.layers, "at least one layer")
        if self.emitter and names.count(self.emitter) != 1:
            raise InputError("emitter", self.emitter, f"the name of one layer of {names}")

    @property
    def thickness(self) -> float:
        """Distance between the contacts [m]."""
        return sum(layer.thickness for layer in self.layers)
