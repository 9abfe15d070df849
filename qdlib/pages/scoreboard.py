"""The scorecard as a page: how far the model is from each number of the paper, and why."""

from functools import cache
from html import escape

import numpy as np

from ..data import data_rows
from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.drawing import Drawing
from ..notebook.live import Plot, html, page
from ..notebook.plots import Axes, Axis, Trace
from ..notebook.table import stacking_table
from ..paper import scorecard
from ..paper.classes import CLASSES, class_of
from ..paper.scorecard import NOISE, kept_score
from ..paper.targets import targets, tolerances
from ..parameters import parameters
from ..wording import digits, setting, yes

COLOURS = {
    "predicted": plots.MUTED["plum"],
    "structural": plots.GREY,
    "derived": plots.MUTED["olive"],
    "fitted": plots.MUTED["teal"],
}
FARTHEST = 12.0  # [errors], where the axis ends
FIGURES = ("all", "1", "2", "3", "4", "5", "S7", "S8", "S9", "Table 1")
SHOWN = ("all", *CLASSES, "missed", "met", "met by convention")
SORTS = ("in the paper", "deviation", "sample", "quantity")
CONTROLS = (
    Control("figure", "Figure or table", "all", choices=FIGURES),
    Control("shown", "Rows", "all", choices=SHOWN),
    Control("sort", "Sorted by", "in the paper", choices=SORTS),
    Control("kinds", "Derived numbers", "left out", choices=("left out", "with them"),
            help="Numbers that follow from others of the paper, such as IQE = EQE / 0.235"),
)  # fmt: skip


def view(figure, shown, sort, kinds):
    """The Scores that the controls ask for, in their order."""
    chosen = [
        one for one in scorecard.scores(measure=kept_score) if _belongs(one, figure, shown, kinds)
    ]
    if sort == "deviation":
        chosen.sort(key=lambda one: -np.nan_to_num(abs(one.deviation), nan=np.inf))
    elif sort == "sample":
        chosen.sort(key=lambda one: (one.target.sample.structure, one.target.sample.ligand))
    elif sort == "quantity":
        chosen.sort(key=lambda one: one.target.quantity)
    return tuple(chosen)


def _belongs(one, figure, shown, kinds):
    panels = one.target.panel.split(";")
    if figure != "all" and not any(_figure(panel) == figure for panel in panels):
        return False
    if kinds == "left out" and not one.counts:
        return False
    return shown in {"all", one.role, one.verdict.lower(), "met" if one.met else "missed"}


def _figure(panel):
    return panel if " " in panel else panel.rstrip("abcdefgh")


def panels():
    """Deviations, and two parity plots: efficiencies and lifetimes."""
    roles = [Trace(role, "now", COLOURS[role]) for role in reversed(CLASSES)]
    line = Trace("equal", "cursor")
    return (
        Axes("off", "How far off", Axis("model less paper (stated errors)", -FARTHEST, FARTHEST),
              Axis("row", 0, 1), (Trace("met", "band", plots.MUTED["steel"]), line, *roles)),
        Axes("eqe", "Peak EQE", Axis("paper (%)", 0.05, 40, log=True),
              Axis("model (%)", 0.05, 40, log=True), (line, *roles)),
        Axes("life", "Lifetimes, as stated", Axis("paper (h)", 0.1, 1e6, log=True),
              Axis("model (h)", 1e-3, 1e6, log=True), (line, *roles)),
    )  # fmt: skip


def _without_numbers(figure):
    """The rows of the first panel have no numbers."""
    rows = {"text": "rows of the table below"}
    return plots.with_axis(figure, "off", "y", showticklabels=False, title=rows)


def series(shown):
    """Arrays (x, y) of every trace of `panels` for a view."""
    count = max(len(shown), 1)
    drawn = {
        "off/met": ([-2, 2, 2, -2, -2], [0, 0, 1, 1, 0]),
        "off/equal": ([0, 0], [0, 1]),
        "eqe/equal": ([0.05, 40], [0.05, 40]),
        "life/equal": ([0.1, 1e6], [0.1, 1e6]),
    }
    for role in CLASSES:
        own = [(k, one) for k, one in enumerate(shown) if one.role == role]
        off = [np.clip(one.deviation, -FARTHEST, FARTHEST) for _, one in own]
        drawn[f"off/{role}"] = off, [1 - (k + 0.5) / count for k, _ in own]
        for key, wanted in (("eqe", _is_efficiency), ("life", _is_lifetime)):
            here = [one for _, one in own if wanted(one.target)]
            drawn[f"{key}/{role}"] = (
                [one.target.centre for one in here],
                [one.modelled for one in here],
            )
    return drawn


