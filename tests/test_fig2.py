"""Figure 2: what its own functions promise."""

import numpy as np
import pytest

from qdlib.figures import fig2, stress
from qdlib.paper.surface import auger


def test_the_scrubber_repeats_no_run_and_finds_its_instant():
    early, late = (stress.stressed(2.0, 50.0, instant) for instant in (1.0, 1e9))
    assert early.run is late.run
    assert early.run.time[early.instant] == pytest.approx(1.0, rel=0.5)
    assert late.instant == len(late.run.time) - 1
    end = stress.stressed(2.0, 50.0, 50 * 3600.0)
    assert end.instant == end.hold_end
    assert end.run.voltage[end.instant] == 2.0


def test_light_falls_under_stress_and_stays_away_at_rest():
    shown = stress.stressed(2.0, 50.0, 1.0)
    held = shown.light[: shown.hold_end + 1]
    assert (np.diff(held) < 1e-9).all()
    assert shown.light[-1] == pytest.approx(held[-1], abs=0.5)


def test_swatches_are_as_bright_as_the_dots():
    shown = stress.stressed(2.0, 50.0, 1.0)
    drawn = stress.STRESS.series(shown)
    lit = {
        place: float(name.split()[-2])
        for name, (places, _) in drawn.items()
        if "/swatch" in name
        for place in places
    }
    assert lit[stress.SWATCHES["fresh"]] == 100
    assert lit[stress.SWATCHES["now"]] == pytest.approx(shown.light[shown.instant], abs=2.5)
    assert lit[stress.SWATCHES["rested"]] == pytest.approx(shown.light[-1], abs=2.5)


def test_the_couple_moves_its_own_wave_alone():
    control = fig2.COUPLE
    usual, moved = (
        fig2.scanned(20.0, potential, 1e-4, 0.5)
        for potential in (control.default, control.default + 0.05)
    )
    shift = [
        moved[name].cathodic_peak.potential - usual[name].cathodic_peak.potential
        for name in ("cadmium oleate", "RNH2")
    ]
    assert shift == pytest.approx([0.05, 0.0], abs=1e-4)


def test_oxidation_brings_back_what_reduction_took():
    """With all dots alike, fresh light over what is left grows linearly with the sites (Stern)."""
    full, half, none = (fig2.recovery(50.0, share) for share in (1.0, 0.5, 0.0))
    assert full.recovered == 1.0
    assert none.recovered == none.dark < half.recovered < 1
    assert 1 / half.recovered - 1 == pytest.approx((1 / none.dark - 1) / 2, rel=0.02)


def test_cadmium_metal_is_seen_after_stress_only():
    shown = fig2.surfaces(50.0, 1.0, 0.8)
    assert shown.shares["before"] == shown.shares["after O₂"] == 0 < shown.shares["after"] <= 1
    drawn = fig2.EXHIBITS[-1].series(shown)
    assert not np.any(drawn["2f/Cd⁰ before"][1] - fig2.AUGER_HEIGHTS["before"])
    thin, thick = (
        abs(auger(fig2.ENERGY, shown.shares["after"], attenuation_length=length)["metal"]).max()
        for length in (0.4e-9, 1e-9)
    )
    assert thin > thick
