"""How to cite the paper and these notebooks: all of it from CITATION.cff.

`cite("figure_1")` is the fold at the foot of a page, `citation("figure_1")` its content.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .contents import title

if TYPE_CHECKING:
    import ipywidgets


@dataclass(frozen=True)
class Reference:
    """One work to cite: as text, and as a BibTeX entry."""

    text: str
    bibtex: str


def citation(notebook: str) -> tuple[Reference, Reference]:
    """The References of a notebook, such as "figure_1": the paper, and qdlib with the notebook."""
    about = _about()
    return _paper(about["preferred-citation"]), _software(about, notebook)


def cite(notebook: str) -> ipywidgets.HTML:
    """The fold with a notebook's citation, as a widget."""
    import ipywidgets

    told = "".join(
        f"<p>{escape(one.text)}</p><pre tabindex=0 aria-label='BibTeX'>{escape(one.bibtex)}</pre>"
        for one in citation(notebook)
    )
    fold = f"<details class='qd-cite'><summary>Cite this page</summary>{told}</details>"
    return ipywidgets.HTML(fold)


def credit() -> str:
    """One line for a picture: what drew it, and after whom."""
    about = _about()
    paper = about["preferred-citation"]
    return (
        f"Drawn with qdlib {about['version']} after {paper['authors'][0]['family-names']} et al., "
        f"{_place(paper)}, doi:{paper['doi']}"
    )


@cache
def _about() -> dict[str, Any]:
    """CITATION.cff, of an installed wheel or of a source checkout."""
    import yaml

    package = Path(__file__).parents[1]
    for folder in (package, package.parent):
        if (folder / "CITATION.cff").is_file():
            return yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
    raise FileNotFoundError("CITATION.cff")


def _paper(paper: dict[str, Any]) -> Reference:
    names = [f"{one['family-names']}, {one['given-names']}" for one in paper["authors"]]
    short = [f"{one['family-names']}, {one['given-names'][0]}." for one in paper["authors"]]
    text = (
        f"{', '.join(short[:-1])} & {short[-1]} {paper['title']}. "
        f"{_place(paper)}. https://doi.org/{paper['doi']}"
    )
    fields = {
        "author": " and ".join(names),
        "title": f"{{{paper['title']}}}",
        "journal": paper["journal"],
        "volume": paper["volume"],
        "pages": paper["start"],
        "year": paper["year"],
        "doi": paper["doi"],
    }
    return Reference(text, _bibtex("article", f"{_key(paper)}{paper['year']}", fields))


def _software(about: dict[str, Any], notebook: str) -> Reference:
    authors = " and ".join(one["name"] for one in about["authors"])
    part = f"{title(notebook)} (notebooks/{notebook}.ipynb)"
    text = f"{authors}. {about['title']}. Version {about['version']}. {part}"
    fields = {
        "author": f"{{{authors}}}",
        "title": f"{{{about['title']}}}",
        "version": about["version"],
        "note": part.replace("_", r"\_"),
    }
    return Reference(text, _bibtex("software", f"qdlib_{notebook}", fields))


def _key(paper: dict[str, Any]) -> str:
    return paper["authors"][0]["family-names"].lower()


def _place(paper: dict[str, Any]) -> str:
    return f"{paper['journal']} {paper['volume']}, {paper['start']} ({paper['year']})"


def _bibtex(kind: str, key: str, fields: dict[str, Any]) -> str:
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@{kind}{{{key},\n{lines}}}"
