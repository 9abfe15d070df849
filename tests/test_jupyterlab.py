"""A fresh reader's walk in JupyterLab: open a lesson, edit a line, run the cell, see the curve."""

import json
import re
import shutil
from urllib.request import urlopen

import pytest
from serving import LINE, NOTEBOOKS, View, lab

pytestmark = pytest.mark.browser

CELL = ".jp-Notebook-cell.jp-CodeCell:has-text('@panel(\"1e\"')"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A JupyterLab, as `make lab` starts it, over a copy of a lesson."""
    folder = tmp_path_factory.mktemp("notebooks")
    shutil.copy(NOTEBOOKS / "figure_1.ipynb", folder)
    with lab(folder) as address:
        yield address


def test_it_does_not_ask_whether_it_may_fetch_news(address):
    settings = "lab/api/settings/@jupyterlab/apputils-extension:notification"
    known = json.load(urlopen(address + settings))["schema"]["properties"]
    assert known["fetchNews"]["default"] == "false"
    assert known["checkForUpdates"]["default"] is False


@pytest.fixture(scope="module")
def lesson(reader, address):
    """Figure 1, open, with its imports run; what one test has edited the next one finds."""
    view = View(reader, f"{address}lab/tree/figure_1.ipynb", size={"width": 1280, "height": 1400})
    view.ready(".jp-Notebook-cell.jp-CodeCell .cm-content")
    view.wait(lambda: "| Idle" in view.text)
    imports = view.page.locator(".jp-CodeCell:has-text('from qdlib import')").first
    imports.locator(".cm-content").click()
    view.page.keyboard.press("Control+Enter")
    view.wait(lambda: re.search(r"\[\d+\]:", view.text))
    yield view
    view.page.close()


def run(view, source=None):
    """Run the cell of panel 1e, with another source if one is given."""
    cell = view.page.locator(CELL).first
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    if source is not None:
        view.page.keyboard.press("Control+A")
        view.page.keyboard.insert_text(source)
    view.page.keyboard.press("Control+Enter")


def curves(view):
    """How many lines the cell of panel 1e shows, and their shape."""
    paths = view.page.locator(f"{CELL} {LINE}")
    return [paths.nth(k).get_attribute("d") for k in range(paths.count())]


def source(view):
    """The text of the cell of panel 1e."""
    lines = view.page.locator(f"{CELL} .cm-line").all_inner_texts()
    return "\n".join(line.rstrip("\n") for line in lines)


def test_a_line_that_is_edited_moves_a_curve_and_a_third_one_is_one_more(lesson):
    run(lesson)
    lesson.wait(lambda: len(curves(lesson)) >= 4)
    first, text = curves(lesson), source(lesson)
    assert "salt = cadmium_carboxylate(fraction).at(potential)" in text

    run(lesson, text.replace("cadmium_carboxylate(fraction)", "cadmium_carboxylate(fraction / 4)"))
    lesson.wait(lambda: len(curves(lesson)) >= 4 and curves(lesson) != first)

    third = '"a third": sweep(red_qled(salt), 0, 3),\n        "RNH₂"'
    run(lesson, text.replace('"RNH₂"', third))
    lesson.wait(lambda: len(curves(lesson)) > len(first))
    assert "a third" in lesson.page.locator(CELL).inner_text()


def test_a_mistake_shows_its_traceback(lesson):
    run(lesson)
    lesson.wait(lambda: len(curves(lesson)) >= 4)
    run(lesson, source(lesson).replace("sweep(red_qled(salt)", "swep(red_qled(salt)"))
    lesson.wait(lambda: "NameError" in lesson.page.locator(CELL).inner_text())
