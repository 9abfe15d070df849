"""Which layers a reader's own diode has, in which order, and what each one is made of.

The layers of the paper's device of a kind keep their parameters. One that is added is of one of the
paper's materials, and has its numbers but for those that are given: {"name.property": SI value}.
A contact keeps its work function, whatever it is made of; the light sees what that is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache

from ..device.device import Device
from ..errors import InputError
from ..paper.cavity import METALS, WINDOWS, electrode, optics_of
from ..paper.materials import structure as paper_structure
from ..paper.protocols import DEVICES, Sample, device_of
from ..parameters import Reader, parameters
from ..physics.stack import Layer

DOTS = "dots"
MOST = 12  # layers
LONGEST = 40  # letters of a name
RESERVED = "device", "layers"
"""What a file has beside the layers' tables."""
BOTH = {"states": ("conduction_states", "valence_states")}
"""Numbers that stand for two fields of a Layer."""


@dataclass(frozen=True)
class Placed:
    """A layer in a stack, by its name; material : whose numbers it starts from."""

    name: str
    material: str


Layers = tuple[Placed, ...]
"""From the anode to the cathode. A contact is among them if it is of another electrode."""


@cache
def usual(structure: str, kind: str = "QLED") -> Layers:
    """The layers of the paper's device of a kind, a key of DEVICES, with dots of a structure."""
    stack = device_of(Sample(structure), kind).stack
    return tuple(Placed(layer.name, layer.name) for layer in stack.layers)


@cache
def contacts(kind: str = "QLED") -> tuple[str, str]:
    """Anode and cathode of a kind of device, as data/parameters.csv names them."""
    stack = DEVICES[kind]().stack
    return stack.anode.name, stack.cathode.name


def electrodes(contact: str) -> tuple[str, ...]:
    """What a contact can be made of, the paper's first."""
    return tuple(dict.fromkeys((electrode(contact), *WINDOWS, *METALS)))


def between(layers: Layers, kind: str = "QLED") -> Layers:
    """The layers without the contacts."""
    return tuple(one for one in layers if one.name not in contacts(kind))


def made_of(layers: Layers, contact: str, material: str) -> Layers:
    """With a contact of an electrode."""
    return (*removed(layers, contact), Placed(contact, material))


@cache
def materials(structure: str) -> dict[str, Layer]:
    """What a layer can be made of, by name: that of any of the paper's devices, but the dots."""
    stacks = (device_of(Sample(structure), kind).stack for kind in DEVICES)
    layers = (layer for stack in stacks for layer in stack.layers)
    return {layer.name: layer for layer in layers if layer.name != DOTS}


def require_layers(layers: Layers, structure: str, kind: str = "QLED") -> Layers:
    """The layers in their order, if they make a stack.

    Raises InputError: for one without dots, for a name that is taken, is none or is another
    thing's, for a material that there is none of, for more than MOST.
    """
    inner = between(layers, kind)
    names, known = [one.name for one in inner], {one.name for one in usual(structure, kind)}
    if DOTS not in names:
        raise InputError(
            f"{DOTS}: layer", "removed", "in the stack, as the light comes from it: move it, or "
            "change its numbers",
        )  # fmt: skip
    for one in layers:
        named_as_contact = one.name in contacts(kind)
        if named_as_contact and one.material in electrodes(one.name):
            continue
        if named_as_contact or names.count(one.name) > 1 or one.name in RESERVED:
            raise InputError("name of the layer", one.name, "a name that nothing else has")
        if not (one.name.isprintable() and 0 < len(one.name) <= LONGEST):
            raise InputError("name of the layer", one.name, f"of up to {LONGEST} letters")
        own = {one.name} if one.name in known else materials(structure).keys()
        if one.material not in own:
            raise InputError(f"{one.name}: material", one.material, f"one of {', '.join(own)}")
    if len(inner) > MOST:
        raise InputError("layers", len(inner), f"at most {MOST}")
    anode, cathode = (
        tuple(one for one in layers if one.name == contact and one.material != electrode(contact))
        for contact in contacts(kind)
    )
    return (*anode, *inner, *cathode)


