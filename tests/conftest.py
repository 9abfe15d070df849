"""What several test modules share."""

import os

import pytest
from serving import CHROMIUM, chromium


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium; without one the tests are skipped, but not in CI."""
    if CHROMIUM is None:
        give_up = pytest.fail if "CI" in os.environ else pytest.skip
        give_up("Chromium is not installed (Debian: apt install chromium)")
    with chromium() as browser:
        yield browser
