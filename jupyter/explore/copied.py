"""Kernels that begin as copies of one process, which has imported the library already.

A page is there seconds sooner, and kernels share what they do not change of its memory.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from importlib.metadata import EntryPoint
from multiprocessing import connection, forkserver
from pathlib import Path

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

HERE = Path(__file__).resolve().parent
NAME = "copied"
# A run is some arrays of a megabyte. From the heap they leave holes that a kernel keeps, in the end
# a third of its memory; mapped, they go back to the system. glibc reads this as a process starts.
MEMORY = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": str(128 * 1024)}
# Without this the debugger, which a kernel imports, warns on the terminal.
QUIET = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
COPIES = "forkserver" in multiprocessing.get_all_start_methods()  # not on Windows


def run_kernel(arguments, folder, environment):
    """Be a kernel, as `ipykernel_launcher` with these arguments would be."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()  # signals to a kernel are for its whole group
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:] = ["", *(path for path in sys.path if path != str(HERE))]
    multiprocessing.current_process().daemon = False  # a daemon could have no children
    threading.Thread(target=_end_with_server, daemon=True).start()
    # without a parent it would tell how to connect to it
    IPKernelApp.launch_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])


def _end_with_server():
    connection.wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


class Copy:
    """A process that has begun as a copy, used as a subprocess.Popen is."""

    stdin = stdout = stderr = None

    def __init__(self, *arguments):
        context = multiprocessing.get_context("forkserver")
        # a daemon, for the server does not wait for it when it ends
        self._process = context.Process(target=run_kernel, args=arguments, daemon=True)
        self._process.start()
        self.pid = self._process.pid

    def poll(self):
        """Its exit code, None while it runs."""
        return self._process.exitcode

    def wait(self):
        """Its exit code, once it has ended."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number):
        """Send it a signal."""
        os.kill(self.pid, number)

    def terminate(self):
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self):
        """End it."""
        self.send_signal(signal.SIGKILL)


class CopyProvisioner(LocalProvisioner):
    """Starts a kernel of ours as a copy, or as usual where that fails."""

    async def launch_kernel(self, cmd, *, env, cwd=None, **others):
        """Its connection info; `cmd` is an interpreter, -m, ipykernel_launcher and arguments."""
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        plain = {str.__str__(name): value for name, value in env.items()}  # Voilà's are an enum
        try:  # in a thread, as the first one waits for all that is imported
            self.process = await asyncio.to_thread(Copy, arguments, cwd or os.getcwd(), plain)
        except (EOFError, OSError):
            self.log.warning("A kernel could not begin as a copy and is started as usual.")
            return await super().launch_kernel(cmd, env=env, cwd=cwd, **others)
        self.pid = self.pgid = self.process.pid
        return self.connection_info


def begin_kernels_as_copies():
    """From now on, where the system can copy a process."""
    if not COPIES:
        return
    forkserver.set_forkserver_preload(["preloaded"])
    before = dict(os.environ)
    # where it finds that; a copy has the server's paths and surroundings
    os.environ.update(MEMORY | QUIET, PYTHONPATH=str(HERE))
    forkserver.ensure_running()
    os.environ.clear()
    os.environ.update(before)
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[NAME] = EntryPoint(NAME, "copied:CopyProvisioner", factory.GROUP_NAME)
    factory.default_provisioner_name = NAME
