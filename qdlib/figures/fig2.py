"""Figure 2: reduction in the working device."""

from dataclasses import dataclass, replace

import numpy as np

from .. import plots
from ..constants import HOUR
from ..emission import exciton_efficiency
from ..exhibit import Exhibit
from ..laboratory import Sample
from ..ledger import published_value, standard_potential
from ..live import Control
from ..parameters import parameters, reader
from ..photometry import Spectrum, photoluminescence
from ..plots import Axis, Panel, Trace
from ..run import node_weights
from ..surface import auger
from ..voltammetry import SAMPLES, paper_voltammogram
from ..wording import digits, setting
from .curves import POTENTIAL, driven, swept
from .stress import CADMIUM, NM, ORANGE, STRESS, STRESS_HOURS, VOLTS, stressed

AMINE = Sample(ligand="RNH2")
MILLIVOLT, CM_PER_S = 1e-3, 1e-2
PURPLE = plots.COLOURS["custom"]
HEIGHTS = {"RNH2": 2.6, "cadmium oleate": 1.3, "Cd(RCOO)2": 0.0}  # of the shifted curves of 2d
SHADES = dict(zip(HEIGHTS, (plots.COLOURS["amine"], PURPLE, ORANGE), strict=True))
SCAN_POINTS = 1001
WAVELENGTH = np.linspace(570, 700, 261)  # [nm]
TREATED = {"+ O₂": 0.0, "+ BPO": 1.2, "N₂": 2.4}  # heights of the shifted spectra of 2e
ENERGY = np.linspace(366, 392, 261)  # [eV]
AUGER_HEIGHTS = {"after O₂": 0.0, "after": 1.3, "before": 2.6}


def scanned(scan_rate, potential, rate_constant, transfer):
    """The three solutions' voltammograms: {sample: Voltammogram}.

    scan_rate [mV/s]; potential : E0 of the metal's couple [V vs NHE]; rate_constant [cm/s] and
    transfer [1] : of the metal's reduction, the dots' own staying as they are
    """
    water = standard_potential("Cd", 2)
    shift = parameters()["oleate voltammetry.complexation_shift"].value
    moved = {
        "voltammetry.scan_rate": scan_rate * MILLIVOLT,
        "oleate voltammetry.complexation_shift": shift + potential - water,
        "oleate voltammetry.rate_constant": rate_constant * CM_PER_S,
        "oleate voltammetry.transfer_coefficient": transfer,
    }
    value = reader(moved)  # for all three, of which the amine dots have no cadmium
    return {sample: paper_voltammogram(sample, value, SCAN_POINTS) for sample in SAMPLES}


def _scan_series(shown):
    level, bound = published_value("L044").value, published_value("L045").low
    floor = HEIGHTS["cadmium oleate"] - 1.12
    return {
        **{
            f"2d/{name}": (one.potential, _scaled(one) + HEIGHTS[name])
            for name, one in shown.items()
        },
        "2d/dots' level": ([level, level], [-1.4, 3.2]),
        "2d/dots, published": ([level], [HEIGHTS["RNH2"] - 1]),
        "2d/oleate, published": ([bound, SCAN_START], [floor, floor]),
    }


def _scaled(scan):
    """The current over that of the highest cathodic peak, or of the whole scan without one [1]."""
    peak = -scan.cathodic_peak.current_density
    return scan.current_density / (peak if peak > 0 else np.abs(scan.current_density).max())


def _scan_words(shown):
    def told(sample):
        found = [f"{peak.potential:z.3f}" for peak in shown[sample].cathodic_peaks]
        return f"at {' and '.join(found)} V" if found else "without a peak in the window"

    return (
        f"On the way down: amine dots {told('RNH2')} (the paper: {published_value('L044').text}), "
        f"cadmium oleate {told('cadmium oleate')} (the paper: less negative than "
        f"{published_value('L045').low:g} V), dots with cadmium carboxylate {told('Cd(RCOO)2')} "
        "(the paper: features of both). Each curve is divided by its own highest cathodic peak."
    )


def _scan_table(shown):
    import pandas as pd

    columns = {"potential [V vs NHE]": shown["RNH2"].potential}
    columns |= {f"{name} [A/m2]": scan.current_density for name, scan in shown.items()}
    return pd.DataFrame(columns)


@dataclass(frozen=True)
class Recovery:
    """Film taken out of a stressed diode: share of the fresh light, before and after oxidation."""

    spectrum: Spectrum
    dark: float
    recovered: float


