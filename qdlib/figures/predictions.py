"""Predictions that nobody has tested: what the calibrated model says where the paper is silent.

The panels' functions stand in `notebooks/predictions.ipynb`. What the posterior allows of their
curves is computed by `tools/predictions.py` and kept in data/calibration/predictions.csv.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from ..constants import HOUR
from ..data import data_rows
from ..device.device import Device
from ..device.reducibility import ENOUGH
from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.curves import colour, device_of
from ..notebook.drawing import Drawing, stacked
from ..notebook.plots import Axes, Axis, Trace
from ..notebook.sortable import Cell, Sortable, table_html
from ..paper.materials import SALTS
from ..physics.reduction import driving_force
from ..wording import digits, duration, setting, site_count, volts

DWELLS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)  # [s], on each step of a sweep
WASHED = (0.0, 0.15, 0.16, 0.2, 0.3, 0.5, 0.75, 1.0)  # shares of the salt that are left
PULSES = 60
NAMED = ("Li", "Mg", "Al", "Mn", "Zn", "Cd", "Pb", "Cu", "Ag", "Pt")
LOWEST = 1e-3  # of an axis of efficiencies [%]
ENDS = "x", "low", "high"  # columns of the bands

PULSE = Control("bias", "Bias of a pulse", 2.0, 0.5, 5.0, 0.05, "V")
ON = Control("on", "Length of a pulse", 10.0, 0.1, 100.0, 0.1, "s", ".3g", log=True)
PAUSE = Control("pause", "Pause after it", 1.0, 0.1, 100.0, 0.05, "s", ".3g", log=True).at(30.0)
REVERSE = Control("reverse", "Reverse bias", 4.0, 0.0, 8.0, 0.1, "V", ".1f")
HOURS = Control("hours", "Time at 2 V", 1.0, 0.01, 100.0, 0.1, "h", ".3g", log=True)


@dataclass(frozen=True)
class Plane:
    """A pair of axes, and read(measured), the points (x, y) of a curve on them."""

    title: str
    x: Axis
    y: Axis
    read: Callable


def curves_on(*planes, tell):
    """A `show` of panels: each label of a view {label: measured} is a curve on every Plane.

    tell(measured) : of one label, in words. A second curve of one ligand is dashed. What the
    posterior allows is shaded, as data/calibration/predictions.csv has it.
    """

    def show(panel, first):
        looks = _looks(first)
        keys = {f"{panel}_{number}": plane for number, plane in enumerate(planes, 1)}
        allowed = _allowed(panel)
        axes = tuple(
            Axes(key, plane.title, plane.x, plane.y, tuple(_traces(key, looks, allowed)))
            for key, plane in keys.items()
        )

        def series(view):
            return allowed | {
                f"{key}/{label}": plane.read(one)
                for key, plane in keys.items()
                for label, one in view.items()
            }

        def say(view):
            return "; ".join(f"{label}: {tell(one)}" for label, one in view.items()) + "."

        return Drawing(axes, series, say, _legend(looks, allowed), table=_table_of(series))

    return show


def _one_of(measured):
    """A Run of what belongs to one curve, with the most of its ligand."""
    if isinstance(measured, dict):
        measured = list(measured.values())[-1]
    return measured[0] if isinstance(measured, tuple) else measured


def _looks(first):
    """(colour, style) of each label."""
    looks, taken = {}, set()
    for label, one in first.items():
        hue = colour(device_of(_one_of(one)).ligand)
        looks[label] = hue, "level" if hue in taken else "model"
        taken.add(hue)
    return looks


def _traces(key, looks, allowed):
    for label, (hue, _) in looks.items():
        if f"{key}/{label}, allowed" in allowed:
            yield Trace(f"{label}, allowed", "band", hue)
    for label, (hue, style) in looks.items():
        yield Trace(label, style, hue)


def _allowed(panel):
    """What the posterior allows of a panel's curves, as closed outlines by their trace."""
    rows = [row for row in data_rows("calibration/predictions.csv") if row["panel"] == panel]
    outlines = {}
    for trace, points in groupby(rows, key=lambda row: row["trace"]):
        x, low, high = np.transpose([[float(one[end]) for end in ENDS] for one in points])
        outlines[f"{trace}, allowed"] = plots.outline(x, low, high)
    return outlines


