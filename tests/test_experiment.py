"""Protocols on devices: conservation, consistency, and what the paper says of its own devices."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from qdlib import (
    Hold,
    InputError,
    Pulses,
    Rest,
    Sweep,
    amine,
    blue_qled,
    cadmium_carboxylate,
    electron_only,
    hole_only,
    magnesium_carboxylate,
    perform,
    published,
    red_qled,
    sweep,
    zinc_carboxylate,
)
from qdlib.constants import CHARGE
from qdlib.device import experiment
from qdlib.device.experiment import protocol_of
from qdlib.device.run import first_crossing
from qdlib.physics import (
    march,
    transport,
)
from qdlib.physics.reduction import NO_SITES, mean_reduced, reduce_sites


@pytest.fixture(scope="module")
def cadmium():
    return sweep(red_qled(cadmium_carboxylate()), 0, 4)


@pytest.fixture(scope="module")
def inert():
    return sweep(red_qled(amine()), 0, 4)


def test_current_is_the_sum_of_its_parts(cadmium):
    parts = cadmium.transport_current + cadmium.faradaic_current + cadmium.leakage_current
    np.testing.assert_allclose(cadmium.current_density, parts)


def test_charge_budget(cadmium):
    """What flowed into reduction is two electrons for each metal atom there is now."""
    run = perform(red_qled(), [Sweep(0, 3), Hold(voltage=2, hours=1), Rest(hours=1)])
    sites = run.reduced_sites_per_dot[-1] * run.device.dot.number_density * 40e-9
    assert run.charge.sum() == pytest.approx(2 * CHARGE * sites, rel=1e-9)
    assert run.charge.sum() <= run.charge_per_full_reduction
    column = run.table["charge for reduction [mC/cm2]"]
    assert column.iloc[-1] == pytest.approx(run.charge.sum() / 10)
    flowed = (run.faradaic_current * run.duration).sum()
    assert flowed == pytest.approx(run.charge.sum(), rel=1e-12)


def test_full_reduction_takes_the_published_charge(cadmium):
    row = published("2c", quantity="reduction charge").iloc[0]
    millicoulomb_per_cm2 = cadmium.charge_per_full_reduction / 10
    assert row["low"] <= millicoulomb_per_cm2 <= row["high"]


def test_reduced_share_only_grows_and_stays_below_one(cadmium):
    assert (np.diff(cadmium.exposure, axis=0) >= 0).all()
    assert (np.diff(cadmium.reduced, axis=0) >= -1e-13).all()  # but for rounding
    assert cadmium.reduced.max() <= 1


def test_photons_do_not_outnumber_electrons(inert, cadmium):
    for run in (inert, cadmium):
        assert (CHARGE * run.emission_rate <= run.transport_current * (1 + 1e-9) + 1e-30).all()
        assert run.peak_eqe <= max(run.device.optics.outcoupling_efficiency)


def test_a_device_at_rest_has_no_efficiency(inert, cadmium):
    for run in (inert, cadmium):
        assert run.voltage[0] == 0
        assert 0 <= run.external_quantum_efficiency[0] < 1e-20
        assert 0 <= run.luminance[0] < 1e-20


def test_luminance_follows_from_eqe_and_current(inert):
    k = np.searchsorted(inert.voltage, 2.5)
    spectrum = inert.device.optics.spectrum
    photons = inert.external_quantum_efficiency[k] * inert.current_density[k] / CHARGE
    expected = 683 * spectrum.observed_energy[0] * photons / np.pi
    assert inert.luminance[k] == pytest.approx(expected, rel=1e-6)


def test_dark_rest_changes_nothing_and_a_fresh_device_is_restored_by_none():
    run = perform(red_qled(), [Hold(voltage=2, hours=1), Rest(hours=10)])
    rested, stressed = run.step == 1, run.step == 0
    sites = run.reduced_sites_per_dot
    assert sites[rested][-1] == pytest.approx(sites[stressed][-1], rel=1e-6)


def test_experiments_can_be_continued():
    device = red_qled(zinc_carboxylate())
    whole = perform(device, [Sweep(0, 2.5), Hold(voltage=2.5, hours=0.1)])
    first = sweep(device, 0, 2.5)
    rest = perform(device, [Hold(voltage=2.5, hours=0.1)], since=first.state())
    assert rest.reduced_sites_per_dot[-1] == pytest.approx(
        whole.reduced_sites_per_dot[-1], rel=1e-4
    )
    assert rest.time[-1] == pytest.approx(whole.time[-1])


HOLDS = [
    {"voltage": 1.8, "hours": 5},
    {"voltage": 2.0, "hours": 50},
    {"milliamp_per_cm2": 10, "hours": 100},
    {"milliamp_per_cm2": 100, "hours": 1e5},
]


def off_by_instants(device, drive, count, times):
    """Largest relative difference of a hold from one with more instants, at those they share."""
    few, many = (
        perform(device, [Hold(**drive, instants_count=each)])
        for each in (count, times * (count - 1) + 1)
    )
    np.testing.assert_allclose(few.time, many.time[::times], rtol=1e-12)
    return max(
        np.abs(getattr(few, name) / getattr(many, name)[::times] - 1).max()
        for name in ("luminance", "relative_photoluminescence", "reduced_sites_per_dot")
    )


@pytest.mark.parametrize("drive", HOLDS[:2])
def test_instants_at_a_bias_are_of_second_order(drive):
    """Half as long, a quarter of the error."""
    coarse, fine = (off_by_instants(red_qled(), drive, count, 4) for count in (20, 39))
    assert 3 < coarse / fine < 5


@pytest.mark.proof
@pytest.mark.parametrize("drive", HOLDS)
@pytest.mark.parametrize(
    "ligand", [cadmium_carboxylate(), cadmium_carboxylate(0.4), zinc_carboxylate()]
)
def test_ten_times_the_instants_change_a_hold_by_less_than_half_a_percent(ligand, drive):
    count = Hold(**drive).instants_count
    assert off_by_instants(red_qled(ligand), drive, count, 10) < 0.005


def test_a_row_of_a_sweep_is_consistent(cadmium):
    """Its exposure follows from its electrons, its sites from that, and its centres are these."""
    device, dots = cadmium.device, cadmium.dots
    centres = device.dot.number_density * cadmium.reduced_sites
    np.testing.assert_allclose(cadmium.solution.traps[:, dots], centres, rtol=1e-9)

    emitter = next(layer for layer in device.stack.layers if layer.name == device.stack.emitter)
    states = emitter.conduction_states
    density, _ = cadmium.solution.densities(dots, emitter.name)
    electrons = density / (1 + density / states) / device.dot.number_density
    exposure = np.cumsum(electrons * cadmium.duration[:, None], axis=0)
    np.testing.assert_allclose(cadmium.exposure, exposure, rtol=2e-3)
    reduced = [mean_reduced(reduce_sites(device.class_factors, row)) for row in cadmium.exposure]
    np.testing.assert_allclose(cadmium.reduced, reduced, rtol=1e-6)


def test_rows_that_are_filled_again_keep_nothing_of_the_last_run():
    """As those of the static site are: of a device with the same exposure or with another."""
    mesh, protocol = transport.discretise(red_qled(amine()).wired_stack), protocol_of([Sweep(0, 1)])
    work = march.work(0.0, transport.equilibrium(mesh), np.zeros(3))
    rows = march.rows(len(protocol.duration), len(mesh.x), 3)
    rows.exposure[0] = rows.reduced[:] = 0.5
    limits = transport.limits_of(mesh.thermal_voltage)
    march.march(transport.grid_of(mesh), NO_SITES, protocol, limits, work, rows)
    assert not rows.exposure.any() and not rows.reduced.any()


def test_the_tolerance_leaves_a_ten_thousandth(monkeypatch, solved_anew, cadmium):
    """Against a sweep solved to the last digit, whose current is the same everywhere."""
    exact = partial(transport.carry_out, tolerance=1e-9)
    monkeypatch.setattr(transport, "carry_out", exact)
    exact = sweep(red_qled(cadmium_carboxylate()), 0, 4)
    driven = exact.voltage > 1.2
    electrons, holes = exact.solution.edge_currents()
    mean = exact.transport_current[driven, None]
    np.testing.assert_allclose((electrons + holes)[driven] / mean, 1, atol=1e-6)
    for name in ("current_density", "external_quantum_efficiency", "reduced_sites_per_dot"):
        there = (getattr(run, name)[driven] for run in (cadmium, exact))
        np.testing.assert_allclose(*there, rtol=1e-4)


@pytest.mark.parametrize("current", [1e-3, 0.1, 10, 100])  # found at once, or after a search
@pytest.mark.parametrize("device", [red_qled(amine()), electron_only(), red_qled(), blue_qled()])
def test_constant_current_is_constant(device, current):
    hold = Hold(milliamp_per_cm2=current, hours=0.1, instants_count=12)
    run = perform(device, [Sweep(0, 1), hold, Rest(0.01), hold])
    assert run.converged.all()
    held = run.current_density[(run.step == 1) | (run.step == 3)]
    np.testing.assert_allclose(held, 10 * current, rtol=1e-4)


def test_electrons_and_not_holes_do_the_harm():
    """Fig. 2c: the photoluminescence falls in the electron-only device with Cd(RCOO)2 alone."""
    left = {}
    for make, current in ((electron_only, 10), (hole_only, 30)):
        for ligand in (cadmium_carboxylate(), amine()):
            run = perform(make(ligand), [Hold(milliamp_per_cm2=current, hours=1)])
            light = run.relative_photoluminescence
            left[make.__name__, ligand.name] = light[-1] / light[0]
    assert left.pop(("electron_only", "Cd(RCOO)2")) < 0.3
    assert all(0.99 < value < 1.01 for value in left.values())


def test_fifty_hours_at_two_volts_darken_for_good():
    """Fig. 2b."""
    run = perform(red_qled(), [Hold(voltage=2, hours=50), Rest(hours=10)])
    light = run.relative_photoluminescence
    assert light[run.step == 0][-1] < 0.2
    assert light[run.step == 1][-1] == pytest.approx(light[run.step == 0][-1], abs=0.02)


def test_table_1_from_one_set_of_parameters(inert, cadmium):
    """What the default calibration was fitted to, within two stated errors or the range.

    Not within one: with dark dots for all of the loss, the amine's film of 76 % leaves 17.9 %.
    """
    zinc = sweep(red_qled(zinc_carboxylate()), 0, 4)
    for run, ligand in ((inert, "RNH2"), (cadmium, "Cd(RCOO)2"), (zinc, "Zn(RCOO)2")):
        rows = published("Table 1", quantity="peak EQE", sample="CdSe/CdS", ligand=ligand)
        row = rows.iloc[-1]
        spare = 0 if np.isnan(row["value"]) else (row["high"] - row["low"]) / 2
        assert row["low"] - spare <= 100 * run.peak_eqe <= row["high"] + spare


def test_magnesium_is_not_reduced():
    run = sweep(red_qled(magnesium_carboxylate()), 0, 4)
    assert run.reduced_sites_per_dot[-1] < 1e-6
    assert run.relative_photoluminescence[-1] > 0.95


def test_thresholds_of_cadmium(cadmium):
    """Fig. 1e: current from 1.2 V, light from 2.0 V."""
    assert cadmium.current_threshold == pytest.approx(1.2, abs=0.05)
    assert cadmium.turn_on_voltage == pytest.approx(2.0, abs=0.05)


def test_a_slower_sweep_reduces_more_and_starts_earlier():
    runs = [sweep(red_qled(), 0, 2, dwell=dwell) for dwell in (0.1, 1.0, 10.0)]
    reduced = [run.reduced_sites_per_dot[-1] for run in runs]
    assert reduced == sorted(reduced)


@pytest.fixture
def solved_anew():
    """Runs that are kept from another test do not count, nor do those of this one later."""
    kept = experiment._kept, experiment._transported
    for one in kept:
        one.cache_clear()
    yield
    for one in kept:
        one.cache_clear()


@pytest.fixture
def solved(monkeypatch, solved_anew):
    """A list that grows by one whenever a device is solved."""
    times = []
    carry_out = transport.carry_out

    def counted(*arguments):
        times.append(arguments)
        return carry_out(*arguments)

    monkeypatch.setattr(transport, "carry_out", counted)
    return times


def test_what_cannot_be_reduced_is_solved_once_for_all_durations(solved):
    inert = red_qled(amine())
    quick, slow = sweep(inert, 0, 2, dwell=0.1), sweep(inert, 0, 2, dwell=100)
    assert len(solved) == 1
    np.testing.assert_array_equal(quick.current_density, slow.current_density)
    assert slow.time == pytest.approx(1000 * quick.time)
    leaking = sweep(replace(inert, leakage=2 * inert.leakage), 0, 2)
    upwards = sweep(inert, 0.05, 2)
    assert len(solved) == 3
    assert leaking.current_density[10] > quick.current_density[10]
    assert upwards.current_density[-1] == pytest.approx(quick.current_density[-1], rel=1e-6)
    sweep(red_qled(), 0, 2, dwell=0.1), sweep(red_qled(), 0, 2, dwell=100)
    assert len(solved) == 5


def test_a_couple_without_sites_is_not_solved_again_elsewhere(solved):
    left = cadmium_carboxylate(0.15)
    here, there = (sweep(red_qled(left.at(potential)), 0, 2) for potential in (-0.4, -0.8))
    assert len(solved) == 1
    np.testing.assert_array_equal(here.luminance, there.luminance)
    levels = [run.band_diagram(-1).couple for run in (here, there)]
    assert np.nanmax(levels[1] - levels[0]) == pytest.approx(0.4)
    stack = red_qled(left).stack
    own = tuple(
        replace(layer, trap_density=1e22) if layer.name == "dots" else layer
        for layer in stack.layers
    )
    trapped = replace(red_qled(left), stack=replace(stack, layers=own))
    assert sweep(trapped, 0, 2).luminance[-1] < here.luminance[-1]
    sweep(replace(trapped, ligand=trapped.ligand.at(-0.8)), 0, 2)
    assert len(solved) == 3


def test_mesh_convergence_of_a_device(monkeypatch, solved_anew):
    coarse = sweep(red_qled(), 0, 3)
    fine_mesh = transport.discretise(red_qled().wired_stack, refine=2)
    experiment._kept.cache_clear()
    monkeypatch.setattr(transport, "discretise", lambda stack: fine_mesh)
    fine = sweep(red_qled(), 0, 3)
    assert len(fine.solution.mesh.x) > 1.8 * len(coarse.solution.mesh.x)
    on = coarse.voltage > 1.0
    np.testing.assert_allclose(coarse.current_density[on], fine.current_density[on], rtol=0.01)
    assert coarse.peak_eqe == pytest.approx(fine.peak_eqe, rel=0.01)


def test_band_diagram_meets_the_contacts(inert):
    bands = inert.band_diagram(-1)
    assert bands.quasi_fermi_electron[-1] == pytest.approx(0.0, abs=1e-12)
    assert bands.quasi_fermi_hole[0] == pytest.approx(-inert.voltage[-1])
    assert (bands.conduction > bands.valence).all()


def test_an_unsolved_bias_is_marked_and_not_drawn(monkeypatch, solved_anew):
    monkeypatch.setattr(transport, "MAX_ITERATIONS", 1)
    monkeypatch.setattr(transport, "SMALLEST_STEP", 0.1)
    run = sweep(red_qled(), 0, 1, step=0.5)
    assert not run.converged[-1]
    assert np.isnan(run.table["current density [mA/cm2]"].iloc[-1])


def test_table_has_units(cadmium):
    assert "current density [mA/cm2]" in cadmium.table
    assert len(cadmium.table) == len(cadmium.time) == 81
    assert cadmium.table["time [h]"].iloc[-1] == pytest.approx(81 / 3600)


def test_first_crossing():
    x = np.array([0.0, 1.0, 2.0])
    assert first_crossing(x, np.array([1.0, 10.0, 1000.0]), 100.0) == pytest.approx(1.5)
    assert np.isnan(first_crossing(x, np.array([1.0, 2.0, 3.0]), 100.0))


@pytest.mark.parametrize(("make", "message"), [
    (lambda: Hold(hours=1), "a voltage or a current density"),
    (lambda: Hold(voltage=1, milliamp_per_cm2=1, hours=1), "a voltage or a current density"),
    (lambda: Hold(voltage=float("nan"), hours=1), "voltage = nan"),
    (lambda: Sweep(0, 4, step=0), "step = 0"),
    (lambda: Sweep(0, 4, dwell=-1), "dwell = -1"),
    (lambda: perform(red_qled(), []), "at least one"),
    (lambda: replace(red_qled(), leakage=-1), "leakage = -1"),
    (
        lambda: perform(
            electron_only(changes={"TPBi.conduction_edge": 2.7}),
            [Hold(milliamp_per_cm2=100, hours=1)],
        ),
        "carries below 100 V",
    ),
    (lambda: red_qled(changes={"redox.rate": 1}), "changes = 'redox.rate'"),
    (lambda: red_qled(structure="CdTe"), "structure = 'CdTe'"),
])  # fmt: skip
def test_bad_input_is_named(make, message):
    with pytest.raises(InputError, match=message):
        make()


def test_pulses_do_what_a_hold_of_their_time_under_bias_does():
    """Where nothing comes back in the pauses: to the second order in a pulse's parts."""
    device = red_qled(zinc_carboxylate())
    train = perform(device, [Pulses(voltage=2, on=10, off=3, count=50)])
    assert train.time[-1] == pytest.approx(50 * 13)
    assert train.duration[train.voltage > 0].sum() == pytest.approx(500)
    steady = perform(device, [Hold(voltage=2, hours=500 / 3600, instants_count=200)])
    reduced = train.reduced_sites_per_dot[-1]
    assert reduced == pytest.approx(steady.reduced_sites_per_dot[-1], rel=1e-4)
    assert reduced > 10


