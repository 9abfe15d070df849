"""Figure S2: which metal ions can the electrons of a dot reduce?"""

from dataclasses import dataclass, replace

import numpy as np

from .. import plots
from ..constants import BOLTZMANN, CHARGE, HOUR, energy_of_potential
from ..exhibit import Exhibit
from ..laboratory import Sample
from ..ledger import data_rows, published_value, standard_potential
from ..ligand import Couple
from ..live import Control
from ..parameters import parameters
from ..plots import Axis, Panel, Trace
from ..reduction import class_factors, driving_force, mean_reduced, reduce_sites, reduction_rate
from ..scorecard import laboratory
from ..wording import digits, setting, site_count

CRYSTALS = ("CdSe", "CdS", "ZnSe", "ZnS")
METALS = ("Cd", "Zn", "Mg")
PLACES = (*CRYSTALS, "dot", *METALS, "any")
HALF = 0.36  # of the width of a column
CHARGES = {1: "⁺", 2: "²⁺", 3: "³⁺", 4: "⁴⁺"}
STATED = published_value("L044").value  # [V vs NHE]
ENOUGH = 1.0
"""Reduced sites on a dot from which on a couple counts as reducible [1]: one quenches already."""
POTENTIALS = np.linspace(-3.2, 1.6, 97)  # [V vs NHE]
TIME = np.geomspace(1e-6, 1e6, 145) * HOUR
DOT = plots.ELECTRONS


@dataclass(frozen=True)
class Verdict:
    """What the electrons of a dot do to the ions of a couple.

    driving_force : dG, the shift in the ligand counted in [eV]; rate : of a site, the mean over
        the spread of E0 [1/s]; sites : of a dot that are reduced in the time [1]
    """

    couple: Couple
    driving_force: float
    rate: float
    sites: float

    @property
    def reducible(self):
        """Whether ENOUGH sites of a dot are reduced in the time."""
        return self.sites >= ENOUGH

    @property
    def text(self):
        """In words."""
        return "reducible" if self.reducible else "inert"


@dataclass(frozen=True)
class Judged:
    """A dot's level [V vs NHE], the electrons in a dot [1], the time [s], and the verdicts."""

    level: float
    electrons: float
    duration: float
    verdicts: tuple

    @property
    def chosen(self):
        """The verdict on the couple that the reader chose."""
        return self.verdicts[-1]


def factors(couple, level):
    """Rate of each class of sites [1/s] (CLASSES,) on a dot with one electron, as calibrated."""
    device = laboratory().device(Sample())
    thermal = BOLTZMANN * device.stack.temperature / CHARGE
    return class_factors(couple, level, device.redox, thermal)


def reduced_sites(couple, level, electrons, duration):
    """Sites of a dot that are reduced after `duration` [s] (K,) with some electrons in the dot."""
    rate = reduction_rate(factors(couple, level), np.full(np.shape(duration), electrons))
    per_dot = laboratory().device(Sample()).dot.reducible_sites
    return per_dot * mean_reduced(reduce_sites(0.0, rate, duration))


def verdict(couple, level, electrons=1.0, duration=HOUR):
    """The Verdict on a couple [level in V vs NHE, duration in s]."""
    redox = laboratory().device(Sample()).redox
    force = driving_force(couple.standard_potential, level, redox.complexation_shift)
    sites = reduced_sites(couple, level, electrons, np.array([duration]))[0]
    rate = electrons * float(mean_reduced(factors(couple, level)))
    return Verdict(couple, force, rate, float(sites))


def couple_name(row):
    """A row of the table of potentials as a reader writes its couple."""
    ion = f"{row['metal']}{CHARGES[int(row['electrons'])]}"
    return f"{ion}/{row['metal']}"


COUPLES = {
    couple_name(row): Couple(
        row["metal"], float(row["standard potential [V vs NHE]"]), int(row["electrons"])
    )
    for row in data_rows("potentials.csv")
}


