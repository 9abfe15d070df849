"""Screening: of all metals and levels, where does the light of the dots survive the current?"""

from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

import numpy as np

from ..errors import InputError
from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.drawing import Drawing
from ..notebook.live import defaults, html, page
from ..notebook.plots import Axes, Axis, Trace
from ..paper.materials import SALTS
from ..parameters import CORE_SHELL, parameters
from ..screening.kept import BIASES, FRACTIONS, INERT, Candidate, candidates, kept_map
from ..wording import digits
from . import explorer

LEVEL = parameters()[f"{CORE_SHELL}.level"].value  # [V vs NHE]
CONTROLS = (
    Control("bias", "Bias", 3.0, BIASES[0], BIASES[-1], 0.5, "V", ".1f"),
    Control("fraction", "Residual ligand fraction, of the map", f"{FRACTIONS[0]:g}",
            choices=tuple(f"{one:g}" for one in FRACTIONS),
            help="Share of the metal carboxylate left on the dots; the list is for all of it"),
)  # fmt: skip
APART = 0.16  # [V] between two named couples
ROWS = 3  # of their names, one under the other
COLOUR = "#B2477D"  # of couples that the paper has no salt of
E0 = Axis("E⁰ of the metal (V vs NHE)", -2.65, 0.85)


@dataclass(frozen=True)
class View:
    """EL/PL of a map (potential, level), its axes, and couples by rank; bias [V]."""

    potential: np.ndarray
    level: np.ndarray
    values: np.ndarray
    ranked: tuple[Candidate, ...]
    bias: float
    fraction: float


def view(bias, fraction):
    """What the controls ask for: a View."""
    kept = kept_map()
    values = kept.at(float(fraction), bias)
    return View(kept.potential, kept.level, values, candidates(bias), bias, float(fraction))


def panels():
    """The map, and what becomes of each couple at the level of the paper's dots."""
    salts = tuple(Trace(name, "now", plots.ligand_colour(one.name)) for name, one in SALTS.items())
    others = _others(candidates())
    inside = [one for one in others if E0.low < one.couple.standard_potential < E0.high]
    return (
        Axes("map", "EL over PL, each metal on each dot", E0,
             Axis("dots' lowest level (V vs NHE)", -1.425, -0.375),
             (Trace("EL over PL", "heat"), Trace("couples", "now", COLOUR, _labels(inside)), *salts,
              Trace("names", "captions", text=tuple(one.couple.metal for one in named())))),
        Axes("couples", "Light kept, on the paper's dots", Axis(E0.label, -3.15, 1.45),
             Axis("EL/PL over an inert ligand's", -0.05, 1.15),
             (Trace("limit", "cursor"), Trace("posterior, 16 to 84 %", "error", plots.GREY),
              Trace("couples", "now", COLOUR, _labels(others)), *salts)),
    )  # fmt: skip


def named():
    """Couples on the map that are named: the paper's salts, and what is APART from a named one."""
    ranked = sorted(candidates(), key=lambda one: one.couple.standard_potential)
    kept = [one for one in ranked if _is_salt(one)]
    for one in ranked:
        potential = one.couple.standard_potential
        inside = E0.low < potential < E0.high
        if inside and all(abs(potential - each.couple.standard_potential) > APART for each in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.couple.standard_potential)


def _others(ranked):
    """Couples of which the paper has no salt, by their potential."""
    own = (one for one in ranked if not _is_salt(one))
    return sorted(own, key=lambda one: (one.couple.standard_potential, one.couple.label))


def _labels(some):
    return tuple(one.couple.label for one in some)


def _is_salt(one):
    own = SALTS.get(one.couple.metal)
    return own is not None and own.electrons == one.couple.electrons


def _legible(figure):
    """Names are legible on a bright and on a dark place of the map."""
    names = next(one for one in figure["data"] if one["name"] == "map/names")
    names["textfont"] = {"size": 10, "color": "white", "shadow": "0 0 3px black, 0 0 2px black"}
    return figure | {"layout": figure["layout"] | {"meta": {"lead": True}}}


def series(shown):
    """Points of every trace of `panels` for a View, by the trace's name."""
    potential, level = np.meshgrid(shown.potential, shown.level, indexing="ij")
    drawn = {"map/EL over PL": (potential.ravel(), level.ravel(), shown.values.ravel())}
    salts = {one.couple.metal: one for one in shown.ranked if _is_salt(one)}
    for name, own in {
        "couples": _others(shown.ranked),
        **{name: [one] for name, one in salts.items()},
    }.items():
        x = np.array([one.couple.standard_potential for one in own])
        drawn[f"couples/{name}"] = x, np.array([one.kept for one in own])
        x = x[(x > E0.low) & (x < E0.high)]
        drawn[f"map/{name}"] = x, np.full(len(x), LEVEL)
    x = np.array([one.couple.standard_potential for one in named()])
    drawn["map/names"] = x, LEVEL + 0.04 * (1 + np.arange(len(x)) % ROWS)
    x = np.array([one.couple.standard_potential for one in shown.ranked])
    low, high = (np.array([getattr(one, end) for one in shown.ranked]) for end in ("low", "high"))
    drawn["couples/posterior, 16 to 84 %"] = plots.bars(x, low, high)
    drawn["couples/limit"] = [-3.15, 1.45], [INERT, INERT]
    return drawn


