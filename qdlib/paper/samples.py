"""The samples and devices of Pu et al., Nat. Commun. 11, 937 (2020), by name.

Every number comes from `data/parameters.csv`, which says of each where it comes from: the paper,
the literature with its spread, an assumption, or calibration against the paper's numbers. Any of
them can be moved: `red_qled(changes={"redox.rate_constant": 50})`. What takes `changes` refuses a
parameter that it does not read, and says what that acts on.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from ..device.device import Device
from ..errors import InputError
from ..parameters import BLUE, CORE_SHELL, Changes, Reader, parameters
from ..physics.ligand import Dot, Ligand
from ..physics.reduction import Redox
from ..physics.stack import Contact, Layer, Stack
from ..physics.wear import Wear
from . import materials
from .cavity import optics_of
from .materials import LIGANDS, KnownLigand
from .published import published_values
from .scope import reading

TYPICAL_YIELD = 0.80  # of films (L058), for samples whose own is not stated


def ligand(name: str, structure: str = CORE_SHELL, fraction: float | None = None) -> Ligand:
    """A ligand as Table 1 writes it, on the dots of a structure: any row of data/ligands.csv.

    fraction : of the metal salt left; the ligand's own by default. Raises InputError for a name
    that is not listed.

    >>> ligand("TOP", "CdSe/CdS/ZnS").couple.metal
    'Zn'
    """
    if name not in LIGANDS:
        raise InputError("ligand", name, f"one of {', '.join(LIGANDS)}")
    return _ligand(LIGANDS[name], materials.structure(structure).shell, fraction)


def cadmium_carboxylate(fraction: float | None = None) -> Ligand:
    """As-synthesised CdS-shelled dots carry Cd(RCOO)2; `fraction` of it is left, 1 by default."""
    return ligand("Cd(RCOO)2", fraction=fraction)


def zinc_carboxylate(fraction: float | None = None) -> Ligand:
    """Zn(RCOO)2, of ZnS-shelled dots or put onto CdS."""
    return ligand("Zn(RCOO)2", fraction=fraction)


def magnesium_carboxylate(fraction: float | None = None) -> Ligand:
    """Mg(RCOO)2: a metal salt that the dots' electrons cannot reduce."""
    return ligand("Mg(RCOO)2", fraction=fraction)


def cadmium_phosphonate(fraction: float | None = None) -> Ligand:
    """Cd(RPOOO): another anion on the same metal."""
    return ligand("Cd(RPOOO)", fraction=fraction)


def phosphine(metal: str = "Zn", fraction: float | None = None) -> Ligand:
    """Trioctylphosphine, with 25 % of the carboxylate kept (Table 1, footnote c)."""
    return _ligand(LIGANDS["TOP"], metal, fraction)


def amine(metal: str = "Cd", fraction: float | None = None) -> Ligand:
    """Fatty amine alone, or with the tightly bound rest of carboxylate (Table 1, footnote b)."""
    return _ligand(LIGANDS["RNH2"], metal, fraction)


def amine_and_thiol(metal: str = "Cd", fraction: float | None = None) -> Ligand:
    """Amine and thiol together, with 15 % of the carboxylate kept."""
    return _ligand(LIGANDS["RNH2+RSH"], metal, fraction)


def _ligand(known: KnownLigand, shell: str, fraction: float | None) -> Ligand:
    return Ligand(
        known.name,
        known.couple(shell),
        known.fraction if fraction is None else fraction,
    )


def wear(structure: str = CORE_SHELL, changes: Changes = None) -> Wear:
    """The slow wear of the diodes with dots of a structure."""
    suffix = materials.structure(structure).suffix
    with reading(changes, f"the wear of diodes with {structure} dots") as value:
        return Wear(
            value(structure, "wear_half_life", CORE_SHELL),
            value("wear", "stretching"),
            value("wear", f"acceleration{suffix}"),
        )


def film_yield(structure: str, ligand_name: str) -> float:
    """Photoluminescence quantum yield [1] of a sample's film.

    As published for the structure, in Table 1 or Fig. S9b; else as data/ligands.csv has it.
    """
    panel = materials.structure(structure).films
    try:
        rows = published_values(panel, quantity="film PLQY", sample=structure, ligand=ligand_name)
    except InputError:
        known = LIGANDS.get(ligand_name)
        return known.film_yield if known and known.film_yield else TYPICAL_YIELD
    return rows[0].value / 100


def dot(
    structure: str = CORE_SHELL, ligand_name: str = "Cd(RCOO)2", changes: Changes = None
) -> Dot:
    """The dots of a structure, a row of data/structures.csv, in a film with some ligand."""
    materials.structure(structure)  # that there is such a structure
    names = (
        "diameter",
        "level",
        "gap",
        "number_density",
        "reducible_sites",
        "radiative_lifetime",
        "peak_wavelength",
        "linewidth",
    )
    with reading(changes, f"{structure} dots") as value:
        own = {name: value(structure, name, CORE_SHELL) for name in names}
        own["film_yield"] = value(structure, "film_yield")
        own |= {name: value("dots", name) for name in ("dark_share", "auger_rate")}
        # dots of another size: as many sites on an area, as large a share of the film
        size = own["diameter"] / value(CORE_SHELL, "diameter")
        for name, power in (("reducible_sites", 2), ("number_density", -3)):
            if f"{structure}.{name}" not in parameters().keys() | value.changes.keys():
                own[name] *= size**power
    if own["film_yield"] is None:
        own["film_yield"] = film_yield(structure, ligand_name)
    return Dot(structure, **own)


