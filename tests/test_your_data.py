"""The page of a reader's own data, without a browser and in one."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from serving import PHONE, View, page_of

from qdlib import InputError, red_qled, sweep
from qdlib.data import data_file
from qdlib.notebook import panel
from qdlib.notebook.live import defaults
from qdlib.notebook.report import html_report
from qdlib.owndata.columns import measure
from qdlib.owndata.fitting import FRACTION
from qdlib.owndata.stacks import OwnStack
from qdlib.owndata.synthetic import TRUTHS
from qdlib.pages import workbench, your_data
from qdlib.pages.workbench import Workbench
from qdlib.pages.your_data import FIRST, example
from qdlib.paper.materials import LIGANDS, STRUCTURES
from qdlib.parameters import BLUE

RATE = "redox.rate_constant"
ZINC = "synthetic_zinc.txt"
TRACE = "synthetic_trace.csv"


@pytest.fixture
def bench():
    return Workbench()


def dropped(bench, name):
    bench.take(name, example(name).content)


def seen(bench, trace):
    """Points of a trace in the figure."""
    return [
        np.frombuffer(values) for values in bench.plot.get_state()["series"].get(trace, (b"", b""))
    ]


def moved(bench):
    """What the stack in use has other than the paper's, beside the sliders."""
    return bench.own_stack(bench.live.values).moved


def test_every_trace_has_its_points(bench):
    for name in (FIRST, TRACE):
        bench._example(name)
        bench.begin()
        named = {
            f"{axes.key}/{one.name}"
            for axes in your_data.panels(bench.measurement)
            for one in axes.traces
        }
        drawn = your_data.series(your_data.view(bench.measurement, bench.fit, **bench.live.values))
        assert set(drawn) == named
        assert all(len(x) == len(y) for x, y in drawn.values())


def test_a_stack_of_ones_own_is_told_what_the_solver_does_not_trust():
    own = defaults(your_data.CONTROLS)
    deep = OwnStack(kind="QLED", moved={"ZnMgO.conduction_edge": 4.7})  # below the cathode's level
    told = "no current that the solver could trust"
    assert told in your_data.summary(your_data.view(stack=deep, **own))
    assert told not in your_data.summary(your_data.view(**own))


def test_the_page_begins_with_a_synthetic_file_that_says_so(bench):
    assert "SYNTHETIC" in bench.about.value
    assert bench.measurement.name == FIRST
    assert len(seen(bench, "PL/measured")[0]) == 101
    assert len(seen(bench, "PL/fit")[0]) == 0


def test_a_dropped_file_waits_until_its_columns_are_confirmed(bench):
    dropped(bench, ZINC)
    assert bench.measurement.name == FIRST
    assert [one and one.quantity for one in bench.kinds] == [
        "voltage",
        "current",
        "luminance",
        "time",
    ]
    bench.use.click()
    assert bench.choosing.box.value == "" and bench.measurement.name == ZINC
    assert len(seen(bench, "J/measured")[0]) == 201


def test_a_wrong_column_is_corrected_by_the_reader(bench):
    dropped(bench, ZINC)
    bench.columns.children[2].children[0].value = "not used"
    bench.columns.children[1].children[0].value = "current, µA"
    bench.area.value = 2.0
    bench.use.click()
    own = measure(example(ZINC), area=4.0)
    assert bench.measurement.quantities == ("J",)
    assert bench.measurement.current_density == pytest.approx(own.current_density * 2e-3)


def test_a_trace_in_time_is_proposed_confirmed_and_corrected(bench):
    dropped(bench, TRACE)
    assert bench.measurement.name == FIRST
    assert [one and one.quantity for one in bench.kinds] == [
        "time",
        "current density",
        "relative PL",
    ]
    assert (bench.done.value, bench.held.value) == (workbench.HELD_CURRENT, 10.0)
    assert "mA/cm²" in bench.held.description and not bench.held.disabled
    bench.use.click()
    assert bench.measurement.hold.milliamp_per_cm2 == 10.0
    time, light = seen(bench, "PL kept/measured")
    assert len(time) == 121 and time[-1] == 720 and light[0] == 100
    assert len(seen(bench, "J/measured")[0]) == 0 and "12.0 min at 10 mA/cm²" in bench.said.value
    before = seen(bench, "sites/model")[1]
    bench.done.value = workbench.HELD_BIAS
    assert bench.held.description == "Held bias (V)"
    bench.held.value = 1.3
    bench.use.click()
    assert bench.measurement.hold.voltage == 1.3
    assert seen(bench, "sites/model")[1][-1] < before[-1]
    bench.held.value = 1e3
    bench.use.click()
    assert "voltage = 1000" in bench.choosing.box.value and bench.measurement.hold.voltage == 1.3
    bench.done.value = workbench.SWEPT
    assert bench.held.disabled
    bench.use.click()
    assert "voltage" in bench.choosing.box.value and "held" in bench.choosing.box.value


