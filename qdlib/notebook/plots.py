"""How quantities look: palette, axes with units, and figures of panels whose lines move.

The same colour means the same ligand everywhere (Okabe & Ito's palette, safe for colour-blind
readers), and the same mark the same kind of number: a line is the model, with dots where it has few
points, dashed where it is one part of a sum, grey where it is a comparison; a diamond is a
published number, with its error.
"""

import re
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np

from ..errors import InputError
from ..paper.materials import LIGANDS
from ..wording import setting

COLOURS = {
    "Cd": "#D55E00",
    "Zn": "#0072B2",
    "Mg": "#009E73",
    "amine": "#CC79A7",
    "phosphine": "#E69F00",
    "thiol": "#56B4E9",
    "custom": "#7A5195",
}
MUTED = {
    "teal": "#3A9E8D",
    "olive": "#8F8F2E",
    "rose": "#CC6677",
    "plum": "#AA4499",
    "steel": "#5B8FC7",
}
"""For what is no ligand: muted ones of Tol, as dark as stands out on a light and a dark page."""
ELECTRONS, HOLES = "#3B6FB6", "#B2477D"
GREY = "#8A8A8A"
INK = "#D6336C"  # of published marks that belong to no ligand
MEASURED = "#7F7F7F"  # of a reader's own points, on a light and on a dark page
FAINT = "rgba(128,128,128,0.55)"

STYLES = {
    "model": {"mode": "lines", "line": {"width": 2.5}},
    "few": {"mode": "lines+markers", "line": {"width": 2.5}, "marker": {"size": 6}},
    "part": {"mode": "lines", "line": {"width": 1.5, "dash": "dash"}},
    "comparison": {"mode": "lines", "line": {"width": 1.5, "color": FAINT}},
    "edge": {"mode": "lines", "line": {"width": 2, "color": GREY}},
    "bar": {"mode": "lines", "line": {"width": 12}},
    "heat": {
        "type": "heatmap",
        "colorscale": "Cividis",
        "zmin": 0,
        "zmax": 1,
        "hovertemplate": "%{x:.4g}, %{y:.4g}: %{z:.2f}<extra></extra>",
        "colorbar": {  # within the map, at its top right
            "orientation": "h",
            "thickness": 8,
            "len": 0.3,
            "x": 1,
            "xanchor": "right",
            "y": 1,
            "yanchor": "top",
            "tickfont": {"color": "white", "size": 10},
        },
    },
    "band": {"mode": "lines", "line": {"width": 0}, "fill": "toself", "hoverinfo": "skip"},
    "schematic": {"mode": "lines", "line": {"width": 2, "color": GREY}},
    "thin": {"mode": "lines", "line": {"width": 1}},
    "dots": {"mode": "markers", "marker": {"size": 3}},
    "level": {"mode": "lines", "line": {"width": 1.8, "dash": "dash"}},
    "couple": {"mode": "lines", "line": {"width": 3}},
    "labels": {
        "mode": "text",
        "textposition": ["middle left", "middle right", "middle center"],
        "hoverinfo": "skip",
    },
    "cursor": {
        "mode": "lines",
        "line": {"width": 1, "dash": "dot", "color": GREY},
        "hoverinfo": "skip",
    },
    "now": {"mode": "markers", "marker": {"size": 9, "line": {"width": 1.5, "color": "white"}}},
    "open": {
        "mode": "markers",
        "marker": {"symbol": "circle-open", "size": 9, "line": {"width": 2}},
    },
    "measured": {
        "mode": "markers",
        "marker": {"symbol": "circle-open", "size": 5, "line": {"width": 1}},
    },
    "stated": {"mode": "markers", "marker": {"symbol": "diamond", "size": 11}},
    "captions": {
        "mode": "text",
        "textposition": "middle right",
        "hoverinfo": "skip",
        "textfont": {"size": 10},
    },
    "swatch": {
        "mode": "markers",
        "marker": {"symbol": "square", "size": 32, "line": {"width": 1, "color": GREY}},
        "hoverinfo": "skip",
    },
    "published": {
        "mode": "markers",
        "marker": {"symbol": "diamond-open", "size": 11, "line": {"width": 2.5}},
        "cliponaxis": False,  # many stand at the end of their axis
    },
    "error": {"mode": "lines", "line": {"width": 3}},
    "published range": {"mode": "lines", "line": {"width": 1.5, "dash": "dot"}},
}


