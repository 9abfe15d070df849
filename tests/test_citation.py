"""How to cite: from CITATION.cff, for every notebook."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from qdlib import amine, red_qled, sweep
from qdlib.errors import InputError
from qdlib.notebook import panel, whole
from qdlib.notebook.citation import citation, cite, credit
from qdlib.notebook.contents import title

ROOT = Path(__file__).resolve().parents[1]
ABOUT = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
ENTRY = re.compile(r"@(\w+)\{([\w:-]+),\n((?:  \w+ = \{.*\},\n)+)\}")


def fields(bibtex):
    """Kind, key and fields of a BibTeX entry."""
    kind, key, body = ENTRY.fullmatch(bibtex).groups()
    return kind, key, dict(re.findall(r"  (\w+) = \{(.*)\},\n", body))


def test_the_paper_is_cited_with_all_its_authors():
    paper, _ = citation("figure_1")
    kind, key, own = fields(paper.bibtex)
    assert (kind, key) == ("article", "pu2020")
    names = [f"{one['family-names']}, {one['given-names']}" for one in own_authors()]
    assert own["author"].split(" and ") == names
    assert (own["volume"], own["pages"], own["year"]) == ("11", "937", "2020")
    assert own["doi"] in paper.text and paper.text.startswith("Pu, C., Dai, X., ")


def own_authors():
    return ABOUT["preferred-citation"]["authors"]


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_every_notebook_has_a_citation_of_its_own(notebook):
    _, software = citation(notebook)
    kind, key, own = fields(software.bibtex)
    assert (kind, key) == ("software", f"qdlib_{notebook}")
    assert own["version"] == ABOUT["version"]
    assert title(notebook) in software.text and f"notebooks/{notebook}.ipynb" in software.text
    assert all(text.count("{") == text.count("}") for text in own.values())


def test_bibtex_keys_differ():
    assert len({fields(citation(name)[1].bibtex)[1] for name in NOTEBOOKS}) == len(NOTEBOOKS)


def test_an_unknown_notebook_is_refused():
    with pytest.raises(InputError, match="figure_9"):
        citation("figure_9")


def test_the_version_is_the_package_s():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert ABOUT["version"] == project["version"]
    assert f"qdlib {project['version']} after Pu et al." in credit()


def test_the_citation_file_is_shipped():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert wheel["targets"]["wheel"]["force-include"]["CITATION.cff"] == "qdlib/CITATION.cff"


def widgets(root):
    """A widget and all that is in it."""
    return [root, *(inner for child in getattr(root, "children", ()) for inner in widgets(child))]


def folds(widget):
    """The values of all HTML in a widget."""
    return [one.value for one in widgets(widget) if hasattr(one, "value")]


def test_a_whole_figure_carries_its_citation_and_a_panel_does_not():
    one = panel("1f", show="EQE")(lambda: {"RNH₂": sweep(red_qled(amine()), 0, 2)})
    assert folds(whole(one)).count(cite("figure_1").value) == 1
    assert cite("figure_1").value not in folds(one.widget)


def test_the_only_panel_of_a_figure_carries_its_citation():
    one = panel("S5", show="EQE")(lambda: {"RNH₂": sweep(red_qled(amine()), 0, 2)})
    assert folds(one.widget).count(cite("figure_S5").value) == 1


CALLS = re.compile(
    r"^(show|explorer|flask|light_out|scoreboard|landing|your_data|screening|whole|cite)\(",
    re.MULTILINE,
)


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_every_notebook_shows_something_that_carries_a_citation(notebook):
    import nbformat

    cells = nbformat.read(ROOT / "notebooks" / f"{notebook}.ipynb", as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert CALLS.search(code) or f'@panel("{notebook.partition("_")[2]}"' in code
