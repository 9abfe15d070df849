"""What a reader takes home: whole, safe, and repeatable."""

import base64
import io
import re
from contextlib import redirect_stdout

import nbformat
import numpy as np
import pytest

from qdlib.notebook.report import html_report, notebook_report, versions
from qdlib.owndata.reading import read
from qdlib.pages.workbench import Workbench
from qdlib.pages.your_data import FIRST, example

TRACE = "synthetic_trace.csv"
EVIL = '<img src=x onerror=alert(1)>"\'"""'


@pytest.fixture(scope="module")
def report():
    content = example(FIRST).content + f"# {EVIL}\n".encode()
    bench = Workbench(read(f"{EVIL}.csv", content))
    bench.chosen.value = ["ligand.fraction", "redox.rate_constant"]
    bench.begin()
    return bench.report()


@pytest.fixture(scope="module")
def held():
    bench = Workbench()
    bench._example(TRACE)
    bench.begin()
    return bench.report()


def cells(report):
    return nbformat.reads(notebook_report(report), as_version=4).cells


def test_the_html_file_holds_the_data_the_results_and_the_versions(report):
    html = html_report(report)
    data = re.search(r'text/plain;base64,([\w+/=]+)"', html)[1]
    assert base64.b64decode(data) == report.table.content
    for k in range(2):
        assert report.fit.told(k) in html
    assert all(f"{name} {one}" in html for name, one in versions().items())
    assert report.digest in html and "0 to 1.00" in html
    assert "10.1038/s41467-020-14756-5" in html


def test_the_html_file_asks_no_other_host_and_runs_nothing_of_the_file(report):
    html = html_report(report)
    own = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert not re.search(r"<(script|link|img|iframe)\b[^>]*(src|href)=", own)
    assert not re.search(r"<script[^>]+src=", html)
    assert EVIL not in html and "onerror=alert(1)&gt;" in html


def test_the_notebook_gives_the_same_fit_again(report):
    code = [cell.source for cell in cells(report) if cell.cell_type == "code"]
    space = {}
    with redirect_stdout(io.StringIO()) as told:
        for source in code:
            exec(source, space)
    assert space["content"] == report.table.content
    assert space["found"].places == pytest.approx(report.fit.places, abs=1e-6)
    assert space["found"].errors == pytest.approx(report.fit.errors, rel=1e-3)
    assert report.fit.told(0) in told.getvalue()
    panel = space["fitted"]
    assert set(panel()) == {"fitted model"}
    drawn = panel.drawing.series(panel.first)
    measured = next(points for name, points in drawn.items() if name.endswith("your measurement"))
    assert np.array_equal(measured[0], report.fit.measurement.voltage)


def test_the_notebook_of_a_trace_gives_the_same_fit_again(held):
    space = {}
    with redirect_stdout(io.StringIO()):
        for cell in cells(held)[1:]:
            exec(cell.source, space)
    assert space["found"].places == pytest.approx(held.fit.places, abs=1e-6)
    assert space["fitted"].drawing.axes[0].x.label == "time (s)"
    html = html_report(held)
    assert "electron-only" in html and "held from 0 s: 10 mA/cm², for 12.0 min" in html


def test_a_name_is_text_in_the_notebook(report):
    head = cells(report)[0].source
    assert "<" not in head and '"' not in head
    assert all(f"{name} {one}" in head for name, one in versions().items())


def test_a_large_or_foreign_file_is_packed_whole(report):
    from dataclasses import replace

    for content in (b"U;\xb5A\n" + report.table.content, report.table.content + b"#" * 300_000):
        packed = replace(report, table=replace(report.table, content=content))
        space = {}
        exec(cells(packed)[1].source, space)
        assert space["content"] == content
        assert len(cells(packed)[1].source) < 20_000
