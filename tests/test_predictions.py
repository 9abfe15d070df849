"""The page of predictions: what its panels promise, and that its bands are of its own curves."""

from dataclasses import replace

import numpy as np
import pytest
from lessons import lesson
from owned import follows_its_controls, shows_what_it_draws
from predictions import bands, curves

from qdlib import red_qled, zinc_carboxylate
from qdlib.constants import BOLTZMANN, CHARGE
from qdlib.data import data_rows
from qdlib.figures.predictions import DWELLS, NAMED, metals_table
from qdlib.paper.materials import COUPLES
from qdlib.physics.reduction import marcus_factor

PANELS = {panel.name: panel for panel in lesson("predictions").panels}
ZINC, CADMIUM, AMINE = "Zn(RCOO)₂", "Cd(RCOO)₂", "RNH₂"


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_each_panel_is_drawn_told_and_moved_by_its_controls(panel):
    shows_what_it_draws(panel)
    follows_its_controls(panel)


def test_a_sweep_races_the_reaction_of_zinc_and_neither_that_of_cadmium_nor_the_amine():
    peaks = {
        label: np.array([run.peak_eqe for run in runs.values()])
        for label, runs in PANELS["Sweep speed"].first.items()
    }
    slow, fast = DWELLS.index(10.0), DWELLS.index(0.1)
    assert (np.diff(peaks[ZINC]) < 0).all()
    assert peaks[ZINC][fast] > 5 * peaks[ZINC][slow]
    assert peaks[CADMIUM][fast] < 2 * peaks[CADMIUM][slow]
    assert np.ptp(peaks[AMINE]) < 1e-9


def test_temperature_is_in_the_thermal_voltage_and_the_marcus_factor_and_nowhere_else():
    warm, cool = (red_qled(zinc_carboxylate(), changes={"device.temperature": t})
                  for t in (315.0, 295.0))  # fmt: skip
    assert replace(warm, stack=replace(warm.stack, temperature=295.0)) == cool
    at_once = {"redox.settling_time": 0.0, "redox.potential_spread": 0.0}
    factors = [
        red_qled(zinc_carboxylate(), changes=at_once | {"device.temperature": t}).class_factors
        for t in (315.0, 295.0)
    ]
    redox, dot = warm.redox, warm.dot
    couple = warm.ligand.couple.standard_potential
    force = dot.level - couple - redox.complexation_shift
    expected = np.divide(*(
        marcus_factor(force, redox.reorganisation_energy, BOLTZMANN * t / CHARGE)
        for t in (315.0, 295.0)
    ))  # fmt: skip
    np.testing.assert_allclose(factors[0] / factors[1], expected)
    assert expected > 1


def test_a_zinc_diode_begins_as_bright_as_one_with_nothing_to_reduce():
    zinc, amine = (PANELS["First second"].first[label].luminance for label in (ZINC, AMINE))
    assert zinc[0] > 0.9 * amine[0]
    assert zinc[-1] < 0.1 * zinc[0]
    assert np.ptp(amine) < 1e-6 * amine[0]


def test_the_two_washes_part_in_opposite_senses_and_meet_at_the_ends():
    view = PANELS["Wash"].first
    loose, random = view["loosest first"], view["at random"]
    iqe = [runs[0.2][0].internal_quantum_efficiency.max() for runs in (loose, random)]
    life = [runs[0.2][1].lifetime_at(100) for runs in (loose, random)]
    assert iqe[0] > 1.5 * iqe[1]
    assert life[0] < 0.1 * life[1]
    for end in (0.15, 1.0):
        assert loose[end][0].peak_eqe == pytest.approx(random[end][0].peak_eqe)


def test_pauses_neither_heal_nor_harm():
    view = PANELS["Pulses"].first
    for label in (ZINC, CADMIUM):
        steady, pulsed = (view[f"{label}, {name}"] for name in ("steady", "pulsed"))
        left = [run.relative_photoluminescence[run.voltage > 0][-1] for run in (steady, pulsed)]
        assert left[0] == pytest.approx(left[1], rel=1e-2)
        assert pulsed.time[-1] == pytest.approx(4 * steady.time[-1])


def test_reverse_takes_light_by_the_field_alone():
    dips = []
    for run in PANELS["Reverse bias"].first.values():
        fresh, damaged, again, rested = (
            run.relative_photoluminescence[run.step == step][-1] for step in range(4)
        )
        assert run.reduced_sites_per_dot[run.step == 0][-1] < 1e-6
        assert again < rested
        dips.append(1 - fresh)
        assert rested == pytest.approx(damaged, rel=1e-2)
    assert np.ptp(dips) < 1e-9
    assert dips[0] > 0.01


def test_every_couple_is_judged_and_the_harmless_are_those_far_above_the_level():
    view = PANELS["Metals"].first
    assert view.keys() == COUPLES.keys()
    inert = {name for name, one in view.items() if one.verdict == "inert"}
    assert {"Li⁺/Li", "Mg²⁺/Mg", "Al³⁺/Al"} <= inert
    assert {"Zn²⁺/Zn", "Cd²⁺/Cd", "Pb²⁺/Pb"}.isdisjoint(inert)
    best = max(one.peak_eqe for one in view.values())
    for name, one in view.items():
        if one.driving_force > 0.6:
            assert name in inert
            assert one.peak_eqe == pytest.approx(best, rel=0.01)
        place = one.place
        assert (place == "above the electron’s level") == (one.driving_force > 0)
        assert (place == "below the gap") == (-one.driving_force >= one.device.dot.gap)
    assert metals_table(view).html.count("<tr>") == len(COUPLES) + 1
    assert set(NAMED) <= {one.couple.metal for one in view.values()}


def test_bands_are_of_the_curves_that_are_drawn():
    rows = data_rows("calibration/predictions.csv")
    assert all(float(row["low"]) <= float(row["high"]) for row in rows)
    own = curves({})
    kept = {(row["panel"], row["trace"]) for row in rows}
    assert kept == own.keys()
    for key, (x, _) in own.items():
        places = [float(row["x"]) for row in rows if (row["panel"], row["trace"]) == key]
        assert all(np.isclose(place, x, rtol=1e-3).any() for place in places), key


def test_a_band_is_quantiles_of_its_draws():
    key, x = ("P", "P_1/line"), np.array([1.0, 2.0])
    table = bands([{key: (x, np.array([k, np.nan if k else 7.0]))} for k in range(101)])
    assert table["low"].tolist() == [5.0, 7.0]
    assert table["high"].tolist() == [95.0, 7.0]
