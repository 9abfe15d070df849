"""A fit to take home: one HTML file, and a notebook that repeats it.

Both hold the reader's file, what its columns are, every setting, the results with their warnings,
and the versions of what computed them.
"""

from __future__ import annotations

import base64
import hashlib
import platform
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.metadata import version
from pprint import pformat
from typing import Any

from ..owndata.fitting import Fit, described
from ..owndata.kinds import Kind
from ..owndata.reading import DECIMALS, SEPARATORS, Table
from ..owndata.trace import TimeTrace, held
from ..wording import digits, duration
from .citation import citation
from .table import stacking_table

PACKAGES = "qdlib", "numpy", "scipy", "lmfit", "pandas", "pandera"
LEGIBLE = 200_000  # [bytes] of a file that a notebook holds as text
STYLE = """body { font: 16px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto;
  padding: 0 1em; overflow-wrap: anywhere; }
table { border-collapse: collapse; }
th, td { padding: 3px 10px; text-align: left; border-bottom: 1px solid #bbb; }
pre { overflow-x: auto; background: #f4f4f4; padding: 8px; } .wide { overflow-x: auto; }"""


@dataclass(frozen=True, eq=False)
class Report:
    """What is reported: a file, what its columns are, and the fit of it.

    area : of the pixel [mm2], None where the file has no current
    seconds_per_volt : of the modelled sweep [s/V], None of a trace in time
    figure : a plotly figure, as plain JSON
    """

    table: Table
    kinds: tuple[Kind | None, ...]
    area: float | None
    fit: Fit
    seconds_per_volt: float | None
    figure: dict[str, Any]

    @property
    def stem(self) -> str:
        """Of the files' names."""
        kept = "".join(one if one.isalnum() else "_" for one in self.table.name.rsplit(".", 1)[0])
        return f"qdlib_{kept[:60]}"

    @property
    def digest(self) -> str:
        """SHA-256 of the file that was read."""
        return hashlib.sha256(self.table.content).hexdigest()


