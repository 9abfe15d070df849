"""Voilà reads this file when JUPYTER_CONFIG_PATH names this folder."""

from datetime import UTC, datetime, timedelta

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

load_subconfig("common.py")  # noqa: F821  (Jupyter defines it)

c = get_config()  # noqa: F821
c.VoilaConfiguration.template = "qdlib"  # in data/, by JUPYTER_PATH
# another template would ask other hosts for its icons
c.VoilaConfiguration.allow_template_override = "NO"
c.VoilaConfiguration.allow_theme_override = "NO"
c.VoilaConfiguration.file_allowlist = []
c.VoilaConfiguration.strip_sources = False  # the template folds them under what they show
# the page needs no more, and each further extension costs it time
c.VoilaConfiguration.extension_allowlist = [
    "@voila-dashboards/widgets-manager8",
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
]

# A page needs its own inline scripts, jupyterlab's compiled checks, and the widgets' modules, which
# come as blobs; from elsewhere it needs nothing.
c.Voila.tornado_settings = {
    "headers": {
        "Content-Security-Policy": "; ".join(
            (
                "default-src 'self'",
                "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:",
                "style-src 'self' 'unsafe-inline'",
                "img-src 'self' blob: data:",
                "font-src 'self' data:",
                "worker-src 'self' blob:",
                "object-src 'none'",
                "base-uri 'self'",
                "form-action 'none'",
                "frame-ancestors 'self'",
            )
        ),
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
    }
}

# with --preheat_kernel=True; each viewer gets a kernel that nobody else has had
c.VoilaKernelManager.kernel_pools_config = {
    "default": {"pool_size": 0},
    "index.ipynb": {"pool_size": 1},
    "explorer.ipynb": {"pool_size": 1},
}
# starting the next pre-heated kernel at once would slow down the page that has just been opened
c.VoilaKernelManager.fill_delay = 10


class ViewersKernelManager(AsyncMappingKernelManager):
    """Kernels of pages: they run nothing that a viewer sends, and end together with their page."""

    # comms are the widgets; without this line a viewer could execute code
    VIEWERS_SEND = ("comm_open", "comm_msg", "comm_close", "comm_info_request",
                    "kernel_info_request")  # fmt: skip

    LONELY = timedelta(minutes=10)  # a page without a connection for so long is not there

    def __init__(self, **kwargs):
        self._sockets, self._left_pool = {}, set()
        super().__init__(**kwargs | {"allowed_message_types": list(self.VIEWERS_SEND)})

    def sockets(self, kernel_id):
        """The open connections of pages to a kernel."""
        return self._sockets.setdefault(kernel_id, set())

    async def cull_kernel_if_idle(self, kernel_id):
        """End a kernel that nobody has used for long; its time in the pool does not count."""
        if kernel_id not in self._left_pool:
            self._left_pool.add(kernel_id)
            self._kernels[kernel_id].last_activity = datetime.now(UTC)
        idle = datetime.now(UTC) - self._kernels[kernel_id].last_activity
        if idle > self.LONELY and not self._sockets.get(kernel_id):
            return await self.shutdown_kernel(kernel_id)
        return await super().cull_kernel_if_idle(kernel_id)

    async def shutdown_kernel(self, kernel_id, *args, **kwargs):
        """End a kernel and the connections to it, which is how a page learns of it."""
        await super().shutdown_kernel(kernel_id, *args, **kwargs)
        self._left_pool.discard(kernel_id)
        for socket in self._sockets.pop(kernel_id, ()):
            socket.close()


class ViewerConnection(c.Voila.kernel_websocket_connection_class):
    """Connection of a page to its kernel, known to the kernel's manager while it is open."""

    def connect(self):
        """Connect, and be known."""
        self.multi_kernel_manager.sockets(self.kernel_id).add(self.websocket_handler)
        return super().connect()

    def disconnect(self):
        """Disconnect, and be forgotten."""
        if self.kernel_id in self.multi_kernel_manager:
            self.multi_kernel_manager.sockets(self.kernel_id).discard(self.websocket_handler)
        return super().disconnect()


c.VoilaConfiguration.multi_kernel_manager_class = ViewersKernelManager
c.Voila.kernel_websocket_connection_class = ViewerConnection
c.MappingKernelManager.cull_idle_timeout = 3600  # [s]
c.MappingKernelManager.cull_interval = 60  # [s]
c.MappingKernelManager.cull_connected = True
c.VoilaExecutor.cell_error_instruction = "Reload the page; the server's log says more."
# On a busy machine outputs reach the server long after the kernel's reply. Those that come later
# than this are dropped in silence (by default after 4 s): a page without its figure.
c.VoilaExecutor.iopub_timeout = 600  # [s]
c.VoilaExecutor.startup_timeout = 600  # [s]
c.MappingKernelManager.kernel_info_timeout = 600  # [s]
