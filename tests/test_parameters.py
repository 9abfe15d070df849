"""Every parameter acts on something, and a change that does not act is refused where it is made."""

import re
from dataclasses import fields, is_dataclass, replace
from functools import partial
from inspect import getsource

import numpy as np
import pytest

from qdlib import (
    InputError,
    Ligand,
    amine,
    blue_qled,
    cadmium_carboxylate,
    electron_only,
    hole_only,
    parameters,
    red_qled,
)
from qdlib.data import data_file, data_rows
from qdlib.figures import figs1, figs2, figs4, figs9
from qdlib.paper import operando, readings
from qdlib.paper import samples as paper
from qdlib.paper.cavity import cavity_of, optics_of, outcoupling_spread, sensitivity
from qdlib.paper.materials import STRUCTURES, couple
from qdlib.paper.protocols import DEVICES, Laboratory, Sample
from qdlib.paper.published import published_value
from qdlib.paper.scope import PROTOCOLS, reading
from qdlib.paper.setups import (
    SAMPLES,
    absorber,
    calibrated_digest,
    counted_decay,
    lock_in,
    single_dot,
    voltammogram,
    wash,
)
from qdlib.paper.surface import acid_absorbance, auger, cation_anion_ratio
from qdlib.parameters import BLUE, reader
from qdlib.physics.isotherm import residual_fraction
from qdlib.physics.spectra import absorption

AMINE, BLUE_AMINE = Sample(ligand="RNH2"), Sample(BLUE, "RNH2")
KEYS = tuple(parameters())
WHOLE = {"lock-in.order": 3}
LISTED = {
    "lock-in.rate": (operando, '"lock-in.rate"', "of the noise in Fig. S4, which needs a sweep"),
    "lock-in.background": (figs4, '"lock-in.background"', "where a slider stands at first"),
    "lifetime test.scatter": (figs9, '"lifetime test.scatter"', "where a slider stands at first"),
    "drawn field.size_spread": (figs1, '"drawn field.size_spread"', "a slider's first place"),
}
"""Parameters that no reading below sees: the module that reads them, its words, and why."""


def moved(key):
    """A parameter's value moved by a tenth, or less where its range is narrower."""
    row = parameters()[key]
    step = abs(row.value) / 10 or 0.01
    free = row.low is None or row.low == row.high  # a unit has no range
    low, high = (-np.inf, np.inf) if free else (row.low, row.high)
    tried = (row.value + step, row.value - step, (row.value + high) / 2, (row.value + low) / 2)
    return WHOLE.get(key) or next(one for one in tried if low <= one <= high and one != row.value)


def numbers(made):
    """All the numbers in dataclasses, tuples and arrays, in a row."""
    if is_dataclass(made):
        made = [getattr(made, field.name) for field in fields(made)]
    if isinstance(made, (tuple, list)):
        return np.concatenate([numbers(one) for one in made] or [[]])
    is_number = isinstance(made, (int, float, np.ndarray))
    return np.ravel(np.asarray(made, float)) if is_number else np.array([])


def spectra():
    wavelength = np.linspace(300e-9, 700e-9, 81)
    dots = [absorber(structure) for structure in ("CdSe/CdS", BLUE)]
    return [(dot, absorption(wavelength, dot)["total"]) for dot in dots]


def protocols(lab):
    tests = [lab.lifetime_test(sample) for sample in (AMINE, BLUE_AMINE)]
    turn_on = readings.READINGS["turn-on voltage"](lab, AMINE, "QLED")
    light = [(one.run.luminance, one.time) for one in tests]
    return [lab.sweep(AMINE).duration, turn_on, *light]


def voltammograms(changes=None):
    runs = [voltammogram(sample, changes, points=200) for sample in SAMPLES]
    return [(run.potential, run.time, run.current) for run in runs]


CITED = re.compile(r"doi:10\.\d{4,9}/\w|urn:nbn:|Handbook|ISO \d|data sheet|user manual")
DEFINED = ("absorption.first_offset", "absorption.first_strength")
"""The origin and the unit of other parameters: no spread."""


