"""The drawing that most panels need: quantities of labelled measurements, each on its axes."""

from dataclasses import replace

import numpy as np

from ..device.run import LUMINANCE_FLOOR
from ..errors import InputError
from ..paper import materials
from ..paper.published import published_values
from ..wording import setting
from . import marks, plots
from .drawing import Drawing, stacked
from .plots import Axes, Trace
from .quantities import QUANTITIES

NOTE = " &ensp;◇ published, with its error or range"
MEASURED = "your measurement"
SEEN = f" &ensp;a peak of the EQE counts from {setting(LUMINANCE_FLOOR)} cd/m² on"
OWN = f" &ensp;○ {MEASURED}"
ALLOWED = " &ensp;shaded: what the paper’s numbers allow (5 to 95 %)"

CONVERTED = "; lifetimes are converted to {:.3g} mA/cm² by L₀ⁿ T = constant from the model’s own L₀"
DRIVE = "current density [mA/cm2]"
NO_NUMBER = (
    " The text and its tables give no number for {}: {}; its diamonds and range are left out."
)


def curves(panel, show, first, own=None):
    """The Drawing of a panel's measurements.

    show : keys of QUANTITIES; first : what the panel shows at first, {label: measurement}; or
    {group: {label: measurement}} with axes for each group, of the one quantity if the group is
    called like one. The labels and colours of `first` stay. own : something Measured beside them
    """
    if unknown := [one for one in show if one not in QUANTITIES]:
        raise InputError("show", unknown[0], f"one of {', '.join(QUANTITIES)}")
    if not isinstance(first, dict) or not first:
        raise InputError("what the panel returns", first, "{label: measurement}, not empty")
    parts = list(_parts(panel, show, first))
    looks = _looks([pair for part in parts for pair in part[3].items()])
    fixed = {}
    axes = []
    for key, title, quantity, measured in parts:
        traces = [Trace("half", "cursor")] if quantity.startswith("L/L0") else []
        for label, one in measured.items():
            stated = _published(panel, key, quantity, label, one)
            fixed |= stated
            named = {name.removeprefix(f"{key}/") for name in stated}
            traces += _traces(label, looks[label], named)
        traces.sort(key=lambda trace: trace.style == "level")  # dashes lie over a like line
        if own and own.has(quantity):
            traces.append(Trace(MEASURED, "measured", plots.MEASURED))
            fixed[f"{key}/{MEASURED}"] = QUANTITIES[quantity].read(own)
        axes.append(_axes(key, title, quantity, measured, tuple(traces)))
        if quantity.startswith("L/L0"):
            fixed[f"{key}/half"] = [axes[-1].x.low, axes[-1].x.high], [50, 50]

    def series(view):
        drawn = {
            f"{key}/{label}": QUANTITIES[quantity].read(one)
            for key, _, quantity, measured in _parts(panel, show, view)
            for label, one in measured.items()
        }
        return fixed | drawn

    def say(view):
        told = {}
        for _, title, quantity, measured in _parts(panel, show, view):
            group = "" if title == QUANTITIES[quantity].title else f"{title}, "
            for label, one in measured.items():
                who = f"{group}{label}{' (a stand-in)' * bool(stand_in(one))}"
                told.setdefault(who, []).append(QUANTITIES[quantity].tell(one))
        return "; ".join(f"{who}: {', '.join(what)}" for who, what in told.items()) + "."

    legend = " &ensp;".join(
        plots.swatch(hue, label + ", a stand-in, dashed" * (style == "level"))
        for label, (hue, style) in looks.items()
    )
    legend += SEEN * any(quantity == "EQE" for _, _, quantity, _ in parts)
    legend += OWN * any(name.endswith(f"/{MEASURED}") for name in fixed)
    legend += NOTE * any("published" in name for name in fixed)
    legend += ALLOWED * any("allowed" in name for name in fixed)
    legend += "".join(
        CONVERTED.format(next(iter(measured.values())).run.columns[DRIVE][-1])
        for _, _, quantity, measured in parts
        if quantity == "L/L0"
    )
    said = {label: stand_in(one) for part in parts for label, one in part[3].items()}
    notes = "".join(NO_NUMBER.format(label, told) for label, told in said.items() if told)
    return Drawing(tuple(axes), series, say, f"{legend}.{_films(panel)}{notes}", table=_table)


