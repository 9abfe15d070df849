"""The example files: what they say they are, and still what the model makes."""

from dataclasses import replace

import numpy as np
import pytest

from qdlib.data import data_file
from qdlib.owndata.columns import measure, recognised, recognised_hold, time_trace
from qdlib.owndata.fitting import device, unknown
from qdlib.owndata.measurement import NOISE
from qdlib.owndata.reading import read_file
from qdlib.owndata.synthetic import NOTE, SLOW, TRUTHS, file_text, synthetic


def kept(name):
    return read_file(data_file(f"examples/{name}"))


@pytest.mark.parametrize("name", TRUTHS)
def test_a_file_says_first_that_it_is_synthetic_and_what_is_true(name):
    table, truth = kept(name), TRUTHS[name]
    assert name.startswith("synthetic")
    assert table.content.decode().startswith(f"# {NOTE}\n")
    remarks = "\n".join(row.text for row in table.remarks)
    for key, value in truth.values.items():
        assert f"{key} = {value:g}" in remarks
        assert unknown(key, truth.sample, value)


@pytest.mark.parametrize("name", TRUTHS)
def test_a_file_is_what_the_tool_writes(name):
    """Numbers, as their last digits are a processor's own."""
    table, now = kept(name), file_text(TRUTHS[name]).splitlines()
    assert [row.text for row in table.remarks] == now[:3]
    hold = recognised_hold(table, recognised(table))
    own = time_trace(table, hold) if hold else measure(table, area=4.0)
    made = synthetic(TRUTHS[name])
    assert own.x == pytest.approx(made.x)
    for key in made.quantities:
        scale = NOISE[key].of(made.values(key))
        assert np.abs(own.values(key) - made.values(key)).max() < 0.02 * scale.max(), key
        assert np.abs((own.values(key) - made.values(key)) / scale).max() < 0.02, key


def test_noise_has_the_stated_size_and_is_that_of_its_seed():
    truth = replace(TRUTHS["synthetic_washed.csv"], points=401)
    own = synthetic(truth, seed=5)
    run = own.performed(device(truth.sample, truth.values), SLOW)
    for key in truth.quantities:
        left = own.residuals(run, key, NOISE[key])
        assert np.std(left) == pytest.approx(1, abs=0.12), key  # three errors of 401 points
        assert abs(np.mean(left)) < 0.2, key
    again, other = synthetic(truth, seed=5), synthetic(truth, seed=6)
    assert (again.luminance == own.luminance).all()
    assert (other.luminance != own.luminance).any()