def _legend(looks, allowed):
    keys = [
        plots.swatch(hue, label + ", dashed" * (style == "level"))
        for label, (hue, style) in looks.items()
    ]
    if allowed:
        keys.append("shaded: 5 to 95 % of the posterior’s draws, the controls as at first")
    return " &ensp;".join(keys) + "."


def _table_of(series):
    def table(view):
        drawn = {name: xy for name, xy in series(view).items() if not name.endswith(", allowed")}
        return stacked({name: {"x": x, "y": y} for name, (x, y) in drawn.items()}, "point")

    return table


def _over(read):
    """A reading of {x: measured}: the points (x, read(measured))."""
    return lambda runs: (np.array(list(runs)), np.array([read(one) for one in runs.values()]))


def _peak(measured):
    """Peak EQE [%] of what has one."""
    return 100 * measured.peak_eqe


EQE = Axis("peak EQE (%)", 0.05, 40, log=True)
PL = Axis("relative PL (%)", 0, 108)
DWELL = Axis("dwell per 0.05 V (s)", 0.008, 130, log=True)
TIME = Axis("time (s)", 1e-3, 1e4, log=True)


def _tell_speed(runs):
    peaks = ", ".join(f"{digits(_peak(run))} % at {setting(x)} s" for x, run in runs.items()
                      if x in (0.1, 1.0, 10.0))  # fmt: skip
    return f"peak EQE {peaks}"


sweep_speed = curves_on(
    Plane("Peak efficiency", DWELL, EQE, _over(_peak)),
    Plane("Bias of first light", DWELL, Axis("light from (V)", 1.5, 2.3),
          _over(lambda run: run.turn_on_voltage)),
    tell=_tell_speed,
)  # fmt: skip


def _tell_pair(pair):
    run, test = pair
    return (
        f"light from {volts(run.turn_on_voltage)}, peak EQE {digits(_peak(run))} %, half the "
        f"first luminance after {duration(test.lifetime())}"
    )


temperature = curves_on(
    Plane("External quantum efficiency", Axis("bias (V)", 0, 5),
          Axis("EQE (%)", 1e-2, 40, log=True),
          lambda pair: (pair[0].voltage, 100 * pair[0].external_quantum_efficiency)),
    Plane("At constant current", Axis("time (h)", 1e-5, 1e3, log=True), Axis("L/L₀ (%)", 0, 108),
          lambda pair: (np.maximum(pair[1].time / HOUR, 1e-9), 100 * pair[1].relative_luminance)),
    tell=_tell_pair,
)  # fmt: skip


def _tell_first(run):
    at = np.interp(np.log([2e-3, 1.0, 100.0]), np.log(run.time), run.luminance)
    early, second, late = map(digits, at)
    return f"{early} cd/m² after 2 ms, {second} after 1 s, {late} after 100 s"


first_second = curves_on(
    Plane("Luminance at constant current", TIME, Axis("L (cd/m²)", 10, 1e5, log=True),
          lambda run: (run.time, run.luminance)),
    Plane("PL beside it", TIME, PL, lambda run: (run.time, 100 * run.relative_photoluminescence)),
    tell=_tell_first,
)  # fmt: skip


def _internal(pair):
    return 100 * float(pair[0].peak_iqe)


def _hours(pair):
    return pair[1].lifetime_at(100) / HOUR