@pytest.mark.parametrize("key", KEYS)
def test_every_parameter_has_a_source_that_can_be_opened_or_a_spread(key):
    """What is calibrated stands in the stages of the calibration: tests/test_calibration.py."""
    row = parameters()[key]
    places = re.findall(r"L\d{3}", row.source)
    assert all(published_value(place).id == place for place in places)
    if row.origin == "paper":
        assert places or "Methods" in row.source
    elif row.origin == "literature":
        assert CITED.search(row.source)
    elif row.origin == "assumption":
        assert row.low < row.high or key in DEFINED


@pytest.mark.parametrize("row", data_rows("infrared_bands.csv"), ids=lambda row: row["band"])
def test_every_band_has_a_source_that_can_be_opened_or_is_an_assumption(row):
    assert CITED.search(row["source"]) or "assumption" in row["source"]


def test_nothing_in_the_data_is_remembered():
    binary = ".png", ".nc"
    files = [
        file for file in data_file("README.md").parent.rglob("*.*") if file.suffix not in binary
    ]
    assert len(files) > 15
    assert not [file for file in files if "remember" in file.read_text(encoding="utf-8").lower()]


def test_a_doi_is_one_that_a_resolver_takes():
    rows = [*data_rows("parameters.csv"), *data_rows("infrared_bands.csv")]
    words = [word for row in rows for word in re.findall(r"doi:\s*(\S*)", row["source"])]
    assert len(words) > 20
    for doi in (word.rstrip(",;:") for word in words):
        bare = doi.removesuffix(")") if doi.count(")") > doi.count("(") else doi
        assert re.fullmatch(r"10\.\d{4,9}/[\w.()/-]*\w", bare), doi
        assert bare.count("(") == bare.count(")"), doi


READINGS = {
    "wear": lambda: [paper.wear(structure) for structure in STRUCTURES],
    "devices": lambda: [make() for make in (red_qled, electron_only, hole_only, blue_qled)],
    "dots": lambda: [paper.dot(structure) for structure in STRUCTURES],
    "voltammograms": voltammograms,
    "spectra": spectra,
    "decay": lambda: counted_decay(25e-9, 0.9, 1e4).fit.expected,
    "single dot": lambda: single_dot(),
    "wash": lambda: residual_fraction([100.0, 1000.0], wash()),
    "ratio": lambda: cation_anion_ratio(10e-9, 600, core_diameter=3e-9),
    "ratio's error": lambda: figs1._ratio_error(),
    "auger": lambda: auger(np.linspace(370, 390, 41), 0.5).total,
    "infrared": lambda: acid_absorbance([1.0, 10.0]),
    "digest": lambda: calibrated_digest(0.5, 5, 10, 1).digest,
    "lock-in": lambda: lock_in(),
    "bulk": lambda: [figs2._edges(name) for name in ("conduction", "valence")],
    "drawn field": lambda: figs1.scattered(10, 0.05, 0).centres,
    "protocols": lambda: protocols(Laboratory()),
}
"""Whatever can be read off the model without solving a device, and at the end with it."""


@pytest.fixture(scope="module")
def as_it_stands():
    return {name: numbers(read()) for name, read in READINGS.items()}


@pytest.mark.parametrize("key", [key for key in KEYS if key not in LISTED])
def test_every_parameter_moves_a_reading(key, as_it_stands, monkeypatch):
    monkeypatch.setitem(parameters(), key, replace(parameters()[key], value=moved(key)))
    monkeypatch.setattr(paper, "without_ligand", paper.without_ligand.__wrapped__)
    assert any(
        not np.array_equal(numbers(read()), as_it_stands[name]) for name, read in READINGS.items()
    )


@pytest.mark.parametrize("key", LISTED)
def test_what_no_reading_sees_is_read_where_the_list_says(key):
    module, words, _ = LISTED[key]
    assert words in getsource(module)


BUILT = [
    *((make, structure) for make in DEVICES.values() for structure in STRUCTURES),
    (lambda ligand, structure, changes=None: blue_qled(ligand, changes), BLUE),
]


@pytest.fixture(scope="module")
def devices():
    return [numbers(make(None, structure)) for make, structure in BUILT]


