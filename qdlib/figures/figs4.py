"""Figure S4: a faint photoluminescence, weighed under the light of the diode itself."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .. import plots
from ..exhibit import Exhibit
from ..laboratory import Sample
from ..ledger import published_value
from ..live import Control
from ..lockin import LockIn, chopped, detect, detector, lock_in
from ..parameters import parameters
from ..plots import Axis, Panel, Trace
from ..scorecard import laboratory
from ..wording import digits, setting, yes

AMINE = Sample(ligand="RNH2")
SEED = 1
PER_STEP = 20  # points of time on each step of the bias
CYCLES, PER_CYCLE = 5, 64  # of the chopper on the detector's panel, and samples in each
ONSET = published_value("L029").value  # [V], above which the photoluminescence falls
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


@dataclass(frozen=True)
class Bench:
    """A sweep of the bias as the bench sees it; light in units of the fresh photoluminescence.

    time : [s]; bias : [V]; true, background, recovered : photoluminescence, electroluminescence,
        and what the amplifier gives, over time (K,); instant : of the detector's panel
    """

    amplifier: LockIn
    time: np.ndarray
    bias: np.ndarray
    true: np.ndarray
    background: np.ndarray
    recovered: np.ndarray
    instant: int

    @property
    def error(self):
        """Standard deviation of what is recovered about the truth, over the sweep [1]."""
        return float(np.std(self.recovered - self.true))

    @property
    def noise(self):
        """What shot noise alone gives at the chosen bias [1]."""
        light = self.background[self.instant] + self.true[self.instant] / 2
        return float(self.amplifier.relative_noise(light, _value("rate")))


def _value(name):
    return parameters()[f"lock-in.{name}"].value


@lru_cache
def staircase():
    """Time [s], bias [V] and relative electroluminescence [1] of the amine diode's sweep (K,)."""
    run, dwell = laboratory().sweep(AMINE), parameters()["sweep.dwell"].value
    step = np.repeat(np.arange(len(run.voltage)), PER_STEP)
    time = (np.arange(len(step)) + 0.5) * dwell / PER_STEP
    light = run.luminance / run.luminance.max()
    return time, run.voltage[step], light[step]


def experiment(time_constant, background, fall, bias):
    """The bench on a diode whose photoluminescence falls by a share at the highest bias: Bench.

    time_constant : [s]; background : electroluminescence at its brightest, over the fresh
        photoluminescence [1]; fall : [1]; bias : of the detector's panel [V]
    """
    time, volts, light = staircase()
    rise = np.clip((volts - ONSET) / (volts.max() - ONSET), 0, None)
    true = 1 - fall * rise**2
    glow = background * light
    amplifier = lock_in(time_constant=time_constant)
    recovered = detect(time, true, glow, _value("rate"), amplifier, SEED)
    instant = int(np.argmin(np.abs(volts - bias)))
    return Bench(amplifier, time, volts, true, glow, recovered, instant)


def raw(shown):
    """Time [ms], the detector's signal and the chopped light in it, both less their means."""
    frequency, at = shown.amplifier.frequency, shown.instant
    time = (np.arange(CYCLES * PER_CYCLE) + 0.5) / PER_CYCLE / frequency
    signal = detector(
        time, shown.true[at], shown.background[at], _value("rate"), frequency, SEED
    ) / _value("rate")  # fmt: skip
    light = shown.true[at] * chopped(time, frequency)
    return 1e3 * time, signal - signal.mean(), light - light.mean()


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


def _series(shown):
    time, signal, light = raw(shown)
    bias = shown.bias[::PER_STEP]
    last = slice(PER_STEP - 1, None, PER_STEP)
    here = shown.bias[shown.instant]
    return {
        "S4/boxes": _boxes(),
        "S4/laser beam": _path(BEAM),
        "S4/light of the dots": _path(LIGHT),
        "S4/wires": _path(WIRES),
        "S4/reference": _path(REFERENCE),
        "S4detector/signal": (time, signal),
        "S4detector/photoluminescence": (time, light),
        "S4relative/true": (bias, 100 * shown.true[last]),
        "S4relative/recovered": (bias, 100 * shown.recovered[last]),
        "S4relative/bias": ([here, here], [0, 130]),
    }


