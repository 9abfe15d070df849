"""A measured sweep beside the model's."""

import numpy as np
import pytest

from qdlib import cadmium_carboxylate, red_qled, sweep
from qdlib.errors import InputError
from qdlib.owndata.measurement import FIELDS, NOISE, Measurement, Noise


def made(voltage, **fields):
    return Measurement("some", np.asarray(voltage, float), **fields)


def as_measured(run):
    fields = (FIELDS[key] for key in Measurement.shown)
    return made(run.voltage, **{name: getattr(run, name) for name in fields})


@pytest.fixture(scope="module")
def run():
    return sweep(red_qled(cadmium_carboxylate(0.6)), 0, 3)


def test_scaled_values_have_unit_errors():
    noise, y = Noise(0.05, 1e-3), np.array([-2e-4, 0.0, 1e-3, 0.02, 5.0])
    step = 1e-6
    slope = (noise.scaled(y + step) - noise.scaled(y - step)) / (2 * step)
    assert slope * noise.of(y) == pytest.approx(np.ones(5), rel=1e-6)
    assert noise.unscaled(noise.scaled(y)) == pytest.approx(y)


@pytest.mark.parametrize("values", [(0.0, 1.0), (2.0, 1.0), (0.1, 0.0)])
def test_errors_that_cannot_be_are_refused(values):
    with pytest.raises(InputError):
        Noise(*values)


def test_up_and_down_sweeps_are_told_apart_in_spite_of_scatter():
    up = np.linspace(0, 4, 401)
    voltage = np.concatenate([up, up[-2::-1], up[1:]])
    scattered = voltage + 0.02 * np.sin(17 * np.arange(len(voltage)))
    assert [(one.start, one.stop) for one in made(voltage).branches] == [
        (0, 400),
        (400, 800),
        (800, 1201),
    ]
    starts = [one.start for one in made(scattered).branches]
    assert len(starts) == 3 and np.abs(np.array(starts) - [0, 400, 800]).max() <= 5


def test_pulses_are_no_sweep():
    with pytest.raises(InputError, match="pulses"):
        _ = made(np.tile([0.0, 3.0], 20)).branches


@pytest.mark.parametrize(
    ("voltage", "expected"),
    [
        (np.linspace(0, 3, 31), [(0, 3)]),
        (np.linspace(-1, 3.004, 31), [(0, 3)]),
        (np.linspace(0.5, 2.93, 31), [(0.5, 2.95)]),
        (np.r_[np.linspace(0, 2, 21), np.linspace(1.9, -1, 30)], [(0, 2), (2, 0)]),
    ],
)
def test_the_model_sweeps_over_what_was_measured(voltage, expected):
    protocol = made(voltage).protocol(20.0)
    found = np.array([(one.start, one.stop) for one in protocol])
    assert found == pytest.approx(np.array(expected, float))
    assert all(one.dwell == pytest.approx(1.0) for one in protocol)


def test_the_models_own_sweep_leaves_nothing(run):
    own = as_measured(run)
    for key in Measurement.shown:
        left = own.residuals(own.performed(run.device, 20.0), key, NOISE[key])
        assert np.abs(left).max() < 1e-9, key


def test_a_turned_sweep_remembers_what_was_reduced(run):
    voltage = np.concatenate([run.voltage, run.voltage[-2::-1]])
    there = made(voltage, relative_photoluminescence=np.ones(len(voltage)))
    turned = there.performed(run.device, 20.0)
    left = there.residuals(turned, "PL", NOISE["PL"])
    assert abs(left[0]) < 1 and left[-1] < -50  # back at 0 V the dots stay dark


def test_below_zero_nothing_is_compared(run):
    own = made(np.linspace(-1, 3, 41), luminance=np.ones(41))
    left = own.residuals(own.performed(run.device, 20.0), "L", NOISE["L"])
    assert np.isnan(left[:10]).all() and np.isfinite(left[10:]).all()


def test_an_efficiency_is_that_of_current_and_luminance(run):
    own = as_measured(run)
    bare = made(run.voltage, current_density=run.current_density, luminance=run.luminance)
    found = bare.with_efficiency(run.device.optics.spectrum)
    lit = np.isfinite(found.external_quantum_efficiency)
    above = (run.current_density > NOISE["J"].floor) & (run.luminance > NOISE["L"].floor)
    assert (lit == above).all() and lit.sum() > 20
    assert found.external_quantum_efficiency[lit] == pytest.approx(
        run.external_quantum_efficiency[lit], rel=1e-9
    )
    assert own.with_efficiency(run.device.optics.spectrum) is own
    assert "EQE" not in found.fitted and "EQE" in made([0, 1], external_quantum_efficiency=1).fitted


def test_what_was_not_measured_is_named():
    with pytest.raises(InputError, match=r"'L'.*J"):
        made([0.0, 1.0], current_density=np.ones(2)).values("L")