def added(layers: Layers, material: str, name: str = "") -> Layers:
    """With one more layer of a material, beside the cathode; its name made if none is given."""
    taken = {one.name for one in layers}
    numbered = (material, *(f"{material} {k}" for k in range(2, MOST + 2)))
    free = next(one for one in numbered if one not in taken)
    return (*layers, Placed(name.strip() or free, material))


def removed(layers: Layers, name: str) -> Layers:
    """Without a layer."""
    return tuple(one for one in layers if one.name != name)


def shifted(layers: Layers, name: str, step: int) -> Layers:
    """With a layer moved so many places towards the cathode, or the anode if negative."""
    place = [one.name for one in layers].index(name)
    others = removed(layers, name)
    there = min(max(place + step, 0), len(others))
    return (*others[:there], layers[place], *others[there:])


def own_names(layers: Layers, structure: str, kind: str) -> set[str]:
    """Names of the layers that the paper's device of that kind has not."""
    own = {one.name for one in between(layers, kind)}
    return own - {one.name for one in usual(structure, kind)}


def parameter_of(material: str, number: str, structure: str) -> str:
    """Key of the parameter, if there is one, that is a material's number under dots of a structure.

    Of Fig. 5's diode the dots and the oxide have a thickness of their own.
    """
    if paper_structure(structure).stack == "blue":
        key = f"blue QLED.{material}_{number}"
        if key in parameters():
            return key
    return f"{material}.{number}"


def own_numbers(layers: Layers, structure: str, kind: str) -> dict[str, str]:
    """Numbers of the layers that are added: {"name.number": the parameter it is at first}."""
    own = own_names(layers, structure, kind)
    numbers = [field.name for field in fields(Layer)] + list(BOTH)
    found = {
        f"{one.name}.{number}": parameter_of(one.material, number, structure)
        for one in layers
        for number in numbers
        if one.name in own
    }
    return {key: first for key, first in found.items() if first in parameters()}


def listed(layers: Layers) -> str:
    """Layers in words, an added one with its material, a contact by that alone.

    >>> listed((Placed("TFB", "PVK"), Placed("dots", "dots"), Placed("Ag on ZnMgO", "Al")))
    'TFB (as PVK), dots, Al'
    """
    return ", ".join(
        one.material
        if one.material in (one.name, *WINDOWS, *METALS)
        else f"{one.name} (as {one.material})"
        for one in layers
    )


def arranged(
    device: Device, layers: Layers, values: Mapping[str, float], changes: Mapping[str, float]
) -> Device:
    """A device of the paper with other layers or contacts; its light is theirs.

    values : of the added layers; changes : of parameters, which the device was made with. Raises
    InputError for what makes no layer, and for contacts that let the light out nowhere.
    """
    stack, material = device.stack, {one.name: one.material for one in layers}
    anode, cathode = (
        replace(contact, name=material.get(contact.name, contact.name))
        for contact in (stack.anode, stack.cathode)
    )
    known = {layer.name: layer for layer in stack.layers}
    inner = [one for one in layers if one.name not in (stack.anode.name, stack.cathode.name)]
    own = tuple(known.get(one.name) or _layer(one, device.dot.name, values) for one in inner)
    stack = replace(stack, anode=anode, layers=own, cathode=cathode)
    # the cavity knows a layer's refractive index by its material
    seen = tuple(replace(layer, name=material[layer.name]) for layer in own)
    optics = optics_of(replace(stack, layers=seen), device.dot, Reader(changes))
    return replace(device, stack=stack, optics=optics)


def _layer(placed: Placed, structure: str, values: Mapping[str, float]) -> Layer:
    moved: dict[str, float] = {}
    for key, value in values.items():
        owner, _, name = key.rpartition(".")
        if owner == placed.name:
            moved |= dict.fromkeys(BOTH.get(name, (name,)), value)
    if unknown := moved.keys() - {field.name for field in fields(Layer)}:
        raise InputError(f"property of {placed.name}", min(unknown), "one that a layer has")
    return replace(materials(structure)[placed.material], **moved, name=placed.name)
