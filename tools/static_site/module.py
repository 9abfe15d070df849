"""Compiled functions of the library as one WebAssembly module, from the very same source.

numba hands out LLVM's intermediate code, llvmlite, which numba brings along, compiles it for
wasm32, and `ziglang` links the module, with `exp` and its kin from its own library (math.zig).
Nothing is written twice: what a page computes is what `qdlib` computes. An argument is a number, an
array of float64, or a NamedTuple of such.
"""

import hashlib
import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import qdlib

TRIPLE = "wasm32-unknown-unknown"
LINK = ["-target", "wasm32-freestanding", "-fno-entry", "-O", "ReleaseFast", "-fstrip", "--stack",
        "65536", "--export=__heap_base"]  # fmt: skip
MATH = Path(__file__).with_name("math.zig")
PACKAGE = Path(qdlib.__file__).parent


def can_link() -> bool:
    """Whether there is a linker: it comes with the extra `site`."""
    return importlib.util.find_spec("ziglang") is not None


def leaves(value, name="") -> Iterator[tuple[str, float | np.ndarray]]:
    """The numbers and arrays in a NamedTuple of such, by their names with dots between."""
    if isinstance(value, tuple):
        for field, own in zip(value._fields, value, strict=True):
            yield from leaves(own, f"{name}.{field}" if name else field)
    else:
        yield name, value


def compiled(functions: dict) -> bytes:
    """The module: {name: (compiled function, example arguments)}; kept until a source changes.

    An exported function takes two places, where it puts its result and its error, and then for each
    leaf of its arguments a number, or an array's place with its shape behind it, all float64.
    """
    kept = Path(__file__).parent / "__pycache__" / f"{_sources(functions)}.wasm"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as folder:
            made = _linked(functions, Path(folder))
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes(made.read_bytes())
    return kept.read_bytes()


def _linked(functions, folder):
    objects = []
    for name, (function, *examples) in functions.items():
        path = folder / f"{name}.o"
        path.write_bytes(_object(_portable(name, function, examples)))
        objects.append(path)
    wanted = [f"--export={name}" for name in functions]
    command = [sys.executable, "-m", "ziglang", "build-exe", MATH, *objects, *LINK, *wanted]
    subprocess.run([*command, f"-femit-bin={folder / 'module.wasm'}"], check=True)
    return folder / "module.wasm"


def _sources(functions):
    """A word for all that a module is made of."""
    parts = (path for room in ("physics", "device") for path in PACKAGE.glob(f"{room}/*.py"))
    paths = [Path(__file__), MATH, *sorted(parts)]
    code = b"".join(path.read_bytes() for path in paths)
    return hashlib.sha256(code + " ".join(functions).encode()).hexdigest()[:16]


def _portable(name, function, examples):
    """A compiled function as LLVM's intermediate code without a machine or a Python below it."""
    from numba import cfunc, types

    parameters, call, known = _call(examples)
    known["function"] = function
    source = f"def {name}({', '.join(parameters)}):\n    return function({call})\n"
    exec(source, known)
    pointer = types.CPointer(types.float64)
    kinds = [pointer if one.startswith("at") else types.float64 for one in parameters]
    made = cfunc(types.int64(*kinds), error_model="numpy", nopython=True)(known[name])
    code = _without_python(made.inspect_llvm())
    code = re.sub(r'target (datalayout|triple) = "[^"]*"', "", code)
    code = re.sub(r'"(target-cpu|target-features)"="[^"]*"', "", code)
    code = code.replace("= common ", "= linkonce_odr ")
    # numba's own name for it; the other one is the wrapper that asks for Python's lock
    own = rf'define [^@]*@"?(_ZN[\w$.]*_3e{len(name)}{name}B[\w$.]*)"?\('
    (mangled,) = set(re.findall(own, code))
    return code.replace(mangled, name)


def _call(examples):
    """Parameters of an exported function, and the text that makes arguments of them again."""
    from numba import carray

    parameters, known = [], {"carray": carray}

    def text(value):
        if isinstance(value, tuple):
            known[type(value).__name__] = type(value)
            return f"{type(value).__name__}({', '.join(map(text, value))})"
        k = len(parameters)
        if np.ndim(value) == 0:
            parameters.append(f"x{k}")
            return f"x{k}"
        sizes = [f"n{k}_{axis}" for axis in range(value.ndim)]
        parameters.extend([f"at{k}", *sizes])
        return f"carray(at{k}, ({' '.join(f'int({size}),' for size in sizes)}))"

    return parameters, ", ".join(map(text, examples)), known


def _without_python(code):
    """Intermediate code without the functions that count references or ask for Python's lock."""
    kept, skipped = [], False
    for line in code.split("\n"):
        if "@llvm.x86." in line and line.startswith("declare"):
            continue
        if line.startswith("define") and re.search(r"@(NRT_|\"?cfunc\.)", line):
            skipped = True
            if name := re.search(r"@(NRT_\w+)\(", line):
                kept.append(f"define linkonce_odr void @{name[1]}(ptr %0) {{\n  ret void\n}}")
        if not skipped:
            kept.append(line)
        skipped = skipped and line != "}"
    return "\n".join(kept)


def _object(code):
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(TRIPLE).create_target_machine(opt=3, features="+bulk-memory")
    module = llvm.parse_assembly(f'target triple = "{TRIPLE}"\n{code}')
    module.verify()
    return machine.emit_object(module)