@dataclass(frozen=True)
class Axis:
    """A labelled axis with its unit and a fixed range; `log` ranges are given as values."""

    label: str
    low: float
    high: float
    log: bool = False

    def layout(self):
        """As plotly wants it."""
        span = [self.low, self.high] if not self.log else [log10(self.low), log10(self.high)]
        shared = {"title": {"text": self.label, "standoff": 6}, "range": span}
        shared |= {"zeroline": False, "tickfont": {"size": 11}, "ticklabelstandoff": 3}
        if self.log:
            powers = range(
                ceil(span[0]), floor(span[1]) + 1, max(1, round((span[1] - span[0]) / 5))
            )
            ticks = {"tickvals": [10.0**k for k in powers], "ticktext": [_power(k) for k in powers]}
            if len(powers) < 2:  # too few to read others by
                near = range(floor(span[0]), ceil(span[1]))
                values = [part * 10.0**k for k in near for part in (1, 2, 5)]
                values = [one for one in values if self.low <= one <= self.high]
                ticks = {"tickvals": values, "ticktext": [setting(one) for one in values]}
            shared |= {"type": "log", **ticks}
        return shared


@dataclass(frozen=True)
class Trace:
    """One line or set of marks: a name, one of STYLES, a colour of its own, texts at its points."""

    name: str
    style: str
    colour: str | None = None
    text: tuple[str, ...] = ()


@dataclass(frozen=True)
class Axes:
    """A titled pair of axes and what is drawn on them; its traces are named "key/trace"."""

    key: str
    title: str
    x: Axis
    y: Axis
    traces: tuple[Trace, ...]


def figure(panels, lead=False):
    """A plotly figure of panels as plain JSON, to be filled by name; `lead` gives the first room.

    `plotly.graph_objects.Figure(**figure(panels))` makes an object of it.
    """
    layout = {"showlegend": False, "annotations": [], "meta": {"lead": lead}}
    traces = []
    for number, panel in enumerate(panels, 1):
        suffix = "" if number == 1 else str(number)
        layout[f"xaxis{suffix}"] = panel.x.layout() | {"anchor": f"y{suffix}"}
        layout[f"yaxis{suffix}"] = panel.y.layout() | {"anchor": f"x{suffix}"}
        layout["annotations"].append(
            {
                "text": f"<b>{panel.title}</b>",
                "xref": f"x{suffix} domain",
                "yref": f"y{suffix} domain",
                "x": 0,
                "y": 1,
                "xanchor": "left",
                "yanchor": "bottom",
                "yshift": 6,
                "showarrow": False,
                "font": {"size": 13},
            }
        )
        traces += [_scatter(panel, trace, suffix) for trace in panel.traces]
    return {"data": traces, "layout": layout}


def ligand_colour(name):
    """The #rrggbb colour of a ligand of data/ligands.csv; "custom" of one that is not listed.

    Raises InputError if its row has neither a key of COLOURS nor #rrggbb.
    """
    colour = LIGANDS[name].colour if name in LIGANDS else "custom"
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", colour) and colour not in COLOURS:
        raise InputError(f"colour of {name}", colour, f"#rrggbb or one of {', '.join(COLOURS)}")
    return COLOURS.get(colour, colour)


def number(figure, key):
    """The subplot, from 1, of the panel with a key, in a figure made by `figure`."""
    trace = next(one for one in figure["data"] if one["name"].startswith(f"{key}/"))
    return int(trace["xaxis"].removeprefix("x") or 1)