@pytest.mark.parametrize("key", KEYS)
def test_a_change_moves_a_device_or_is_refused(key, devices):
    for (make, structure), stands in zip(BUILT, devices, strict=True):
        assert refused_or_moved(lambda c: make(None, structure, c), key, stands)  # noqa: B023


@pytest.mark.parametrize("key", [key for key in KEYS if "voltam" in key or "CdSe/CdS." in key])
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_change_moves_a_voltammogram_or_is_refused(sample, key):
    def scan(changes=None):
        run = voltammogram(sample, changes, points=200)
        return run.potential, run.time, run.current

    assert refused_or_moved(scan, key, numbers(scan()))


@pytest.mark.parametrize("key", [key for key in KEYS if "wear" in key])
@pytest.mark.parametrize("structure", STRUCTURES)
def test_a_change_moves_the_wear_or_is_refused(structure, key):
    stands = numbers(paper.wear(structure))
    assert refused_or_moved(lambda changes: paper.wear(structure, changes), key, stands)


def refused_or_moved(make, key, stands):
    """Whether a change is refused with its name and its place, or moves what is made."""
    try:
        made = make({key: moved(key)})
    except InputError as error:
        return (error.name, error.value) == ("changes", key) and "this one acts on" in str(error)
    return not np.array_equal(numbers(made), stands)


@pytest.mark.parametrize("key", [key for key in KEYS if key not in PROTOCOLS])
def test_a_laboratory_takes_what_one_of_its_experiments_reads(key, devices):
    stands = devices[: len(BUILT) - 1]
    try:
        lab = Laboratory({key: moved(key)})
    except InputError as error:
        assert (error.name, error.value) == ("changes", key)
        for make in (red_qled, electron_only, hole_only, blue_qled, paper.wear):
            with pytest.raises(InputError, match="this one acts on"):
                make(changes={key: moved(key)})
        return
    samples = [Sample(structure) for structure in STRUCTURES]
    made = [lab.device(sample, kind) for kind in DEVICES for sample in samples]
    wears = [paper.wear(structure, lab.value) for structure in STRUCTURES]
    assert (
        any(not np.array_equal(numbers(one), old) for one, old in zip(made, stands, strict=True))
        or not np.array_equal(numbers(wears), numbers(READINGS["wear"]()))
        or not np.array_equal(numbers(voltammograms(lab.value)), numbers(voltammograms()))
    )


@pytest.mark.parametrize("key", PROTOCOLS)
def test_a_laboratory_takes_the_parameters_of_its_protocols(key, as_it_stands):
    lab = Laboratory({key: moved(key)})
    assert not np.array_equal(numbers(protocols(lab)), as_it_stands["protocols"])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: red_qled(changes={"TPBi.thickness": 2e-8}), "acts on the electron-only device."),
        (lambda: electron_only(changes={"CBP.states": 2e26}), "acts on the hole-only device."),
        (
            lambda: electron_only(changes={"PVK.thickness": 6e-9}),
            "acts on the hole-only device and the QLED.",
        ),
        (
            lambda: red_qled(changes={"blue QLED.ZnMgO_thickness": 4e-8}),
            "acts on the electron-only device and the QLED with CdSeS/ZnSeS/ZnS dots.",
        ),
        (lambda: red_qled(changes={"absorption.strength": 1e7}), "acts on the absorption spectra."),
        (lambda: red_qled(changes={"sweep.dwell": 2.0}), "acts on a Laboratory's sweeps."),
        (
            lambda: paper.dot(changes={"CdSe/CdS.wear_half_life": 1e5}),
            "acts on the wear of diodes with CdSe/CdS dots.",
        ),
        (
            lambda: voltammogram("RNH2", {"oleate voltammetry.rate_constant": 1e-5}),
            "acts on the voltammogram of cadmium oleate and the voltammogram of Cd(RCOO)2.",
        ),
        (lambda: Laboratory({"wash.weak_share": 0.5}), "acts on the isotherm of the wash."),
    ],
)
def test_a_refusal_says_where_the_parameter_acts(make, said):
    with pytest.raises(InputError) as error:
        make()
    assert error.value.name == "changes"
    assert str(error.value).endswith(said)


