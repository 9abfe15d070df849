"""Figure S6: how the residual carboxylate is measured, and the diodes of the washed series."""

from dataclasses import dataclass, replace

import numpy as np

from .. import plots
from ..exhibit import Exhibit
from ..laboratory import Sample
from ..live import Control
from ..parameters import parameters
from ..plots import Axis, Panel, Trace
from ..surface import PER_CM, Line, acid_absorbance, fit_line, infrared
from ..wording import digits, setting, yes
from .curves import CURRENT, FRACTION, POTENTIAL, fading, own, shade, swept

MILLIMOLAR = 1.0  # [mol/m3]
SERIES = (Sample(), *(Sample(fraction=left) for left in (0.6, 0.4, 0.25, 0.15)))
SHARES = (1.0, *(one.fraction for one in SERIES[1:]))
WAVENUMBER = np.arange(1620.0, 1801.0, 1.0)  # [1/cm]
ALLOWED = "Shaded: what its numbers allow for the dots as synthesised (5 to 95 %)."
LINE_ENDS = np.array([0.0, 25.0])  # [mmol/L]


@dataclass(frozen=True)
class Calibration:
    """Simulated standards, the line through them, and a digest read off it.

    standards, absorbance : of the standards [mol/m3], [1]; line : in m3/mol and 1
    fraction : of the carboxylate in the digest [1]; digest : its absorbance [1]
    acid, error : concentration in the digest as the line gives it [mol/m3]
    """

    standards: np.ndarray
    absorbance: np.ndarray
    line: Line
    fraction: float
    digest: float
    acid: float
    error: float


def calibrate(fraction, standards, highest, repeat):
    """A calibration with so many standards up to a concentration [mmol/L], and one digest.

    The errors of absorbance, slope and intercept are added as if independent.
    """
    known = np.linspace(0, highest, round(standards) + 1)[1:] * MILLIMOLAR
    absorbance, noise = acid_absorbance(known, round(repeat))
    line = fit_line(known, absorbance, noise)
    true = fraction * parameters()["digest.acid_concentration"].value
    digest, spread = (float(one) for one in acid_absorbance(true, 1000 + round(repeat)))
    acid = (digest - line.intercept) / line.slope
    error = np.hypot(np.hypot(spread, line.intercept_error), acid * line.slope_error) / line.slope
    return Calibration(known, absorbance, line, fraction, digest, acid, error)


def _calibration_series(shown):
    acid, height = shown.acid / MILLIMOLAR, shown.digest
    return {
        "S6a/standards, simulated": (shown.standards / MILLIMOLAR, shown.absorbance),
        "S6a/fit": (LINE_ENDS, shown.line.intercept + shown.line.slope * LINE_ENDS * MILLIMOLAR),
        "S6a/reading": ([LINE_ENDS[0], acid, acid], [height, height, 0]),
        "S6a/digest": ([acid], [height]),
    }


def _calibration_words(shown):
    whole = parameters()["digest.acid_concentration"].value
    slope, error = (1e3 * one for one in (shown.line.slope, shown.line.slope_error))
    return (
        f"The line through {len(shown.standards)} simulated standards rises by {slope:.1f} ± "
        f"{error:.1f} per mol/L and starts at {shown.line.intercept:z.4f} ± "
        f"{shown.line.intercept_error:.4f}. The digest of dots with "
        f"{setting(100 * shown.fraction)} % of their carboxylate reads {shown.acid:z.2f} ± "
        f"{shown.error:.2f} mmol/L, which is {100 * shown.acid / whole:z.1f} ± "
        f"{100 * shown.error / whole:.1f} % of that of the dots as synthesised."
    )


def _calibration_check(shown):
    true = shown.fraction * parameters()["digest.acid_concentration"].value
    absorbance, noise = acid_absorbance(true)
    return (
        f"The digest of dots with {setting(100 * shown.fraction)} % of their carboxylate holds "
        f"{digits(true / MILLIMOLAR)} mmol/L and absorbs {digits(absorbance)} but for noise of "
        f"{digits(noise, 2)}; the line gives it back within three of its errors: "
        f"{yes(abs(shown.acid - true) < 3 * shown.error)}."
    )


