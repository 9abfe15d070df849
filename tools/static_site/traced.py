"""Quantities that a page computes later: what Python does with them is written down as data.

Given a `Traced` in place of numbers, the functions that draw and tell a Run give back formulas for
`evaluate.js`, lists that begin with an operation; and texts with a mark for each number in them.
So that neither is written twice. What is not linear, or asks for a value, is refused.
"""

import base64
import json
import re
from dataclasses import fields
from types import SimpleNamespace

import numpy as np

from qdlib import wording
from qdlib.device.device import BandDiagram
from qdlib.device.run import Run, first_crossing
from qdlib.pages import explorer
from qdlib.physics.readout import Readings
from qdlib.physics.wear import first_fall

OPERATIONS = {
    np.add: "+",
    np.subtract: "-",
    np.multiply: "*",
    np.true_divide: "/",
    np.power: "^",
    np.exp: "exp",
    np.greater: ">",
}
LISTED = {np.where: "where", np.cumsum: "sums", np.concatenate: "joined"}
"""Functions of whole arrays."""
ASKED = np.isfinite, np.isnan
"""What is asked of the values as they are at first."""
MARK = re.compile("\ue000(.*?)\ue001")


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """A number or an array with its formula; `value` is what it is at first, `fixed` always."""

    def __init__(self, value, formula, fixed=False):
        self.value, self.formula, self.fixed = value, formula, fixed

    def __array__(self, dtype=None, copy=None):
        raise TypeError("A page does not compute this: it asks for the values of what comes later.")

    def __float__(self):
        return float(self.__array__())

    def __bool__(self):
        return bool(self.__array__())

    def __len__(self):
        return len(self.value)

    def __getitem__(self, index):
        if isinstance(index, np.ndarray):
            return Traced(self.value[index], ["pick", self.formula, index.tolist()])
        k = index.value if isinstance(index, Traced) else index
        return Traced(self.value[k], ["at", self.formula, formula_of(index)])

    def mean(self):
        return Traced(self.value.mean(), ["mean", self.formula])

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        values = [one.value if isinstance(one, Traced) else one for one in inputs]
        if ufunc in ASKED:
            return ufunc(*values)
        if ufunc not in OPERATIONS or method != "__call__" or options:
            raise TypeError(f"A page does not compute {ufunc.__name__}.")
        with np.errstate(all="ignore"):
            found = ufunc(*values)
        return Traced(found, [OPERATIONS[ufunc], *map(formula_of, inputs)])

    def __array_function__(self, function, kinds, inputs, options):
        if function is np.nanmax:
            return Traced(np.nanmax(self.value), ["max", self.formula])
        if function is np.interp and not options:
            return _interpolated(*inputs)
        if function in LISTED and not options:
            together = function is np.concatenate
            parts = inputs[0] if together else inputs
            values = [one.value if isinstance(one, Traced) else one for one in parts]
            found = function(values) if together else function(*values)
            return Traced(found, [LISTED[function], *map(formula_of, parts)])
        raise TypeError(f"A page does not compute {function.__name__}.")

    def __format__(self, form):
        return mark("fixed", self, int(re.fullmatch(r"\.(\d)f", form)[1]))


def _interpolated(x, known, y):
    """np.interp of a traced y between places that stay."""
    if isinstance(known, Traced) and not known.fixed:
        raise TypeError("A page does not interpolate between places that move.")
    known = known.value if isinstance(known, Traced) else np.asarray(known)
    weights = np.array([np.interp(np.atleast_1d(x), known, one) for one in np.eye(len(known))])
    left = np.minimum(np.argmax(weights > 0, axis=0), len(known) - 2)
    share = weights[left + 1, np.arange(len(left))]
    formula = ["between", y.formula, left.astype(float), share]
    value = np.interp(x, known, y.value)
    return Traced(value, formula if np.ndim(x) else ["at", formula, 0])


def formula_of(value):
    """The formula of a Traced, a number, an array, or a list of these."""
    if isinstance(value, Traced):
        return value.formula
    if isinstance(value, (list, tuple)) and any(isinstance(one, Traced) for one in value):
        return ["list", *map(formula_of, value)]
    array = np.asarray(value, dtype=float)
    if array.ndim:
        return ["values", array]
    # a number that is missing is kept as an array is, since JSON has no word for it
    return float(array) if np.isfinite(array) else ["at", ["values", array[None]], 0]


def formulas(series):
    """The formulas (x, y) of traces, by their names."""
    return {name: [formula_of(one) for one in points] for name, points in series.items()}


