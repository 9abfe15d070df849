"""The paper's two tables: Table 1 beside the model, Table S1 as a map of the literature.

`show("1")` and `show("S1")` make the pages, `check("1")` their numbers as text.
"""

from dataclasses import dataclass
from functools import cache
from math import isnan, nan

import ipywidgets
import numpy as np

from ..errors import InputError
from ..notebook import plots
from ..notebook.citation import cite
from ..notebook.contents import title
from ..notebook.controls import Control
from ..notebook.drawing import Drawing
from ..notebook.live import Live, Plot, csv_text, dashboard, defaults
from ..notebook.plots import Axes, Axis, Trace
from ..notebook.sortable import Cell, Sortable, judged, table_html
from ..paper.materials import LIGANDS, label
from ..paper.published import PublishedValue, published_value, published_values
from ..paper.scorecard import NOISE, Score, scores
from ..parameters import parameters
from ..physics.wear import Wear, lifetime_at
from ..wording import digits

STANDARD = published_value("L144").value  # [cd/m2], of lifetimes unless noted
FOOTNOTES = {"b": "L142", "c": "L143"}  # what is kept of the carboxylate, in Table 1
EVERY = "all"


def middle(row):
    """A published number, or the middle of its range: of a lifetime the geometric one."""
    if not isnan(row.value):
        return row.value
    return (row.low * row.high) ** 0.5 if is_lifetime(row) else (row.low + row.high) / 2


def is_lifetime(row):
    """Whether a row of the ledger states a lifetime, such as "T95 at 1000 cd/m2"."""
    return row.quantity.startswith("T") and row.quantity[1:3].isdigit()


def is_converted(row):
    """Whether a lifetime has to be converted to be one to half, from STANDARD."""
    return row.quantity != f"T50 at {STANDARD:g} cd/m2"


def half_life(row, acceleration, stretching):
    """A published lifetime as that to half the light, from STANDARD [h].

    The light fades as exp(-ln 2 (t/T50)^beta), beta being `stretching`; L0^n T50 = constant.
    """
    share, luminance = int(row.quantity[1:3]) / 100, float(row.quantity.split()[-2])
    wear = Wear(1.0, stretching, acceleration)
    half = middle(row) / wear.lifetime(share)
    return lifetime_at(STANDARD, half, luminance, acceleration)


def _wear(name):
    return parameters()[f"wear.{name}"].value


@dataclass(frozen=True)
class Performance:
    """A row of Table 1: what the paper states, and what the model gives (None: nothing).

    kept : the letter of the footnote on the carboxylate that is left, or ""
    """

    structure: str
    ligand: str
    kept: str
    film_yield: PublishedValue
    efficiency: PublishedValue
    lifetime: PublishedValue
    ratio: PublishedValue
    modelled: dict[str, Score]

    @property
    def name(self):
        """The ligand with its footnote."""
        return f"{label(self.ligand)}{' ' * bool(self.kept)}{self.kept}"

    @property
    def half_life(self):
        """The published lifetime to half the light, from STANDARD, converted if need be [h]."""
        return half_life(self.lifetime, _wear("acceleration"), _wear("stretching"))

    @property
    def is_salt(self):
        """Whether the ligand is a metal salt."""
        return LIGANDS[self.ligand].is_salt

    def score(self, row):
        """The Score of one of its published numbers, or None."""
        return self.modelled.get(row.id)


@cache
def performances():
    """The rows of Table 1 of which all four numbers are published, in its order."""
    modelled = {one.target.id: one for panel in ("Table 1", "4e") for one in scores(panel)}
    found = {}
    ratios = published_values(kind="derived", quantity="IQE/PLQY")
    for row in (*published_values("Table 1", kind="stated"), *ratios):
        if row.quantity in ("film PLQY", "peak EQE", "IQE/PLQY") or is_lifetime(row):
            key = row.sample, row.ligand, _footnote(row)
            found.setdefault(key, {})["lifetime" if is_lifetime(row) else row.quantity] = row
    return tuple(
        Performance(
            *key, own["film PLQY"], own["peak EQE"], own["lifetime"], own["IQE/PLQY"],
            {row.id: modelled[row.id] for row in own.values() if row.id in modelled},
        )
        for key, own in found.items()
        if own.keys() >= {"film PLQY", "peak EQE", "lifetime", "IQE/PLQY"}
    )  # fmt: skip


