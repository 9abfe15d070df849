"""How fast and how exact qdlib is: a table, and the same numbers in results.json beside this file.

Times belong to the machine they are taken on; so most limits are on a ratio, of a time to one that
is taken in turns with it or in the same run. A limit that is exceeded is marked, and is no error.
"""

import argparse
import json
import subprocess
import sys
import time
from itertools import cycle
from pathlib import Path
from statistics import median

import browser  # which puts tests/ and tools/ on the path
import numpy as np
from lessons import lessons
from reference import reference_curve, reference_stack
from serving import environment

from qdlib import Hold, perform, red_qled, sweep
from qdlib.notebook.live import defaults
from qdlib.pages import explorer
from qdlib.paper.cavity import cavity_of
from qdlib.paper.setups import paper_waves
from qdlib.physics import transport
from qdlib.physics.outcoupling import modes
from qdlib.physics.voltammetry import voltammogram
from qdlib.screening import hypercube, screen

TRANSPORT, SWEEP = "transport sweep", "sweep with reduction"
RESULTS = Path(__file__).with_name("results.json")
DEFAULTS = defaults(explorer.CONTROLS)
P95_FROM = 20  # samples
SCREENED, ALONE = 10_000, 2_500  # devices that two processes compute, and one
FIRST_SOLVE = """
import time
from qdlib import red_qled, sweep

start = time.perf_counter()
sweep(red_qled(), 0, 4).luminance
print(time.perf_counter() - start)
"""


def result(
    samples, unit, limit=None, limit_p95=None, peer=None,
    ratio_limit=None, ratio_limit_p95=None, peer_samples=None,
):  # fmt: skip
    """What is kept of the samples, as results.json has it.

    peer : what the median is compared with, and limited by `ratio_limit`: a row of the table, whose
        ratio `compared` adds, or what was measured in turns with it, its samples given
    """
    kept = {"median": median(samples), "unit": unit, "limit": limit, "limit p95": limit_p95}
    if len(samples) >= P95_FROM:
        kept["p95"] = float(np.quantile(samples, 0.95))
    kept |= {"peer": peer, "ratio_limit": ratio_limit, "ratio_limit p95": ratio_limit_p95}
    if peer_samples is not None:
        kept |= _ratios(kept, median(peer_samples))
    return {key: _rounded(value) for key, value in kept.items() if value is not None}


def in_turns(pairs, unit, peer, ratio_limit=None):
    """A `result` of pairs (own time, its peer's right after), whose ratio is that of the pairs.

    What else a machine does comes and goes in seconds: the two medians may be of different hours.
    """
    own, beside = zip(*pairs, strict=True)
    middle, high = np.quantile(np.divide(own, beside), (0.5, 0.95))
    found = result(list(own), unit, peer=peer, ratio_limit=ratio_limit)
    return found | {"ratio": _rounded(float(middle)), "ratio p95": _rounded(float(high))}


def _ratios(found, peer):
    names = {"median": "ratio", "p95": "ratio p95"}
    return {name: _rounded(found[key] / peer) for key, name in names.items() if key in found}


def compared(found, table):
    """A row of the table with its ratios to the median of its peer's row."""
    if "peer" not in found or "ratio" in found:
        return found
    return found | _ratios(found, table[found["peer"]]["median"])


def _rounded(value):
    return float(f"{value:.3g}") if isinstance(value, float) else value


def clock(act, *arguments):
    """Time of a call [ms]."""
    start = time.perf_counter()
    act(*arguments)
    return 1e3 * (time.perf_counter() - start)


def transport_error():
    """Of the reference diode's J-V curve, against the converged one."""
    voltage, current, _ = reference_curve("qled")
    solved = transport.solve(reference_stack("qled"), voltage).current_density()
    driven = (voltage >= 1.5) & (voltage <= 4.0)
    error = 100 * np.abs(solved / current - 1)[driven].max()
    return {"transport error": result([error], "%", 1)}


def fractions(count):
    """Residual fractions that can be reduced, no two the same, in no order."""
    return np.random.default_rng(1).permutation(np.linspace(0.3, 1.0, count))


def cadmium(fraction):
    """The explorer's diode with so much of its cadmium carboxylate."""
    own = DEFAULTS | {"metal": "Cd", "fraction": fraction}
    return explorer.device_for(
        *(own[name] for name in ("metal", "fraction", "potential", "level", "film_yield"))
    )


def everything(run):
    """A run to the last derived quantity."""
    return run.table, run.peak_eqe, run.voltage_gap


def swept(device):
    """The explorer's sweep of a device."""
    steps = 0.0, explorer.HIGHEST_BIAS, explorer.BIAS_STEP
    return everything(sweep(device, *steps, DEFAULTS["dwell"]))


def sweeps():
    """Times [ms] of sweeps with reduction, for what is measured in turns with them."""
    for device in cycle(map(cadmium, fractions(105))):
        yield clock(swept, device)


