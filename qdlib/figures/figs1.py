"""Figure S1: what the dots are made of, counted, and how they would look, drawn."""

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from .. import plots
from ..exhibit import Exhibit
from ..laboratory import Sample
from ..ledger import published_value
from ..live import Control
from ..parameters import parameters
from ..plots import Axis, Panel, Trace
from ..scorecard import laboratory
from ..surface import cation_anion_ratio
from ..wording import setting, yes
from .curves import FRACTION, own

CADMIUM = Sample()
CD, AMINE = plots.COLOURS["Cd"], plots.COLOURS["amine"]
NM = 1e-9
FRACTIONS = np.linspace(0, 1, 41)
WIDTH, HEIGHT, FOOT = 160.0, 113.0, 14.0  # [nm], of a drawn field, and free below it for the bar
DOTS, TRIALS = 60, 400  # dots in a field, and places tried for each
RATIO = Axis("Cd / (Se + S)", 0.92, 1.22)


@dataclass(frozen=True)
class Composition:
    """Atomic ratio Cd/(Se+S) at FRACTIONS [1], at one fraction, and a measurement's error."""

    fraction: float
    ratios: np.ndarray
    ratio: float
    error: float


def composition(fraction, sites):
    """Counted ratio of dots that carried so many removable cadmium ions as synthesised."""
    dot = laboratory().device(CADMIUM).dot
    core = published_value("L004").value * NM
    ratio = partial(cation_anion_ratio, dot.diameter, sites, core_diameter=core)
    ratios = np.array([ratio(fraction=float(one)) for one in FRACTIONS])
    error = parameters()["surface.ratio_error"].value
    return Composition(fraction, ratios, ratio(fraction=fraction), error)


def _composition_series(shown):
    left = 100 * FRACTIONS
    low, high = shown.ratios - shown.error, shown.ratios + shown.error
    return {
        "S1a/error": ([*left, *left[::-1]], [*low, *high[::-1]]),
        "S1a/counted": (left, shown.ratios),
        "S1a/now": ([100 * shown.fraction], [shown.ratio]),
        "S1a/amine, published": ([0], [published_value("L213").value]),
        "S1a/Cd, published": ([100, 100], [published_value("L214").low, RATIO.high]),
    }


def _composition_words(shown):
    beyond = "beyond" if shown.ratio - 1 > shown.error else "within"
    return (
        f"With {setting(100 * shown.fraction)} % of the carboxylate the dots have "
        f"{shown.ratio:.3f} cadmium to one selenium or sulfur, an excess of "
        f"{100 * (shown.ratio - 1):z.1f} %, which is {beyond} a measurement’s error of "
        f"{setting(100 * shown.error)} %; with amine alone {shown.ratios[0]:.3f}."
    )


@dataclass(frozen=True)
class Field:
    """Drawn dots: centres (N, 2) and diameters (N,) [nm]."""

    centres: np.ndarray
    diameters: np.ndarray

    def outlines(self):
        """Circles, one after the other, as one line with gaps [nm]."""
        angle = np.linspace(0, 2 * np.pi, 31)
        rim = np.array([np.cos(angle), np.sin(angle)]).T
        circles = self.centres[:, None] + self.diameters[:, None, None] / 2 * rim
        gaps = np.full((len(circles), 1, 2), np.nan)
        return tuple(np.concatenate([circles, gaps], axis=1).reshape(-1, 2).T)