@pytest.mark.parametrize("field", ["on", "off", "count"])
def test_pulses_without_a_length_or_a_number_are_refused(field):
    with pytest.raises(InputError, match=f"{field} = 0"):
        Pulses(**{field: 0})


def test_only_an_instant_of_the_same_demand_goes_on():
    parts = [Sweep(0, 0.1, 0.05), Hold(voltage=2, instants_count=3), Pulses(count=2)]
    told = [[goes_on for _, goes_on in experiment._going_on(part)] for part in parts]
    pulse = [False, *[True] * (experiment.PER_PULSE - 1), False]
    assert told == [[False] * 3, [False, True, True], 2 * pulse]


def test_a_current_that_is_not_to_be_trusted_is_told():
    """Where a layer's band lies below the cathode's level, charge sits in less than a cell."""
    device = red_qled()
    *others, oxide = device.stack.layers
    deep = replace(device.stack, layers=(*others, replace(oxide, conduction_edge=4.7)))
    assert not sweep(device, 0, 4).doubtful.any()
    assert sweep(replace(device, stack=deep), 0, 4).doubtful.sum() > 10


def test_a_state_of_another_device_is_refused():
    state = sweep(red_qled(), 0, 2).state()
    for other in ({"dots.thickness": 60e-9}, {"ZnMgO.thickness": 30e-9}):
        with pytest.raises(InputError, match="since = 'a State on 257 nodes"):
            perform(red_qled(changes=other), [Hold(voltage=2, hours=0.01)], since=state)
    unsolved = replace(state, potentials=np.full_like(state.potentials, np.nan))
    with pytest.raises(InputError, match="that was solved"):
        perform(red_qled(), [Hold(voltage=2, hours=0.01)], since=unsolved)


