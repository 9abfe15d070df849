"""The front door leads everywhere, and its pictures are there."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from pictures import HEIGHT, WIDTH, picture

from qdlib.data import data_file
from qdlib.errors import InputError
from qdlib.notebook.contents import FRONT, page, pages, shelf
from qdlib.pages.landing import PATHS, landing
from qdlib.pages.tables import performances, reported

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
CARDS = [one for one in pages().values() if one.name != FRONT]


def test_every_notebook_is_in_the_contents():
    assert sorted(pages()) == sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))


def test_an_unknown_notebook_is_refused():
    with pytest.raises(InputError, match="figure_9"):
        page("figure_9")


def test_the_explorer_comes_first():
    assert shelf("start")[0].name == "explorer"
    html = landing().children[0].value
    positions = [html.index(f'href="{card.name}.ipynb"') for card in CARDS]
    assert positions[0] == min(positions)


def test_paths_lead_to_notebooks():
    for names in PATHS.values():
        assert all((NOTEBOOKS / f"{name}.ipynb").is_file() for name in names)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_pictures_are_drawn_within_their_frame(card):
    drawn = ElementTree.fromstring(data_file(f"pictures/{card.name}.svg").read_text("utf-8"))
    lines = drawn.findall("{http://www.w3.org/2000/svg}polyline")
    marks = drawn.findall("{http://www.w3.org/2000/svg}circle")
    assert lines or marks, "an empty picture"
    points = [point.split(",") for line in lines for point in line.get("points").split()]
    points += [(mark.get("cx"), mark.get("cy")) for mark in marks]
    for x, y in points:
        assert 0 <= float(x) <= WIDTH
        assert 0 <= float(y) <= HEIGHT


def test_no_two_pages_have_the_same_picture():
    drawn = [data_file(f"pictures/{card.name}.svg").read_text("utf-8") for card in CARDS]
    assert len(set(drawn)) == len(drawn)


def test_table_s1_is_drawn_as_its_own_map():
    """A mark for each row of Table 1, and for each device of the literature with a lifetime."""
    lifetimes = sum(one.lifetime is not None for one in reported())
    assert picture("tables/S1").count("<circle") == len(performances()) + lifetimes


def test_a_picture_is_the_panels_own_curves():
    assert "#D55E00" in picture("1f")  # cadmium's colour
    assert "#CC79A7" in picture("1f")  # the amine's
