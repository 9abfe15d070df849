"""Headings as instruments write them, and what they are taken for."""

import pytest

from qdlib.owndata.kinds import KINDS, is_unit, recognise

HEADINGS = {
    "Voltage (V)": "voltage, V",
    "U / mV": "voltage, mV",
    "Bias [V]": "voltage, V",
    "V": "voltage, V",
    "Spannung": "voltage, V",
    "Current (A)": "current, A",
    "I_mA": "current, mA",
    "I [µA]": "current, µA",
    "Strom/nA": "current, nA",
    "Current": "current, A",
    "J (mA/cm2)": "current density, mA/cm²",
    "Current Density [mA·cm⁻²]": "current density, mA/cm²",
    "J (mA cm^-2)": "current density, mA/cm²",
    "j, A/m²": "current density, A/m²",
    "uA/cm2": "current density, µA/cm²",
    "J": "current density, mA/cm²",
    "Luminance (cd/m²)": "luminance, cd/m²",
    "L [cd m-2]": "luminance, cd/m²",
    "Brightness (nits)": "luminance, cd/m²",
    "EQE (%)": "EQE, %",
    "External quantum efficiency": "EQE, %",
    "PL/PL0 (%)": "relative PL, %",
    "Photoluminescence (a.u.)": "relative PL, any, over its first",
    "PL counts": "relative PL, any, over its first",
    "Time (s)": "time, s",
    "t/min": "time, min",
    "Elapsed (h)": "time, h",
    "Time [hours]": "time, h",
    "PL (mV)": "relative PL, any, over its first",
    "PL (nW)": "relative PL, any, over its first",
    "PL intensity (cps)": "relative PL, any, over its first",
    "relative PL [1]": "relative PL, 1",
    "EQE [-]": "EQE, 1",
    "EQE (fraction)": "EQE, 1",
    "Current density (nA/cm2)": "current density, nA/cm²",
    "J (mA/mm²)": "current density, mA/mm²",
    "Current (pA)": "current, pA",
    "Luminance (mcd/m2)": "luminance, mcd/m²",
    "time (days)": "time, d",
    "Zeit [Stunden]": "time, h",
    "t (us)": "time, µs",
    "Voltage (smu1)": "voltage, V",
    "J (forward)": "current density, mA/cm²",
}


@pytest.mark.parametrize(("heading", "label"), HEADINGS.items())
def test_a_heading_tells_its_quantity_and_unit(heading, label):
    assert recognise(heading).label == label


@pytest.mark.parametrize(
    "heading",
    [
        "", "Index", "Power (mW)", "Temperature (K)", "cd/A", "Current efficiency (cd/A)",
        "Photodiode current (A)", "sd J (mA/cm2)", "EL intensity (a.u.)", "Voltage error (V)",
        "Voltage (kV)", "Luminance (fL)", "J (mA/dm²)", "Elapsed time (hh:mm:ss)", "U / kV",
        "Luminance [cd cm^-2]", "time (weeks)",
    ],
)  # fmt: skip
def test_what_is_not_known_is_left_to_the_reader(heading):
    assert recognise(heading) is None


def test_every_kind_is_recognised_by_its_own_label():
    named = [kind for kind in KINDS if kind.unit not in ("1", "any, over its first")]
    assert [recognise(f"{kind.quantity} ({kind.unit})") for kind in named] == named
    assert all(is_unit(kind.unit) for kind in named) and not is_unit("Index")


def test_factors_are_si():
    factors = {kind.label: kind.factor for kind in KINDS}
    assert factors["current density, mA/cm²"] == 10  # 1e-3 A on 1e-4 m2
    assert factors["current density, A/cm²"] == 1e4
    assert factors["luminance, kcd/m²"] == 1e3
