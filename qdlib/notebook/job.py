"""Long work beside a page that stays alive."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

POLL = 0.25  # [s]


class Job:
    """work(told) in a thread of its own; told(*progress) gives true once it is to end.

    progress : what was told last, () before; result, error : in the end, one of them
    """

    def __init__(self, work: Callable[[Callable[..., bool]], Any]) -> None:
        self.progress: tuple[Any, ...] = ()
        self.result: Any = None
        self.error: Exception | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[Callable[..., bool]], Any]) -> None:
        try:
            self.result = work(self._told)
        except Exception as error:  # handed over to the page, which tells it
            self.error = error

    def _told(self, *progress: Any) -> bool:
        self.progress = progress
        return self._ending.is_set()

    def cancel(self) -> None:
        """Ask it to end."""
        self._ending.set()

    @property
    def running(self) -> bool:
        """Whether it is still at work."""
        return self._thread.is_alive()

    def watch(self, progress: Callable[[], None], done: Callable[[], None]) -> None:
        """Call `progress` now and then, and `done` in the end, from the thread of this call.

        In a kernel this returns at once, as its loop goes on; without a loop it waits.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._thread.join()
            done()
            return

        async def follow() -> None:
            while self.running:
                progress()
                await asyncio.sleep(POLL)
            done()

        self._task = loop.create_task(follow())
