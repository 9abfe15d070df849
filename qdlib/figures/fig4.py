"""Figure 4: zinc shells, and other ligands."""

import numpy as np

from ..errors import InputError
from ..notebook import marks, plots
from ..notebook.curves import colour
from ..notebook.drawing import Drawing
from ..notebook.plots import Axes, Axis, Trace
from ..paper.published import published_value, published_values
from ..wording import digits

RATIO = "IQE/PLQY"
LOWEST, HIGHEST = 0.005, 2.0
ASIDE = 0.15  # of a ligand's place, to its bar and to its diamond


def iqe_over_film_yield(run):
    """Highest internal quantum efficiency of a sweep over its film's quantum yield [1]."""
    return float(run.peak_iqe) / run.device.dot.film_yield


def efficiency_over_yield(panel, first):
    """Drawing of IQE/PLQY, a bar for each; a view is {structure: {label: Run of a sweep}}."""

    def key(structure):
        return f"{panel}{structure}".replace("/", "")

    stated = {
        structure: {label: _rows(run.device, quantity=RATIO) for label, run in runs.items()}
        for structure, runs in first.items()
    }
    fixed = {}
    for structure, samples in stated.items():
        fixed[f"{key(structure)}/no gap"] = [0, len(samples) + 1], [1, 1]
        for place, (label, rows) in enumerate(samples.items(), 1):
            beside = np.full(len(rows), place + ASIDE)
            low, high = [row.low for row in rows], [row.high for row in rows]
            fixed[f"{key(structure)}/{label}, published"] = beside, [row.value for row in rows]
            fixed[f"{key(structure)}/{label}, error"] = plots.bars(beside, low, high)

    def series(view):
        return fixed | {
            f"{key(structure)}/{label}": plots.bars(
                [place - ASIDE], [LOWEST], [max(iqe_over_film_yield(run), LOWEST)]
            )
            for structure, runs in view.items()
            for place, (label, run) in enumerate(runs.items(), 1)
        }

    def say(view):
        told = []
        for structure, runs in view.items():
            for label, run in runs.items():
                paper = ", ".join(digits(row.value) for row in stated[structure][label])
                ratio = digits(iqe_over_film_yield(run))
                told.append(f"{structure}–{label} {ratio}" + f" (paper {paper})" * bool(paper))
        return f"IQE over film PLQY: {'; '.join(told)}."

    def dress(figure):
        hover = {
            f"{key(structure)}/{label}": _hover(f"{structure}–{label}", run.device)
            for structure, runs in first.items()
            for label, run in runs.items()
        }
        traces = [
            trace | {"hovertemplate": hover[bar]}
            if (bar := trace["name"].partition(", ")[0]) in hover
            else trace
            for trace in figure["data"]
        ]
        figure = figure | {"data": traces}
        for structure, runs in first.items():
            ticks = {"tickvals": list(range(1, len(runs) + 1)), "ticktext": list(runs)}
            ticks |= {"tickangle": -35, "tickfont": {"size": 10}}
            figure = plots.with_axis(figure, key(structure), "x", **ticks)
        return figure

    return Drawing(
        tuple(_ratio_axes(key(structure), structure, runs) for structure, runs in first.items()),
        series,
        say,
        "Bars: the model; ◇ IQE/PLQY from the paper’s EQE, PLQY and 23.5 % outcoupling "
        f"({published_value('L011').place}), and, dotted, its error; line: no gap. Point at "
        "a bar for its row of Table 1.",
        dress=dress,
        table=_ratio_table,
    )


def _rows(device, panel=None, **where):
    """What the paper states of a diode's sample: rows of the ledger, none if it is not its own."""
    sample = marks.sample_of(device)
    if sample is None:
        return ()
    try:
        return published_values(panel, sample=sample.structure, ligand=sample.ligand, **where)
    except InputError:
        return ()


def _hover(title, device):
    """What stands under the pointer: the sample's row of Table 1."""
    told = [
        f"{row.quantity} {row.text}"
        for row in _rows(device, "Table 1")
        if row.quantity != "residual carboxylate"
    ]
    head = f"{title}<br>{RATIO} %{{y:.3g}}"
    return "<br>".join([head, *dict.fromkeys(told)]) + "<extra></extra>"


def _ratio_axes(key, structure, runs):
    traces = [Trace("no gap", "cursor")]
    for label, run in runs.items():
        traces.append(Trace(label, "bar", colour(run.device.ligand)))
        traces.append(Trace(f"{label}, error", "published range", plots.INK))
        traces.append(Trace(f"{label}, published", "published", plots.INK))
    places = Axis("", 0.4, len(runs) + 0.6)
    return Axes(
        key, structure, places, Axis("IQE / PLQY", LOWEST, HIGHEST, log=True), tuple(traces)
    )


def _ratio_table(view):
    return [
        {
            "structure": structure,
            "ligands": label,
            "peak IQE [%]": 100 * run.peak_iqe,
            "film PLQY [%]": 100 * run.device.dot.film_yield,
            "IQE/PLQY": iqe_over_film_yield(run),
        }
        for structure, runs in view.items()
        for label, run in runs.items()
    ]
