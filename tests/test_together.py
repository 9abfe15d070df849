"""Experiments of several samples: at the same time, told in order, refused in words."""

from threading import Barrier

import pytest

from qdlib import InputError, cadmium_carboxylate, each, red_qled, sweep
from qdlib.device import experiment, together
from qdlib.physics import march, readout


def test_samples_do_not_wait_for_each_other_and_keep_their_order(monkeypatch):
    monkeypatch.setattr(together.os, "cpu_count", lambda: 2)
    met = Barrier(2, timeout=60)
    found = each(("b", "a"), lambda name: (met.wait() >= 0, name))
    assert list(found.items()) == [("b", (True, "b")), ("a", (True, "a"))]


@pytest.mark.parametrize("function", [march.march, readout.read])
def test_compiled_code_lets_python_go_on(function):
    assert function.targetoptions["nogil"]


def test_several_lists_do_not_wait_for_each_other_either(monkeypatch):
    monkeypatch.setattr(together.os, "cpu_count", lambda: 2)
    met = Barrier(2, timeout=60)
    one, other = each("a", lambda _: met.wait() >= 0, "bc", lambda x: x == "c" or met.wait() >= 0)
    assert one == {"a": True}
    assert list(other.items()) == [("b", True), ("c", True)]


def test_a_list_without_an_experiment_is_refused():
    with pytest.raises(InputError, match="experiment"):
        each((0.5,), red_qled, (0.2,))


def test_it_finds_what_one_experiment_after_the_other_does():
    def swept(fraction):
        return sweep(red_qled(cadmium_carboxylate(fraction)), 0, 3, dwell=1.234)

    fractions = (0.2, 0.3, 0.5, 0.9)
    found = each(fractions, swept)
    experiment._kept.cache_clear()
    for fraction in fractions:
        assert (found[fraction].luminance == swept(fraction).luminance).all()


def test_a_sample_that_is_refused_is_named():
    with pytest.raises(InputError, match=r"fraction = 1\.2"):
        each((0.5, 1.2), lambda fraction: red_qled(cadmium_carboxylate(fraction)))
