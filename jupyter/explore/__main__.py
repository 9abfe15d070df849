"""All notebooks as pages: `python jupyter/explore notebooks`, Voilà with no more than they need.

Voilà's own root is a list of files; here it leads to one notebook. What serves no page (files,
lists of files, kernels to ask about or to stop) is not there.
"""

import asyncio

from copied import begin_kernels_as_copies
from jinja2 import BytecodeCache
from tornado.web import HTTPError, RedirectHandler
from traitlets import Bool, Integer, Unicode
from voila import app, exporter, notebook_renderer
from voila.tornado.handler import TornadoVoilaHandler

FULL = """<!DOCTYPE html><html lang="en"><title>All seats are taken</title>
<p>As many pages as this server can hold are open. Please try again in a few minutes.</p></html>"""


class PageHandler(TornadoVoilaHandler):
    """A notebook as a page: from a pre-heated kernel if one has started, or else from a new one.

    A few are opened at a time and the others wait; once all seats are taken, they are refused.
    """

    async def get(self, path=None):
        """The page, and the cookie without which it could not end its kernel when it is left."""
        if not (path or "").endswith(".ipynb"):
            raise HTTPError(404)  # Voilà would lead to the file of that name
        self.xsrf_token  # noqa: B018  (reading it sets the cookie)
        async with self.settings["openings"]:
            if self.request.connection.stream.closed():
                return None  # whoever has hung up meanwhile takes no seat
            if len(self.kernel_manager.list_kernel_ids()) >= self.settings["seats"]:
                self.set_status(503)
                self.set_header("Retry-After", "120")
                return await self.finish(FULL)
            return await super().get(path)

    def should_use_rendered_notebook(self, notebook_data, *args):
        """Voilà's own answer, and not for a kernel whose start is still to be waited for."""
        pool = self.kernel_manager._pools.get(self.path_args[0]) if notebook_data else None
        return bool(pool) and pool[0].done() and super().should_use_rendered_notebook(
            notebook_data, *args
        )  # fmt: skip


class KernelHandler(app.KernelHandler):
    """What the widgets ask of their kernel before they connect, and nothing that ends it."""

    SUPPORTED_METHODS = ("GET",)


class CompiledTemplates(BytecodeCache):
    """Templates as they were compiled for an earlier page, in memory."""

    def __init__(self):
        self._kept = {}

    def load_bytecode(self, bucket):
        """Give a bucket its code, if that is there."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket):
        """Keep the code of a bucket; Jinja takes it for a template that says the same."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


class PageExporter(exporter.VoilaExporter):
    """Voilà's, of which each page has its own, with templates that are compiled once for all."""

    compiled = CompiledTemplates()

    def _create_environment(self):
        environment = super()._create_environment()
        environment.bytecode_cache = self.compiled
        return environment


notebook_renderer.VoilaExporter = PageExporter  # Voilà has no setting for it


def with_headers(handler):
    """A handler of static files, with the headers that the other answers have."""

    def set_default_headers(self):
        super(made, self).set_default_headers()
        for name, value in self.settings["headers"].items():
            self.set_header(name, value)

    made = type(handler.__name__, (handler,), {"set_default_headers": set_default_headers})
    return made


SERVED = {
    TornadoVoilaHandler: PageHandler,
    app.KernelHandler: KernelHandler,
    **{
        handler: with_headers(handler)
        for handler in (
            app.TemplateStaticFileHandler,
            app.MultiStaticFileHandler,
            app.FileFindHandler,  # the widgets' scripts
        )
    },
    **dict.fromkeys(
        (
            app.VoilaKernelWebsocketHandler,
            app.VoilaShutdownKernelHandler,  # a page that is left ends its own kernel
        )
    ),
}
"""Voilà's handlers that serve pages, and what stands in for them."""


class Collection(app.Voila):
    """Voilà over a folder of notebooks, whose root address leads to one of them."""

    first = Unicode("index", config=True, help="Name of the notebook that is opened first.")
    seats = Integer(40, config=True, help="Kernels at most, those kept ready included.")
    at_once = Integer(6, config=True, help="Pages that are opened at the same time.")
    copies = Bool(
        True, config=True,
        help="Kernels begin as copies of a process that has imported the library: pages are there "
        "sooner, but do not see changes of the library. Without effect on Windows.",
    )  # fmt: skip
    aliases = app.Voila.aliases | {"first": "Collection.first"}

    def start(self):
        """Serve the pages; the process that kernels are copies of is started first."""
        if self.copies:
            begin_kernels_as_copies()
        super().start()

    def init_settings(self):
        """Voilà's settings, and how many pages there may be."""
        own = {"seats": self.seats, "openings": asyncio.Semaphore(self.at_once)}
        return super().init_settings() | own

    def init_handlers(self):
        """Voilà's handlers for pages, without the others."""
        start = app.url_path_join(self.base_url, "voila/render", f"{self.first}.ipynb")
        handlers = [(self.server_url, RedirectHandler, {"url": start, "permanent": False})]
        for pattern, handler, *options in super().init_handlers():
            if handler in SERVED:
                handlers.append((pattern, SERVED[handler] or handler, *options))
        return handlers


if __name__ == "__main__":
    Collection.launch_instance()
