"""Figure S9: blue dots in the flask, and the law by which their diodes' lifetimes convert."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .. import plots
from ..constants import HOUR, MILLIAMP_PER_CM2
from ..exhibit import Exhibit
from ..flask import spectra_series
from ..laboratory import Sample
from ..ledger import published_value
from ..live import Control
from ..paper import wear
from ..parameters import BLUE, parameters
from ..photometry import photon_energy
from ..plots import Axis, Panel, Trace
from ..scorecard import laboratory
from ..spectra import absorber
from ..wear import AccelerationFit, fit_acceleration, lifetime_at
from ..wording import digits, duration, setting, yes
from .composed import film_yields
from .curves import colour
from .decays import decayed

ZINC, AMINE = Sample(BLUE, "Zn(RCOO)2"), Sample(BLUE, "RNH2")
NM = 1e-9
DRIVES = np.geomspace(5.0, 100.0, 8)  # [mA/cm2]; the last is where wear is known
LOWEST, HIGHEST = 10.0, 1e4  # [cd/m2]
SEED = 2
STATED_LIFETIME, STATED_LUMINANCE = (published_value(id).value for id in ("L089", "L090"))
DERIVED, BOUND = published_value("L092").value, published_value("L002").low


@lru_cache
def _absorber(core, monolayers):
    return absorber(BLUE, core_diameter=core * NM, monolayers=monolayers)


def _spectra_words(shown):
    return (
        f"The dots absorb from {photon_energy(shown.first_transition) / NM:.0f} nm and emit at "
        f"{shown.emission_peak / NM:.0f} nm."
    )


@dataclass(frozen=True)
class Law:
    """Lifetimes at several drives, the line through them, and the paper's own lifetime converted.

    luminance [cd/m2], lifetime [s] : simulated, with wear that `follows` current or light
    converted : the paper's lifetime at `target` [s]
    """

    luminance: np.ndarray
    lifetime: np.ndarray
    follows: str
    fit: AccelerationFit
    acceleration: float
    target: float
    converted: float


@lru_cache
def _brightness():
    """Initial luminance of the blue diode with amine at each of DRIVES [cd/m2]."""
    first = parameters()["lifetime test.first_reading"].value / HOUR
    runs = (laboratory().drive(AMINE, "QLED", first, drive) for drive in map(float, DRIVES))
    return np.array([run.luminance[-1] for run in runs])


def law(acceleration, follows, target, scatter):
    """T50 by wear at each of DRIVES, scattered from one seed, and a fit of L0^n T: Law.

    follows : whether wear goes with the nth power of the "current", as in the model, or the "light"
    """
    own = wear(BLUE, {"wear.acceleration_blue": acceleration})
    if follows == "current":
        exact = own.lifetime(0.5, MILLIAMP_PER_CM2 * DRIVES)
    else:
        exact = lifetime_at(_brightness(), own.half_life, _brightness()[-1], acceleration)
    lifetime = exact * np.exp(scatter * np.random.default_rng(SEED).normal(size=len(DRIVES)))
    fit = fit_acceleration(_brightness(), lifetime)
    stated = STATED_LIFETIME * HOUR
    converted = lifetime_at(target, stated, STATED_LUMINANCE, acceleration)
    return Law(_brightness(), lifetime, follows, fit, acceleration, target, converted)


def _law_series(shown):
    light = np.geomspace(LOWEST, HIGHEST, 61)
    low, high = shown.fit.band(light)
    stated = STATED_LIFETIME * HOUR
    line = lifetime_at(light, stated, STATED_LUMINANCE, shown.acceleration)
    return {
        "S9c/95 % band": (
            np.concatenate([light, light[::-1]]), np.concatenate([low, high[::-1]]) / HOUR
        ),
        "S9c/fit": (light, shown.fit.lifetime(light) / HOUR),
        "S9c/simulated": (shown.luminance, shown.lifetime / HOUR),
        "S9c/law from 85 h": (light, line / HOUR),
        "S9c/published": ([STATED_LUMINANCE, 100.0], [STATED_LIFETIME, DERIVED]),
        "S9c/more than": ([100.0, 100.0], [BOUND, 1e6]),
        "S9c/converted": ([shown.target], [shown.converted / HOUR]),
    }  # fmt: skip


def _law_words(shown):
    low, high = (duration(end) for end in shown.fit.band(shown.target))
    at = f"{setting(shown.target)} cd/m²"
    return (
        f"{STATED_LIFETIME:g} h from {STATED_LUMINANCE:g} cd/m² is {duration(shown.converted)} "
        f"from {at} with n = {shown.acceleration:.2f}. Simulated diodes whose wear follows the "
        f"{shown.follows} give n = {shown.fit.acceleration:.2f} ± {shown.fit.error:.2f}; from {at} "
        f"the 95 % band of their fit is {low} to {high}."
    )


def _law_check(shown):
    apart = abs(shown.fit.acceleration - shown.acceleration) > 3 * shown.fit.error
    return (
        f"{STATED_LIFETIME:g} h from {STATED_LUMINANCE:g} cd/m² is {duration(shown.converted)} "
        f"from {setting(shown.target)} cd/m². The blue diode is "
        f"{', '.join(map(digits, shown.luminance))} cd/m² bright at the drives. Simulated diodes "
        f"whose wear follows the {shown.follows} give another n, by more than three errors: "
        f"{yes(apart)}."
    )


EXHIBITS = (
    Exhibit(
        "S9a", "model", "Absorption and photoluminescence",
        (Panel("S9a", "Absorption, emission", Axis("wavelength (nm)", 380, 560),
               Axis("relative absorbance, PL", 0, 1.1),
               (Trace("absorbance", "model", "#2A6FDB"),
                Trace("photoluminescence", "comparison"))),),
        _absorber, lambda shown: spectra_series("S9a", shown, BLUE), _spectra_words,
        (Control("core", "Core diameter", absorber(BLUE).core_diameter / NM, 2.4, 4.0, 0.02, "nm"),
         Control("monolayers", "ZnSeS/ZnS shell", absorber(BLUE).monolayers, 0, 14, 1,
                 "monolayers", ".0f")),
        "Blue: absorbance; grey: photoluminescence. Line shapes are schematic; the sizes are "
        "assumptions, as the paper gives none.",
    ),
    decayed("S9b", "Decay of the photoluminescence", (ZINC, AMINE),
            f"{film_yields((ZINC, AMINE))} The radiative lifetime is an assumption."),
    Exhibit(
        "S9c", "model", "Lifetime on initial luminance",
        (Panel("S9c", "L₀ⁿ T₅₀ = constant", Axis("initial luminance (cd/m²)", LOWEST, HIGHEST,
                                                 log=True),
               Axis("T₅₀ (h)", 0.1, 1e6, log=True),
               (Trace("95 % band", "band", plots.GREY), Trace("fit", "comparison"),
                Trace("simulated", "now", plots.GREY),
                Trace("law from 85 h", "model", colour("RNH2")),
                Trace("more than", "published range", plots.INK),
                Trace("published", "published", plots.INK),
                Trace("converted", "now", colour("RNH2")))),),
        law, _law_series, _law_words,
        (Control("acceleration", "Acceleration factor n", published_value("L091").value, 1.4, 2.4,
                 0.02),
         Control("follows", "Simulated wear follows the", "current", choices=("current", "light")),
         Control("target", "Luminance asked for", 100.0, 10.0, 1e4, 0.01, "cd/m²", ".3g",
                 log=True),
         Control("scatter", "Scatter of the lifetimes",
                 parameters()["lifetime test.scatter"].value, 0.0, 0.5, 0.01)),
        "Coloured: the law through the published 85 h; its dot: at the luminance asked for. "
        "Grey: simulated diodes, no data, their scatter from one seed; their fit with its 95 % "
        "band. ◇ published, that at 100 cd/m² derived; dotted: “more than”.",
        check=_law_check,
    ),
)  # fmt: skip
