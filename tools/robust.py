"""Move every control of every page at random, and solve random stacks: `make robust`.

A draw fails if it raises anything but an InputError, draws a point without a number where the page
has one at first, says "nan", has an instant without a solution, or a current that is not what
electrons and holes carry. Some draws are computed once more with cells half as wide, and all random
stacks with cells a quarter as wide: a current that moves by more than MESH is wrong in silence.

Everything follows from --seed: a draw is told by its number, and `--only 1234` repeats it.
"""

import argparse
import dataclasses
import io
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing import Pool

import nbformat
import numpy as np
from lessons import NOTEBOOKS

try:
    import resource
except ImportError:
    resource = None

from qdlib.device import experiment
from qdlib.device.run import CURRENT_FLOOR, Run
from qdlib.errors import ConvergenceError, InputError
from qdlib.notebook.contents import pages
from qdlib.notebook.live import defaults
from qdlib.notebook.panel import Panel
from qdlib.pages import explorer, flask, light_out, scoreboard, screening, tables, your_data
from qdlib.physics import newton, transport
from qdlib.physics.stack import Contact, Layer, Stack

LIVE = explorer, flask, light_out, scoreboard, screening, your_data
AT_AN_END = 0.15  # share of the draws of a control that are its lowest or highest place
SAME = 1e-2  # of the current, how much it may be off: what the default mesh is good for
POLISH, RESTING = 6, 1e-10  # steps of Newton's method at most, and when they are over
MESH = 0.05  # of the current, how much it may move on a finer mesh
FINER, JUDGE = 2, 4  # times as small are the cells for a control's draw, and for a stack's
REPORT = 250  # draws
NOWHERE = ("Sweep_speed_2/",)  # a turn-on voltage, which a short sweep does not reach
BIASES = np.arange(0, 4.01, 0.1)  # [V], of a random stack


@dataclass(frozen=True)
class Surface:
    """Something on a page that has controls: draw(values) gives (view, series, words)."""

    name: str
    controls: tuple
    draw: Callable


@dataclass
class Outcome:
    """What came of a draw: its number, where, the values; refused, failures, and instants in all
    and without a solution; the largest move of a current on a finer mesh, NaN if not asked."""

    number: int
    where: str
    values: dict
    refused: str = ""
    failures: list[str] = field(default_factory=list)
    instants: int = 0
    unsolved: int = 0
    moved: float = np.nan


@cache
def surfaces():
    """All of them, in the order of the collection."""
    found = [Surface(module.__name__, module.CONTROLS, partial(_live, module)) for module in LIVE]
    found.append(Surface("table_S1", tables.CONTROLS_S1, _table))
    for name in pages():
        for panel in _panels(name):
            if panel.controls:
                where = f"{name}, {panel.name}"
                found.append(Surface(where, panel.controls, partial(_panel, panel)))
    return tuple(found)


def _panels(name):
    """The panels of a notebook, as its cells make them."""
    made, space = [], {}
    for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells:
        # its check cell would compute the whole page
        if cell.cell_type == "code" and "check(" not in cell.source and "whole(" not in cell.source:
            with redirect_stdout(io.StringIO()):
                exec(compile(cell.source, name, "exec"), space)
    for one in space.values():
        if isinstance(one, Panel) and one not in made:
            made.append(one)
    return made


def _panel(panel, values):
    view = panel(**values)
    return view, panel.drawing.series(view), panel.drawing.say(view)


def _live(module, values):
    view = module.view(**values)
    return view, module.series(view), module.summary(view)


def _table(values):
    view = tables.Converted(**values)
    return view, tables.map_series(view), ""


def place(control, rng):
    """A random place of a control."""
    if not control.choices and rng.random() < AT_AN_END:
        return float(rng.choice([control.minimum, control.maximum]))
    return rng.choice(control.places).item()


def runs_in(view, most=6):
    """Every Run that a view holds."""
    if isinstance(view, Run):
        yield view
    elif most > 0:
        if isinstance(view, dict):
            parts = view.values()
        elif isinstance(view, list | tuple):
            parts = view
        elif dataclasses.is_dataclass(view):
            parts = [getattr(view, one.name) for one in dataclasses.fields(view)]
        else:
            parts = ()
        for part in parts:
            yield from runs_in(part, most - 1)


def gaps(series):
    """Of each trace: how many of its points have an x in numbers and no number for it, and how
    many have both."""
    found = {}
    for name, (x, y, *_) in series.items():
        x, y = np.asarray(x), np.asarray(y)
        if x.dtype.kind in "fiu" and y.dtype.kind in "fiu" and x.shape == y.shape:
            there = np.isfinite(x)
            found[name] = int((there & ~np.isfinite(y)).sum()), int((there & np.isfinite(y)).sum())
    return found


@cache
def at_first(index):
    """Traces of a surface that have gaps as the page comes up, which are meant."""
    surface = surfaces()[index]
    first = gaps(surface.draw(defaults(surface.controls))[1])
    return {name for name, (missing, _) in first.items() if missing}


