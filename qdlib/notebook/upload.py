"""A place on the page to drop a file into."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..owndata.reading import LARGEST


class Upload(anywidget.AnyWidget):
    """A drop zone that hands a file to `act(name, content)`.

    The browser sends it in parts: a server takes no message above 10 MB. What is larger than the
    limit it refuses by itself, and says so.
    """

    _esm = Path(__file__).with_name("upload.js")
    _css = Path(__file__).with_name("upload.css")
    limit = traitlets.Int(LARGEST).tag(sync=True)

    def __init__(self, act: Callable[[str, bytes], None]) -> None:
        super().__init__()
        self._act, self._parts = act, list[bytes]()
        self.on_msg(self._take)

    def _take(self, _: Any, content: dict[str, Any], buffers: list[memoryview]) -> None:
        if content["part"] == 0:
            self._parts = []
        if content["part"] != len(self._parts) or sum(map(len, self._parts)) > self.limit:
            return  # of a file that another one has overtaken, or from no page of ours
        self._parts.append(bytes(buffers[0]))
        if len(self._parts) == content["parts"]:
            whole, self._parts = b"".join(self._parts), []
            self._act(str(content["name"]), whole)
