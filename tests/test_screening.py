"""Screenings: designs, what is kept while they run, what they say of themselves, and the page."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import psutil
import pytest
from serving import PHONE, View, page_of

from qdlib import Hold, InputError, Rest, Sweep, parameters, red_qled, sweep
from qdlib.data import data_rows
from qdlib.notebook.live import defaults
from qdlib.pages import explorer
from qdlib.pages import screening as page_module
from qdlib.paper.materials import COUPLES
from qdlib.paper.protocols import Sample
from qdlib.screening import candidates, execution, grid, hypercube, points, screen
from qdlib.screening.execution import READINGS, point_device
from qdlib.screening.kept import (
    BIASES,
    INERT,
    KEPT,
    READING,
    candidates_design,
    kept_map,
    map_design,
)

xarray = pytest.importorskip("xarray")
LAMBDA = "redox.reorganisation_energy"
SHORT = (Sweep(0.0, 2.0, 0.25),)
DRAWN = "image => image.outerHTML"
HEAT = ".js-plotly-plot .heatmaplayer image"
QUIET = {"jobs": 1, "progress": False}


def test_a_grid_has_every_combination_where_it_belongs():
    potentials, dwells = [-0.9, -0.4], [0.1, 1.0, 10.0]
    made = screen(grid({"potential": potentials, "dwell": dwells}), SHORT, at=[1.5, 2.0], **QUIET)
    assert dict(made.sizes) == {"potential": 2, "dwell": 3, "bias": 2}
    device = red_qled()
    device = replace(device, ligand=device.ligand.at(-0.9))
    run = sweep(device, 0.0, 2.0, 0.25, dwell=10.0)
    own = made.sel(potential=-0.9, dwell=10.0)
    assert own.reduced_sites_per_dot.values == pytest.approx(run.reduced_sites_per_dot[[6, 8]])
    assert float(own.peak_eqe) == pytest.approx(run.peak_eqe)
    wanted = run.internal_quantum_efficiency[-1] / run.device.dot.film_yield
    assert float(own.el_over_pl.sel(bias=2.0)) == pytest.approx(wanted)


def test_everything_that_a_point_varies_reaches_its_device():
    design = points({
        "couple": ["Zn²⁺/Zn"], "fraction": [0.6], "tight_fraction": [0.12], "selectivity": [0.3],
        "level": [-0.95], "film_yield": [0.5], "temperature": [310.0], LAMBDA: [0.7],
    })  # fmt: skip
    task = _task()
    made = point_device(design.at(0), task)
    assert (made.ligand.couple, made.ligand.fraction) == (COUPLES["Zn²⁺/Zn"], 0.6)
    assert (made.ligand.tight_fraction, made.ligand.selectivity) == (0.12, 0.3)
    assert (made.dot.level, made.dot.film_yield) == (-0.95, 0.5)
    assert made.stack.temperature == 310.0
    assert made.redox.reorganisation_energy == 0.7
    assert made.stack.layers[2].conduction_edge == made.dot.conduction_edge


def _task():
    from qdlib.screening.execution import Task

    return Task(Sample(), "QLED", (), {"": SHORT}, tuple(READINGS), None)


def test_a_protocol_is_a_factor_by_name():
    protocols = {"swept": SHORT, "held": [Hold(voltage=2.0, hours=1.0), Rest(1.0)]}
    made = screen(grid({"protocol": list(protocols)}), protocols, **QUIET)
    light = made.relative_photoluminescence
    assert float(light.sel(protocol="held")) < 0.5 * float(light.sel(protocol="swept"))


def test_a_hypercube_has_one_sample_in_each_layer_of_each_factor():
    span = (0.01, 100.0)
    design = hypercube({LAMBDA: None, "dwell": span, "couple": ["Cd²⁺/Cd", "none"]}, 40, seed=3)
    row = parameters()[LAMBDA]
    linear = (design.columns[LAMBDA] - row.low) / (row.high - row.low)
    decades = np.log10(design.columns["dwell"] / span[0]) / 4
    for share in (linear, decades):
        assert sorted(np.floor(40 * share)) == list(range(40))
    assert (design.columns["couple"] == "none").sum() == 20


def test_a_seed_is_a_hypercube():
    one, same, other = (hypercube({LAMBDA: None}, 8, seed).columns[LAMBDA] for seed in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_a_failed_point_says_why_and_the_others_are_there():
    made = screen(grid({"level": [-0.9, -3.5]}), SHORT, **QUIET)
    assert made.state.values.tolist() == [1, 2]
    assert made.reason.values[0] == ""
    assert "dot level = -3.5 is not allowed" in made.reason.values[1]
    assert np.isfinite(made.peak_eqe.values[0]) and np.isnan(made.peak_eqe.values[1])


@pytest.mark.parametrize("yields", [[0.5, 2.0], [2.0, 0.5]])
def test_the_order_of_values_does_not_matter(yields):
    made = screen(grid({"film_yield": yields}), SHORT, **QUIET)
    assert [made.state.sel(film_yield=one).item() for one in (0.5, 2.0)] == [1, 2]


def test_a_store_that_another_process_made_first_is_gone_on_with(tmp_path, monkeypatch):
    path, design, create = tmp_path / "one.zarr", grid({"fraction": [0.5]}), execution._create

    def beaten(store, *arguments):
        monkeypatch.setattr(execution, "_create", create)
        screen(design, SHORT, path=path, **QUIET)
        create(store, *arguments)

    monkeypatch.setattr(execution, "_create", beaten)
    assert screen(design, SHORT, path=path, **QUIET).state.values == [1]
    assert [one.name for one in tmp_path.iterdir()] == ["one.zarr"]


def test_a_bias_without_a_solution_is_a_failed_point(monkeypatch):
    from qdlib.screening import execution as module

    def unsolved(*arguments, **options):
        run = module_perform(*arguments, **options)
        lost = replace(run.solution, converged=run.voltage < 1.6)
        return replace(run, solution=lost)

    module_perform = module.perform
    monkeypatch.setattr(module, "perform", unsolved)
    made = screen(grid({"level": [-0.9]}), SHORT, **QUIET)
    assert made.reason.values[0] == (
        "The device has no converged solution at 1.75 V; the last bias that converged is 1.5 V."
    )


def test_units_and_names_come_with_the_numbers(tmp_path):
    made = screen(grid({"dwell": [1.0], "CdSe/CdS.gap": [2.03]}), SHORT, at=[2.0], **QUIET)
    assert made.luminance.attrs["units"] == "cd/m2"
    assert made.dwell.attrs == {"units": "s", "parameter": "sweep.dwell"}
    assert made["CdSe-CdS.gap"].attrs == {"units": "eV", "parameter": "CdSe/CdS.gap"}
    assert made.bias.attrs["units"] == "V"
    assert all(one.attrs["long_name"] for one in made.data_vars.values())
    made.to_netcdf(tmp_path / "made.nc", engine="scipy")  # and it can be kept as NetCDF
    kept = xarray.open_dataset(tmp_path / "made.nc", engine="scipy")
    assert kept.luminance.values == pytest.approx(made.luminance.values)


def test_it_says_where_it_comes_from():
    changes = {"redox.rate_constant": 50.0}
    made = screen(hypercube({LAMBDA: None}, 3, seed=7), SHORT, changes=changes, **QUIET)
    assert made.attrs["seed"] == 7
    assert json.loads(made.attrs["parameters"])["redox.rate_constant"] == 50.0
    assert json.loads(made.attrs["parameters"])[LAMBDA] == parameters()[LAMBDA].value
    assert {"python", "qdlib", "numpy", "numba"} <= json.loads(made.attrs["versions"]).keys()
    assert made.attrs["date"].endswith("+00:00")
    assert "Sweep(start=0.0, stop=2.0" in made.attrs["protocol"]


RUN = """
import psutil
import tqdm.auto
from qdlib import Sweep
from qdlib.screening import execution, hypercube, screen


