"""What a page needs to compute by itself: benches, how controls move their numbers, what is shown.

Everything is data for `evaluate.js`: a bench is a device with a protocol in numbers, a table has a
number for each place of the controls that it depends on, and formulas are those of `traced`.
"""

import base64
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from operator import attrgetter

import numpy as np

from qdlib import Sweep, red_qled
from qdlib.device import alone
from qdlib.device.device import Device
from qdlib.device.experiment import protocol_of
from qdlib.notebook.bands import FINEST_DRAWN
from qdlib.physics import transport

from . import module

MOST_BENCHES = 24  # of 3 MB each
LENT = "work.", "rows.", "readings."
"""Leaves that are room to work in."""
PROBES = 4
"""Random places to which each control is moved to find what depends on it."""
MOST_ENTRIES = 1500  # of a table
KEPT = 4000  # devices in numbers, while a model is made


@dataclass(frozen=True)
class Experiment:
    """A device and a protocol that goes on from another experiment's instant, if it has one."""

    device: Device
    protocol: list
    since: tuple | None = None


class Model:
    """Benches and tables of experiments(**values), {name: Experiment}, by what the controls move.

    whole : values at which all experiments are there; elsewhere some may be missing. An experiment
    has the same mesh and as many instants at all values; else ValueError.
    """

    def __init__(self, controls, experiments: Callable[..., dict[str, Experiment]], whole: dict):
        self.controls, self.experiments, self.whole = controls, experiments, whole
        self.ladders = {control.name: control.places for control in controls}
        first = experiments(**whole)
        if len(first) > MOST_BENCHES:
            raise ValueError("A page cannot carry out so many experiments at each step.")
        self.benches = {
            name: alone.bench(one.device, one.protocol, FINEST_DRAWN) for name, one in first.items()
        }
        self.shapes = {name: _shape(one.device) for name, one in first.items()}
        self.tables = [
            {"bench": one[0], "leaf": one[1], "table": self._moved(one, own)}
            for one, own in self._dependence().items()
        ]

    def _moved(self, leaf, own):
        return self.table(own, lambda **values: self._at(tuple(values.items())).get(leaf))

    def table(self, names: Iterable[str], read: Callable) -> dict:
        """A table over all places of some controls: read(**values), the others as in `whole`."""
        if math.prod(len(self.ladders[name]) for name in names) > MOST_ENTRIES:
            raise ValueError(f"A table over {', '.join(names)} would be too long.")
        index, distinct = [], {}
        for combined in product(*(self.ladders[name] for name in names)):
            values = self.whole | dict(zip(names, combined, strict=True))
            found = read(**values)
            index.append(distinct.setdefault(_key(found), (len(distinct), found))[0])
        return {"of": list(names), "values": [one for _, one in distinct.values()], "index": index}

    def moving_leaves(self, bench: str) -> set[str]:
        """The leaves of a bench that a control moves."""
        return {table["leaf"] for table in self.tables if table["bench"] == bench}

    @lru_cache(maxsize=KEPT)  # noqa: B019  # as long as the site is built
    def _at(self, items):
        found = {}
        for name, one in self.experiments(**dict(items)).items():
            if _shape(one.device) != self.shapes[name]:
                raise ValueError(f"The mesh of {name} moves with a control.")
            parts = {"numbers": alone.numbers_of(one.device), "protocol": protocol_of(one.protocol)}
            for part, value in parts.items():
                for leaf, number in module.leaves(value, part):
                    if np.shape(number) != np.shape(self._example(name, leaf)):
                        raise ValueError(f"The instants of {name} change with a control.")
                    found[name, leaf] = number
        return found

    def _example(self, bench, leaf):
        return attrgetter(leaf)(self.benches[bench])

    def _dependence(self):
        """Of each leaf that moves, the controls that move it.

        Found from random places of all, and from one of each choice: a choice may free a slider.
        """
        rng, found = np.random.default_rng(1), {}
        ladders = self.ladders.items()
        fixed = [{one.name: choice} for one in self.controls for choice in one.choices]
        for own in [{}] * PROBES + fixed:
            base = {name: values[rng.integers(len(values))] for name, values in ladders} | own
            there = self._at(tuple(base.items()))
            for name, values in ladders:
                for value in (values[k] for k in rng.integers(len(values), size=PROBES)):
                    moved = self._at(tuple((base | {name: value}).items()))
                    for leaf in there.keys() & moved.keys():
                        if not np.array_equal(there[leaf], moved[leaf], equal_nan=True):
                            found.setdefault(leaf, set()).add(name)
        order = list(self.ladders)
        return {leaf: sorted(own, key=order.index) for leaf, own in found.items()}

    def described(self, pool) -> dict:
        """As data, arrays in a Pool."""
        since = {name: one.since for name, one in self.experiments(**self.whole).items()}
        return {
            "benches": {
                name: {"leaves": _described(bench, pool), "since": since[name]}
                for name, bench in self.benches.items()
            },
            "tables": packed(self.tables, pool),
        }


def _shape(device):
    return transport.discretise(device.wired_stack).x.tobytes()


def _key(value):
    return np.asarray(value).tobytes() if isinstance(value, (np.ndarray, float)) else repr(value)


def packed(value, pool):
    """A JSON value whose arrays are in a Pool: {"f64": place}."""
    if isinstance(value, np.ndarray):
        bytes = np.ascontiguousarray(value, "<f8").tobytes()
        return {"f64": pool.add(base64.b64encode(bytes).decode())}
    if isinstance(value, dict):
        return {key: packed(one, pool) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [packed(one, pool) for one in value]
    return value


def _described(bench, pool):
    leaves = []
    for name, value in module.leaves(bench):
        if np.ndim(value) == 0:
            leaves.append([name, float(value)])
        elif not name.startswith(LENT) and (value != 0).any():
            leaves.append([name, list(np.shape(value)), packed(value, pool)])
        else:
            leaves.append([name, list(np.shape(value))])
    return leaves


def functions() -> dict:
    """What the module exports: {name: (function, example arguments)}."""
    bench = alone.bench(red_qled(), [Sweep(0, 1)], FINEST_DRAWN)
    volts, current = bench.rows.voltage, bench.readings.current
    return {
        "rest": (alone.rest, bench),
        "resume": (alone.resume, 0.0, bench.rows, 295.0, bench.work),
        "carry_out": (alone.carry_out, bench),
        "draw": (alone.draw, 0.0, bench),
        "cross": (alone.cross, volts, current, 1.0, np.zeros(1)),
        "fade": (alone.fade, current, volts, 1.0, np.zeros(1)),
    }