def _words(shown):
    at = shown.instant
    return (
        f"At {shown.bias[at]:.2f} V the diode’s own light is {digits(shown.background[at])} times "
        f"the fresh photoluminescence, of which {digits(100 * shown.true[at])} % is left. With a "
        f"time constant of {setting(shown.amplifier.time_constant)} s the amplifier passes "
        f"{digits(shown.amplifier.noise_bandwidth)} Hz; shot noise alone makes an error of "
        f"{digits(100 * shown.noise, 2)} % there, and over the whole sweep the reading is off by "
        f"{digits(100 * shown.error, 2)} %, its lag counted."
    )


def _check(shown):
    at = shown.instant
    return (
        f"At {shown.bias[at]:.2f} V the diode’s own light is {digits(shown.background[at], 2)} "
        f"times the fresh photoluminescence, of which {digits(100 * shown.true[at])} % is left; "
        f"{digits(shown.amplifier.noise_bandwidth)} Hz pass, shot noise alone makes an error of "
        f"{digits(100 * shown.noise, 2)} %. Over the sweep the reading is off by less than 1 %: "
        f"{yes(shown.error < 0.01)}."
    )


def _table(shown):
    import pandas as pd

    return pd.DataFrame(
        {
            "time [s]": shown.time,
            "bias [V]": shown.bias,
            "electroluminescence over fresh photoluminescence": shown.background,
            "true relative photoluminescence": shown.true,
            "recovered": shown.recovered,
        }
    )


def _dress(figure):
    """Names in the boxes, no scales on the drawing, and more room for it."""
    blank = {"showticklabels": False, "showgrid": False, "ticks": ""}
    made = plots.with_axis(plots.with_axis(figure, "S4", "x", **blank), "S4", "y", **blank)
    number = plots.number(figure, "S4")
    suffix = "" if number == 1 else str(number)
    notes = [
        {
            "xref": f"x{suffix}", "yref": f"y{suffix}", "showarrow": False, "text": text,
            "x": (left + right) / 2, "y": (bottom + top) / 2, "font": {"size": 11},
        }
        for text, (left, right, bottom, top) in BOXES.items()
    ]  # fmt: skip
    layout = made["layout"]
    return made | {
        "layout": layout | {"annotations": [*layout["annotations"], *notes], "meta": {"lead": True}}
    }


BLUE, RED = "#2A6FDB", "#C1121F"
EXHIBITS = (
    Exhibit(
        "S4", "schematic", "The optical bench, and you at its controls",
        (
            Panel(
                "S4", "The bench", Axis("", 0, 10.1), Axis("", 0, 6.2),
                (Trace("boxes", "schematic"), Trace("wires", "comparison"),
                 Trace("reference", "part", plots.GREY), Trace("laser beam", "model", BLUE),
                 Trace("light of the dots", "model", RED)),
            ),
            Panel(
                "S4detector", "Raw signal", Axis("time (ms)", 0, 1e3 * CYCLES / float(CHOPPER)),
                Axis("light less its mean (fresh PL)", -8, 8),
                (Trace("signal", "thin", RED), Trace("photoluminescence", "edge")),
            ),
            Panel(
                "S4relative", "Recovered", Axis("bias (V)", 0, 5),
                Axis("PL / fresh PL (%)", 70, 108),
                (Trace("bias", "cursor"), Trace("true", "edge"), Trace("recovered", "thin", RED)),
            ),
        ),
        experiment, _series, _words,
        (
            Control("time_constant", "Time constant", _value("time_constant"), 0.01, 10.0, 0.05,
                    "s", ".2g", log=True),
            Control("background", "Electroluminescence over photoluminescence",
                    _value("background"), 1.0, 1e6, 0.1, "", ".2g", log=True),
            Control("fall", "Fall of the photoluminescence at 5 V", 0.10, 0.0, 0.3, 0.01),
            Control("bias", "Bias at which the detector is watched", 3.0, 0.0, 5.0, 0.05, "V"),
        ),
        "Blue: the laser, chopped; red: the light of the dots, and what is measured of it; grey: "
        "what is true; dashed: the chopper’s reference. The light of the diode follows the "
        "modelled amine diode; the fall, the photocurrent and the amplifier’s settings are "
        "assumptions, and the noise is the same at every call.",
        dress=_dress, table=_table, check=_check,
    ),
)  # fmt: skip
