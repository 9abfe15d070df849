"""The samples and devices of Pu et al., Nat. Commun. 11, 937 (2020), by name.

Every number comes from `data/parameters.csv`, which says of each where it comes from: the paper,
the literature with its spread, an assumption, or calibration against the paper's numbers. Any of
them can be moved: `red_qled(changes={"redox.rate_constant": 50})`. What takes `changes` refuses a
parameter that it does not read, and says what that acts on.
"""

from dataclasses import replace

from ..data import standard_potential
from ..device.device import Device
from ..errors import InputError
from ..parameters import BLUE, CORE_SHELL
from ..physics.ligand import Couple, Dot, Ligand
from ..physics.reduction import Redox
from ..physics.stack import Contact, Layer, Stack
from ..physics.wear import Wear
from .cavity import optics_of
from .published import published_values
from .scope import reading

STRUCTURES = (CORE_SHELL, "CdSe/CdS/ZnS", "CdSe/CdZnSe/CdZnS", BLUE)
TYPICAL_YIELD = 0.80  # of films (L058), for samples whose own is not stated


def couple(metal):
    """The couple M(2+)/M(0) of a metal, from the table of standard potentials."""
    return Couple(metal, standard_potential(metal, 2), 2)


def cadmium_carboxylate(fraction=1.0):
    """As-synthesised CdS-shelled dots carry Cd(RCOO)2; `fraction` of it is left."""
    return _salt("Cd(RCOO)2", "Cd", fraction)


def zinc_carboxylate(fraction=1.0):
    """Zn(RCOO)2, of ZnS-shelled dots or put onto CdS."""
    return _salt("Zn(RCOO)2", "Zn", fraction)


def magnesium_carboxylate(fraction=1.0):
    """Mg(RCOO)2: a metal salt that the dots' electrons cannot reduce."""
    return _salt("Mg(RCOO)2", "Mg", fraction)


def cadmium_phosphonate(fraction=1.0):
    """Cd(RPOOO): another anion on the same metal."""
    return _salt("Cd(RPOOO)", "Cd", fraction)


def phosphine(metal="Zn", fraction=0.25):
    """Trioctylphosphine, with 25 % of the carboxylate kept (Table 1, footnote c)."""
    return _salt("TOP", metal, fraction)


def amine(metal="Cd", fraction=0.0):
    """Fatty amine alone, or with the tightly bound rest of carboxylate (Table 1, footnote b)."""
    return _salt("RNH2", metal, fraction)


def amine_and_thiol(metal="Cd", fraction=0.15):
    """Amine and thiol together."""
    return _salt("RNH2+RSH", metal, fraction)


LIGANDS = {
    "Cd(RCOO)2": cadmium_carboxylate,
    "Cd(RPOOO)": cadmium_phosphonate,
    "Zn(RCOO)2": zinc_carboxylate,
    "Mg(RCOO)2": magnesium_carboxylate,
    "RNH2": amine,
    "RNH2+RSH": amine_and_thiol,
    "TOP": phosphine,
}


HUES = {
    "Cd(RCOO)2": "Cd",
    "Cd(RPOOO)": "Cd",
    "Zn(RCOO)2": "Zn",
    "Mg(RCOO)2": "Mg",
    "RNH2": "amine",
    "RNH2+RSH": "thiol",
    "TOP": "phosphine",
}


def ligand(name, structure=CORE_SHELL, fraction=None):
    """A ligand as Table 1 writes it, on the dots of a structure.

    fraction : of the metal salt left; the sample's own by default. Raises InputError for a name
    that the paper has not.
    """
    if name not in LIGANDS:
        raise InputError("ligand", name, f"one of {', '.join(LIGANDS)}")
    own = {} if fraction is None else {"fraction": fraction}
    if name in ("RNH2", "RNH2+RSH", "TOP"):  # what is left is the salt of the shell's metal
        own["metal"] = "Cd" if structure == CORE_SHELL else "Zn"
    return LIGANDS[name](**own)


def wear(structure=CORE_SHELL, changes=None):
    """The slow wear of the diodes with dots of a structure."""
    blue = "_blue" if structure == BLUE else ""
    with reading(changes, f"the wear of diodes with {structure} dots") as value:
        return Wear(
            value(structure, "wear_half_life"),
            value("wear", "stretching"),
            value("wear", f"acceleration{blue}"),
        )


