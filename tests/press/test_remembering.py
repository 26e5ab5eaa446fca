"""What the press remembers of headers is bounded, whatever strangers send."""

import tracemalloc

import pytest

from masthead.core.signing import Keyring
from masthead.press.compressing import best
from masthead.press.passes import Passes

LONG = 100_000


@pytest.fixture
def grown():
    """By how many bytes memory has grown since the test began."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()


def test_long_cookies_are_read_and_not_remembered(grown):
    passes = Passes(Keyring.of("pass", "s" * 40), secure=False)
    good = f"pass={passes.make('supporter', 9_999_999_999)}"

    editions = {passes.edition_of(f"{good}; other={number:0{LONG}}".encode()).edition for number in range(100)}

    assert editions == {"supporter"}
    assert grown() < LONG * 5


def test_long_lists_of_encodings_are_read_and_not_remembered(grown):
    chosen = {best(b"br, " + b"x" * LONG + b"%d" % number) for number in range(100)}

    assert chosen == {b"br"}
    assert grown() < LONG * 5