def recovery(hours, oxidised):
    """The film after hours at 2 V, and with a share of its reduced sites re-oxidised: Recovery.

    The electrodes are off: no field, no cavity. Oxidation takes every place of the film alike.
    """
    shown = stressed(VOLTS, hours, HOUR * hours)
    run, dot = shown.run, shown.run.device.dot
    weights = node_weights(run.solution.mesh.x[run.dots])
    sites = run.reduced_sites[shown.hold_end]

    def light(left):
        capture = run.device.redox.capture_coefficient
        return float(exciton_efficiency(dot, capture, left * sites) @ weights)

    fresh = light(0.0)
    line = photoluminescence(dot.peak_wavelength, dot.linewidth)
    return Recovery(line, light(1.0) / fresh, light(1 - oxidised) / fresh)


def _recovery_series(shown):
    line = np.interp(WAVELENGTH * NM, shown.spectrum.wavelength, shown.spectrum.photons, 0, 0)
    line /= shown.spectrum.photons.max()
    share = {"N₂": shown.dark, "+ BPO": shown.recovered, "+ O₂": shown.recovered}
    drawn = {
        f"2e/{name}": (WAVELENGTH, height + share[name] * line) for name, height in TREATED.items()
    }
    gap = [np.nan]
    fresh = np.concatenate([np.append(height + line, gap) for height in TREATED.values()])
    return drawn | {"2e/fresh": (np.tile(np.append(WAVELENGTH, gap), len(TREATED)), fresh)}


def _recovery_words(shown):
    peak = shown.spectrum.wavelength[shown.spectrum.photons.argmax()] / NM
    return (
        f"Of the fresh light, {digits(100 * shown.dark)} % is left in nitrogen and "
        f"{digits(100 * shown.recovered)} % after oxidation, by BPO or by O₂; the peak stays at "
        f"{peak:.0f} nm."
    )


@dataclass(frozen=True)
class Surfaces:
    """Share of the cadmium in the outer layer that is Cd0, and the attenuation length [m]."""

    shares: dict[str, float]
    attenuation_length: float


def surfaces(hours, oxidised, attenuation):
    """The dots under the stripped oxide: fresh, after hours at 2 V, and re-oxidised: Surfaces.

    attenuation : of the Auger electrons [nm]. Only the dots next to the oxide are seen.
    """
    shown = stressed(VOLTS, hours, HOUR * hours)
    run = shown.run
    reduced = float(run.reduced_sites[shown.hold_end, -1]) / run.device.sites_per_dot
    shares = {"before": 0.0, "after": reduced, "after O₂": reduced * (1 - oxidised)}
    return Surfaces(shares, attenuation * NM)


def _surface_series(shown):
    scale = 2 * np.abs(auger(ENERGY, 0.0)["total"]).max()
    drawn = {}
    for name, share in shown.shares.items():
        parts = auger(ENERGY, share, attenuation_length=shown.attenuation_length)
        drawn[f"2f/{name}"] = ENERGY, parts["total"] / scale + AUGER_HEIGHTS[name]
        drawn[f"2f/Cd⁰ {name}"] = ENERGY, parts["metal"] / scale + AUGER_HEIGHTS[name]
    for state in ("metal", "ion"):
        at = parameters()[f"auger.{state}_energy"].value
        drawn[f"2f/{state}"] = [at, at], [-0.8, 3.5]
    return drawn


def _surface_words(shown):
    shares = {name: f"{digits(100 * share, noise=1e-6)} %" for name, share in shown.shares.items()}
    return (
        f"Of the cadmium in the outermost layer, {shares['before']} is Cd⁰ before the stress, "
        f"{shares['after']} after it and {shares['after O₂']} after oxidation. Schematic lines, "
        f"seen through an attenuation length of {setting(shown.attenuation_length / NM)} nm (the "
        f"paper: {published_value('L054').text})."
    )


def _dress_scan(figure):
    named = {"RNH2": "RNH₂ dots", "cadmium oleate": "Cd oleate", "Cd(RCOO)2": "Cd(RCOO)₂ dots"}
    return _shifted(figure, "2d", [
        (text, -0.26, HEIGHTS[sample] - 0.28, SHADES[sample]) for sample, text in named.items()
    ])  # fmt: skip


def _dress_recovery(figure):
    notes = [(text, 680, height + 0.4, ORANGE) for text, height in TREATED.items()]
    return _shifted(figure, "2e", [*notes, ("fresh", 602, TREATED["N₂"] + 0.5, plots.GREY)])