def judged(level, couple, electrons, hours):
    """The paper's three metals and a chosen couple, judged at a dot's level: Judged."""
    asked = (*(Couple(metal, standard_potential(metal, 2)) for metal in METALS), COUPLES[couple])
    duration = hours * HOUR
    return Judged(
        level, electrons, duration,
        tuple(verdict(one, level, electrons, duration) for one in asked),
    )  # fmt: skip


def _energy(potential):
    """Energy against vacuum [eV] at a potential [V vs NHE], or of a depth below it."""
    return -energy_of_potential(potential)


def _columns(places, low, high=None):
    """Lines, or with `high` rectangles, over the columns of some places."""
    at = np.array([PLACES.index(place) for place in places], float)
    gap = np.full(len(at), np.nan)
    left, right = at - HALF, at + HALF
    if high is None:
        return (
            np.column_stack([left, right, gap]).ravel(),
            np.column_stack([low, low, gap]).ravel(),
        )
    x = np.column_stack([left, right, right, left, left, gap]).ravel()
    return x, np.column_stack([low, low, high, high, low, gap]).ravel()


def _edges(name):
    """Energies [eV] of an edge of the four crystals: as given, lowest and highest."""
    rows = [parameters()[f"bulk {crystal}.{name}_edge"] for crystal in CRYSTALS]
    return tuple(-np.array([getattr(row, key) for row in rows]) for key in ("value", "high", "low"))


def _series(shown):
    drawn = {}
    for name in ("conduction", "valence"):
        edge, low, high = _edges(name)
        drawn[f"S2/{name} edges"] = _columns(CRYSTALS, edge)
        drawn[f"S2/{name} edges, spread"] = _columns(CRYSTALS, low, high)
    level, shift = _energy(shown.level), laboratory().device(Sample()).redox.complexation_shift
    drawn["S2/dot's level"] = _columns(["dot"], [level])
    drawn["S2/dot's level, everywhere"] = [-0.6, len(PLACES) - 0.4], [level, level]
    drawn["S2/dot's level, published"] = [PLACES.index("dot")], [_energy(STATED)]
    for name, place, one in zip((*METALS, "chosen"), PLACES[5:], shown.verdicts, strict=True):
        bare = one.couple.standard_potential
        drawn[f"S2/{name}"] = _columns([place], [_energy(bare)])
        drawn[f"S2/{name} in the ligand"] = _columns([place], [_energy(bare + shift)])
        drawn[f"S2rate/{name}"] = [bare], [one.rate]
        sites = reduced_sites(one.couple, shown.level, shown.electrons, TIME)
        drawn[f"S2time/{name}"] = TIME / HOUR, np.maximum(sites, 1e-12)
    rates = [
        shown.electrons * float(mean_reduced(factors(Couple("", potential), shown.level)))
        for potential in POTENTIALS
    ]
    drawn["S2rate/Marcus"] = POTENTIALS, rates
    drawn["S2rate/dot's level"] = [shown.level] * 2, [1e-30, 1e4]
    drawn["S2time/time"] = [shown.duration / HOUR] * 2, [1e-6, 1e4]
    drawn["S2time/rule"] = TIME[[0, -1]] / HOUR, [ENOUGH, ENOUGH]
    return drawn


def _words(shown):
    told = [
        f"{name} ({one.couple.standard_potential:.2f} V): ΔG {one.driving_force:+z.3f} eV, "
        f"{digits(one.rate, 2)} /s, {site_count(one.sites)} sites a dot, {one.text}"
        for name, one in zip(_names(shown), shown.verdicts, strict=True)
    ]
    low, high = (_edges(name)[0][0] for name in ("valence", "conduction"))
    inside = [
        name
        for name, one in zip(_names(shown), shown.verdicts, strict=True)
        if low < _energy(one.couple.standard_potential) < high
    ]
    electrons = f"{setting(shown.electrons)} electron{'s' * (shown.electrons != 1)}"
    return (
        f"The dot’s level is at {shown.level:.2f} V, {_energy(shown.level):.2f} eV. Held "
        f"with {electrons} a dot for {setting(shown.duration / HOUR)} h: "
        f"{'; '.join(dict.fromkeys(told))}. In the gap of bulk CdSe: "
        f"{', '.join(dict.fromkeys(inside)) or 'none of them'}."
    )


