"""Figure 4: what its panels promise."""

import numpy as np
import pytest
from captions import drives
from lessons import lesson

from qdlib import cadmium_carboxylate, published_value, red_qled, sweep
from qdlib.paper.materials import label
from qdlib.paper.protocols import Sample
from qdlib.paper.published import published_values
from qdlib.paper.readings import READINGS
from qdlib.paper.scorecard import laboratory

PANELS = {panel.name: panel for panel in lesson("figure_4").panels}
ZNS = "CdSe/CdS/ZnS"
PAIR = {label(name): Sample(ZNS, name) for name in ("Zn(RCOO)2", "RNH2")}
SAMPLES = [
    *(Sample("CdSe/CdS", name) for name in ("Cd(RCOO)2", "Cd(RPOOO)", "Zn(RCOO)2", "Mg(RCOO)2")),
    *(Sample("CdSe/CdS", name) for name in ("RNH2+RSH", "RNH2")),
    *(Sample(ZNS, name) for name in ("Zn(RCOO)2", "TOP", "RNH2+RSH", "RNH2")),
]


def test_currents_are_the_captions():
    electrons, holes = PANELS["4a"].first.values()
    assert published_value("L075").value == drives(electrons.values())
    assert published_value("L076").value == drives(holes.values())
    assert published_value("L077").value == drives(PANELS["4b"].first.values())
    assert published_value("L078").value == drives(test.run for test in PANELS["4d"].first.values())


def test_the_slider_drives_the_electron_only_device():
    moved = PANELS["4a"](current=10.0)
    assert drives(moved["electron-only"].values()) == 10
    assert drives(moved["hole-only"].values()) == published_value("L076").value


def test_what_a_slider_does_not_move_is_not_run_again():
    before, after = (PANELS["4a"](fraction=fraction) for fraction in (0.5, 0.4))
    for kind, runs in after.items():
        assert runs["RNH₂"] is before[kind]["RNH₂"]
        assert runs["Zn(RCOO)₂"] is not before[kind]["Zn(RCOO)₂"]


@pytest.mark.parametrize("name", ["4a", "4b", "4c", "4d"])
def test_sliders_stand_at_first_where_the_papers_samples_do(name):
    first = PANELS[name].first
    for kind, measured in first.items() if name == "4a" else [("QLED", first)]:
        for title, one in measured.items():
            device = getattr(one, "run", one).device
            assert device == laboratory().device(PAIR[title], kind)


def test_bars_and_diamonds_are_the_readings_and_table_1s():
    panel = PANELS["4e"]
    drawn = panel.drawing.series(panel.first)
    for sample in SAMPLES:
        bar = f"4e{sample.structure.replace('/', '')}/{label(sample.ligand)}"
        height = np.nanmax(drawn[bar][1])
        assert height == pytest.approx(READINGS["IQE/PLQY"](laboratory(), sample, "QLED"))
        stated = published_values(
            quantity="IQE/PLQY", sample=sample.structure, ligand=sample.ligand
        )
        assert list(drawn[f"{bar}, published"][1]) == [row.value for row in stated]
        ends = drawn[f"{bar}, error"][1].reshape(-1, 3)[:, :2]
        assert ends.tolist() == [[row.low, row.high] for row in stated]
    assert len(panel.drawing.table(panel.first)) == len(SAMPLES)


def test_under_the_pointer_is_the_row_of_table_1():
    traces = {trace["name"]: trace for trace in PANELS["4e"].drawing.figure()["data"]}
    told = traces["4eCdSeCdSZnS/TOP"]["hovertemplate"]
    assert "film PLQY 79 ± 2 %" in told and "residual" not in told
    assert told == traces["4eCdSeCdSZnS/TOP, published"]["hovertemplate"]


def test_a_diode_of_ones_own_has_a_bar_and_no_diamond():
    view = {"CdSe/CdS": {"half": sweep(red_qled(cadmium_carboxylate(0.5)), 0, 5)}}
    drawing = PANELS["4e"].show("mine", view)
    drawn = drawing.series(view)
    assert len(drawn["mineCdSeCdS/half, published"][0]) == 0
    assert np.nanmax(drawn["mineCdSeCdS/half"][1]) > 0.01
    assert "paper" not in drawing.say(view)
    drawing.figure()


def test_a_slow_sweep_costs_light_where_the_reduction_takes_time():
    """Exercise 3: zinc moves more than threefold, cadmium hardly, amine not."""
    slow, first = PANELS["4e"](dwell=10.0)["CdSe/CdS"], PANELS["4e"].first["CdSe/CdS"]
    left = {name: slow[name].peak_eqe / first[name].peak_eqe for name in first}
    assert left["Zn(RCOO)₂"] < 1 / 3 < 0.9 < left["Cd(RCOO)₂"]
    assert left["RNH₂"] == pytest.approx(1)
