"""The mutants of `make mutants`, which takes half an hour: each can be made, here and now."""

import pytest
from mutants import ROOT, mutants


@pytest.mark.parametrize("mutant", mutants(), ids=lambda one: one.name)
def test_a_mutants_place_is_there_and_so_is_whoever_should_notice(mutant):
    text = (ROOT / mutant.file).read_text("utf-8")
    assert mutant.mutated(text) != text
    assert all((ROOT / path).is_file() for path in mutant.tests)
    assert all((ROOT / "notebooks" / f"{name}.ipynb").is_file() for name in mutant.notebooks)
