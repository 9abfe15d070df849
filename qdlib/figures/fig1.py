"""Figure 1: one dot, two ligands."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .. import counting, plots
from ..bands import band_panel, band_series, name_layers
from ..exhibit import Exhibit
from ..flask import CONTROLS as FLASK_CONTROLS
from ..flask import spectra_series
from ..laboratory import Sample
from ..ledger import published_value
from ..live import Control
from ..parameters import CORE_SHELL, parameters
from ..photometry import photon_energy
from ..plots import Axis, Panel, Trace
from ..scorecard import laboratory
from ..spectra import absorber
from ..wording import site_count, yes
from .curves import FRACTION, POTENTIAL, YIELD, fading, swept

CADMIUM, AMINE = Sample(), Sample(ligand="RNH2")
NM, NS = 1e-9, 1e-9
LIGAND_LENGTH = 1.8  # [nm], of a stretched C18 chain less what interdigitates: schematic
TIME = np.arange(-5.0, 200.0, 0.5)  # [ns]
RED = "#C1121F"


@dataclass(frozen=True)
class Surface:
    """Ligands around a dot's equator, in nm: where each is, and what it is."""

    core: float
    diameter: float
    angle: np.ndarray
    kinds: np.ndarray
    per_dot: float


def scheme(fraction):
    """Ligands on the equator of a dot with a residual fraction of cadmium carboxylate: Surface."""
    dot = laboratory().device(CADMIUM).dot
    diameter = dot.diameter / NM
    tight = parameters()["ligand.tight_fraction"].value
    count = round(np.pi * diameter * np.sqrt(4.5))  # 4.5 ligands on a nm2 (L348)
    place = (np.arange(count) * 0.6180339887) % 1.0  # evenly mixed, the same at every call
    kinds = np.where(place < tight, "carboxylate", np.where(place < fraction, "Cd", "amine"))
    left = max(0.0, fraction - tight) / (1 - tight)
    return Surface(
        published_value("L004").value, diameter, 2 * np.pi * np.arange(count) / count, kinds,
        dot.reducible_sites * left,
    )  # fmt: skip


def _circle(diameter):
    angle = np.linspace(0, 2 * np.pi, 121)
    return diameter / 2 * np.cos(angle), diameter / 2 * np.sin(angle)


def _scheme_series(shown):
    drawn = {"1a/core": _circle(shown.core), "1a/shell": _circle(shown.diameter)}
    inner, outer = shown.diameter / 2, shown.diameter / 2 + LIGAND_LENGTH
    for kind in ("carboxylate", "Cd", "amine"):
        angle = shown.angle[shown.kinds == kind]
        start, end = (r * np.array([np.cos(angle), np.sin(angle)]) for r in (inner, outer))
        gap = np.full(len(angle), np.nan)
        drawn[f"1a/{kind}"] = tuple(
            np.column_stack([start[k], end[k], gap]).ravel() for k in (0, 1)
        )
    return drawn


def _scheme_words(shown):
    share = {kind: 100 * np.mean(shown.kinds == kind) for kind in ("carboxylate", "Cd", "amine")}
    return (
        f"A core of {shown.core:g} nm in a dot of {shown.diameter:g} nm, to scale. On its surface: "
        f"{share['Cd']:.0f} % cadmium carboxylate, weakly held (about {shown.per_dot:.0f} cadmium "
        f"ions on the whole dot), {share['carboxylate']:.0f} % carboxylate on the dot's own "
        f"cadmium, {share['amine']:.0f} % amine."
    )


@lru_cache
def _absorber(core, monolayers):
    return absorber(CORE_SHELL, core_diameter=core * NM, monolayers=monolayers)


def _spectra(shown):
    return spectra_series("1b", shown, CORE_SHELL)


def _spectra_words(shown):
    return (
        f"The dots absorb from {photon_energy(shown.first_transition) / NM:.0f} nm and emit at "
        f"{shown.emission_peak / NM:.0f} nm, whatever the ligand."
    )


@dataclass(frozen=True)
class Decay:
    """Counts of a decay with its fit, and the lifetime that went in [s]."""

    counts: np.ndarray
    fit: counting.LifetimeFit
    lifetime: float


def decay(lifetime, quantum_yield, photons, seed=1):
    """A mono-exponential decay as counted photon by photon, and fitted: Decay."""
    response = parameters()["TCSPC.instrument_response"].value
    true = counting.lifetime(lifetime * NS, quantum_yield)
    expected = counting.decay(TIME * NS, true, photons, 1e-5 * photons, response)
    counts = counting.count(expected, seed)
    return Decay(
        counts, counting.fit_lifetime(TIME * NS, counts, instrument_response=response), true
    )