def experiments():
    """A sweep and a hold of diodes whose ligand is reduced, beside their transport alone.

    Each diode is another, since what has been run is kept.
    """
    voltage = np.arange(0, explorer.HIGHEST_BIAS + 0.5 * explorer.BIAS_STEP, explorer.BIAS_STEP)

    def transported(device):
        return transport.solve(device.wired_stack, voltage, judged=False).current_density()

    def held(device):
        return everything(perform(device, [Hold(milliamp_per_cm2=10.0, hours=100.0)]))

    acts = transported, swept, held
    times = [[clock(act, device) for act in acts] for device in map(cadmium, fractions(105))]
    alone, own, holds = zip(*times[5:], strict=True)
    return {
        TRANSPORT: result(list(alone), "ms"),
        SWEEP: in_turns(list(zip(own, alone, strict=True)), "ms", TRANSPORT, 1.5),
        "hold at constant current": in_turns(list(zip(holds, own, strict=True)), "ms", SWEEP, 1.5),
    }


def hold_error():
    """Of a hold, against one of ten times the instants: the largest of light and reduced sites."""
    count = Hold(voltage=0.0).instants_count
    errors = []
    for drive in ({"voltage": 2.0, "hours": 50.0}, {"milliamp_per_cm2": 10.0, "hours": 100.0}):
        few, many = (
            perform(red_qled(), [Hold(**drive, instants_count=instants)])
            for instants in (count, 10 * (count - 1) + 1)
        )
        for name in ("luminance", "relative_photoluminescence", "reduced_sites_per_dot"):
            errors.append(np.abs(getattr(few, name) / getattr(many, name)[::10] - 1).max())
    return {"hold error": result([100 * max(errors)], "%", 0.5)}


def screening():
    """A device of a screening against a transport sweep of the same stack: two processes, and one.

    That the two have to start counts. Some of the potentials are inert, as on a map. What two
    processes can gain on this machine is what they gain where each sweeps for itself.
    """
    from joblib import Parallel, delayed

    stack, voltage = red_qled().wired_stack, np.linspace(0.0, 5.0, 101)

    def screened(jobs, count, seed):
        devices = hypercube({"potential": None, "fraction": (0.3, 1.0)}, count, seed)
        return clock(lambda: screen(devices, jobs=jobs, progress=False)) / count

    def plain():
        return transport.solve(stack, voltage, judged=False).current_density()

    def swept():
        for _ in range(ALONE // 2):
            plain()

    def apart(jobs):
        with Parallel(jobs) as processes:
            processes(delayed(plain)() for _ in range(2))  # which starts them
            return clock(lambda: processes(delayed(swept)() for _ in range(2))) / ALONE

    alone, both, bare, one, two = [], [], [], [], []
    screened(1, 10, 0)
    for seed in range(1, 4):  # in turns, as other work on the machine comes and goes
        both.append(screened(2, SCREENED, seed))
        bare += [clock(plain) for _ in range(50)]
        alone.append(screened(1, ALONE, seed))
        bare += [clock(plain) for _ in range(50)]
        two.append(apart(2))
        one.append(apart(1))
    peer = "a transport sweep"
    return {
        "screening, a device, 2 cores": result(
            both, "ms", peer=peer, ratio_limit=0.6, peer_samples=bare
        ),
        "screening, a device, 1 core": result(alone, "ms", peer="2 cores", peer_samples=both),
        "  transport sweeps apart, 1 core": result(one, "ms", peer="2 cores", peer_samples=two),
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
            [clock(at, 632e-9, 400) for _ in range(100)], "ms", peer=TRANSPORT, ratio_limit=3
        ),
        "outcoupling, spectrum": result(
            [clock(at, spectrum, 1000) for _ in range(20)], "ms", peer=TRANSPORT, ratio_limit=60
        ),
        "outcoupling, energy closure": result([error], "%", 0.1),
    }


def explorer_step():
    """All that Python does at one step of the fraction's slider."""

    def step(fraction):
        shown = explorer.view(**DEFAULTS | {"fraction": fraction})
        for part in (explorer.series, explorer.patches, explorer.table):
            part(shown)

    beside = sweeps()
    pairs = [(clock(step, fraction), next(beside)) for fraction in fractions(100)][5:]
    return {"explorer step": in_turns(pairs, "ms", "a sweep")}


def curves():
    """A voltammogram of 2000 points, and what Python does at one slider step of each panel."""
    rates = np.random.default_rng(1).permutation(np.geomspace(0.01, 1.0, 60))

    def scan(rate):
        return voltammogram(paper_waves("Cd(RCOO)2"), rate, -0.2, -1.3, points=2000)

    beside, panels = sweeps(), {one.name: one for lesson in lessons() for one in lesson.panels}
    steps = {name: list(_steps(panel, beside)) for name, panel in panels.items()}
    steps = {name: found for name, found in steps.items() if found}
    times = [[median(one) for one in zip(*found, strict=True)] for found in steps.values()]

    def ratio(name):
        return median(own / peer for own, peer in steps[name])

    for name in sorted(steps, key=ratio)[-4:]:  # nine steps are few, where a machine is shared
        steps[name] += [pair for turn in (1, 2, 3) for pair in _steps(panels[name], beside, turn)]
    slowest = max(steps, key=ratio)
    return {
        "voltammogram, two waves": result(
            [clock(scan, rate) for rate in rates][5:], "ms", peer=TRANSPORT, ratio_limit=2
        ),
        "panels, median step": in_turns(times, "ms", "a sweep"),
        f"slowest panel, {slowest}": in_turns(steps[slowest], "ms", "a sweep", 5),
    }


