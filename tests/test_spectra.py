"""Spectra against the sizing curve's printed values, their own definitions and flat cavities."""

import numpy as np
import pytest

from qdlib.constants import CHARGE, LIGHT_SPEED, PLANCK
from qdlib.errors import InputError
from qdlib.paper import samples as paper
from qdlib.paper.published import published_value
from qdlib.paper.setups import absorber
from qdlib.parameters import BLUE, CORE_SHELL, parameters
from qdlib.physics.spectra import absorption, core_diameter, first_exciton

NM = 1e-9
HC = PLANCK * LIGHT_SPEED / CHARGE  # [eV m]


def test_sizing_curve_at_the_papers_exciton():
    exciton = published_value("L007").value * NM
    assert core_diameter(exciton) / NM == pytest.approx(published_value("L349").value, abs=5e-3)


def test_sizing_curve_has_an_inverse():
    wavelength = np.linspace(400, 700, 50) * NM
    diameter = core_diameter(wavelength)
    assert (np.diff(diameter) > 0).all()
    np.testing.assert_allclose(first_exciton(diameter), wavelength, rtol=1e-12)


@pytest.mark.parametrize("wavelength", [399 * NM, 701 * NM, np.nan, [550 * NM, 800 * NM], 550])
def test_sizing_curve_ends_where_it_is_valid(wavelength):
    with pytest.raises(InputError, match="first_exciton"):
        core_diameter(wavelength)


@pytest.mark.parametrize("diameter", [1.5 * NM, 14 * NM, np.nan])
def test_inverse_sizing_curve_ends_there_too(diameter):
    with pytest.raises(InputError, match="core_diameter"):
        first_exciton(diameter)


@pytest.mark.parametrize("structure", [CORE_SHELL, BLUE])
def test_absorber_emits_where_its_dot_does(structure):
    peak = paper.dot(structure).peak_wavelength
    assert absorber(structure).emission_peak == pytest.approx(peak, rel=1e-12)


def test_the_paper_sizes_of_the_red_dot():
    red = absorber()
    assert red.diameter == pytest.approx(10e-9, rel=0.01)
    assert red.shell_share == pytest.approx(1 - (3.04 / 10.04) ** 3)
    bare = absorber(monolayers=0)
    assert HC / bare.first_transition == pytest.approx(550 * NM, rel=1e-4)
    assert bare.shell_share == 0


def test_a_thicker_shell_or_a_larger_core_emit_further_in_the_red():
    peaks = [absorber(monolayers=n).emission_peak for n in (0, 2, 4, 8, 10)]
    assert (np.diff(peaks) > 0).all()
    assert absorber(core_diameter=4e-9).emission_peak > absorber().emission_peak


def test_a_bare_core_absorbs_as_its_extinction_says():
    """1.12e5 L/(mol cm) for 3.04 nm; 2303/N_A cm2 per L/(mol cm), derived by hand."""
    bare = absorber(monolayers=0, linewidth=parameters()["absorption.linewidth"].value)
    ratio = parameters()["absorption.extinction_linewidth"].value / bare.linewidth
    lines = absorption(HC / bare.first_transition, bare)["core lines"]
    extinction = lines / ratio / 3.8235e-25  # [L/(mol cm)], from m2
    assert extinction == pytest.approx(1.117e5, rel=0.06)  # the second line adds 5 %


def test_a_lines_area_does_not_depend_on_its_width():
    energy = np.linspace(1, 4, 4001)
    areas = [
        np.trapezoid(absorption(HC / energy, absorber(linewidth=w))["core lines"], energy)
        for w in (0.06, 0.11, 0.2)
    ]
    np.testing.assert_allclose(areas, areas[0], rtol=1e-6)


def test_shell_takes_over_below_510_nm():
    """First exciton 616 nm, a plateau, then the shell's edge: two orders of magnitude."""
    red = absorber()
    at = absorption(np.array([405, 500, 540, 616, 680]) * NM, red)
    assert at["shell"][0] > 20 * (at["total"][0] - at["shell"][0])
    assert at["shell"][1] > at["core lines"][1]
    assert at["shell"][2] < at["core lines"][2]
    assert 30 < at["total"][0] / at["total"][3] < 300
    assert at["total"][4] < 1e-3 * at["total"][3]
    np.testing.assert_allclose(sum(at[name] for name in list(at)[:-1]), at["total"])


def test_shells_share_is_its_volume():
    """Far above its edge the shell absorbs as its volume, whatever the dot's size."""
    wavelength, value = 320 * NM, parameters()["absorption.strength"].value
    for monolayers in (1, 4, 10):
        one = absorber(monolayers=monolayers)
        volume = np.pi / 6 * (one.diameter**3 - one.core_diameter**3)
        expected = value * volume * np.sqrt(HC / wavelength - one.shell_edge)
        assert absorption(wavelength, one)["shell"] == pytest.approx(expected, rel=1e-6)


def test_blue_dots_absorb_in_the_blue():
    blue = absorption(np.array([405, 466, 520, 630]) * NM, absorber(BLUE))["total"]
    assert (np.diff(blue) < 0).all()
    assert blue[2] < 1e-2 * blue[1]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"monolayers": -1}, "monolayers"),
        ({"core_diameter": 20e-9}, "core_diameter"),
        ({"linewidth": np.nan}, "linewidth"),
        ({"size": 1}, "changes"),
    ],
)
def test_absorber_names_a_bad_input(changes, name):
    with pytest.raises(InputError, match=name):
        absorber(**changes)


def test_absorption_names_a_bad_input():
    with pytest.raises(InputError, match="wavelength"):
        absorption(550, absorber())
    with pytest.raises(InputError, match="structure"):
        absorber("CdTe")