def _footnote(row):
    for letter, id in FOOTNOTES.items():
        if f"{published_value(id).value:g} % carboxylate kept" in row.note.split(";"):
            return letter
    return ""


COLUMNS_1 = (
    "structure", "ligand", "film PLQY (paper; input)", "EQE, paper", "EQE, model (%)",
    "EQE off by (errors)", "lifetime, paper", "lifetime, model (h)", "lifetime off by (errors)",
    "IQE/PLQY, from the paper", "IQE/PLQY, model",
)  # fmt: skip


def _row_1(one):
    def model(row):
        score = one.score(row)
        if score is None:
            return Cell("–", nan)
        return Cell(f"{digits(score.modelled, noise=NOISE)}{'*' * score.used}", score.modelled)

    share, luminance = one.lifetime.quantity[:3], one.lifetime.quantity.split()[-2]
    drive = f" ({share} at {luminance} cd/m²)" if is_converted(one.lifetime) else ""
    return (
        Cell(one.structure), Cell(one.name),
        Cell(one.film_yield.text, middle(one.film_yield)),
        Cell(one.efficiency.text, middle(one.efficiency)), model(one.efficiency),
        judged(one.score(one.efficiency)),
        Cell(one.lifetime.text + drive, one.half_life), model(one.lifetime),
        judged(one.score(one.lifetime)),
        Cell(digits(middle(one.ratio)), middle(one.ratio)), model(one.ratio),
    )  # fmt: skip


def frame_1(structure=EVERY):
    """Table 1 as a pandas DataFrame; deviations are in errors of the published number."""
    import pandas as pd

    rows = []
    for one in _of(structure):
        row = {"structure": one.structure, "ligand": one.ligand, "footnote": one.kept}
        row["kind of lifetime"] = one.lifetime.quantity
        for published in (one.film_yield, one.efficiency, one.lifetime, one.ratio):
            score = one.score(published)
            unit = "" if published.unit == "1" else f" [{published.unit}]"
            label = f"{'lifetime' if is_lifetime(published) else published.quantity}{unit}"
            row |= {label: middle(published), f"{label} low": published.low}
            row |= {f"{label} high": published.high, f"{label} id": published.id}
            if score:
                row |= {f"{label} model": score.modelled, f"{label} deviation": score.deviation}
        rows.append(row)
    return pd.DataFrame(rows)


def _of(structure):
    return [one for one in performances() if structure in (EVERY, one.structure)]


def _words_1(structure):
    rows = _of(structure)
    judged_rows = [
        score
        for one in rows
        for score in (one.score(one.efficiency), one.score(one.lifetime))
        if score is not None
    ]
    met = sum(score.met for score in judged_rows)
    predicted = [score for score in judged_rows if not score.used]
    return (
        f"{len(rows)} rows. The model meets {met} of {len(judged_rows)} efficiencies and "
        f"lifetimes, and of the {len(predicted)} that did not serve to calibrate it, "
        f"{sum(score.met for score in predicted)}."
    )


def _footnotes():
    kept = "; ".join(
        f"{letter}: about {published_value(id).value:g} % of the carboxylate is kept"
        for letter, id in FOOTNOTES.items()
    )
    return (
        f"a: lifetimes are to half the light, from {STANDARD:g} cd/m², unless noted; {kept}. "
        "*: this number, or the one that it follows from, served to calibrate. Off by: modelled "
        "less published, in errors of the published number, for lifetimes in the logarithm. "
        "The lifetime column sorts by what it comes to at half the light, from "
        f"{STANDARD:g} cd/m²."
    )


