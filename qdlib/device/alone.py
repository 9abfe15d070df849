"""An experiment from a device's numbers to its readings, all of it compiled.

`experiment.perform` makes arrays of a Device in Python, and hands them to the loop. Here that is
compiled as well, from the same functions, so that it can live outside Python: the static site has
it as WebAssembly. What depends on nothing that a control moves, the mesh and the cavity, is data.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..constants import CHARGE
from ..physics import emission, exposure, march, newton, readout, reduction, transport
from ..physics.compiled import compiler
from .device import Device, band_points, dots_of, emitter_of, node_depths
from .experiment import Part, protocol_of

Array = NDArray[np.float64]

compiled = compiler(emission, exposure, march, newton, readout, reduction, transport)
_vt = compiled(transport.thermal_voltage)
_contact = compiled(transport.contact_potential)
_limits = compiled(transport.limits_of)
_site_rate = compiled(reduction.site_rate)


class Redox(NamedTuple):
    """The fields of `reduction.Redox`."""

    rate_constant: float
    reorganisation_energy: float
    complexation_shift: float
    potential_spread: float
    capture_coefficient: float
    settling_time: float
    coupling_spread: float


class Numbers(NamedTuple):
    """A device, its mesh and its cavity apart: what controls may move.

    temperature : [K]; anode, cathode : work functions [eV]; leakage : [S/m2]
    layers : of the wired stack; redox, dots : as they are; level : of the dots [V vs NHE]
    potential : of the ligand's couple [V vs NHE], electrons : that reduce one site [1], both 0
        without a metal; offsets : of the classes of sites, in standard deviations (CLASSES,)
    sites_per_dot : that can be reduced [1]; stark_field : [V/m]
    brightness : luminance per current density at an EQE of 1 [cd/A]
    """

    temperature: float
    anode: float
    cathode: float
    leakage: float
    layers: transport.Layers
    redox: Redox
    dots: readout.Dots
    level: float
    potential: float
    electrons: float
    offsets: Array
    sites_per_dot: float
    stark_field: float
    brightness: float


class Place(NamedTuple):
    """Mesh and cavity: widths of the elements [m] and index of their layers (N - 1,), share of the
    bias beyond each node (N,); of the dots their layer's index and first node, positions [m],
    thickness that belongs to each [m], outcoupling and Purcell factor (dots,); shares of the
    classes of sites (CLASSES,)."""

    widths: Array
    layers: Array
    tilt: Array
    emitter: int
    first: int
    x: Array
    depths: Array
    outcoupling: Array
    purcell: Array
    shares: Array


class Bench(NamedTuple):
    """A device with a protocol, and room for all that comes of them.

    bands : of `readout.bands`, ends, end_layers : of its points
    """

    numbers: Numbers
    place: Place
    protocol: march.Protocol
    work: march.Work
    rows: march.Rows
    readings: readout.Readings
    materials: Array
    factors: Array
    bands: Array
    ends: Array
    end_layers: Array


def numbers_of(device: Device) -> Numbers:
    """The Numbers of a device."""
    stack, couple, redox = device.wired_stack, device.ligand.couple, device.redox
    return Numbers(
        temperature=float(stack.temperature),
        anode=float(stack.anode.work_function),
        cathode=float(stack.cathode.work_function),
        leakage=float(device.leakage),
        layers=transport.layers_of(stack),
        redox=Redox(*(float(getattr(redox, name)) for name in Redox._fields)),
        dots=dots_of(device),
        level=float(device.dot.level),
        potential=float(couple.standard_potential) if couple else 0.0,
        electrons=float(couple.electrons) if couple else 0.0,
        offsets=reduction.class_offsets(device.ligand.lower_share if device.sites_per_dot else 1.0),
        sites_per_dot=float(device.sites_per_dot),
        stark_field=float(device.optics.stark_field),
        brightness=device.optics.brightness,
    )


def place_of(device: Device) -> Place:
    """The Place of a device."""
    stack = device.wired_stack
    mesh = transport.discretise(stack)
    emitter = emitter_of(device, mesh)
    return Place(
        widths=mesh.materials[0].copy(),
        layers=mesh.layer.astype(float),
        tilt=mesh.tilt,
        emitter=[layer.name for layer in stack.layers].index(stack.emitter),
        first=emitter.first,
        x=emitter.x,
        depths=node_depths(emitter.x),
        outcoupling=emitter.outcoupling,
        purcell=emitter.purcell,
        shares=reduction.spread_classes()[1],
    )


def bench(device: Device, protocol: Iterable[Part], spacing: float = 0.0) -> Bench:
    """A Bench for a device and a protocol; spacing : of the points of its bands [m]."""
    place, instants = place_of(device), protocol_of(protocol)
    nodes, dots, count = len(place.tilt), len(place.x), len(instants.duration)
    ends, end_layers = band_points(transport.discretise(device.wired_stack), spacing)
    return Bench(
        numbers_of(device),
        place,
        instants,
        march.work(0.0, np.zeros((3, nodes)), np.zeros(dots)),
        march.rows(count, nodes, dots),
        readout.readings(count, nodes, dots),
        materials=np.zeros((11, nodes - 1)),
        factors=np.zeros(reduction.CLASSES),
        bands=np.zeros((5, len(ends))),
        ends=ends.astype(float),
        end_layers=end_layers.astype(float),
    )


@compiled
def rest(bench):
    """Put a fresh device at rest: the work then is at equilibrium, without a bias."""
    numbers, work = bench.numbers, bench.work
    vt, y = _vt(numbers.temperature), work.now[0]
    transport.fill_materials(
        bench.place.widths, bench.place.layers, numbers.layers, vt, bench.materials
    )
    y[0], y[y.size - 1] = _contact(numbers.anode, vt), _contact(numbers.cathode, vt)
    upper, right, step = work.before[0, 0], work.before[0, 1], work.before[0, 2]
    found = transport.relax(y, bench.materials, upper, right, step)
    for i in range(y.size):
        work.now[1, i] = work.now[2, i] = 0.0
    _start(0.0, work)
    for x in range(work.exposure.size):
        work.exposure[x] = 0.0
    return found


@compiled
def resume(k, rows, temperature, work):
    """Let a work go on from instant k of rows of the same device, at a temperature [K]: k."""
    k = int(k)
    for q in range(3):
        for i in range(work.now.shape[1]):
            work.now[q, i] = rows.potentials[q, k, i]
    for x in range(work.exposure.size):
        work.exposure[x] = rows.exposure[k, x]
    _start(rows.voltage[k] / _vt(temperature), work)
    return k


@compiled
def _start(bias, work):
    work.bias[0], work.bias[1], work.bias[2] = bias, np.nan, np.nan
    for x in range(work.electrons.size):
        work.electrons[x] = 0.0


@compiled
def carry_out(bench):
    """Carry out the protocol from where the work is, and read it off: how many instants it did."""
    numbers, place, work = bench.numbers, bench.place, bench.work
    vt, dots = _vt(numbers.temperature), numbers.dots
    transport.fill_materials(place.widths, place.layers, numbers.layers, vt, bench.materials)
    grid = march.Grid(
        bench.materials,
        place.tilt,
        _contact(numbers.anode, vt),
        _contact(numbers.cathode, vt),
        vt,
        numbers.leakage,
    )
    for c in range(bench.factors.size):
        offset, level = numbers.offsets[c], numbers.level
        bench.factors[c] = _site_rate(numbers.potential, offset, level, numbers.redox, vt)
    at = int(place.emitter)
    states = numbers.layers.conduction_states[at] / dots.number_density
    activity = np.exp(numbers.layers.conduction_edge[at] / vt)
    sites = reduction.Sites(
        int(place.first),
        place.depths,
        bench.factors,
        place.shares,
        dots.number_density * numbers.sites_per_dot,
        numbers.electrons * CHARGE,
        states,
        activity,
    )
    emitter = readout.Emitter(
        int(place.first),
        place.x,
        place.outcoupling,
        place.purcell,
        numbers.stark_field,
        states,
        activity,
        dots,
        numbers.sites_per_dot,
        numbers.redox.capture_coefficient,
        numbers.brightness,
    )
    done = march.march(grid, sites, bench.protocol, _limits(vt), work, bench.rows)
    readout.read(grid, emitter, bench.protocol.duration, bench.rows, bench.readings)
    return done


@compiled
def draw(k, bench):
    """Fill in the bands at instant k of the rows: k."""
    k, numbers, rows = int(k), bench.numbers, bench.rows
    emitter = int(bench.place.emitter) if numbers.electrons > 0.0 else -1
    y, fn, fp = rows.potentials[0, k], rows.potentials[1, k], rows.potentials[2, k]
    vt, bias = _vt(numbers.temperature), rows.voltage[k]
    ends, layers = bench.ends, bench.end_layers
    readout.bands(vt, bias, y, fn, fp, numbers.layers, emitter, ends, layers, bench.bands)
    return k


@compiled
def cross(x, y, level, found):
    """Put `readout.crossing` into found (1,)."""
    found[0] = readout.crossing(x, y, level)
    return 0


@compiled
def fade(y, time, level, found):
    """Put `readout.fall` into found (1,)."""
    found[0] = readout.fall(y, time, level)
    return 0
