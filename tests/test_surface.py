"""Line shapes against their definitions, a calibration against its own noise, counted atoms."""

import numpy as np
import pytest

from qdlib.data import data_rows
from qdlib.errors import InputError
from qdlib.paper.published import published_value
from qdlib.paper.surface import (
    acid_absorbance,
    auger,
    cation_anion_ratio,
    fit_line,
    infrared,
    surface_weight,
)
from qdlib.parameters import parameters

PER_CM = 100.0
BANDS = data_rows("infrared_bands.csv")
VALUE = {key: row.value for key, row in parameters().items()}
ENERGY = np.linspace(340, 420, 8001)
CONCENTRATION = np.linspace(0, 20, 9)


@pytest.mark.parametrize("row", BANDS, ids=[row["band"] for row in BANDS])
def test_band_has_its_position_height_and_width(row):
    centre, width = (float(row[f"{name} [1/cm]"]) for name in ("wavenumber", "width"))
    assert float(row["low [1/cm]"]) <= centre <= float(row["high [1/cm]"])
    assert row["source"]
    for count in ("carboxylate", "amine", "acid"):
        at = np.array([centre, centre - width / 2, centre + width / 2, centre + 1e5]) * PER_CM
        band = infrared(at, **{count: 2.0})[row["band"]]
        height = 2 * float(row[count])
        np.testing.assert_allclose(band, [height, height / 2, height / 2, 0], atol=1e-6)


def test_carboxylate_goes_and_amine_comes():
    """Fig. 3a: the COO- bands of the dots as synthesised, the N-H stretch of the amine dots."""
    at = np.array([1415, 1545, 1710, 3315]) * PER_CM
    before, after = infrared(at, carboxylate=1), infrared(at, amine=1)
    assert before["COO- asymmetric stretch"][1] == 1
    assert after["COO- asymmetric stretch"][1] == after["COO- symmetric stretch"][0] == 0
    assert after["N-H stretch"][3] > 0 == before["N-H stretch"][3]
    assert before["C=O stretch"][2] == after["C=O stretch"][2] == 0
    assert infrared(at, acid=1)["C=O stretch"][2] > 0


def test_absorbance_is_linear_in_the_counts():
    at = np.linspace(1000, 3600, 50) * PER_CM
    mixed = infrared(at, 0.3, 0.7)["total"]
    parts = 0.3 * infrared(at, 1)["total"] + 0.7 * infrared(at, 0, 1)["total"]
    np.testing.assert_allclose(mixed, parts, rtol=1e-12)
    bands = list(infrared(at, 0.3, 0.7).values())
    np.testing.assert_allclose(mixed, sum(bands[:-1]), rtol=1e-12)


def test_acid_absorbs_as_beer_and_lambert_say():
    """60 m2/mol is 600 L/(mol cm): 0.02 mol/L in 0.5 mm has 0.6."""
    absorbance, error = acid_absorbance([0.0, 20.0])
    np.testing.assert_allclose(absorbance, [0, 600 * 0.02 * 0.05])
    np.testing.assert_allclose(error, [0.003, np.hypot(0.003, 0.006)])


def test_same_seed_same_noise():
    np.testing.assert_array_equal(acid_absorbance([1, 2], 3)[0], acid_absorbance([1, 2], 3)[0])
    assert (acid_absorbance([1, 2], 3)[0] != acid_absorbance([1, 2], 4)[0]).all()


def test_line_is_the_weighted_least_squares_solution():
    """Normal equations: (X^T W X) b = X^T W y, covariance (X^T W X)^-1, W = 1/error^2."""
    absorbance, error = acid_absorbance(CONCENTRATION, 5)
    design = np.column_stack((CONCENTRATION, np.ones(CONCENTRATION.size))) / error[:, None]
    covariance = np.linalg.inv(design.T @ design)
    slope, intercept = covariance @ design.T @ (absorbance / error)
    line = fit_line(CONCENTRATION, absorbance, error)
    assert (line.slope, line.intercept) == pytest.approx((slope, intercept), rel=1e-6)
    errors = line.slope_error, line.intercept_error
    assert errors == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-4)


@pytest.mark.proof
def test_stated_error_is_the_scatter_of_many_calibrations():
    lines = [fit_line(CONCENTRATION, *acid_absorbance(CONCENTRATION, seed)) for seed in range(200)]
    slopes = np.array([line.slope for line in lines])
    true = VALUE["infrared.extinction"] * VALUE["infrared.path_length"]
    assert slopes.mean() == pytest.approx(true, abs=4 * lines[0].slope_error / np.sqrt(200))
    assert slopes.std() == pytest.approx(lines[0].slope_error, rel=0.2)


def test_perfect_line_is_found():
    line = fit_line([0, 1, 3], [2, 5, 11], [0.1, 0.2, 0.3])
    assert (line.slope, line.intercept) == pytest.approx((3, 2))


def test_surface_weight():
    assert surface_weight(0.0, 1e-9) == 0
    assert surface_weight(np.log(2) * 1e-9, 1e-9) == pytest.approx(0.5)
    assert surface_weight(np.inf, 1e-9) == 1
    assert VALUE["auger.attenuation_length"] < published_value("L054").high * 1e-9


