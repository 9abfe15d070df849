"""What the mesh, the instants and the classes of sites leave of an error: convergence, drawn.

The panels' functions stand in `notebooks/convergence.ipynb`. Each reading is computed at coarser
and finer steps, and compared with the finest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from ..constants import BOLTZMANN, CHARGE
from ..device.experiment import Hold, perform
from ..notebook import plots
from ..notebook.controls import Control
from ..notebook.curves import colour
from ..notebook.drawing import Drawing, stacked
from ..notebook.plots import Axes, Axis, Trace
from ..physics import reduction, transport
from ..wording import digits

CELLS = (4.0, 2.0, 1.0, 0.5, 0.25, 0.0625)  # widths, in those of the default mesh
PARTS = (5, 10, 20, 40, 80, 320)  # of the time of a hold, on its logarithm: so many instants more
DEFAULT_PARTS = 40
COUNTS = (3, 5, 7, 9, 11, 13, 17, 21, 61)  # classes of sites
EXACT = 1e-9  # of Newton's method, so that the mesh alone is seen
LOWEST = 1e-7  # of an axis of errors [%]

DRIVE = Control("bias", "Bias", 3.0, 1.5, 5.0, 0.05, "V")
HOLD = Control("bias", "Bias of the hold", 2.0, 1.5, 4.0, 0.05, "V")
HOURS = Control("hours", "Hours of the hold", 1.0, 0.01, 100.0, 0.1, "h", ".3g", log=True)
LEFT_OF_SALT = Control("fraction", "Residual ligand fraction", 1.0, 0.2, 1.0, 0.01)
ELECTRONS = Control("electrons", "Electrons per dot", 0.1, 1e-4, 2.0, 0.1, "", ".2g", log=True)


@dataclass(frozen=True, eq=False)
class Refined:
    """One reading at several steps, of which the last is the finest.

    steps : falling, in some measure (n,); values : at each of them (n, K)
    default : the step that is used; hue : of its curve
    """

    steps: tuple[float, ...]
    values: np.ndarray
    default: float
    hue: str

    @cached_property
    def errors(self):
        """Largest difference from the finest, over the finest's largest value [1] (n - 1,)."""
        finest = self.values[-1]
        return np.abs(self.values[:-1] - finest).max(axis=1) / np.abs(finest).max()

    @property
    def error(self):
        """Of the default [1]."""
        return float(self.errors[self.steps.index(self.default)])

    @property
    def order(self):
        """Power of the step with which the error goes, from the default to the next finer one."""
        k = self.steps.index(self.default)
        fall = np.log(self.errors[k] / self.errors[k + 1])
        return float(fall / np.log(self.steps[k] / self.steps[k + 1]))


def on_meshes(device, bias):
    """Current density of a device with nothing reduced, at a bias [V]: Refined over CELLS."""
    solve = partial(transport.solve, device.wired_stack, [bias], EXACT, judged=False)
    values = [solve(refine=1 / cell).current_density() for cell in CELLS]
    return Refined(CELLS, np.array(values), 1.0, colour(device.ligand))


def in_instants(device, bias, hours):
    """Photoluminescence left at PARTS[0] times of a hold [V, h]: Refined over its instants.

    The steps are decades of time per instant.
    """
    values = []
    for parts in PARTS:
        hold = Hold(voltage=bias, hours=hours, instants_count=parts + 1)
        run = perform(device, [hold])
        values.append(run.relative_photoluminescence[:: parts // PARTS[0]])
    span = float(np.log10(run.time[-1] / run.time[0]))
    steps = tuple(span / parts for parts in PARTS)
    return Refined(steps, np.array(values), span / DEFAULT_PARTS, colour(device.ligand))


def in_classes(device, electrons, times):
    """Share of the sites reduced after times [s] at so many electrons per dot: Refined.

    The steps are one over the number of classes.
    """
    thermal = BOLTZMANN * device.stack.temperature / CHARGE
    values = []
    for count in COUNTS:
        own = device.ligand.couple, device.dot.level, device.redox, thermal
        factors = reduction.class_factors(*own, device.ligand.lower_share, count)
        shares = reduction.spread_classes(count)[1]
        values.append(shares @ reduction.reduce_sites(factors, electrons * times))
    steps = tuple(1 / count for count in COUNTS)
    return Refined(steps, np.array(values), 1 / reduction.CLASSES, colour(device.ligand))


def errors_over(title, label, low, high, tell: Callable, order=None):
    """A `show` of panels whose view is {label: Refined}: errors against steps, the default marked.

    label, low, high : of the axis of steps; tell(refined) : in words; order : of a line to compare
    """

    def show(panel, first):
        names = list(first)
        guide = (Trace("guide", "comparison"),) if order else ()
        marks = (Trace(f"{name}, default", "now", first[name].hue) for name in names)
        lines = (Trace(name, "model", first[name].hue) for name in names)
        axes = Axes(
            panel, title, Axis(label, low, high, log=True),
            Axis("error (%)", LOWEST, 100, log=True), (*guide, *lines, *marks),
        )  # fmt: skip

        def series(view):
            drawn = {}
            for name, one in view.items():
                percent = np.maximum(100 * one.errors, LOWEST)
                drawn[f"{panel}/{name}"] = np.array(one.steps[:-1]), percent
                drawn[f"{panel}/{name}, default"] = (
                    [one.default],
                    [percent[one.steps.index(one.default)]],
                )
            if order:
                one = next(iter(view.values()))
                x = np.array([low, high])
                at = max(100 * one.error, LOWEST)
                drawn[f"{panel}/guide"] = x, 3 * at * (x / one.default) ** order
            return drawn

        def say(view):
            return "; ".join(f"{name}: {tell(one)}" for name, one in view.items()) + "."

        legend = plots.swatches({name: one.hue for name, one in first.items()})
        against = f" &ensp;thin: a line of order {order}" if order else ""
        return Drawing((axes,), series, say, f"{legend} &ensp;● the default{against}.",
                       table=_table)  # fmt: skip

    return show


def _table(view):
    columns = {
        name: {"step": one.steps[:-1], "error [1]": one.errors} for name, one in view.items()
    }
    return stacked(columns, "point")


def _order(one):
    return f"error of the default {digits(100 * one.error, 2)} %, order {one.order:.1f}"


def _by_classes(one):
    at = dict(zip(COUNTS, one.errors, strict=False))
    told = (f"{digits(100 * at[count], 2, noise=1e-6)} % with {count}" for count in (7, 13, 21))
    return f"error {', '.join(told)} classes"


mesh = errors_over(
    "Current density", "width of the cells, over the default’s", 0.1, 5.0, _order, order=2
)
instants = errors_over(
    "Photoluminescence left", "decades of time per instant", 0.02, 3.0, _order, order=2
)
classes = errors_over("Share of the sites reduced", "1 / classes", 0.04, 0.4, _by_classes)