LEFT = Axis("share of the salt left", 0, 1)
wash = curves_on(
    Plane("Peak internal efficiency", LEFT, Axis("IQE (%)", 0.5, 120, log=True), _over(_internal)),
    Plane("Lifetime from 100 cd/m²", LEFT, Axis("T₅₀ (h)", 1e-2, 1e6, log=True), _over(_hours)),
    tell=lambda runs: "; ".join(
        f"{setting(100 * x)} % left, IQE {digits(_internal(pair))} %, "
        f"T50 {duration(_hours(pair) * HOUR)}"
        for x, pair in runs.items()
        if x in (0.15, 0.2, 1.0)
    ),
)


def under_bias(run):
    """Time that has passed under bias [s] (K,)."""
    return np.cumsum(np.where(run.voltage > 0, run.duration, 0.0))


def _pulsed(clock):
    def read(run):
        on = run.voltage > 0
        return clock(run)[on], 100 * run.relative_photoluminescence[on]

    return read


SINCE = 1.0, 2e4
pulses = curves_on(
    Plane("By the time under bias", Axis("time under bias (s)", *SINCE, log=True), PL,
          _pulsed(under_bias)),
    Plane("By the clock", Axis("time (s)", *SINCE, log=True), PL, _pulsed(lambda run: run.time)),
    tell=lambda run: f"{digits(100 * run.relative_photoluminescence[run.voltage > 0][-1])} % of "
    f"the PL left after {duration(under_bias(run)[-1])} under bias, "
    f"{duration(run.time[-1])} by the clock",
)  # fmt: skip


def _tell_reverse(run):
    ends = [np.flatnonzero(run.step == step)[-1] for step in np.unique(run.step)]
    left = ", ".join(digits(one) for one in 100 * run.relative_photoluminescence[ends])
    return (
        f"PL {left} % at the end of each part, {site_count(run.reduced_sites_per_dot[ends[0]])} "
        f"metal atoms a dot after the first, {site_count(run.reduced_sites_per_dot[-1])} in the end"
    )


