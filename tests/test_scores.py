"""A judged row that is new in the data breaks no page, and `make scores` keeps its score."""

import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from catalogue import catalogue

from qdlib import data as folder
from qdlib.notebook.live import defaults
from qdlib.notebook.panel import published
from qdlib.pages import landing, scoreboard, tables
from qdlib.paper import classes, scorecard, scores, targets
from qdlib.paper import published as ledger

KEY, IN_TABLE = "L998 turn-on voltage", "L999 peak EQE"
NEW = (
    "L998,1e,turn-on voltage,CdSe/CdS,RNH2,1.7,,,V,stated,nowhere,made up\n"
    "L999,Table 1,peak EQE,CdSe/CdS,Cd(RCOO)2,0.3,0.2,0.4,%,stated,nowhere,made up\n"
)
CACHED = (
    folder.data_rows,
    ledger._published,
    ledger._selected,
    targets.targets,
    targets.tolerances,
    classes.class_of,
    classes.uses_fit,
    scores.kept,
    scores.sensitivities,
    scorecard.score,
    tables.performances,
)


def forget():
    for one in CACHED:
        one.cache_clear()


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A copy of the data in which the paper states two numbers more."""
    source = folder.data_file("published.csv").parent
    copied = shutil.copytree(source, tmp_path / "data", ignore=shutil.ignore_patterns("pictures"))
    with open(copied / "published.csv", "a", encoding="utf-8") as file:
        file.write(NEW)
    real = folder.data_file

    def data_file(name):
        return copied / name if (copied / name).is_file() else real(name)

    for module in (folder, scores):
        monkeypatch.setattr(module, "data_file", data_file)
    forget()
    yield Path(copied)
    monkeypatch.undo()
    forget()


def board():
    shown = scoreboard.view(**defaults(scoreboard.CONTROLS))
    return scoreboard.summary(shown) + scoreboard.table(shown).to_csv()


@pytest.mark.proof
def test_pages_show_what_the_model_gives_for_a_new_row(data):
    assert KEY not in scores.kept() and IN_TABLE not in scores.kept()
    by_key = {one.target.key: one for one in scorecard.scores(measure=scorecard.kept_score)}
    new, like = by_key[KEY], by_key["L008 turn-on voltage"]
    assert new.modelled == pytest.approx(like.modelled, rel=1e-3)
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", published("1e"))
    assert ("1.7 V", scorecard.digits(new.modelled)) in pairwise(cells)
    assert "L998" in board() and "L999" in board()
    row = tables.frame_1().set_index("peak EQE [%] id").loc["L999"]
    assert row["peak EQE [%] model"] == pytest.approx(by_key["L104 peak EQE"].modelled, rel=1e-3)
    assert {"1e", "Table 1"} <= {one.panel for one in catalogue() if one.judged}
    met, judged = scorecard.tally(measure=scorecard.kept_score, role="predicted")
    assert f"predicted: met {met} of {judged};" in landing.check()
    assert new.role == "derived"  # L008, once more
    assert scorecard.lost() == []


def test_the_command_keeps_new_rows_and_drops_old_ones(data, monkeypatch, capsys):
    path = data / "calibration" / "scores.csv"
    path.write_text(path.read_text("utf-8") + "L000 gone,12.5\n", "utf-8")
    forget()
    few = [one for one in targets.targets() if one.key == IN_TABLE or "1e" in one.panel.split(";")]
    monkeypatch.setattr(scores, "targets", lambda: few)  # all of them take ten seconds
    scores.main()
    told, kept = capsys.readouterr().out, scores.kept()
    assert list(kept) == [one.key for one in few]
    assert kept[KEY] == kept["L008 turn-on voltage"]
    assert "L000 gone: 12.5 -> none\n" in told
    for key in (KEY, IN_TABLE):
        assert f"{key}: none -> {kept[key]:.4g}\n" in told
        assert f"{key},{kept[key]:.4g}\n" in path.read_text("utf-8")
        assert scorecard.kept_score(target(key)).modelled == kept[key]
    assert "L008 turn-on voltage:" not in told


def test_a_reading_that_is_not_there_is_kept_as_such(data, monkeypatch):
    one = target(KEY)
    monkeypatch.setattr(scores, "targets", lambda: (one,))
    monkeypatch.setattr(type(one), "measure", lambda self, lab: float("nan"))
    scores.keep()
    assert list(scores.kept()) == [KEY]
    assert scores.kept()[KEY] != scores.kept()[KEY]


def target(key):
    return next(one for one in targets.targets() if one.key == key)