@pytest.mark.parametrize(("share", "state", "layer"), [(1, "metal", np.inf), (0, "ion", None)])
def test_controls_are_derivatives_of_two_gaussians(share, state, layer):
    """dN/dE integrates to N: unit area, its maximum at the state's energy, the other below it."""
    spectrum = auger(ENERGY, share, layer)
    step = ENERGY[1] - ENERGY[0]
    area = np.cumsum(spectrum.total) * step
    assert area.sum() * step == pytest.approx(1, rel=1e-3)
    assert abs(area[-1]) < 1e-9
    position, second = VALUE[f"auger.{state}_energy"], VALUE["auger.second_strength"]
    near, sigma = abs(ENERGY - position) < 2, VALUE[f"auger.{state}_width"] / 2.354820
    assert ENERGY[near][area[near].argmax()] == pytest.approx(position, abs=0.02)
    lower = np.interp(position - VALUE["auger.splitting"], ENERGY, area)
    assert lower / area[near].max() == pytest.approx(second, rel=2e-3)
    assert spectrum.total[near].min() == pytest.approx(
        -np.exp(-0.5) / (sigma**2 * np.sqrt(2 * np.pi) * (1 + second)), rel=2e-3
    )
    assert not getattr(spectrum, "ion" if state == "metal" else "metal").any()


def test_reduced_dots_show_the_share_within_the_attenuation_length():
    share, layer, length = 0.6, 0.35e-9, 0.8e-9
    spectrum = auger(ENERGY, share, layer, length)
    seen = share * (1 - np.exp(-layer / length))
    np.testing.assert_allclose(spectrum.metal, seen * auger(ENERGY, 1, np.inf).total, atol=1e-15)
    np.testing.assert_allclose(spectrum.ion, (1 - seen) * auger(ENERGY, 0).total, atol=1e-15)
    np.testing.assert_allclose(spectrum.total, spectrum.metal + spectrum.ion)


def test_oxidised_dots_look_as_before():
    np.testing.assert_array_equal(auger(ENERGY, 0.0).total, auger(ENERGY, 0, np.inf).total)


def test_amine_dots_are_stoichiometric():
    error = VALUE["surface.ratio_error"]
    bare = cation_anion_ratio(10e-9, 600, fraction=0.0)
    assert bare == pytest.approx(published_value("L213").value, abs=error)
    assert cation_anion_ratio(10e-9, 600) > published_value("L214").low + error


def test_excess_cadmium_is_counted():
    """A 10 nm sphere of CdS has 4/(0.582 nm)^3 x 523.6 nm3 = 10624 units; 600/0.85 are in excess.

    CdS weighs 144.5 g/mol and 4.82 g/cm3: from its density, 10520 units.
    """
    units = 4 / 0.582**3 * np.pi / 6 * 1e3
    assert units == pytest.approx(4.82e-21 * np.pi / 6 * 1e3 / 144.5 * 6.022e23, rel=0.02)
    assert cation_anion_ratio(10e-9, 600) - 1 == pytest.approx(600 / 0.85 / units, rel=1e-6)
    none, half = cation_anion_ratio(10e-9, 600, fraction=np.array([0, 0.5])) - 1
    assert none == 0
    assert half == pytest.approx(300 / 0.85 / units, rel=1e-6)


def test_ratio_of_small_cdse_dots_is_near_the_published():
    """1.1 +- 0.06 (Anderson 2013), dots without a shell, taken as 4.5 carboxylates per nm2."""
    size = 5.0
    sites = 4.5 * np.pi * size**2 * 0.85 / 2
    ratio = cation_anion_ratio(size * 1e-9, sites, core_diameter=size * 1e-9)
    units = 4 / 0.605**3 * np.pi / 6 * size**3
    assert ratio - 1 == pytest.approx(sites / 0.85 / units, rel=1e-6)
    assert 1.04 < ratio < 1.2


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("wavenumber", lambda: infrared(-1.0)),
        ("amine", lambda: infrared(1e5, amine=-1)),
        ("concentration", lambda: acid_absorbance([-1.0])),
        ("error", lambda: fit_line([0, 1, 2], [0, 1, 2], [0, 1, 1])),
        ("x", lambda: fit_line([1, 1], [0, 1], [1, 1])),
        ("layer", lambda: surface_weight(-1, 1e-9)),
        ("attenuation_length", lambda: surface_weight(1e-9, 0)),
        ("kinetic_energy", lambda: auger([np.nan], 0)),
        ("reduced_share", lambda: auger(ENERGY, 1.1)),
        ("diameter", lambda: cation_anion_ratio(10, 600)),
        ("core_diameter", lambda: cation_anion_ratio(5e-9, 600, core_diameter=6e-9)),
        ("sites_per_dot", lambda: cation_anion_ratio(5e-9, -1)),
        ("fraction", lambda: cation_anion_ratio(5e-9, 600, 2)),
    ],
)
def test_bad_inputs_are_named(name, call):
    with pytest.raises(InputError, match=f"^{name} "):
        call()