reverse = curves_on(
    Plane("Photoluminescence", Axis("time (h)", 0, 4), PL,
          lambda run: (run.time / HOUR, 100 * run.relative_photoluminescence)),
    Plane("Reduced sites", Axis("time (h)", 0, 4),
          Axis("metal atoms per dot", 1e-3, 1e3, log=True),
          lambda run: (run.time / HOUR, np.maximum(run.reduced_sites_per_dot, 1e-12))),
    tell=_tell_reverse,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Tried:
    """A metal's carboxylate in a diode, by numbers: a Run for each metal would be 90 MB.

    peak_eqe : of a sweep [1]; kept : photoluminescence left by a hold at 2 V [%]
    reduced : metal atoms that the hold leaves on a dot [1]
    """

    device: Device
    peak_eqe: float
    kept: float
    reduced: float

    @classmethod
    def by(cls, swept, held):
        """What the Run of a sweep and that of a hold on the same device tell."""
        left = 100 * float(held.relative_photoluminescence[-1])
        reduced = float(held.reduced_sites_per_dot[-1])
        return cls(swept.device, swept.peak_eqe, left, reduced)

    @property
    def couple(self):
        """Of the metal."""
        return self.device.ligand.couple

    @property
    def driving_force(self):
        """dG of the reduction by the dot's electron, the shift in the ligand counted in [eV]."""
        shift = self.device.redox.complexation_shift
        return driving_force(self.couple.standard_potential, self.device.dot.level, shift)

    @property
    def place(self):
        """Where the couple's level lies in the dot, in words."""
        if self.driving_force > 0:
            return "above the electron’s level"
        return "in the gap" if -self.driving_force < self.device.dot.gap else "below the gap"

    @property
    def verdict(self):
        """Reducible if the hold leaves ENOUGH metal atoms on a dot, or inert: the rule of S2."""
        return "reducible" if self.reduced >= ENOUGH else "inert"


def metals(panel, first):
    """Drawing of {name: Tried}: efficiency and light left against the potential of the couple."""
    hues = {
        name: plots.ligand_colour(SALTS[one.couple.metal].name) if one.couple.metal in SALTS
        else plots.GREY
        for name, one in first.items()
    }  # fmt: skip
    planes = {
        f"{panel}_1": ("Peak efficiency", Axis("peak EQE (%)", 0.05, 40, log=True)),
        f"{panel}_2": ("Light left by the hold at 2 V", PL),
    }
    x = Axis("E⁰ (V vs NHE)", -3.3, 1.6)
    captions = Trace("names", "captions", None, NAMED)
    marked = tuple(Trace(name, "now", hue) for name, hue in hues.items())
    axes = tuple(
        Axes(key, title, x, y, (Trace("levels of the dot", "cursor"), *marked, captions))
        for key, (title, y) in planes.items()
    )

    def series(view):
        drawn = {}
        for (key, (_, y)), read in zip(planes.items(), (_efficiency, _kept_light), strict=True):
            for name, one in view.items():
                drawn[f"{key}/{name}"] = [one.couple.standard_potential], [read(one)]
            at = {one.couple.metal: one for one in reversed(view.values())}
            named = [at[metal] for metal in NAMED]
            places = [one.couple.standard_potential - 0.05 for one in named]
            drawn[f"{key}/names"] = places, [_above(y, read(one)) for one in named]
            drawn[f"{key}/levels of the dot"] = _cursors(next(iter(view.values())), y)
        return drawn

    def say(view):
        bad = [name for name, one in view.items() if one.verdict == "reducible"]
        told = "; ".join(
            f"{name} ΔG {one.driving_force:+z.2f} eV, {one.place}, "
            f"EQE {digits(_peak(one))} %, {digits(one.kept)} % of the PL left, {one.verdict}"
            for name, one in view.items()
            if one.couple.metal in NAMED
        )
        return f"Of {len(view)} couples {len(bad)} are reducible. {told}."

    return Drawing(
        axes, series, say,
        "Each mark is a diode. Dotted: E⁰ of a couple that would lie, in its ligand, at the dot’s "
        "electron level (left) and at its hole level (right). Coloured: the paper’s metals.",
        table=_metals_rows,
    )  # fmt: skip


def _efficiency(one):
    return max(_peak(one), LOWEST)


def _above(axis, value):
    """Where the name of a mark stands."""
    return 1.35 * value if axis.log else value + 5


def _kept_light(one):
    return one.kept


def _cursors(one, y):
    """Two vertical lines: the dot's levels as potentials of a couple in its ligand."""
    device = one.device
    electron = device.dot.level - device.redox.complexation_shift
    hole = electron + device.dot.gap
    return [electron, electron, np.nan, hole, hole], [y.low, y.high, np.nan, y.low, y.high]


def _metals_rows(view):
    return [
        {
            "couple": name,
            "standard potential [V vs NHE]": one.couple.standard_potential,
            "driving force [eV]": one.driving_force,
            "level of the couple": one.place,
            "peak EQE [%]": _peak(one),
            "PL left [%]": one.kept,
            "metal atoms per dot": one.reduced,
            "verdict": one.verdict,
        }
        for name, one in view.items()
    ]


COLUMNS = ("Couple", "E⁰ (V)", "ΔG (eV)", "Level of the couple", "Peak EQE (%)", "PL left (%)",
           "Verdict")  # fmt: skip


def metals_table(view):
    """The same diodes as a table that its headers sort: a Sortable."""
    rows = [
        (
            Cell(name),
            _number(one.couple.standard_potential, "z.2f"),
            _number(one.driving_force, "+z.2f"),
            Cell(one.place),
            Cell(digits(_peak(one)), _peak(one)),
            Cell(digits(one.kept), one.kept),
            Cell(one.verdict),
        )
        for name, one in view.items()
    ]
    return Sortable(html=table_html("A diode of each metal’s carboxylate", COLUMNS, rows))


def _number(value, spec):
    return Cell(f"{value:{spec}}".replace("-", "−"), value)
