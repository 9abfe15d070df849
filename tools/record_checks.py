"""Store what the check cells of notebooks print: `python tools/record_checks.py [NOTEBOOK ...]`.

Those are the cells tagged `nbval-check-output`, which the notebook tests run again and compare.
The notebook is run in order, without Jupyter; a check cell's count is its place among the code
cells, for a cell without one is never compared. Without names: all of notebooks/. Prints which ones
changed. With --compare nothing is stored, and what differs is named.
"""

import io
import sys
from contextlib import redirect_stdout
from multiprocessing import Pool
from pathlib import Path

import nbformat
from clean_notebooks import CHECK_TAG

COMPARE = "--compare"
NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def check_cells(notebook):
    """The check cells of a notebook node with their places among its code cells, from 1 on."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [
        (place, cell)
        for place, cell in enumerate(code, 1)
        if CHECK_TAG in cell.metadata.get("tags", [])
    ]


def printed(notebook):
    """What each check cell of a notebook node prints, when its cells are run in order."""
    texts, space = [], {"__name__": "__main__"}
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.source.startswith("whole("):
            with redirect_stdout(io.StringIO()) as out:
                exec(compile(cell.source, "cell", "exec"), space)
            if CHECK_TAG in cell.metadata.get("tags", []):
                texts.append(out.getvalue())
    return texts


def record(path):
    """Store the outputs of the check cells of the notebook at `path`; return whether it changed."""
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    for (place, cell), text in zip(check_cells(notebook), printed(notebook), strict=True):
        cell.outputs = [nbformat.v4.new_output("stream", text=text)]
        cell.execution_count = place
    after = nbformat.writes(notebook) + "\n"
    if after != before:
        path.write_text(after, encoding="utf-8")
    return after != before


def stale(path):
    """Whether the notebook at `path` keeps other outputs than its check cells print now."""
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    kept = ["".join(out.text for out in cell.outputs) for _, cell in check_cells(notebook)]
    return kept != printed(notebook)


def compare(paths):
    """Name the notebooks that keep other outputs than they print; how many there are."""
    with Pool() as pool:
        found = [
            path for path, other in zip(paths, pool.map(stale, paths, 1), strict=True) if other
        ]
    for path in found:
        print(f"{path.name} prints other numbers than it keeps: python tools/record_checks.py")
    return len(found)


def main(names):
    """Record the notebooks of these paths, or all; with --compare, only compare them."""
    chosen = [name for name in names if name != COMPARE]
    paths = [Path(name) for name in chosen] or sorted(NOTEBOOKS.glob("*.ipynb"))
    if COMPARE in names:
        return int(compare(paths) > 0)
    for path in paths:
        if record(path):
            print(f"recorded {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
