"""The wiring of live dashboards, without a browser."""

import gc
from weakref import WeakSet

import numpy as np
import pytest
from plotly.offline import get_plotlyjs_version

from qdlib import amine, red_qled, sweep
from qdlib.errors import InputError
from qdlib.notebook.controls import Control, slider
from qdlib.notebook.drawing import Drawing
from qdlib.notebook.live import PLOTLY, Live, Page, Plot, input_of, page
from qdlib.notebook.panel import panel

CONTROLS = [
    Control("bias", "Bias", 3.0, 0.0, 8.0, 0.05, "V"),
    Control("mobility", "Mobility", 1.0, 0.01, 100.0, 0.05, log=True),
    Control("ligand", "Ligand", "oleate", choices=("oleate", "thiol & co")),
]

FIGURE = {"data": [{"type": "scatter", "name": "line", "x": [0], "y": [0]}], "layout": {}}


@pytest.fixture
def drawn():
    return []


@pytest.fixture
def live(drawn):
    def draw(**values):
        if values["bias"] > 7:
            raise InputError("bias", values["bias"], "<b>at most 7</b>")
        if values["bias"] > 6:
            raise RuntimeError("no <i>solution</i>")
        drawn.append(values)

    return Live(CONTROLS, draw, csv=lambda: ("jv.csv", "V\n1\n"))


def shown(live):
    """The messages on the page by control, the status line under ''."""
    messages = {"": live.status, **live.messages}
    return {name: message.value for name, message in messages.items() if message.value}


def test_the_defaults_are_drawn_at_once(live, drawn):
    assert drawn == [{"bias": 3.0, "mobility": 1.0, "ligand": "oleate"}]
    assert shown(live) == {}


def test_each_change_draws_once_with_clean_numbers(live, drawn):
    live.inputs["bias"].value = 0.1 + 0.2
    assert len(drawn) == 2
    assert drawn[-1]["bias"] == 0.3


def test_set_draws_once(live, drawn):
    live.set(bias=5, mobility=10, ligand="thiol & co")
    assert drawn[1:] == [{"bias": 5.0, "mobility": 10.0, "ligand": "thiol & co"}]
    live.reset()
    assert drawn[2:] == drawn[:1]


def test_an_input_error_stands_beside_its_control_until_the_next_good_drawing(live, drawn):
    link = live.page.link
    live.inputs["bias"].value = 7.5
    assert set(shown(live)) == {"bias"}
    assert "&lt;b&gt;at most 7&lt;/b&gt;" in shown(live)["bias"]
    assert len(drawn) == 1 and live.page.link == link
    live.inputs["bias"].value = 2.0
    assert shown(live) == {}


def test_any_other_error_stands_in_the_status_line(live, drawn):
    live.inputs["bias"].value = 6.5
    assert set(shown(live)) == {""}
    assert "RuntimeError: no &lt;i&gt;solution" in shown(live)[""]
    assert len(drawn) == 1


def test_the_last_figure_stays_after_an_error():
    plot = Plot(FIGURE)

    def draw(bias):
        if bias > 4:
            raise InputError("bias", bias, "at most 4")
        plot.update({"line": ([0, 1], [bias, bias])})

    live = Live(CONTROLS[:1], draw)
    live.set(bias=2)
    live.set(bias=5)
    assert np.frombuffer(plot.series["line"][1]).tolist() == [2.0, 2.0]


def test_what_a_link_cannot_set_is_reported_and_ignored(live, drawn):
    live.restore("#bias=99&self=1&ligand=none&mobility=nan&<b>=2")
    assert drawn[-1] == drawn[0]
    assert set(shown(live)) == {"", "bias", "ligand", "mobility"}
    assert "<b>" not in shown(live)[""]
    live.restore("#bias=4&ligand=thiol+%26+co")
    assert (drawn[-1]["bias"], drawn[-1]["ligand"]) == (4.0, "thiol & co")
    assert shown(live) == {}


def test_a_link_restores_the_controls(live, drawn):
    live.set(bias=0.05, mobility=3.162277660168379, ligand="thiol & co")
    link, values = live.page.link, live.values
    live.reset()
    live.restore("#" + link)
    assert live.values == values == drawn[-1]
    assert live.page.link == link


def test_a_link_brings_along_what_a_control_brings(drawn):
    def follow(name, values):
        return {"mobility": 0.1} if name == "ligand" and values["ligand"] != "oleate" else {}

    live = Live(CONTROLS, lambda **values: drawn.append(values), follow=follow)
    live.restore("#ligand=thiol+%26+co")
    assert drawn[-1]["mobility"] == pytest.approx(0.1)
    live.restore("#ligand=thiol+%26+co&mobility=10")
    assert drawn[-1]["mobility"] == pytest.approx(10)
    live.reset()
    live.restore("#ligand=none&bias=1")
    assert (drawn[-1]["mobility"], drawn[-1]["bias"]) == (1.0, 1.0)


def test_both_ends_of_a_logarithmic_slider_are_kept(live):
    for end in (0.01, 100.0):
        live.set(mobility=end)
        assert live.values["mobility"] == end


