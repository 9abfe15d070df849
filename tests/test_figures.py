"""Every panel of the paper: there, drawn, told, wired to its controls."""

import re

import nbformat
import numpy as np
import pandas as pd
import pytest
from catalogue import TABLES, catalogue
from lessons import NOTEBOOKS, lesson

from qdlib.constants import MILLIAMP_PER_CM2
from qdlib.errors import InputError
from qdlib.notebook.live import defaults
from qdlib.notebook.panel import KINDS, published

# as the paper letters them: 25 panels of 5 figures, 32 of the supplement's 9
LETTERS = {"1": "abcdefg", "2": "abcdef", "3": "abc", "4": "abcde", "5": "abcd", "S1": "abc",
           "S2": "", "S3": "abcdef", "S4": "", "S5": "", "S6": "abcde", "S7": "abcdefgh",
           "S8": "abcd", "S9": "abc"}  # fmt: skip
PANELS = [f"{figure}{one}" for figure, letters in LETTERS.items() for one in letters or [""]]
MOST_LINES = 12


def test_no_panel_of_the_paper_is_missing():
    assert len(PANELS) == 57
    found = [one.panel for one in catalogue()]
    assert list(dict.fromkeys(found)) == [*PANELS, *TABLES]
    assert all((NOTEBOOKS / one.notebook).is_file() for one in catalogue())


@pytest.fixture(params=PANELS)
def parts(request):
    """The Panels of a panel of the paper: one, or its parts."""
    panels = lesson(f"figure_{request.param.rstrip('abcdefgh')}").panels
    found = [one for one in panels if one.panel == request.param]
    assert found
    return found


def test_it_fills_its_axes(parts):
    for panel in parts:
        named = {trace["name"] for trace in panel.drawing.figure()["data"]}
        drawn = panel.drawing.series(panel.first)
        assert drawn.keys() <= named
        for axes in panel.drawing.axes:
            own = [xy for name, xy in drawn.items() if name.startswith(f"{axes.key}/")]
            points = [np.column_stack([x, y]).astype(float) for x, y in own if len(x)]
            inside = 0
            for xy in points:
                xy = xy[np.isfinite(xy).all(axis=1)]
                # an axis of wavenumbers runs downwards
                low, high = np.sort([(axes.x.low, axes.y.low), (axes.x.high, axes.y.high)], axis=0)
                inside += int(((xy >= low) & (xy <= high)).all(axis=1).sum())
            assert inside > 0, f"nothing to see in {axes.key}"


def test_its_axes_have_labels(parts):
    for panel in parts:
        for axes in panel.drawing.axes:
            assert axes.title
            assert axes.x.label or axes.y.label or panel.kind == "schematic"
            assert axes.x.low != axes.x.high


def test_it_says_what_it_shows(parts):
    for panel in parts:
        assert re.search(r"\w", panel.say())
        assert not re.search(r"\bnan\b", panel.say())
        assert panel.kind in KINDS
        assert panel.title


def test_each_control_moves_it(parts):
    """A control at another place changes what is drawn or said."""
    for panel in parts:
        at = defaults(panel.controls)
        before = _drawn(panel, at)
        for control in panel.controls:
            if control.choices:
                others = [one for one in control.choices if one != control.default]
            else:
                middle = (control.minimum + control.maximum) / 2
                others = [control.minimum, control.maximum, middle]
            assert any(_drawn(panel, at | {control.name: other}) != before for other in others), (
                f"{control.name} moves nothing"
            )


def test_its_table_can_be_downloaded(parts):
    for panel in parts:
        if panel.drawing.table:
            assert len(pd.DataFrame(panel.drawing.table(panel.first))) > 0


def _drawn(panel, values):
    try:
        view = panel(**values)
    except InputError:  # out of the device's reach, which the page says beside the control
        return None
    drawn = {name: _bytes(xy) for name, xy in panel.drawing.series(view).items()}
    return drawn, panel.drawing.say(view)


def _bytes(xy):
    return tuple(np.asarray(part, float).tobytes() for part in xy)


def test_published_numbers_stand_beside_the_model():
    html = published("1e")
    assert "L008" in html
    assert "1.65 V" in html
    assert "paragraph 2" in html  # its place in the paper
    assert "no number" in published("S5")


@pytest.mark.parametrize("panel", ["1g", "4d", "5d", "S8d"])
def test_a_lifetime_is_drawn_at_the_drive_that_its_panel_names(panel):
    """In its title, and where the legend tells what the diamonds were converted to."""
    panels = lesson(f"figure_{panel[:-1]}").panels
    shown = next(one for one in panels if one.name == panel)
    test = next(iter(shown.first.values()))
    drive = f"{test.run.current_density[-1] / MILLIAMP_PER_CM2:.3g} mA/cm²"
    assert drive in shown.title
    assert drive in shown.drawing.legend


@pytest.mark.parametrize("figure", LETTERS)
def test_each_lesson_holds_its_models_and_checks_them(figure):
    cells = nbformat.read(NOTEBOOKS / f"figure_{figure}.ipynb", as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    panels = [source for source in code if source.startswith("@panel(")]
    assert {f"{figure}{one}" for one in LETTERS[figure] or [""]} <= {
        re.match(r'@panel\("([^" ]+)', source)[1] for source in panels
    }
    for source in panels:
        body = source.splitlines()[2:]
        held = [line for line in body if re.search(r"\w", line)]  # not of brackets alone
        assert 1 <= len(held) <= MOST_LINES, source
    assert code[-1].startswith("print(check(")
    text = "\n".join(cell.source for cell in cells)
    assert "Exercises" in text
    assert "<details>" in text
    assert "index.ipynb" in text
