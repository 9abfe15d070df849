"""Jupyter configuration for pages that answer at once.

Kernel messages are not held back, which saves 35 ms at each redraw; and the server itself hands
out plotly.js, which from the kernel would take a second more. Equations become MathML.
"""

import importlib.util
import sys
import warnings
from pathlib import Path

from voila.exporter import VoilaMarkdownRenderer

sys.path.append(str(Path(__file__).parent))

from equations import Equations

c = get_config()  # noqa: F821  (Jupyter defines it)

# served as .../plotly-cartesian.min.js
plotly = Path(importlib.util.find_spec("qdlib").origin).parent / "notebook" / "plotly_js"
c.LabApp.extra_labextensions_path = [str(plotly)]
c.VoilaConfiguration.extra_labextensions_path = [str(plotly)]


class PageMarkdown(Equations, VoilaMarkdownRenderer):
    """Voilà's renderer of Markdown, with the equations as MathML."""


c.VoilaExporter.markdown_renderer_class = PageMarkdown

try:
    from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
except ImportError:
    warnings.warn(
        "jupyter/common.py: jupyter_server has moved ZMQChannelsWebsocketConnection; "
        "pages work, but each redraw waits for the network's small-packet delay.",
        stacklevel=1,
    )
else:

    class PromptConnection(ZMQChannelsWebsocketConnection):
        """Kernel connection whose small messages are not held back (TCP_NODELAY)."""

        def connect(self):
            """Switch the delay off on the now open socket, then connect."""
            self.websocket_handler.set_nodelay(True)
            return super().connect()

    c.ServerApp.kernel_websocket_connection_class = PromptConnection
    c.Voila.kernel_websocket_connection_class = PromptConnection