def test_a_trace_in_counts_lies_on_the_fit(bench):
    bench._example(TRACE)
    assert bench.live.values["kind"] == "electron-only" and bench.choosing.box.value == ""
    assert bench.fit_settings.children[1].children == (bench.others, bench.noise["PL kept"])
    lines = example(TRACE).content.splitlines(keepends=True)
    bench.take(TRACE, b"".join(lines[:4] + lines[9:]))  # the first half minute was missed
    bench.use.click()
    bench.start.click()
    truth = TRUTHS[TRACE].values
    assert bench.fit.changes[FRACTION] == pytest.approx(truth[FRACTION], abs=0.03)
    (x, y), (at, fitted) = seen(bench, "PL kept/measured"), seen(bench, "PL kept/fit")
    off = y - np.interp(np.log(x), np.log(at), fitted)
    assert np.abs(off).max() < 8 and np.abs(np.mean(off)) < 1  # of 100
    assert np.std(seen(bench, "left/PL kept")[1]) == pytest.approx(bench.fit.scatter, rel=0.05)
    bench._example(FIRST)
    assert bench.fit is None and bench.live.values["kind"] == "QLED"
    assert len(seen(bench, "J/measured")[0]) == 101


def test_errors_stand_beside_their_control_and_the_measurement_stays(bench):
    before = bench.plot.get_state()["series"]
    bench.take("a.csv", b"<b>no table</b>")
    assert "two columns" in bench.reading.box.value and "Traceback" not in bench.reading.box.value
    bench.take("a.csv", b"U (V),I (mA)\n0,1\n1,<i>x</i>\n2,3\n3,4\n4,5\n5,6\n")
    assert bench.reading.box.value == ""
    bench.use.click()
    told = bench.choosing.box.value
    assert "line 3, I (mA)" in told and "&lt;i&gt;x" in told and "<i>" not in told
    bench.area.value = 0.0
    dropped(bench, ZINC)
    bench.use.click()
    assert "area" in bench.choosing.box.value
    assert bench.measurement.name == FIRST and bench.plot.get_state()["series"] == before


def test_a_fit_shows_its_results_and_gives_the_reports(bench):
    assert all(button.disabled for button in bench.reports)
    bench.start.click()
    truth = TRUTHS[FIRST].values
    assert bench.fit.changes[FRACTION] == pytest.approx(truth[FRACTION], abs=0.01)
    assert bench.fit.told(0) in bench.results.value
    assert len(seen(bench, "left/J")[0]) == 101 and len(seen(bench, "sites/fit")[0]) == 101
    sent = []
    bench.live.page.send = sent.append
    for button in bench.reports:
        assert not button.disabled
        button.click()
    assert [one["name"] for one in sent] == [
        "qdlib_synthetic_washed.html",
        "qdlib_synthetic_washed.ipynb",
    ]
    assert json.loads(sent[1]["text"])["nbformat"] == 4


def test_the_report_has_the_fits_own_sweep_and_a_new_file_takes_the_fit_away(bench):
    bench.live.set(slowness=7.0)
    bench.start.click()
    bench.live.set(slowness=70.0)
    assert bench.report().seconds_per_volt == pytest.approx(7.0, rel=0.03)
    dropped(bench, ZINC)
    bench.use.click()
    assert bench.fit is None and bench.results.value == ""
    assert len(seen(bench, "J/fit")[0]) == 0
    with pytest.raises(InputError, match="after a fit"):
        bench.report()


def test_what_sliders_hold_fixed_is_part_of_the_fit(bench):
    bench.live.set(film_yield=0.5)
    bench.chosen.value = [FRACTION]
    bench.start.click()
    assert bench.fit.changes["film_yield"] == 0.5
    assert bench.fit.changes[RATE] == bench.live.values["rate_constant"]


@pytest.mark.parametrize(("key", "percent"), [("J", 0.0), ("PL", float("nan")), ("L", 500.0)])
def test_errors_that_cannot_be_are_refused(bench, key, percent):
    bench.noise[key].value = percent
    bench.start.click()
    assert "Error of" in bench.fit_message.box.value and bench.fit is None


