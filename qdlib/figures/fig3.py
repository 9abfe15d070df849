"""Figure 3: the ligand taken off step by step, and the gap that closes."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .. import isotherm, plots
from ..constants import HOUR
from ..exhibit import Exhibit
from ..laboratory import Sample
from ..ledger import published_value
from ..live import Control
from ..parameters import parameters
from ..plots import Axis, Panel, Trace
from ..surface import PER_CM, infrared
from ..wording import digits, duration, setting, volts
from .curves import FRACTION, POTENTIAL, bench, own

CADMIUM = Sample()
CD, AMINE = plots.COLOURS["Cd"], plots.COLOURS["amine"]
MOLAR = 1e3  # [mol/m3]
WAVENUMBER = np.arange(1250.0, 3700.0, 2.0)  # [1/cm]
SHIFTS = {"as synthesised": 4.4, "washed": 2.2, "amine": 0.0}  # of absorbance, between spectra
CONCENTRATION = np.linspace(0.0, published_value("L059").high, 81)  # [mol/L]
FRACTIONS = (0.0, 0.15, 0.16, 0.18, 0.2, 0.25, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0)
TESTED = (0.0, 0.15, 0.18, 0.25, 0.4, 0.65, 1.0)  # fewer, a test takes ten times a sweep's time
BIAS = 2.0  # [V], where the working diode's photoluminescence is read: that of Fig. 2b
PLATEAU = published_value("L055")
SITES_KEY = "CdSe/CdS.reducible_sites"


def spectra(fraction):
    """Absorbance of the dots as synthesised, washed to a fraction, and with amine alone."""
    left = {"as synthesised": 1.0, "washed": fraction, "amine": 0.0}
    return left, {
        name: infrared(WAVENUMBER * PER_CM, share, 1 - share)["total"]
        for name, share in left.items()
    }


def _spectra_series(shown):
    return {f"3a/{name}": (WAVENUMBER, y + SHIFTS[name]) for name, y in shown[1].items()}


def _spectra_words(shown):
    left = 100 * shown[0]["washed"]
    return (
        f"The COO⁻ stretches near 1545 and 1415 cm⁻¹ have {setting(left)} % of their height as "
        f"synthesised, and none with amine alone; the N–H stretch near 3315 cm⁻¹ has "
        f"{setting(100 - left)} % of the height that it has there."
    )


def _name_bands(figure):
    ends = [
        ("as synthesised", 2240, SHIFTS["as synthesised"] + 0.35, CD),
        ("washed", 2240, SHIFTS["washed"] + 0.35, None),
        ("amine alone", 2240, SHIFTS["amine"] + 0.35, AMINE),
    ]
    bands = [
        ("ν(COO⁻)", 1500, SHIFTS["as synthesised"] + 1.35, None),
        ("ν(N–H)", 3380, SHIFTS["amine"] + 0.42, None),
        ("ν(C–H)", 2890, SHIFTS["as synthesised"] + 2.1, None),
    ]
    return plots.annotated(figure, "3a", [*ends, *bands])


@dataclass(frozen=True)
class Isotherm:
    """Residual fraction [1] on CONCENTRATION, and the vessel that it was computed for."""

    vessel: isotherm.Wash
    residual: np.ndarray

    def at(self, concentration):
        """Residual fraction at an amine concentration [mol/L]."""
        return float(np.interp(concentration, CONCENTRATION, self.residual))


def washed(weak, strong, share, salt):
    """The wash with two constants [L/mol], the weak kind's share [1], and salt [mmol/L]."""
    vessel = isotherm.wash(
        weak_constant=weak / MOLAR,
        strong_constant=strong / MOLAR,
        weak_share=share,
        site_concentration=salt,
    )
    return Isotherm(vessel, isotherm.residual_fraction(CONCENTRATION * MOLAR, vessel))


def _wash_series(shown):
    neat, yields = published_value("L064").value, published_value("L057").value
    reach = published_value("L059")
    return {
        "3b/neat amine": ([neat, neat], [0, 108]),
        "3b/residual carboxylate": (CONCENTRATION, 100 * shown.residual),
        "3b/plateau, published": ([reach.high], [PLATEAU.value]),
        "3b/PLQY in solution, published": ([reach.low, reach.high], [yields, yields]),
    }


