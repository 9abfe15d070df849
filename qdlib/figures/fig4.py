"""Figure 4: zinc shells, and other ligands."""

from dataclasses import dataclass

import numpy as np

from .. import plots
from ..exhibit import Exhibit
from ..laboratory import Sample
from ..ledger import published_value, published_values
from ..parameters import CORE_SHELL
from ..plots import Axis, Panel, Trace
from ..readings import READINGS
from ..targets import targets
from ..wording import digits
from .curves import (
    CURRENT,
    DWELL,
    FRACTION,
    POTENTIAL,
    YIELD,
    bench,
    colour,
    driven,
    fading,
    name,
    swept,
)  # fmt: skip

ZINC_SHELL = "CdSe/CdS/ZnS"
PAIR = (Sample(ZINC_SHELL, "Zn(RCOO)2"), Sample(ZINC_SHELL, "RNH2"))
RATIO = "IQE/PLQY"
LOWEST, HIGHEST = 0.005, 2.0
ASIDE = 0.15  # of a ligand's place, to its bar and to its diamond


@dataclass(frozen=True)
class Ratio:
    """A sample with its IQE/PLQY [1], the model's and the published ones (low, value, high)."""

    sample: Sample
    modelled: float
    published: tuple


def ratios(dwell=DWELL.default):
    """IQE/PLQY of every sample of Table 1's first two structures: Ratios in the ledger's order."""
    lab = bench(() if dwell == DWELL.default else (("sweep.dwell", dwell),))
    return tuple(
        Ratio(sample, READINGS[RATIO](lab, sample, "QLED"), _published(sample))
        for sample in _samples()
    )


def _samples():
    """The samples of the panel, those of one structure together."""
    found = [one for one in targets() if one.panel == "4e" and one.quantity == RATIO]
    return tuple(dict.fromkeys(one.sample for one in found))


def _published(sample):
    rows = published_values("4e", quantity=RATIO, sample=sample.structure, ligand=sample.ligand)
    return tuple((row.low, row.value, row.high) for row in rows)


def _of(structure):
    return [one for one in _samples() if one.structure == structure]


def _key(structure):
    return f"4e{structure.split('/')[-1]}"


def _ratio_series(shown):
    drawn = {_key(one): ([0, 9], [1, 1]) for one in (CORE_SHELL, ZINC_SHELL)}
    drawn = {f"{key}/no gap": points for key, points in drawn.items()}
    for one in shown:
        at = _of(one.sample.structure).index(one.sample) + 1
        key = f"{_key(one.sample.structure)}/{name(one.sample)}"
        low, value, high = np.array(one.published).T
        beside = np.full(len(value), at + ASIDE)
        drawn[key] = plots.bars([at - ASIDE], [LOWEST], [max(one.modelled, LOWEST)])
        drawn[f"{key}, published"] = beside, value
        drawn[f"{key}, error"] = plots.bars(beside, low, high)
    return drawn


def _ratio_words(shown):
    told = []
    for one in shown:
        stated = ", ".join(digits(value) for _, value, _ in one.published)
        told.append(
            f"{one.sample.structure}–{name(one.sample)} {digits(one.modelled)} (paper {stated})"
        )
    return f"IQE over film PLQY: {'; '.join(told)}."


def _hovering(figure):
    """The figure with each sample's row of Table 1 under the pointer, and the ligands as ticks."""
    rows = {f"{_key(one.structure)}/{name(one)}": _row(one) for one in _samples()}
    told = [
        trace | {"hovertemplate": rows[plain]}
        if (plain := trace["name"].partition(", ")[0]) in rows
        else trace
        for trace in figure["data"]
    ]
    figure = figure | {"data": told}
    for structure in (CORE_SHELL, ZINC_SHELL):
        names = [name(one) for one in _of(structure)]
        figure = plots.with_axis(
            figure, _key(structure), "x", tickvals=list(range(1, len(names) + 1)),
            ticktext=names, tickangle=-35, tickfont={"size": 10},
        )  # fmt: skip
    return figure


def _row(sample):
    rows = published_values("Table 1", sample=sample.structure, ligand=sample.ligand)
    told = [f"{row.quantity} {row.text}" for row in rows if row.quantity != "residual carboxylate"]
    head = f"{sample.structure}–{name(sample)}<br>IQE/PLQY %{{y:.3g}}"
    return "<br>".join([head, *dict.fromkeys(told)]) + "<extra></extra>"


def _ratio_axes(structure):
    samples = _of(structure)
    traces = [Trace("no gap", "cursor")]
    for one in samples:
        traces.append(Trace(name(one), "bar", colour(one.ligand)))
        traces.append(Trace(f"{name(one)}, error", "published range", plots.INK))
        traces.append(Trace(f"{name(one)}, published", "published", plots.INK))
    return Panel(
        _key(structure), structure, Axis("", 0.4, len(samples) + 0.6),
        Axis("IQE / PLQY", LOWEST, HIGHEST, log=True), tuple(traces),
    )  # fmt: skip


EXHIBITS = (
    driven("4a", "PL in single-carrier devices", PAIR, ("electron-only", "hole-only")),
    driven("4b", "PL in the working diode", PAIR, ("QLED",)),
    swept("4c", "Efficiency", PAIR, ("EQE",), (FRACTION, POTENTIAL, YIELD)),
    fading("4d", "Stability at 100 mA/cm²", PAIR, (FRACTION, CURRENT)),
    Exhibit(
        "4e", "model", "The gap, ligand by ligand",
        (_ratio_axes(CORE_SHELL), _ratio_axes(ZINC_SHELL)),
        ratios, _ratio_series, _ratio_words, (DWELL,),
        "Bars: the model; ◇ IQE/PLQY from the paper’s EQE, PLQY and 23.5 % outcoupling "
        f"({published_value('L011').place}), and, dotted, its error; line: no gap. Point at "
        "a bar for its row of Table 1.",
        dress=_hovering,
    ),
)  # fmt: skip
