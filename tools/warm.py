"""Let numba compile and keep what it compiles, so that no page waits: `tools/warm.py`.

With --tests the tests do not wait either: an older processor's code is compiled beside it.
"""

import os
import subprocess
import sys
from pathlib import Path

from qdlib import red_qled, sweep
from qdlib.paper.setups import voltammogram

CACHE = Path(__file__).resolve().parents[1] / ".numba_cache" / "generic"
OLDER = {"NUMBA_CPU_NAME": "generic", "NUMBA_CACHE_DIR": str(CACHE)}
"""Settings with which numba compiles for a processor without the newer vector units."""


def main(arguments):
    """Solve one device and one voltammogram."""
    beside = None
    if "--tests" in arguments:
        beside = subprocess.Popen([sys.executable, __file__], env=os.environ | OLDER)
    sweep(red_qled(), 0, 0.1)
    voltammogram("RNH2")
    return beside.wait() if beside else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
