"""Clean notebooks for git: `python tools/clean_notebooks.py notebooks/*.ipynb`.

Removes the widget state, and the outputs and counts of every cell that is not tagged
`nbval-check-output`: those printed numbers are what the notebook tests compare with.
Exits with 1 if it changed a file, as pre-commit expects.
"""

import sys
from pathlib import Path

import nbformat

CHECK_TAG = "nbval-check-output"
TIMING = "execution"  # cell metadata: when JupyterLab ran it


def clean(notebook):
    """Clean a notebook node in place."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata.pop(TIMING, None)
        if CHECK_TAG not in cell.metadata.get("tags", []):
            cell.outputs = []
            cell.execution_count = None


def clean_file(path):
    """Clean the notebook at `path`; return whether it changed."""
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    clean(notebook)
    after = nbformat.writes(notebook) + "\n"
    if after != before:
        path.write_text(after, encoding="utf-8")
    return after != before


def main(names):
    changed = [name for name in names if clean_file(Path(name))]
    for name in changed:
        print(f"cleaned {name}")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