def _is_efficiency(target):
    return target.quantity == "peak EQE"


def _is_lifetime(target):
    return target.quantity.startswith("T") and target.unit == "h"


def summary(shown):
    """The tally and the table, as HTML."""
    if not shown:
        return "<p><b>There is no such number here.</b></p>"
    told = [*scorecard.headline(shown), scorecard.by_convention(shown)]
    first, *others = list(filter(None, told)) or ["None of these numbers counts by itself"]
    told = "; ".join([f"<b>{first}</b>", *others])
    return f"<p>{told}.</p><p>{escape(_in_words(shown))}</p>{rows(shown)}"


def _in_words(scores):
    """What the figure shows: how many lie near, and what lies farthest out."""
    off = {one: abs(one.deviation) for one in scores if np.isfinite(one.deviation)}
    near = sum(each <= 2 for each in off.values())
    farthest = sorted(off, key=lambda one: -off[one])[:3]
    told = "; ".join(
        f"{one.target.title}, {one.target.quantity}, {one.deviation:+z.1f}" for one in farthest
    )
    return (
        f"The figure in words: {near} of {len(scores)} points lie within two stated errors; "
        f"the farthest out, in such errors: {told or 'none'}."
    )


def rows(scores):
    """HTML table of scores, what is missed in red."""
    heads = ("what", "panel", "paper", "model", "off by (errors)", "class", "verdict")
    body = [
        (
            _named(one.target),
            escape(one.target.panel.replace(";", ", ")),
            escape(one.target.published),
            digits(one.modelled, noise=NOISE) + escape(_unit(one.target)),
            f"{one.deviation:+z.1f}",
            f"<details><summary>{one.role}</summary>{escape(class_of(one.target).why)}</details>",
            one.verdict,
        )
        for one in scores
    ]
    return stacking_table(heads, body, [one.met for one in scores])


def _unit(target):
    return "" if target.unit in ("", "1") else f" {target.unit}"


LEGEND = (
    "".join(f'<span style="color:{own}">●</span> {role} &ensp;' for role, own in COLOURS.items())
    + "shaded: within two errors, the limit where the paper states one; a range, or an error of "
    "ours (0.05 V, a factor 1.5 for lifetimes, else 10 %), is met within one. Points at the rim "
    "lie farther out. In the table, what is missed is red and says so; each class opens to say "
    "why."
)


def table(shown):
    """The rows on the page, to download: a pandas DataFrame."""
    wanted = [one.target.key for one in shown]
    rows = scorecard.table()
    rows["target"] = rows["id"] + " " + rows["quantity"]
    return rows.set_index("target").loc[wanted].reset_index(drop=True)


def scoreboard():
    """The scorecard, as a widget."""
    presets = {
        "Predicted": ("What the calibration has not seen", {"shown": "predicted"}),
        "Missed": ("What the model does not give", {"shown": "missed", "sort": "deviation"}),
    }
    drawing = Drawing(panels(), series, summary, LEGEND, _without_numbers, table)
    return page("scorecard", CONTROLS, view, drawing, presets)


@cache
def _calibrated():
    return data_rows("calibration/parameters.csv")


