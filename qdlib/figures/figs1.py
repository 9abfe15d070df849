"""Figure S1: what the dots are made of, counted, and how they would look, drawn."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.drawing import Drawing
from ..notebook.plots import Axes, Axis, Trace
from ..paper import samples
from ..paper.published import published_value
from ..parameters import parameters
from ..wording import setting, yes
from .dots import NM

CD, AMINE = plots.COLOURS["Cd"], plots.COLOURS["amine"]
WIDTH, HEIGHT, FOOT = 160.0, 113.0, 14.0  # [nm], of a drawn field, and free below it for the bar
DOTS, TRIALS = 60, 400  # dots in a field, and places tried for each
RATIO = Axis("Cd / (Se + S)", 0.92, 1.22)

SITES = Control(
    name="sites",
    label="Removable Cd²⁺ per fresh dot",
    default=round(samples.dot().reducible_sites),
    minimum=100,
    maximum=1500,
    step=1,
    readout=".0f",
)
DIAMETER = Control(
    name="diameter",
    label="Mean diameter",
    default=samples.dot().diameter / NM,
    minimum=6.0,
    maximum=12.0,
    step=0.1,
    unit="nm",
    readout=".1f",
)
SPREAD = Control(
    name="spread",
    label="Spread of diameters",
    default=100 * parameters()["drawn field.size_spread"].value,
    minimum=0.0,
    maximum=15.0,
    step=0.5,
    unit="%",
    readout=".1f",
)


def _counted_series(view):
    (left, ratio), (fraction, now) = view["counted"], view["now"]
    left, error = 100 * left, _ratio_error()
    return {
        "S1a/error": ([*left, *left[::-1]], [*(ratio - error), *(ratio + error)[::-1]]),
        "S1a/counted": (left, ratio),
        "S1a/now": ([100 * fraction], [now]),
        "S1a/amine, published": ([0], [published_value("L213").value]),
        "S1a/Cd, published": ([100, 100], [published_value("L214").low, RATIO.high]),
    }


def _counted_words(view):
    (_, ratio), (fraction, now) = view["counted"], view["now"]
    beyond = "beyond" if now - 1 > _ratio_error() else "within"
    return (
        f"With {setting(100 * fraction)} % of the carboxylate the dots have "
        f"{now:.3f} cadmium to one selenium or sulfur, an excess of "
        f"{100 * (now - 1):z.1f} %, which is {beyond} a measurement’s error of "
        f"{setting(100 * _ratio_error())} %; with amine alone {ratio[0]:.3f}."
    )


def _ratio_error():
    return parameters()["surface.ratio_error"].value


COUNTED = Drawing(
    (
        Axes(
            "S1a",
            "Atomic ratio",
            Axis("residual carboxylate (%)", -5, 105),
            RATIO,
            (
                Trace("error", "band", plots.GREY),
                Trace("counted", "model", CD),
                Trace("now", "now", CD),
                Trace("amine, published", "published", AMINE),
                Trace("Cd, published", "published range", CD),
            ),
        ),
    ),
    _counted_series,
    _counted_words,
    f'<span style="color:{AMINE}">◇</span> published: amine dots are stoichiometric within '
    f'error; <span style="color:{CD}">┄</span> published: more than 1 as synthesised. '
    "Shaded: error of such a measurement, from the literature.",
)
"""Of Cd/(Se+S); a view is {"counted": (fractions from 0 on (n,), ratios (n,)), "now": one pair}."""


@dataclass(frozen=True, eq=False)
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


def scattered(diameter, spread, seed):
    """Dots put down at random on a field to be drawn, large ones first: Field.

    diameter : mean [nm]; spread : standard deviation over the mean [1]

    None touches another: between edges there is room for ligands. One that finds no place in
    TRIALS is left out.
    """
    rng = np.random.default_rng(seed)
    gap = parameters()["drawn field.spacing"].value / NM
    sizes = np.sort(diameter * (1 + spread * rng.standard_normal(DOTS)))[::-1]
    centres, kept = np.empty((0, 2)), []
    for size in sizes:
        edge = size / 2
        tried = rng.uniform((edge, FOOT + edge), (WIDTH - edge, HEIGHT - edge), (TRIALS, 2))
        apart = tried[:, None] - centres
        nearest = (edge + np.array(kept) / 2 + gap) ** 2
        free = np.flatnonzero((np.einsum("ijk,ijk->ij", apart, apart) > nearest).all(axis=1))
        if len(free):
            centres, kept = np.vstack([centres, tried[free[0]]]), [*kept, size]
    return Field(centres, np.array(kept))


def field(ligand):
    """Drawing of a field of dots with a ligand, in place of a micrograph; a view is a Field."""

    def drawn(panel, first):
        axes = Axes(
            panel,
            f"{ligand}, drawn",
            Axis("nm", 0, WIDTH),
            Axis("nm", 0, HEIGHT),
            (
                Trace("dots", "band", plots.GREY),
                Trace("rims", "thin", plots.GREY),
                Trace("bar", "edge"),
            ),
        )
        return Drawing(
            (axes,),
            partial(_field_series, panel),
            _field_words,
            "A drawing in place of the micrograph, which is not reproduced here. Places are "
            "random; spread and spacing are assumed.",
            dress=partial(_name_bar, panel),
            check=_field_check,
        )

    return drawn


def _field_series(panel, view):
    outlines = view.outlines()
    bar = published_value("L212").value
    return {
        f"{panel}/dots": outlines,
        f"{panel}/rims": outlines,
        f"{panel}/bar": ([6, 6 + bar], [5, 5]),
    }


def _field_words(view):
    sizes = view.diameters
    return (
        f"{len(sizes)} drawn dots of {sizes.mean():.2f} ± {sizes.std(ddof=1):.2f} nm, to the scale "
        f"of the bar of {published_value('L212').value:g} nm. A drawing, not a micrograph."
    )


def _field_check(view):
    away = np.linalg.norm(view.centres[:, None] - view.centres, axis=2)
    reach = (view.diameters[:, None] + view.diameters) / 2
    apart = (away > reach)[~np.eye(len(away), dtype=bool)].all()
    found = len(view.diameters) == DOTS
    return f"Every dot found a place: {yes(found)}. None touches another: {yes(apart)}."


def _name_bar(panel, figure):
    notes = [(f"{published_value('L212').value:g} nm", 74, 5, None)]
    return plots.annotated(plots.to_scale(figure, panel), panel, notes)
