"""What each parameter acts on, found by asking: what reads it, and so what a change of it moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial

from ..errors import InputError
from ..parameters import BLUE, Changes, Reader, reader
from .materials import STRUCTURES

PROTOCOLS = {
    "sweep.dwell": "a Laboratory's sweeps",
    "reading.luminance_floor": "a Laboratory's turn-on voltages and peaks",
    "lifetime test.sweep_first": "a Laboratory's lifetime tests",
    "lifetime test.first_reading": "a Laboratory's lifetime tests",
    "lifetime test.current_density": "a Laboratory's lifetime tests",
    "lifetime test.current_density_blue": f"a Laboratory's lifetime tests with {BLUE} dots",
}
"""Parameters that a Laboratory reads by itself."""
ELSEWHERE = {
    "TCSPC": "the decays of photoluminescence",
    "absorption": "the absorption spectra",
    "CdSe/CdS absorber": "the absorption spectra",
    "CdSeS/ZnSeS/ZnS absorber": "the absorption spectra",
    "single dot": "the traces of a single dot",
    "wash": "the isotherm of the wash",
    "surface": "the atomic ratio of the dots",
    "auger": "the Auger spectra",
    "infrared": "the infrared spectra",
    "digest": "the infrared spectra",
    "lock-in": "the lock-in amplifier",
    "bulk CdSe": "the levels of the bulk crystals",
    "bulk CdS": "the levels of the bulk crystals",
    "bulk ZnSe": "the levels of the bulk crystals",
    "bulk ZnS": "the levels of the bulk crystals",
    "Cd(RS)2": "the decays of Fig. S7a",
    "drawn field": "the drawn micrographs",
    "lifetime test": "the scatter of lifetimes",
}
"""Owners of parameters that no `changes` reach."""


class _Probe(Reader):
    """Asks as a Reader with changes of these keys would, and gives every parameter as it stands."""

    def __init__(self, keys):
        super().__init__(dict.fromkeys(keys))

    def __call__(self, owner, name, fallback=None):
        super().__call__(owner, name, fallback)
        return Reader()(owner, name, fallback)


def _experiments():
    """All that takes `changes`, quickest first: pairs of a title and f(reader)."""
    from .samples import electron_only, hole_only, red_qled, wear
    from .setups import SAMPLES, voltammogram

    for structure in STRUCTURES:
        dots = f"with {structure} dots"
        yield f"the wear of diodes {dots}", partial(wear, structure)
        yield f"the hole-only device {dots}", partial(hole_only, None, structure)
        yield f"the electron-only device {dots}", partial(electron_only, None, structure)
    for structure in STRUCTURES:
        yield f"the QLED with {structure} dots", partial(red_qled, None, structure)
    for sample in SAMPLES:
        yield f"the voltammogram of {sample}", partial(voltammogram, sample, points=50)


def _asked(read, keys):
    probe = _Probe(keys)
    read(changes=probe)
    return probe.asked


@lru_cache(maxsize=256)
def without_effect(keys):
    """Those of the changed keys, a frozenset, that no experiment of a Laboratory reads."""
    left = keys - PROTOCOLS.keys()
    for _, read in _experiments():
        if not left:
            break
        left -= _asked(read, keys)
    return left


@lru_cache(maxsize=256)
def acts_on(key, keys=frozenset()):
    """What a parameter acts on, beside others that are changed, in words: a tuple, maybe empty."""
    if key in PROTOCOLS:
        return (PROTOCOLS[key],)
    kinds = {}
    for title, read in _experiments():
        if key in _asked(read, keys | {key}):
            kind, _, dots = title.partition(" with ")
            kinds.setdefault(kind, []).append(dots)
    alike = {}
    for kind, dots in kinds.items():
        alike.setdefault(tuple(dots), []).append(kind)
    found = tuple(_listed(kinds, "and") + _with(dots) for dots, kinds in alike.items())
    owner = key.rpartition(".")[0]
    return found or ((ELSEWHERE[owner],) if owner in ELSEWHERE else ())


def _with(dots):
    if len(dots) == len(STRUCTURES) or not all(dots):  # all structures, or no matter of them
        return ""
    return f" with {_listed([one.removesuffix(' dots') for one in dots], 'or')} dots"


def refusal(key, changes, part):
    """The InputError that says that a change has no effect on a part, and where it has one."""
    found = acts_on(key, frozenset(changes))
    where = f"acts on {_listed(found, 'and')}" if found else "has no effect beside the others given"
    return InputError("changes", key, f"a parameter of {part}; this one {where}")


def _listed(words, last):
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


@contextmanager
def reading(changes: Changes, part: str) -> Iterator[Reader]:
    """Give a Reader to the body, and refuse the changes that the body did not ask for.

    changes : {"owner.name": value}; or a Reader, whose maker sees to what is left unread
    part : what the body makes, as the message names it

    Raises InputError for a change without effect; it says what the parameter does act on.
    """
    value = reader(changes)
    yield value
    unread = value.changes.keys() - value.asked
    if unread and value is not changes:
        raise refusal(min(unread), value.changes, part)
