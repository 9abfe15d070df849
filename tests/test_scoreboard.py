"""The scorecard's page: choosing, sorting, telling, downloading."""

import math

import pytest

from qdlib.data import data_rows
from qdlib.notebook import plots
from qdlib.notebook.live import defaults
from qdlib.pages import scoreboard
from qdlib.pages.scoreboard import (
    CONTROLS,
    FIGURES,
    SHOWN,
    panels,
    series,
    summary,
    table,
    view,
)
from qdlib.paper.classes import CLASSES
from qdlib.paper.scorecard import kept_score, scores
from qdlib.paper.targets import targets, tolerances

AT_FIRST = defaults(CONTROLS)


def shown(**changes):
    return view(**AT_FIRST | changes)


def test_it_shows_what_counts_at_first():
    assert len(shown()) == sum(one.kind in ("stated", "statement") for one in targets())
    assert len(shown(kinds="with them")) == len(targets())


@pytest.mark.parametrize("kinds", ["left out", "with them"])
def test_every_choice_is_told_also_where_nothing_counts(kinds):
    for name in FIGURES:
        for rows in SHOWN:
            told = summary(view(**AT_FIRST | {"figure": name, "shown": rows, "kinds": kinds}))
            assert told.startswith("<p><b>") and "; ." not in told


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
    assert all(one.role == "fitted" for one in shown(shown="fitted"))
    assert all(one.met and one.hangs for one in shown(shown="met by convention"))


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
    for name in CLASSES:
        x, y = drawn[f"off/{name}"]
        assert all(abs(at) <= scoreboard.FARTHEST for at in x if not math.isnan(at))
        assert all(0 < at < 1 for at in y)
    assert drawn.keys() <= {trace["name"] for trace in plots.figure(panels())["data"]}


def test_the_download_has_the_rows_on_the_page():
    rows = table(view(**AT_FIRST | {"figure": "1", "sort": "deviation"}))
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


def test_every_number_of_the_first_fit_says_what_it_teaches():
    taught = scoreboard.taught()
    first = data_rows("calibration/stages.csv")[0]["stage"]
    used = [row for row in data_rows("calibration/stages.csv")
            if (row["stage"], row["role"]) == (first, "target")]  # fmt: skip
    assert len(taught) == len(used)
    assert taught["bits"].is_monotonic_decreasing and (taught["bits"] >= 0).all()
    assert (taught["grows by a factor of"] >= 1).all()


def test_every_predicted_number_has_the_range_that_the_posterior_leaves_it():
    keys = {one.target.key for one in scores(measure=kept_score) if one.role == "predicted"}
    assert {row["target"] for row in data_rows("calibration/predicted.csv")} == keys
    found = scoreboard.predicted()
    assert len(found) == len(keys)
    never = found[found["met in"] == "0 %"]
    assert "L113" in " ".join(never["number"])  # magnesium: nothing can be reduced


def test_what_was_predicted_is_told_first():
    html = summary(view(**AT_FIRST))
    assert html.startswith("<p><b>predicted: met ")
    told = [html.index(f"{name}: met ") for name in CLASSES]
    assert told == sorted(told)
    assert scoreboard.check().splitlines()[-len(CLASSES) - 1].startswith("predicted: met ")


def test_every_class_says_why():
    html = summary(view(**AT_FIRST | {"shown": "structural"}))
    assert html.count("<summary>structural</summary>") == len(shown(shown="structural"))
    assert "<details><summary>structural</summary></details>" not in html


def test_what_a_convention_decides_is_shown_at_its_three_settings():
    html = scoreboard.conventions().value
    counted = [one for one in shown() if one.sensitivities]
    assert html.count("<th scope=row>") == sum(len(one.sensitivities) for one in counted)
    for setting in ("0.3 s", "1 s", "3 s", "0.05 cd/m2"):
        assert f"<th scope=col>{setting}</th>" in html
    deciding = sum(one.decided_by(own) for one in counted for own in one.sensitivities)
    assert html.count("<td data-head='decides the verdict'>yes</td>") == deciding > 0


def test_every_changed_limit_is_shown_with_its_reason_and_both_verdicts():
    html = scoreboard.changed().value
    for one in tolerances():
        assert one.key.partition(" ")[0] in html
        cells = (scoreboard._range(one.old), scoreboard._range(one.new),
                 f"{one.old_verdict} → {one.new_verdict}")  # fmt: skip
        assert (
            "".join(
                f"<td data-head='{head}'>{cell}</td>"
                for head, cell in zip(("before", "now", "verdict then"), cells, strict=True)
            )
            in html
        )
    assert html.count("<span class=qd-why>") == len(tolerances())


def test_limits_are_told_as_a_reader_writes_them():
    assert scoreboard._range((math.nan, 0.9)) == "up to 0.9"
    assert scoreboard._range((50.0, math.nan)) == "50 or more"
    assert scoreboard._range((0.09, 0.41)) == "0.09 to 0.41"


def test_ideas_are_shown_once_they_are_measured(monkeypatch):
    row = dict.fromkeys(data_rows_columns(), "1") | {"idea": "dark <dots>", "remark": "loses S26"}
    for rows, said in (((), "No idea"), ((row,), "dark &lt;dots&gt;")):
        monkeypatch.setattr(scoreboard, "data_rows", lambda name, rows=rows: rows)
        assert said in scoreboard.ideas().value
    assert "loses S26" in scoreboard.ideas().value


def data_rows_columns():
    from qdlib.data import data_file

    return data_file("calibration/ideas.csv").read_text("utf-8").splitlines()[0].split(",")


def test_the_figure_is_told_in_words():
    all_of_them = view(**AT_FIRST)
    text = summary(all_of_them)
    near = sum(abs(one.deviation) <= 2 for one in all_of_them)
    assert f"{near} of {len(all_of_them)} points lie within two" in text
    worst = max(all_of_them, key=lambda one: abs(one.deviation))
    assert f"{worst.target.title}, {worst.target.quantity}, {worst.deviation:+z.1f}" in text
