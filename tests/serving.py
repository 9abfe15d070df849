"""Pages served by Voilà and a headless Chromium, for the browser tests and the benchmarks."""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
EXPLORER = NOTEBOOKS / "explorer.ipynb"
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
# Containers run as root, and nothing but 127.0.0.1 is there to be asked. A browser that is driven
# reads plotly.js three times more for places in it, a second that no reader waits for, unless it
# has noted them the first time.
FLAGS = (
    "--js-flags=--no-enable-lazy-source-positions",
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
STILL = 90  # [s] without any progress, after which nothing more is to come
LIMIT = 900  # [s] for one wait, whatever the progress
LOOK = 2  # [s] between two looks at the progress, which take a while themselves
PATIENCE = 180_000  # [ms] for one act of the browser, such as a click
SIZE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
ELEMENTS = "document.getElementsByTagName('*').length"
DRAWN = """() => [...document.querySelectorAll(".js-plotly-plot .scatterlayer path")]
  .map((path) => path.getAttribute("d") + path.getAttribute("transform")).join(" ")"""


def environment(**settings):
    """Environment of a child process as a reader has it: bytecode kept, and our Jupyter settings
    if none are given."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    ours = ROOT / "jupyter"
    ours = {"JUPYTER_CONFIG_PATH": str(ours), "JUPYTER_PATH": str(ours / "data")}
    return kept | (settings or ours)


def work():
    """The time [s] that our servers and their kernels have computed, in steps that an idle one
    does not take."""
    spent = 0.0
    for child in psutil.Process().children(recursive=True):
        try:
            if not child.name().startswith(("chrom", "node")):  # a browser is never quite idle
                spent += sum(child.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return round(spent / 5)


def achieved(condition, progress, pause=time.sleep):
    """Whether condition() comes true, waited for as long as progress() goes on changing.

    A slow or busy machine is given its time; what stands still for STILL is given up.
    """
    began = moved = looked = time.monotonic()
    last = None
    while not condition():
        pause(0.1)
        now = time.monotonic()
        if now - looked < LOOK:
            continue
        looked = now
        if last != (last := progress()):
            moved = now
        if now - moved > STILL or now - began > LIMIT:
            return False
    return True


def voila(notebook=EXPLORER, *options):
    """Serve a notebook on a free port of 127.0.0.1; gives the address."""
    return _served(["-m", "voila", str(notebook)], options)


def stock(notebook):
    """Serve a notebook in Voilà as it comes, without our settings; gives the address."""
    own = ["--Voila.ip=127.0.0.1", "--Voila.port_retries=0"]
    return _started(["-m", "voila", str(notebook), *own], environment(JUPYTER_CONFIG_PATH=""))


def collection(*options, folder=NOTEBOOKS):
    """Serve all notebooks, as `make explore` does; gives the address."""
    return _served([str(ROOT / "jupyter" / "explore"), str(folder)], options)


def page_of(site, name):
    """The address of a notebook's page in a collection."""
    return f"{site}voila/render/{name}.ipynb"


def lab(folder):
    """Serve a folder in JupyterLab, as `make lab` does; gives the address."""
    own = ["--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", "--IdentityProvider.token=",
           "--allow-root"]  # fmt: skip
    return _started(["-m", "jupyterlab", str(folder), *own])


def _served(application, options):
    own = ["--Voila.ip=127.0.0.1", "--Voila.port_retries=0",
           "--VoilaConfiguration.show_tracebacks=True"]  # fmt: skip
    return _started([*application, *own, *options])


@contextmanager
def _started(application, settings=None):
    port = free_port()
    command = [sys.executable, *application, "--no-browser", f"--port={port}"]
    with running(command, lambda: _answers(port), env=settings or environment()):
        yield f"http://127.0.0.1:{port}/"


def free_port():
    """A port of 127.0.0.1 that nobody listens to, and that no kernel may be given meanwhile."""
    while True:  # below those that the system hands out
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port


@contextmanager
def running(command, answers, **options):
    """A server, from when it answers: waited for while it lives and gets on, by log or by work."""
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, **options)

        def done():
            return server.poll() is not None or answers()

        try:
            up = achieved(done, lambda: (os.fstat(log.fileno()).st_size, work()))
            if not up or server.poll() is not None:
                log.seek(0)
                raise RuntimeError(f"The server does not answer:\n{log.read()}")
            yield
        finally:
            server.terminate()  # it ends its kernels
            try:
                server.wait(STILL)
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


@contextmanager
def reader(profile):
    """A headless Chromium that keeps in a folder what it has compiled of a page's scripts, as a
    reader's does: a playwright context."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=FLAGS, viewport=SIZE
        )
        yield context
        context.close()


class View:
    """A page in a reader's browser, without choices of before: what it shows, and what went wrong.

    It comes up in the background: `ready` waits for what it must show.
    """

    def __init__(self, reader, url, script="", size=SIZE, touch=False):
        self.errors, self.requests, self._heard = [], [], 0
        self.page = reader.new_page()
        self.page.set_viewport_size(size)
        asked = reader.new_cdp_session(self.page)
        if touch:
            phone = size | {"mobile": True, "deviceScaleFactor": 1}
            asked.send("Emulation.setDeviceMetricsOverride", phone)
            asked.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
        forgotten = {"origin": url, "storageTypes": "local_storage"}
        asked.send("Storage.clearDataForOrigin", forgotten)  # the theme, if one was chosen
        self.page.set_default_timeout(PATIENCE)
        self.page.add_init_script(script)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._listen)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._hear))
        self.page.goto(url, wait_until="commit", timeout=1000 * LIMIT)

    def _listen(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def _hear(self, _):
        self._heard += 1

    def progress(self):
        """What changes as long as the page, or the server or a kernel behind it, gets on."""
        from playwright.sync_api import Error

        elements = None
        with suppress(Error):  # a page that is just being loaded again
            elements = self.page.evaluate(ELEMENTS)
        return len(self.requests), self._heard, elements, work()

    def ready(self, selector=LINE):
        """Wait until the page has a selector; give the page itself."""
        self.wait(lambda: self.page.locator(selector).count(), f"no {selector}")
        return self

    def leave(self):
        """Close the page as a reader does, which ends its kernel."""
        self.page.goto("about:blank")
        self.page.close()

    @property
    def text(self):
        """All that the page says."""
        return self.page.inner_text("body")

    @property
    def foreign(self):
        """Requests to any other host."""
        own = ("data", "blob")
        parts = map(urlsplit, self.requests)
        return {each for each in parts if each.hostname != "127.0.0.1" and each.scheme not in own}

    @property
    def drawn(self):
        """Every path of the figures, as one string."""
        return self.page.evaluate(DRAWN)

    @property
    def state(self):
        """What moves as long as the page is not done with what it was asked for."""
        return self.drawn

    def rest(self):
        """Wait until the page has drawn what it was asked for."""
        before = None
        while before != (before := self.state):
            self.page.wait_for_timeout(400)

    @property
    def wide(self):
        """How far the page reaches to the right [px]."""
        return self.page.evaluate("document.documentElement.scrollWidth")

    def wait(self, condition, otherwise="waited in vain"):
        """Wait until condition() is true, and fail once the page has long stood still."""

        def pause(seconds):
            self.page.wait_for_timeout(1000 * seconds)

        if not achieved(condition, self.progress, pause):
            raise AssertionError(f"{otherwise}; {self.errors}; the page says:\n{self.text[-3000:]}")


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
