"""How fast and how exact qdlib is: a table, and the same numbers in results.json beside this file.

A limit that is exceeded is marked, and is no error: times belong to the machine they are taken on.
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

import browser  # which puts tests/ and tools/ on the path
import numpy as np
from lessons import lessons
from reference import reference_curve, reference_stack
from serving import environment

from qdlib import Ligand, red_qled, sweep
from qdlib.notebook.live import defaults
from qdlib.pages import explorer
from qdlib.paper.cavity import cavity_of
from qdlib.paper.setups import paper_waves
from qdlib.physics import transport
from qdlib.physics.outcoupling import modes
from qdlib.physics.voltammetry import voltammogram
from qdlib.screening import hypercube, screen

RESULTS = Path(__file__).with_name("results.json")
DEFAULTS = defaults(explorer.CONTROLS)
P95_FROM = 20  # samples
SCREENED = 1000  # devices
FIRST_SOLVE = """
import time
from qdlib import red_qled, sweep

start = time.perf_counter()
sweep(red_qled(), 0, 4).luminance
print(time.perf_counter() - start)
"""


def result(samples, unit, limit=None, limit_p95=None, peer=None, peer_samples=None):
    """What is kept of the samples, as results.json has it; ratio is of the medians."""
    kept = {"median": median(samples), "unit": unit, "limit": limit}
    if len(samples) >= P95_FROM:
        kept["p95"] = float(np.quantile(samples, 0.95))
    if limit_p95 is not None:
        kept["limit p95"] = limit_p95
    if peer:
        kept |= {"ratio": kept["median"] / median(peer_samples), "peer": peer}
    return {key: _rounded(value) for key, value in kept.items()}


def _rounded(value):
    return float(f"{value:.3g}") if isinstance(value, float) else value


def clock(act, *arguments):
    """Time of a call [ms]."""
    start = time.perf_counter()
    act(*arguments)
    return 1e3 * (time.perf_counter() - start)


def transport_sweep():
    """The reference diode's J-V curve: time and error."""
    voltage, current, _ = reference_curve("qled")
    stack = reference_stack("qled")

    def curve():
        return transport.solve(stack, voltage).current_density()

    driven = (voltage >= 1.5) & (voltage <= 4.0)
    error = 100 * np.abs(curve() / current - 1)[driven].max()
    return {
        "transport sweep": result([clock(curve) for _ in range(100)], "ms", 8),
        "transport error": result([error], "%", 1),
    }


def fractions(count):
    """Residual fractions that can be reduced, no two the same, in no order."""
    return np.random.default_rng(1).permutation(np.linspace(0.3, 1.0, count))


def everything(device):
    """The explorer's sweep of a device, to the last derived quantity."""
    run = sweep(device, 0.0, explorer.HIGHEST_BIAS, explorer.BIAS_STEP, DEFAULTS["dwell"])
    return run.table, run.peak_eqe, run.voltage_gap


def sweep_with_reduction():
    """A device whose ligand is reduced during the sweep, and the same one without reduction."""
    samples, inert = [], []
    for fraction in fractions(100):
        own = {"metal": "Cd", "fraction": fraction}
        names = "metal", "fraction", "potential", "level", "film_yield"
        device = explorer.device_for(*((DEFAULTS | own)[name] for name in names))
        samples.append(clock(everything, device))
        inert.append(clock(everything, replace(device, ligand=Ligand("inert"))))
    return {
        "sweep with reduction": result(
            samples[5:], "ms", 20, peer="inert ligand", peer_samples=inert[5:]
        )
    }


def screening():
    """A device of a screening against a transport sweep of the same stack: two processes, and one.

    The processes are started beforehand; some of the potentials are inert, as on a map.
    """
    stack, voltage = red_qled().wired_stack, np.linspace(0.0, 5.0, 101)

    def devices(seed):
        return hypercube({"potential": None, "fraction": (0.3, 1.0)}, SCREENED, seed)

    def screened(jobs, seed):
        start = time.perf_counter()
        screen(devices(seed), jobs=jobs, progress=False)
        return 1e3 * (time.perf_counter() - start) / SCREENED

    def plain():
        return transport.solve(stack, voltage).current_density()

    alone, both, bare = [], [], []
    screened(2, 0), screened(1, 0)
    for seed in range(1, 4):  # in turns, as other work on the machine comes and goes
        both.append(screened(2, seed))
        alone.append(screened(1, seed))
        bare += [clock(plain) for _ in range(20)]
    return {
        "screening, a device, 2 cores": result(
            both, "ms", peer="a transport sweep", peer_samples=bare
        ),
        "screening, a device, 1 core": result(alone, "ms", peer="2 cores", peer_samples=both),
    }


def outcoupling():
    """The paper's 23.5 %: at one wavelength, and over a spectrum in full resolution."""
    cavity, depths = cavity_of(red_qled().stack), 5
    spectrum = np.linspace(590e-9, 690e-9, 38)

    def at(wavelength, vectors):
        return modes(cavity, wavelength, cavity.depths(depths), in_plane=vectors)

    found = at(632e-9, 400)
    error = 100 * np.abs(found.closure).max()
    return {
        "outcoupling, one wavelength": result(
            [clock(at, 632e-9, 400) for _ in range(100)], "ms", 8
        ),
        "outcoupling, spectrum": result([clock(at, spectrum, 1000) for _ in range(20)], "ms", 150),
        "outcoupling, energy closure": result([error], "%", 0.1),
    }