def _wash_words(shown):
    half = "less than half comes off"
    if shown.residual[-1] < 0.5:
        concentration = np.interp(-0.5, -shown.residual, CONCENTRATION)
        half = f"half has gone at {digits(concentration)} mol/L"
    return (
        f"Of the carboxylate {digits(100 * shown.at(0.5))} % is left at 0.5 mol/L of amine, "
        f"{digits(100 * shown.at(1))} % at 1 mol/L and {digits(100 * shown.at(4))} % at 4 mol/L; "
        f"{half}. The plateau is {setting(100 * shown.vessel.tight_fraction)} %."
    )


@dataclass(frozen=True)
class Chain:
    """What the diodes of the washed series do, at FRACTIONS; lifetimes at TESTED.

    film, biased : photoluminescence quantum yield of the film, and in the diode at BIAS [%]
    efficiency : peak IQE [%]; gap : between the thresholds of light and current [V]
    lifetime : T50 from 100 cd/m2 [s]
    """

    film: np.ndarray
    biased: np.ndarray
    efficiency: np.ndarray
    gap: np.ndarray
    lifetime: np.ndarray

    def words(self, fraction):
        """All four at one of TESTED."""
        at, tested = FRACTIONS.index(fraction), TESTED.index(fraction)
        return (
            f"With {100 * fraction:g} % left: film PLQY {digits(self.film[at])} %, peak IQE "
            f"{digits(self.efficiency[at])} %, T50 {duration(self.lifetime[tested])}, "
            f"gap {volts(self.gap[at], 'without light')}"
        )


@lru_cache(maxsize=256)  # of numbers only: a laboratory drops its oldest runs
def chain(potential, sites):
    """The washed series, for a redox potential [V vs NHE] and reducible ions on a dot: Chain."""
    lab = bench(() if sites == SITES.default else ((SITES_KEY, sites),))
    e0 = None if potential == E0.default else potential
    samples = {left: Sample(fraction=left, potential=e0) for left in FRACTIONS}
    runs = [lab.sweep(one) for one in samples.values()]
    film = np.array([100 * lab.device(one).dot.film_yield for one in samples.values()])
    light = [np.interp(BIAS, run.voltage, run.relative_photoluminescence) for run in runs]
    return Chain(
        film,
        film * light,
        np.array([100 * np.nanmax(run.internal_quantum_efficiency) for run in runs]),
        np.array([run.voltage_gap for run in runs]),
        np.array([lab.lifetime_test(samples[left]).lifetime_at(100) for left in TESTED]),
    )


MARKS = {
    "3cPLQY": (("L121", 0), ("L118", PLATEAU.value), ("L103", 100)),
    "3cIQE": (("L012", 0), ("L155", PLATEAU.value), ("L145", 100)),
    "3clifetime": (("L123", 0), ("L120", PLATEAU.value), ("L105", 100)),
    "3cgap": (("L018", 0), ("L017", 100)),
}
"""Published numbers of the series' ends, and of the amine dots that kept 15 % (Table 1, note b)."""


def _marks(key):
    """Residual share [%] and value of each mark; their errors are smaller than a mark."""
    return [left for _, left in MARKS[key]], [published_value(id).value for id, _ in MARKS[key]]


def _chain_series(shown):
    left, tested = 100 * np.array(FRACTIONS), 100 * np.array(TESTED)
    flat = published_value("L058").value
    drawn = {
        "3cPLQY/film, published": ([0, 100], [flat, flat]),
        "3cPLQY/film": (left, shown.film),
        "3cPLQY/in the diode at 2 V": (left, shown.biased),
        "3cIQE/peak IQE": (left, shown.efficiency),
        "3clifetime/T50": (tested, shown.lifetime / HOUR),
        "3cgap/gap": (left, shown.gap),
    }
    for panel in CHAIN_AXES:
        drawn[f"{panel.key}/plateau"] = [PLATEAU.value] * 2, [panel.y.low, panel.y.high]
        drawn[f"{panel.key}/published"] = _marks(panel.key)
    return drawn


def _chain_words(shown):
    return " ".join(f"{shown.words(left)}." for left in (1.0, 0.4, 0.15, 0.0))


def _chain_table(shown):
    import pandas as pd

    lifetime = dict(zip(TESTED, shown.lifetime / HOUR, strict=True))
    return pd.DataFrame({
        "residual carboxylate [%]": 100 * np.array(FRACTIONS),
        "film PLQY [%]": shown.film,
        "PLQY in the diode at 2 V [%]": shown.biased,
        "peak IQE [%]": shown.efficiency,
        "T50 from 100 cd/m2 [h]": [lifetime.get(left, np.nan) for left in FRACTIONS],
        "voltage gap [V]": shown.gap,
    })  # fmt: skip