def test_nothing_to_fit_is_said(bench):
    bench.chosen.value = []
    bench.start.click()
    assert "at least one" in bench.fit_message.box.value


def test_a_ligand_and_dots_bring_their_own(bench):
    for ligand in LIGANDS:
        bench.live.inputs["ligand"].value = ligand
        assert bench.live.status.value == "" and bench.live.messages["ligand"].value == ""
    for structure in STRUCTURES:
        bench.live.inputs["dots"].value = structure
        assert bench.live.status.value == "", structure
        assert your_data.level_key(structure) in bench.chosen._options_values
    bench.live.reset()
    assert bench.live.values == defaults(your_data.CONTROLS)


def test_fitting_in_a_thread_gives_what_it_gives_alone(bench):
    """While the page's own sliders are moved."""
    import asyncio

    bench.start.click()
    alone = bench.fit.places

    async def page():
        other = Workbench()
        other.begin()
        assert other.job and other.start.disabled and not other.stop.disabled
        values = 0.3
        while other.job:
            values = 1.3 - values
            other.live.set(potential=round(-values, 2))
            await asyncio.sleep(0.05)
        return other

    other = asyncio.run(page())
    assert other.fit.places == pytest.approx(alone, abs=1e-9)
    assert not other.start.disabled and other.stop.disabled
    assert other.progress.box.value == ""


def test_a_fit_that_is_cancelled_leaves_the_last_good_one(bench):
    import asyncio

    async def page():
        bench.begin()
        bench.cancel()
        while bench.job:
            await asyncio.sleep(0.05)

    asyncio.run(page())
    assert "ended before it was done" in bench.results.value


def test_any_panel_takes_a_measurement():
    own = measure(example())
    made = panel("Mine", show=("J", "EQE"), measured=own)(lambda: {"Cd": sweep(red_qled(), 0, 5)})
    drawn = made.drawing.series(made.first)
    x, y = drawn["MineJ/your measurement"]
    assert x.tolist() == own.voltage.tolist() and y == pytest.approx(own.current_density / 10)
    assert "MineEQE/your measurement" not in drawn  # not in the file
    assert "○ your measurement" in made.drawing.legend


def test_the_papers_panels_are_as_they_were():
    bare = panel("Mine", show="J")(lambda: {"Cd": sweep(red_qled(), 0, 5)})
    assert "measurement" not in bare.drawing.legend
    assert not [one for axes in bare.drawing.axes for one in axes.traces if one.style == "measured"]


def test_many_points_are_thinned_for_the_screen_only(bench):
    own = bench.measurement
    grid = np.linspace(0, 5, 50_001)
    dense = replace(own, voltage=grid, current_density=np.ones(50_001), luminance=np.ones(50_001),
                    relative_photoluminescence=None)  # fmt: skip
    shown = your_data.view(dense, **bench.live.values)
    assert len(your_data.series(shown)["J/measured"][0]) <= your_data.SHOWN + 1
    assert len(shown.measurement.voltage) == 50_001


# In a browser.

DROP = """([zone, name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type: "text/csv" }));
  const shared = { dataTransfer: data, bubbles: true, cancelable: true };
  for (const type of ["dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(type, shared));
  }
}"""
LOOK = "() => document.querySelector('.qd-served .qd-main')?.scrollIntoView()"


def opened(reader, site, **options):
    view = View(reader, page_of(site, "your_data"), **options).ready(".qd-drop")
    view.page.evaluate(LOOK)
    return view.ready()


def drop(view, name, text):
    zone = view.page.locator(".qd-drop").element_handle()
    view.page.evaluate(DROP, [zone, name, text])


def test_the_examples_are_part_of_an_installed_package():
    assert all(data_file(f"examples/{name}").is_file() for name in TRUTHS)


def test_a_stack_without_a_current_to_trust_is_told(bench):
    assert "in doubt" not in bench.said.value
    bench.stack_buttons[0].click()
    bench.editor.inputs["ZnMgO.conduction_edge"].value = 4.7
    bench.editor.apply()
    assert "in doubt" in bench.said.value
    bench.reset_stack()
    assert "in doubt" not in bench.said.value


