"""The calibration: that what is in data/ is its result, and that fitting finds a known answer."""

from math import log10

import calibrate as calibration
import numpy as np
import pytest
from calibrate import Stage, bands, fit, prior, residuals, stages, stated_in_table_1

from qdlib.data import data_rows
from qdlib.paper.protocols import Laboratory, Sample
from qdlib.paper.targets import targets
from qdlib.parameters import parameters

SHARED, PER_STRUCTURE = stages()


def test_stages_name_what_exists_and_share_nothing():
    keys = {one.key for one in targets()}
    for stage in stages():
        assert set(stage.targets) <= keys
        assert set(stage.unknowns) <= set(parameters())
    assert not set(SHARED.unknowns) & set(PER_STRUCTURE.unknowns)
    assert not set(SHARED.targets) & set(PER_STRUCTURE.targets)


def test_calibrated_parameters_are_the_stages_own():
    fitted = {key for stage in stages() for key in stage.unknowns}
    marked = {key for key, row in parameters().items() if row.origin == "calibrated"}
    assert fitted == marked


def test_the_report_is_of_the_values_in_use():
    rows = data_rows("calibration/parameters.csv")
    assert {row["parameter"] for row in rows} == {key for one in stages() for key in one.unknowns}
    for row in rows:
        own = parameters()[row["parameter"]]
        assert own.value == pytest.approx(float(row["value"]), rel=1e-3)
        assert float(row["standard error"]) > 0
        assert own.low <= own.value <= own.high


def test_priors_are_the_plausible_ranges():
    row = parameters()["redox.reorganisation_energy"]
    one = prior("redox.reorganisation_energy")
    assert (one.low, one.high) == (row.low, row.high)
    assert one.centre == pytest.approx((row.low + row.high) / 2)
    assert one.width == pytest.approx((row.high - row.low) / 4)
    wide = prior("redox.capture_coefficient")
    assert wide.log
    assert wide.value(wide.coordinate(3e-18)) == pytest.approx(3e-18)
    assert wide.low == pytest.approx(log10(parameters()["redox.capture_coefficient"].low))


def test_a_fit_finds_the_level_that_made_the_number():
    """A made-up target, measured on a device with a known level, brings the level back."""
    key, true = "CdSe/CdZnSe/CdZnS.level", -0.85
    target = next(one for one in targets() if one.key == "L137 peak EQE")
    value = target.measure(Laboratory({key: true}))
    made_up = calibration.replace(target, centre=value, error=0.2)
    own = residuals({key: true}, [made_up])
    np.testing.assert_allclose(own, 0, atol=1e-6)
    stage = Stage("one", (key,), (target.key,))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibration, "targets", lambda: (made_up,))
        found = fit(stage)
    assert found.changes[key] == pytest.approx(true, abs=2e-3)
    assert found.errors[0] < 0.05 * found.priors[0].width


@pytest.mark.proof
def test_the_kept_values_are_a_minimum():
    """A cheap form of `make calibrate`: no unknown can be moved alone to make the sum smaller."""
    chosen = [one for one in targets() if one.key in SHARED.targets]
    priors = [prior(key) for key in SHARED.unknowns]
    best = np.array([one.coordinate(parameters()[one.key].value) for one in priors])

    def cost(x):
        own = [(at - one.centre) / one.width for at, one in zip(x, priors, strict=True)]
        return float(
            np.sum(residuals(calibration.moved(priors, x), chosen) ** 2) + np.dot(own, own)
        )

    least = cost(best)
    about = {row["parameter"]: float(row["standard error"])
             for row in data_rows("calibration/parameters.csv")}  # fmt: skip
    for number, one in enumerate(priors):
        for side in (-1, 1):
            moved = best.copy()
            moved[number] = np.clip(best[number] + side * about[one.key], one.low, one.high)
            assert cost(moved) > least - 0.3, one.key


def test_missing_readings_count_as_far_off():
    target = next(one for one in targets() if one.key == "S11 PL share left")
    blocked = {"PVK.valence_edge": 9.0, "PVK.hole_mobility": 1e-15}
    assert residuals(blocked, [target])[0] == calibration.WORST


def test_left_out_rows_cover_table_1():
    rows = data_rows("calibration/left_out.csv")
    assert len({row["target"] for row in rows}) == 26
    zinc = next(row for row in rows if row["target"] == "L110 peak EQE")
    assert zinc["refitted"] == "True"


def test_posterior_samples_stay_in_their_ranges():
    rows = data_rows("calibration/samples.csv")
    assert len(rows) >= 40
    assert set(rows[0]) == set(SHARED.unknowns)
    for key in rows[0]:
        one = prior(key)
        values = np.array([float(row[key]) for row in rows])
        assert (values >= one.low - 1e-3).all()
        assert (values <= one.high + 1e-3).all()
        assert values.std() > 0


def test_bands_are_ordered_and_hold_the_calibrated_curve():
    rows = [row for row in data_rows("calibration/bands.csv") if row["quantity"] == "PL"]
    assert rows
    assert all(float(row["low"]) <= float(row["high"]) + 1e-9 for row in rows)
    run = Laboratory().sweep(Sample())
    own = [row for row in rows if (row["structure"], row["ligand"]) == ("CdSe/CdS", "Cd(RCOO)2")]
    volts, low, high = np.array(
        [[float(row[key]) for key in ("bias [V]", "low", "high")] for row in own]
    ).T
    light = 100 * np.interp(volts, run.voltage, run.relative_photoluminescence)
    assert np.mean((light >= low - 1) & (light <= high + 1)) > 0.8


def test_bands_are_drawn_of_every_sample_of_table_1():
    priors = tuple(prior(key) for key in SHARED.unknowns)
    best = [one.coordinate(parameters()[one.key].value) for one in priors]
    found = bands(priors, [best])
    stated = {(one.sample.structure, one.sample.ligand) for one in stated_in_table_1()}
    assert set(zip(found["structure"], found["ligand"], strict=True)) == stated
    assert (found["low"].dropna() == found["high"].dropna()).all()  # of one draw