def versions() -> dict[str, str]:
    """Of Python and of the packages that take part."""
    return {"Python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def results_table(found: Fit) -> str:
    """HTML of the fitted parameters with their errors, correlations and warnings."""
    rows = [
        (
            escape(one.label),
            escape(found.told(k)),
            digits(one.start),
            f"{digits(one.low)} to {digits(one.high)}",
        )
        for k, one in enumerate(found.unknowns)
    ]
    told = "".join(f"<li>{escape(one)}</li>" for one in found.warnings)
    notes = f"<ul class='qd-warnings'>{told}</ul>" if told else "<p>No warnings.</p>"
    return (
        f"{stacking_table(('', 'fitted', 'started at', 'range'), rows)}{notes}"
        f"<p>Residuals scatter by {digits(found.scatter, 2)} stated errors, after "
        f"{found.evaluations} evaluations of the model. {_starts(found)}Errors are standard errors "
        "from the curvature at the best fit, scaled by that scatter: they suppose that the model "
        "is right.</p>"
        f"{_correlations(found)}"
    )


def _starts(found: Fit) -> str:
    """A sentence on the fits from other starts, if there were any."""
    if (count := len(found.endings)) < 2:
        return ""
    here = sum(map(found.is_here, found.endings))
    return f"This is the best of {count} fits from different starts, {here} of which ended here. "


def _correlations(found: Fit) -> str:
    count = len(found.unknowns)
    if count < 2:
        return ""
    heads = "".join(f"<th scope=col>{escape(one.label)}</th>" for one in found.unknowns[:-1])
    rows = "".join(
        f"<tr><th scope=row>{escape(found.unknowns[a].label)}</th>"
        + "".join(f"<td>{found.correlations[a, b]:z.2f}</td>" for b in range(a))
        + "<td></td>" * (count - 1 - a)
        + "</tr>"
        for a in range(1, count)
    )
    return (
        "<details><summary>Correlations</summary><div class=qd-wide role=region tabindex=0 "
        f"aria-label='Correlations'><table class='qd-table'><tr><td></td>{heads}</tr>{rows}</table>"
        "</div></details>"
    )


def html_report(report: Report) -> str:
    """The report as one HTML file that needs nothing else."""
    import plotly.graph_objects as go
    import plotly.io

    from .live import PLOTLY

    found, table = report.fit, report.table
    layout = report.figure["layout"] | {
        "grid": {"rows": (_axes(report.figure) + 1) // 2, "columns": 2, "pattern": "independent",
                 "ygap": 0.35, "xgap": 0.2},
        "height": 330 * ((_axes(report.figure) + 1) // 2), "template": "plotly_white",
    }  # fmt: skip
    drawn = plotly.io.to_html(
        go.Figure(data=report.figure["data"], layout=layout),
        full_html=False,
        include_plotlyjs=False,
        config={"displaylogo": False},
    )
    settings = {
        "file": f"{table.name}, {len(table.content)} bytes, SHA-256 {report.digest}",
        "columns": "; ".join(
            f"{table.title(k)}: {kind.label if kind else 'not used'}"
            for k, kind in enumerate(report.kinds)
        ),
        "separator, decimals": f"{SEPARATORS[table.separator]}, {DECIMALS[table.decimal]}",
        "pixel area": "not needed" if report.area is None else f"{report.area:g} mm²",
        "diode": described(found.sample, found.kind, found.layers),
        "meanwhile": _done(report),
        "stated errors": "; ".join(
            f"{key}: {100 * found.noise[key].relative:g} % and {found.noise[key].floor:g} (SI)"
            for key in found.measurement.fitted
        ),
        "also moved": "; ".join(f"{k} = {v:g}" for k, v in found.fixed.items()) or "nothing",
        "versions": ", ".join(f"{name} {one}" for name, one in versions().items()),
    }
    rows = "".join(
        f"<tr><th scope=row>{name}</th><td>{escape(told)}</td></tr>"
        for name, told in settings.items()
    )
    remarks = "\n".join(f"{row.line}: {row.text.strip()}" for row in table.remarks)
    whole = base64.b64encode(table.content).decode()
    opened = f"content = open({table.name!r}, 'rb').read()"
    code = "\n\n".join(_code(report, opened))
    cited = "".join(f"<p>{escape(one.text)}</p>" for one in citation("your_data"))
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(table.name)} · qdlib</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style>
</head><body>
<h1>{escape(table.name)}, fitted</h1>
{results_table(found)}
<h2>Figure</h2>
<p>Circles: the measurement. Lines: the fitted model. Last: model less measurement, in stated
errors.</p>
<script>{PLOTLY.read_text("utf-8")}</script>
<div class="wide">{drawn}</div>
<h2>Data and settings</h2>
<table>{rows}</table>
<p><a download="{escape(table.name)}" href="data:text/plain;base64,{whole}">The file as it was
read</a></p>
<details><summary>Its lines that are no data</summary><pre>{escape(remarks) or "none"}</pre>
</details>
<h2>The same in Python</h2>
<pre>{escape(code)}</pre>
<h2>To cite</h2>{cited}
</body></html>
"""


def _done(report: Report) -> str:
    """What was done to the diode, in words."""
    trace = report.fit.measurement
    if isinstance(trace, TimeTrace):
        return f"held from 0 s: {held(trace.hold)}, for {duration(trace.time[-1])}"
    return f"swept: {report.seconds_per_volt:g} s/V"


def _axes(figure: dict[str, Any]) -> int:
    return sum(name.startswith("xaxis") for name in figure["layout"])


def notebook_report(report: Report) -> str:
    """A notebook, as JSON text, that reads the same data, fits and draws them again."""
    import nbformat.v4 as v4

    told = ", ".join(f"{name} {one}" for name, one in versions().items())
    found = report.fit
    results = "\n".join(f"* {one.label}: {found.told(k)}" for k, one in enumerate(found.unknowns))
    warned = "".join(f"\n* {one}" for one in found.warnings)
    head = (
        f"# {_plain(report.table.name)}, fitted\n\nMade with {told}. The file's SHA-256: "
        f"`{report.digest}`.\n\n{results}\n" + (f"\nWarnings:\n{warned}\n" if warned else "")
    )
    cells = [v4.new_markdown_cell(head), v4.new_code_cell(_content(report.table.content))]
    cells += [v4.new_code_cell(code) for code in _code(report)]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return nbformat_text(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}))


def nbformat_text(notebook: Any) -> str:
    """A notebook node as JSON text, validated."""
    import nbformat

    nbformat.validate(notebook)
    return nbformat.writes(notebook)


def _plain(name: str) -> str:
    """A file's name as Markdown that is nothing but text."""
    return "".join(one if one.isalnum() or one in " .-" else "·" for one in name)


def _content(content: bytes) -> str:
    """Python that makes the file's bytes: legible, if they are a text that is not too long."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and len(content) <= LEGIBLE:
        lines = "\n".join(f"    {line!r}" for line in text.splitlines(keepends=True))
        return f"content = (\n{lines}\n).encode()"
    packed = base64.b64encode(zlib.compress(content, 9)).decode()
    unpacked = f"zlib.decompress(base64.b64decode(\n    {packed!r}\n))"
    return f"import base64\nimport zlib\n\ncontent = {unpacked}"


def _code(report: Report, *first: str) -> Sequence[str]:
    """Cells that repeat the fit from `content`."""
    found, sample = report.fit, report.fit.sample
    labels = [kind.label if kind else None for kind in report.kinds]
    starts = {one.key: one.start for one in found.unknowns}
    noise = {
        key: (found.noise[key].relative, found.noise[key].floor) for key in found.measurement.fitted
    }
    take, also, taken = "measure", "", f"measure(table, kinds, area={report.area!r})"
    if isinstance(found.measurement, TimeTrace):
        take, also = "time_trace", "from qdlib.device.experiment import Hold\n"
        taken = f"time_trace(table, {found.measurement.hold!r}, kinds)"
    return (
        *first,
        f"from qdlib.owndata import KINDS, Noise, Placed, fit, {take}, read, unknown\n"
        f"{also}"
        "from qdlib.paper.protocols import Sample\n\n"
        f"table = read({report.table.name!r}, content)\n"
        "known = {kind.label: kind for kind in KINDS}\n"
        f"columns = {pformat(labels)}\n"
        "kinds = [known.get(label) for label in columns]\n"
        f"measurement = {taken}",
        f"sample = {sample!r}\n"
        f"diode = {pformat({'kind': found.kind, 'layers': found.layers})}\n"
        f"starts = {pformat(starts)}\n"
        f"noise = {pformat(noise)}  # relative, and a floor in SI units\n"
        "found = fit(\n"
        "    measurement,\n"
        "    [unknown(key, sample, start, **diode) for key, start in starts.items()],\n"
        "    sample,\n"
        f"    seconds_per_volt={report.seconds_per_volt!r},\n"
        f"    fixed={dict(found.fixed)!r},\n"
        "    noise={key: Noise(*own) for key, own in noise.items()},\n"
        "    **diode,\n"
        f"    starts={len(found.endings)},\n"
        ")\n"
        "for k, one in enumerate(found.unknowns):\n"
        '    print(f"{one.label}: {found.told(k)}")\n'
        "print(*found.warnings, sep='\\n')",
        "from qdlib.notebook import panel\n\n"
        f"shown = {found.measurement.quantities!r}\n\n\n"
        '@panel("Measured and fitted", show=shown, measured=measurement)\n'
        "def fitted():\n"
        '    return {"fitted model": found.run}',
    )
