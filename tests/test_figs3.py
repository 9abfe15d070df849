"""Figure S3: single dots that blink or not, and what the paper says of their films."""

import numpy as np
import pytest
from lessons import lesson

PANELS = {panel.name: panel for panel in lesson("figure_S3").panels}


@pytest.mark.parametrize("name", ["S3a", "S3b"])
def test_only_a_blinking_dot_is_seen_dark(name):
    panel = PANELS[name]
    assert "On in every frame: yes" in panel.drawing.check(panel.first)
    blinking = panel(blinking="slow")
    assert "On in every frame: no" in panel.drawing.check(blinking)
    (trace,) = blinking.values()
    # two peaks: many dark frames, many bright ones
    dark, bright = trace.dot.mean(0), trace.dot.mean()
    assert np.mean(np.abs(trace.counts - dark) < 0.1 * bright) > 0.1
    assert np.mean(np.abs(trace.counts - bright) < 0.1 * bright) > 0.1


@pytest.mark.parametrize("name", ["S3c", "S3d"])
def test_the_films_peak_stands_at_table_1s_yield(name):
    panel = PANELS[name]
    (label,) = panel.first
    drawn = panel.drawing.series(panel.first)
    (wavelength,), (published,) = drawn[f"{name}/{label}, published"]
    low, high = drawn[f"{name}/{label}, error"][1]
    assert low < published < high
    x, photons = drawn[f"{name}/{label}"]
    assert photons.max() == pytest.approx(published, rel=1e-3)  # on a grid of 2 nm
    assert wavelength == pytest.approx(x[np.argmax(photons)], abs=2)


def test_a_film_that_the_paper_has_not_gets_no_diamond():
    panel = PANELS["S3c"]
    (film,) = panel.first.values()
    drawing = panel.show("mine", {"my own": film})
    assert len(drawing.series({"my own": film})["mine/my own, published"][0]) == 0
    assert "the paper" not in drawing.say({"my own": film})


def test_a_film_decays_faster_by_its_yield():
    view = PANELS["S3e"](quantum_yield=0.5)
    bright, film = view.values()
    assert film.lifetime == pytest.approx(0.5 * bright.lifetime)
    assert film.fit.gives(0.5 * bright.lifetime)
