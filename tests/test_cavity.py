"""The paper's diodes as cavities: their indices, what they let out, and how far that is known."""

import numpy as np
import pytest

from qdlib import InputError, amine, blue_qled, electron_only, published_value, red_qled, sweep
from qdlib.paper.cavity import cauchy, cavity_of, outcoupling_spread, sensitivity, tabulated
from qdlib.physics.photometry import chromaticity, photoluminescence

NM = 1e-9
RED, BLUE = red_qled(amine()), blue_qled(amine())


def test_measured_indices():
    assert tabulated("Ag")(630 * NM) == pytest.approx(0.0569 + 4.2543j, abs=1e-3)
    assert tabulated("PEDOT:PSS")(630 * NM) == pytest.approx(1.5036 + 0.01306j, abs=1e-4)
    index = cauchy(1.70, 1.76)
    assert (index(630 * NM), index(475 * NM)) == pytest.approx((1.70, 1.76))


def test_cavity_is_the_stack():
    cavity = cavity_of(RED.stack)
    names = ["ITO", "PEDOT:PSS", "poly-TPD", "PVK", "dots", "ZnMgO", "Ag"]
    assert [layer.name for layer in cavity.layers] == names
    thickness = [round(layer.thickness / NM) for layer in cavity.layers]
    assert thickness == [150, 35, 30, 5, 40, 60, 100]
    assert cavity.indices(630 * NM)[0, 5] == pytest.approx(1.80)
    blue = cavity_of(BLUE.stack)
    assert [round(each.thickness / NM) for each in blue.layers[4:]] == [20, 50, 100]
    assert blue.layers[-1].name == "Al"
    assert cavity_of(RED.stack, {"ITO.thickness": 110 * NM}).layers[0].thickness == 110 * NM


def test_the_papers_outcoupling():
    """About 23.5 %, within the unknowns stated."""
    stated = published_value("L011").value / 100
    assert np.mean(RED.optics.outcoupling_efficiency) == pytest.approx(stated, abs=0.01)
    assert 0.18 < np.mean(BLUE.optics.outcoupling_efficiency) < 0.27
    spread = sensitivity(RED.stack, 632 * NM)
    assert min(min(each) for each in spread.values()) > 0.17
    assert max(max(each) for each in spread.values()) < 0.29
    widest = max(spread, key=lambda key: abs(spread[key][1] - spread[key][0]))
    assert widest == "ZnMgO.refractive_index"
    assert "ZnMgO.refractive_index_blue" in sensitivity(BLUE.stack, 475 * NM)


@pytest.mark.proof
def test_the_spread_of_all_unknowns():
    """Wider than any one of them alone, and the paper's number is well within."""
    drawn = outcoupling_spread(RED.stack, 632 * NM, count=200)
    stated = published_value("L011").value / 100
    low, high = np.quantile(drawn, [0.05, 0.95])
    assert low < stated < high
    alone = max(abs(a - b) for a, b in sensitivity(RED.stack, 632 * NM).values())
    assert drawn[-1] - drawn[0] > alone
    again = outcoupling_spread(RED.stack, 632 * NM, count=200, seed=1)
    assert np.median(again) == pytest.approx(np.median(drawn), abs=0.01)


def test_the_explored_eqe_follows_from_the_stack():
    """Thinner ITO lets out more of the same light; the current does not ask."""
    thin = sweep(red_qled(amine(), changes={"ITO.thickness": 110 * NM}), 0, 2)
    thick = sweep(red_qled(amine(), changes={"ITO.thickness": 180 * NM}), 0, 2)
    assert thin.peak_eqe > 1.1 * thick.peak_eqe
    np.testing.assert_allclose(thin.transport_current, thick.transport_current)


def test_excitons_are_counted_where_they_form():
    run = sweep(RED, 0, 3)
    ratio = run.external_quantum_efficiency[-1] / run.internal_quantum_efficiency[-1]
    efficiencies = RED.optics.outcoupling_efficiency
    assert min(efficiencies) <= ratio <= max(efficiencies)
    assert ratio != pytest.approx(np.mean(efficiencies), abs=1e-5)


def test_constants_can_stand_in():
    fixed = red_qled(amine(), changes={"optics.outcoupling_efficiency": 0.2})
    assert fixed.optics.outcoupling_efficiency == (0.2,)
    assert electron_only().optics.purcell_factor == (1.4,)


def test_the_cavity_filters_the_spectrum():
    dot = RED.dot
    plain = chromaticity(photoluminescence(dot.peak_wavelength, dot.linewidth))
    leaving = chromaticity(RED.optics.spectrum)
    assert leaving != pytest.approx(plain, abs=1e-5)
    assert leaving == pytest.approx(plain, abs=0.01)
    assert leaving[0] > 0.68  # a red on the border of the horseshoe


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("material", lambda: tabulated("unobtainium")),
        ("material", lambda: cavity_of(electron_only().stack)),
        ("wavelength", lambda: tabulated("Ag")(800 * NM)),
        ("changes", lambda: cavity_of(RED.stack, {"ITO.colour": 1})),
        ("key", lambda: sensitivity(RED.stack, 632 * NM, ["PEDOT:PSS.thickness"])),
    ],
)
def test_inputs_that_are_refused(name, call):
    with pytest.raises(InputError) as error:
        call()
    assert error.value.name == name
