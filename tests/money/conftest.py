"""A bank and a customer for the money's own stories."""

from collections.abc import Iterator

import pytest

from masthead.money import customers
from tests.worlds.gocardless import Debits, open_debits
from tests.worlds.money import Bank, Shop, open_bank
from tests.worlds.stripe import Till, open_till


@pytest.fixture
def bank(db: None) -> Iterator[Bank]:
    """A practice bank that tells nobody by itself: a test says when its news arrives."""
    with open_bank() as opened:
        yield opened


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A customer whose orders begin with `test:`."""
    yield Shop()
    del customers.CUSTOMERS["test:"]


@pytest.fixture
def till(db: None) -> Iterator[Till]:
    """A Stripe that tells nobody by itself: a test says when its news arrives."""
    with open_till() as opened:
        yield opened


@pytest.fixture
def debits(db: None) -> Iterator[Debits]:
    """A GoCardless that tells nobody by itself: a test says when its news arrives."""
    with open_debits() as opened:
        yield opened
