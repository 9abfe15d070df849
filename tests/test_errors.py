"""What is said when something goes wrong."""

import pickle

import pytest

from qdlib.errors import ConvergenceError, InputError, require_range


def test_a_number_within_its_range_passes_and_any_other_is_named():
    assert require_range("fraction", 1, 0, 1) == 1.0
    for value in (1.2, float("nan"), "much", None):
        with pytest.raises(InputError, match=r"fraction = .* from 0 to 1"):
            require_range("fraction", value, 0, 1)


@pytest.mark.parametrize(
    "error", [InputError("fraction", 1.2, "a number from 0 to 1"), ConvergenceError(3.0, 2.5)]
)
def test_an_error_comes_back_from_another_process_as_it_was(error):
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
