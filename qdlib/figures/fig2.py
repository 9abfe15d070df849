"""Figure 2: reduction in the working device."""

import numpy as np

from ..data import standard_potential
from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.drawing import Drawing
from ..notebook.plots import Axes, Axis, Trace
from ..paper.published import published_value
from ..parameters import parameters
from ..wording import digits, setting
from .dots import NM

AMINE_DOTS, OLEATE, CADMIUM_DOTS = "RNH₂ dots", "Cd oleate", "Cd(RCOO)₂ dots"
ORANGE, OTHER = plots.COLOURS["Cd"], plots.COLOURS["custom"]
DARK = plots.mixed(ORANGE, "#000000", 0.4)
SHADES = {AMINE_DOTS: plots.COLOURS["amine"], OLEATE: DARK, CADMIUM_DOTS: ORANGE}
CURRENT_SHIFT, LIGHT_SHIFT, AUGER_SHIFT = 1.3, 1.2, 1.3  # from one curve to the next
WAVELENGTH = np.linspace(570, 700, 261)  # [nm]
CM_PER_S = 1e-2

SCAN_RATE = Control(
    "scan_rate", "Scan rate", published_value("L047").value, 2.0, 2000.0,
    step=0.1, unit="mV/s", readout=".3g", log=True,
)  # fmt: skip
COUPLE = Control(
    "potential", "E⁰ of the metal couple", -1.1, -1.1, -0.3, step=0.02, unit="V vs NHE"
).at(standard_potential("Cd"))
RATE_CONSTANT = Control(
    "rate_constant", "Rate constant k⁰ of the metal",
    parameters()["oleate voltammetry.rate_constant"].value / CM_PER_S, 1e-5, 1e-2,
    step=0.1, unit="cm/s", readout=".2g", log=True,
)  # fmt: skip
TRANSFER = Control(
    "transfer", "Transfer coefficient α of the metal",
    parameters()["oleate voltammetry.transfer_coefficient"].value, 0.3, 0.7,
)  # fmt: skip
OXIDISED = Control("oxidised", "Share of the reduced sites re-oxidised", 1.0)
ATTENUATION = Control(
    "attenuation", "Attenuation length", parameters()["auger.attenuation_length"].value / NM,
    parameters()["auger.attenuation_length"].low / NM,  # type: ignore[operator]  # it has a range
    published_value("L054").high, unit="nm",
)  # fmt: skip


def voltammograms(panel, first):
    """Drawing of voltammograms, shifted for sight; a view is {label: Voltammogram}.

    The paper's peaks stand at the curves of that label: AMINE_DOTS, OLEATE.
    """
    shifts = _shifts(first, CURRENT_SHIFT)
    window = next(iter(first.values())).potential
    level, bound = published_value("L044").value, published_value("L045").low
    low, high = -1.4, max(shifts.values()) + 0.6
    fixed = {"dots' level": ([level, level], [low, high])}
    traces = [Trace("dots' level", "cursor")]
    traces += [Trace(label, "model", SHADES.get(label, OTHER)) for label in first]
    if AMINE_DOTS in shifts:
        fixed["dots, published"] = [level], [shifts[AMINE_DOTS] - 1]
        traces.append(Trace("dots, published", "published", SHADES[AMINE_DOTS]))
    if OLEATE in shifts:
        fixed["oleate, published"] = [bound, window.max()], np.full(2, shifts[OLEATE] - 1.12)
        traces.append(Trace("oleate, published", "published range", SHADES[OLEATE]))
    axes = Axes(
        panel, "Voltammetry",
        Axis("potential (V vs NHE)", float(window.min()), float(window.max())),
        Axis("current / peak, shifted", low, high),
        tuple(traces),
    )  # fmt: skip

    def series(view):
        drawn = {
            label: (scan.potential, _scaled(scan) + shifts[label]) for label, scan in view.items()
        }
        return {f"{panel}/{name}": points for name, points in (fixed | drawn).items()}

    notes = [
        (label, -0.26, shift - 0.28, SHADES.get(label, OTHER)) for label, shift in shifts.items()
    ]
    return Drawing(
        (axes,), series, _scan_words,
        "Each curve is divided by its highest cathodic peak, and shifted; reduction points "
        "down. Where the oleate’s peak may be, the paper bounds only: dotted range.",
        dress=lambda figure: _named(figure, panel, notes), table=_scan_table,
    )  # fmt: skip


def _scaled(scan):
    """The current over that of the highest cathodic peak, or of the whole scan without one [1]."""
    peak = -scan.cathodic_peak.current_density
    return scan.current_density / (peak if peak > 0 else np.abs(scan.current_density).max())


def _scan_words(view):
    stated = {
        AMINE_DOTS: published_value("L044").text,
        OLEATE: f"less negative than {published_value('L045').low:g} V",
        CADMIUM_DOTS: "features of both",
    }
    told = []
    for label, scan in view.items():
        peaks = " and ".join(digits(peak.potential) for peak in scan.cathodic_peaks)
        found = f"at {peaks} V" if peaks else "without a peak in the window"
        paper = f" (the paper: {stated[label]})" if label in stated else ""
        told.append(f"{label} {found}{paper}")
    return (
        f"On the way down: {', '.join(told)}. Each curve is divided by its own highest cathodic "
        "peak."
    )


