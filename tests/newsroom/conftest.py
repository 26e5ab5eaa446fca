"""Who acts in these tests."""

import pytest

from masthead.core.actors import Actor


@pytest.fixture
def staff() -> Actor:
    return Actor.staff(1)