def red_qled(
    ligand: Ligand | None = None, structure: str = CORE_SHELL, changes: Changes = None
) -> Device:
    """The red light-emitting diode of Fig. 1d: PEDOT:PSS/poly-TPD/PVK/dots/ZnMgO/Ag."""
    layers = ("poly-TPD", "PVK", "dots", "ZnMgO")
    return _device("red QLED", "PEDOT:PSS", layers, "Ag on ZnMgO", ligand, structure, changes)


def electron_only(
    ligand: Ligand | None = None, structure: str = CORE_SHELL, changes: Changes = None
) -> Device:
    """The electron-only device of Fig. 2c: ITO/TPBi/dots/ZnMgO/Ag."""
    layers = ("TPBi", "dots", "ZnMgO")
    return _device("electron-only", "ITO", layers, "Ag on ZnMgO", ligand, structure, changes)


def hole_only(
    ligand: Ligand | None = None, structure: str = CORE_SHELL, changes: Changes = None
) -> Device:
    """The hole-only device of Fig. 2c: PEDOT:PSS/poly-TPD/PVK/dots/CBP/MoOx/Au."""
    layers = ("poly-TPD", "PVK", "dots", "CBP")
    return _device("hole-only", "PEDOT:PSS", layers, "Au on MoOx", ligand, structure, changes)


def blue_qled(ligand: Ligand | None = None, changes: Changes = None) -> Device:
    """The blue diode of Fig. 5: 20 nm of CdSeS/ZnSeS/ZnS dots, 50 nm of ZnMgO, Al."""
    layers = ("poly-TPD", "PVK", "dots", "ZnMgO")
    ligand = zinc_carboxylate() if ligand is None else ligand
    return _device("blue QLED", "PEDOT:PSS", layers, "Ag on ZnMgO", ligand, BLUE, changes)


def _device(
    name: str,
    anode: str,
    layers: tuple[str, ...],
    cathode: str,
    ligand: Ligand | None,
    structure: str,
    changes: Changes,
) -> Device:
    if materials.structure(structure).stack == "blue":  # Fig. 5: aluminium
        cathode = cathode.replace("Ag on", "Al on")
    ligand = cadmium_carboxylate() if ligand is None else ligand
    if not isinstance(ligand, Ligand):
        raise InputError("ligand", ligand, "a Ligand, as amine() and its like make one")
    with reading(changes, f"the {name} device with {structure} dots") as value:
        ligand = _completed(ligand, value)
        of = name, anode, layers, cathode, structure, ligand.name
        if type(value) is not Reader:  # one that only asks
            return replace(_bare(value, *of), ligand=ligand)
        device, asked = without_ligand(frozenset(value.changes.items()), *of)
        value.asked |= asked
        return replace(device, ligand=ligand)


@lru_cache(maxsize=64)
def without_ligand(changes: frozenset[tuple[str, float]], *of: Any) -> tuple[Device, set[str]]:
    """A device without its ligand, which a reader moves most, and the parameters that it read."""
    value = Reader(dict(changes))
    return _bare(value, *of), value.asked


def _bare(
    value: Reader,
    name: str,
    anode: str,
    layers: tuple[str, ...],
    cathode: str,
    structure: str,
    ligand_name: str,
) -> Device:
    dots = dot(structure, ligand_name, value)
    stack = Stack(
        name,
        Contact(anode, value(anode, "work_function")),
        tuple(_layer(each, value, dots) for each in layers),
        # the oxide pins either metal's level, so aluminium has silver's
        Contact(cathode, value(cathode, "work_function", "Ag on ZnMgO")),
        "dots",
        value("device", "temperature"),
    )
    redox = Redox(*(value("redox", field) for field in Redox.__dataclass_fields__))
    optics, leakage = optics_of(stack, dots, value), value("device", "leakage")
    return Device(name, stack, dots, Ligand(ligand_name), redox, optics, leakage)


def _completed(ligand: Ligand, value: Reader) -> Ligand:
    for name in ("tight_fraction", "selectivity"):
        if getattr(ligand, name) is None:
            missing: dict[str, Any] = {name: value("ligand", name)}
            ligand = replace(ligand, **missing)
        elif (key := f"ligand.{name}") in value.changes:
            raise InputError("changes", key, f"left out, as the ligand has a {name} of its own")
    return ligand


def _layer(name: str, value: Reader, dots: Dot) -> Layer:
    edges = {
        "conduction_edge": dots.conduction_edge
        if name == "dots"
        else value(name, "conduction_edge"),
        "valence_edge": dots.valence_edge if name == "dots" else value(name, "valence_edge"),
    }
    states = value(name, "states")
    if name == "dots":  # so many on each dot
        states *= dots.number_density / value(CORE_SHELL, "number_density")
    own = None  # Fig. 5: the blue diode's layers are thinner
    if materials.structure(dots.name).stack == "blue":
        own = value("blue QLED", f"{name}_thickness")
    return Layer(
        name,
        value(name, "thickness") if own is None else own,
        value(name, "permittivity"),
        electron_mobility=value(name, "electron_mobility"),
        hole_mobility=value(name, "hole_mobility"),
        conduction_states=states,
        valence_states=states,
        donors=value(name, "donors") or 0.0,
        radiative_coefficient=value(name, "radiative_coefficient") or 0.0,
        **edges,
    )
