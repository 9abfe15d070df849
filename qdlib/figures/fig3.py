"""Figure 3: the ligand taken off step by step, and the gap that closes."""

from dataclasses import replace

import numpy as np

from ..constants import HOUR
from ..notebook import plots
from ..notebook.controls import Control, slider
from ..notebook.drawing import Drawing
from ..notebook.plots import Axes, Axis, Trace
from ..paper.published import published_value
from ..paper.samples import dot
from ..paper.surface import PER_CM
from ..parameters import parameters
from ..wording import digits, duration, setting, volts

CADMIUM, AMINE = plots.COLOURS["Cd"], plots.COLOURS["amine"]
MOLAR = 1e3  # [mol/m3]
WAVENUMBER = PER_CM * np.arange(1250.0, 3700.0, 2.0)  # [1/m]
SPACING = 2.2  # of absorbance, between spectra
CONCENTRATION = MOLAR * np.linspace(0.0, published_value("L059").high, 81)  # of amine [mol/m3]
BIAS = 2.0  # [V], where the working diode's photoluminescence is read: that of Fig. 2b
PLATEAU = published_value("L055").value  # [%]
TOLD = (1.0, 0.2, 0.15, 0.0)  # residual fractions of which the words tell


def _constant(key, label):
    """A slider for a constant of the wash [L/mol]."""
    row = parameters()[key]
    value, low, high = (MOLAR * number for number in (row.value, row.low, row.high))
    return Control(
        row.name, label, value, low, high, step=0.02, unit="L/mol", readout=".2g", log=True
    )


WEAK = _constant("wash.weak_constant", "K of the weakly held salt")
STRONG = _constant("wash.strong_constant", "K of the more firmly held salt")
WEAK_SHARE = replace(
    slider("wash.weak_share", "Share of the weakly held"), step=0.01, readout=".2f"
)
SALT = replace(
    slider("wash.site_concentration", "Removable salt in the vessel"),
    unit="mmol/L",  # what a chemist calls mol/m3
    readout=".2g",
)
SITES = Control("sites", "Reducible Cd²⁺ per fresh dot", 500, 50, 1500, step=10, readout=".0f").at(
    dot().reducible_sites
)


def infrared_spectra(panel, first):
    """Drawing of infrared spectra, one under the other; a view is {label: {band: absorbance}}.

    Each is what `physics.surface.infrared` gives at WAVENUMBER.
    """
    shifts = dict(zip(first, SPACING * np.arange(len(first))[::-1], strict=True))
    labels, top = list(first), max(shifts.values())
    hues = {labels[0]: CADMIUM, labels[-1]: AMINE}
    axes = Axes(
        panel,
        "Infrared bands",
        Axis("wavenumber (cm⁻¹)", 3700, 1250),
        Axis("absorbance, shifted", -0.2, top + 2.8),
        tuple(Trace(label, "schematic") for label in labels),
    )
    notes = [(label, 2240, shift + 0.35, hues.get(label)) for label, shift in shifts.items()]
    notes += [
        ("ν(COO⁻)", 1500, top + 1.35, None),
        ("ν(N–H)", 3380, 0.42, None),
        ("ν(C–H)", 2890, top + 2.1, None),
    ]

    def series(view):
        return {
            f"{panel}/{label}": (WAVENUMBER / PER_CM, bands["total"] + shifts[label])
            for label, bands in view.items()
        }

    return Drawing(
        (axes,),
        series,
        _heights_told,
        "From the top: "
        + "; ".join(labels)
        + ". Heights follow the counts of the ligands; places and widths are textbook values.",
        dress=lambda figure: plots.annotated(figure, panel, notes),
    )


def _heights_told(view):
    carboxylate, amine = (
        {label: 100 * height for label, height in _relative_heights(view, band).items()}
        for band in ("COO- asymmetric stretch", "N-H stretch")
    )
    told = [f"{label} {setting(carboxylate[label])} and {setting(amine[label])}" for label in view]
    return (
        "The COO⁻ stretches near 1545 and 1415 cm⁻¹, and the N–H stretch near 3315 cm⁻¹, in % of "
        f"the highest: {'; '.join(told)}."
    )


def _relative_heights(view, band):
    """Height of a band in each spectrum, over the highest [1]."""
    height = {label: bands[band].max() for label, bands in view.items()}
    return {label: own / max(height.values()) for label, own in height.items()}


def _left_at(residual, molar):
    """Residual fraction [1] at an amine concentration [mol/L]."""
    return np.interp(molar * MOLAR, CONCENTRATION, residual)


def _wash_series(view):
    _, residual = view
    neat, yields = published_value("L064").value, published_value("L057").value
    reach = published_value("L059")
    return {
        "3b/neat amine": ([neat, neat], [0, 108]),
        "3b/residual carboxylate": (CONCENTRATION / MOLAR, 100 * residual),
        "3b/plateau, published": ([reach.high], [PLATEAU]),
        "3b/PLQY in solution, published": ([reach.low, reach.high], [yields, yields]),
    }


def _wash_words(view):
    vessel, residual = view
    half = "less than half comes off"
    if residual[-1] < 0.5:
        concentration = np.interp(-0.5, -residual, CONCENTRATION) / MOLAR
        half = f"half has gone at {digits(concentration)} mol/L"
    some, more, most = (digits(100 * _left_at(residual, molar)) for molar in (0.5, 1, 4))
    return (
        f"Of the carboxylate {some} % is left at 0.5 mol/L of amine, {more} % at 1 mol/L and "
        f"{most} % at 4 mol/L; {half}. The plateau is {setting(100 * vessel.tight_fraction)} %."
    )


