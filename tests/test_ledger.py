"""The published numbers are complete, consistent and selectable."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from qdlib import data
from qdlib.data import data_file, standard_potential
from qdlib.errors import InputError
from qdlib.paper.published import published, published_value

PANELS = {"Methods", "context", "Table 1", "Table S1"} | {
    figure + panel
    for figure, panels in {
        "1": "abcdefg",
        "2": "abcdef",
        "3": "bc",
        "4": "abcde",
        "5": "abcd",
        "S1": "abc",
        "S2": ("",),
        "S3": "abef",
        "S4": ("",),
        "S6": "ab",
        "S7": "abcdefgh",
        "S8": "acd",
        "S9": "bc",
    }.items()
    for panel in panels
}
UNITS = {
    *("1", "%", "V", "V vs NHE", "mV/s", "kV", "Hz", "MHz", "Ω/sq", "torr", "ppm", "rpm", "°C"),
    *("nm", "µm", "mm", "mm2", "h", "min", "s", "ms", "cd/m2", "mA/cm2", "mC/cm2"),
    *("mL", "mL/h", "mmol", "mol/L", "mg/mL", "g/mol"),
}
OUT_COUPLING = 0.235


def one(*args, **where):
    rows = published(*args, **where)
    assert len(rows) == 1
    return rows.iloc[0]


def bounds(row):
    """Value, low and high; a range without a value has its middle."""
    value = row["value"] if np.isfinite(row["value"]) else (row["low"] + row["high"]) / 2
    return np.array([value, row["low"], row["high"]], float)


def test_ids_are_complete_and_unique():
    assert published()["id"].tolist() == [f"L{i:03d}" for i in range(1, 350)]


def test_numbers_are_ordered():
    rows = published()
    for column in ("value", "low", "high"):
        assert rows[column].dtype == float
    assert not (rows["low"] > rows["value"]).any()
    assert not (rows["value"] > rows["high"]).any()
    assert not (rows["low"] > rows["high"]).any()
    bare = rows[rows[["value", "low", "high"]].isna().all(axis=1)]
    assert bare["id"].tolist() == ["L046", "L215"]


def test_vocabulary_is_closed():
    rows = published()
    assert set(";".join(rows["panel"]).split(";")) == PANELS
    numbered = rows[rows["unit"] != ""]
    assert set(numbered["unit"]) == UNITS
    assert set(rows["kind"]) == {"stated", "derived"}
    assert (rows["quantity"] != "").all() and (rows["place"] != "").all()
    for column in ("panel", "quantity", "sample", "ligand", "note"):
        entries = [entry for cell in rows[column] if cell for entry in cell.split(";")]
        assert all(entry and entry == entry.strip() for entry in entries)


def test_derived_rows_say_how():
    derived = published(kind="derived")
    assert derived["place"].str.startswith("derived: ").all()
    assert not published(kind="stated")["place"].str.startswith("derived").any()


def test_table_1_has_13_samples_of_three_numbers():
    table = published("Table 1", kind="stated")
    rows = table[table["place"] == "Table 1"]
    lifetimes = ["T50 at 100 cd/m2", "T95 at 1000 cd/m2"]
    assert rows["quantity"].iloc[0::3].tolist() == ["film PLQY"] * 13
    assert rows["quantity"].iloc[1::3].tolist() == ["peak EQE"] * 13
    assert rows["quantity"].iloc[2::3].isin(lifetimes).all() and len(rows) == 39
    for start in range(0, 39, 3):
        assert len(set(map(tuple, rows.iloc[start : start + 3][["sample", "ligand"]].values))) == 1


def test_internal_efficiencies_follow_from_table_1():
    table = published("Table 1", kind="stated")
    table = table[table["place"] == "Table 1"]
    derived = published(kind="derived")
    efficiencies = derived[(derived["quantity"] == "peak IQE") & (derived["panel"] != "3c")]
    ratios = derived[derived["quantity"] == "IQE/PLQY"]
    assert len(efficiencies) == len(ratios) == 13
    for k in range(13):
        plqy, eqe = table.iloc[3 * k], table.iloc[3 * k + 1]
        for row in (efficiencies.iloc[k], ratios.iloc[k]):
            assert (row["sample"], row["ligand"]) == (eqe["sample"], eqe["ligand"])
        expected = bounds(eqe) / OUT_COUPLING
        assert bounds(efficiencies.iloc[k]) == pytest.approx(expected, abs=0.0051)
        assert bounds(ratios.iloc[k]) == pytest.approx(expected / plqy["value"], abs=5.1e-5)


def test_derived_lifetimes_follow_from_the_stated_ones():
    blue = one("5d", quantity="T50 at 1450 cd/m2")["value"]
    start = one("5d", quantity="initial luminance")["value"]
    exponent = one("S9c", quantity="acceleration factor")["value"]
    at_100 = one("S9c", quantity="T50 at 100 cd/m2", kind="derived")["value"]
    assert at_100 == pytest.approx(blue * (start / 100) ** exponent, abs=1)

    exponent = one("1g", quantity="acceleration factor")["value"]
    luminances = np.array([15000, 20000, 13300])
    for panel, quantity, stated, reference in [
        ("1g", "T50 at 100 mA/cm2", published_value("L013").value, 100),
        ("4d", "T95 at 100 mA/cm2", published_value("L074").value, 1000),
        ("S8d", "T95 at 100 mA/cm2", published_value("L141").value, 1000),
    ]:
        expected = stated * (reference / luminances) ** exponent
        assert bounds(one(panel, quantity=quantity)) == pytest.approx(expected, rel=0.02)


def test_other_derived_rows():
    cd = {"ligand": "Cd(RCOO)2"}
    threshold = one("1e", quantity="threshold voltage of current", **cd)["value"]
    gap = one("1e", quantity="voltage gap", **cd)["value"]
    turn_on = one("1e", quantity="turn-on voltage", **cd)["value"]
    assert turn_on == pytest.approx(threshold + gap)
    charge = 600 * 3.3e12 * 2 * 1.602e-19 * 1e3
    assert one("2c", quantity="reduction charge")["value"] == pytest.approx(charge, abs=0.05)
    neat = one("3b", quantity="amine concentration", kind="derived")["value"]
    assert neat == pytest.approx(0.6 * 3.04 + 0.4 * 6.05, abs=0.005)
    peak = one("1b", quantity="first exciton peak")["value"]
    diameter = np.polyval([1.6122e-9, -2.6575e-6, 1.6242e-3, -0.4277, 41.57], peak)
    assert one("1b", quantity="core diameter")["value"] == pytest.approx(diameter, abs=0.01)


def test_slips_of_the_paper_are_corrected_and_marked():
    assert one("2d", quantity="cathodic peak potential", ligand="RNH2")["value"] == -0.89
    assert one("5d", quantity="T50 at 1450 cd/m2")["ligand"] == "RNH2"
    assert one("Table 1", sample="CdSe/CdS/ZnS", ligand="Zn(RCOO)2", note="mean")["value"] == 2.7
    marked = published()["note"].str.contains("corrected: ")
    ids = "L005 L044 L070 L089 L124 L125 L126 L127 L128 L129"
    assert published()["id"][marked].tolist() == ids.split()


def test_filters():
    assert published("1f", quantity="peak EQE", ligand="RNH2")["value"].tolist() == [20.2, 18.6]
    assert one("3c", quantity="peak IQE", kind="stated")["id"] == "L012"
    assert set(published("2a", quantity="onset of PL drop")["id"]) == {"L019", "L030"}
    assert one("1d", quantity="layer thickness", note="PVK")["value"] == 5
    assert one("1g", quantity="drive current density", ligand="RNH2")["value"] == 100
    assert published("1e").index.tolist() == list(range(len(published("1e"))))


@pytest.mark.parametrize(
    ("panel", "where", "name", "hint"),
    [
        ("9z", {}, "panel", "1e"),
        ("1", {}, "panel", "1e"),
        ("1e", {"colour": "red"}, "column", "quantity"),
        ("1e", {"quantity": "peak EQE"}, "quantity", "voltage gap"),
        ("1e", {"ligand": "Zn(RCOO)2"}, "ligand", "RNH2"),
        (None, {"value": 1234.5}, "value", "entries, "),
    ],
)
def test_a_filter_without_rows_names_what_is_allowed(panel, where, name, hint):
    with pytest.raises(InputError) as raised:
        published(panel, **where)
    assert raised.value.name == name
    assert hint in raised.value.allowed


def test_the_table_is_a_copy():
    before, changed = published().copy(), published()
    changed.iloc[0, 0] = "spoilt"
    changed["new"] = 1
    assert published().equals(before)


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("L001", "more than 3800 h"),
        ("L009", "20.2 %"),
        ("L010", "18.6 ± 0.6 %"),
        ("L012", "about 80 %"),
        ("L014", "1.8"),
        ("L046", "no number"),
        ("L054", "less than 1 nm"),
        ("L111", "about 5 to 7 h"),
        ("L185", "2200000 h"),
        ("L343", "20400 (13300 to 24900) cd/m2"),
    ],
)
def test_text_of_a_value(id, text):
    assert published_value(id).text == text


def test_published_value():
    value = published_value("L010")
    assert (value.id, value.value, value.low, value.high) == ("L010", 18.6, 18.0, 19.2)
    assert (value.unit, value.place) == ("%", "Results, paragraph 2; Table 1")
    with pytest.raises(InputError, match="L001 to L349"):
        published_value("L350")
    with pytest.raises(AttributeError):
        value.value = 1.0


def test_potentials_follow_from_the_formation_energies():
    table = pd.read_csv(data_file("potentials.csv"))
    assert len(table) == 62 and not table.duplicated(["metal", "electrons"]).any()
    volts = table["formation energy [kJ/mol]"] * 1e3 / (table["electrons"] * 96485.33212)
    assert np.abs(volts - table["standard potential [V vs NHE]"]).max() < 6e-5


@pytest.mark.parametrize(
    ("metal", "electrons", "volts"),
    [("Cd", None, -0.4022), ("Zn", 2, -0.7621), ("Mg", None, -2.3568), ("Ag", 1, 0.7991)],
)
def test_standard_potentials_agree_with_the_nbs_tables(metal, electrons, volts):
    assert standard_potential(metal, electrons) == pytest.approx(volts, abs=3e-4)


@pytest.mark.parametrize(
    ("metal", "electrons", "name", "hint"),
    [
        ("Xx", None, "metal", "Zn"),
        ("Fe", None, "electrons", "2 or 3"),
        ("Cd", 3, "electrons", "2 for Cd"),
    ],
)
def test_a_missing_couple_names_what_is_allowed(metal, electrons, name, hint):
    with pytest.raises(InputError) as raised:
        standard_potential(metal, electrons)
    assert raised.value.name == name and hint in raised.value.allowed


def test_data_are_found_in_a_wheel_and_in_a_checkout(tmp_path, monkeypatch):
    package = tmp_path / "site" / "qdlib"
    for folder in (package / "data", tmp_path / "site" / "data"):
        folder.mkdir(parents=True)
    (package / "data" / "inside.csv").touch()
    (tmp_path / "site" / "data" / "beside.csv").touch()
    monkeypatch.setattr(data, "__file__", str(package / "data.py"))
    assert data_file("inside.csv") == package / "data" / "inside.csv"
    assert data_file("beside.csv") == tmp_path / "site" / "data" / "beside.csv"
    with pytest.raises(FileNotFoundError, match=r"missing\.csv"):
        data_file("missing.csv")


def test_import_does_not_load_pandas():
    code = "import sys, qdlib.paper.published; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
