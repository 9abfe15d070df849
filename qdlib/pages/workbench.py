"""The page of a reader's own data as a widget: from a file to a fit and its report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets

from ..device.experiment import Hold
from ..errors import InputError, require_range
from ..notebook.citation import cite
from ..notebook.contents import title
from ..notebook.drawing import stacked
from ..notebook.job import Job
from ..notebook.live import Live, Plot, button, column, csv_text, html, message, tell
from ..notebook.report import Report, html_report, notebook_report, results_table
from ..notebook.stack_editor import StackEditor
from ..notebook.upload import Upload
from ..owndata import fitting
from ..owndata.columns import USUAL_HOLD, measure, recognised, recognised_hold, time_trace
from ..owndata.fitting import FRACTION, MOST_STARTS, Fit, fit
from ..owndata.kinds import KINDS, Kind
from ..owndata.layers import listed, own_numbers, usual
from ..owndata.measurement import NOISE, STEP, Measured, Measurement, Noise
from ..owndata.reading import DECIMALS, SEPARATORS, Table, read, read_file
from ..owndata.stacks import OwnStack, cells, checked, from_toml, to_toml
from ..owndata.synthetic import TRUTHS
from ..paper.protocols import Sample
from ..parameters import parameters
from ..wording import digits
from .your_data import (
    AREA,
    CONTROLS,
    KEYS,
    LEGEND,
    UNUSED,
    View,
    example,
    figure,
    follow,
    level_key,
    series,
    settings,
    summary,
    view,
)

PREVIEW = 3  # cells of a column
SWEPT, HELD_BIAS, HELD_CURRENT = "bias swept", "bias held", "current density held"
HELD = {HELD_BIAS: "Held bias (V)", HELD_CURRENT: "Held current density (mA/cm²)"}
ERRORS = {"J": "the current", "L": "the light", "PL": "the PL", "PL kept": "the PL in time"}
"""Quantities whose stated errors a reader may change."""
SLID = {KEYS[name]: name for name in ("valence_edge", "hole_mobility", "electron_mobility")}
"""Numbers of a stack that have a slider."""
AT_FIRST = FRACTION, "redox.rate_constant"
OTHER_STARTS = 2


class Message:
    """A place for what went wrong, or what goes on."""

    def __init__(self) -> None:
        self.box = message()

    def say(self, text: str, role: str = "alert") -> None:
        """Show a text, or nothing."""
        tell(self.box, text, role)

    def guard(self, act: Callable[[], Any]) -> None:
        """Act, and show what goes wrong: in words, never as a traceback."""
        self.say("")
        try:
            act()
        except (InputError, OSError) as error:
            self.say(str(error))
        except Exception as error:  # the browser would show nothing at all
            self.say(f"{type(error).__name__}: {error}")


@dataclass(eq=False)
class Workbench:
    """The page, from a file to a report; `box` is its widget.

    table, measurement, fit : the file that was read, what it is taken for, its last fit
    stacks : of the reader's own, by the kind of device
    """

    table: Table = field(default_factory=example)
    measurement: Measured = field(init=False)
    fit: Fit | None = field(default=None, init=False)
    job: Job | None = field(default=None, init=False)
    stacks: dict[str, OwnStack] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.measurement: Measured = measure(self.table, area=AREA)
        self.reading, self.choosing, self.fit_message = Message(), Message(), Message()
        self._file_part()
        self._column_part()
        self._stack_part()
        self._model_part()
        self._fit_part()
        self._propose()
        self._use()
        self.box = column(
            [
                html("<h2>1. Your file</h2>"), self.upload, self.examples, self.reading.box,
                self.about,
                html("<h2>2. What its columns are</h2>"), self.columns,
                column([self.done, self.held, self.area, self.use]).add_class("qd-controls"),
                self.choosing.box,
                html("<h2>3. The model beside it</h2>"), self.stack_box, self.dashboard,
                html("<h2>4. The fit</h2>"), self.fit_box,
                cite("your_data"),
            ]
        ).add_class("qd-served")  # fmt: skip

    # The parts of the page.

    def _file_part(self) -> None:
        self.upload = Upload(self.take)
        buttons = [
            button(f"Synthetic: {truth.title}", partial(self._example, name), "Made by the model")
            for name, truth in TRUTHS.items()
        ]
        self.examples = ipywidgets.HBox(buttons).add_class("qd-presets")
        self.about = html().add_class("qd-said")

    def _column_part(self) -> None:
        self.columns = column([]).add_class("qd-controls")
        self.area = _number("Pixel area (mm²), for a current", AREA)
        self.done = ipywidgets.Dropdown(
            description="What was done meanwhile", options=[SWEPT, *HELD]
        ).add_class("qd-control")
        self.held = _number(HELD[HELD_BIAS], 0.0)
        self.done.observe(lambda _: self._name_held(), "value")
        self.use = button("Use these columns", lambda: self.choosing.guard(self._use))

    def _stack_part(self) -> None:
        self.editor = StackEditor(self._take_stack)
        self.stack_told = html().add_class("qd-said")
        self.stack_buttons = [
            button("Edit the stack", self.edit_stack, "Layers, thicknesses, levels, mobilities"),
            button("Use this stack", self.editor.apply),
            button("The paper's stack", self.reset_stack),
            button("Download the stack (TOML)", self._send_stack),
        ]
        row = ipywidgets.HBox(self.stack_buttons).add_class("qd-presets")
        self.stack_box = column([row, self.stack_told, self.editor.box])

    def _model_part(self) -> None:
        self.plot = Plot(figure(self.measurement), "your_data", title("your_data"))
        self.said = html().add_class("qd-said")
        self.live = Live(CONTROLS, self._draw, self._csv, follow)
        self.dashboard = self.live.arrange({}, [], [self.plot, html(LEGEND), self.said])

    def _fit_part(self) -> None:
        self.chosen = ipywidgets.SelectMultiple(
            description="Parameters to fit (several: hold Ctrl)", rows=9
        ).add_class("qd-control")
        self.noise = {
            key: _number(f"Error of {name} (%)", 100 * NOISE[key].relative)
            for key, name in ERRORS.items()
        }
        self.others = ipywidgets.BoundedIntText(
            description="Fits from other starts", value=OTHER_STARTS, min=0, max=MOST_STARTS - 1
        ).add_class("qd-control")
        self.start = button("Fit", lambda: self.fit_message.guard(self.begin))
        self.stop = button("Cancel", self.cancel)
        self.reports = [
            button("Report (HTML)", lambda: self.fit_message.guard(partial(self._send, html_report,
                    "html", "text/html"))),
            button("Notebook (.ipynb)", lambda: self.fit_message.guard(partial(self._send,
                    notebook_report, "ipynb", "application/x-ipynb+json"))),
        ]  # fmt: skip
        self.stop.disabled = True
        self.results = html().add_class("qd-said")
        row = ipywidgets.HBox([self.start, self.stop, *self.reports]).add_class("qd-presets")
        self.fit_settings = column([]).add_class("qd-controls")
        self.progress = Message()
        self.fit_box = column(
            [self.fit_settings, row, self.progress.box, self.fit_message.box, self.results]
        ).add_class("qd-main")

    # What the reader does.

    def take(self, name: str, content: bytes) -> None:
        """A file was dropped: propose what its columns are; the measurement stays until then."""
        self.reading.guard(lambda: self._read(name, content))

    @property
    def sample(self) -> Sample:
        """Dots and ligand, as the controls have them."""
        return settings(self.live.values)[0]

    def own_stack(self, values: Mapping[str, Any], slid: bool = False) -> OwnStack:
        """The stack of the device that the controls stand for; slid : with what has a slider."""
        structure, kind = values["dots"], values["kind"]
        own = self.stacks.get(kind, OwnStack(kind=kind))
        known = {cell.key for cell in cells(structure, kind, own.layers)}
        moved = {**own.moved, **(settings(values)[1] if slid else {})}
        return replace(own, moved={key: value for key, value in moved.items() if key in known})

    def edit_stack(self) -> None:
        """Show the table of the stack, as it is."""
        self.editor.show(self.sample, self.own_stack(self.live.values, slid=True))

    def reset_stack(self) -> None:
        """The paper's stack again."""
        self.stacks.pop(self.live.values["kind"], None)
        self.live.set(**{name: self.live.controls[name].default for name in SLID.values()})
        if self.editor.cells:
            self.edit_stack()

    def _take_stack(self, own: OwnStack) -> None:
        """Use a stack, on a device of its kind: what has a slider is set there."""
        moved, brought = own.moved, {}
        for key, name in SLID.items():
            control = self.live.controls[name]
            value = moved.get(key, parameters()[key].value)
            require_range(
                key.replace(".", ": "), value, control.minimum, control.maximum, control.unit
            )
            brought[name] = value
        kept = {key: value for key, value in moved.items() if key not in SLID}
        self.stacks[own.kind] = replace(own, moved=kept)
        self.live.set(**brought, kind=own.kind)

    def _tell_stack(self, own: OwnStack, structure: str) -> None:
        told = [f"Its layers, from the anode: {listed(own.layers)}."] if own.layers else []
        if own.moved:
            numbers = ", ".join(f"{key} = {value:.4g}" for key, value in own.moved.items())
            told.append(f"Your stack, beside the sliders (SI): {numbers}.")
        names = {one.name for one in own.layers or usual(structure, own.kind)}
        if gone := sorted({key.split(".")[0] for key in SLID} - names):
            told.append(f"There is no {gone[0]} in it: sliders of {gone[0]} move nothing.")
        self.stack_told.value = escape(" ".join(told))

    def _send_stack(self) -> None:
        own = self.own_stack(self.live.values, slid=True)
        text = to_toml(own, self.sample.structure)
        self.live.page.send({"name": "qdlib_stack.toml", "text": text, "type": "application/toml"})

    def _example(self, name: str) -> None:
        def shown() -> None:
            self._read(name, example(name).content)
            own = {"ligand": TRUTHS[name].sample.ligand, "dots": TRUTHS[name].sample.structure}
            self.live.set(**own, **follow("dots", own), kind=TRUTHS[name].kind)
            self._use()
            self.choosing.say("")

        self.reading.guard(shown)

    def _read(self, name: str, content: bytes) -> None:
        if name.lower().endswith(".toml"):
            self._take_stack(checked(from_toml(content, self.sample.structure), self.sample))
            self.edit_stack()
            return
        self.choosing.say("")
        self.table = read(name, content)
        self._propose()
        self.choosing.say("Look whether the columns are right, then use them.", "status")

    def _propose(self) -> None:
        table = self.table
        left = "".join(f"<li>{row.line}: {escape(row.text.strip()[:200])}</li>"
                       for row in table.remarks[:50])  # fmt: skip
        more = f"<li>and {len(table.remarks) - 50} more</li>" if len(table.remarks) > 50 else ""
        counted = (
            "1 line that is" if len(table.remarks) == 1 else f"{len(table.remarks)} lines that are"
        )
        fold = f"<details><summary>{counted} no data</summary><ul>{left}"
        self.about.value = (
            f"<b>{escape(table.name)}</b>: {len(table.rows)} rows of {len(table.headings)} "
            f"columns, separated by {SEPARATORS[table.separator]}, "
            f"decimal {DECIMALS[table.decimal]}."
            + (f"{fold}{more}</ul></details>" if table.remarks else "")
        )
        options = [UNUSED, *(kind.label for kind in KINDS)]
        self.columns.children = [
            column([_choice(table, k, options, kind), _preview(table, k)])
            for k, kind in enumerate(recognised(table))
        ]

        self._propose_hold()

    def _propose_hold(self) -> None:
        """What was held, if the columns tell it; wrong cells are told once they are used."""
        hold = None
        with suppress(InputError):
            hold = recognised_hold(self.table, self.kinds, self.area.value)
        shown = hold or USUAL_HOLD
        value = shown.milliamp_per_cm2 if shown.voltage is None else shown.voltage
        kind = HELD_CURRENT if shown.voltage is None else HELD_BIAS
        self.done.value, self.held.value = kind if hold else SWEPT, value
        self._name_held()

    def _name_held(self) -> None:
        self.held.description = HELD.get(self.done.value, HELD[HELD_BIAS])
        self.held.disabled = self.done.value == SWEPT

    @property
    def hold(self) -> Hold | None:
        """What was held, as the reader has it; None of a sweep. Raises InputError if none can."""
        if self.done.value == SWEPT:
            return None
        if self.done.value == HELD_BIAS:
            return Hold(voltage=self.held.value)
        return Hold(milliamp_per_cm2=self.held.value)

    @property
    def kinds(self) -> tuple[Kind | None, ...]:
        """What the columns are, as the reader has them."""
        known = {kind.label: kind for kind in KINDS}
        return tuple(known.get(cell.children[0].value) for cell in self.columns.children)

    def _use(self) -> None:
        """Take the columns as they are chosen."""
        hold = self.hold
        self.measurement = (
            measure(self.table, self.kinds, self.area.value)
            if hold is None
            else time_trace(self.table, hold, self.kinds)
        )
        self.fit, self.results.value = None, ""
        fitted = self.measurement.fitted
        errors = [one for key, one in self.noise.items() if key in fitted]
        self.fit_settings.children = [self.chosen, column([self.others, *errors])]
        self.plot.show(figure(self.measurement))
        known = self.measurement.seconds_per_volt
        slow = self.live.controls["slowness"]
        if known:
            self.live.set(slowness=min(max(known, slow.minimum), slow.maximum))
        else:
            self.live.set()
        self._ready()
        self._offer()

    def _offer(self) -> None:
        sample, _ = settings(self.live.values)
        kept = tuple(self.chosen.value) or AT_FIRST
        own = self.own_stack(self.live.values)
        keys = fitting.free_parameters(sample, own.kind, own.layers)
        usual = [key for key in (*KEYS.values(), level_key(sample.structure)) if key in keys]
        ordered = [*usual, *(key for key in keys if key not in usual)]
        named = partial(fitting.unknown, sample=sample, kind=own.kind, layers=own.layers)
        offered = [(named(key).label, key) for key in ordered]
        if list(self.chosen.options) != offered:
            self.chosen.options = offered
            self.chosen.value = [key for key in kept if key in keys]

    # The model, and the fit.

    def _draw(self, **values: Any) -> None:
        stack = self.own_stack(values)
        self._tell_stack(stack, values["dots"])
        shown = view(self.measurement, self.fit, stack, **values)
        self.plot.update(series(shown))
        self.said.value = escape(summary(shown))
        if hasattr(self, "chosen"):
            self._offer()

    def _csv(self) -> tuple[str, str]:
        values = self.live.values
        shown = view(self.measurement, self.fit, self.own_stack(values), **values)
        fitted = {"fitted model": self.fit.run.columns} if self.fit else {}
        table = stacked({"model at the sliders": shown.run.columns} | fitted)
        return "qdlib_your_data.csv", csv_text(values, table)

    def begin(self) -> None:
        """Start a fit from where the sliders stand, in a thread of its own."""
        if self.job and self.job.running:
            return
        values = self.live.values
        sample, moved = settings(values)
        stack = self.own_stack(values)
        moved = {**stack.moved, **moved}
        unknowns: list[fitting.Unknown] = []
        built: dict[str, Any] = {"kind": stack.kind, "layers": stack.layers}
        added = own_numbers(stack.layers or (), sample.structure, stack.kind)
        for key in self.chosen.value:
            one = fitting.unknown(key, sample, moved.get(key) if key in added else None, **built)
            own = moved.get(key, one.start)
            unknowns.append(replace(one, start=min(max(own, one.low), one.high)))
        errors = {key: Noise(self._share(key), NOISE[key].floor) for key in self.noise}
        noise = dict(NOISE) | errors
        measurement, slow = self.measurement, values["slowness"]
        if not unknowns:
            raise InputError("parameters to fit", "none", "at least one of the list")
        given, starts = (measurement, unknowns, sample, slow, moved, noise), 1 + self.others.value
        self.job = Job(lambda told: fit(*given, told, starts=starts, **built))
        self._ready()
        self.job.watch(self._tell, self._done)

    def cancel(self) -> None:
        """End the fit under way."""
        if self.job:
            self.job.cancel()

    def _share(self, key: str) -> float:
        percent = self.noise[key].value
        if not 0.01 <= percent <= 100:
            raise InputError(self.noise[key].description, percent, "from 0.01 to 100 %")
        return percent / 100

    def _tell(self) -> None:
        if self.job and self.job.progress:
            count, scatter = self.job.progress
            self.progress.say(
                f"Fitting: {count} evaluations, residuals scatter by {digits(scatter)} errors …",
                "status",
            )

    def _done(self) -> None:
        job, self.job = self.job, None
        self.progress.say("")
        if job is None:
            return
        if job.error:
            self.fit_message.say(f"{job.error}" if isinstance(job.error, InputError)
                                 else f"{type(job.error).__name__}: {job.error}")  # fmt: skip
        elif job.result.measurement is self.measurement:  # no other file was taken meanwhile
            self.fit = job.result
            self.results.value = results_table(self.fit)
            self._draw(**self.live.values)
        self._ready()

    def _ready(self) -> None:
        """Which buttons can be pressed."""
        running = bool(self.job and self.job.running)
        self.start.disabled, self.stop.disabled = running, not running
        for one in self.reports:
            one.disabled = running or self.fit is None

    def report(self) -> Report:
        """The Report of the last fit. Raises InputError if there is none."""
        if self.fit is None:
            raise InputError("report", "no fit", "asked for after a fit")
        shown = View(self.fit.run, self.measurement.with_efficiency(
            self.fit.run.device.optics.spectrum), self.fit)  # fmt: skip
        empty, filled = figure(self.measurement), series(shown)
        data = []
        for trace in empty["data"]:
            x, y = filled[trace["name"]]
            if not trace["name"].endswith("/model"):
                data.append(trace | {"x": list(map(float, x)), "y": list(map(float, y))})
        used_area = any(kind and kind.quantity == "current" for kind in self.kinds)
        swept = isinstance(self.measurement, Measurement)
        return Report(
            self.table, self.kinds, self.area.value if used_area else None, self.fit,
            float(self.fit.run.duration[0] / STEP) if swept else None, empty | {"data": data},
        )  # fmt: skip

    def _send(self, write: Callable[[Report], str], ending: str, kind: str) -> None:
        report = self.report()
        self.live.page.send(
            {"name": f"{report.stem}.{ending}", "text": write(report), "type": kind}
        )


def _choice(table: Table, k: int, options: list[str], kind: Kind | None) -> ipywidgets.Dropdown:
    return ipywidgets.Dropdown(
        description=table.title(k)[:80],
        options=options,
        value=kind.label if kind else UNUSED,
    ).add_class("qd-control")


def _preview(table: Table, k: int) -> ipywidgets.HTML:
    cells = filter(None, (row.cells[k] for row in table.rows[:PREVIEW]))
    return html(f"<small>{escape('; '.join(cells)[:80])} …</small>").add_class("qd-said")


def _number(label: str, value: float) -> ipywidgets.FloatText:
    return ipywidgets.FloatText(description=label, value=value).add_class("qd-control")


def your_data(path: str | Path | None = None) -> ipywidgets.Widget:
    """The page, as a widget; with a file of the reader's own, or the first synthetic one."""
    bench = Workbench()
    if path is not None:
        bench.reading.guard(lambda: bench._read(Path(path).name, read_file(path).content))
    return bench.box
