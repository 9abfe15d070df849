"""Readings against runs that were made by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from qdlib.data import data_rows
from qdlib.paper.protocols import Laboratory, Sample
from qdlib.paper.published import published_values
from qdlib.paper.readings import PL_FALL, READINGS
from qdlib.parameters import reader

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


def fading(per_second):
    """A run whose light fades exponentially at a rate [1/s]."""
    time = np.geomspace(1e-3, 1e4, 200)
    return SimpleNamespace(time=time, relative_photoluminescence=0.9 * np.exp(-per_second * time))


def test_a_half_time_is_over_that_of_cadmium():
    class Fading:
        def drive(self, sample, device):
            return fading(0.01 if sample.ligand == "Zn(RCOO)2" else 0.1)

    ratio = READINGS["half-time of PL over that of Cd(RCOO)2 on CdSe/CdS"]
    zinc = Sample("CdSe/CdS/ZnS", "Zn(RCOO)2")
    assert ratio(Fading(), zinc, "electron-only") == pytest.approx(10, rel=0.02)


class Bright:
    """A laboratory with the parameters as they are, whose diodes shine."""

    value = staticmethod(reader())

    def lit(self, efficiency, **fields):
        """What a sweep gives whose efficiencies are all the same."""
        return SimpleNamespace(
            luminance=np.array([100.0]),
            internal_quantum_efficiency=np.array([efficiency]),
            external_quantum_efficiency=np.array([efficiency]),
            **fields,
        )


class Washed(Bright):
    """A laboratory whose amine wash changes everything in equal steps, or as `bend` has it."""

    def __init__(self, bend=1.0, back=False):
        self.bend, self.back = bend, back

    def left(self, sample):
        """0 for all the carboxylate, 1 at the plateau."""
        at = ((1 - sample.fraction) / 0.85) ** self.bend
        return 0.5 if self.back and abs(sample.fraction - 0.32) < 1e-9 else at

    def sweep(self, sample):
        at = self.left(sample)
        return self.lit(0.1 + 0.7 * at, voltage_gap=0.8 * (1 - at))

    def lifetime_test(self, sample):
        at = self.left(sample)
        return SimpleNamespace(lifetime_at=lambda luminance: 1000 * 1e5**at)


STEPS = "largest step of IQE", "largest step of log T50", "largest step of the voltage gap"


@pytest.mark.parametrize("name", STEPS)
def test_equal_steps_hold_a_fifth_each_and_a_jump_holds_all(name):
    assert READINGS[name](Washed(), Sample(), "QLED") == pytest.approx(0.2)
    assert READINGS[name](Washed(bend=60), Sample(), "QLED") > 0.99


def test_a_step_back_is_seen():
    forward = READINGS["steps of the wash that go forward"]
    assert forward(Washed(), Sample(), "QLED") == 1
    assert forward(Washed(back=True), Sample(), "QLED") == pytest.approx(12 / 15)


class Ordered(Bright):
    """A laboratory that gives each sample of Table 1 its published efficiency, to a power."""

    def __init__(self, power, cadmium=1.0):
        self.power, self.cadmium = power, cadmium

    def sweep(self, sample):
        rows = published_values(
            "Table 1", quantity="peak EQE", sample=sample.structure, ligand=sample.ligand
        )
        value = np.nanmean([rows[0].value, rows[0].low, rows[0].high]) ** self.power
        return self.lit(value * (self.cadmium if sample == Sample() else 1))


def test_pairs_in_the_papers_order_are_counted():
    read = READINGS["pairs of EQE in order"]
    assert read(Ordered(2), Sample(), "QLED") == 1
    assert read(Ordered(-1), Sample(), "QLED") == 0
    assert 0.5 < read(Ordered(1, cadmium=1e6), Sample(), "QLED") < 1


def test_the_salts_order_is_of_the_smallest_rise():
    read = READINGS["least rise of EQE from Cd to Zn to Mg"]
    assert read(Ordered(1), Sample(), "QLED") == pytest.approx(8.5 / 3)
    assert read(Ordered(1, cadmium=10), Sample(), "QLED") == pytest.approx(3 / 2.5)


def test_a_diode_that_begins_brighter_than_it_swept_is_seen():
    volts = np.array([0.0, 1.0, 2.0])

    class Bright:
        def sweep(self, sample):
            return SimpleNamespace(current_density=1000 * volts, luminance=500 * volts)

        def lifetime_test(self, sample):
            first = 1500.0 if sample.ligand == "TOP" else 500.0
            run = SimpleNamespace(current_density=np.array([1000.0]))
            return SimpleNamespace(run=run, initial_luminance=first)

    read = READINGS["first luminance over the sweep's"]
    assert read(Bright(), Sample(), "QLED") == pytest.approx(3)


def test_an_oxidised_film_shines_again():
    assert READINGS["PL after oxidation"](Laboratory(), Sample(), "QLED") == pytest.approx(1)


def test_a_lifetime_is_over_the_amines():
    class Lasting:
        def lifetime_test(self, sample):
            hours = 80.0 if sample.ligand == "RNH2" else 4.0
            return SimpleNamespace(lifetime_at=lambda luminance, share: 3600 * hours)

    blue = Sample("CdSeS/ZnSeS/ZnS", "Zn(RCOO)2")
    assert READINGS["T50 over that of RNH2"](Lasting(), blue, "QLED") == pytest.approx(0.05)


def test_a_half_time_is_when_half_of_the_first_light_is_gone():
    from qdlib.paper.readings import _half_time

    assert _half_time(fading(0.1)) == pytest.approx(np.log(2) / 0.1, rel=0.02)
    assert np.isnan(_half_time(fading(0.0)))


def test_an_efficiency_is_read_where_there_is_light():
    """A diode that fades is at its best before it shines; what the floor is decides its peak."""
    fading = SimpleNamespace(
        voltage=np.array([1.5, 2.0, 3.0]),
        luminance=np.array([0.01, 0.5, 100.0]),
        external_quantum_efficiency=np.array([0.06, 0.02, 0.03]),
        internal_quantum_efficiency=np.array([0.24, 0.08, 0.12]),
    )
    floors = {0.005: (6, 1.5), 0.1: (3, 3.0), 1e3: (0, 1.5)}
    for floor, (peak, bias) in floors.items():
        value = reader({"reading.luminance_floor": floor})
        lab = SimpleNamespace(value=value, sweep=lambda _: fading)
        assert read("peak EQE", lab) == pytest.approx(peak)
        assert read("peak IQE", lab) == pytest.approx(4 * peak)
        assert read("bias of the peak EQE", lab) == bias