def test_nobody_writes_to_what_is_kept():
    run = sweep(red_qled(), 0, 2)
    read = {name: getattr(run, name) for name in dir(run) if not name.startswith("_")}
    arrays = {name for name, value in read.items() if isinstance(value, np.ndarray)}
    assert arrays > {"duration", "step", "voltage", "luminance", "faradaic_current", "doubtful"}
    for name in arrays:  # read-only, or made anew each time
        assert not read[name].flags.writeable or getattr(run, name) is not read[name]
    with pytest.raises(ValueError, match="read-only"):
        run.duration *= 1000
    table = run.table
    table["voltage [V]"] = 1.0
    assert run.table["voltage [V]"].iloc[0] == 0
    assert transport.solve(red_qled().stack, [0.0, 0.5]).voltage.flags.writeable is False


@pytest.mark.parametrize(
    ("of", "biases"),
    [
        ((0, 0.12, 0.05), [0, 0.05, 0.1, 0.12]),
        ((2, 2.02, 0.05), [2, 2.02]),
        ((1, 0, 0.3), [1, 0.7, 0.4, 0.1, 0]),
        ((0, 0.3, 0.1), [0, 0.1, 0.2, 0.3]),
        ((2, 2, 0.05), [2]),
    ],
)
def test_a_sweep_keeps_its_step_and_reaches_its_end(of, biases):
    assert [bias for bias, _, _ in Sweep(*of).instants()] == pytest.approx(biases)


