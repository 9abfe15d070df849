"""The kept draws of the posterior."""

from qdlib.data import data_rows
from qdlib.paper.posterior import draws
from qdlib.parameters import parameters


def test_draws_are_of_parameters_and_in_their_units():
    found = draws()
    assert len(found) == len(data_rows("calibration/samples.csv"))
    for key in ("redox.rate_constant", "redox.reorganisation_energy", "redox.complexation_shift"):
        row = parameters()[key]
        values = [one[key] for one in found]
        assert row.low <= min(values) < max(values) <= row.high