def test_a_default_outside_its_range_is_refused():
    with pytest.raises(InputError):
        input_of(Control("bias", "Bias", 9.0, 0.0, 8.0))


@pytest.mark.parametrize("key", ["redox.speed", "dots.thickness", "absorption.first_offset"])
def test_what_has_no_range_makes_no_slider(key):
    with pytest.raises(InputError, match="low and a higher value"):
        slider(key)


def test_the_file_is_sent_when_asked_for_and_its_error_is_shown(live):
    sent = []
    live.page.send = sent.append
    live._answer(live.page, {"csv": True}, [])
    assert sent == [{"name": "jv.csv", "text": "V\n1\n"}]
    live.csv = lambda: 1 / 0
    live._answer(live.page, {"csv": True}, [])
    assert "ZeroDivisionError" in shown(live)[""]


def test_a_plot_names_the_trace_it_does_not_have():
    plot = Plot(FIGURE)
    with pytest.raises(KeyError, match="other"):
        plot.update({"other": ([0], [0])})


def test_rounding_by_a_slider_is_no_news(live, drawn):
    live.inputs["bias"].value = 3.0000000000000004
    assert len(drawn) == 1
    live.inputs["bias"].value = 3.05
    assert len(drawn) == 2


def test_what_follows_is_set_with_one_redraw(drawn):
    def follow(name, values):
        return {"mobility": 10.0} if name == "ligand" and values["ligand"] != "oleate" else {}

    live = Live(CONTROLS, lambda **values: drawn.append(values), follow=follow)
    live.inputs["ligand"].value = "thiol & co"
    assert len(drawn) == 2
    assert drawn[-1]["mobility"] == 10.0
    live.inputs["mobility"].value = 1.0
    assert drawn[-1] == {"bias": 3.0, "mobility": 1.0, "ligand": "thiol & co"}


def test_a_page_draws_tells_and_saves():
    saved = {}
    drawing = Drawing(
        (),
        series=lambda bias: {"line": ([0, bias], [0, 1])},
        say=lambda bias: f"At {bias} V",
        legend="a legend",
        dress=lambda _: FIGURE,
        table=lambda bias: {"bias [V]": [bias]},
    )
    presets = {"Low": ("a low bias", {"bias": 1.0})}
    made = page("flask", CONTROLS, lambda bias, **_: bias, drawing, presets)
    presets, body = made.children
    side, main = body.children
    assert main.children[2].value == "At 3.0 V"
    presets.children[0].click()
    assert main.children[2].value == "At 1.0 V"
    owner = side.children[1]
    assert isinstance(owner, Page)
    owner.send = lambda content: saved.update(content)
    owner._handle_msg(
        {"content": {"data": {"method": "custom", "content": {"csv": True}}}, "buffers": []}
    )
    assert saved["name"] == "qdlib_flask.csv"
    assert saved["text"].startswith("# bias: 1.0\n")
    assert "bias [V]\n1\n" in saved["text"]


def test_a_slow_page_says_that_it_computes(monkeypatch):
    """Only from the second slow step on: the first cannot be known to be slow."""
    monkeypatch.setattr("qdlib.notebook.live.SLOW", -1.0)
    seen = []
    made = Live([Control("level", "Level", 0.5)], lambda level: None)
    made.page.observe(lambda change: seen.append(change.new), "busy")
    made.set(level=0.6)
    assert seen == [True, False]


def test_links_of_several_dashboards_do_not_meet():
    drawn = {}
    pages = {
        scope: Live(
            [Control("level", "Level", 0.5)],
            lambda level, scope=scope: drawn.update({scope: level}),
            scope=scope,
        )
        for scope in ("1e", "1f")
    }
    assert pages["1e"].link == "1e.level=0.5"
    for one in pages.values():
        one.restore("#1e.level=0.25&1f.level=0.75")
    assert drawn == {"1e": 0.25, "1f": 0.75}
    pages["1e"].restore("#1f.level=0.1")
    assert drawn["1e"] == 0.25
    assert not pages["1e"].status.value


def test_a_panel_keeps_no_view_but_its_first_and_saves_what_is_shown(monkeypatch):
    """Runs take megabytes: the CSV's are computed when they are asked for."""
    views, made = WeakSet(), []

    class View(dict):
        __hash__ = object.__hash__

    class Wired(Live):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            made.append(self)

    def diode(bias=CONTROLS[0]):
        view = View({"RNH₂": sweep(red_qled(amine()), 0, bias, 0.5)})
        views.add(view)
        return view

    monkeypatch.setattr("qdlib.notebook.live.Live", Wired)
    own = panel("mine", show="J")(diode)
    assert own.widget.children
    (live,) = made
    live.set(bias=1.0)
    live.set(bias=2.0)
    gc.collect()
    assert set(views) == {own.first}
    _, text = live.csv()
    assert text.startswith("# bias: 2.0\n")
    assert len(text.splitlines()) > 5


def test_plotly_js_is_of_the_version_that_plotly_itself_brings():
    head = PLOTLY.read_text("utf-8")[:60]
    assert f"plotly.js (cartesian - minified) v{get_plotlyjs_version()}" in head