def _names(shown):
    chosen = next(name for name, one in COUPLES.items() if one == shown.chosen.couple)
    return (*(f"{metal}²⁺/{metal}" for metal in METALS), chosen)


def _table(shown):
    import pandas as pd

    return pd.DataFrame(
        {
            "couple": name,
            "standard potential [V vs NHE]": one.couple.standard_potential,
            "driving force [eV]": one.driving_force,
            "rate [1/s]": one.rate,
            "reduced sites per dot": one.sites,
            "verdict": one.text,
        }
        for name, one in zip(_names(shown), shown.verdicts, strict=True)
    )


def _minus(number):
    return str(number).replace("-", "−")


def _dress(figure):
    """Names of the columns, a second scale on the right, and twice the height."""
    made = plots.with_axis(
        figure, "S2", "x", tickvals=list(range(len(PLACES))), showgrid=False,
        ticktext=[f"{one}²⁺" if one in METALS else one for one in PLACES],
    )  # fmt: skip
    number = plots.number(figure, "S2")
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


def _couples(style):
    shades = {metal: plots.COLOURS[metal] for metal in METALS} | {"chosen": plots.COLOURS["custom"]}
    return tuple(Trace(name, style, shade) for name, shade in shades.items())


EXHIBITS = (
    Exhibit(
        "S2", "model", "Band edges, metal couples and the dot’s level",
        (
            Panel(
                "S2", "Levels", Axis("", -0.6, len(PLACES) + 0.3),
                Axis("energy vs vacuum (eV)", -7.6, -1.1),
                (
                    *(Trace(f"{name} edges, spread", "band", plots.GREY)
                      for name in ("conduction", "valence")),
                    *(Trace(f"{name} edges", "edge") for name in ("conduction", "valence")),
                    Trace("dot's level, everywhere", "cursor"),
                    *_couples("couple"),
                    *(replace(one, name=f"{one.name} in the ligand") for one in _couples("level")),
                    Trace("dot's level", "couple", DOT),
                    Trace("dot's level, published", "published", DOT),
                ),
            ),
            Panel(
                "S2rate", "Rate of reduction", Axis("E⁰ (V vs NHE)", -3.2, 1.6),
                Axis("k, one site (1/s)", 1e-30, 1e4, log=True),
                (Trace("dot's level", "cursor"), Trace("Marcus", "model", plots.GREY),
                 *_couples("now")),
            ),
            Panel(
                "S2time", "What comes of it", Axis("time (h)", 1e-6, 1e6, log=True),
                Axis("reduced sites on a dot", 1e-6, 1e4, log=True),
                (Trace("time", "cursor"), Trace("rule", "cursor"), *_couples("model")),
            ),
        ),
        judged, _series, _words,
        (
            Control("level", "Level of the dot", STATED, -3.0, 0.8, 0.01, "V vs NHE"),
            Control("couple", "Any couple", "Al³⁺/Al", choices=tuple(COUPLES)),
            Control("electrons", "Electrons in the dot", 1.0, 1e-4, 2.0, 0.05, "", ".2g", log=True,
                    help="On average; a diode below its threshold holds far less than one"),
            Control("hours", "Time", 1.0, 1e-4, 1e5, 0.1, "h", ".2g", log=True),
        ),
        " &ensp;".join(
            f'<span style="color:{plots.COLOURS[key]}">■</span> {name}'
            for key, name in (("Cd", "Cd²⁺/Cd"), ("Zn", "Zn²⁺/Zn"), ("Mg", "Mg²⁺/Mg"),
                              ("custom", "the couple of your choice"))
        )
        + f' &ensp;<span style="color:{DOT}">■</span> the dot’s level, ◇ as published. Solid: E⁰ '
        "in water; dashed: in the ligand, by the calibrated shift. Grey: edges of the bulk "
        "crystals, from the literature and as remembered, with the ± 0.3 eV by which compilations "
        "differ. Reducible means here: at least one site of a dot is reduced in the time set.",
        dress=_dress, table=_table,
    ),
)  # fmt: skip