def unknowns():
    """What is known of each unknown after the fit, against what was known before: a figure.

    A bar is one standard error to either side, in standard deviations of the prior; a grey one the
    prior's own; a dark line the middle 68 % of the sampled posterior.
    """
    rows = _calibrated()[::-1]
    places = np.arange(len(rows), dtype=float)
    before = Axes(
        "unknowns", "Unknowns after the fit",
        Axis("standard deviations of the prior, from its centre", -2.2, 2.2),
        Axis("", -0.7, len(rows) - 0.3),
        (Trace("prior", "bar", "#BBBBBB"), Trace("after the fit", "bar", COLOURS["fitted"]),
         Trace("posterior, 16 to 84 %", "error", "#222222"),
         Trace("best fit", "now", COLOURS["predicted"])),
    )  # fmt: skip
    made = plots.with_axis(
        plots.figure((before,)), "unknowns", "y",
        tickvals=places.tolist(), ticktext=[_short(row["parameter"]) for row in rows],
        automargin=True,
    )  # fmt: skip
    made["layout"]["meta"] = {"lead": False, "height": 26 * len(rows)}
    plot = Plot(made, "unknowns", "Unknowns after the fit")
    at, error = np.array([_place(row) for row in rows]).T
    plot.update(
        {
            "unknowns/prior": _level_bars(places, -np.ones(len(rows)), np.ones(len(rows))),
            "unknowns/after the fit": _level_bars(places, at - error, at + error),
            "unknowns/posterior, 16 to 84 %": _level_bars(places, *_sampled(rows)),
            "unknowns/best fit": (at, places),
        }
    )
    return plot


def _sampled(rows):
    """Ends of the middle 68 % of the posterior's samples, NaN for unknowns that have none."""
    samples = data_rows("calibration/samples.csv")
    ends = []
    for row in rows:
        found = [float(one[row["parameter"]]) for one in samples if row["parameter"] in one]
        if row["scale"] == "log":
            centre = np.log10(float(row["prior centre"]))
        else:
            centre = float(row["prior centre"])
        low, high = np.quantile(found, [0.16, 0.84]) if found else (np.nan, np.nan)
        width = float(row["prior deviation"])
        ends.append(((low - centre) / width, (high - centre) / width))
    return np.array(ends).T


def _level_bars(place, start, end):
    y, x = plots.bars(place, start, end)
    return x, y


def _place(row):
    value, centre = float(row["value"]), float(row["prior centre"])
    gap = np.log10(value / centre) if row["scale"] == "log" else value - centre
    width = float(row["prior deviation"])
    return gap / width, float(row["standard error"]) / width


def _short(key):
    owner, name = key.split(".")
    words = name.replace("_", " ")
    return words if owner == "redox" else f"{owner} {words}"


def calibrated():
    """The unknowns with their standard errors and what the fit says of them: a pandas DataFrame.

    Where the scale is "log", the error is a factor.
    """
    import pandas as pd

    rows = []
    for row in _calibrated():
        value, error = float(row["value"]), float(row["standard error"])
        rows.append(
            {
                "unknown": row["parameter"],
                "value": f"{digits(value)} {row['unit']}".removesuffix(" 1"),
                "error": f"× or ÷ {digits(10**error, 2)}"
                if row["scale"] == "log"
                else f"± {digits(error, 2)}",
                "what the fit says": row["verdict"],
            }
        )
    return pd.DataFrame(rows)


def correlated(least=0.6):
    """Pairs of unknowns that the targets cannot tell apart: a pandas DataFrame, strongest first."""
    import pandas as pd

    rows = data_rows("calibration/correlations.csv")
    found = [
        (row["parameter"], other, float(row[other]))
        for number, row in enumerate(rows)
        for other in list(row)[number + 2 :]
        if abs(float(row[other])) >= least
    ]
    found.sort(key=lambda pair: -abs(pair[2]))
    return pd.DataFrame(found, columns=["unknown", "and", "correlation"])


def taught():
    """What each number that the first fit uses teaches: a pandas DataFrame, the most first."""
    import pandas as pd

    titles = {one.key: f"{one.id} {one.title}, {one.quantity}" for one in targets()}
    return pd.DataFrame(
        {
            "number": titles[row["target"]],
            "bits": round(float(row["bits"]), 1),
            "without it the error of": row["unknown"],
            "grows by a factor of": round(float(row["its error without"]), 2),
        }
        for row in data_rows("calibration/taught.csv")
    )


