"""Panels of lessons that are sweeps, holds and fades, as a page computes them."""

from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

import numpy as np

from qdlib.device import experiment, together
from qdlib.notebook.panel import Panel

from .model import Experiment, Model, packed
from .traced import TracedRun, columns, formulas, template

REFUSED = AttributeError, KeyError, TypeError, ValueError
"""What a panel raises that computes with values which come later, or is of other physics."""


@contextmanager
def carried(answer):
    """Meanwhile an experiment is what answer(device, protocol, since) says of it, in order."""
    kept, performed, pool = experiment._kept, experiment._performed, together.ThreadPoolExecutor
    together.ThreadPoolExecutor = lambda _: nullcontext(SimpleNamespace(map=map))
    experiment._performed = answer
    experiment._kept = lambda device, protocol: answer(device, protocol, None)
    try:
        yield performed
    finally:
        experiment._kept, experiment._performed = kept, performed
        together.ThreadPoolExecutor = pool


def model(panel: Panel, pool) -> dict | None:
    """What a panel's page computes, as data for `evaluate.js`; None if it cannot."""
    if not panel.controls or not panel.drawing:
        return None
    try:
        return _model(panel, pool)
    except REFUSED:
        return None


def _model(panel, pool):
    first = {control.name: control.accept(control.default) for control in panel.controls}
    made = Model(panel.controls, lambda **values: _experiments(panel, values), first)
    if not made.benches:
        raise ValueError("It carries out nothing.")
    view = _traced(panel, made)
    series = formulas(panel.drawing.series(view))
    said = template(panel.drawing.say(view))
    figure = packed(panel.drawing.figure(), pool)
    one = {"of": [], "index": [0]}
    return made.described(pool) | {
        "shown": {
            "which": 0,
            "figure": one | {"values": [pool.add(figure)]},
            "series": [pool.add(packed(series, pool))],
            "html": {"said": [pool.add(packed(said, pool))]},
            "table": _table(panel, view, pool),
        },
        "first": {"said": panel.say()},
        "places": {},
        "follow": {},
        "ladders": made.ladders,
        "sizes": {name: len(values) for name, values in made.ladders.items()},
    }


def _table(panel, view, pool):
    """Name and columns of what can be downloaded, None if it cannot be computed."""
    try:
        own = columns(panel.drawing.table(view)) if panel.drawing.table else None
    except REFUSED:
        return None
    return own and [f"qdlib_{panel.stem}.csv", [pool.add(packed(own, pool))]]


def _experiments(panel, values):
    found = {}

    def answer(device, protocol, since):
        if since is not None:
            raise ValueError("It goes on from another experiment.")
        found[str(len(found))] = Experiment(device, list(protocol))
        return SimpleNamespace()

    with carried(answer):
        panel.compute(**values)
    return found


def _traced(panel, made):
    """The view of a panel at first, its runs traced."""
    names = iter(made.benches)

    def answer(device, protocol, _):
        name = next(names)
        driven = bool(np.isnan(made.benches[name].protocol.voltage).any())
        run = performed(device, protocol, None)
        return TracedRun(run, name, made.moving_leaves(name), driven)

    with carried(answer) as performed:
        return panel()