def polished(solution):
    """The Solution after some more steps of Newton's method, its traps as they are."""
    mesh = solution.mesh
    state, nodes = solution.potentials.copy(), len(mesh.x)
    gain, slope = np.empty((nodes, 3, 3)), np.zeros(nodes)
    step, tangent = np.empty((nodes, 3)), np.empty((nodes, 3))
    for k in np.flatnonzero(solution.converged):
        trial = state[:, k].copy()
        bias = solution.voltage[k] / mesh.thermal_voltage
        for _ in range(POLISH):
            newton.linearise(bias, *trial, mesh.materials, solution.traps[k], slope,
                             gain, step, tangent, False)  # fmt: skip
            if not newton.update(0.0, *trial, step, tangent, 1.0) > RESTING:
                break
        state[:, k] = trial
    return transport.Solution(mesh, solution.voltage, state, solution.traps, solution.converged)


def carried(solution):
    """Current density of electrons and holes in an element [A/m2] (K,): the one of all in which
    rounding takes the least of it, for it is a difference of large numbers where the dense are."""
    m, y = solution.mesh.materials, solution.potential
    bias = solution.voltage[:, None] / solution.mesh.thermal_voltage
    n, p = np.exp(y - solution.quasi_fermi_electron), np.exp(solution.quasi_fermi_hole + bias - y)
    rounding = m[2] * m[4] * np.maximum(n[:, 1:], n[:, :-1])
    rounding += m[3] * m[5] * np.maximum(p[:, 1:], p[:, :-1])
    rounding *= 1 + np.abs(np.diff(y))
    electrons, holes = solution.edge_currents()
    return (electrons + holes)[np.arange(len(y)), np.argmin(np.nan_to_num(rounding), axis=1)]


def audited(outcome, solutions):
    """Add to an outcome what is wrong with some Solutions.

    The current as it stands, recombination and what leaks into the contacts, is compared with that
    of the polished state, and there with what electrons and holes carry inside.
    """
    for solution in solutions:
        outcome.instants += len(solution.converged)
        outcome.unsolved += int((~solution.converged).sum())
        was = solution.current_density()
        seen = np.abs(was) > CURRENT_FLOOR
        if not seen.any():
            continue
        exact = polished(solution)
        total = exact.current_density()
        off = np.abs(was / total - 1)[seen].max()
        if not off < SAME:
            outcome.failures.append(f"a current is off by {off:.2g} of itself")
        unlike = np.abs(carried(exact) / total - 1)[seen].max()
        if not unlike < SAME:
            outcome.failures.append(f"it carries another current than recombines, by {unlike:.2g}")


def moved(coarse, fine):
    """The largest relative difference of two currents (K,) that a meter would see [1]."""
    seen = (np.abs(fine) > CURRENT_FLOOR) & np.isfinite(coarse)
    return float(np.abs(coarse[seen] / fine[seen] - 1).max(initial=0.0))


def refined(outcome, *currents):
    """Add to an outcome how far a finer mesh moves its currents: pairs of default and finer."""
    outcome.moved = max(moved(*pair) for pair in currents)
    if outcome.moved > MESH:
        outcome.failures.append(f"a finer mesh moves a current by {outcome.moved:.2g}")


@contextmanager
def recorded(outcome, refusal):
    """What is raised meanwhile becomes a part of the outcome: a refusal, or a failure."""
    try:
        yield
    except refusal as error:
        outcome.refused = str(error)
    except Exception as error:
        outcome.failures.append(f"{type(error).__name__}: {error}")


@contextmanager
def on_a_finer_mesh():
    """All experiments within are done on a mesh with cells FINER times as small."""
    usual = transport.discretise
    _forget()
    transport.discretise = lambda stack, refine=FINER: usual(stack, refine)
    try:
        yield
    finally:
        transport.discretise = usual
        _forget()


def _forget():
    for kept in (experiment._kept, experiment._transported):
        kept.cache_clear()


def panel_draw(number, seed, every):
    """One draw of the controls of a page, on two meshes every so many rounds: an Outcome."""
    round_, index = divmod(number, len(surfaces()))
    surface, twice = surfaces()[index], round_ % every == 0
    rng = np.random.default_rng([seed, number])
    values = {control.name: place(control, rng) for control in surface.controls}
    outcome = Outcome(number, surface.name, values)
    with recorded(outcome, InputError):
        view, series, words = surface.draw(values)
        runs = list(runs_in(view))
        audited(outcome, [run.solution for run in runs])
        if outcome.unsolved:
            outcome.failures.append(f"{outcome.unsolved} of {outcome.instants} instants unsolved")
        own = gaps(series)
        # counted photons may be none in many channels, which a logarithm leaves out
        empty = {name for name, (missing, there) in own.items() if missing and (runs or not there)}
        if empty := {one for one in empty - at_first(index) if not one.startswith(NOWHERE)}:
            outcome.failures.append(f"no number is drawn for {', '.join(sorted(empty))}")
        if re.search(r"\b(nan|inf)\b", words):
            outcome.failures.append(f"it says {words!r}")
        if twice and runs:
            with on_a_finer_mesh():
                again = list(runs_in(surface.draw(values)[0]))
            refined(
                outcome,
                *((one.current_density, other.current_density)
                  for one, other in zip(runs, again, strict=True)),
            )  # fmt: skip
    return outcome


