"""Fits give back what measurements were made with, within the errors that they state."""

from dataclasses import replace

import numpy as np
import pytest

from qdlib.errors import InputError
from qdlib.owndata.fitting import (
    FRACTION,
    POTENTIAL,
    YIELD,
    Ending,
    _Counted,
    _errors,
    device,
    fit,
    free_parameters,
    unknown,
)
from qdlib.owndata.measurement import NOISE, Measurement
from qdlib.owndata.synthetic import TRUTHS, synthetic
from qdlib.paper.materials import STRUCTURES
from qdlib.paper.protocols import Sample
from qdlib.parameters import BLUE

WASHED = TRUTHS["synthetic_washed.csv"]
LIGHT = TRUTHS["synthetic_photoluminescence.csv"]
SEEDS = 11, 12, 13, 14
RATE = "redox.rate_constant"


def exact(truth):
    """A measurement without noise."""
    quiet = {key: replace(one, relative=1e-4, floor=one.floor * 1e-3) for key, one in NOISE.items()}
    return synthetic(truth, noise=quiet)


@pytest.fixture(scope="module")
def washed():
    return fit(synthetic(WASHED, seed=1), list(WASHED.values), WASHED.sample)


def pulls(found, truth):
    true = [one.place(truth.values[one.key]) for one in found.unknowns]
    return (found.places - true) / found.place_errors


def test_without_noise_the_truth_comes_back():
    found = fit(exact(WASHED), list(WASHED.values), WASHED.sample)
    assert found.values == pytest.approx(list(WASHED.values.values()), rel=1e-3)
    assert found.scatter < 0.05


def test_noisy_copies_give_the_truth_within_their_errors():
    """Eight pulls of fixed seeds; chi2 of 8 lies between 0.86 and 26 with 99.9 %."""
    found = [fit(synthetic(WASHED, seed), list(WASHED.values), WASHED.sample) for seed in SEEDS]
    off = np.concatenate([pulls(one, WASHED) for one in found])
    assert 0.86 < np.sum(off**2) < 26
    assert np.abs(off).max() < 3.5
    assert all(one.finished and one.warnings == () for one in found)
    assert [one.scatter for one in found] == pytest.approx([1] * len(SEEDS), abs=0.2)


def test_errors_grow_with_the_noise(washed):
    loud = {key: replace(one, relative=4 * one.relative, floor=4 * one.floor)
            for key, one in NOISE.items()}  # fmt: skip
    own = synthetic(WASHED, 1, loud)
    found = fit(own, list(WASHED.values), WASHED.sample, noise=loud)
    assert found.place_errors / washed.place_errors == pytest.approx([4, 4], rel=0.3)


def test_stated_errors_that_are_too_small_are_widened_by_the_scatter(washed):
    small = {key: replace(one, relative=one.relative / 3, floor=one.floor / 3)
             for key, one in NOISE.items()}  # fmt: skip
    found = fit(washed.measurement, list(WASHED.values), WASHED.sample, noise=small)
    assert found.scatter == pytest.approx(3 * washed.scatter, rel=0.05)
    assert found.place_errors == pytest.approx(washed.place_errors, rel=0.05)
    assert any("misses the data" in one for one in found.warnings)


def test_errors_and_correlations_are_those_of_lmfit(washed):
    """By another way: lmfit's own covariance, from a scalar chi2's curvature."""
    import lmfit

    def chi(given):
        values = {one.key: one.value(given[f"x{k}"].value) for k, one in enumerate(washed.unknowns)}
        run = washed.measurement.performed(device(WASHED.sample, values), 20.0)
        own = washed.measurement
        return np.concatenate([own.residuals(run, key, NOISE[key]) for key in own.fitted])

    start = lmfit.Parameters()
    for k, place in enumerate(washed.places):
        start.add(f"x{k}", place, min=0, max=1)
    result = lmfit.minimize(chi, start, method="leastsq", epsfcn=1e-5)
    errors = [result.params[f"x{k}"].stderr for k in range(2)]
    assert washed.place_errors == pytest.approx(errors, rel=0.1)
    assert washed.correlations[0, 1] == pytest.approx(result.params["x0"].correl["x1"], abs=0.05)