def test_a_stack_is_edited_used_fitted_and_taken_home(bench):
    before = seen(bench, "J/model")[1]
    bench.stack_buttons[0].click()
    bench.editor.inputs["ZnMgO.thickness"].value = 30
    usual = bench.live.values["valence_edge"]
    bench.editor.inputs["PVK.valence_edge"].value = 5.6
    bench.editor.apply()
    assert moved(bench) == {"ZnMgO.thickness": pytest.approx(30e-9)}
    assert bench.live.values["valence_edge"] == 5.6
    assert np.abs(np.log(seen(bench, "J/model")[1][1:] / before[1:])).max() > 0.1
    assert "ZnMgO.thickness = 3e-08" in bench.stack_told.value
    bench.start.click()
    assert bench.fit.changes["ZnMgO.thickness"] == pytest.approx(30e-9)
    sent = []
    bench.live.page.send = sent.append
    bench.stack_buttons[3].click()
    bench.stack_buttons[2].click()
    assert moved(bench) == {} and bench.live.values["valence_edge"] == usual
    bench.take(sent[0]["name"], sent[0]["text"].encode())
    assert bench.reading.box.value == ""
    assert moved(bench) == {"ZnMgO.thickness": pytest.approx(30e-9)}
    assert bench.live.values["valence_edge"] == 5.6
    assert bench.measurement.name == FIRST


def test_a_stack_that_makes_no_diode_is_refused_and_the_last_one_stays(bench):
    bench.take("mine.toml", b'["PVK"]\nthickness_nm = -1')
    assert "PVK: thickness" in bench.reading.box.value and moved(bench) == {}
    bench.edit_stack()
    bench.editor.inputs["PVK.valence_edge"].value = 7.0  # beyond its slider
    bench.editor.apply()
    assert "5.9" in bench.editor.messages["PVK.valence_edge"].value and moved(bench) == {}


def test_other_dots_have_another_stack(bench):
    bench.take("mine.toml", b'["dots"]\nthickness_nm = 30')
    assert moved(bench)
    bench.live.inputs["dots"].value = BLUE
    assert bench.live.status.value == "" and not moved(bench)


def test_each_kind_of_device_has_a_stack_of_its_own(bench):
    bench.take("mine.toml", b'device = "electron-only"\n["TPBi"]\nthickness_nm = 30')
    assert bench.live.values["kind"] == "electron-only" and moved(bench)
    assert "no PVK in it" in bench.stack_told.value
    bench.live.inputs["kind"].value = "QLED"
    assert not moved(bench) and bench.stack_told.value == ""
    bench.live.inputs["kind"].value = "electron-only"
    assert moved(bench) == {"TPBi.thickness": pytest.approx(30e-9)}


def test_layers_are_removed_and_added_on_the_page_and_taken_home(bench):
    before = seen(bench, "J/model")[1]
    bench.edit_stack()
    bench.editor.buttons["Remove PVK"].click()
    bench.editor.material.value, bench.editor.name.value = "poly-TPD", "TFB"
    bench.editor.buttons["Add the layer"].click()
    for _ in range(2):
        bench.editor.buttons["↑ TFB"].click()
    bench.editor.inputs["TFB.thickness"].value = 20
    assert (seen(bench, "J/model")[1] == before).all()
    bench.stack_buttons[1].click()
    assert bench.editor.status.value == "" and bench.live.status.value == ""
    assert np.abs(np.log(seen(bench, "J/model")[1][1:] / before[1:])).max() > 0.1
    told = bench.stack_told.value
    assert "poly-TPD, TFB (as poly-TPD), dots, ZnMgO" in told and "no PVK in it" in told
    assert not any(key.startswith("PVK") for key in bench.chosen._options_values)
    bench.chosen.value, bench.others.value = ["TFB.hole_mobility"], 1
    bench.start.click()
    (one,) = bench.fit.unknowns
    assert one.label == "TFB: hole mobility" and len(bench.fit.endings) == 2
    assert "best of 2 fits" in bench.results.value
    assert "TFB (as poly-TPD)" in html_report(bench.report())
    sent = []
    bench.live.page.send = sent.append
    bench.stack_buttons[3].click()
    after = seen(bench, "J/model")[1]
    bench.stack_buttons[2].click()
    assert (seen(bench, "J/model")[1] == before).all() and "TFB" not in bench.stack_told.value
    bench.take(sent[0]["name"], sent[0]["text"].encode())
    assert bench.reading.box.value == "" and seen(bench, "J/model")[1] == pytest.approx(after)
    assert "TFB.thickness" in bench.editor.inputs