def _decay_series(shown):
    return {
        "1c/counts": (TIME, np.where(shown.counts > 0, shown.counts, np.nan)),
        "1c/fit": (TIME, shown.fit.expected),
    }


def _decay_words(shown):
    found, error = shown.fit.lifetimes[0] / NS, shown.fit.errors[0] / NS
    return (
        f"The fit gives {found:.2f} ± {error:.2f} ns; the light decays with "
        f"{shown.lifetime / NS:.2f} ns."
    )


def fitted(shown):
    """A verdict in words on the fit of a Decay: its digits are those of a random draw."""
    return f"the fit gives it back within three errors: {yes(shown.fit.gives(shown.lifetime))}"


def _decay_check(shown):
    return f"The light decays with {shown.lifetime / NS:.2f} ns; {fitted(shown)}."


def biased(bias):
    """The diode with cadmium carboxylate, swept up, and the instant at a bias [V]."""
    run = laboratory().sweep(CADMIUM)
    return run, int(np.argmin(np.abs(run.voltage - bias)))


def _bias_words(shown):
    run, at = shown
    layers = ", ".join(
        f"{layer.name} {layer.thickness / NM:.0f} nm" for layer in run.device.stack.layers
    )
    return (
        f"From the anode: {layers}. At {run.voltage[at]:.2f} V "
        f"{site_count(run.reduced_sites_per_dot[at])} of the cadmium ions on each dot are reduced."
    )


CORE, MONOLAYERS, LIFETIME, QUANTUM_YIELD, PHOTONS = FLASK_CONTROLS[:5]

EXHIBITS = (
    Exhibit(
        "1a", "schematic", "The dot and its ligands, to scale",
        (Panel("1a", "A dot and its ligands", Axis("nm", -9.5, 9.5), Axis("nm", -7.5, 7.5),
               (Trace("core", "part", RED), Trace("shell", "edge"),
                Trace("Cd", "thin", plots.COLOURS["Cd"]),
                Trace("carboxylate", "schematic"),
                Trace("amine", "thin", plots.COLOURS["amine"]))),),
        scheme, _scheme_series, _scheme_words, (FRACTION,),
        f'<span style="color:{plots.COLOURS["Cd"]}">■</span> Cd carboxylate, weakly held &ensp;'
        f'<span style="color:{plots.COLOURS["amine"]}">■</span> amine &ensp;grey: carboxylate of '
        "the dot’s own cadmium.",
        dress=lambda figure: plots.to_scale(figure, "1a"),
    ),
    Exhibit(
        "1b", "model", "Absorption and photoluminescence",
        (Panel("1b", "Absorption, emission", Axis("wavelength (nm)", 380, 720),
               Axis("relative absorbance, PL", 0, 1.1),
               (Trace("absorbance", "model", RED), Trace("photoluminescence", "comparison"))),),
        _absorber, _spectra,
        _spectra_words, (CORE, MONOLAYERS),
        "Coloured: absorbance; grey: photoluminescence. Line shapes are schematic.",
    ),
    Exhibit(
        "1c", "model", "Decay of the photoluminescence",
        (Panel("1c", "Decay", Axis("time (ns)", -5, 200),
               Axis("counts per 0.5 ns", 1, 1e6, log=True),
               (Trace("counts", "dots", RED), Trace("fit", "level", plots.ELECTRONS))),),
        decay, _decay_series, _decay_words, (LIFETIME, QUANTUM_YIELD, PHOTONS),
        "Dots: counts; dashed: the fit. The lifetime is an assumption: the paper prints it in a "
        "picture only.",
        check=_decay_check,
    ),
    Exhibit(
        "1d", "model", "The diode: its layers and levels",
        (band_panel("1d", "Cd", "The diode under bias"),),
        biased, lambda shown: band_series("1d", *shown), _bias_words,
        (Control("bias", "Bias", 0.0, 0.0, 5.0, 0.05, "V"),),
        "Grey: band edges; dashed: quasi-Fermi levels; coloured: the level of Cd²⁺/Cd.",
        dress=lambda figure: name_layers(
            figure, plots.number(figure, "1d"), laboratory().device(CADMIUM).stack
        ),
    ),
    swept("1e", "Current density and luminance", (CADMIUM, AMINE), ("J", "L")),
    swept("1f", "External quantum efficiency", (CADMIUM, AMINE), ("EQE",),
          (FRACTION, POTENTIAL, YIELD)),
    fading("1g", "Stability at 100 mA/cm²", (CADMIUM, AMINE)),
)  # fmt: skip
