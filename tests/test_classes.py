"""That each number is of the class that it is said to be: asked of the model, not of the words."""

from math import isfinite, log

import pytest

from qdlib.paper.classes import CLASSES, INDEPENDENT, class_of, declared, fitted, uses_fit
from qdlib.paper.posterior import draws
from qdlib.paper.protocols import Laboratory
from qdlib.paper.targets import targets
from qdlib.parameters import parameters

BY_KEY = {one.key: one for one in targets()}
COUNTED = [one for one in targets() if one.kind in INDEPENDENT]
RATE = "redox.rate_constant"
ALIKE = 0.1
"""Difference of two logarithms up to which one reading moves as another does [1]."""


def of_class(name):
    return [one for one in COUNTED if class_of(one).name == name]


def moved():
    """Sets of changes: the reaction much slower and faster, and draws of the posterior."""
    rate = parameters()[RATE].value
    return [{RATE: rate / 30}, {RATE: rate * 30}, *draws()[::12]]


@pytest.fixture(scope="module")
def labs():
    return [Laboratory(changes) for changes in ({}, *moved())]


def test_every_declared_class_is_of_a_target_and_has_a_reason():
    for key, own in declared().items():
        assert key in BY_KEY
        assert own.name in {"structural", "derived"}, "the rest is found from the data"
        assert len(own.why) > 20
        assert bool(own.of) == (own.name == "derived")
        assert set(own.of) <= set(BY_KEY)


def test_what_a_stage_uses_is_fitted_and_nothing_else():
    assert {one.key for one in targets() if class_of(one).name == "fitted"} == fitted()
    assert not {one.key for one in of_class("predicted")} & fitted()
    assert not declared().keys() & fitted()


def test_a_repeat_is_derived_and_says_of_what():
    assert class_of(BY_KEY["L010 peak EQE"]).of == ("L122 peak EQE",)  # the text's copy
    assert class_of(BY_KEY["L017 voltage gap"]).of == ("L020 turn-on voltage",)
    assert class_of(BY_KEY["L002 T50 at 100 cd/m2"]).of == ("L089 T50 at 1450 cd/m2",)
    assert class_of(BY_KEY["L125 peak EQE"]).of == ("L072 peak EQE",)
    assert class_of(BY_KEY["L001 T95 at 1000 cd/m2"]).of == ("L141 T95 at 1000 cd/m2",)
    assert class_of(BY_KEY["L141 T95 at 1000 cd/m2"]).name == "fitted"
    for one in targets():
        for key in class_of(one).of:
            assert key != one.key


def test_a_repeat_of_a_predicted_number_has_used_no_fit():
    assert uses_fit(BY_KEY["L107 peak EQE"])
    assert uses_fit(BY_KEY["L145 peak IQE"])  # of L104, fitted
    assert not uses_fit(BY_KEY["L125 peak EQE"])  # of L072
    assert not uses_fit(BY_KEY["L113 peak EQE"])


def test_no_two_predicted_numbers_are_the_same():
    things = [(one.quantity, one.sample, one.device) for one in of_class("predicted")]
    assert len(set(things)) == len(things)


def test_a_fit_that_takes_a_predicted_number_in_makes_it_fitted(monkeypatch):
    from qdlib.paper import classes

    key = "S24 PL share left"
    assert class_of(BY_KEY[key]).name == "predicted"
    own = fitted() | {key}
    monkeypatch.setattr(classes, "fitted", lambda: own)
    class_of.cache_clear()
    try:
        assert class_of(BY_KEY[key]).name == "fitted"
    finally:
        class_of.cache_clear()


@pytest.mark.proof
@pytest.mark.parametrize("target", of_class("structural"), ids=lambda one: one.key)
def test_what_is_structural_is_met_whatever_the_unknowns_are(target, labs):
    assert all(target.met(target.measure(lab)) for lab in labs)


@pytest.mark.proof
@pytest.mark.parametrize(
    "target", [BY_KEY[key] for key, own in declared().items() if own.of], ids=lambda one: one.key
)
def test_what_is_derived_goes_with_what_it_is_derived_from(target, labs):
    """A number in the same proportion, or its inverse; a statement is met whenever they are."""
    bases = [BY_KEY[key] for key in class_of(target).of]
    own = [target.measure(lab) for lab in labs]
    theirs = [[base.measure(lab) for base in bases] for lab in labs]
    if not isfinite(target.centre) or not (target.log or target.id.startswith("L")):
        for value, others in zip(own, theirs, strict=True):
            all_met = all(base.met(other) for base, other in zip(bases, others, strict=True))
            assert target.met(value) or not all_met
        return
    for value, (other, *_) in zip(own, theirs, strict=True):
        proportion = log(value / own[0]), log(other / theirs[0][0])
        assert abs(abs(proportion[0]) - abs(proportion[1])) < ALIKE


@pytest.mark.proof
@pytest.mark.parametrize("target", of_class("predicted"), ids=lambda one: one.key)
def test_what_is_predicted_could_have_been_something_else(target, labs):
    own = [target.measure(lab) for lab in labs]
    assert max(own) - min(own) > 1e-3 * abs(own[0])


def test_classes_are_told_in_this_order():
    assert CLASSES[0] == "predicted"
    assert set(CLASSES) == {class_of(one).name for one in COUNTED}
