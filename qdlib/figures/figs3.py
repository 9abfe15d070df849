"""Figure S3: one dot at a time, and films of many."""

from ..notebook import plots
from ..notebook.drawing import Drawing
from ..notebook.plots import Axes, Axis, Trace
from ..paper.published import published_values
from ..parameters import CORE_SHELL
from ..wording import setting
from .dots import NAMES, NM, ligand_hues, spectra_series


def films(panel, first):
    """Drawing of films of red dots; a view is {label: (Absorber, quantum yield [1])}.

    Colours, and the published yields, are those of the ligands so called.
    """
    hues = ligand_hues(first)
    traces = [trace for label, hue in hues.items() for trace in _traces(label, hue)]
    axes = Axes(panel, f"Film, {', '.join(first)}", Axis("wavelength (nm)", 380, 720),
                Axis("absorbance, PL per photon", 0, 1.1), tuple(traces))  # fmt: skip

    def series(view):
        return {
            f"{panel}/{label}{part}": points
            for label, film in view.items()
            for part, points in _film_series(label, *film).items()
        }

    return Drawing(
        (axes,), series, _film_words,
        f"{plots.swatches(hues)} &ensp;solid: photoluminescence of the film, its peak at the "
        "quantum yield; thin grey: the same dots with every photon re-emitted; dashed: relative "
        "absorbance. Line shapes are schematic; ◇ the published quantum yield with its error.",
    )  # fmt: skip


def _traces(label, hue):
    return (
        Trace(f"{label}, absorbance", "part", hue),
        Trace(f"{label}, without loss", "comparison"),
        Trace(label, "model", hue),
        Trace(f"{label}, error", "error", hue),
        Trace(f"{label}, published", "published", hue),
    )


def _film_series(label, dots, quantum_yield):
    """Points (x, y) by what follows the label in the trace's name."""
    absorbance, (wavelength, photons) = spectra_series("film", dots, CORE_SHELL).values()
    stated, peak = _stated(label), dots.emission_peak / NM
    return {
        ", absorbance": absorbance,
        ", without loss": (wavelength, photons),
        "": (wavelength, quantum_yield * photons),
        ", published": ([peak] * len(stated), [row.value / 100 for row in stated]),
        ", error": (
            [peak] * 2 * len(stated),
            [end / 100 for row in stated for end in (row.low, row.high)],
        ),
    }


def _stated(label):
    """The row of Table 1 with the quantum yield of such a film, if there is one."""
    rows = published_values("Table 1", quantity="film PLQY", sample=CORE_SHELL)
    return [row for row in rows if row.ligand == NAMES.get(label)][:1]


def _film_words(view):
    told = []
    for label, (dots, quantum_yield) in view.items():
        paper = "".join(f"; the paper: {row.text}" for row in _stated(label))
        told.append(
            f"{label}: the film emits at {dots.emission_peak / NM:.0f} nm, "
            f"{setting(100 * quantum_yield)} photons for each hundred that it absorbs{paper}."
        )
    return " ".join(told)
