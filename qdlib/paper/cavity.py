"""The paper's diodes as optical cavities: their refractive indices, and what leaves them.

Measured indices are in `data/refractive_index.csv`; those that nobody has measured (poly-TPD, PVK,
ZnMgO, the dots' film) are assumptions in `data/parameters.csv`, which the reader can move.
"""

from functools import cache, lru_cache

import numpy as np

from ..data import data_rows
from ..errors import InputError
from ..parameters import parameters, reader
from ..physics.emission import Optics
from ..physics.outcoupling import Cavity, OpticalLayer, modes, spectrum_average
from ..physics.photometry import electroluminescence, photoluminescence
from .scope import reading

RED, BLUE = 630e-9, 475e-9  # [m], at which data/parameters.csv states the unmeasured indices
WAVELENGTHS, DEPTHS = 21, 9  # over the spectrum, over the dots' layer
VECTORS = 200  # in-plane, for these stacks good to 4e-7 of F
WINDOWS = {"PEDOT:PSS": ("ITO", "PEDOT:PSS"), "ITO": ("ITO",)}
"""Contacts that light passes, and their films from the glass."""
METALS = "Ag", "Al", "Au"
"""Contacts that it does not pass, with a measured index."""
SENSITIVE = (
    "ITO.thickness",
    "ZnMgO.refractive_index",
    "dots.refractive_index",
    "poly-TPD.refractive_index",
    "PVK.refractive_index",
    "dots.horizontal_share",
)


@lru_cache
def tabulated(material):
    """Return the index of a measured material as a function of wavelength [m].

    Materials are those of data/refractive_index.csv, from 400 to 720 nm.
    """
    tables = _tables()
    if material not in tables:
        raise InputError("material", material, f"one of {', '.join(tables)}")
    nm, index = tables[material]

    def at(wavelength):
        position = np.asarray(wavelength, float) * 1e9
        if not ((position >= nm[0] - 1e-6) & (position <= nm[-1] + 1e-6)).all():
            raise InputError("wavelength", wavelength, f"{nm[0]:g}e-9 to {nm[-1]:g}e-9 m")
        return np.interp(position, nm, index)

    return at


@lru_cache
def cauchy(red, blue):
    """Return the index n = A + B/wavelength^2 [1] with the values `red` and `blue` at RED, BLUE."""
    slope = (blue - red) / (BLUE**-2 - RED**-2)
    return lambda wavelength: red + slope * (np.asarray(wavelength) ** -2.0 - RED**-2)


def electrode(contact):
    """What a contact of a device is made of, by its name.

    >>> electrode("Ag on ZnMgO")
    'Ag'
    """
    return contact.split(" on ")[0]


def _is_inverted(stack):
    """Whether the glass is on the cathode's side; InputError if it is on both, or on none."""
    ends = [electrode(contact.name) for contact in (stack.anode, stack.cathode)]
    if (ends[0] in WINDOWS) == (ends[1] in WINDOWS):
        allowed = f"one that light passes ({' or '.join(WINDOWS)}), the other of metal"
        raise InputError("contacts", " and ".join(ends), allowed)
    return ends[1] in WINDOWS


def cavity_of(stack, changes=None):
    """Return the `Cavity` of a light-emitting diode's stack: its layers, electrodes and glass.

    The light leaves through the contact that is one of WINDOWS.

    changes : {"owner.name": SI value} of `qdlib.parameters()`; the layers' thicknesses are the
    stack's own. Raises InputError for a material without an index, or a change without effect.
    """
    window, metal = electrode(stack.anode.name), electrode(stack.cathode.name)
    between = stack.layers
    if _is_inverted(stack):
        window, metal, between = metal, window, between[::-1]

    def index(name):
        red, blue = value(name, "refractive_index"), value(name, "refractive_index_blue")
        return tabulated(name) if red is None else cauchy(red, blue)

    with reading(changes, f"the cavity of the {stack.name} device") as value:
        thickness = [(name, value(name, "thickness")) for name in WINDOWS[window]]
        thickness += [(layer.name, layer.thickness) for layer in between]
        thickness += [(metal, value("device", "electrode_thickness"))]
        layers = tuple(OpticalLayer(name, d, index(name)) for name, d in thickness)
    return Cavity(layers, stack.emitter, tabulated("glass"))