WASHED = Drawing(
    (
        Axes(
            "3b",
            "Residual carboxylate",
            Axis("amine (mol/L)", -0.1, 4.5),
            Axis("carboxylate left, PLQY (%)", 0, 108),
            (
                Trace("neat amine", "cursor"),
                Trace("PLQY in solution, published", "published range", plots.INK),
                Trace("residual carboxylate", "model", CADMIUM),
                Trace("plateau, published", "published", CADMIUM),
            ),
        ),
    ),
    _wash_series,
    _wash_words,
    "◇ published plateau &ensp;dotted, top: the published PLQY in solution, near unity; "
    "dotted, upright: neat amine. The constants are assumed, so that the curve between its "
    "ends is schematic: one of many.",
)
"""What a wash leaves; a view is (Wash, residual fraction at CONCENTRATION)."""


def _film_yield(run):
    return 100 * run.device.dot.film_yield


def _biased_yield(run):
    """Photoluminescence quantum yield of the film in the diode at BIAS [%]."""
    return _film_yield(run) * np.interp(BIAS, run.voltage, run.relative_photoluminescence)


def _peak_iqe(run):
    return 100 * run.peak_iqe


def _half_life(test):
    """T50 from 100 cd/m2 [h]."""
    return test.lifetime_at(100) / HOUR


MARKS = {
    "3cPLQY": (("L121", 0), ("L118", PLATEAU), ("L103", 100)),
    "3cIQE": (("L012", 0), ("L155", PLATEAU), ("L145", 100)),
    "3clifetime": (("L123", 0), ("L120", PLATEAU), ("L105", 100)),
    "3cgap": (("L018", 0), ("L017", 100)),
}
"""Published numbers of the series' ends, and of the amine dots that kept 15 % (Table 1, note b)."""


def _marks(key):
    """Residual share [%] and value of each mark; their errors are smaller than a mark."""
    return [left for _, left in MARKS[key]], [published_value(id).value for id, _ in MARKS[key]]


def _on_fraction(read, measured):
    """Residual share [%], and a reading of each measurement there."""
    return [100 * left for left in measured], [read(one) for one in measured.values()]


def _series_of_fractions(view):
    swept, tested = view
    films = published_value("L058").value
    drawn = {
        "3cPLQY/film, published": ([0, 100], [films, films]),
        "3cPLQY/film": _on_fraction(_film_yield, swept),
        "3cPLQY/in the diode at 2 V": _on_fraction(_biased_yield, swept),
        "3cIQE/peak IQE": _on_fraction(_peak_iqe, swept),
        "3clifetime/T50": _on_fraction(_half_life, tested),
        "3cgap/gap": _on_fraction(lambda run: run.voltage_gap, swept),
    }
    for axes in FRACTION_AXES:
        drawn[f"{axes.key}/plateau"] = [PLATEAU] * 2, [axes.y.low, axes.y.high]
        drawn[f"{axes.key}/published"] = _marks(axes.key)
    return drawn


def _told_of_fractions(view):
    swept, tested = view
    told = [
        f"With {setting(100 * left)} % left: film PLQY {digits(_film_yield(swept[left]))} %, "
        f"peak IQE {digits(_peak_iqe(swept[left]))} %, "
        f"T50 {duration(tested[left].lifetime_at(100))}, "
        f"gap {volts(swept[left].voltage_gap, 'without light')}."
        for left in TOLD
        if left in swept and left in tested
    ]
    return " ".join(told)


def _table_of_fractions(view):
    swept, tested = view
    runs = swept.values()
    return {
        "residual carboxylate [%]": [100 * left for left in swept],
        "film PLQY [%]": [_film_yield(run) for run in runs],
        "PLQY in the diode at 2 V [%]": [_biased_yield(run) for run in runs],
        "peak IQE [%]": [_peak_iqe(run) for run in runs],
        "T50 from 100 cd/m2 [h]": [
            _half_life(tested[left]) if left in tested else np.nan for left in swept
        ],
        "voltage gap [V]": [run.voltage_gap for run in runs],
    }


def _fraction_axes(key, title, y, *lines):
    ends = Trace("plateau", "cursor"), Trace("published", "published", CADMIUM)
    left = Axis("residual carboxylate (%)", -5, 105)
    return Axes(f"3c{key}", title, left, y, (ends[0], *lines, ends[1]))


FRACTION_AXES = (
    _fraction_axes(
        "PLQY",
        "Film PLQY",
        Axis("PL quantum yield (%)", 0, 108),
        Trace("film, published", "published range", plots.INK),
        Trace("film", "model", CADMIUM),
        Trace("in the diode at 2 V", "part", CADMIUM),
    ),
    _fraction_axes(
        "IQE", "Peak IQE", Axis("peak IQE (%)", -5, 108), Trace("peak IQE", "few", CADMIUM)
    ),
    _fraction_axes(
        "lifetime",
        "T₅₀ from 100 cd/m²",
        Axis("T₅₀ (h)", 1e-3, 1e6, log=True),
        Trace("T50", "few", CADMIUM),
    ),
    _fraction_axes(
        "gap", "Voltage gap", Axis("light − current (V)", -0.1, 1.4), Trace("gap", "few", CADMIUM)
    ),
)
WASHED_SERIES = Drawing(
    FRACTION_AXES,
    _series_of_fractions,
    _told_of_fractions,
    "● a diode, and straight lines between &ensp;◇ published: Table 1 and the text, at the series’ "
    "ends and for the amine dots that kept 15 % &ensp;dotted, upright: the plateau; dotted, level: "
    "the text’s 80 % for all films; dashed: PLQY of the same film in the diode, swept to 2 V. "
    "The film’s PLQY is an input.",
    table=_table_of_fractions,
)
"""Diodes on residual fraction; a view is ({fraction: Run of a sweep}, {fraction: LifetimeTest})."""
