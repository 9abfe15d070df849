"""Transport against analytic limits and converged curves."""

from dataclasses import replace

import numpy as np
import pytest
from reference import reference_curve, reference_stack

from qdlib import Contact, InputError, Layer, Stack
from qdlib.constants import CHARGE, VACUUM_PERMITTIVITY
from qdlib.physics import transport

FINE = 1e-10  # tolerance where a test asks for many digits


def slab(**changes):
    """One layer between flat-band contacts, to be changed."""
    values = {
        "name": "slab",
        "thickness": 2e-7,
        "permittivity": 3.0,
        "conduction_edge": 3.0,
        "valence_edge": 6.0,
        "electron_mobility": 1e-7,
        "hole_mobility": 1e-20,
        "conduction_states": 1e26,
        "valence_states": 1e26,
    }
    return Layer(**values | changes)


def between(anode, layers, cathode, **changes):
    return Stack(
        "test", Contact("anode", anode), tuple(layers), Contact("cathode", cathode), **changes
    )


@pytest.fixture(scope="module")
def qled():
    return reference_stack("qled")


def test_equilibrium(qled):
    solution = transport.solve(qled, [0.0, 3.0], tolerance=FINE)
    current = solution.current_density()
    assert abs(current[0]) < 1e-12 * current[1]
    vt = solution.mesh.thermal_voltage
    assert np.ptp(solution.quasi_fermi_electron[0]) < 1e-12
    assert np.ptp(solution.quasi_fermi_hole[0]) < 1e-12
    for layer in qled.layers:
        n, p = solution.densities(solution.mesh.nodes_of(layer.name), layer.name)
        gap = layer.valence_edge - layer.conduction_edge
        ni2 = layer.conduction_states * layer.valence_states * np.exp(-gap / vt)
        np.testing.assert_allclose(n[0] * p[0], ni2, rtol=1e-10)


def test_current_is_the_same_everywhere(qled):
    solution = transport.solve(qled, np.arange(0, 3.51, 0.05), tolerance=FINE)
    electrons, holes = solution.edge_currents()
    conducting = solution.voltage >= 1.0
    total = (electrons + holes)[conducting]
    mean = solution.current_density()[conducting, None]
    assert np.abs(total / mean - 1).max() < 1e-8


def test_current_is_the_sum_of_recombination(qled):
    solution = transport.solve(qled, np.arange(0, 3.01, 0.05), tolerance=FINE)
    radiative, traps = CHARGE * solution.recombination.sum(axis=(2, 3))
    assert not traps.any()
    on = solution.voltage >= 0.5
    np.testing.assert_allclose(radiative[on], solution.current_density()[on], rtol=1e-8)


@pytest.mark.parametrize(("name", "refine"), [("qled", 1), ("mott_gurney", 3)])
def test_converged_curves(name, refine):
    voltage, current, radiative = reference_curve(name)
    solution = transport.solve(reference_stack(name), voltage, refine=refine)
    assert solution.converged.all()
    driven = voltage >= (1.5 if name == "qled" else 0.1)
    error = solution.current_density() / current - 1
    assert np.abs(error[driven]).max() < 0.01
    if name == "qled":
        modelled = CHARGE * solution.recombination[0].sum(axis=(1, 2))
        assert np.abs(modelled / radiative - 1)[driven].max() < 0.01


def test_finer_mesh_comes_closer(qled):
    voltage, current, _ = reference_curve("qled")
    errors = []
    for scale in (1, 2, 4):
        solution = transport.solve(qled, voltage, refine=scale)
        errors.append(np.abs(solution.current_density() / current - 1)[voltage >= 1.5].max())
    assert errors[0] < 0.01
    assert errors[2] < errors[1] < 0.5 * errors[0]


def test_a_mesh_is_judged_by_a_finer_one(qled):
    solution = transport.solve(qled, [0.0, 2.0, 4.0])
    fine = transport.solve(qled, [0.0, 2.0, 4.0], refine=transport.FINER).current_density()
    judged = transport.refined(solution).current_density()
    np.testing.assert_allclose(judged[1:], fine[1:], rtol=1e-6)
    assert (np.abs(solution.current_density() / fine - 1)[1:] > 3e-3).all()  # of the other mesh


def test_mott_gurney_law():
    layer = slab(permittivity=22.0, electron_mobility=1e-7, conduction_states=1e27)
    voltage = np.array([30.0, 60, 100])
    stack = between(3.0, [layer], 3.0)
    current = transport.solve(stack, voltage, refine=8).current_density()
    # Diffusion at the contacts adds a constant to V: the law is the slope of sqrt(J).
    slope = np.diff(np.sqrt(current)) / np.diff(voltage)
    law = np.sqrt(9 / 8 * 22.0 * VACUUM_PERMITTIVITY * 1e-7 / layer.thickness**3)
    np.testing.assert_allclose(slope, law, rtol=0.01)


def test_moving_electrode_law():
    layer = slab(permittivity=22.0, electron_mobility=1e-7, conduction_states=1e27)
    voltage = np.array([1e-3, 5e-3, 0.01])
    stack = between(3.0, [layer], 3.0)
    solution = transport.solve(stack, voltage)
    eps, vt = 22.0 * VACUUM_PERMITTIVITY, solution.mesh.thermal_voltage
    law = 4 * np.pi**2 * vt * eps * 1e-7 * voltage / layer.thickness**3
    np.testing.assert_allclose(solution.current_density(), law, rtol=0.05)