@lru_cache(maxsize=256)
def scattered(seed, diameter, spread):
    """Dots of a mean diameter [nm] and a relative spread, put down at random, large ones first.

    None touches another: between edges there is room for ligands. One that finds no place in
    TRIALS is left out.
    """
    rng = np.random.default_rng(seed)
    gap = parameters()["drawn field.spacing"].value / NM
    sizes = np.sort(diameter * (1 + spread / 100 * rng.standard_normal(DOTS)))[::-1]
    centres, kept = np.empty((0, 2)), []
    for size in sizes:
        edge = size / 2
        tried = rng.uniform((edge, FOOT + edge), (WIDTH - edge, HEIGHT - edge), (TRIALS, 2))
        away = np.linalg.norm(tried[:, None] - centres, axis=2)
        free = np.flatnonzero((away > edge + np.array(kept) / 2 + gap).all(axis=1))
        if len(free):
            centres, kept = np.vstack([centres, tried[free[0]]]), [*kept, size]
    return Field(centres, np.array(kept))


def _field_series(key, shown):
    outlines = shown.outlines()
    bar = published_value("L212").value
    return {
        f"{key}/dots": outlines,
        f"{key}/rims": outlines,
        f"{key}/bar": ([6, 6 + bar], [5, 5]),
    }


def _field_words(shown):
    sizes = shown.diameters
    return (
        f"{len(sizes)} drawn dots of {sizes.mean():.2f} ± {sizes.std(ddof=1):.2f} nm, to the scale "
        f"of the bar of {published_value('L212').value:g} nm. A drawing, not a micrograph."
    )


def _field_check(shown):
    away = np.linalg.norm(shown.centres[:, None] - shown.centres, axis=2)
    reach = (shown.diameters[:, None] + shown.diameters) / 2
    apart = (away > reach)[~np.eye(len(away), dtype=bool)].all()
    found = len(shown.diameters) == DOTS
    return f"Every dot found a place: {yes(found)}. None touches another: {yes(apart)}."


def _name_bar(key, figure):
    notes = [(f"{published_value('L212').value:g} nm", 74, 5, None)]
    return plots.annotated(plots.to_scale(figure, key), key, notes)


def _field(panel, ligand, seed):
    """Exhibit of a drawn field of dots in place of a micrograph."""
    dot = laboratory().device(CADMIUM).dot
    spread = parameters()["drawn field.size_spread"]
    return Exhibit(
        panel, "schematic", f"Dots with {ligand}, drawn to scale",
        (Panel(panel, f"{ligand}, drawn", Axis("nm", 0, WIDTH), Axis("nm", 0, HEIGHT),
               (Trace("dots", "band", plots.GREY), Trace("rims", "thin", plots.GREY),
                Trace("bar", "edge"))),),
        partial(scattered, seed), partial(_field_series, panel), _field_words,
        (Control("diameter", "Mean diameter", dot.diameter / NM, 6.0, 12.0, 0.1, "nm", ".1f"),
         Control("spread", "Spread of diameters", 100 * spread.value, 0.0, 15.0, 0.5, "%", ".1f")),
        "A drawing in place of the micrograph, which is not reproduced here. Places are random; "
        "spread and spacing are assumed.",
        dress=partial(_name_bar, panel), check=_field_check,
    )  # fmt: skip


_fresh = round(laboratory().device(CADMIUM).dot.reducible_sites)
SITES = Control("sites", "Removable Cd²⁺ per fresh dot", _fresh, 100, 1500, 1, "", ".0f")

EXHIBITS = (
    Exhibit(
        "S1a", "model", "Cadmium and anions, counted",
        (Panel("S1a", "Atomic ratio", Axis("residual carboxylate (%)", -5, 105), RATIO,
               (Trace("error", "band", plots.GREY), Trace("counted", "model", CD),
                Trace("now", "now", CD), Trace("amine, published", "published", AMINE),
                Trace("Cd, published", "published range", CD))),),
        composition, _composition_series, _composition_words, (own(FRACTION, CADMIUM), SITES),
        f'<span style="color:{AMINE}">◇</span> published: amine dots are stoichiometric within '
        f'error; <span style="color:{CD}">┄</span> published: more than 1 as synthesised. '
        "Shaded: error of such a measurement, from the literature.",
    ),
    _field("S1b", "Cd(RCOO)₂", 1),
    _field("S1c", "RNH₂", 2),
)  # fmt: skip