def with_axis(figure, key, axis, **layout):
    """The figure with more layout for the "x" or "y" axis of the panel with a key."""
    subplot = number(figure, key)
    own = f"{axis}axis{'' if subplot == 1 else subplot}"
    changed = {own: figure["layout"][own] | layout}
    return figure | {"layout": figure["layout"] | changed}


def outline(x, low, high):
    """Points (x, y) around what lies between two curves over x."""
    return np.append(x, x[::-1]), np.append(low, high[::-1])


def to_scale(figure, key):
    """The figure with a panel whose two axes have the same scale."""
    subplot = number(figure, key)
    anchor = "x" if subplot == 1 else f"x{subplot}"
    figure = with_axis(figure, key, "x", constrain="domain")
    return with_axis(figure, key, "y", scaleanchor=anchor, constrain="domain")


def annotated(figure, key, notes):
    """The figure with texts in the panel with a key; notes : (text, x, y, colour or None), each.

    On a logarithmic axis a place is the decimal logarithm.
    """
    subplot = number(figure, key)
    suffix = "" if subplot == 1 else str(subplot)
    shared = {"xref": f"x{suffix}", "yref": f"y{suffix}", "showarrow": False}
    made = [
        shared
        | {"text": text, "x": x, "y": y, "font": {"size": 11} | ({"color": hue} if hue else {})}
        for text, x, y, hue in notes
    ]
    layout = figure["layout"]
    return figure | {"layout": layout | {"annotations": [*layout["annotations"], *made]}}


def swatch(colour, text, mark="■"):
    """HTML: a mark in a colour, and what it stands for."""
    return f'<span style="color:{colour}">{mark}</span> {text}'


def swatches(colours):
    """HTML: which colour is which label, of {label: colour}."""
    return " &ensp;".join(swatch(colour, label) for label, colour in colours.items())


def bars(place, start, end):
    """Places and values of a line that draws a bar from `start` to `end` at each place."""
    gap = np.full(len(place), np.nan)
    return np.column_stack([place, place, gap]).ravel(), np.column_stack([start, end, gap]).ravel()


def mixed(first, second, share):
    """The #rrggbb colour that has `share` of the second colour, and the rest of the first."""
    parts = zip(_parts(first), _parts(second), strict=True)
    return "#" + "".join(f"{round(a + share * (b - a)):02X}" for a, b in parts)


def _scatter(panel, trace, suffix):
    style = {key: dict(v) if isinstance(v, dict) else v for key, v in STYLES[trace.style].items()}
    if trace.colour:
        for part in ("line", "marker"):
            if part in style:
                style[part]["color"] = trace.colour
        if "fill" in style:
            style["fillcolor"] = _faint(trace.colour)
    if trace.text:
        colours = [ELECTRONS, HOLES, trace.colour or GREY]
        style = {"textfont": {"color": colours, "size": 11}} | style | {"text": trace.text}
    if not style.keys() & {"hoverinfo", "hovertemplate"}:
        name = "%{text}" if trace.text else trace.name
        style["hovertemplate"] = f"{name}<br>%{{x:.4g}}, %{{y:.4g}}<extra></extra>"
    return {
        "type": "scatter",
        "name": f"{panel.key}/{trace.name}",
        "xaxis": f"x{suffix}",
        "yaxis": f"y{suffix}",
        "x": [],
        "y": [],
        **style,
    }


def _faint(colour):
    """A #rrggbb colour as plotly wants it, mostly transparent."""
    red, green, blue = _parts(colour)
    return f"rgba({red},{green},{blue},0.18)"


def _parts(colour):
    """Red, green and blue of a #rrggbb colour, 0 to 255."""
    return [int(colour[k : k + 2], 16) for k in (1, 3, 5)]


def _power(exponent):
    """A power of ten as a reader writes it, without markup: 1, 10, 10⁻²."""
    superscript = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return {0: "1", 1: "10"}.get(exponent, f"10{superscript}")