def digests(fraction):
    """Absorbance of the digests of dots with a fraction left, and with SHARES."""
    at = WAVENUMBER * PER_CM
    return fraction, infrared(at, acid=fraction), [infrared(at, acid=one) for one in SHARES]


def _digest_series(shown):
    _, own_bands, series = shown
    drawn = {"S6b/moved": (WAVENUMBER, own_bands["total"])}
    for left, bands in zip(SHARES, series, strict=True):
        drawn[f"S6b/{100 * left:g} %"] = WAVENUMBER, bands["total"]
    return drawn


def _digest_words(shown):
    fraction, bands, series = shown
    height, whole = bands["C=O stretch"].max(), series[0]["C=O stretch"].max()
    return (
        f"One band, the C=O stretch of the acid at 1710 cm⁻¹. With {setting(100 * fraction)} % of "
        f"the carboxylate left it has {digits(100 * height / whole)} % of the height that the dots "
        "as synthesised give."
    )


def _name_shares(figure):
    tops = [infrared(np.array([1710.0]) * PER_CM, acid=one)["total"][0] for one in SHARES]
    named = zip(SHARES, tops, strict=True)
    notes = [(f"{100 * left:g} %", 1710, top + 0.045, None) for left, top in named]
    return plots.annotated(figure, "S6b", notes)


def _washed(exhibit, shaded=True):
    """The exhibit with a legend for the washed series: no published number belongs to it."""
    told = " &ensp;".join(
        f'<span style="color:{shade(one)}">■</span> {100 * one.fraction:g} %' for one in SERIES[1:]
    )
    first = f'<span style="color:{shade(SERIES[0])}">■</span> as synthesised, 100 %, and '
    return replace(
        exhibit,
        legend=f"{first}moved by the sliders &ensp;{told} of the carboxylate left. The fractions "
        f"are our choice: the paper’s stand in its picture only. {ALLOWED * shaded}",
    )


STANDARDS = Control("standards", "Standards", 8, 3, 20, 1, "", ".0f")
HIGHEST = Control("highest", "Highest standard", 20.0, 2.0, 25.0, 1.0, "mmol/L", ".0f")
REPEAT = Control("repeat", "Repetition", 1, 1, 50, 1, "", ".0f",
                 help="The same measurement again, with other noise")  # fmt: skip
PLATEAU = own(FRACTION, SERIES[-1])

EXHIBITS = (
    Exhibit(
        "S6a", "model", "Calibration of the C=O band",
        (Panel("S6a", "Calibration", Axis("fatty acid (mmol/L)", 0, 26),
               Axis("absorbance of C=O", 0, 0.85),
               (Trace("fit", "model", plots.GREY), Trace("reading", "cursor"),
                Trace("standards, simulated", "now", plots.GREY),
                Trace("digest", "now", plots.COLOURS["Cd"]))),),
        calibrate, _calibration_series, _calibration_words, (PLATEAU, STANDARDS, HIGHEST, REPEAT),
        "Grey dots: standards with computed noise, not the paper’s points; line: fit; "
        f'<span style="color:{plots.COLOURS["Cd"]}">●</span> the digest of the dots. Extinction, '
        "path, noise and the digest’s concentration are assumed.",
        check=_calibration_check,
    ),
    Exhibit(
        "S6b", "schematic", "Digests of the washed dots",
        (Panel("S6b", "Fatty acid from the dots", Axis("wavenumber (cm⁻¹)", 1800, 1620),
               Axis("absorbance, relative", 0, 1.4),
               (*(Trace(f"{100 * one:g} %", "comparison") for one in SHARES),
                Trace("moved", "schematic"))),),
        digests, _digest_series, _digest_words, (PLATEAU,),
        "Thin: our choice of fractions; thick: the slider’s. The unit is the COO⁻ band of the dots "
        "as synthesised.",
        dress=_name_shares,
    ),
    _washed(swept("S6c", "Current density and luminance of the series", SERIES, ("J", "L"))),
    _washed(swept("S6d", "Efficiency of the series", SERIES, ("EQE",), (FRACTION, POTENTIAL))),
    _washed(fading("S6e", "Stability of the series", SERIES, (FRACTION, CURRENT)), shaded=False),
)  # fmt: skip