def mark(kind, value, *arguments):
    """The mark in a text of a number to be written later, by a function of `write.js`."""
    told = json.dumps([kind, value.formula, *arguments], default=np.ndarray.tolist)
    return f"\ue000{base64.b64encode(told.encode()).decode()}\ue001"


def template(text):
    """A text with marks as its plain parts, and what is written between them."""
    parts = MARK.split(text)
    return {
        "plain": parts[::2],
        "slots": [json.loads(base64.b64decode(one)) for one in parts[1::2]],
    }


@wording.digits.register
def _(value: Traced, count=3, noise=0.0):
    return mark("digits", value, count, noise)


@wording.setting.register
def _(value: Traced):
    return mark("setting", value)


@wording.volts.register
def _(value: Traced, never="nowhere"):
    return mark("volts", value, never)


@wording.duration.register
def _(value: Traced):
    return mark("duration", value)


@wording.site_count.register
def _(value: Traced):
    return mark("digits", value, 3, wording.FEWEST_SITES)


@explorer.glow.register
def _(value: Traced, spectrum):
    palette = [explorer.glow(k / 1023, spectrum) for k in range(1024)]
    return mark("palette", value, palette)


@first_crossing.register
def _(x: Traced, y, level):
    with np.errstate(all="ignore"):
        value = first_crossing(x.value, y.value, level)
    return Traced(value, ["cross", x.formula, y.formula, level])


@first_fall.register
def _(y: Traced, time, level):
    return Traced(first_fall(y.value, time, level), ["fade", y.formula, formula_of(time), level])


def columns(table):
    """Columns of a table, {title: Traced or values}, as data for `evaluate.js`.

    Each is a title, its kind ("text", "flag" or "number"), and the words or the formula.
    """
    if not isinstance(table, dict):
        raise TypeError("A page makes no table of this.")
    found = []
    for title, column in table.items():
        kind = _kind(column)
        found.append([title, kind, column.tolist() if kind == "text" else formula_of(column)])
    return found


def _kind(column):
    if isinstance(column, list):  # of numbers, each traced by itself
        return "number"
    values = column.value if isinstance(column, Traced) else column
    return {"U": "text", "b": "flag"}.get(values.dtype.kind, "number")


def _known(values):
    """Where a Traced is a number."""
    return Traced(np.isfinite(values.value), ["known", values.formula])


class TracedRun(Run):
    """A Run whose quantities are traced: those of a named bench, at first those of `run`.

    moved : leaves that a control moves; driven : whether it may be at a given current;
    begin : the time [s] at which it does, a Traced, if it goes on from another
    """

    def __init__(self, run, bench, moved=(), driven=True, begin=None):
        def leaf(name, value):
            fixed = name not in moved and name.startswith("protocol.")
            return Traced(value, ["leaf", bench, name], fixed)

        own = run._read
        readings = {name: leaf(f"readings.{name}", getattr(own, name)) for name in Readings._fields}
        duration = leaf("protocol.duration", run.duration)
        volts = leaf("rows.voltage" if driven else "protocol.voltage", run.voltage)
        time = run.time if duration.fixed else Traced(run.time, ["sums", duration.formula])
        if begin is not None:
            time = Traced(run.time, ["+", begin.formula, formula_of(np.cumsum(duration))])
        dot = run.device.dot
        film_yield = leaf("numbers.dots.bright_yield", dot.bright_yield)
        film_yield = film_yield * leaf("numbers.dots.bright_share", dot.bright_share)
        device = SimpleNamespace(
            dot=SimpleNamespace(film_yield=film_yield),
            optics=run.device.optics,
            leakage=leaf("numbers.leakage", run.device.leakage),
            ligand=run.device.ligand,
        )
        self.__dict__.update(
            device=device,
            time=time,
            solution=SimpleNamespace(voltage=volts, converged=_known(readings["current"])),
            step=run.step,
            charge=leaf("rows.charge", run.charge),
            duration=duration,
            _read=Readings(**readings),
            _bench=bench,
            _run=run,
        )

    def band_diagram(self, instant=-1, spacing=0.0):
        k = instant.value if isinstance(instant, Traced) else instant
        now = self._run.band_diagram(k, spacing)
        rows = [getattr(now, one.name) for one in fields(BandDiagram)][1:]
        whole = ["bands", self._bench, formula_of(instant)]
        count = len(now.x)
        traced = [Traced(row, ["part", whole, k * count, count]) for k, row in enumerate(rows)]
        return BandDiagram(now.x, *traced)
