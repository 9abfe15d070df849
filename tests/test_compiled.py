"""What is compiled is compiled anew when it has to be, once for all uses, and takes no memory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from numba import njit
from reference import reference_stack

from qdlib.physics import march, transport

KERNEL = """
from qdlib.physics.compiled import compiler

@compiler()
def kernel(x):
    return {} * x
"""
LOOP = """
import kernels
from qdlib.physics.compiled import compiler

@compiler(kernels)
def loop(x):
    return kernels.kernel(x) + 1

print(loop(2.0), sum(loop.stats.cache_hits.values()))
"""


@pytest.mark.proof
def test_a_function_is_compiled_anew_when_what_it_calls_has_changed(tmp_path):
    (tmp_path / "loops.py").write_text(LOOP)
    root = Path(__file__).resolve().parents[1]
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{root}"}
    environment |= {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}

    def printed(factor):
        (tmp_path / "kernels.py").write_text(KERNEL.format(factor))
        os.utime(tmp_path / "kernels.py", (factor, factor))
        command = [sys.executable, "-c", "import loops"]
        return subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True
        ).stdout

    assert [printed(factor) for factor in (3, 3, 4)] == ["7.0 0\n", "7.0 1\n", "9.0 0\n"]


USES = """
from reference import reference_stack

from qdlib import Hold, Sweep, amine, perform, red_qled
from qdlib.physics import march, transport

transport.solve(reference_stack("qled"), [0.0, 0.1])
perform(red_qled(), [Hold(milliamp_per_cm2=1, hours=1e-3, instants_count=2)])
perform(red_qled(amine()), [Sweep(0, 1, 1)])
perform(red_qled().with_dot(reducible_sites=600), [Sweep(0, 1, 1, dwell=1)])  # whole numbers
print(len(march.march.signatures))
"""


def test_one_compilation_serves_transport_and_experiments():
    """In a process of its own: what another test compiles for the browser counts as well."""
    told = subprocess.run(
        [sys.executable, "-c", USES], cwd=Path(__file__).parent, capture_output=True, text=True
    )
    assert told.stdout == "1\n", told.stderr


@pytest.mark.proof
def test_the_loop_takes_no_memory():
    """And calls nothing but exp, expm1 and log1p, so that it can live outside Python."""
    transport.solve(reference_stack("qled"), [0.0])
    loop = njit(error_model="numpy")(march.march.py_func)
    loop.compile(march.march.signatures[0])
    text = loop.inspect_llvm(loop.signatures[0])
    assert "@expm1" in text
    assert not any(name in text for name in ("MemInfo_alloc", "NRT_Allocate", "@pow", "@log("))