def optics_of(stack, dot, changes=None):
    """Return the `Optics` of a stack: computed, or the constants of the data where they must do.

    Constants serve a stack with a material whose index is unknown (the single-carrier devices),
    and whoever changes "optics.outcoupling_efficiency" or "optics.purcell_factor".
    """
    with reading(changes, f"the optics of the {stack.name} device") as value:
        return _optics(stack, dot, value)


def _optics(stack, dot, value):
    field, inverted = value("optics", "stark_field"), _is_inverted(stack)
    given = {"optics.outcoupling_efficiency", "optics.purcell_factor"} & value.changes.keys()
    if given or not all(f"{layer.name}.refractive_index" in parameters() for layer in stack.layers):
        constants = value("optics", "outcoupling_efficiency"), value("optics", "purcell_factor")
        plain = photoluminescence(dot.peak_wavelength, dot.linewidth)
        return Optics((0.0,), *((each,) for each in constants), field, plain)
    share = value("dots", "horizontal_share")
    cavity = cavity_of(stack, value)
    depth, air, purcell, spectrum = _light_out(cavity, dot.peak_wavelength, dot.linewidth, share)
    if inverted:  # the cavity counts from the glass, Optics from the anode
        last = cavity.emitting_layer.thickness
        depth = tuple(last - one for one in reversed(depth))
        air, purcell = air[::-1], purcell[::-1]
    return Optics(depth, air, purcell, field, spectrum)


@lru_cache(maxsize=64)
def _light_out(cavity, peak, linewidth, horizontal_share):
    """Depths [m], outcoupling and Purcell factor there, over the dots' spectrum; what leaves."""
    plain = photoluminescence(peak, linewidth)
    wavelength = np.linspace(plain.wavelength[0], plain.wavelength[-1], WAVELENGTHS)
    found = modes(cavity, wavelength, cavity.depths(DEPTHS), horizontal_share, VECTORS)
    mean = spectrum_average(found, plain)
    leaving = (found.air * found.purcell_factor).mean(axis=1)
    return (
        tuple(map(float, mean.depth)),
        tuple(map(float, mean.air)),
        tuple(map(float, mean.purcell_factor)),
        electroluminescence(plain, leaving, wavelength),
    )


def sensitivity(stack, wavelength, keys=SENSITIVE, changes=None):
    """Return {key: eta_out with the parameter at its low end, at its high end} of a diode. [1]

    stack : of a light-emitting diode; keys : of `qdlib.parameters()`, those of indices standing for
    their values at 475 nm if the wavelength is nearer to that; changes : of the other parameters
    """

    def outcoupling(key, end):
        moved = value | {key: getattr(known[key], end)}
        return _mean_outcoupling(stack, wavelength, moved)

    known, blue = parameters(), "_blue" * (wavelength < (RED + BLUE) / 2)
    keys = [key + blue * key.endswith("refractive_index") for key in keys]
    for key in keys:
        if key not in known or known[key].low is None:
            raise InputError("key", key, "a key of qdlib.parameters() with a low and a high value")
    with reading(changes, f"the cavity of the {stack.name} device") as value:
        found = {key: tuple(outcoupling(key, end) for end in ("low", "high")) for key in keys}
    _require_read(keys, value, stack)
    return found


def _require_read(keys, value, stack):
    if unread := set(keys) - value.asked:
        raise InputError("key", min(unread), f"a parameter of the {stack.name} device's cavity")


def _mean_outcoupling(stack, wavelength, value):
    share = value("dots", "horizontal_share")
    return float(modes(cavity_of(stack, value), wavelength, None, share, VECTORS).mean().air)


@lru_cache(maxsize=8)
def outcoupling_spread(stack, wavelength, keys=SENSITIVE, count=400, seed=0):
    """eta_out [1] (count,), sorted, with all unknowns drawn evenly from their ranges at once."""
    known, draw = parameters(), np.random.default_rng(seed)
    low, high = np.array([(known[key].low, known[key].high) for key in keys]).T
    found = []
    for values in draw.uniform(low, high, (count, len(keys))):
        moved = reader(dict(zip(keys, map(float, values), strict=True)))
        found.append(_mean_outcoupling(stack, wavelength, moved))
        _require_read(keys, moved, stack)
    return np.sort(found)


@cache
def _tables():
    """Wavelengths [nm] and complex indices by material."""
    tables = {}
    for row in data_rows("refractive_index.csv"):
        one = float(row["wavelength [nm]"]), complex(float(row["n"]), float(row["k"]))
        tables.setdefault(row["material"], []).append(one)
    return {name: tuple(map(np.array, zip(*rows, strict=True))) for name, rows in tables.items()}
