"""The panels of a lesson, as its notebook makes them: for tests, the index of panels, pictures."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

from qdlib.notebook.contents import pages
from qdlib.notebook.panel import Panel

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
CHECK_TAG = "nbval-check-output"


@dataclass(frozen=True)
class Lesson:
    """A notebook: its name, and the panels that its cells make, in order."""

    name: str
    panels: tuple[Panel, ...]


@cache
def lesson(name):
    """Run the cells of a notebook that make panels: a Lesson."""
    made, space = [], {}
    for source in sources(name):
        if source.startswith("whole("):
            continue
        known = set(space)
        exec(compile(source, f"{name}.ipynb", "exec"), space)
        made += [one for key, one in space.items() if key not in known and isinstance(one, Panel)]
    return Lesson(name, tuple(made))


def sources(name):
    """Sources of the code cells of a notebook, but those that are checks."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    return [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and CHECK_TAG not in cell.metadata.get("tags", [])
    ]


def lessons():
    """The paper's figures, in its order."""
    return tuple(lesson(name) for name in pages() if name.startswith("figure_"))