class Stopped(tqdm.auto.tqdm):
    def update(self, n=1):  # the first batch is kept: wait to be killed
        print(*[one.pid for one in psutil.Process().children(recursive=True)], flush=True)
        input()


tqdm.auto.tqdm = Stopped
execution.IDLE = 600  # [s]: workers must not leave because they have nothing to do
design = hypercube({"potential": None, "level": (-1.1, -0.7)}, 160, seed=1)
screen(design, (Sweep(0.0, 2.0, 0.25),), path=PATH, jobs=2, progress=False)
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The store of a screening that was killed while it ran, and the processes that it left."""
    pytest.importorskip("zarr")
    path = tmp_path_factory.mktemp("killed") / "made.zarr"
    command = [sys.executable, "-c", RUN.replace("PATH", repr(str(path)))]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as running:
        workers = [int(pid) for pid in running.stdout.readline().split()]
        os.kill(running.pid, signal.SIGKILL)
    return path, [psutil.Process(pid) for pid in workers if psutil.pid_exists(pid)]


@pytest.mark.proof
def test_a_killed_run_goes_on_where_it_was(killed):
    import zarr

    path, _ = killed
    before = zarr.open_group(path, mode="r")["state"][:]
    assert 0 < (before == 1).sum() < 160
    root = zarr.open_group(path, mode="r+")
    done = np.flatnonzero(before == 1)
    root["peak_eqe"][int(done[0])] = 99.0  # a mark: what is done must not be done again
    design = hypercube({"potential": None, "level": (-1.1, -0.7)}, 160, seed=1)
    made = screen(design, SHORT, path=path, **QUIET)
    assert (made.state.values == 1).all()
    assert made.peak_eqe.values[done[0]] == 99.0
    whole = screen(design, SHORT, **QUIET)
    rest = np.delete(np.arange(160), done[0])
    assert made.peak_eqe.values[rest] == pytest.approx(whole.peak_eqe.values[rest], rel=1e-9)


def test_a_store_of_another_screening_is_refused(tmp_path):
    path = tmp_path / "made.zarr"
    screen(grid({"level": [-0.9]}), SHORT, path=path, **QUIET)
    for design, protocol in ((grid({"level": [-0.8]}), SHORT), (grid({"level": [-0.9]}), ())):
        with pytest.raises(InputError, match=r"path = .*made.zarr|protocol = "):
            screen(design, protocol, path=path, **QUIET)
    (tmp_path / "other").write_text("no store")
    with pytest.raises(InputError, match="a Zarr store"):
        screen(grid({"level": [-0.9]}), SHORT, path=tmp_path / "other", **QUIET)


@pytest.mark.parametrize(
    ("factors", "named"),
    [
        ({"speed": [1.0]}, "factor = 'speed'"),
        ({"level": [[-0.9], [-0.8, -0.7]]}, "a list of numbers"),
        ({"couple": [None, "Cd²⁺/Cd"]}, "a list of numbers, or of words"),
        ({"level": []}, "level = \\[\\]"),
        ({"level": ["deep"]}, "level = \\['deep'\\]"),
        ({"level": [np.nan]}, "level = \\[nan\\]"),
        ({"couple": [1.0]}, "couple = \\[1.0\\]"),
        ({"couple": ["Cd²⁺/Cd"], "potential": [-0.4]}, "a couple or a potential"),
        ({}, "factors = \\{\\}"),
    ],
)
def test_a_grid_refuses_what_it_cannot_vary(factors, named):
    with pytest.raises(InputError, match=named):
        grid(factors)


@pytest.mark.parametrize(
    ("factors", "samples", "named"),
    [
        ({"dwell": (1.0, 0.1)}, 5, "dwell = \\(1.0, 0.1\\)"),
        ({"dwell": 1.0}, 5, "dwell = 1.0"),
        ({"film_yield": None}, 5, "film_yield = None"),
        ({"couple": None}, 5, "couple = None"),
        ({"dwell": None}, 0, "samples = 0"),
        ({}, 5, "factors = \\{\\}"),
    ],
)
def test_a_hypercube_refuses_what_it_cannot_draw(factors, samples, named):
    with pytest.raises(InputError, match=named):
        hypercube(factors, samples)


@pytest.mark.parametrize(
    ("design", "options", "named"),
    [
        (grid({"couple": ["Cd"]}), {}, "couple = 'Cd'"),
        (grid({"level": [-0.9]}), {"at": [2.1]}, "at = 2.1"),
        (grid({"level": [-0.9]}), {"readings": ["glow"]}, "readings = 'glow'"),
        (grid({"level": [-0.9]}), {"kind": "LED"}, "kind = 'LED'"),
        (grid({"level": [-0.9]}), {"changes": {"CdSe/CdS.level": -0.8}}, "CdSe/CdS.level"),
        (grid({"dwell": [1.0]}), {"protocol": [Hold(voltage=2.0)]}, "protocol = "),
        (grid({"protocol": ["fast"]}), {}, "protocol = 'fast'"),
        (grid({"level": [-0.9]}), {"protocol": ["fast"]}, "protocol = "),
        (grid({"level": [-0.9]}), {"jobs": 0}, "jobs = 0"),
        (grid({"wear.stretching": [1.0]}), {}, "changes = 'wear.stretching'"),
        (grid({"level": [-0.9], "CdSe/CdS.level": [-1.0]}), {}, "both are CdSe/CdS.level"),
        (grid({"dwell": [1.0], "sweep.dwell": [10.0]}), {}, "both are sweep.dwell"),
        (grid({"selectivity": [1.0], "ligand.selectivity": [0.5]}), {}, "both are ligand.sel"),
        (grid({"fraction": [0.5]}), {"sample": Sample(ligand="RNH2")}, None),
    ],
)
def test_what_no_point_could_be_computed_with_is_refused_at_once(design, options, named):
    options = {"protocol": SHORT} | options
    if named is None:  # an amine on CdS leaves cadmium: allowed
        assert (screen(design, **options, **QUIET).state.values == 1).all()
        return
    with pytest.raises(InputError, match=named):
        screen(design, **(QUIET | options))


def test_one_protocol_one_bias_and_one_reading_need_no_lists():
    import pandas as pd

    table = pd.DataFrame({"couple": ["Cd²⁺/Cd", "Mg²⁺/Mg"], "fraction": [1, 0.5]})
    made = screen(points(table), Sweep(0, 2, 0.25), at=2.0, readings="luminance", **QUIET)
    assert made.luminance.shape == (2, 1) and "peak_eqe" not in made
    assert made.luminance[0] < made.luminance[1]


def test_a_thickness_without_a_range_is_a_factor_of_a_grid():
    made = screen(grid({"poly-TPD.thickness": [25e-9, 40e-9]}), SHORT, **QUIET)
    assert (made.state.values == 1).all()
    assert made["poly-TPD.thickness"].attrs["units"] == "m"
    own = sweep(red_qled(changes={"poly-TPD.thickness": 40e-9}), 0, 2, 0.25)
    assert made.current_density.values[-1] == pytest.approx(own.current_density[-1], rel=1e-6)
    with pytest.raises(InputError, match="no plausible range"):
        hypercube({"poly-TPD.thickness": None}, 5)


def test_the_memo_of_experiments_is_left_alone():
    from qdlib.device.experiment import _kept

    before = _kept.cache_info()
    screen(grid({"level": [-0.9, -0.91]}), SHORT, **QUIET)
    assert _kept.cache_info() == before


def test_qdlib_starts_without_the_libraries_of_screenings():
    code = (
        "import sys, qdlib.screening; "
        "print({'xarray', 'dask', 'joblib', 'zarr', 'tqdm'} & sys.modules.keys())"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"


@pytest.mark.proof
def test_a_cluster_gives_what_one_process_gives():
    distributed = pytest.importorskip("distributed")
    design = hypercube({"potential": None, "level": (-1.1, -0.7)}, 24, seed=1)
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    )
    with cluster, distributed.Client(cluster) as client:
        made = screen(design, SHORT, client=client, progress=False)
        assert len(client.scheduler_info()["workers"]) == 2
    alone = screen(design, SHORT, **QUIET)
    assert (made.state.values == 1).all()
    for name in READINGS:
        assert made[name].values == pytest.approx(alone[name].values, rel=1e-9, nan_ok=True)


# The kept screenings, and the page that shows them


def test_the_kept_map_is_the_models():
    """After a change of the model or its calibration: make screens."""
    kept, design = kept_map(), map_design()
    chosen = [k for k in range(len(design)) if k % 701 == 350]
    for k in chosen:
        own = design.at(k)
        made = screen(points({name: [one] for name, one in own.items()}), at=BIASES, **QUIET)
        f, p, v = (list(design.axes[name]).index(one) for name, one in own.items())
        assert made[READING].values[0] == pytest.approx(kept.values[f, p, v], rel=1e-3, abs=1e-4)


def test_the_kept_candidates_are_the_calibrations():
    """After a change of the model or its calibration: make screens."""
    from qdlib.screening.kept import _kept

    kept, design = np.array(_kept("candidates")[READING]), candidates_design()
    drawn = len(data_rows("calibration/samples.csv"))
    assert kept.shape == (1 + drawn, len(COUPLES) + 1, len(BIASES))
    assert len(design) == kept.shape[0] * kept.shape[1]
    names = [*COUPLES, "none"]
    for draw, couple in ((0, "Cd²⁺/Cd"), (0, "none"), (1, "Zn²⁺/Zn"), (drawn, "Mn²⁺/Mn")):
        own = design.at(draw * len(names) + names.index(couple))
        assert own["couple"] == couple
        made = screen(points({name: [one] for name, one in own.items()}), at=BIASES, **QUIET)
        wanted = kept[draw, names.index(couple)]
        assert made[READING].values[0] == pytest.approx(wanted, rel=1e-3, abs=1e-4)


def test_candidates_are_ranked_by_how_surely_they_are_inert():
    ranked = candidates(3.0)
    assert len(ranked) == len(COUPLES)
    chances = [one.chance_inert for one in ranked]
    assert chances == sorted(chances, reverse=True)
    by_metal = {one.couple.label: one for one in ranked}
    assert by_metal["Mg²⁺/Mg"].inert and by_metal["Mg²⁺/Mg"].chance > 0.9  # as the paper finds
    assert not by_metal["Cd²⁺/Cd"].inert and by_metal["Cd²⁺/Cd"].chance > 0.9
    for one in ranked:
        assert 0 <= one.chance <= 1 and one.low <= one.high
        assert one.inert == (one.kept >= INERT)
    with pytest.raises(InputError, match=r"bias = 3\.1"):
        candidates(3.1)


def test_there_is_a_maker_for_each_kept_screening():
    assert set(KEPT) == {"map", "candidates"}


def test_every_trace_of_the_page_has_its_points():
    named = {f"{axes.key}/{one.name}" for axes in page_module.panels() for one in axes.traces}
    assert set(page_module.series(first())) == named


def first():
    return page_module.view(**defaults(page_module.CONTROLS))


def test_what_the_map_shows_is_the_explorers_device():
    shown = first()
    p, v = 12, 10
    address = page_module.link(shown, shown.potential[p], shown.level[v])
    values = {"metal": "custom"} | dict(parse_qsl(urlsplit(address).fragment))
    opened = {one.name: one.accept(values[one.name]) for one in explorer.CONTROLS}
    run = explorer.view(**opened).run
    at = round(shown.bias / explorer.BIAS_STEP)
    kept = run.internal_quantum_efficiency[at] / run.device.dot.film_yield
    assert shown.values[p, v] == pytest.approx(kept, rel=0.01)


def test_the_list_links_what_the_explorer_can_show():
    shown = first()
    listed = page_module.ranking(shown)
    assert listed.count("<tr") == len(COUPLES) + 1
    assert "explorer.ipynb#bias=3.0&amp;fraction=1.0&amp;potential=-0.4021" in listed
    assert "potential=-3.0398" not in listed  # lithium: beyond the slider


@pytest.mark.browser
@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE], ids=["wide", "phone"])
def test_the_page_shows_its_map_and_a_click_opens_the_device(reader, site, size):
    view = View(reader, page_of(site, "screening"), size=size).ready(HEAT)
    page = view.page
    assert view.wide <= size["width"]
    assert page.locator("table.qd-table tr").count() == len(COUPLES) + 1
    before = page.locator(HEAT).evaluate(DRAWN)
    page.get_by_label("Residual ligand fraction, of the map").select_option("0.25")
    view.wait(lambda: page.locator(HEAT).evaluate(DRAWN) != before, "the same map")
    page.locator(".js-plotly-plot").first.scroll_into_view_if_needed()
    box = page.locator(".js-plotly-plot .heatmaplayer").first.bounding_box()
    with page.context.expect_page() as opened:
        page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.8 * box["height"])
        page.wait_for_timeout(300)  # plotly looks under a mouse that rests
        page.mouse.down()
        page.mouse.up()
    address = urlsplit(opened.value.url)
    values = dict(parse_qsl(address.fragment))
    assert address.path.endswith("explorer.ipynb")
    assert (values["fraction"], values["bias"]) == ("0.25", "3.0") and "metal" not in values
    assert -2.6 <= float(values["potential"]) < -1 and -1.4 <= float(values["level"]) < -1
    opened.value.close()
    assert view.errors == [] and view.foreign == set()
    view.leave()


@pytest.mark.proof
def test_workers_do_not_outlive_what_they_work_for(killed):
    _, workers = killed
    assert workers
    assert psutil.wait_procs(workers, timeout=60)[1] == []