# The browser's own loop runs in this process from here on, and a fit would not wait.
@pytest.mark.browser
def test_a_reader_drops_a_file_confirms_its_columns_fits_and_takes_the_report(reader, site):
    view = opened(reader, site)
    page = view.page
    drop(view, "mine <1>.csv", example(ZINC).content.decode())
    view.wait(lambda: "mine <1>.csv" in view.text)
    assert page.get_by_label("Current (mA)").input_value() == "current, mA"
    page.get_by_label("Ligand", exact=True).select_option("Zn(RCOO)2")
    page.get_by_role("button", name="Use these columns").click()
    view.wait(lambda: "201 points" in view.text)
    page.get_by_label("Parameters to fit").select_option(label="residual ligand fraction")
    page.get_by_role("button", name="Fit", exact=True).click()
    view.wait(lambda: "evaluations of the model" in view.text)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Report (HTML)").click()
    text = Path(taken.value.path()).read_text("utf-8")
    assert taken.value.suggested_filename == "qdlib_mine__1_.html"
    assert "mine &lt;1&gt;.csv, fitted" in text and "residual ligand fraction" in text
    with page.expect_download() as taken:
        page.get_by_role("button", name="Notebook (.ipynb)").click()
    assert json.loads(Path(taken.value.path()).read_text("utf-8"))["nbformat"] == 4
    assert view.errors == [] and view.foreign == set()
    view.leave()


@pytest.mark.browser
def test_a_reader_says_what_was_held_while_a_trace_was_taken_and_fits_it(reader, site):
    view = opened(reader, site)
    page = view.page
    drop(view, "mine.csv", example(TRACE).content.decode().replace("Current density (mA/cm2)", "x"))
    view.wait(lambda: "mine.csv" in view.text)
    done = page.get_by_label("What was done meanwhile")
    view.wait(lambda: done.input_value() == workbench.HELD_BIAS)
    done.select_option(workbench.HELD_CURRENT)
    page.get_by_label("Held current density").fill("10")
    page.get_by_label("Device", exact=True).select_option("electron-only")
    page.get_by_role("button", name="Use these columns").click()
    view.wait(lambda: "12.0 min at 10 mA/cm²" in view.text)
    page.get_by_role("button", name="Fit", exact=True).click()
    view.wait(lambda: "evaluations of the model" in view.text)
    assert "No warnings" in view.text and view.errors == []
    view.leave()


@pytest.mark.browser
def test_layers_are_removed_added_and_moved_on_a_phone(reader, site):
    view = opened(reader, site, size=PHONE)
    page = view.page

    def press(name):
        page.get_by_role("button", name=name, exact=True).click()

    press("Edit the stack")
    press("Remove dots")
    view.wait(lambda: "the light comes from it" in view.text)
    press("Remove PVK")
    page.get_by_label("Its name, if another").fill("TFB")
    press("Add the layer")
    press("↑ TFB")
    press("↑ TFB")
    page.locator(".qd-layer").nth(2).get_by_text("dots", exact=True).wait_for()
    press("Use this stack")
    view.wait(lambda: "poly-TPD, TFB (as poly-TPD), dots, ZnMgO" in view.text)
    assert "the light comes from it" not in view.text
    with page.expect_download() as taken:
        press("Download the stack (TOML)")
    assert '["TFB"]' in Path(taken.value.path()).read_text("utf-8")
    assert view.wide <= PHONE["width"] and view.errors == []
    view.leave()


@pytest.mark.browser
def test_ten_megabytes_pass_and_more_are_refused_in_words(reader, site):
    view = opened(reader, site)
    row = "0.5" + 90 * "0" + ",1.25e-3\n"  # long, so that few are read
    count = 10_000_000 // len(row) - 2
    drop(view, "large.csv", "V (V),I (mA)\n" + row * count)
    view.wait(lambda: f"{count} rows" in view.text)
    drop(view, "larger.csv", row * (count + 1000))
    view.wait(lambda: "at most 10 MB are taken" in view.text)
    drop(view, "wrong.csv", "nothing\nhere\n")
    view.wait(lambda: "two columns of numbers" in view.text)
    assert view.errors == []
    view.leave()


@pytest.mark.browser
def test_the_page_fits_a_phone_and_stays_alive_while_it_fits(reader, site):
    view = opened(reader, site, size=PHONE)
    page = view.page
    page.get_by_role("button", name="Fit", exact=True).click()
    page.get_by_label("Ligand", exact=True).select_option("RNH2")
    view.wait(lambda: "evaluations of the model" in view.text)
    view.wait(lambda: "peak EQE 1" in view.text)  # of the amine, at the sliders
    assert view.wide <= PHONE["width"]
    assert view.errors == []
    view.leave()
