"""Photoluminescence against time: from a file to a fit."""

from dataclasses import replace

import numpy as np
import pytest

from qdlib.device.experiment import Hold, perform
from qdlib.errors import InputError
from qdlib.owndata.columns import recognised, recognised_hold, time_trace
from qdlib.owndata.fitting import FRACTION, device, fit, free_parameters
from qdlib.owndata.measurement import NOISE
from qdlib.owndata.reading import read
from qdlib.owndata.synthetic import HELD, synthetic
from qdlib.owndata.trace import TimeTrace
from qdlib.paper.protocols import Sample

TWO_VOLTS = Hold(voltage=2.0)
NOISE_OF_LIGHT = NOISE["PL kept"]
SEEDS = 21, 22, 23, 24
FADING = [(60 * k, round(100 * 0.8**k, 3)) for k in range(8)]


def table(heading="Time (s),PL (%)", rows=FADING):
    lines = [",".join(map(str, row)) for row in rows]
    return read("some.csv", "\n".join([heading, *lines]).encode())


@pytest.fixture(scope="module")
def run():
    return perform(device(Sample(fraction=0.6)), [Hold(voltage=2.0, hours=0.5)])


def as_measured(run, unit=1.0, arbitrary=False):
    light = unit * run.relative_photoluminescence
    return TimeTrace("some", run.time, light, Hold(voltage=2.0, hours=0.5), arbitrary)


def left(trace, run):
    return trace.residuals(run, "PL kept", NOISE_OF_LIGHT)


def test_the_models_own_trace_leaves_nothing(run):
    own = as_measured(run)
    assert np.abs(left(own, own.performed(run.device))).max() < 1e-9


def test_a_trace_in_counts_is_compared_by_its_shape(run):
    assert np.abs(left(as_measured(run, 7.3, arbitrary=True), run)).max() < 1e-9
    assert np.abs(left(as_measured(run, 1.2), run)).max() > 10
    other = perform(device(Sample(fraction=0.3)), [Hold(voltage=2.0, hours=0.5)])
    assert np.abs(left(as_measured(other, 7.3, arbitrary=True), run)).max() > 10


def test_at_the_moment_of_switching_on_the_first_instant_counts(run):
    own = TimeTrace("some", np.array([0.0]), run.relative_photoluminescence[:1], TWO_VOLTS)
    assert left(own, run) == pytest.approx([0.0])


@pytest.mark.parametrize(("unit", "seconds"), [("s", 1), ("min", 60), ("h", 3600), ("ms", 1e-3)])
def test_a_table_is_held_as_long_as_it_lasts(unit, seconds):
    own = time_trace(table(f"Time ({unit}),PL (%)"), TWO_VOLTS)
    assert own.time[-1] == pytest.approx(420 * seconds)
    assert own.hold.hours * 3600 == pytest.approx(420 * seconds) and own.hold.voltage == 2.0
    assert own.relative_photoluminescence[1] == pytest.approx(0.8) and not own.arbitrary
    assert time_trace(table(f"t/{unit},PL (counts)"), TWO_VOLTS).arbitrary


def test_rows_with_an_empty_cell_are_left_out():
    own = time_trace(table(rows=[("", 3), (0, ""), *FADING]), TWO_VOLTS)
    assert len(own.time) == len(FADING)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (table("Time (s),x"), "relative PL"),
        (table("x,PL (%)"), "time"),
        (table(rows=[*FADING, (30, 5)]), r"line 10, Time \(s\) = '30'.*line 9.*sort the rows"),
        (table(rows=[(-1, 100), *FADING]), r"line 2, Time \(s\) = '-1'.*counted from when"),
        (table(rows=[*FADING, (500, 900)]), r"line 10, PL \(%\) = '900'.*another unit"),
        (table(rows=[*FADING, (500, "dark")]), r"line 10, PL \(%\) = 'dark'.*correct the cell"),
        (table("Time (s),PL (counts)", [(k, -k) for k in range(6)]), "positive, as all others are"),
        (
            table("Time (s),PL (counts)", [(0, 120), *((k, 5000 - k) for k in range(1, 6))]),
            r"line 2, PL \(counts\) = '120'.*at the start.*41.7 times it",
        ),
        (table("Time (s),PL (counts)", [(0, ""), (1, ""), (2, 0), (3, 1)]), "line 4, PL"),
        (table(rows=FADING[:4]), "4 points over 180 s.*at least 5"),
    ],
)
def test_what_is_no_trace_is_refused_with_what_mends_it(made, told):
    with pytest.raises(InputError, match=told):
        time_trace(made, TWO_VOLTS)


