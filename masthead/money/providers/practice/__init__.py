"""The practice bank: pretend money, for demonstrations and tests."""

from masthead.money.providers.practice.client import find

__all__ = ["find"]
