"""A bank by itself: no newsroom, no Django."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds.money import Bank


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    """A practice bank that tells nobody."""
    opened = Bank(tmp_path)
    yield opened
    opened.close()
