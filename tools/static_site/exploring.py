"""The explorer as a page computes it."""

from functools import partial

import numpy as np

from qdlib.device.experiment import perform
from qdlib.notebook.live import defaults
from qdlib.pages import explorer
from qdlib.paper.materials import SALTS

from .model import Experiment, Model, packed
from .traced import Traced, TracedRun, columns, formulas, template

NAME = "explorer"
WHOLE = defaults(explorer.CONTROLS) | {"hold": "1 h"}
JOINT = "metal", "potential"
"""Controls that take each other along."""
TOLD = {"patches": explorer.patches, "table": explorer.table, "summary": explorer.summary}


def experiments(bias, dwell, hold, **own):
    """What the explorer carries out at the values of its controls."""
    device = explorer.device_for(**own)
    swept, stress = explorer.protocols(bias, dwell, hold)
    found = {
        "run": Experiment(device, swept),
        "inert": Experiment(explorer.inert_twin(device), swept),
    }
    return found | ({"held": Experiment(device, stress)} if stress else {})


def model(pool) -> dict:
    """The explorer's experiments, and what it shows of them, as data for `evaluate.js`."""
    made = Model(explorer.CONTROLS, experiments, WHOLE)
    found = made.described(pool)
    instant = ["place", "instant"]
    found["benches"]["held"]["since"] = ["run", instant]
    samples = [*dict.fromkeys(explorer.nearest_salt(salt.couple().standard_potential)[0]
                              for salt in SALTS.values()), explorer.INERT.name]  # fmt: skip
    seen = _views(made, samples, instant)

    def kept(items):
        return [pool.add(packed(item, pool)) for item in items]

    figures = made.table(["metal"], _figure)
    shown = {
        "which": _which(samples),
        "figure": figures | {"values": kept(figures["values"])},
        "series": kept(formulas(explorer.series(one)) for one in seen),
        "html": {name: kept(template(tell(one)) for one in seen) for name, tell in TOLD.items()},
        "table": [f"qdlib_{NAME}.csv", kept(columns(explorer.columns(one)) for one in seen)],
    }
    return found | {
        "shown": shown,
        "first": _first(),
        "places": {"instant": made.table(["bias"], _instant)} | _beside(made, samples),
        "follow": {name: made.table(JOINT, partial(_follow, made, name)) for name in JOINT},
        "ladders": made.ladders,
        "sizes": {name: len(values) for name, values in made.ladders.items()},
    }


def _first():
    """What is told at first."""
    shown = explorer.view(**defaults(explorer.CONTROLS))
    return {name: tell(shown) for name, tell in TOLD.items()}


def _views(made, samples, instant):
    """What is shown with each of the samples beside it, without a hold and after one."""
    first = experiments(**WHOLE)
    run = perform(first["run"].device, first["run"].protocol)
    inert = perform(first["inert"].device, first["inert"].protocol)
    at = explorer.instant_of(WHOLE["bias"])
    held = perform(first["held"].device, first["held"].protocol, since=run.state(at))
    now = Traced(at, instant)
    run, inert = (TracedRun(one, name, made.moving_leaves(name)) for one, name in
                  ((run, "run"), (inert, "inert")))  # fmt: skip
    held = TracedRun(held, "held", made.moving_leaves("held"), begin=run.time[now])
    return [
        explorer.View(run, inert, after, now, name) for after in (None, held) for name in samples
    ]


def _which(samples):
    """The formula of the place among `_views`."""
    left, away, nearest, held = (["place", name] for name in ("left", "away", "nearest", "held"))
    beside = ["above", left, away, nearest, len(samples) - 1]
    return ["+", ["*", held, len(samples)], beside]


def _beside(made, samples):
    """The tables that it asks for."""

    def nearest(**values):
        couple = experiments(**values)["run"].device.ligand.couple
        return explorer.nearest_salt(couple.standard_potential) if couple else (samples[-1], 0.0)

    return {
        "left": made.table(["fraction"], _left),
        "away": made.table(JOINT, lambda **values: float(nearest(**values)[1])),
        "nearest": made.table(JOINT, lambda **values: samples.index(nearest(**values)[0])),
        "held": made.table(["hold"], lambda hold, **_: int(explorer.HOLDS[hold] > 0)),
    }


def _instant(bias, **_):
    return explorer.instant_of(bias)


def _left(**values):
    return experiments(**values)["run"].device.ligand.reducible_fraction


def _figure(**values):
    return explorer.figure(explorer.metal_of(experiments(**values)["run"].device))


def _follow(made, name, **values):
    """Places of the controls that come along when the reader moves one."""
    also = explorer.follow(name, values)
    return {
        key: int(np.argmin([abs(one - value) for one in made.ladders[key]]))
        if not isinstance(value, str)
        else made.ladders[key].index(value)
        for key, value in also.items()
    }
