"""Figure S9: blue dots in the flask, and the law by which their diodes' lifetimes convert."""

from dataclasses import dataclass, replace

import numpy as np

from ..constants import HOUR
from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.drawing import Drawing
from ..notebook.plots import Axes, Axis, Trace
from ..paper.protocols import WornDiodes
from ..paper.published import published_value, published_values
from ..parameters import parameters
from ..physics.wear import AccelerationFit, lifetime_at
from ..wording import digits, duration, setting, yes
from .dots import SOLUTION_YIELD

LOWEST, HIGHEST = 10.0, 1e4  # [cd/m2]
STATED_LIFETIME, STATED_LUMINANCE = (published_value(id).value for id in ("L089", "L090"))
DERIVED, BOUND = published_value("L092").value, published_value("L002").low
AMINE = plots.COLOURS["amine"]

CORE = Control(
    name="core",
    label="Core diameter",
    default=3.0,
    minimum=2.4,
    maximum=4.0,
    step=0.02,
    unit="nm",
)


def _yield(ligand):
    """Slider of a quantum yield in solution, at first that of the sample's film."""
    film = published_values("S9b", quantity="film PLQY", ligand=ligand)[0]
    control = SOLUTION_YIELD.at(film.value / 100, f"Quantum yield, {ligand.replace('2', '₂')}")
    return replace(control, help=f"At first that of the film, published as {film.text}")


ZINC_YIELD, AMINE_YIELD = _yield("Zn(RCOO)2"), _yield("RNH2")
ACCELERATION = Control(
    name="acceleration",
    label="Acceleration factor n",
    default=published_value("L091").value,
    minimum=1.4,
    maximum=2.4,
    step=0.02,
)
FOLLOWS = Control(
    name="follows",
    label="Simulated wear follows the",
    default="current",
    choices=("current", "light"),
)
TARGET = Control(
    name="target",
    label="Luminance asked for",
    default=100.0,
    minimum=LOWEST,
    maximum=HIGHEST,
    unit="cd/m²",
    readout=".3g",
    log=True,
)
SCATTER = Control(
    name="scatter",
    label="Scatter of the lifetimes",
    default=parameters()["lifetime test.scatter"].value,
    maximum=0.5,
)


@dataclass(frozen=True, eq=False)
class Law:
    """L0^n T = constant: simulated diodes with their fit, and the paper's lifetime converted.

    acceleration : n with which the paper's lifetime is converted and the diodes' wear goes [1]
    target : luminance asked for [cd/m2]; converted : the paper's lifetime there [s]
    """

    diodes: WornDiodes
    fit: AccelerationFit
    acceleration: float
    target: float
    converted: float


def _series(law):
    light = np.geomspace(LOWEST, HIGHEST, 61)
    low, high = law.fit.band(light)
    line = lifetime_at(light, STATED_LIFETIME, STATED_LUMINANCE, law.acceleration)
    return {
        "S9c/95 % band": (
            np.concatenate([light, light[::-1]]),
            np.concatenate([low, high[::-1]]) / HOUR,
        ),
        "S9c/fit": (light, law.fit.lifetime(light) / HOUR),
        "S9c/simulated": (law.diodes.luminance, law.diodes.lifetime / HOUR),
        "S9c/law from 85 h": (light, line),
        "S9c/published": ([STATED_LUMINANCE, 100.0], [STATED_LIFETIME, DERIVED]),
        "S9c/more than": ([100.0, 100.0], [BOUND, 1e6]),
        "S9c/converted": ([law.target], [law.converted / HOUR]),
    }


def _words(law):
    low, high = (duration(end) for end in law.fit.band(law.target))
    at = f"{setting(law.target)} cd/m²"
    return (
        f"{STATED_LIFETIME:g} h from {STATED_LUMINANCE:g} cd/m² is {duration(law.converted)} "
        f"from {at} with n = {law.acceleration:.2f}. Simulated diodes whose wear follows the "
        f"{law.diodes.follows} give n = {law.fit.acceleration:.2f} ± {law.fit.error:.2f}; from "
        f"{at} the 95 % band of their fit is {low} to {high}."
    )


def _check(law):
    apart = abs(law.fit.acceleration - law.acceleration) > 3 * law.fit.error
    return (
        f"{STATED_LIFETIME:g} h from {STATED_LUMINANCE:g} cd/m² is {duration(law.converted)} "
        f"from {setting(law.target)} cd/m². The blue diode is "
        f"{', '.join(map(digits, law.diodes.luminance))} cd/m² bright at the drives. Simulated "
        f"diodes whose wear follows the {law.diodes.follows} give another n, by more than three "
        f"errors: {yes(apart)}."
    )


def _table(law):
    diodes = law.diodes
    return {
        "initial luminance [cd/m2]": diodes.luminance,
        "T50, simulated [h]": diodes.lifetime / HOUR,
        "T50, fit [h]": law.fit.lifetime(diodes.luminance) / HOUR,
    }


LAW = Drawing(
    (
        Axes(
            "S9c",
            "L₀ⁿ T₅₀ = constant",
            Axis("initial luminance (cd/m²)", LOWEST, HIGHEST, log=True),
            Axis("T₅₀ (h)", 0.1, 1e6, log=True),
            (
                Trace("95 % band", "band", plots.GREY),
                Trace("fit", "comparison"),
                Trace("simulated", "now", plots.GREY),
                Trace("law from 85 h", "model", AMINE),
                Trace("more than", "published range", plots.INK),
                Trace("published", "published", plots.INK),
                Trace("converted", "now", AMINE),
            ),
        ),
    ),
    _series,
    _words,
    "Coloured: the law through the published 85 h; its dot: at the luminance asked for. "
    "Grey: simulated diodes, no data, their scatter from one seed; their fit with its 95 % "
    "band. ◇ published, that at 100 cd/m² derived; dotted: “more than”.",
    table=_table,
    check=_check,
)
"""Of lifetimes on initial luminance; a view is a Law."""