def _parts(panel, show, view):
    """(key, title, quantity, {label: measurement}) of each pair of axes."""
    grouped = all(isinstance(one, dict) for one in view.values())
    for name, inner in (view if grouped else {"": view}).items():
        for quantity in [name] if name in QUANTITIES else show:
            title = QUANTITIES[quantity].title if name in QUANTITIES else name
            key = f"{panel}{name}" + ("" if name == quantity else quantity)
            yield key.replace("/", ""), title or QUANTITIES[quantity].title, quantity, inner


def device_of(measured):
    """The device of a Run or a LifetimeTest."""
    return measured.device if hasattr(measured, "device") else measured.run.device


def stand_in(measured):
    """What is said of a measurement whose ligand stands in for one without numbers, else ""."""
    known = materials.LIGANDS.get(device_of(measured).ligand.name)
    return known.stand_in if known else ""


def _films(panel):
    """In words, the quantum yields of films that the paper prints in a panel."""
    try:
        rows = published_values(panel, quantity="film PLQY")
    except InputError:
        return ""
    told = ", ".join(
        f"{', '.join(map(materials.label, row.ligand.split(';')))} {row.text}" for row in rows
    )
    return f" Film PLQY: {told}."


def _looks(pairs):
    """(colour, style) of each label: its ligand's; a colour that is taken is darkened."""
    looks, taken = {}, set()
    for label, one in pairs:
        if label in looks:
            continue
        hue = colour(device_of(one).ligand)
        while hue in taken:
            hue = plots.mixed(hue, "#000000", 0.4)
        taken.add(hue)
        looks[label] = hue, "level" if stand_in(one) else "model"
    return looks


def colour(ligand):
    """The colour of a ligand: its name’s, mixed with the amine’s by what of a salt is gone."""
    known = materials.LIGANDS.get(ligand.name, ligand)
    left = 1.0 if ligand.fraction == known.fraction else ligand.fraction
    return plots.mixed(plots.COLOURS["amine"], plots.ligand_colour(ligand.name), left)


def _published(panel, key, quantity, label, measured):
    """What the paper states of a curve, as the points of traces, by their names."""
    sample = marks.sample_of(device_of(measured))
    if sample is None:
        return {}
    drawn = {
        f"{key}/{label}, allowed": marks.band(quantity, sample),
        f"{key}/{label}, published": marks.points(panel, quantity, sample, measured),
    }
    if quantity == "EQE":
        drawn[f"{key}/{label}, error"] = marks.errors(panel, sample, measured)
    return {name: points for name, points in drawn.items() if len(points[0])}


STYLES = {"allowed": "band", "error": "error", "published": "published"}


def _traces(label, look, published):
    """Of one curve: what is allowed behind it, what is published before it."""
    hue, style = look
    marked = [
        Trace(f"{label}, {kind}", mark, hue)
        for kind, mark in STYLES.items()
        if f"{label}, {kind}" in published
    ]
    behind = [one for one in marked if one.style == "band"]
    return [*behind, Trace(label, style, hue), *(one for one in marked if one not in behind)]


def _axes(key, title, quantity, measured, traces):
    one = QUANTITIES[quantity]
    x = one.x
    if x.high <= x.low:  # it ends with the longest measurement
        ends = [np.nanmax(one.read(each)[0]) for each in measured.values()]
        x = replace(x, high=float(f"{max(ends):.6g}"))
    return Axes(key, title, x, one.y, traces)


def _table(view):
    """The columns of all measurements under each other, the curve's name before them."""
    grouped = all(isinstance(one, dict) for one in view.values())
    flat = {
        f"{group}, {label}" if group else label: one
        for group, inner in (view if grouped else {"": view}).items()
        for label, one in inner.items()
    }
    return stacked({name: getattr(one, "run", one).columns for name, one in flat.items()})
