"""Every panel of the paper: there, drawn, told, wired to its controls."""

import re
from pathlib import Path

import numpy as np
import pytest

from qdlib import figures
from qdlib.catalogue import TABLES, catalogue
from qdlib.constants import MILLIAMP_PER_CM2
from qdlib.errors import InputError
from qdlib.exhibit import KINDS, published
from qdlib.live import defaults

# as the paper letters them: 25 panels of 5 figures, 32 of the supplement's 9
LETTERS = {"1": "abcdefg", "2": "abcdef", "3": "abc", "4": "abcde", "5": "abcd", "S1": "abc",
           "S2": "", "S3": "abcdef", "S4": "", "S5": "", "S6": "abcde", "S7": "abcdefgh",
           "S8": "abcd", "S9": "abc"}  # fmt: skip
PANELS = [f"{figure}{one}" for figure, letters in LETTERS.items() for one in letters or [""]]
NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def test_no_panel_of_the_paper_is_missing():
    assert len(PANELS) == 57
    assert [one.panel for one in catalogue()] == [*PANELS, *TABLES]
    assert all((NOTEBOOKS / one.notebook).is_file() for one in catalogue())


@pytest.fixture(params=PANELS)
def exhibit(request):
    """Each panel's Exhibit."""
    return figures.exhibit(request.param)


def test_it_fills_its_axes(exhibit):
    named = {trace["name"] for trace in exhibit.figure()["data"]}
    drawn = exhibit.series(exhibit.default_view())
    assert drawn.keys() <= named
    for axes in exhibit.axes:
        own = [xy for name, xy in drawn.items() if name.startswith(f"{axes.key}/")]
        points = [np.column_stack([x, y]).astype(float) for x, y in own if len(x)]
        inside = 0
        for xy in points:
            xy = xy[np.isfinite(xy).all(axis=1)]
            # an axis of wavenumbers runs downwards
            low, high = np.sort([(axes.x.low, axes.y.low), (axes.x.high, axes.y.high)], axis=0)
            inside += int(((xy >= low) & (xy <= high)).all(axis=1).sum())
        assert inside > 0, f"nothing to see in {axes.key}"


def test_its_axes_have_labels(exhibit):
    for axes in exhibit.axes:
        assert axes.title
        assert axes.x.label or axes.y.label or exhibit.kind == "schematic"
        assert axes.x.low != axes.x.high


def test_it_says_what_it_shows(exhibit):
    said = exhibit.say(exhibit.default_view())
    assert re.search(r"\w", said)
    assert not re.search(r"\bnan\b", said)
    assert exhibit.kind in KINDS


def test_each_control_moves_it(exhibit):
    """A control at another place changes what is drawn or said."""
    at = defaults(exhibit.controls)
    first = exhibit.view(**at)
    before = {name: _bytes(xy) for name, xy in exhibit.series(first).items()}, exhibit.say(first)
    for control in exhibit.controls:
        if control.choices:
            others = [one for one in control.choices if one != control.default]
        else:
            others = [control.minimum, control.maximum, (control.minimum + control.maximum) / 2]
        assert any(_drawn(exhibit, at | {control.name: other}) != before for other in others), (
            f"{control.name} moves nothing"
        )


def _drawn(exhibit, values):
    try:
        shown = exhibit.view(**values)
    except InputError:  # out of the device's reach, which the page says beside the control
        return None
    return {name: _bytes(xy) for name, xy in exhibit.series(shown).items()}, exhibit.say(shown)


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
    shown = figures.exhibit(panel).default_view()
    test = (shown[0] if panel == "5d" else shown).measured[0]
    drive = test.run.current_density[-1] / MILLIAMP_PER_CM2
    told = figures.exhibit(panel).title, figures.exhibit(panel).legend
    assert all(f"{drive:.3g} mA/cm²" in text for text in told)


def test_unknown_names_are_refused():
    with pytest.raises(InputError, match="one of 1, 2"):
        figures.exhibits("6")
    with pytest.raises(InputError, match="1a, 1b"):
        figures.exhibit("1h")


@pytest.mark.parametrize("entry", catalogue(), ids=lambda one: one.panel)
def test_each_lesson_shows_its_panels_and_checks_them(entry):
    text = (NOTEBOOKS / entry.notebook).read_text("utf-8")
    if entry.panel in TABLES:
        return
    assert f'show(\\"{entry.panel}\\")' in text
    assert "Exercises" in text
    assert "<details>" in text
    assert "index.ipynb" in text
