"""What the pages show of a ligand and a structure of dots that are rows of the data, and no more.

For a process of its own, with a package whose data has these rows; writes JSON.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from lessons import lesson

from qdlib import lifetime_test, ligand, red_qled, sweep
from qdlib.notebook.curves import curves
from qdlib.pages import explorer, tables
from qdlib.paper.protocols import Laboratory, Sample
from qdlib.paper.samples import film_yield
from qdlib.paper.targets import targets

LEAD, DOTS = "Pb(RCOO)2", "CdTe/ZnS"


def buttons(widget):
    """What is written on each button of a widget."""
    own = [widget.description] if type(widget).__name__ == "Button" else []
    return own + [text for child in getattr(widget, "children", ()) for text in buttons(child)]


def legend(name):
    """(label, colour) in the legend of a panel of one's own."""
    drawing = curves("mine", ("J",), {name: sweep(red_qled(ligand(name)), 0, 1)})
    (trace,) = drawing.axes[0].traces
    return drawing.legend, trace.colour


def shown():
    """All of it."""
    controls = {one.name: one for one in explorer.CONTROLS}
    (levels,) = lesson("figure_S2").panels
    dots = Laboratory().device(Sample(DOTS, "TOP", film_yield=0.5))
    return {
        "metals": controls["metal"].choices,
        "presets": buttons(explorer.explorer()),
        "checked": explorer.check(),
        "S2": levels.say(),
        "ticks": levels.drawing.figure()["layout"]["xaxis"]["ticktext"],
        "legend": legend(LEAD),
        "Table 1": [(one.structure, one.name, one.is_salt) for one in tables.performances()],
        "Table 1 checked": tables.check("1"),
        "targets": [one.key for one in targets() if one.sample == Sample(DOTS, LEAD)],
        "yields": [film_yield(DOTS, LEAD), film_yield("CdSe/CdS", LEAD)],
        "shell": [ligand("TOP", DOTS).couple.metal, dots.dot.film_yield, dots.dot.diameter],
        "lifetime": lifetime_test(red_qled(ligand("RNH2", DOTS), DOTS)).lifetime(),
    }


if __name__ == "__main__":
    json.dump(shown(), sys.stdout)
