"""The operando band diagram as a panel: edges, quasi-Fermi levels and the metal's level."""

import numpy as np

from ..paper.materials import SALTS
from . import plots
from .plots import Axes, Axis, Trace

FINEST_DRAWN = 0.5e-9  # [m] between points


def band_panel(key, metal, title="Operando band diagram", width=135):
    """Axes and traces for a stack of `width` nm and a ligand's metal, a symbol or a name.

    A metal of data/ligands.csv has the colour and the couple of its salt there.

    Energies count from the cathode's Fermi level.
    """
    salt = SALTS.get(metal)
    colour = plots.ligand_colour(salt.name if salt else None)
    couple = salt.couple().label if salt else f"{metal}²⁺/{metal}"
    return Axes(
        key,
        title,
        Axis("distance from the anode (nm)", 0, width),
        Axis("energy (eV)", -6.0, 3.4),
        (
            Trace("band edges", "edge"),
            Trace("valence edges", "edge"),
            Trace("electrons' quasi-Fermi level", "level", plots.ELECTRONS),
            Trace("holes' quasi-Fermi level", "level", plots.HOLES),
            Trace("metal couple", "couple", colour),
            Trace("labels", "labels", colour, ("electrons", "holes", couple)),
        ),
    )


def band_series(key, run, instant=-1):
    """Arrays (x, y) of every trace of `band_panel` at one instant of a Run, by name."""
    bands = run.band_diagram(instant, FINEST_DRAWN)
    x = bands.x * 1e9
    couple = np.flatnonzero(np.isfinite(bands.couple))
    labels = (
        [x[-1] - 2, 2, x[couple].mean() if len(couple) else np.nan],
        [
            -0.3,
            bands.quasi_fermi_hole[0] + 0.3,
            bands.couple[couple].mean() - 0.5 if len(couple) else np.nan,
        ],
    )
    return {
        f"{key}/band edges": (x, bands.conduction),
        f"{key}/valence edges": (x, bands.valence),
        f"{key}/electrons' quasi-Fermi level": (x, bands.quasi_fermi_electron),
        f"{key}/holes' quasi-Fermi level": (x, bands.quasi_fermi_hole),
        f"{key}/metal couple": (x, bands.couple),
        f"{key}/labels": labels,
    }


def name_layers(figure, number, stack):
    """The plotly figure with the layers of a stack named in its subplot `number`, from 1."""
    suffix = "" if number == 1 else str(number)
    shapes, notes, edge = [], [], 0.0
    across = {"xref": f"x{suffix}", "yref": f"y{suffix} domain"}
    for layer in stack.layers:
        width = layer.thickness * 1e9
        dots = layer.name == stack.emitter
        shapes.append({
            **across, "type": "rect", "x0": edge, "x1": edge + width, "y0": 0, "y1": 1,
            "layer": "below", "line": {"width": 0.5, "color": plots.FAINT},
            "fillcolor": "rgba(213,94,0,0.10)" if dots else "rgba(0,0,0,0)",
        })  # fmt: skip
        notes.append({
            **across, "text": layer.name, "x": edge + width / 2, "y": 0.995, "yanchor": "top",
            "showarrow": False, "font": {"size": 11}, "textangle": -90 if width < 20 else 0,
        })  # fmt: skip
        edge += width
    layout = figure["layout"]
    return figure | {
        "layout": layout
        | {
            "shapes": [*layout.get("shapes", []), *shapes],
            "annotations": [*layout["annotations"], *notes],
        }
    }