def _salt(name, metal, fraction):
    return Ligand(name, couple(metal), fraction)


def film_yield(structure, ligand_name):
    """Photoluminescence quantum yield [1] of a sample's film, from Table 1 or Fig. S9b."""
    panel = "S9b" if structure == BLUE else "Table 1"
    try:
        rows = published_values(panel, quantity="film PLQY", sample=structure, ligand=ligand_name)
    except InputError:
        return TYPICAL_YIELD
    return rows[0].value / 100


def dot(structure=CORE_SHELL, ligand_name="Cd(RCOO)2", changes=None):
    """The dots of a structure in a film with some ligand; see STRUCTURES."""
    if structure not in STRUCTURES:
        raise InputError("structure", structure, f"one of {', '.join(STRUCTURES)}")
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
    if own["film_yield"] is None:
        own["film_yield"] = film_yield(structure, ligand_name)
    return Dot(structure, **own)


def red_qled(ligand=None, structure=CORE_SHELL, changes=None):
    """The red light-emitting diode of Fig. 1d: PEDOT:PSS/poly-TPD/PVK/dots/ZnMgO/Ag."""
    layers = ("poly-TPD", "PVK", "dots", "ZnMgO")
    return _device("red QLED", "PEDOT:PSS", layers, "Ag on ZnMgO", ligand, structure, changes)


def electron_only(ligand=None, structure=CORE_SHELL, changes=None):
    """The electron-only device of Fig. 2c: ITO/TPBi/dots/ZnMgO/Ag."""
    layers = ("TPBi", "dots", "ZnMgO")
    return _device("electron-only", "ITO", layers, "Ag on ZnMgO", ligand, structure, changes)


def hole_only(ligand=None, structure=CORE_SHELL, changes=None):
    """The hole-only device of Fig. 2c: PEDOT:PSS/poly-TPD/PVK/dots/CBP/MoOx/Au."""
    layers = ("poly-TPD", "PVK", "dots", "CBP")
    return _device("hole-only", "PEDOT:PSS", layers, "Au on MoOx", ligand, structure, changes)


def blue_qled(ligand=None, changes=None):
    """The blue diode of Fig. 5: 20 nm of CdSeS/ZnSeS/ZnS dots, 50 nm of ZnMgO, Al."""
    layers = ("poly-TPD", "PVK", "dots", "ZnMgO")
    ligand = zinc_carboxylate() if ligand is None else ligand
    return _device("blue QLED", "PEDOT:PSS", layers, "Ag on ZnMgO", ligand, BLUE, changes)


def _device(name, anode, layers, cathode, ligand, structure, changes):
    if structure == BLUE:  # Fig. 5: aluminium
        cathode = cathode.replace("Ag on", "Al on")
    ligand = cadmium_carboxylate() if ligand is None else ligand
    with reading(changes, f"the {name} device with {structure} dots") as value:
        ligand = _with_tight_fraction(ligand, value)
        dots = dot(structure, ligand.name, value)
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
        optics = optics_of(stack, dots, value)
        return Device(name, stack, dots, ligand, redox, optics, value("device", "leakage"))


def _with_tight_fraction(ligand, value):
    key = "ligand.tight_fraction"
    if ligand.tight_fraction is None:
        return replace(ligand, tight_fraction=value(*key.split(".")))
    if key in value.changes:
        raise InputError("changes", key, "left out, as the ligand has a tight_fraction of its own")
    return ligand


def _layer(name, value, dots):
    edges = {
        "conduction_edge": dots.conduction_edge
        if name == "dots"
        else value(name, "conduction_edge"),
        "valence_edge": dots.valence_edge if name == "dots" else value(name, "valence_edge"),
    }
    own = None  # Fig. 5: the blue diode's layers are thinner
    if dots.name == BLUE:
        own = value("blue QLED", f"{name}_thickness")
    return Layer(
        name,
        value(name, "thickness") if own is None else own,
        value(name, "permittivity"),
        electron_mobility=value(name, "electron_mobility"),
        hole_mobility=value(name, "hole_mobility"),
        conduction_states=value(name, "states"),
        valence_states=value(name, "states"),
        donors=value(name, "donors") or 0.0,
        radiative_coefficient=value(name, "radiative_coefficient") or 0.0,
        **edges,
    )