def random_stack(rng):
    """A stack of two to five layers, with contacts near the bands of the outer ones."""

    def between(low, high):
        return float(rng.uniform(low, high))

    def decades(low, high):
        return float(10 ** rng.uniform(low, high))

    layers = []
    for k in range(rng.integers(2, 6)):
        edge = between(2.0, 4.2)
        layers.append(
            Layer(
                name=f"layer {k + 1}",
                thickness=decades(-8.7, -7.0),
                permittivity=between(2, 10),
                conduction_edge=edge,
                valence_edge=edge + between(1.2, 3.8),
                electron_mobility=decades(-12, -6),
                hole_mobility=decades(-12, -6),
                conduction_states=decades(24, 27),
                valence_states=decades(24, 27),
                donors=decades(21, 24) if rng.random() < 0.2 else 0.0,
                acceptors=decades(21, 24) if rng.random() < 0.2 else 0.0,
                radiative_coefficient=decades(-18, -15) if rng.random() < 0.7 else 0.0,
                **_centres(rng, edge) if rng.random() < 0.3 else {},
            )
        )
    anode = Contact("anode", layers[0].valence_edge - between(0.0, 0.6))
    cathode = Contact("cathode", layers[-1].conduction_edge + between(0.0, 0.6))
    return Stack("random", anode, tuple(layers), cathode)


def _centres(rng, edge):
    return {
        "trap_density": float(10 ** rng.uniform(21, 24)),
        "trap_level": edge + float(rng.uniform(0.2, 1.0)),
        "capture_coefficient": float(10 ** rng.uniform(-16, -12)),
    }


def stack_draw(number, seed):
    """One random stack at BIASES, on the usual mesh and on that of JUDGE: an Outcome."""
    stack = random_stack(np.random.default_rng([seed, number, 1]))
    outcome = Outcome(number, "stack", {"layers": len(stack.layers)})
    with recorded(outcome, ConvergenceError):
        # what the solver does not trust on the usual mesh is left out, and no mesh judges itself
        coarse, fine = (transport.solve(stack, BIASES, refine=one) for one in (1, JUDGE))
        audited(outcome, [coarse])
        refined(outcome, (coarse.current_density(), fine.current_density()))
    return outcome


def told(title, draws):
    """Print what comes of some draws, failures at once; the number of those that failed."""
    outcomes = []
    for one in draws:
        outcomes.append(one)
        if one.failures:
            print(f"  {one.number} {one.where} {one.values}: {'; '.join(one.failures)}", flush=True)
        if len(outcomes) % REPORT == 0:
            print(f"  {title}: {len(outcomes)} draws", flush=True)
    instants = sum(one.instants for one in outcomes)
    unsolved = sum(one.unsolved for one in outcomes)
    whole = sum(one.unsolved == 0 for one in outcomes)
    print(f"{title}: {len(outcomes)} draws, {sum(bool(one.refused) for one in outcomes)} refused")
    print(f"  every instant solved in {100 * whole / max(len(outcomes), 1):.2f} % of them, "
          f"{instants - unsolved} of {instants} instants")  # fmt: skip
    meshes = np.array([one.moved for one in outcomes if np.isfinite(one.moved)])
    if len(meshes):
        middle, most = 100 * np.quantile(meshes, [0.5, 0.99])
        print(f"  on a finer mesh ({len(meshes)}) a current moves by {middle:.2g} % (median), "
              f"{most:.2g} % (99th percentile), {100 * meshes.max():.2g} % (at most)")  # fmt: skip
    for text, count in Counter(one.refused for one in outcomes if one.refused).most_common(5):
        print(f"  refused {count} times: {text}")
    return sum(bool(one.failures) for one in outcomes)


def main(arguments):
    """Draw, and print what failed; 1 if a draw of the controls did."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--draws", type=int, default=2000, help="of the controls of pages")
    parser.add_argument("--stacks", type=int, default=300, help="random ones")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=20, help="round on two meshes")
    parser.add_argument("--only", type=int, nargs="*", help="numbers of draws to repeat")
    parser.add_argument("--jobs", type=int, help="processes; one a core by default")
    own = parser.parse_args(arguments)
    started = time.monotonic()
    numbers = range(own.draws) if own.only is None else own.only
    surfaces()  # before the processes part
    with Pool(own.jobs) as pool:
        draw = partial(panel_draw, seed=own.seed, every=own.every)
        failed = told("Controls", pool.imap(draw, numbers, chunksize=4))
        if own.only is None:
            draw = partial(stack_draw, seed=own.seed)
            told("Stacks", pool.imap(draw, range(own.stacks), chunksize=4))
        pool.close()
        pool.join()
    if resource:  # not on Windows
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        most /= 1e6 if sys.platform == "darwin" else 1e3
        print(f"memory of a process that has drawn its share of all pages: {most:.0f} MB at most")
    print(f"{time.monotonic() - started:.0f} s")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