def held(heading, *columns):
    made = table(f"Time (s),PL (%),{heading}", [
        (*row, *more) for row, more in zip(FADING, zip(*columns, strict=True), strict=True)
    ])  # fmt: skip
    return recognised_hold(made, recognised(made), area=4.0)


DRIFTING, STILL = np.linspace(2, 2.4, 8).round(3), np.linspace(2.5, 2.501, 8)
SWEPT = np.linspace(0, 5, 8).round(3)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (held("V (V)", STILL), {"voltage": pytest.approx(2.5, abs=1e-3)}),
        (held("I (mA)", np.full(8, 0.4)), {"milliamp_per_cm2": pytest.approx(10.0)}),
        (held("J (A/m2),V (V)", np.full(8, 50.0), DRIFTING), {"milliamp_per_cm2": 5.0}),
        (held("J (A/m2),V (V)", np.full(8, 50.0), 2 * STILL), {"milliamp_per_cm2": 5.0}),
        (held("J (A/m2),V (V)", DRIFTING, STILL), {"voltage": pytest.approx(2.5, abs=1e-3)}),
        (held("J (A/m2)", SWEPT), {"voltage": 2.0}),
    ],
)
def test_what_was_held_is_told_by_the_steadier_column(found, expected):
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_sweep_is_not_held():
    assert held("V (V),J (A/m2)", SWEPT, SWEPT**2) is None
    plain = table("V (V),PL (%)")
    assert recognised_hold(plain, recognised(plain)) is None


def test_without_noise_the_truth_comes_back():
    quiet = dict(NOISE) | {"PL kept": replace(NOISE_OF_LIGHT, relative=1e-4, floor=5e-6)}
    found = fit(synthetic(HELD, noise=quiet), list(HELD.values), HELD.sample, kind=HELD.kind)
    assert found.values == pytest.approx(list(HELD.values.values()), rel=2e-3)


def test_noisy_traces_in_counts_give_the_truth_within_their_errors():
    """Eight pulls of fixed seeds; chi2 of 8 lies between 0.86 and 26 with 99.9 %."""
    found = [fit(synthetic(HELD, seed), list(HELD.values), HELD.sample, kind=HELD.kind)
             for seed in SEEDS]  # fmt: skip
    off = np.concatenate([
        (one.places - [each.place(HELD.values[each.key]) for each in one.unknowns])
        / one.place_errors for one in found
    ])  # fmt: skip
    assert 0.86 < np.sum(off**2) < 26 and np.abs(off).max() < 3.5
    assert all(one.finished and one.warnings == () for one in found)
    assert [one.scatter for one in found] == pytest.approx([1] * len(SEEDS), abs=0.25)


def test_what_was_held_and_on_which_device_decides_what_a_trace_implies():
    trace = synthetic(HELD)
    lower = replace(trace, hold=replace(trace.hold, milliamp_per_cm2=1.0))
    known = {key: value for key, value in HELD.values.items() if key != FRACTION}
    found = [fit(one, [FRACTION], HELD.sample, fixed=known, kind=HELD.kind)
             for one in (trace, lower)]  # fmt: skip
    assert found[0].scatter == pytest.approx(1, abs=0.25)
    implied, other = (one.values[0] for one in found)
    assert abs(other - implied) > 5 * found[0].errors[0]
    dark = fit(trace, [FRACTION], HELD.sample, kind="hole-only")  # where nothing is reduced
    assert dark.scatter > 10 and np.ptp(dark.run.relative_photoluminescence) < 0.01


def test_each_kind_of_device_has_its_own_parameters():
    offered = {kind: set(free_parameters(Sample(), kind)) for kind in ("QLED", "electron-only")}
    assert "TPBi.thickness" not in offered["QLED"]
    assert "TPBi.conduction_edge" in offered["electron-only"] - offered["QLED"]
    assert "PVK.valence_edge" in offered["QLED"] - offered["electron-only"]
    with pytest.raises(InputError, match=r"'bulb'.*hole-only"):
        device(Sample(), kind="bulb")