def _steps(panel, beside, turn=0):
    """Time [ms] of each step of a panel's first slider, to a new place, and of a sweep beside."""
    sliders = [one for one in panel.controls if not one.choices]
    if not sliders:
        return
    low, high = sliders[0].minimum, sliders[0].maximum

    def step(value):
        view = panel(**{sliders[0].name: value})
        return panel.drawing.series(view), panel.drawing.say(view)

    for value in np.linspace(low, high, 11)[1:-1] * (0.9973 - 0.0003 * turn):
        yield clock(step, value), next(beside)


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
    bare = "import numpy, numba"
    first = [float(python(FIRST_SOLVE)) for _ in range(7)]
    return {
        bare: result(list(peer), "s"),
        "import qdlib": result(list(own), "s", peer=bare, ratio_limit=1.5),
        "first solve": result(first, "s", peer=bare, ratio_limit=1.15),
    }


def pages():
    """Pages in a browser, as ratios to what is measured in turns with them.

    The bare page has one slider and one line, and no model; the stock page is Voilà as it comes,
    with one plotly FigureWidget.
    """
    samples = browser.measure()
    bare, stock = "key press to frame, bare page", "stock page usable, cold kernel"

    def press(name, ratio=None, ratio_p95=None):
        beside = samples[f"key press, bare beside {name}"]
        own = samples[f"key press, {name}"]
        return result(own, "ms", None, None, "a bare page", ratio, ratio_p95, beside)

    def usable(name, ratio):
        beside, own = samples["stock usable, cold"], samples[f"{name} usable, cold"]
        return result(own, "s", None, None, "a stock page", ratio, peer_samples=beside)

    return {
        "key press to frame, fraction": press("fraction", 2.2, 3),
        "key press to frame, bias": press("bias", 2.2, 3),
        "key press, static explorer": press("static explorer", 2.2),
        "static explorer usable": result(list(samples["static usable"]), "s"),
        "  more than plotly.js takes": result(
            samples["static usable, more"], "s", peer="static explorer usable", ratio_limit=0.4
        ),
        bare: result(samples["key press, bare beside fraction"], "ms"),
        **{f"key press to frame, {panel}": press(panel, 2.5) for panel in browser.PANELS},
        "drag lag": result(samples["drag lag"], "ms", peer=bare, ratio_limit=10),
        stock: result(samples["stock usable, cold"], "s"),
        "explorer usable, cold kernel": usable("explorer", 0.7),
        "lesson usable, cold kernel": usable("lesson", 1.0),
        "explorer usable, pre-heated": result(
            samples["explorer usable, pre-heated"], "s", peer=stock, ratio_limit=0.3
        ),
        "8 viewers, drag lag": result(
            samples["8 viewers, drag lag"], "ms", peer=bare, ratio_limit=50
        ),
        "memory of a kernel": result(samples["memory of a kernel"], "MB", 200),
    }


def line(name, found):
    """One line of the table."""

    def cell(key):
        value = found.get(key)
        over = value is not None and (found.get(_LIMITS[key]) or np.inf) < value
        return ("" if value is None else f"{value:g}") + ("!" if over else "")

    def limits(*keys):
        return " / ".join(f"{found[key]:g}" for key in keys if key in found)

    peer = f"{cell('ratio')} × {found['peer']}" if "peer" in found else ""
    peer += f", p95 {cell('ratio p95')}" if "ratio p95" in found else ""
    most = limits("ratio_limit", "ratio_limit p95")
    peer += f", at most {most}" if most else ""
    own = limits("limit", "limit p95")
    return (
        f"{name:<31}{cell('median'):>8}{cell('p95'):>8} {found['unit']:<4}{own:<11}{peer}".rstrip()
    )


_LIMITS = {
    "median": "limit",
    "p95": "limit p95",
    "ratio": "ratio_limit",
    "ratio p95": "ratio_limit p95",
}


def main():
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-browser", action="store_true", help="leave out the pages")
    benchmarks = [experiments, transport_error, hold_error, outcoupling, explorer_step, curves]
    benchmarks += [screening, fresh_processes]
    absent = "--no-browser" if parser.parse_args().no_browser else browser.missing()
    if not absent:
        benchmarks.append(pages)
    print(f"{'':<31}{'median':>8}{'p95':>8} {'':<4}{'limit':<11}ratio (its limit; ! over it)")
    results = {}
    for benchmark in benchmarks:
        found = benchmark()
        found = {name: compared(row, results | found) for name, row in found.items()}
        results |= found
        print(*(line(*item) for item in found.items()), sep="\n", flush=True)
    if absent:
        print(f"Without the pages: {absent}.")
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
