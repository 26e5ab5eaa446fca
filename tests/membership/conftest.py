"""The same newsroom as giving's."""

from tests.giving.conftest import newsroom, today

__all__ = ["newsroom", "today"]
