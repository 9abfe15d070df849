"""The index of the paper's panels and tables: where each is, what it is made of, what it meets.

`python tools/catalogue.py` (make panels) prints it as CSV.
"""

import csv
import sys
from dataclasses import asdict, dataclass

from lessons import lessons

from qdlib.errors import InputError
from qdlib.paper.published import published_values
from qdlib.paper.scorecard import kept_score, scores

TABLES = ("Table 1", "Table S1")


@dataclass(frozen=True)
class Entry:
    """One panel or table of the paper.

    kind : as in `qdlib.notebook.panel.KINDS`; stated : numbers of the ledger that belong to it
    judged, met : targets that the model is judged by there, and how many it meets
    """

    panel: str
    title: str
    notebook: str
    kind: str
    stated: int
    judged: int
    met: int


def catalogue():
    """All panels and tables, in the order of the paper: a tuple of Entry."""
    panels = [
        _entry(one.panel, one.title, f"{lesson.name}.ipynb", one.kind)
        for lesson in lessons()
        for one in lesson.panels
        if one.name == one.panel
    ]
    tables = [
        _entry("Table 1", "Efficiencies and lifetimes", "table_1.ipynb", "model"),
        _entry("Table S1", "Devices of the literature", "table_S1.ipynb", "published"),
    ]
    return (*panels, *tables)


def _entry(panel, title, notebook, kind):
    own = scores(panel, kept_score)
    return Entry(panel, title, notebook, kind, _stated(panel), len(own), sum(o.met for o in own))


def _stated(panel):
    try:
        return len(published_values(panel))
    except InputError:  # the ledger has no row of such a panel
        return 0


def main():
    """Print the catalogue as CSV."""
    writer = csv.DictWriter(sys.stdout, Entry.__dataclass_fields__)
    writer.writeheader()
    writer.writerows(map(asdict, catalogue()))


if __name__ == "__main__":
    main()
