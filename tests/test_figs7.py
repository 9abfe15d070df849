"""Figure S7: samples of the paper beside ligands that stand in for those without numbers."""

import pytest
from lessons import lesson

from qdlib.notebook.curves import device_of, stand_in
from qdlib.notebook.marks import sample_of
from qdlib.paper.materials import LIGANDS
from qdlib.paper.protocols import Laboratory

PANELS = {panel.name: panel for panel in lesson("figure_S7").panels}
STAND_INS = {"S7a": "Cd(RS)₂", "S7b": "Cd(RS)₂", "S7c": "RNH₂+TOP", "S7d": "RNH₂+TOP"}


def measured(panel):
    """(label, measurement) of all that a panel shows at first."""
    for label, one in panel.first.items():
        yield from one.items() if isinstance(one, dict) else [(label, one)]


@pytest.mark.parametrize("name", PANELS)
def test_at_first_each_curve_is_the_sample_that_its_label_names(name):
    """Its fraction, potential and film yield stand in the data, not in sliders."""
    structure = "CdSe/CdS/ZnS" if name in ("S7e", "S7f") else "CdSe/CdS"
    for label, one in measured(PANELS[name]):
        sample = sample_of(device_of(one))
        assert (sample.structure, LIGANDS[sample.ligand].label) == (structure, label)
        assert device_of(one) == Laboratory().device(sample)


@pytest.mark.parametrize("name", PANELS)
def test_a_stand_in_is_dashed_named_as_one_and_has_nothing_published(name):
    drawing = PANELS[name].drawing
    traces = {trace for axes in drawing.axes for trace in axes.traces}
    styles = {trace.name: trace.style for trace in traces}
    found = {label for label, one in measured(PANELS[name]) if stand_in(one)}
    assert found == ({STAND_INS[name]} if name in STAND_INS else set())
    for label, _ in measured(PANELS[name]):
        dashed = label in found
        assert styles[label] == ("level" if dashed else "model")
        assert (f"{label} (a stand-in): " in PANELS[name].say()) == dashed
        assert (f"no number for {label}: drawn as " in drawing.legend) == dashed
        assert not dashed or not any(one.startswith(f"{label}, ") for one in styles)


@pytest.mark.parametrize("name", STAND_INS)
def test_a_stand_in_is_drawn_over_the_like_curve_beside_it(name):
    for axes in PANELS[name].drawing.axes:
        assert axes.traces[-1].name == STAND_INS[name]


@pytest.mark.parametrize("name", PANELS)
def test_the_films_of_the_papers_samples_are_told(name):
    told = PANELS[name].drawing.legend.partition("Film PLQY: ")[2].partition(" %.")[0]
    for label, one in measured(PANELS[name]):
        percent = f"{label} {100 * device_of(one).dot.film_yield:g} ±"
        assert (percent in told) == (label != STAND_INS.get(name))
