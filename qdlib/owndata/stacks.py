"""A reader's own stack: the layers of the paper's diode with other numbers, as TOML or as a table.

Each number moves a row of data/parameters.csv, so that a fit takes it as it takes any other. The
order of the layers stays the paper's: anode, hole transport, hole injection, dots, oxide, cathode.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import InputError
from ..paper.materials import structure
from ..paper.protocols import Sample
from ..parameters import parameters
from .fitting import device

OWNERS = "PEDOT:PSS", "poly-TPD", "PVK", "dots", "ZnMgO", "Ag on ZnMgO"
"""Contacts and layers, from the anode, by what the paper has there."""
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


def cells(structure_name: str) -> tuple[Cell, ...]:
    """The numbers of the paper's stack for the dots of a structure."""
    blue = structure(structure_name).stack == "blue"
    known, found = parameters(), []
    for owner in OWNERS:
        for one in PROPERTIES:
            own = f"blue QLED.{owner}_{one.name}"  # Fig. 5: thinner dots and oxide
            key = own if blue and own in known else f"{owner}.{one.name}"
            if key in known:
                found.append(Cell(owner, one, key, known[key].value))
    return tuple(found)


def checked(values: Mapping[str, float], sample: Sample) -> dict[str, float]:
    """Moved parameters {key: SI value}, without those that are the paper's own.

    Raises InputError, by layer and property, for what no diode can be made of.
    """
    own = {cell.key: cell for cell in cells(sample.structure)}
    moved = {key: value for key, value in values.items() if value != own[key].value}
    device(sample, moved)
    return moved


def to_toml(values: Mapping[str, float], structure_name: str) -> str:
    """A stack as a TOML text, in bench units.

    values : {key: SI value}; what is missing is the paper's
    """
    lines = ["# A stack for qdlib, from the anode to the cathode: all numbers can be changed."]
    for owner in OWNERS:
        lines.append(f"\n[{json.dumps(owner)}]")
        lines += [
            f"{cell.quantity.key} = {values.get(cell.key, cell.value) / cell.quantity.factor:.10g}"
            for cell in cells(structure_name)
            if cell.owner == owner
        ]
    return "\n".join(lines) + "\n"


def from_toml(content: bytes, structure_name: str) -> dict[str, float]:
    """The moved parameters {key: SI value} of a TOML file; what it leaves out is the paper's.

    Raises InputError for what is no TOML, for a layer or a property that there is none of, and for
    what is no number.
    """
    if len(content) > LARGEST:
        raise InputError("size", f"{len(content)} bytes", f"at most {LARGEST} bytes")
    try:
        given = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("file", str(error), "a TOML text") from None
    found = {}
    for owner, table in given.items():
        own = {cell.quantity.key: cell for cell in cells(structure_name) if cell.owner == owner}
        if not own or not isinstance(table, dict):
            raise InputError("layer", owner, f"one of {', '.join(OWNERS)}, as a table")
        for key, value in table.items():
            if key not in own:
                raise InputError(f"property of {owner}", key, f"one of {', '.join(own)}")
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise InputError(f"{owner}: {key}", value, "a number")
            found[own[key].key] = float(f"{value * own[key].quantity.factor:.12g}")
    return found
