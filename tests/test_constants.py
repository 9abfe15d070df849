"""Constants against scipy's, and parameters that are the paper's against its ledger."""

import re

import pytest
from scipy import constants as codata

from qdlib import constants, parameters
from qdlib.paper.published import published_value

UNITS = {"nm": 1e-9, "h": 3600.0, "mA/cm2": 10.0, "ns": 1e-9, "V": 1.0, "Hz": 1.0, "1": 1.0,
         "": 1.0, "%": 0.01, "K": 1.0, "eV": 1.0, "V vs NHE": 1.0}  # fmt: skip
STATED = {key: row for key, row in parameters().items()
          if row.origin == "paper" and re.fullmatch(r"L\d{3}", row.source)}  # fmt: skip


@pytest.mark.parametrize(("own", "theirs"), [
    ("BOLTZMANN", codata.k), ("CHARGE", codata.e), ("PLANCK", codata.h),
    ("LIGHT_SPEED", codata.c), ("HOUR", codata.hour), ("MILLIAMP_PER_CM2", 1e-3 / codata.centi**2),
])  # fmt: skip
def test_constants_are_codata_s(own, theirs):
    assert getattr(constants, own) / theirs == pytest.approx(1, rel=1e-12)


def test_the_vacuum_s_permittivity_is_codata_s():
    """Measured, so that it differs from one edition to the next by 1e-9."""
    assert constants.VACUUM_PERMITTIVITY / codata.epsilon_0 == pytest.approx(1, rel=1e-8)


def test_there_are_such_parameters():
    assert {"dots.thickness", "wear.acceleration", "wear.acceleration_blue"} <= STATED.keys()


@pytest.mark.parametrize("key", STATED)
def test_a_parameter_that_is_the_paper_s_has_its_number(key):
    row, stated = STATED[key], published_value(STATED[key].source)
    own = {stated.value * factor for unit, factor in UNITS.items() if unit == stated.unit}
    assert any(row.value / value == pytest.approx(1) for value in own), (row, stated)