def explorer_step():
    """All that Python does at one step of the fraction's slider."""

    def step(fraction):
        shown = explorer.view(**DEFAULTS | {"fraction": fraction})
        for part in (explorer.series, explorer.patches, explorer.table):
            part(shown)

    samples = [clock(step, fraction) for fraction in fractions(100)]
    return {"explorer step": result(samples[5:], "ms")}


def curves():
    """A voltammogram of 2000 points, and what Python does at one slider step of each panel."""
    rates = np.random.default_rng(1).permutation(np.geomspace(0.01, 1.0, 60))

    def scan(rate):
        return voltammogram(paper_waves("Cd(RCOO)2"), rate, -0.2, -1.3, points=2000)

    steps = {one.name: _steps(one) for lesson in lessons() for one in lesson.panels}
    middles = {panel: median(found) for panel, found in steps.items() if found}
    slowest = max(middles, key=middles.get)
    return {
        "voltammogram, two waves": result([clock(scan, rate) for rate in rates][5:], "ms", 5),
        "panels, median step": result(list(middles.values()), "ms"),
        f"slowest panel, {slowest}": result(steps[slowest], "ms", 1000),
    }


def _steps(panel):
    """Times [ms] of steps of a panel's first slider, each to a new place."""
    sliders = [one for one in panel.controls if not one.choices]
    if not sliders:
        return []
    low, high = sliders[0].minimum, sliders[0].maximum

    def step(value):
        view = panel(**{sliders[0].name: value})
        return panel.drawing.series(view), panel.drawing.say(view)

    return [clock(step, value) for value in np.linspace(low, high, 11)[1:-1] * 0.9973]


def python(code):
    """What a fresh Python process prints."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment(), check=True, capture_output=True).stdout


def fresh_processes():
    """From the shell to an imported qdlib; from there to the first curve."""
    python(FIRST_SOLVE)  # fills the caches
    pairs = [
        (clock(python, "import qdlib"), clock(python, "import numpy, numba")) for _ in range(7)
    ]
    own, peer = (np.array(times) / 1e3 for times in zip(*pairs, strict=True))
    return {
        "import qdlib": result(
            list(own), "s", 1, peer="import numpy, numba", peer_samples=list(peer)
        ),
        "first solve": result([float(python(FIRST_SOLVE)) for _ in range(7)], "s", 0.7),
    }


def pages():
    """The explorer in a browser; the bare page has one slider and one line, and no model."""
    samples = browser.measure()
    key = "ms", 70, 120, "a bare page", samples["key press, bare"]
    return {
        "key press to frame, fraction": result(samples["key press, fraction"], *key),
        "key press to frame, bias": result(samples["key press, bias"], *key),
        "key press to frame, bare page": result(samples["key press, bare"], "ms"),
        "drag lag": result(samples["drag lag"], "ms", 300),
        "page usable, cold kernel": result(samples["page usable, cold"], "s", 5),
        "page usable, pre-heated": result(samples["page usable, pre-heated"], "s", 3),
        "lesson usable, cold kernel": result(samples["lesson usable, cold"], "s", 5),
        **{
            f"{name.replace('press', 'press to frame')}": result(samples[name], "ms", 70, 120)
            for name in samples
            if name.removeprefix("key press, ") in browser.PANELS
        },
        "8 viewers, drag lag": result(samples["8 viewers, drag lag"], "ms", 2000),
        "memory of a kernel": result(samples["memory of a kernel"], "MB"),
    }


def line(name, found):
    """One line of the table."""

    def cell(key):
        value = found.get(key)
        over = value is not None and (found.get(_LIMITS[key]) or np.inf) < value
        return ("" if value is None else f"{value:g}") + ("!" if over else "")

    limits = [f"{found[key]:g}" for key in _LIMITS.values() if found.get(key)]
    peer = f"{found['ratio']:g} × {found['peer']}" if "ratio" in found else ""
    return (
        f"{name:<31}{cell('median'):>8}{cell('p95'):>8} {found['unit']:<4}"
        f"{' / '.join(limits):<11}{peer}".rstrip()
    )


_LIMITS = {"median": "limit", "p95": "limit p95"}


def main():
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-browser", action="store_true", help="leave out the pages")
    benchmarks = [transport_sweep, sweep_with_reduction, outcoupling, explorer_step, curves]
    benchmarks += [screening, fresh_processes]
    absent = "--no-browser" if parser.parse_args().no_browser else browser.missing()
    if not absent:
        benchmarks.append(pages)
    print(f"{'':<31}{'median':>8}{'p95':>8} {'':<4}{'limit':<11}ratio (! over the limit)")
    results = {}
    for benchmark in benchmarks:
        found = benchmark()
        results |= found
        print(*(line(*item) for item in found.items()), sep="\n", flush=True)
    if absent:
        print(f"Without the pages: {absent}.")
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
