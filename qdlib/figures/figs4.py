"""Figure S4: a faint photoluminescence, weighed under the light of the diode itself."""

import numpy as np

from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.drawing import Drawing
from ..notebook.plots import Axes, Axis, Trace
from ..paper.operando import CYCLES, PER_INSTANT
from ..paper.published import published_value
from ..parameters import parameters
from ..wording import digits, setting, yes

PROBE, CHOPPER = (f"{published_value(id).value:g}" for id in ("L341", "L342"))
BOXES = {
    f"laser<br>{PROBE} nm": (0.2, 2.2, 4.4, 5.8),
    f"chopper<br>{CHOPPER} Hz": (3.0, 4.6, 4.4, 5.8),
    "diode": (8.2, 9.8, 4.2, 6.0),
    "splitter": (5.5, 6.9, 4.7, 5.5),
    "detector": (5.3, 7.1, 2.6, 3.4),
    "detector ": (8.1, 9.9, 2.6, 3.4),
    "lock-in,<br>laser": (5.3, 7.1, 0.2, 1.4),
    "lock-in,<br>light": (8.1, 9.9, 0.2, 1.4),
    "source-<br>meter": (0.2, 2.2, 2.4, 3.6),
    "computer": (0.2, 2.2, 0.3, 1.3),
}
"""Left, right, bottom and top of each box, in any unit."""
BEAM = [(2.2, 5.1), (3.0, 5.1), None, (4.6, 5.1), (5.5, 5.1), None, (6.9, 5.1), (8.2, 5.1), None,
        (6.2, 4.7), (6.2, 3.4)]  # fmt: skip
LIGHT = [(9.0, 4.2), (9.0, 3.4)]
WIRES = [(6.2, 2.6), (6.2, 1.4), None, (9.0, 2.6), (9.0, 1.4), None, (5.3, 0.8), (2.2, 0.8), None,
         (8.1, 0.5), (7.1, 0.5), None, (1.2, 2.4), (1.2, 1.3), None, (2.2, 3.0), (2.6, 3.0),
         (2.6, 3.9), (7.6, 3.9), (7.6, 4.5), (8.2, 4.5)]  # fmt: skip
REFERENCE = [(3.8, 4.4), (3.8, 1.9), (8.6, 1.9), (8.6, 1.4), None, (5.7, 1.9), (5.7, 1.4)]
TIME_CONSTANT = Control(
    name="time_constant",
    label="Time constant",
    default=parameters()["lock-in.time_constant"].value,
    minimum=0.01,
    maximum=10.0,
    step=0.05,
    unit="s",
    readout=".2g",
    log=True,
)
BACKGROUND = Control(
    name="background",
    label="Electroluminescence over photoluminescence",
    default=parameters()["lock-in.background"].value,
    minimum=1.0,
    maximum=1e6,
    step=0.1,
    readout=".2g",
    log=True,
)
FALL = Control("fall", "Fall of the photoluminescence at 5 V", 0.10, maximum=0.3)


def _path(points):
    """Arrays of a path through points, with a gap at each None."""
    return tuple(
        np.array([np.nan if point is None else point[k] for point in points], float) for k in (0, 1)
    )


def _boxes():
    points = []
    for left, right, bottom, top in BOXES.values():
        corners = [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
        points += [*corners, None]
    return _path(points)


def _series(view):
    reading, signal = view
    bias = reading.bias[::PER_INSTANT]
    last = slice(PER_INSTANT - 1, None, PER_INSTANT)
    return {
        "S4/boxes": _boxes(),
        "S4/laser beam": _path(BEAM),
        "S4/light of the dots": _path(LIGHT),
        "S4/wires": _path(WIRES),
        "S4/reference": _path(REFERENCE),
        "S4detector/signal": (1e3 * signal.time, signal.total),
        "S4detector/photoluminescence": (1e3 * signal.time, signal.photoluminescence),
        "S4relative/true": (bias, 100 * reading.true[last]),
        "S4relative/recovered": (bias, 100 * reading.recovered[last]),
        "S4relative/bias": ([signal.bias, signal.bias], [0, 130]),
    }


def _words(view):
    reading, signal = view
    return (
        f"At {signal.bias:.2f} V the diode’s own light is {digits(signal.background)} times "
        f"the fresh photoluminescence, of which {digits(100 * signal.left)} % is left. With a "
        f"time constant of {setting(reading.amplifier.time_constant)} s the amplifier passes "
        f"{digits(reading.amplifier.noise_bandwidth)} Hz; shot noise alone makes an error of "
        f"{digits(100 * signal.noise, 2)} % there, and over the whole sweep the reading is off by "
        f"{digits(100 * reading.error, 2)} %, its lag counted."
    )


def _check(view):
    reading, signal = view
    return (
        f"At {signal.bias:.2f} V the diode’s own light is {digits(signal.background, 2)} "
        f"times the fresh photoluminescence, of which {digits(100 * signal.left)} % is left; "
        f"{digits(reading.amplifier.noise_bandwidth)} Hz pass, shot noise alone makes an error of "
        f"{digits(100 * signal.noise, 2)} %. Over the sweep the reading is off by less than 1 %: "
        f"{yes(reading.error < 0.01)}."
    )


def _table(view):
    reading, _ = view
    return {
        "time [s]": reading.time,
        "bias [V]": reading.bias,
        "electroluminescence over fresh photoluminescence": reading.background,
        "true relative photoluminescence": reading.true,
        "recovered": reading.recovered,
    }


def _dress(figure):
    """Names in the boxes, no scales on the drawing, and more room for it."""
    blank = {"showticklabels": False, "showgrid": False, "ticks": ""}
    made = plots.with_axis(plots.with_axis(figure, "S4", "x", **blank), "S4", "y", **blank)
    notes = [
        (text, (left + right) / 2, (bottom + top) / 2, None)
        for text, (left, right, bottom, top) in BOXES.items()
    ]
    made = plots.annotated(made, "S4", notes)
    return made | {"layout": made["layout"] | {"meta": {"lead": True}}}


BLUE, RED = "#2A6FDB", "#C1121F"
BENCH = Drawing(
    (
        Axes(
            "S4",
            "The bench",
            Axis("", 0, 10.1),
            Axis("", 0, 6.2),
            (
                Trace("boxes", "schematic"),
                Trace("wires", "comparison"),
                Trace("reference", "part", plots.GREY),
                Trace("laser beam", "model", BLUE),
                Trace("light of the dots", "model", RED),
            ),
        ),
        Axes(
            "S4detector",
            "Raw signal",
            Axis("time (ms)", 0, 1e3 * CYCLES / float(CHOPPER)),
            Axis("light less its mean (fresh PL)", -8, 8),
            (Trace("signal", "thin", RED), Trace("photoluminescence", "edge")),
        ),
        Axes(
            "S4relative",
            "Recovered",
            Axis("bias (V)", 0, 5),
            Axis("PL / fresh PL (%)", 70, 108),
            (Trace("bias", "cursor"), Trace("true", "edge"), Trace("recovered", "thin", RED)),
        ),
    ),
    _series,
    _words,
    "Blue: the laser, chopped; red: the light of the dots, and what is measured of it; grey: "
    "what is true; dashed: the chopper’s reference. The light of the diode follows the "
    "modelled amine diode; the fall, the photocurrent and the amplifier’s settings are "
    "assumptions, and the noise is the same at every call.",
    dress=_dress,
    table=_table,
    check=_check,
)
"""Of the bench; a view is (OperandoReading, DetectorSignal at one bias)."""
