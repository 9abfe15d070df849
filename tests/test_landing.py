"""The front door leads everywhere, and its pictures are there."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from qdlib.landing import HEIGHT, PAPER, PATHS, START, SUPPLEMENT, WIDTH, landing, picture
from qdlib.ledger import data_file
from qdlib.tables import performances, reported

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
CARDS = (*START, *PAPER, *SUPPLEMENT)
SVG = "{http://www.w3.org/2000/svg}"


def test_every_notebook_has_a_card():
    cards = sorted(card.notebook for card in CARDS)
    assert cards == sorted(path.name for path in NOTEBOOKS.glob("*.ipynb") if path.stem != "index")


def test_the_explorer_comes_first():
    assert START[0].notebook == "explorer.ipynb"
    html = landing().children[0].value
    positions = [html.index(f'href="{card.notebook}"') for card in CARDS]
    assert positions[0] == min(positions)


def test_paths_lead_to_notebooks():
    for names in PATHS.values():
        assert all((NOTEBOOKS / f"{name}.ipynb").is_file() for name in names)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.notebook)
def test_pictures_are_drawn_within_their_frame(card):
    drawn = ElementTree.fromstring(data_file(f"pictures/{card.picture}").read_text("utf-8"))
    lines = drawn.findall(f"{SVG}polyline")
    assert lines, "an empty picture"
    for line in lines:
        for point in line.get("points").split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT
    for mark in drawn.findall(f"{SVG}circle"):
        assert 0 <= float(mark.get("cx")) <= WIDTH
        assert 0 <= float(mark.get("cy")) <= HEIGHT


def test_no_two_cards_show_the_same():
    drawn = [data_file(f"pictures/{card.picture}").read_text("utf-8") for card in CARDS]
    assert len(set(drawn)) == len({card.panel for card in CARDS}) == len(CARDS)


def test_table_s1_is_drawn_as_its_own_map():
    """A mark for each row of Table 1, and for each device of the literature with a lifetime."""
    lifetimes = sum(one.lifetime is not None for one in reported())
    assert picture("tables/S1").count("<circle") == len(performances()) + lifetimes


def test_a_picture_is_the_panels_own_curves():
    assert "#D55E00" in picture("1f")  # cadmium's colour
    assert "#CC79A7" in picture("1f")  # the amine's