def table_1():
    """Table 1 beside the model, as a widget."""
    shown, said = Sortable(), ipywidgets.HTML().add_class("qd-said")

    def draw(structure):
        rows = [_row_1(one) for one in _of(structure)]
        shown.html = table_html("Table 1, published and modelled", COLUMNS_1, rows)
        said.value = _words_1(structure)

    def csv():
        return "qdlib_table_1.csv", csv_text(live.values, frame_1(**live.values))

    structures = tuple(dict.fromkeys(one.structure for one in performances()))
    control = Control("structure", "Structure", EVERY, choices=(EVERY, *structures))
    live = Live([control], draw, csv, scope="T1")
    notes = ipywidgets.HTML(f'<p class="qd-legend">{_footnotes()}</p>')
    return ipywidgets.VBox([live.box(), shown, said, notes, live.page, live.status]).add_class(
        "qd-main"
    )


PHOSPHINES = ("TOP", "TBP", "TOPO")
CLASSES = {"amine": "an amine", "phosphine": "a phosphine, or its oxide", "thiol": "a thiol alone"}
NONE = "none"


@dataclass(frozen=True)
class Reported:
    """A device of the literature, in Table S1, by the numbers that the table states of it."""

    reference: str
    rows: tuple[PublishedValue, ...]

    @property
    def structure(self):
        """Of its dots."""
        return self.rows[0].sample

    @property
    def ligands(self):
        """In the synthesis of its dots, as the table lists them."""
        return tuple(self.rows[0].ligand.split(";"))

    @property
    def stack(self):
        """Its layers."""
        return next(part for part in self.rows[0].note.split(";") if part.startswith("ITO"))

    @property
    def lifetime(self):
        """The row of its lifetime, or None."""
        return next((row for row in self.rows if is_lifetime(row)), None)

    @property
    def kind(self):
        """Of CLASSES, the first that it has: an amine, a phosphine, else a thiol; or NONE."""
        return next((kind for kind in CLASSES if self.has(kind)), NONE)

    @property
    def is_inert(self):
        """Whether an L-type ligand that electrons cannot reduce was there."""
        return self.kind in ("amine", "phosphine")

    def has(self, kind):
        """Whether a ligand of a class was there."""
        if kind == "phosphine":
            return any(one in PHOSPHINES for one in self.ligands)
        return any(one.endswith(kind) for one in self.ligands)

    def row(self, quantity):
        """The row that states a quantity."""
        return next(row for row in self.rows if row.quantity == quantity)


@cache
def reported():
    """The 11 devices of Table S1, in its order."""
    devices = {}
    for row in published_values("Table S1"):
        devices.setdefault(row.place.rpartition(" ")[2], []).append(row)
    return tuple(Reported(reference, tuple(rows)) for reference, rows in devices.items())


@dataclass(frozen=True)
class Converted:
    """Lifetimes to half the light, from STANDARD [h], by acceleration and stretching."""

    acceleration: float
    stretching: float

    def of(self, row):
        """Of a row of the ledger; NaN for None."""
        return nan if row is None else half_life(row, self.acceleration, self.stretching)


CONTROLS_S1 = (
    Control("acceleration", "Acceleration factor n", _wear("acceleration"), 1.5, 2.0, 0.02,
            help="Of L0^n T = constant: 1.8 in the paper for red diodes, 1.88 for blue ones"),
    Control("stretching", "Stretching exponent β", _wear("stretching"), 0.5, 1.2, 0.02,
            help="Of exp(-ln 2 (t/T50)^β)"),
)  # fmt: skip
SHADES = {kind: plots.COLOURS[kind] for kind in CLASSES} | {NONE: plots.GREY}
LIFETIME_AXIS = Axis(f"T50 from {STANDARD:g} cd/m² (h)", 1e-1, 1e8, log=True)


def _own_name(one):
    return f"this paper: {one.structure}, {one.name}"


def _their_name(one):
    return f"ref. {one.reference}: {one.structure}, {' + '.join(one.ligands)}"