def _constant(name, label, row):
    row = parameters()[f"wash.{row}"]
    return Control(name, label, *(MOLAR * one for one in (row.value, row.low, row.high)), 0.02,
                   "L/mol", ".2g", log=True)  # fmt: skip


E0 = own(POTENTIAL, CADMIUM)
SITES = Control("sites", "Reducible Cd²⁺ per fresh dot", round(parameters()[SITES_KEY].value, -1),
                50, 1500, 10, "", ".0f")  # fmt: skip
_share, _salt = (parameters()[f"wash.{one}"] for one in ("weak_share", "site_concentration"))
WASH_CONTROLS = (
    _constant("weak", "K of the weakly held salt", "weak_constant"),
    _constant("strong", "K of the more firmly held salt", "strong_constant"),
    Control("share", "Share of the weakly held", _share.value, _share.low, _share.high),
    Control("salt", "Removable salt in the vessel", _salt.value, _salt.low, _salt.high, 0.02,
            "mmol/L", ".2g", log=True),
)  # fmt: skip
LEFT = Axis("residual carboxylate (%)", -5, 105)
CHAIN_AXES = (
    Panel("3cPLQY", "Film PLQY", LEFT, Axis("PL quantum yield (%)", 0, 108),
          (Trace("plateau", "cursor"), Trace("film, published", "published range", plots.INK),
           Trace("film", "model", CD), Trace("in the diode at 2 V", "part", CD),
           Trace("published", "published", CD))),
    Panel("3cIQE", "Peak IQE", LEFT, Axis("peak IQE (%)", -5, 108),
          (Trace("plateau", "cursor"), Trace("peak IQE", "model", CD),
           Trace("published", "published", CD))),
    Panel("3clifetime", "T₅₀ from 100 cd/m²", LEFT, Axis("T₅₀ (h)", 1e-3, 1e6, log=True),
          (Trace("plateau", "cursor"), Trace("T50", "model", CD),
           Trace("published", "published", CD))),
    Panel("3cgap", "Voltage gap", LEFT, Axis("light − current (V)", -0.1, 1.4),
          (Trace("plateau", "cursor"), Trace("gap", "model", CD),
           Trace("published", "published", CD))),
)  # fmt: skip

EXHIBITS = (
    Exhibit(
        "3a", "schematic", "Infrared bands of the two ligands",
        (Panel("3a", "Infrared bands", Axis("wavenumber (cm⁻¹)", 3700, 1250),
               Axis("absorbance, shifted", -0.2, 7.2),
               tuple(Trace(one, "schematic") for one in SHIFTS)),),
        spectra, _spectra_series, _spectra_words, (own(FRACTION, Sample(fraction=0.15)),),
        "Top: as synthesised; middle: washed to the slider’s fraction; bottom: amine alone. "
        "Heights follow the counts of the ligands; places and widths are textbook values.",
        dress=_name_bands,
    ),
    Exhibit(
        "3b", "model", "Washing with amine",
        (Panel("3b", "Residual carboxylate", Axis("amine (mol/L)", -0.1, 4.5),
               Axis("carboxylate left, PLQY (%)", 0, 108),
               (Trace("neat amine", "cursor"),
                Trace("PLQY in solution, published", "published range", plots.INK),
                Trace("residual carboxylate", "model", CD),
                Trace("plateau, published", "published", CD))),),
        washed, _wash_series, _wash_words, WASH_CONTROLS,
        "◇ published plateau &ensp;dotted, top: the published PLQY in solution, near unity; "
        "dotted, upright: neat amine. The constants are assumed, so that the curve between its "
        "ends is schematic: one of many.",
    ),
    Exhibit(
        "3c", "model", "The whole chain, fraction by fraction", CHAIN_AXES,
        chain, _chain_series, _chain_words, (E0, SITES),
        "◇ published: Table 1 and the text, at the series’ ends and for the amine dots that kept "
        "15 % &ensp;dotted, upright: the plateau; dotted, level: the text’s 80 % for all films; "
        "dashed: PLQY of the same film in the diode, swept to 2 V. The film’s PLQY is an input. "
        "A step of a slider takes up to a second.",
        table=_chain_table,
    ),
)  # fmt: skip