def link(shown, potential, level=f"{LEVEL:g}"):
    """Address of a device in the explorer; potential, level : [V vs NHE], numbers or {x}, {y}."""
    own = defaults(explorer.CONTROLS) | {
        "bias": shown.bias, "fraction": shown.fraction, "potential": potential, "level": level,
    }  # fmt: skip
    del own["metal"]  # which the potential brings
    return f"explorer.ipynb#{urlencode(own, safe='{}')}"


def summary(shown):
    """What is on the screen in words."""
    inert = [one.couple.label for one in shown.ranked if one.inert]
    unsure = [one.couple.label for one in shown.ranked if one.chance < 0.9]
    cadmium, zinc = (
        next(one for one in shown.ranked if one.couple.metal == metal) for metal in ("Cd", "Zn")
    )
    return (
        f"At {shown.bias:.1f} V, {len(inert)} of {len(shown.ranked)} couples keep at least half of "
        f"the light on the paper’s dots; cadmium keeps {digits(100 * cadmium.kept, 2)} %, zinc "
        f"{digits(100 * zinc.kept, 2)} %. The verdict is open, held by fewer than nine of ten "
        f"draws, for {', '.join(unsure) or 'none'}."
    )


def ranking(shown):
    """HTML of the ranked list."""
    rows = "".join(
        f"<tr class='qd-{'met' if one.inert else 'missed'}'><th scope=row>{_linked(shown, one)}"
        f"</th><td>{one.couple.standard_potential:.2f}</td><td>{one.kept:.2f}</td>"
        f"<td>{one.low:.2f} to {one.high:.2f}</td><td>{'inert' if one.inert else 'reduced'}</td>"
        f"<td>{100 * one.chance:.0f} %</td></tr>"
        for one in shown.ranked
    )
    heads = "couple", "E⁰, V vs NHE", "light kept", "16 to 84 %", "verdict", "held by draws"
    head = "".join(f"<th scope=col>{one}</th>" for one in heads)
    return (
        "<details open><summary>Metals, the surest inert ones first</summary>"
        "<div class=qd-wide role=region tabindex=0 aria-label='Metals by rank'>"
        f"<table class=qd-table><tr>{head}</tr>{rows}</table></div></details>"
    )


def _linked(shown, one):
    potential = one.couple.standard_potential
    allowed = next(each for each in explorer.CONTROLS if each.name == "potential")
    try:
        allowed.accept(potential)
    except InputError:  # the explorer's slider does not reach it
        return escape(one.couple.label)
    return f'<a href="{escape(link(shown, potential))}">{escape(one.couple.label)}</a>'


def table(shown):
    """The rows of the ranked list, to download."""
    return [
        {
            "couple": one.couple.label,
            "standard potential [V vs NHE]": one.couple.standard_potential,
            "EL/PL over an inert ligand's": one.kept,
            "16 %": one.low,
            "84 %": one.high,
            "verdict": "inert" if one.inert else "reduced",
            "share of draws": one.chance,
        }
        for one in shown.ranked
    ]


LEGEND = (
    "Bright: EL/PL, internal quantum efficiency over the film’s yield, near "
    "1; dark: the light is lost. Circles are couples of the table of potentials, at the level of "
    "the paper’s dots, coloured as everywhere where the paper has their salt. A click on the map "
    "opens that device in the explorer, as do the links in the list; there every metal has two "
    "electrons. Grey bars: the middle 68 % of the posterior; dotted: half of the light, from which "
    "on a metal counts as inert, our convention. All lines come from the model."
)


def screening():
    """The page, as a widget."""
    listed = html()

    def also(shown, plot):
        plot.opens = link(shown, "{x}", "{y}")
        listed.value = ranking(shown)

    presets = {
        "Just on": ("At the lowest bias", {"bias": BIASES[0]}),
        "A quarter left": ("Ligands mostly washed off", {"fraction": "0.25"}),
    }
    drawing = Drawing(panels(), series, summary, LEGEND, _legible, table)
    return page("screening", CONTROLS, view, drawing, presets, [listed], also)


def check():
    """The page's verdicts as text, for the notebook's check cell."""
    shown = view(**defaults(CONTROLS))
    by_label = {one.couple.label: one for one in shown.ranked}
    lines = [
        f"{label}: {'inert' if by_label[label].inert else 'reduced'}"
        for label in ("Cd²⁺/Cd", "Zn²⁺/Zn", "Mg²⁺/Mg", "Ca²⁺/Ca", "Al³⁺/Al", "Ag⁺/Ag")
    ]
    return "\n".join(lines)
