"""Readings against runs that were made by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from qdlib.data import data_rows
from qdlib.paper.protocols import Laboratory, Sample
from qdlib.paper.published import published_values
from qdlib.paper.readings import PL_FALL, READINGS

VOLTS = np.arange(0, 5.01, 0.05)


class ByHand:
    """A laboratory whose sweep has a straight fall of photoluminescence from 1 V on."""

    def sweep(self, sample):
        light = 1 - 0.1 * np.maximum(VOLTS - 1, 0)
        return SimpleNamespace(
            voltage=VOLTS, relative_photoluminescence=light, luminance=1000 * VOLTS,
            current_density=100 * VOLTS,
        )  # fmt: skip


def read(quantity, lab=None, device="QLED"):
    return READINGS[quantity](lab or ByHand(), Sample(), device)


def test_an_onset_is_where_the_share_is_lost():
    assert read("onset of PL drop") == pytest.approx(1 + PL_FALL / 0.1, abs=1e-9)


def test_light_is_read_at_a_bias():
    assert read("PL at 1.2 V") == pytest.approx(0.98)
    assert read("PL at 4 V") == pytest.approx(0.70)
    assert read("lowest PL to 2 V") == pytest.approx(0.90)


def test_the_current_for_a_luminance():
    assert read("current density") == pytest.approx(14.5)  # [mA/cm2], at 1.45 V


def test_at_rest_nothing_is_gained_and_under_stress_much_is_lost():
    lab = Laboratory()
    assert read("PL gained at rest", lab) <= 0
    assert read("PL after the stress", lab) < read("PL at 2 V", lab)


def test_every_reading_is_of_a_row():
    stated = {name for row in published_values() for name in row.quantity.split(";")}
    asked = {row["reading"] for row in data_rows("statements.csv")}
    assert set(READINGS) <= stated | asked
