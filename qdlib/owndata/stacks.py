"""A reader's own stack: the layers of one of the paper's devices, changed, as TOML or as a table.

Each number of such a layer moves a row of data/parameters.csv, so that a fit takes it as it takes
any other. Layers can be left out, moved, and added, with numbers of their own; a contact can be
made of something else.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import InputError
from ..paper.cavity import METALS, WINDOWS, electrode
from ..paper.protocols import DEVICES, Sample
from ..parameters import parameters
from .fitting import device
from .layers import (
    Layers,
    Placed,
    between,
    contacts,
    electrodes,
    made_of,
    own_names,
    parameter_of,
    require_layers,
    usual,
)

MATERIAL = "material"
LARGEST = 100_000  # [bytes] of a file


@dataclass(frozen=True)
class Property:
    """What a layer or a contact has: its name in data/parameters.csv, and its bench unit.

    factor : SI over the bench unit; key : in a file
    """

    name: str
    unit: str
    factor: float
    key: str


PROPERTIES = (
    Property("thickness", "nm", 1e-9, "thickness_nm"),
    Property("work_function", "eV", 1.0, "work_function_eV"),
    Property("conduction_edge", "eV below vacuum", 1.0, "conduction_edge_eV"),
    Property("valence_edge", "eV below vacuum", 1.0, "valence_edge_eV"),
    Property("electron_mobility", "cm²/Vs", 1e-4, "electron_mobility_cm2_per_Vs"),
    Property("hole_mobility", "cm²/Vs", 1e-4, "hole_mobility_cm2_per_Vs"),
    Property("permittivity", "1", 1.0, "permittivity"),
    Property("states", "10¹⁸/cm³", 1e24, "states_1e18_per_cm3"),
    Property("donors", "10¹⁸/cm³", 1e24, "donors_1e18_per_cm3"),
)


@dataclass(frozen=True)
class OwnStack:
    """A stack: what is moved of its numbers {key: SI value}, the rest being the paper's.

    kind : of the device, a key of DEVICES; layers : from the anode, the paper's if None
    """

    moved: Mapping[str, float] = field(default_factory=dict)
    kind: str = "QLED"
    layers: Layers | None = None


@dataclass(frozen=True)
class Cell:
    """One number of a stack: whose it is, the parameter that it moves, the paper's value [SI]."""

    owner: str
    quantity: Property
    key: str
    value: float

    @property
    def label(self) -> str:
        """As a reader sees it, with the unit."""
        unit = "" if self.quantity.unit == "1" else f" ({self.quantity.unit})"
        return f"{self.quantity.name.replace('_', ' ')}{unit}"

    @property
    def bench_value(self) -> float:
        """The paper's value in the bench unit."""
        return float(f"{self.value / self.quantity.factor:.10g}")


def owners(structure_name: str, kind: str = "QLED", layers: Layers | None = None) -> Layers:
    """Contacts and layers from the anode, by name and material; layers : the paper's if None."""
    layers = layers or usual(structure_name, kind)
    material = {one.name: one.material for one in layers}
    anode, cathode = (Placed(name, material.get(name, electrode(name))) for name in contacts(kind))
    return anode, *between(layers, kind), cathode


def cells(
    structure_name: str, kind: str = "QLED", layers: Layers | None = None
) -> tuple[Cell, ...]:
    """The numbers of a stack for the dots of a structure, with the paper's values.

    kind, layers : as in OwnStack
    """
    known, found = parameters(), []
    added = own_names(layers or (), structure_name, kind)
    for owner in owners(structure_name, kind, layers):
        contact = owner.name in contacts(kind)
        row = owner.name if contact else owner.material
        for one in PROPERTIES:
            if contact and owner.material != electrode(row) and one.name != "work_function":
                continue  # it is of another thing
            key = parameter_of(row, one.name, structure_name)
            if key in known:
                mine = f"{owner.name}.{one.name}" if owner.name in added else key
                found.append(Cell(owner.name, one, mine, known[key].value))
    return tuple(found)


def checked(own: OwnStack, sample: Sample) -> OwnStack:
    """The stack, without what is the paper's own.

    Raises InputError, by layer and property, for what no diode can be made of.
    """
    layers = own.layers and require_layers(own.layers, sample.structure, own.kind)
    layers = None if layers == usual(sample.structure, own.kind) else layers
    known = {cell.key: cell for cell in cells(sample.structure, own.kind, layers)}
    moved = {key: value for key, value in own.moved.items() if value != known[key].value}
    device(sample, moved, own.kind, layers)
    return OwnStack(moved, own.kind, layers)