def test_a_direction_that_the_data_do_not_see_is_unknown_not_exact():
    """Of x + y alone is known: a pseudo-inverse would give each half of its error."""
    together = np.ones((50, 2)) + 1e-9 * np.arange(100).reshape(50, 2)
    errors, correlations = _errors(together, 1.0, 2)
    assert (errors > 1e3).all()
    assert correlations[0, 1] == pytest.approx(-1, abs=1e-6)
    apart = np.eye(2) * [2.0, 5.0]
    assert _errors(apart, 3.0, 2)[0] == pytest.approx([1.5, 0.6])


@pytest.mark.parametrize("key", [FRACTION, RATE])
def test_the_error_of_a_value_follows_that_of_its_place(key):
    one = unknown(key)
    step = 1e-6
    slope = (one.value(0.4 + step) - one.value(0.4 - step)) / (2 * step)
    assert one.error(0.4, 0.01) == pytest.approx(0.01 * slope)


def test_what_moves_nothing_is_said_so():
    own = synthetic(LIGHT)
    found = fit(own, [FRACTION, "wear.stretching"], LIGHT.sample)
    assert np.isinf(found.errors[1]) and "± ?" in found.told(1)
    assert [one for one in found.warnings if "say nothing" in one and "stretching" in one]
    assert found.place_errors[0] == pytest.approx(fit(own, [FRACTION]).place_errors[0], rel=0.05)


def test_two_that_only_act_together_are_not_determined():
    """Fraction and capture coefficient: to photoluminescence only their product counts."""
    found = fit(synthetic(LIGHT), [FRACTION, "redox.capture_coefficient"], LIGHT.sample)
    assert abs(found.correlations[0, 1]) > 0.99
    assert any("can hardly be told apart" in one for one in found.warnings)


def test_what_ends_at_a_bound_is_said_so():
    own = exact(replace(WASHED, values={"PVK.valence_edge": 5.49}))  # its range begins at 5.5
    found = fit(own, ["PVK.valence_edge"])
    assert found.values[0] == pytest.approx(5.5, abs=2e-3)
    assert any("end of its range, 5.50" in one for one in found.warnings)


def test_a_fit_can_be_ended_and_says_so():
    heard = []

    def told(count, scatter):
        heard.append((count, scatter))
        return count > 4

    found = fit(synthetic(LIGHT), [FRACTION], told=told)
    assert not found.finished and 4 < len(heard) < 8
    assert np.isinf(found.errors).all()
    assert "ended before" in found.warnings[0]


def test_a_fit_from_where_nothing_moves_is_saved_by_other_starts():
    """A metal less noble than magnesium is inert: from there every direction looks alike."""
    truth = replace(WASHED, values={POTENTIAL: -0.5})
    inert = unknown(POTENTIAL, start=-2.5)
    stuck = fit(exact(truth), [inert])
    assert stuck.values[0] < -2.3 and stuck.scatter > 10
    found = fit(exact(truth), [inert], starts=4)
    assert found.values[0] == pytest.approx(-0.5, abs=2e-3)
    assert len(found.endings) == 4 and not found.is_here(found.endings[0])
    assert found.endings[0].scatter == pytest.approx(stuck.scatter)
    assert found.evaluations > stuck.evaluations and found.rivals == ()


def test_a_further_fit_starts_at_the_best_of_the_places_that_are_drawn():
    counted = _Counted(lambda places: places - 0.3, None)
    assert counted.lowest(np.array([[0.9], [0.35], [0.1]])) == [0.35]
    assert counted.evaluations == 3


def test_values_that_meet_the_data_as_well_are_told(washed):
    far = washed.places + np.array([0.0, 10 * washed.place_errors[1] + 0.05])
    slack = washed.scatter * (1 + 0.5 / washed.freedom)
    for places, scatter, rivals in (
        (far, slack, 1),
        (far, 1.5 * washed.scatter, 0),
        (washed.places + 0.5 * washed.place_errors, slack, 0),
    ):
        found = replace(washed, endings=(Ending(places, scatter),))
        assert len(found.rivals) == rivals
        assert [one.startswith("Other values") for one in found.warnings] == [True] * rivals


def test_an_end_while_another_start_is_tried_keeps_what_was_found():
    heard = []

    def told(count, scatter):
        heard.append(count)
        return count == whole.evaluations + 5

    whole = fit(synthetic(LIGHT), [FRACTION])
    found = fit(synthetic(LIGHT), [FRACTION], told=told, starts=5)
    assert found.finished and len(found.endings) == 2
    assert found.values == pytest.approx(whole.values)
    assert heard[-1] - heard[-2] == 1 and len(heard) <= whole.evaluations + 6


