"""Figure 5: what its panels promise."""

import numpy as np
import pytest
from captions import drives
from lessons import lesson

from qdlib import parameters, published_value
from qdlib.constants import HOUR, MILLIAMP_PER_CM2
from qdlib.paper.materials import label
from qdlib.paper.protocols import Sample, drive_of
from qdlib.paper.scorecard import laboratory
from qdlib.parameters import BLUE

PANELS = {panel.name: panel for panel in lesson("figure_5").panels}
PAIR = {label(name): Sample(BLUE, name) for name in ("Zn(RCOO)2", "RNH2")}


def test_currents_are_the_captions():
    electrons, holes = PANELS["5a"].first.values()
    assert published_value("L100").value == drives(electrons.values())
    assert published_value("L101").value == drives(holes.values())
    assert published_value("L102").value == drives(PANELS["5b"].first.values())


def test_the_lifetime_starts_from_the_papers_luminance_not_from_the_red_diodes_drive():
    drive = parameters()[drive_of(BLUE)].value / MILLIAMP_PER_CM2
    tests = PANELS["5d"].first
    assert drive == drives(test.run for test in tests.values())
    assert published_value("L347").value == drives(test.run for test in tests.values())
    start = tests["RNH₂"].initial_luminance / published_value("L090").value
    assert start == pytest.approx(1, abs=0.2)  # the drive is the paper's for 10 % EQE, not ours


@pytest.mark.parametrize("name", ["5a", "5b", "5c", "5d"])
def test_sliders_stand_at_first_where_the_papers_samples_do(name):
    first = PANELS[name].first
    for kind, measured in first.items() if name == "5a" else [("QLED", first)]:
        for title, one in measured.items():
            device = getattr(one, "run", one).device
            own = laboratory().device(PAIR[title], kind)
            assert (device.dot, device.ligand, device.optics) == (own.dot, own.ligand, own.optics)
            assert device.stack.layers == own.stack.layers
            assert device.stack.cathode == own.stack.cathode


def test_the_first_minutes_are_the_same_curves_told_at_their_end():
    panel = PANELS["5d"]
    whole, early = panel.drawing.axes
    drawn = panel.drawing.series(panel.first)
    for title, test in panel.first.items():
        for axes in (whole, early):
            time, left = drawn[f"{axes.key}/{title}"]
            np.testing.assert_array_equal(left, 100 * test.relative_luminance)
        assert early.x.low <= time[10] <= early.x.high == pytest.approx(180 / HOUR)
    zinc = panel.first["Zn(RCOO)₂"]
    left = 100 * np.interp(180, zinc.time, zinc.relative_luminance)
    assert f"{left:.1f} % left after 3 min" in panel.say()


def test_the_lifetime_published_stands_on_the_amines_curve_only():
    panel = PANELS["5d"]
    whole = panel.drawing.axes[0].key
    marks = [name for name in panel.drawing.series(panel.first) if "published" in name]
    assert f"{whole}/RNH₂, published" in marks
    assert f"{whole}/Zn(RCOO)₂, published" not in marks


def test_film_and_diode_have_their_own_spectra():
    panel = PANELS["5c spectra"]
    drawn = panel.drawing.series(panel.first)
    for name, spectrum in panel.first.items():
        wavelength, light = drawn[f"{panel.key}/{name}"]
        assert light.max() == pytest.approx(1, abs=2e-3)  # on a grid of 1 nm
        peak = spectrum.wavelength[np.argmax(spectrum.photons)] / 1e-9
        assert wavelength[np.argmax(light)] == pytest.approx(peak, abs=1)
    film, diode = (drawn[f"{panel.key}/{name}"][1] for name in ("PL", "EL"))
    assert np.abs(film - diode).max() > 0.01  # what the layers do
