"""Amounts: whole minor units with a currency, never lost, never mixed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.money.amounts import Money, NotAnAmount
from tests.worlds.money import GBP

amounts = st.integers(-(10**12), 10**12).map(lambda minor: Money(minor, "GBP"))


@given(amounts, st.lists(st.integers(0, 1000), min_size=1).filter(any))
def test_splitting_loses_no_penny(amount: Money, shares: list[int]) -> None:
    parts = amount.split(shares)

    assert sum(part.minor for part in parts) == amount.minor
    assert all(part.minor == 0 for part, share in zip(parts, shares, strict=True) if share == 0)
    assert all(
        abs(part.minor * sum(shares) - amount.minor * share) < sum(shares)
        for part, share in zip(parts, shares, strict=True)
    )


@given(st.integers(0, 10**9))
def test_what_is_written_is_read_back(minor: int) -> None:
    amount = Money(minor, "GBP")

    assert Money.parse(str(amount), "GBP") == amount


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("5", 500),
        (" 5.5 ", 550),
        ("£5.00", 500),
        ("5,50", 550),
        ("1,000", 100_000),
        ("1,000.50", 100_050),
        ("12 GBP", 1200),
        ("0", 0),
    ],
)
def test_people_write_amounts_in_many_ways(typed: str, minor: int) -> None:
    assert Money.parse(typed, "GBP") == Money(minor, "GBP")


@pytest.mark.parametrize(
    "typed", ["", "five", "5.555", "-5", "1e3", "5 5.5.5", "٥", "NaN", "5€", "1.000,50", "1" * 40, "£", "5;--"]
)
def test_what_is_no_amount_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        Money.parse(typed, "GBP")

    assert refusal.value.for_people == "This is not an amount: write it in figures, such as £5.00."


def test_currencies_are_never_added_or_compared() -> None:
    with pytest.raises(ValueError):
        GBP("5.00") + Money.of("5.00", "EUR")
    with pytest.raises(ValueError):
        assert GBP("5.00") < Money.of("6.00", "EUR")


def test_an_amount_is_whole_minor_units_of_a_real_currency() -> None:
    with pytest.raises(TypeError):
        Money(5.0, "GBP")  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        Money(5, "XYZ")
    with pytest.raises(ValueError):
        Money.of("5.001", "GBP")


def test_a_currency_without_pence_is_written_without_them() -> None:
    assert str(Money.of("500", "JPY")) == "JP¥500"
    assert (GBP("5.00").short, GBP("5.50").short) == ("£5", "£5.50")