@pytest.mark.parametrize(("changes", "ideality"), [
    ({"radiative_coefficient": 1e-16}, 1.0),
    ({"trap_density": 1e22, "capture_coefficient": 1e-14, "trap_level": 4.5}, 2.0),
])  # fmt: skip
def test_diode_slope(changes, ideality):
    fast = {"electron_mobility": 1e-3, "hole_mobility": 1e-3, "conduction_states": 1e25}
    middle = slab(
        name="i", conduction_edge=3.8, valence_edge=5.2, valence_states=1e25, **fast, **changes
    )
    left = slab(name="p", thickness=2e-8, conduction_edge=2.8, valence_edge=5.2, **fast)
    right = slab(name="n", thickness=2e-8, conduction_edge=3.8, valence_edge=6.2, **fast)
    stack = between(4.9, [left, middle, right], 4.1)
    voltage = np.array([0.2, 0.3, 0.4, 0.5])
    current = transport.solve(stack, voltage).current_density()
    vt = transport.thermal_voltage(295)
    slope = np.diff(np.log(current)) / np.diff(voltage) * vt
    if ideality == 2:  # the recombining width grows as the field falls: Sah, Noyce & Shockley
        middles = 0.5 * (voltage[1:] + voltage[:-1])
        slope -= vt / (0.8 - middles)
    np.testing.assert_allclose(slope, 1 / ideality, rtol=0.02)


def test_mirror_symmetry(qled):
    """Electrons for holes and right for left: the same device."""

    def charge_conjugate(layer):
        return replace(
            layer,
            conduction_edge=10 - layer.valence_edge,
            valence_edge=10 - layer.conduction_edge,
            electron_mobility=layer.hole_mobility,
            hole_mobility=layer.electron_mobility,
            donors=layer.acceptors,
            acceptors=layer.donors,
        )

    doped = tuple(replace(qled.layers[k], donors=d) for k, d in enumerate((0.0, 0.0, 0.0, 1e23)))
    stack = replace(qled, layers=doped)
    mirrored = replace(
        stack,
        anode=Contact("a", 10 - stack.cathode.work_function),
        layers=tuple(charge_conjugate(layer) for layer in reversed(stack.layers)),
        cathode=Contact("c", 10 - stack.anode.work_function),
    )
    voltage = [1.0, 2.0, 3.0]
    one, other = (transport.solve(each, voltage, tolerance=FINE) for each in (stack, mirrored))
    np.testing.assert_allclose(one.current_density(), other.current_density(), rtol=1e-9)
    layer = stack.layers[2].name
    n, _ = one.densities(one.mesh.nodes_of(layer), layer)
    _, p = other.densities(other.mesh.nodes_of(layer), layer)
    np.testing.assert_allclose(n, p[:, ::-1], rtol=1e-6)


def test_ohmic_resistor():
    layer = slab(donors=1e23, conduction_states=1e25)
    vt = transport.thermal_voltage(295)
    flat = 3.0 + vt * np.log(1e25 / 1e23)  # contacts at the Fermi level of the doped slab
    solution = transport.solve(between(flat, [layer], flat), [0.1, -0.1])
    ohm = CHARGE * 1e23 * 1e-7 * 0.1 / layer.thickness
    np.testing.assert_allclose(solution.current_density(), [ohm, -ohm], rtol=1e-3)


def test_big_steps_give_the_same_answer(qled):
    one = transport.solve(qled, [4.0], tolerance=1e-8)
    many = transport.solve(qled, np.arange(0, 4.01, 0.1), tolerance=1e-8)
    np.testing.assert_allclose(one.current_density()[-1], many.current_density()[-1], rtol=1e-6)


def test_a_bias_without_solution_is_marked(qled, monkeypatch):
    monkeypatch.setattr(transport, "MAX_ITERATIONS", 1)
    solution = transport.solve(qled, [0.0, 3.0], tolerance=FINE)
    assert not solution.converged[1]
    assert np.isnan(solution.current_density()[1])


@pytest.mark.parametrize(("change", "message"), [
    ({"thickness": float("nan")}, "thickness"),
    ({"permittivity": 0.5}, "permittivity = 0.5"),
    ({"valence_edge": 2.0}, "deeper than the conduction edge"),
    ({"electron_mobility": -1}, "electron_mobility"),
])  # fmt: skip
def test_bad_layers(change, message):
    with pytest.raises(InputError, match=message):
        slab(**change)


def test_bad_stacks(qled):
    with pytest.raises(InputError, match="temperature = 4"):
        replace(qled, temperature=4)
    with pytest.raises(InputError, match="emitter = 'dots'"):
        replace(qled, emitter="dots")
    with pytest.raises(InputError, match="at least one layer"):
        replace(qled, layers=())
    with pytest.raises(InputError, match="finite"):
        transport.solve(qled, [0.0, np.nan])
    with pytest.raises(InputError, match="bias"):
        transport.solve(qled, [1000.0])
