"""The page on the dots in the flask, without a browser."""

import numpy as np
import pytest

from qdlib import published_value
from qdlib.notebook.live import defaults
from qdlib.pages import flask

DEFAULTS = defaults(flask.CONTROLS)


def view(**values):
    return flask.view(**DEFAULTS | values)


def test_every_trace_has_its_points():
    named = {f"{panel.key}/{trace.name}" for panel in flask.panels() for trace in panel.traces}
    assert set(flask.series(view())) == named


def test_the_default_core_is_the_papers():
    drawn = flask.series(view())
    wavelength, absorbance = drawn["red/core"]
    near = np.abs(wavelength - published_value("L007").value) < 30
    peak = wavelength[near][absorbance[near].argmax()]
    assert peak == pytest.approx(550, abs=4)
    (x,), (y,) = drawn["red/published"]
    assert y == pytest.approx(np.interp(x, wavelength, absorbance), rel=0.02)


def test_a_bigger_core_absorbs_and_emits_to_the_red():
    small, big = (view(core=core).absorber.emission_peak for core in (2.6, 3.6))
    assert big > small + 20e-9


def test_the_fit_recovers_the_lifetime():
    """tau eta for a yield below one; more photons, less error."""
    fit = view(quantum_yield=0.5, photons=1e6).decay.fit
    found, error = fit.lifetimes[0], fit.errors[0]
    assert found == pytest.approx(0.5 * DEFAULTS["lifetime"] * 1e-9, abs=4 * error)
    assert error < 0.2 * view(quantum_yield=0.5, photons=1e4).decay.fit.errors[0]


def test_residuals_are_of_unit_size():
    _, residual = flask.series(view(photons=1e6))["residual/residual"]
    assert np.std(residual) == pytest.approx(1.0, abs=0.15)


def test_the_papers_dots_do_not_blink():
    assert "on in 100.0 %" in flask.summary(view())
    assert "on in 100.0 %" not in flask.summary(view(blinking="slow"))
