"""Figure S6: how the residual carboxylate is measured, and the diodes of the washed series."""

from dataclasses import replace

import numpy as np

from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.curves import curves
from ..notebook.drawing import Drawing
from ..notebook.plots import Axes, Axis, Trace
from ..paper.surface import PER_CM
from ..wording import digits, setting, yes

MILLIMOLAR = 1.0  # [mol/m3]
WAVENUMBER = np.arange(1620.0, 1801.0) * PER_CM  # [1/m]
LINE_ENDS = np.array([0.0, 25.0])  # [mmol/L]
MOVED = "moved"

STANDARDS = Control("standards", "Standards", 8, 3, 20, 1, "", ".0f")
HIGHEST = Control("highest", "Highest standard", 20.0, 2.0, 25.0, 1.0, "mmol/L", ".0f")
REPEAT = Control("repeat", "Repetition", 1, 1, 50, 1, "", ".0f",
                 help="The same measurement again, with other noise")  # fmt: skip


def _calibration_series(digest):
    acid, height, line = digest.acid / MILLIMOLAR, digest.digest, digest.line
    return {
        "S6a/standards, simulated": (digest.standards / MILLIMOLAR, digest.absorbance),
        "S6a/fit": (LINE_ENDS, line.intercept + line.slope * LINE_ENDS * MILLIMOLAR),
        "S6a/reading": ([LINE_ENDS[0], acid, acid], [height, height, 0]),
        "S6a/digest": ([acid], [height]),
    }


def _calibration_words(digest):
    line, share = digest.line, 100 / digest.whole
    return (
        f"The line through {len(digest.standards)} simulated standards rises by "
        f"{1e3 * line.slope:.1f} ± {1e3 * line.slope_error:.1f} per mol/L and starts at "
        f"{line.intercept:z.4f} ± {line.intercept_error:.4f}. The digest of dots with "
        f"{setting(100 * digest.fraction)} % of their carboxylate reads {digest.acid:z.2f} ± "
        f"{digest.error:.2f} mmol/L, which is {share * digest.acid:z.1f} ± "
        f"{share * digest.error:.1f} % of that of the dots as synthesised."
    )


def _calibration_check(digest):
    true = digest.true_acid
    return (
        f"The digest of dots with {setting(100 * digest.fraction)} % of their carboxylate holds "
        f"{digits(true / MILLIMOLAR)} mmol/L and absorbs {digits(digest.expected)} but for noise "
        f"of {digits(digest.noise, 2)}; the line gives it back within three of its errors: "
        f"{yes(abs(digest.acid - true) < 3 * digest.error)}."
    )


CALIBRATION = Drawing(
    (Axes("S6a", "Calibration", Axis("fatty acid (mmol/L)", 0, 26),
          Axis("absorbance of C=O", 0, 0.85),
          (Trace("fit", "model", plots.GREY), Trace("reading", "cursor"),
           Trace("standards, simulated", "now", plots.GREY),
           Trace("digest", "now", plots.COLOURS["Cd"]))),),
    _calibration_series, _calibration_words,
    "Grey dots: standards with computed noise, not the paper’s points; line: fit; "
    f'<span style="color:{plots.COLOURS["Cd"]}">●</span> the digest of the dots. Extinction, '
    "path, noise and the digest’s concentration are assumed.",
    check=_calibration_check,
)  # fmt: skip
"""Drawing of a paper.setups.CalibratedDigest."""


def acid_bands(panel, first):
    """Drawing of the acid's band at WAVENUMBER; a view is {label: absorbance by `infrared`}.

    The first is that of the dots as synthesised; the one labelled "moved" is drawn thick.
    """
    axes = Axes(panel, "Fatty acid from the dots", Axis("wavenumber (cm⁻¹)", 1800, 1620),
                Axis("absorbance, relative", 0, 1.4),
                tuple(Trace(label, "schematic" if label == MOVED else "comparison")
                      for label in first))  # fmt: skip
    places = [
        (label, WAVENUMBER[np.argmax(bands["total"])] / PER_CM, bands["total"].max() + 0.045, None)
        for label, bands in first.items()
        if label != MOVED
    ]

    def series(view):
        at = WAVENUMBER / PER_CM
        return {f"{panel}/{label}": (at, bands["total"]) for label, bands in view.items()}

    return Drawing(
        (axes,), series, _band_words,
        "Thin: our choice of fractions; thick: the slider’s. The unit is the COO⁻ band of the dots "
        "as synthesised.",
        dress=lambda figure: plots.annotated(figure, panel, places),
    )  # fmt: skip


def _band_words(view):
    heights = [bands["C=O stretch"].max() for bands in view.values()]
    moved = view[MOVED]["C=O stretch"].max()
    return (
        "One band, the C=O stretch of the acid at 1710 cm⁻¹. At the slider’s fraction it has "
        f"{digits(100 * moved / heights[0])} % of the height that the dots as synthesised give."
    )


def washed(*quantities):
    """Drawing of QUANTITIES of a washed series, {label: measurement}, by `curves`."""

    def drawn(panel, first):
        drawing = curves(panel, quantities, first)
        told = " The fractions are our choice: the paper’s stand in its picture only."
        return replace(drawing, legend=drawing.legend + told)

    return drawn