def _scan_table(view):
    columns = {"potential [V vs NHE]": next(iter(view.values())).potential}
    return columns | {f"{label} [A/m2]": scan.current_density for label, scan in view.items()}


def film_spectra(panel, first):
    """Drawing of the light of opened diodes, shifted for sight; a view is {label: Film}."""
    shifts = _shifts(first, LIGHT_SHIFT)
    top = max(shifts.values())
    axes = Axes(
        panel, "Spectra of the opened diode",
        Axis("wavelength (nm)", WAVELENGTH[0], WAVELENGTH[-1]),
        Axis("PL / fresh peak, shifted", -0.1, top + 1.3),
        (Trace("fresh", "comparison"), *(Trace(label, "model", ORANGE) for label in first)),
    )  # fmt: skip

    def series(view):
        gap, drawn, fresh = [np.nan], {}, []
        for label, film in view.items():
            line = _line(film.spectrum)
            drawn[f"{panel}/{label}"] = WAVELENGTH, shifts[label] + film.light * line
            fresh += [np.append(shifts[label] + line, gap)]
        across = np.tile(np.append(WAVELENGTH, gap), len(fresh))
        return drawn | {f"{panel}/fresh": (across, np.concatenate(fresh))}

    notes = [(label, 680, shift + 0.4, ORANGE) for label, shift in shifts.items()]
    notes.append(("fresh", 602, top + 0.5, plots.GREY))
    return Drawing(
        (axes,), series, _film_words,
        "Grey: the fresh dots, behind each. The line’s shape is schematic, its height the model’s.",
        dress=lambda figure: _named(figure, panel, notes),
    )  # fmt: skip


def _line(spectrum):
    """Photons at WAVELENGTH, the highest 1 (n,)."""
    photons = np.interp(WAVELENGTH * NM, spectrum.wavelength, spectrum.photons, 0, 0)
    return photons / spectrum.photons.max()


def _film_words(view):
    left = ", ".join(f"{digits(100 * film.light)} % {place}" for place, film in view.items())
    spectrum = next(iter(view.values())).spectrum
    peak = spectrum.wavelength[spectrum.photons.argmax()] / NM
    return f"Share of the fresh light: {left}; the peak stays at {peak:.0f} nm."


def auger_lines(panel, first):
    """Drawing of Auger spectra, shifted for sight; a view is {label: AugerSpectrum}."""
    shifts = _shifts(first, AUGER_SHIFT)
    spectrum = next(iter(first.values()))
    scale, energy = 2 * np.abs(spectrum.total).max(), spectrum.energy
    low, high = -0.8, max(shifts.values()) + 0.9
    levels = {state: parameters()[f"auger.{state}_energy"].value for state in ("metal", "ion")}
    axes = Axes(
        panel, "Auger spectra, schematic",
        Axis("kinetic energy (eV)", energy[0], energy[-1]),
        Axis("dN/dE, shifted", low, high),
        (*(Trace(state, "cursor") for state in levels),
         *(Trace(label, "schematic") for label in first),
         *(Trace(f"Cd⁰ {label}", "part", plots.GREY) for label in first)),
    )  # fmt: skip

    def series(view):
        drawn = {f"{panel}/{state}": ([at, at], [low, high]) for state, at in levels.items()}
        for label, seen in view.items():
            drawn[f"{panel}/{label}"] = seen.energy, seen.total / scale + shifts[label]
            drawn[f"{panel}/Cd⁰ {label}"] = seen.energy, seen.metal / scale + shifts[label]
        return drawn

    notes = [(label, 388.5, shift + 0.3, None) for label, shift in shifts.items()]
    notes += [("Cd²⁺", levels["ion"] - 1.3, high - 0.1, None),
              ("Cd⁰", levels["metal"] + 1.2, high - 0.1, None)]  # fmt: skip
    return Drawing(
        (axes,), series, _auger_words,
        "Dashed: the part of Cd⁰; dotted: where the upper line of each state, M₄N₄₅N₄₅, stands.",
        dress=lambda figure: _named(figure, panel, notes),
    )  # fmt: skip


def _auger_words(view):
    shares = ", ".join(
        f"{digits(100 * seen.reduced_share, noise=1e-6)} % {when}" for when, seen in view.items()
    )
    length = next(iter(view.values())).attenuation_length / NM
    return (
        f"Share of Cd⁰ in the cadmium of the outermost layer: {shares}. Schematic lines, seen "
        f"through an attenuation length of {setting(length)} nm (the paper: "
        f"{published_value('L054').text})."
    )


def _shifts(labels, step):
    """How far up each curve is drawn, the first one the highest, by label."""
    return {label: step * place for place, label in enumerate(reversed(list(labels)))}


def _named(figure, panel, notes):
    """The figure with a panel of shifted curves named by `notes`: its y axis has no numbers."""
    return plots.annotated(plots.with_axis(figure, panel, "y", showticklabels=False), panel, notes)
