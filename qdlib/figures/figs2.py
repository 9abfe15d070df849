"""Figure S2: which metal ions can the electrons of a dot reduce?"""

import numpy as np

from ..constants import HOUR, energy_of_potential
from ..device.reducibility import ENOUGH
from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.drawing import Drawing
from ..notebook.plots import Axes, Axis, Trace
from ..paper.materials import COUPLES, SALTS
from ..paper.published import published_value
from ..parameters import parameters
from ..wording import digits, setting, site_count

CRYSTALS = ("CdSe", "CdS", "ZnSe", "ZnS")
HALF = 0.36  # of the width of a column
STATED = published_value("L044").value  # [V vs NHE]
DOT = plots.ELECTRONS

LEVEL = Control("level", "Level of the dot", STATED, -3.0, 0.8, 0.01, "V vs NHE")
COUPLE = Control("couple", "Any couple", "Al³⁺/Al", choices=tuple(COUPLES))
ELECTRONS = Control(
    "electrons", "Electrons in the dot", 1.0, 1e-4, 2.0, 0.05, "", ".2g", log=True,
    help="On average; a diode below its threshold holds far less than one",
)  # fmt: skip
HOURS = Control("hours", "Time", 1.0, 1e-4, 1e5, 0.1, "h", ".2g", log=True)


def levels_and_rates(panel, first):
    """Drawing of couples beside a dot's level, their rates, and what comes of them.

    A view is a Reducibility; couples have the colours of the salts of their names in SALTS.
    """
    names = tuple(first.verdicts)
    columns = {place: at for at, place in enumerate((*CRYSTALS, "dot", *names))}
    hues = {name: plots.ligand_colour(SALTS[name].name if name in SALTS else None)
            for name in names}  # fmt: skip

    def couples(style, ending=""):
        return tuple(Trace(f"{name}{ending}", style, hue) for name, hue in hues.items())

    levels = Axes(
        panel, "Levels", Axis("", -0.6, len(columns) + 0.3),
        Axis("energy vs vacuum (eV)", -7.6, -1.1),
        (
            *(Trace(f"{name} edges, spread", "band", plots.GREY)
              for name in ("conduction", "valence")),
            *(Trace(f"{name} edges", "edge") for name in ("conduction", "valence")),
            Trace("dot's level, everywhere", "cursor"),
            *couples("couple"), *couples("level", " in the ligand"),
            Trace("dot's level", "couple", DOT), Trace("dot's level, published", "published", DOT),
        ),
    )  # fmt: skip
    rate = Axes(
        f"{panel}rate", "Rate of reduction", Axis("E⁰ (V vs NHE)", -3.2, 1.6),
        Axis("k, one site (1/s)", 1e-30, 1e4, log=True),
        (Trace("dot's level", "cursor"), Trace("Marcus", "model", plots.GREY), *couples("now")),
    )  # fmt: skip
    growth = Axes(
        f"{panel}time", "What comes of it", Axis("time (h)", 1e-6, 1e6, log=True),
        Axis("reduced sites on a dot", 1e-6, 1e4, log=True),
        (Trace("time", "cursor"), Trace("rule", "cursor"), *couples("model")),
    )  # fmt: skip

    def series(view):
        return {
            f"{axes.key}/{trace}": points
            for axes, drawn in (
                (levels, _levels(view, columns)), (rate, _rates(view)), (growth, _growth(view)),
            )
            for trace, points in drawn.items()
        }  # fmt: skip

    ions = {name: one.couple.label.partition("/")[0] for name, one in first.verdicts.items()}
    ticks = [ions[place] if place in SALTS else place for place in columns]
    keys = {name: one.couple.label for name, one in first.verdicts.items()}
    keys |= {name: "the couple of your choice" for name in names if name not in SALTS}
    legend = plots.swatches({key: hues[name] for name, key in keys.items()})
    return Drawing(
        (levels, rate, growth), series, _words,
        f"{legend} &ensp;{plots.swatch(DOT, 'the dot’s level, ◇ as published. ')}"
        "Solid: E⁰ in water; dashed: in the ligand, by the calibrated shift. Grey: edges of the "
        "bulk crystals, assumed, and how far they may be off. Reducible means here: at least one "
        "site of a dot is reduced in the time set.",
        dress=lambda figure: _dressed(figure, panel, ticks), table=_table,
    )  # fmt: skip