def test_a_diode_turned_round_is_itself_in_reverse():
    device = red_qled(cadmium_carboxylate(0.4))
    stack = device.stack
    turned = replace(stack, layers=stack.layers[::-1], anode=stack.cathode, cathode=stack.anode)
    own = device.optics
    optics = replace(
        own,
        outcoupling_efficiency=own.outcoupling_efficiency[::-1],
        purcell_factor=own.purcell_factor[::-1],
    )
    there = sweep(device, 0, 4)
    back = sweep(replace(device, stack=turned, optics=optics), 0, -4)
    driven = there.voltage >= 1
    for name in ("current_density", "faradaic_current", "leakage_current", "transport_current"):
        forward, reverse = getattr(there, name)[driven], getattr(back, name)[driven]
        assert -reverse == pytest.approx(forward, rel=1e-2, abs=1e-5)
    for name in ("external_quantum_efficiency", "luminance", "reduced_sites_per_dot"):
        assert getattr(back, name)[driven] == pytest.approx(
            getattr(there, name)[driven], rel=1e-2, abs=1e-6
        )
    assert back.luminance[-1] > 100


def test_a_sweep_down_has_thresholds_too():
    up, down = (sweep(red_qled(amine()), *ends) for ends in ((0, 5), (5, 0)))
    for name in ("turn_on_voltage", "current_threshold", "voltage_gap"):
        assert getattr(down, name) == pytest.approx(getattr(up, name), abs=1e-3)


def test_what_is_long_is_not_kept(solved_anew):
    for device in (red_qled(), red_qled(amine())):
        perform(device, [Pulses(voltage=1, on=0.01, off=0.01, count=100)])
    assert experiment._kept.cache_info().currsize == 0
    assert experiment._transported.cache_info().currsize == 0
    perform(red_qled(), [Pulses(count=2)])
    assert experiment._kept.cache_info().currsize == 1


def test_one_part_alone_is_a_protocol_and_words_are_none():
    part = Sweep(0, 1)
    assert perform(red_qled(), part) is perform(red_qled(), [part])
    for protocol in ([], ["Sweep"], "Sweep"):
        with pytest.raises(InputError, match="protocol"):
            perform(red_qled(), protocol)


@pytest.mark.parametrize(
    "make", [lambda n: Hold(voltage=1, instants_count=n), lambda n: Pulses(count=n)]
)
@pytest.mark.parametrize("count", [2.5, "3", 0, 10_001])
def test_counts_are_whole_numbers(make, count):
    with pytest.raises(InputError, match=r"count = .* a whole number from"):
        make(count)