def test_a_diode_wired_the_other_way_is_not_fitted_on_what_is_left():
    own = exact(WASHED)
    turned = replace(own, voltage=-own.voltage, current_density=-own.current_density)
    with pytest.raises(InputError, match=r"points 3 count.*more of them than the 3 unknowns"):
        fit(turned, [FRACTION, RATE, "redox.capture_coefficient"])
    some = replace(own, voltage=own.voltage - 3.0)
    assert "% of the points are compared" in " ".join(fit(some, [FRACTION]).warnings)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"unknowns": [FRACTION, FRACTION]}, "none of them twice"),
        ({"kind": "qled"}, "kind = 'qled'"),
        ({"noise": {"J": NOISE["J"]}}, "noise = .*an error of PL"),
        ({"seconds_per_volt": 0}, "seconds_per_volt = 0"),
        ({"starts": 1.5}, "starts = 1.5"),
    ],
)
def test_what_a_fit_cannot_do_is_named(options, told):
    with pytest.raises(InputError, match=told):
        fit(synthetic(LIGHT), **{"unknowns": [FRACTION]} | options)


@pytest.mark.parametrize("starts", [0, 21])
def test_a_number_of_starts_that_makes_no_sense_is_refused(starts):
    with pytest.raises(InputError, match="starts"):
        fit(synthetic(LIGHT), [FRACTION], starts=starts)


def test_a_fit_says_where_its_stack_has_no_current_to_trust(washed):
    deep = device(WASHED.sample, {"ZnMgO.conduction_edge": 4.7})
    found = replace(washed, run=washed.measurement.performed(deep, 1.0))
    assert "in doubt" in found.warnings[0]


def test_fixed_values_and_starts_count():
    truth = replace(WASHED, values={FRACTION: 0.45, RATE: 100.0})
    start = unknown(FRACTION, start=0.3)
    found = fit(exact(truth), [start], fixed={RATE: 100.0})
    assert found.values[0] == pytest.approx(0.45, rel=1e-3)
    assert found.changes == {RATE: 100.0, FRACTION: found.values[0]}


@pytest.mark.parametrize(
    ("key", "start"), [("redox.speed", None), ("dots.thickness", None), (FRACTION, 1.5)]
)
def test_what_cannot_be_fitted_is_refused(key, start):
    with pytest.raises(InputError):
        unknown(key, start=start)


def test_nothing_to_fit_or_to_fit_to_is_refused():
    with pytest.raises(InputError, match="unknowns"):
        fit(synthetic(LIGHT), [])
    with pytest.raises(InputError, match="current or a light"):
        fit(Measurement("a", np.linspace(0, 2, 9)), [FRACTION])
    below = Measurement("a", np.linspace(-2, -1, 9), luminance=np.ones(9))
    with pytest.raises(InputError, match=r"of whose 9 points 0 count.*signs"):
        fit(below, [FRACTION])


@pytest.mark.parametrize("structure", STRUCTURES)
def test_every_parameter_on_offer_makes_a_diode(structure):
    sample = Sample(structure, "Zn(RCOO)2")
    keys = free_parameters(sample)
    assert {FRACTION, POTENTIAL, YIELD, RATE} <= set(keys)
    for key in keys:
        one = unknown(key, sample)
        assert one.place(one.value(0.25)) == pytest.approx(0.25)
        device(sample, {key: one.value(0.4)})


def test_a_blue_diode_is_fitted_as_a_red_one():
    sample = Sample(BLUE, "Zn(RCOO)2")
    truth = replace(WASHED, sample=sample, values={FRACTION: 0.5}, biases=(0.0, 6.0))
    found = fit(synthetic(truth), [FRACTION], sample)
    assert abs(pulls(found, truth)[0]) < 3.5


def test_every_quantity_can_be_fitted_alone():
    for key in Measurement.shown:
        truth = replace(LIGHT, quantities=(key,), values={FRACTION: 0.5}, biases=(0.0, 4.0))
        found = fit(synthetic(truth, 5), [FRACTION])
        assert abs(pulls(found, truth)[0]) < 3.5, key


def test_a_value_whose_error_is_larger_is_not_rounded_away(washed):
    wide = replace(washed, place_errors=np.full(len(washed.places), 1.5))
    value = float(washed.values[0])
    assert wide.told(0) == f"{value:.3f} ± 1.5"
