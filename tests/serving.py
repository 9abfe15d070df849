"""A notebook served by Voilà and a headless Chromium, for the browser tests and the benchmarks."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXPLORER = ROOT / "notebooks" / "explorer.ipynb"
NAMES = "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
# containers run as root, and nothing but 127.0.0.1 is there to be asked
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
LINE = ".js-plotly-plot .scatterlayer path.js-line"
STARTS = 30  # [s]


def environment():
    """Environment of a child process as a reader has it: our Jupyter settings, bytecode kept."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    ours = ROOT / "jupyter"
    return kept | {"JUPYTER_CONFIG_PATH": str(ours), "JUPYTER_PATH": str(ours / "data")}


@contextmanager
def voila(notebook=EXPLORER, *options):
    """Serve a notebook on a free port of 127.0.0.1; gives the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "voila", str(notebook), "--no-browser", f"--port={port}",
               "--Voila.ip=127.0.0.1", "--Voila.port_retries=0",
               "--VoilaConfiguration.show_tracebacks=True", *options]  # fmt: skip
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(command, env=environment(), stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + STARTS
            while not _answers(port):
                if server.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    raise RuntimeError(f"Voilà does not answer:\n{log.read()}")
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()  # it ends its kernels
            try:
                server.wait(STARTS)
            except subprocess.TimeoutExpired:
                server.kill()


def _answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def chromium():
    """A headless Chromium, as a playwright browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def slider(page, label):
    """The handle of the slider with a label."""
    return page.locator(f'.qd-control:has(.widget-label:text-is("{label}")) .noUi-handle')


@contextmanager
def dragged(page, handle):
    """Hold a slider's handle with the mouse: gives a function that moves it to a share [0, 1]."""
    box = handle.bounding_box()
    track = handle.locator("xpath=ancestor::*[contains(@class, 'noUi-target')]").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    yield lambda share: page.mouse.move(track["x"] + share * track["width"], y)
    page.mouse.up()
