"""Break the project in one place at a time, and see who notices: `make mutants`.

The mutants are those of `tools/mutants.toml`. Each is made in a copy of the project, where its
tests run until one fails, and all quick ones if none of those does; then the check cells of its
notebooks are compared. A mutant that nobody notices is a missing test.
`python tools/mutants.py WORD ...` takes those whose name has one of the words.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
QUICK = "not browser and not server and not proof"
PYTEST = ["-m", "pytest", "-x", "-q", "-p", "no:nbval", "-p", "no:cacheprovider", "--tb=no",
          "-m", QUICK]  # fmt: skip
NOBODY = "NOBODY"
LIMIT = 1800  # [s] for tests or a notebook


@dataclass(frozen=True)
class Mutant:
    """One place made wrong: the fields are described in tools/mutants.toml."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    notebooks: tuple[str, ...]

    def mutated(self, text):
        """The text of the file with the mutation; ValueError if its place is not there once."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: {self.old!r} stands {text.count(self.old)} times there")
        return text.replace(self.old, self.new)


def mutants():
    """All of tools/mutants.toml."""
    with (ROOT / "tools" / "mutants.toml").open("rb") as file:
        rows = tomllib.load(file)["mutant"]
    lists = "tests", "notebooks"
    return [Mutant(**row | {name: tuple(row[name]) for name in lists}) for row in rows]


def copied(target):
    """A copy of the project's files: those in git, and those that would be."""
    command = ["git", "ls-files", "-z", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    subprocess.run(["git", "init", "-q", target], check=True)  # some tests ask it for all files


def python(folder, *arguments):
    """Run Python in a copy, whose package comes first: what was printed, and the exit status."""
    settings = {"PYTHONPATH": str(folder), "NUMBA_CACHE_DIR": str(folder / ".numba_cache")}
    try:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=folder, env=os.environ | settings,
            capture_output=True, text=True, timeout=LIMIT,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "FAILED to end in time", 1  # which is noticed as well
    return done.stdout + done.stderr, done.returncode


def first_failure(folder, arguments):
    """The first test that fails, or ""; RuntimeError if pytest could not run any."""
    told, status = python(folder, *PYTEST, *arguments)
    lines = [line for line in told.splitlines() if line[:6] in ("FAILED", "ERROR ")]
    named = [line.split(" ", 1)[1].split(" - ")[0] for line in lines]  # an id may have spaces
    if status not in (0, 1, 2):
        raise RuntimeError(f"pytest {arguments}: {told}")
    return named[0] if named else ("" if status == 0 else "collecting the tests")


def differing(folder, notebooks):
    """Those of the notebooks whose check cells print something else, or nothing at all."""
    paths = {name: f"notebooks/{name}.ipynb" for name in notebooks}
    compare = "tools/record_checks.py", "--compare"
    return [name for name, path in paths.items() if python(folder, *compare, path)[1] != 0]


def noticed(folder, mutant):
    """Who notices a mutant in a copy of the project: a list of tests and notebooks, in words.

    The copy is put back, and whoever notices something there as well is broken: RuntimeError.
    """
    path = folder / mutant.file
    before, kept = path.read_text("utf-8"), path.stat()
    path.write_text(mutant.mutated(before), "utf-8")
    try:
        test = first_failure(folder, mutant.tests)
        whole = not test and first_failure(folder, ["tests"])
        told = differing(folder, mutant.notebooks)
    finally:
        path.write_text(before, "utf-8")
        # the old time as well, or all that is compiled would be compiled anew
        os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    found = test or whole
    again = [found] if "::" in (found or "") else ["tests"] if whole else mutant.tests
    if (found and first_failure(folder, again)) or differing(folder, told):
        raise RuntimeError(f"{mutant.name}: {found or told} fails without it as well")
    who = [f"{found} (not among its tests)" if whole else found] if found else []
    return [*who, *(f"check cell of {name}" for name in told)]


def main(words):
    """Print who notices each mutant; 1 if nobody notices one."""
    chosen = [one for one in mutants() if not words or any(word in one.name for word in words)]
    for one in chosen:
        one.mutated((ROOT / one.file).read_text("utf-8"))
    missed = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copied(folder)
        for number, mutant in enumerate(chosen, 1):
            who = noticed(folder, mutant)
            print(f"{number:2} {mutant.name}\n     {'; '.join(who) or NOBODY}", flush=True)
            if not who:
                missed.append(mutant.name)
    print(f"{len(chosen) - len(missed)} of {len(chosen)} noticed.", *missed, sep="\n  missed: ")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
