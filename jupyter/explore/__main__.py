"""All notebooks as pages: `python jupyter/explore notebooks`, Voilà with no more than they need.

Voilà's own root is a list of files; here it leads to one notebook. What serves no page (files,
lists of files, kernels to ask about or to stop) is not there.
"""

from tornado.web import RedirectHandler
from traitlets import Unicode
from voila import app
from voila.tornado.handler import TornadoVoilaHandler


class PageHandler(TornadoVoilaHandler):
    """A notebook as a page: from a pre-heated kernel if one has started, or else from a new one."""

    async def get(self, path=None):
        """The page, and the cookie without which it could not end its kernel when it is left."""
        self.xsrf_token  # noqa: B018  (reading it sets the cookie)
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


SERVED = {
    TornadoVoilaHandler: PageHandler,
    app.KernelHandler: KernelHandler,
    **dict.fromkeys(
        (
            app.VoilaKernelWebsocketHandler,
            app.VoilaShutdownKernelHandler,  # a page that is left ends its own kernel
            app.TemplateStaticFileHandler,
            app.MultiStaticFileHandler,
            app.FileFindHandler,  # the widgets' scripts
        )
    ),
}
"""Voilà's handlers that serve pages, and what stands in for them."""


class Collection(app.Voila):
    """Voilà over a folder of notebooks, whose root address leads to one of them."""

    first = Unicode("index", config=True, help="Name of the notebook that is opened first.")
    aliases = app.Voila.aliases | {"first": "Collection.first"}

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