def map_panel():
    """Peak efficiency against lifetime: a trace for each device."""
    theirs = [one for one in reported() if one.lifetime]
    outlines = (("inert ligands", plots.COLOURS["amine"]), ("metal salts", plots.GREY))
    return Axes(
        "S1", "Efficiency and lifetime", LIFETIME_AXIS, Axis("peak EQE (%)", 0, 25),
        (
            *(Trace(f"this paper, {name}", "band", shade) for name, shade in outlines),
            *(Trace(_their_name(one), "published range", SHADES[one.kind])
              for one in reported() if not one.lifetime),
            *(Trace(_own_name(one), "open" if is_converted(one.lifetime) else "now",
                    plots.ligand_colour(one.ligand)) for one in performances()),
            *(Trace(_their_name(one), "published" if is_converted(one.lifetime) else "stated",
                    SHADES[one.kind]) for one in theirs),
            Trace("references", "captions",
                  text=tuple(f"\u2002{one.reference}" for one in theirs)),
        ),
    )  # fmt: skip


def map_series(converted):
    """Arrays (x, y) of every trace of `map_panel`, by name."""
    drawn, places = {}, []
    for one in performances():
        drawn[f"S1/{_own_name(one)}"] = [converted.of(one.lifetime)], [middle(one.efficiency)]
    for name, salts in (("inert ligands", False), ("metal salts", True)):
        own = [drawn[f"S1/{_own_name(one)}"] for one in performances() if one.is_salt == salts]
        drawn[f"S1/this paper, {name}"] = _around(own)
    for one in reported():
        efficiency = middle(one.row("peak EQE"))
        if one.lifetime:
            places.append((converted.of(one.lifetime), efficiency))
            drawn[f"S1/{_their_name(one)}"] = [places[-1][0]], [efficiency]
        else:
            ends = [LIFETIME_AXIS.low, LIFETIME_AXIS.high]
            drawn[f"S1/{_their_name(one)}"] = ends, [efficiency] * 2
    return drawn | {"S1/references": tuple(np.transpose(places))}


def _around(marks):
    """A rectangle around marks, with some room."""
    lifetimes, efficiencies = np.array(marks)[..., 0].T
    left, right = lifetimes.min() / 2, lifetimes.max() * 2
    low, high = max(0, efficiencies.min() - 1), efficiencies.max() + 1
    return [left, right, right, left, left], [low, low, high, high, low]


COLUMNS_S1 = (
    "ref.", "structure", "ligands in the synthesis", "inert L-type", "thiol", "peak (nm)",
    "turn-on (V)", "EQE (%)", "lifetime, as stated", "T50 at 100 cd/m² (h)", "device",
)  # fmt: skip


def _row_s1(one, converted):
    def stated(quantity):
        row = one.row(quantity)
        about = "about " if quantity != "peak EQE" and "about" in row.note.split(";") else ""
        return Cell(f"{about}{row.value:g}", row.value)

    half = converted.of(one.lifetime)
    lifetime = "not stated"
    if one.lifetime:
        lifetime = f"{one.lifetime.quantity.replace('m2', 'm²')}: {one.lifetime.text}"
    return (
        Cell(one.reference, float(one.reference)), Cell(one.structure),
        Cell(" + ".join(one.ligands)), Cell(one.kind if one.is_inert else "no"),
        Cell("yes" if one.has("thiol") else "no"), stated("EL peak wavelength"),
        stated("turn-on voltage"), Cell(one.row("peak EQE").text.removesuffix(" %"),
                                        middle(one.row("peak EQE"))),
        Cell(lifetime, half), Cell(digits(half), half), Cell(one.stack),
    )  # fmt: skip


def frame_s1(acceleration, stretching):
    """Table S1 as a pandas DataFrame, lifetimes converted as well."""
    import pandas as pd

    converted = Converted(acceleration, stretching)
    return pd.DataFrame(
        {
            "reference": one.reference,
            "structure": one.structure,
            "ligands": " + ".join(one.ligands),
            "class": one.kind,
            "thiol": one.has("thiol"),
            "peak wavelength [nm]": one.row("EL peak wavelength").value,
            "turn-on voltage [V]": one.row("turn-on voltage").value,
            "peak EQE [%]": one.row("peak EQE").value,
            "stated lifetime": one.lifetime.quantity if one.lifetime else "",
            "stated lifetime [h]": one.lifetime.value if one.lifetime else nan,
            "T50 at 100 cd/m2 [h]": converted.of(one.lifetime),
            "device": one.stack,
        }
        for one in reported()
    )


