"""The server of pages: it ends kernels that nobody looks at, keeps templates, draws equations."""

import asyncio
import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from traitlets.config import PyFileConfigLoader

JUPYTER = Path(__file__).resolve().parents[1] / "jupyter"
IDLE = timedelta(hours=1)


@pytest.fixture
def manager(monkeypatch):
    """What keeps the kernels of pages; `ended` are those that it has ended."""
    config = PyFileConfigLoader("voila.py", path=str(JUPYTER)).load_config()
    made = config.VoilaConfiguration.multi_kernel_manager_class()
    made.cull_idle_timeout, made.cull_connected = IDLE.total_seconds(), True
    made.ended = []

    async def end(kernel_id, *_, **__):
        made.ended.append(kernel_id)

    monkeypatch.setattr(made, "shutdown_kernel", end)
    return made


def looked_at(manager, unused, *, connected):
    """Let the manager look twice at a kernel that was then unused for so long."""

    async def look():
        in_the_pool = timedelta(days=1)  # which does not count
        kernel = SimpleNamespace(
            last_activity=datetime.now(UTC) - in_the_pool,
            execution_state="idle",
            kernel_name="python3",
            kernel_spec=SimpleNamespace(metadata={}),
        )
        manager._kernels["one"] = kernel
        await manager.cull_kernel_if_idle("one")
        assert manager.ended == []
        if connected:
            manager.sockets("one").add(object())
        kernel.last_activity = datetime.now(UTC) - unused
        await manager.cull_kernel_if_idle("one")

    asyncio.run(look())
    return manager.ended == ["one"]


@pytest.mark.parametrize(
    ("unused", "connected", "ends"),
    [
        (timedelta(minutes=9), False, False),
        (timedelta(minutes=11), False, True),
        (timedelta(minutes=11), True, False),
        (timedelta(minutes=59), True, False),
        (timedelta(minutes=61), True, True),
    ],
)
def test_a_kernel_without_a_page_ends_after_ten_minutes_and_any_after_an_hour(
    manager, unused, connected, ends
):
    assert looked_at(manager, unused, connected=connected) == ends


def test_a_template_is_compiled_once_for_all_pages(monkeypatch):
    monkeypatch.syspath_prepend(JUPYTER / "explore")
    monkeypatch.setattr("voila.notebook_renderer.VoilaExporter", None)  # and as it was afterwards
    exporter = runpy.run_path(str(JUPYTER / "explore" / "__main__.py"))["PageExporter"]

    def template():
        return exporter(template_name="lab").environment.get_template("index.html.j2")

    template()
    monkeypatch.setattr(Environment, "_generate", None)
    template()


def test_equations_of_a_lesson_are_mathml():
    config = PyFileConfigLoader("voila.py", path=str(JUPYTER)).load_config()
    given = {"escape": False, "attachments": {}, "contents_manager": None, "anchor_link_text": ""}
    renderer = config.VoilaExporter.markdown_renderer_class(**given)
    html = MarkdownWithMath(renderer).render(r"Half $x$: $$\frac{x}{2}$$")
    assert html.count("<math") == 2 and "<mfrac>" in html and "$" not in html
