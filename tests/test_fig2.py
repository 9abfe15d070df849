"""Figure 2: what its panels promise."""

import numpy as np
import pytest
from lessons import lesson

from qdlib import (
    Hold,
    amine,
    cadmium_carboxylate,
    parameters,
    perform,
    published_value,
    red_qled,
)
from qdlib.constants import HOUR, MILLIAMP_PER_CM2
from qdlib.device.opened import exposed_metal, opened_film
from qdlib.errors import InputError
from qdlib.figures.fig2 import COUPLE
from qdlib.figures.stress import SWATCHES
from qdlib.paper.surface import AUGER_ENERGY, auger


def panel(name):
    """The panel of the lesson with a name."""
    return next(one for one in lesson("figure_2").panels if one.name == name)


@pytest.fixture(scope="module")
def stressed():
    """The cadmium diode after the paper's hold."""
    return perform(red_qled(cadmium_carboxylate()), [Hold(voltage=2, hours=50)])


def published(*ids):
    """Published numbers, by their ids."""
    return pytest.approx([published_value(id).value for id in ids])


def test_the_stress_is_the_captions():
    run, instant = panel("2b").first
    hold, rest = (run.duration[run.step == step].sum() / HOUR for step in (0, 1))
    assert [run.voltage[0], hold, rest] == published("L031", "L032", "L033")
    assert [run.voltage[0], instant / HOUR] == published("L052", "L053")
    assert run.voltage[-1] == 0


def test_single_carrier_devices_are_driven_as_the_caption_says():
    for (kind, runs), id in zip(panel("2c").first.items(), ("L035", "L036"), strict=True):
        for run in runs.values():
            assert run.device.name == kind
            drive = run.current_density / MILLIAMP_PER_CM2
            np.testing.assert_allclose(drive, published_value(id).value, rtol=1e-3)


def test_the_scrubber_repeats_no_run_and_finds_its_instant():
    stress = panel("2b")
    early, late = stress(instant=1.0), stress(instant=60 * HOUR)
    assert early[0] is late[0]
    (now,), _ = stress.drawing.series(early)["2blog/now"]
    assert now == pytest.approx(1.0, rel=0.5)
    (now,), _ = stress.drawing.series(late)["2bPL/now"]
    assert now == pytest.approx(60)
    (now,), _ = stress.drawing.series(stress.first)["2bPL/now"]
    assert now == pytest.approx(stress.drawing.series(stress.first)["2bPL/hold ends"][0][0])


def test_light_falls_under_stress_and_stays_away_at_rest():
    run = panel("2b").first[0]
    light = 100 * run.relative_photoluminescence
    held = light[run.step == 0]
    assert (np.diff(held) < 1e-9).all()
    assert light[-1] == pytest.approx(held[-1], abs=0.5)


def test_swatches_are_as_bright_as_the_dots():
    stress = panel("2b")
    view = stress(instant=1.0)
    drawn = stress.drawing.series(view)
    lit = {
        place: float(name.split()[-2])
        for name, (places, _) in drawn.items()
        if "/swatch" in name
        for place in places
    }
    light = 100 * view[0].relative_photoluminescence
    assert lit[SWATCHES["fresh"]] == 100
    assert lit[SWATCHES["now"]] == pytest.approx(drawn["2bPL/now"][1][0], abs=2.5)
    assert lit[SWATCHES["held"]] == pytest.approx(light[view[0].step == 0][-1], abs=2.5)
    assert lit[SWATCHES["rested"]] == pytest.approx(light[-1], abs=2.5)


def test_a_diode_without_a_metal_can_be_stressed_too():
    stress = panel("2b")
    bare = perform(red_qled(amine()), [Hold(voltage=2, hours=1)]), 1.0
    drawing = stress.show("2b", bare)
    assert drawing.series(bare).keys() == {one["name"] for one in drawing.figure()["data"]}
    assert "of 0 sites" in drawing.say(bare)


def test_the_couple_moves_its_own_wave_alone():
    usual, moved = (panel("2d")(potential=COUPLE.default + step) for step in (0, 0.05))
    shift = [
        moved[label].cathodic_peak.potential - usual[label].cathodic_peak.potential
        for label in ("Cd oleate", "RNH₂ dots")
    ]
    assert shift == pytest.approx([0.05, 0.0], abs=1e-4)


def test_peaks_of_the_paper_stand_at_the_curves_they_belong_to():
    voltammetry = panel("2d")
    alone = {"Cd oleate": voltammetry.first["Cd oleate"]}
    names = {one["name"] for one in voltammetry.show("2d", alone).figure()["data"]}
    assert "2d/oleate, published" in names
    assert "2d/dots, published" not in names
    (peak,), _ = voltammetry.drawing.series(voltammetry.first)["2d/dots, published"]
    assert peak == published_value("L044").value


def test_oxidation_brings_back_what_reduction_took(stressed):
    """With all dots alike, fresh light over what is left grows linearly with the sites (Stern)."""
    full, half, none = (opened_film(stressed, share).light for share in (1.0, 0.5, 0.0))
    assert full == pytest.approx(1)
    assert none < half < 1
    assert 1 / half - 1 == pytest.approx((1 / none - 1) / 2, rel=0.02)
    assert panel("2e").first["in N₂"].light == none


def test_metal_is_what_is_reduced_and_not_oxidised_again(stressed):
    share = stressed.reduced_sites[-1, -1] / stressed.device.sites_per_dot
    assert exposed_metal(stressed) == pytest.approx(share)
    assert exposed_metal(stressed, 0.9) == pytest.approx(0.1 * share)
    for read in (opened_film, exposed_metal):
        with pytest.raises(InputError, match="oxidised"):
            read(stressed, 1.2)


def test_cadmium_metal_is_seen_after_stress_only():
    surface = panel("2f")
    seen = surface.first
    shares = [seen[label].reduced_share for label in ("before stress", "after O₂", "after stress")]
    assert shares[0] == shares[1] == 0 < shares[2] <= 1
    _, metal = surface.drawing.series(seen)["2f/Cd⁰ before stress"]
    assert np.ptp(metal) == 0
    thin, thick = (
        np.ptp(auger(AUGER_ENERGY, shares[2], attenuation_length=length).metal)
        for length in (0.4e-9, 1e-9)
    )
    assert thin > thick
    usual = parameters()["auger.attenuation_length"].value
    plain, same = auger(AUGER_ENERGY, shares[2]), auger(AUGER_ENERGY, shares[2], None, usual)
    np.testing.assert_array_equal(plain.total, same.total)