@pytest.mark.parametrize("make", [lambda changes: red_qled(changes=changes), Laboratory])
def test_a_change_that_another_one_replaces_is_refused(make):
    """With constants for the optics, nothing asks how the dots' dipoles lie."""
    both = {"optics.purcell_factor": 1.2, "dots.horizontal_share": 0.7}
    with pytest.raises(InputError, match=r"'dots\.horizontal_share'.*no effect beside the others"):
        make(both)


def test_a_structures_own_value_comes_before_the_shared_one():
    zinc = "CdSe/CdS/ZnS"
    device = red_qled(structure=zinc, changes={"CdSe/CdS.gap": 2.1})
    assert device.dot.gap == 2.1
    both = {"CdSe/CdS.gap": 2.1, f"{zinc}.gap": 2.2}
    with pytest.raises(InputError, match=r"'CdSe/CdS\.gap'"):
        red_qled(structure=zinc, changes=both)
    assert Laboratory(both).device(Sample(zinc)).dot.gap == 2.2
    assert Laboratory(both).device(Sample()).dot.gap == 2.1


@pytest.mark.parametrize("key", ["redox.rate", "redox.film_yield", "ITO.gap", "tight_fraction"])
def test_keys_that_no_parameter_has(key):
    for make in (red_qled, hole_only, paper.wear, Laboratory):
        with pytest.raises(InputError, match="a key of qdlib"):
            make(changes={key: 1.0})


def test_the_tight_fraction_moves_what_can_be_reduced():
    changes = {"ligand.tight_fraction": 0.1}
    tight = parameters()["ligand.tight_fraction"].value
    half = cadmium_carboxylate(0.5)
    assert red_qled(half).ligand.reducible_fraction == pytest.approx((0.5 - tight) / (1 - tight))
    for device in (
        red_qled(half, changes=changes),
        electron_only(half, changes=changes),
        Laboratory(changes).device(Sample(fraction=0.5)),
    ):
        assert device.ligand.reducible_fraction == pytest.approx(0.4 / 0.9)


def test_a_ligands_own_tight_fraction_stays():
    own = Ligand("Cd(RCOO)2", couple("Cd"), 1.0, tight_fraction=0.3, selectivity=0.4)
    assert red_qled(own).ligand == own
    with pytest.raises(InputError, match=r"ligand\.tight_fraction.*tight_fraction of its own"):
        red_qled(own, changes={"ligand.tight_fraction": 0.1})


def test_a_reader_is_shared_and_its_maker_answers_for_it():
    value = reader({"TPBi.thickness": 2e-8, "redox.rate_constant": 5.0})
    assert red_qled(amine(), changes=value).redox.rate_constant == 5.0
    assert value.changes.keys() - value.asked == {"TPBi.thickness"}
    assert reader(value) is value
    assert (value | {"CBP.states": 2e26})("CBP", "states") == 2e26
    assert "CBP.states" in value.asked
    strict = reading({"redox.rate_constant": 1.0}, "this")
    with pytest.raises(InputError, match="a parameter of this"), strict:
        pass


def test_the_cavity_refuses_what_it_does_not_read():
    device = red_qled()
    for changes in ({"redox.rate_constant": 5.0}, {"dots.thickness": 3e-8}):
        with pytest.raises(InputError, match="this one acts on"):
            cavity_of(device.stack, changes)
        with pytest.raises(InputError, match="this one acts on"):
            optics_of(device.stack, device.dot, changes)
        with pytest.raises(InputError, match="this one acts on"):
            sensitivity(device.stack, 632e-9, ["ITO.thickness"], changes)
    moved_too = {"ZnMgO.refractive_index": 1.65}
    by_thickness = partial(sensitivity, device.stack, 632e-9, ["ITO.thickness"])
    assert by_thickness(moved_too) != by_thickness()
    with pytest.raises(InputError, match=r"key = 'redox\.rate_constant'"):
        sensitivity(device.stack, 632e-9, ["redox.rate_constant"])
    with pytest.raises(InputError, match=r"key = 'redox\.rate_constant'"):
        outcoupling_spread(device.stack, 632e-9, ("redox.rate_constant",), count=1)


def test_no_light_at_all_is_no_default():
    with pytest.raises(InputError, match="film_yield = 0"):
        red_qled(changes={"CdSe/CdS.film_yield": 0})