def predicted():
    """What the posterior allows of each predicted number: a pandas DataFrame."""
    import pandas as pd

    known = {row["target"]: row for row in data_rows("calibration/predicted.csv")}
    found = []
    for one in scorecard.scores(measure=kept_score):
        if one.target.key not in known:
            continue
        low, high = (float(known[one.target.key][end]) for end in ("low", "high"))
        found.append(
            {
                "number": f"{one.target.id} {one.target.title}, {one.target.quantity}",
                "published": one.target.published,
                "model": digits(one.modelled, 2, NOISE),
                "5 to 95 % of the posterior": f"{digits(low, 2)} to {digits(high, 2)}",
                "met in": f"{100 * float(known[one.target.key]['met']):.0f} %",
            }
        )
    return pd.DataFrame(found)


def left_out():
    """The rows of Table 1, each predicted by a fit that has not seen it: a pandas DataFrame."""
    import pandas as pd

    return pd.DataFrame(data_rows("calibration/left_out.csv"))


def check():
    """The scorecard's verdicts as text, for the notebook's check cell."""
    found = scorecard.scores()
    told = [scorecard.check(), *scorecard.headline(found), scorecard.by_convention(found)]
    return "\n".join(filter(None, told))


def conventions():
    """What the readings that a convention moves are at either end of its range: a widget.

    The middle one is what counts; where the verdict differs, the model has not earned it.
    """
    counted = [one for one in scorecard.scores(measure=kept_score) if one.counts]
    moved = [(one, own) for one in counted for own in one.sensitivities]
    moved.sort(key=lambda pair: not pair[0].decided_by(pair[1]))
    return html("".join(_moved_by(row, moved) for row in data_rows("conventions.csv")))


def _moved_by(row, moved):
    own = [(one, found) for one, found in moved if found.parameter == row["parameter"]]
    if not own:
        return f"<p>No number moves with {escape(row['parameter'])}.</p>"
    unit = parameters()[row["parameter"]].unit
    settings = [f"{setting(value)} {unit}" for value in own[0][1].settings]
    body = [
        (
            _named(one.target),
            *(_reading(one.target, value) for value in found.modelled),
            yes(one.decided_by(found)),
        )
        for one, found in own
    ]
    name = row["parameter"].replace(".", ", ").replace("_", " ")
    heads = (name, *settings, "decides the verdict")
    return stacking_table(heads, body) + f"<p class='qd-legend'>{escape(row['why'])}.</p>"


def changed():
    """Every limit of the scorecard that was ever changed, and what that cost: a widget."""
    by_key = {one.target.key: one for one in scorecard.scores(measure=kept_score)}
    body = [
        (
            _named(by_key[one.key].target, one.reason),
            _range(one.old),
            _range(one.new),
            f"{one.old_verdict} → {one.new_verdict}",
            _judged(by_key[one.key].verdict, by_key[one.key].met),
            by_key[one.key].role,
        )
        for one in tolerances()
    ]
    return html(
        stacking_table(("limit of", "before", "now", "verdict then", "today", "class"), body)
    )


def ideas():
    """What each idea tried on the model gains and costs, as far as it was measured: a widget."""
    rows = data_rows("calibration/ideas.csv")
    if not rows:
        return html("<p>No idea has been measured yet.</p>")
    numbers = ("verdict", "met_with", "met_without", "chi2_with", "chi2_without")
    body = [
        (
            escape(row["idea"]) + _why(". ".join(filter(None, (row["remark"], row["source"])))),
            *(escape(row[column]) for column in numbers),
        )
        for row in rows
    ]
    heads = ("idea", "verdict", "met with it", "met without", "χ² with it", "χ² without")
    return html(stacking_table(heads, body))


def _named(target, why=""):
    """HTML of a target's name, and what is to be said of it."""
    return f"{target.id} {escape(target.title)}<br>{escape(target.quantity)}{_why(why)}"


def _why(text):
    return f"<span class=qd-why>{escape(text)}</span>" if text else ""


def _reading(target, value):
    met = target.met(value)
    return _judged(f"{digits(value)}{_unit(target)}{'' if met else ', missed'}", met)


def _judged(text, met):
    return f"<span class='qd-{'met' if met else 'missed'}'>{escape(text)}</span>"


def _range(ends):
    low, high = (setting(end) for end in ends)
    if low == "–":
        return f"up to {high}"
    return f"{low} or more" if high == "–" else f"{low} to {high}"