def to_toml(own: OwnStack, structure_name: str) -> str:
    """A stack as a TOML text, in bench units, with all its numbers."""
    placed = owners(structure_name, own.kind, own.layers)
    names = ", ".join(_quoted(one.name) for one in placed[1:-1])
    lines = [
        "# A stack for qdlib, from the anode to the cathode: all numbers can be changed, layers",
        "# left out, moved, and added with a material to start from. A contact's material is what",
        f"# light sees: {' or '.join(WINDOWS)} at one end, {' or '.join(METALS)} at the other.",
        f"device = {_quoted(own.kind)}",
        f"layers = [{names}]",
    ]
    for owner in placed:
        lines.append(f"\n[{_quoted(owner.name)}]")
        if owner.name != owner.material or owner.name in contacts(own.kind):
            lines.append(f"{MATERIAL} = {_quoted(owner.material)}")
        lines += [
            f"{one.quantity.key} = {own.moved.get(one.key, one.value) / one.quantity.factor:.10g}"
            for one in cells(structure_name, own.kind, own.layers)
            if one.owner == owner.name
        ]
    return "\n".join(lines) + "\n"


def _quoted(name: str) -> str:
    """A TOML string: as JSON's, which has its letters as they are."""
    return json.dumps(name, ensure_ascii=False)


def from_toml(content: bytes, structure_name: str) -> OwnStack:
    """The stack of a TOML file; what it leaves out is the paper's, all layers if it lists none.

    Raises InputError for what is no TOML, for a device, a layer or a property that there is none
    of, for layers that make no stack, and for what is no number.
    """
    if len(content) > LARGEST:
        raise InputError("size", f"{len(content)} bytes", f"at most {LARGEST} bytes")
    try:
        given = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("file", str(error), "a TOML text") from None
    kind = given.pop("device", "QLED")
    if not isinstance(kind, str) or kind not in DEVICES:
        raise InputError("device", kind, f"one of {', '.join(DEVICES)}")
    layers = _layers(given, structure_name, kind)
    placed = owners(structure_name, kind, layers)
    known, found = cells(structure_name, kind, layers), {}
    for owner, table in given.items():
        own = {cell.quantity.key: cell for cell in known if cell.owner == owner}
        if not own or not isinstance(table, dict):
            names = ", ".join(one.name for one in placed)
            raise InputError("layer", owner, f"one of {names}, as a table; or in `layers` as well")
        if Placed(owner, table.get(MATERIAL, "")) in placed:
            table = {key: value for key, value in table.items() if key != MATERIAL}
        for key, value in table.items():
            if key not in own:
                raise InputError(f"property of {owner}", key, f"one of {', '.join(own)}")
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise InputError(f"{owner}: {key}", value, "a number")
            found[own[key].key] = float(f"{value * own[key].quantity.factor:.12g}")
    return OwnStack(found, kind, layers)


def _layers(given: dict[str, Any], structure_name: str, kind: str) -> Layers | None:
    """The layers that a file lists, taken out of what it gives, with contacts of other electrodes.

    None if it has neither.
    """
    names, found = given.pop("layers", None), usual(structure_name, kind)
    if names is not None:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise InputError("layers", names, 'a list of names, such as ["PVK", "dots", "ZnMgO"]')
        found = tuple(
            Placed(
                name,
                name
                if Placed(name, name) in found
                else str(_material(given, name) or "none given"),
            )
            for name in names
        )
    for contact in contacts(kind):
        if (material := _material(given, contact)) is not None:
            if material not in electrodes(contact):
                allowed = f"one of {', '.join(electrodes(contact))}"
                raise InputError(f"{contact}: {MATERIAL}", material, allowed)
            found = made_of(found, contact, material)
    found = require_layers(found, structure_name, kind)
    return None if names is None and found == usual(structure_name, kind) else found


def _material(given: Mapping[str, Any], name: str) -> Any:
    """What a file says that something is made of, None if it does not."""
    table = given.get(name)
    return table.get(MATERIAL) if isinstance(table, dict) else None
