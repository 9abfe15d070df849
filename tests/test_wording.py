"""Numbers in words: rounded first, and steady where a processor's last bit differs."""

import math
import random

import pytest

from qdlib.constants import HOUR
from qdlib.wording import FEWEST_SITES, digits, duration, setting, site_count, volts


@pytest.mark.parametrize("value", [0.001, 0.01, 1.0, 100.0, 1e6, 1e7])
def test_a_last_bit_below_a_power_of_ten_adds_no_digit(value):
    assert digits(value * (1 - 1e-9)) == digits(value) == digits(value * (1 + 1e-9))


@pytest.mark.parametrize("count", [2, 3])
def test_so_many_digits_and_no_exponent_between_a_thousandth_and_a_million(count):
    draw = random.Random(1)
    for _ in range(500):
        value = 10 ** draw.uniform(-3, 6) * draw.choice([1, -1])
        text = digits(value, count)
        written = float(text.replace(",", ""))
        assert written == pytest.approx(value, rel=0.5 * 10 ** (1 - count) * 1.001)
        significant = text.lstrip("-0.").replace(",", "").replace(".", "")
        before_the_point = len(f"{abs(written):.0f}")
        assert len(significant) == max(count, before_the_point)


def test_nothing_is_less_than_nothing():
    """-0, and what is below the noise."""
    assert digits(-0.0) == digits(-1e-12, noise=1e-9) == digits(1e-12, noise=1e-9) == "0"
    assert volts(-1e-4) == "0.00 V"
    assert digits(-2e-9, noise=1e-9) == "-2.00 × 10⁻⁹"
    assert site_count(FEWEST_SITES) == "0" != site_count(1.01 * FEWEST_SITES)


def test_what_is_not_there_has_no_digits():
    assert digits(math.nan) == "–"
    assert duration(math.nan) == "longer than the test"
    assert volts(math.nan, "without light") == "without light"
    assert digits(math.inf) == "inf"


@pytest.mark.parametrize(("unit", "next_one", "size"), [("s", "min", 60), ("min", "h", HOUR)])
def test_a_time_takes_its_unit_once_it_is_rounded(unit, next_one, size):
    assert duration(size * (1 - 1e-9)) == duration(size) == f"1.00 {next_one}"
    assert duration(0.99 * size).endswith(f" {unit}")


def test_a_setting_ends_in_no_zeros():
    assert [setting(one) for one in (100.0, 15.0, 0.5, 0.0)] == ["100", "15", "0.5", "0"]
    assert setting(2e-8) == "2 × 10⁻⁸"