def _levels(view, columns):
    drawn = {}
    places = [columns[crystal] for crystal in CRYSTALS]
    for name in ("conduction", "valence"):
        edge, low, high = _edges(name)
        drawn[f"{name} edges"] = _bars(places, edge)
        drawn[f"{name} edges, spread"] = _bars(places, low, high)
    level = _energy(view.device.dot.level)
    drawn["dot's level"] = _bars([columns["dot"]], [level])
    drawn["dot's level, everywhere"] = [-0.6, len(columns) - 0.4], [level, level]
    drawn["dot's level, published"] = [columns["dot"]], [_energy(STATED)]
    for name, one in view.verdicts.items():
        drawn[name] = _bars([columns[name]], [one.energy])
        drawn[f"{name} in the ligand"] = _bars([columns[name]], [one.energy_in_ligand])
    return drawn


def _rates(view):
    judged = {
        name: ([one.couple.standard_potential], [one.rate]) for name, one in view.verdicts.items()
    }
    level = [view.device.dot.level] * 2, [1e-30, 1e4]
    return judged | {"Marcus": (view.potentials, view.rates), "dot's level": level}


def _growth(view):
    times = view.times / HOUR
    grown = {
        name: (times, np.maximum(one.growth, 1e-12)) for name, one in view.verdicts.items()
    }  # a logarithmic axis has no zero
    return grown | {
        "time": ([view.hours] * 2, [1e-6, 1e4]),
        "rule": (times[[0, -1]], [ENOUGH, ENOUGH]),
    }


def _energy(potential):
    """Energy against vacuum [eV] at a potential [V vs NHE], or of a depth below it."""
    return -energy_of_potential(potential)


def _edges(name):
    """Energies [eV] of an edge of the four crystals: as given, lowest and highest."""
    rows = [parameters()[f"bulk {crystal}.{name}_edge"] for crystal in CRYSTALS]
    return tuple(-np.array([getattr(row, key) for row in rows]) for key in ("value", "high", "low"))


def _bars(places, low, high=None):
    """Lines, or with `high` rectangles, as wide as a column at some places."""
    at = np.array(places, float)
    gap = np.full(len(at), np.nan)
    left, right = at - HALF, at + HALF
    if high is None:
        return (
            np.column_stack([left, right, gap]).ravel(),
            np.column_stack([low, low, gap]).ravel(),
        )
    x = np.column_stack([left, right, right, left, left, gap]).ravel()
    return x, np.column_stack([low, low, high, high, low, gap]).ravel()


def _words(view):
    verdicts = {one.couple.label: one for one in view.verdicts.values()}
    told = [
        f"{label} ({one.couple.standard_potential:.2f} V): ΔG {one.driving_force:+z.3f} eV, "
        f"{digits(one.rate, 2)} /s, {site_count(one.sites)} sites a dot, {one.text}"
        for label, one in verdicts.items()
    ]
    low, high = (_edges(name)[0][0] for name in ("valence", "conduction"))
    inside = [label for label, one in verdicts.items() if low < one.energy < high]
    level = view.device.dot.level
    electrons = f"{setting(view.electrons)} electron{'s' * (view.electrons != 1)}"
    return (
        f"The dot’s level is at {level:.2f} V, {_energy(level):.2f} eV. Held with {electrons} a "
        f"dot for {setting(view.hours)} h: {'; '.join(told)}. In the gap of bulk CdSe: "
        f"{', '.join(inside) or 'none of them'}."
    )


def _table(view):
    return [
        {
            "couple": one.couple.label,
            "standard potential [V vs NHE]": one.couple.standard_potential,
            "driving force [eV]": one.driving_force,
            "rate [1/s]": one.rate,
            "reduced sites per dot": one.sites,
            "verdict": one.text,
        }
        for one in view.verdicts.values()
    ]


def _minus(number):
    return str(number).replace("-", "−")


def _dressed(figure, panel, ticks):
    """Names of the columns, a second scale on the right, and twice the height."""
    made = plots.with_axis(
        figure, panel, "x", tickvals=list(range(len(ticks))), showgrid=False, ticktext=ticks
    )
    number = plots.number(figure, panel)
    suffix = "" if number == 1 else str(number)
    right = {"xref": f"x{suffix} domain", "yref": f"y{suffix}", "showarrow": False}
    notes = [
        right | {"x": 1, "xanchor": "right", "y": _energy(volts), "text": f"{_minus(volts)} V –"}
        for volts in range(-3, 4)
    ]
    notes.append(
        right | {"x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom", "text": "vs NHE",
                 "yref": f"y{suffix} domain", "yshift": 6}
    )  # fmt: skip
    notes = [note | {"font": {"size": 11}} for note in notes]
    layout = made["layout"]
    return made | {
        "layout": layout | {"annotations": [*layout["annotations"], *notes], "meta": {"lead": True}}
    }
