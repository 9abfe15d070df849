"""The scorecard's page: choosing, sorting, telling, downloading."""

import math

import pytest

from qdlib.data import data_rows
from qdlib.notebook.live import defaults
from qdlib.pages import scoreboard
from qdlib.pages.scoreboard import CONTROLS, FIGURES, figure, series, summary, table, view
from qdlib.paper.targets import targets

AT_FIRST = defaults(CONTROLS)


def shown(**changes):
    return view(**AT_FIRST | changes).scores


def test_it_shows_what_counts_at_first():
    assert len(shown()) == sum(one.kind in ("stated", "statement") for one in targets())
    assert len(shown(kinds="with them")) == len(targets())


@pytest.mark.parametrize("name", FIGURES[1:])
def test_every_figure_on_the_list_has_rows(name):
    own = shown(figure=name, kinds="with them")
    assert own
    for one in own:
        panels = one.target.panel.split(";")
        assert name in panels or any(panel.rstrip("abcdefgh") == name for panel in panels)


def test_missed_and_met_are_all():
    missed, met = shown(shown="missed"), shown(shown="met")
    assert len(missed) + len(met) == len(shown())
    assert not any(one.met for one in missed)
    assert all(one.used for one in shown(shown="used"))


def test_the_farthest_come_first():
    far = [abs(one.deviation) for one in shown(sort="deviation")]
    far = [math.inf if math.isnan(one) else one for one in far]
    assert far == sorted(far, reverse=True)


def test_missed_rows_are_marked_and_said():
    html = summary(view(**AT_FIRST | {"shown": "missed"}))
    assert (
        html.count("MISSED") == html.count("<tr class='qd-missed'>") == len(shown(shown="missed"))
    )


def test_points_stay_on_the_axes():
    drawn = series(view(**AT_FIRST | {"kinds": "with them"}))
    for name in ("used to calibrate", "predicted"):
        x, y = drawn[f"off/{name}"]
        assert all(abs(at) <= scoreboard.FARTHEST for at in x if not math.isnan(at))
        assert all(0 < at < 1 for at in y)
    assert drawn.keys() <= {trace["name"] for trace in figure()["data"]}


def test_the_download_has_the_rows_on_the_page():
    name, rows = table(view(**AT_FIRST | {"figure": "1", "sort": "deviation"}))
    assert name.endswith(".csv")
    assert list(rows["id"]) == [one.target.id for one in shown(figure="1", sort="deviation")]


def test_unknowns_stand_in_deviations_of_their_priors():
    row = next(one for one in data_rows("calibration/parameters.csv") if one["scale"] == "linear")
    at, error = scoreboard._place(row)
    expected = (float(row["value"]) - float(row["prior centre"])) / float(row["prior deviation"])
    assert at == pytest.approx(expected)
    assert error == pytest.approx(float(row["share of prior"]), rel=0.01)


def test_every_unknown_has_an_error_and_a_verdict():
    found = scoreboard.calibrated()
    assert len(found) == len(data_rows("calibration/parameters.csv"))
    assert found["error"].str.len().gt(2).all()
    assert set(found["what the fit says"]) <= {
        "determined", "weakly determined", "not identifiable", "at its bound",
    }  # fmt: skip


def test_correlations_are_of_pairs_and_strongest_first():
    pairs = scoreboard.correlated(0.3)
    assert (pairs["unknown"] != pairs["and"]).all()
    assert pairs["correlation"].abs().is_monotonic_decreasing
    assert pairs["correlation"].abs().between(0.3, 1).all()
