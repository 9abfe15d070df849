"""What several test modules share."""

import os
from collections import Counter

import pytest

pytest.register_assert_rewrite("accessibility", "owned")  # a failure there says what it compares

from serving import CHROMIUM, chromium, collection, reader  # noqa: E402


def pytest_collection_modifyitems(items):
    """Files with the most slow tests come first: no process is left alone with one in the end."""

    def is_slow(item):
        return any(item.get_closest_marker(name) for name in ("browser", "proof"))

    slow = Counter(item.path for item in items if is_slow(item))
    items.sort(key=lambda item: -slow[item.path])


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium; without one the tests are skipped, but not in CI."""
    _require_chromium()
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def profile(tmp_path_factory):
    """The folder of what a reader's browser keeps."""
    return tmp_path_factory.mktemp("profile")


@pytest.fixture(scope="module", name="reader")
def a_reader(profile):
    """The same with a memory: the browser of a `View`."""
    _require_chromium()
    with reader(profile) as context:
        yield context


def _require_chromium():
    if CHROMIUM is None:
        give_up = pytest.fail if "CI" in os.environ else pytest.skip
        give_up("Chromium is not installed (Debian: apt install chromium)")


@pytest.fixture(scope="session")
def site():
    """The address of the whole collection, served as `make explore` does."""
    with collection("--preheat_kernel=True", "--first=explorer") as address:
        yield address