def _dress_surface(figure):
    notes = [(text, 389, height + 0.3, None) for text, height in AUGER_HEIGHTS.items()]
    ion, metal = (parameters()[f"auger.{state}_energy"].value for state in ("ion", "metal"))
    ends = [("Cd²⁺", ion - 1.3, 3.4, None), ("Cd⁰", metal + 1.2, 3.4, None)]
    return _shifted(figure, "2f", [*notes, *ends])


def _shifted(figure, key, notes):
    """The figure with a panel of shifted curves named by `notes`: its y axis has no numbers."""
    return plots.annotated(plots.with_axis(figure, key, "y", showticklabels=False), key, notes)


SCAN_START, SCAN_END = (parameters()[f"voltammetry.{end}"].value for end in ("start", "vertex"))
OXIDISED = Control("oxidised", "Share of the reduced sites re-oxidised", 1.0)
COUPLE = replace(POTENTIAL, default=round(standard_potential("Cd", 2), 4), minimum=-1.1,
                 maximum=-0.3, label="E⁰ of the metal couple")  # fmt: skip
AUGER_LENGTH = parameters()["auger.attenuation_length"]

EXHIBITS = (
    swept("2a", "Photoluminescence in a sweep", (CADMIUM, AMINE), ("PL",)),
    STRESS,
    driven("2c", "In devices for one carrier", (CADMIUM, AMINE), ("electron-only", "hole-only")),
    Exhibit(
        "2d", "model", "Voltammetry in solution",
        (Panel("2d", "Voltammetry", Axis("potential (V vs NHE)", SCAN_END, SCAN_START),
               Axis("current / peak, shifted", -1.4, 3.2),
               (Trace("dots' level", "cursor"),
                *(Trace(sample, "model", SHADES[sample]) for sample in SAMPLES),
                Trace("dots, published", "published", SHADES["RNH2"]),
                Trace("oleate, published", "published range", PURPLE))),),
        scanned, _scan_series, _scan_words,
        (Control("scan_rate", "Scan rate", published_value("L047").value, 2.0, 2000.0, 0.1,
                 "mV/s", ".3g", log=True),
         COUPLE,
         Control("rate_constant", "Rate constant k⁰ of the metal",
                 parameters()["oleate voltammetry.rate_constant"].value / CM_PER_S, 1e-5, 1e-2,
                 0.1, "cm/s", ".2g", log=True),
         Control("transfer", "Transfer coefficient α of the metal",
                 parameters()["oleate voltammetry.transfer_coefficient"].value, 0.3, 0.7, 0.01)),
        "Each curve is divided by its highest cathodic peak, and shifted; reduction points "
        "down. Where the oleate’s peak may be, the paper bounds only: dotted range.",
        _dress_scan, _scan_table,
    ),
    Exhibit(
        "2e", "model", "Light back by oxidation",
        (Panel("2e", "Spectra of the opened diode", Axis("wavelength (nm)", 570, 700),
               Axis("PL / fresh peak, shifted", -0.1, 3.7),
               (Trace("fresh", "comparison"), Trace("N₂", "model", ORANGE),
                Trace("+ BPO", "model", ORANGE), Trace("+ O₂", "model", ORANGE))),),
        recovery, _recovery_series, _recovery_words, (STRESS_HOURS, OXIDISED),
        "Grey: the fresh dots, behind each. The line’s shape is schematic, its height the model’s.",
        _dress_recovery,
    ),
    Exhibit(
        "2f", "schematic", "Auger electrons of the surface",
        (Panel("2f", "Auger spectra, schematic",
               Axis("kinetic energy (eV)", 366, 392),
               Axis("dN/dE, shifted", -0.8, 3.5),
               (Trace("metal", "cursor"), Trace("ion", "cursor"),
                *(Trace(name, "schematic") for name in AUGER_HEIGHTS),
                *(Trace(f"Cd⁰ {name}", "part", plots.GREY) for name in AUGER_HEIGHTS))),),
        surfaces, _surface_series, _surface_words,
        (STRESS_HOURS, OXIDISED,
         Control("attenuation", "Attenuation length", AUGER_LENGTH.value / NM,
                 AUGER_LENGTH.low / NM, published_value("L054").high, 0.01, "nm")),
        "Dashed: the part of Cd⁰; dotted: where the upper line of each state, M₄N₄₅N₄₅, stands.",
        _dress_surface,
    ),
)  # fmt: skip
