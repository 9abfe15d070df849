"""The page on light out, without a browser."""

import numpy as np
import pytest

from qdlib import published_value
from qdlib.notebook.live import defaults
from qdlib.pages import light_out

DEFAULTS = defaults(light_out.CONTROLS)


def drawn(**values):
    return light_out.series(light_out.view(**DEFAULTS | values))


def test_every_trace_has_its_points():
    named = {f"{panel.key}/{trace.name}" for panel in light_out.panels() for trace in panel.traces}
    assert set(drawn()) == named


@pytest.mark.parametrize("scan", light_out.SCANS)
def test_bars_add_up(scan):
    """Up to what leaves through the metal."""
    top = drawn()[f"{scan}/plasmon"][1][1::3]
    np.testing.assert_allclose(top, 100, atol=0.02)


def test_the_papers_stack_is_the_default():
    for name, id in (("dots", "L024"), ("zinc", "L025")):
        assert DEFAULTS[name] == published_value(id).value
    assert published_value("L011").text in light_out.summary(light_out.view(**DEFAULTS))


def test_directions_hold_the_photons_that_leave():
    """Both curves integrate, over the hemisphere, to the same number of photons."""
    series = drawn()
    total = {}
    for name in ("model", "Lambertian"):
        degrees, intensity = series[f"angle/{name}"]
        angles = np.radians(degrees)
        total[name] = np.trapezoid(intensity * np.sin(angles), angles)
    assert total["model"] == pytest.approx(total["Lambertian"], rel=0.02)


def test_the_scan_passes_through_the_device():
    series = drawn(zinc=67)
    thickness, top = series["zinc/air"]
    here = np.interp(67, thickness[::3], top[1::3])
    depth_mean = series["depth/air"][1].mean()
    assert here == pytest.approx(depth_mean, abs=0.3)
