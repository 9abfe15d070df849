"""Figure 1: one dot, two ligands."""

from dataclasses import dataclass

import numpy as np

from ..notebook import plots
from ..notebook.bands import band_panel, band_series, name_layers
from ..notebook.drawing import Drawing
from ..notebook.plots import Axes, Axis, Trace
from ..paper.published import published_value
from ..wording import digits, site_count
from .dots import NM, RED

LIGAND_LENGTH = 1.8  # [nm], of a stretched C18 chain less what interdigitates: schematic


@dataclass(frozen=True)
class Surface:
    """Ligands around a dot's equator, in nm: where each is, and what it is."""

    core: float
    diameter: float
    angle: np.ndarray
    kinds: np.ndarray
    per_dot: float


def ligands_on(device):
    """Ligands around the equator of a device's dots, evenly mixed, the same each time: Surface."""
    dot, ligand = device.dot, device.ligand
    diameter, tight = dot.diameter / NM, ligand.tight_fraction
    count = round(np.pi * diameter * np.sqrt(4.5))  # ligands on a nm2: CdSe/CdS.reducible_sites
    place = (np.arange(count) * 0.6180339887) % 1.0
    kinds = np.where(place < tight, "carboxylate", np.where(place < ligand.fraction, "Cd", "amine"))
    return Surface(
        published_value("L004").value, diameter, 2 * np.pi * np.arange(count) / count, kinds,
        dot.reducible_sites * ligand.reducible_fraction,
    )  # fmt: skip


def _circle(diameter):
    angle = np.linspace(0, 2 * np.pi, 121)
    return diameter / 2 * np.cos(angle), diameter / 2 * np.sin(angle)


def _scheme_series(shown):
    drawn = {"1a/core": _circle(shown.core), "1a/shell": _circle(shown.diameter)}
    inner, outer = shown.diameter / 2, shown.diameter / 2 + LIGAND_LENGTH
    for kind in ("carboxylate", "Cd", "amine"):
        angle = shown.angle[shown.kinds == kind]
        start, end = (r * np.array([np.cos(angle), np.sin(angle)]) for r in (inner, outer))
        gap = np.full(len(angle), np.nan)
        drawn[f"1a/{kind}"] = tuple(
            np.column_stack([start[k], end[k], gap]).ravel() for k in (0, 1)
        )
    return drawn


def _scheme_words(shown):
    share = {kind: 100 * np.mean(shown.kinds == kind) for kind in ("carboxylate", "Cd", "amine")}
    return (
        f"A core of {shown.core:g} nm in a dot of {shown.diameter:g} nm, to scale. On its surface: "
        f"{share['Cd']:.0f} % cadmium carboxylate, weakly held (about {digits(shown.per_dot, 2)} "
        f"cadmium ions on the whole dot), {share['carboxylate']:.0f} % carboxylate on the dot's "
        f"own cadmium, {share['amine']:.0f} % amine."
    )


SURFACE = Drawing(
    (Axes("1a", "A dot and its ligands", Axis("nm", -9.5, 9.5), Axis("nm", -7.5, 7.5),
          (Trace("core", "part", RED), Trace("shell", "edge"),
           Trace("Cd", "thin", plots.COLOURS["Cd"]), Trace("carboxylate", "schematic"),
           Trace("amine", "thin", plots.COLOURS["amine"]))),),
    _scheme_series, _scheme_words,
    f'<span style="color:{plots.COLOURS["Cd"]}">■</span> Cd carboxylate, weakly held &ensp;'
    f'<span style="color:{plots.COLOURS["amine"]}">■</span> amine &ensp;grey: carboxylate of '
    "the dot’s own cadmium.",
    dress=lambda figure: plots.to_scale(figure, "1a"),
)  # fmt: skip


def diode_under_bias(panel, first):
    """Drawing of a diode's bands; a view is (Run of a sweep, bias [V])."""
    stack, couple = first[0].device.stack, first[0].device.ligand.couple
    return Drawing(
        (band_panel(panel, couple.metal if couple else "none", "The diode under bias"),),
        lambda view: band_series(panel, view[0], _instant(*view)), _bias_words,
        "Grey: band edges; dashed: quasi-Fermi levels; coloured: the level of the metal’s couple.",
        dress=lambda figure: name_layers(figure, plots.number(figure, panel), stack),
        table=lambda view: view[0].columns,
    )  # fmt: skip


def _instant(run, bias):
    return int(np.argmin(np.abs(run.voltage - bias)))


def _bias_words(view):
    run, at = view[0], _instant(*view)
    layers = ", ".join(
        f"{layer.name} {layer.thickness / NM:.0f} nm" for layer in run.device.stack.layers
    )
    return (
        f"From the anode: {layers}. At {run.voltage[at]:.2f} V "
        f"{site_count(run.reduced_sites_per_dot[at])} of the ligands’ metal ions on each dot are "
        "reduced."
    )