def _words_s1(converted):
    theirs, ours = reported(), performances()
    halves = {
        one.reference: converted.of(one.lifetime)
        for one in theirs
        if one.lifetime and is_converted(one.lifetime)
    }
    told = ", ".join(f"{digits(half)} h for ref. {name}" for name, half in halves.items())
    inert = [middle(one.efficiency) for one in ours if not one.is_salt]
    salts = [middle(one.efficiency) for one in ours if one.is_salt]
    return (
        f"{sum(one.is_inert for one in theirs)} of the {len(theirs)} syntheses in the literature "
        f"had an amine or a phosphine in them, {sum(one.has('thiol') for one in theirs)} a thiol "
        f"as well. Converted lifetimes: {told}. This paper’s rows with an inert ligand reach "
        f"{min(inert):g} to {max(inert):g} %, those with a metal salt {min(salts):g} to "
        f"{max(salts):g} %."
    )


MAP_LEGEND = (
    "Diamonds: the literature, with the number of the reference; "
    + plots.swatches({name: SHADES[kind] for kind, name in CLASSES.items()})
    + " &ensp;circles: this paper’s Table 1, in the colours of its ligands, shaded where its inert "
    "ligands (pink) and its metal salts (grey) lie. Filled: the lifetime as stated; open: "
    "converted by the two sliders. Dotted: an efficiency that comes without a lifetime. All "
    "numbers are the paper’s."
)


def table_s1():
    """Table S1 as a map and a table, as a widget."""
    plot = Plot(plots.figure([map_panel()], lead=True), "table_S1", title("table_S1"))
    shown = Sortable()

    def also(converted, _):
        rows = [_row_s1(one, converted) for one in reported()]
        shown.html = table_html("Table S1, devices of the literature", COLUMNS_S1, rows)

    drawing = Drawing(
        (map_panel(),), map_series, _words_s1, MAP_LEGEND, table=lambda own: frame_s1(**vars(own))
    )
    page = dashboard(CONTROLS_S1, Converted, drawing, plot, {}, [], "TS1", also)
    return ipywidgets.VBox([page, shown])


def _check_1():
    lines = []
    for one in performances():
        told = []
        for row in (one.efficiency, one.lifetime, one.ratio):
            score = one.score(row)
            model = score and f"{digits(score.modelled, 2, NOISE)}, {score.verdict}"
            told.append(f"{row.quantity} {model or 'not modelled'}")
        lines.append(f"{one.structure}, {one.name}: {'; '.join(told)}")
    return "\n".join([*lines, _words_1(EVERY)])


def _half(hours):
    return "no lifetime" if isnan(hours) else f"{digits(hours)} h"


def _check_s1():
    values = defaults(CONTROLS_S1)
    table = frame_s1(**values)
    lines = [
        f"ref. {row['reference']}: {row['structure']}, {row['ligands']}: {row['peak EQE [%]']:g} %"
        f", {_half(row['T50 at 100 cd/m2 [h]'])}"
        for _, row in table.iterrows()
    ]
    return "\n".join([*lines, _words_s1(Converted(**values))])


TABLES = {"1": (table_1, _check_1), "S1": (table_s1, _check_s1)}


def show(table):
    """A table of the paper, "1" or "S1", as a widget."""
    return ipywidgets.VBox([_entry(table)[0](), cite(f"table_{table}")])


def check(table):
    """A table's numbers as text, for the notebook's check cell."""
    return _entry(table)[1]()


def _entry(table):
    if table not in TABLES:
        raise InputError("table", table, f"one of {', '.join(TABLES)}")
    return TABLES[table]
