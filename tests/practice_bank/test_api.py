"""The bank's API, as a newsroom's program meets it."""

import struct
from typing import Any

import httpx
import pytest

from practice_bank.book import fee_of
from practice_bank.clock import bank_days_after
from tests.worlds.money import Bank, wait_for

VISIT: dict[str, Any] = {
    "reference": "VISIT",
    "payment": "PAYMENT",
    "amount": 600,
    "currency": "GBP",
    "description": "£6.00 a month",
    "keeps_mandate": True,
    "email": "ada@example.org",
    "return_to": "http://localhost:8000/support/thanks/VISIT/",
}


def mandate_of(bank: Bank, card: str = "accepts") -> str:
    page = bank.asked("POST", "/v1/checkouts", VISIT).json()
    bank.pay(page["url"], card)
    return str(bank.asked("GET", "/v1/checkouts/VISIT").json()["payment"]["mandate"]["id"])


def collection(mandate: str, **other: Any) -> dict[str, Any]:
    return {"reference": "P2", "mandate": mandate, "amount": 600, "currency": "GBP", "description": "May"} | other


def test_the_same_key_is_answered_the_same_and_done_once(bank: Bank) -> None:
    mandate = mandate_of(bank)

    answers = [
        bank.asked("POST", "/v1/payments", collection(mandate), **{"Idempotency-Key": "K"}).json() for _ in range(3)
    ]

    assert answers[0] == answers[1] == answers[2]
    assert len(bank.movements()) == 2


def test_a_key_is_not_reused_for_something_else(bank: Bank) -> None:
    mandate = mandate_of(bank)
    bank.asked("POST", "/v1/payments", collection(mandate), **{"Idempotency-Key": "K"})

    other = bank.asked("POST", "/v1/payments", collection(mandate, amount=900), **{"Idempotency-Key": "K"})

    assert (other.status_code, len(bank.movements())) == (409, 2)


def test_who_does_not_know_the_secret_is_told_nothing(bank: Bank) -> None:
    bank.asked("POST", "/v1/checkouts", VISIT)

    for given in (b"", b"Bearer wrong", "Bearer é".encode()):
        answer = httpx.get(f"{bank.address}/v1/checkouts/VISIT", headers={b"Authorization": given})
        assert (answer.status_code, answer.json()) == (401, {"error": "the secret is missing or wrong"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 0},
        {"amount": -5},
        {"amount": "600"},
        {"amount": 6.5},
        {"amount": True},
        {"currency": "pounds"},
        {"return_to": "javascript:alert(1)"},
        {"reference": None},
    ],
)
def test_what_makes_no_sense_is_refused(bank: Bank, wrong: dict[str, Any]) -> None:
    answer = bank.asked("POST", "/v1/checkouts", VISIT | wrong)

    assert answer.status_code == 400
    assert bank.asked("GET", "/v1/checkouts/VISIT").status_code == 404


def test_no_more_is_refunded_than_was_paid(bank: Bank) -> None:
    mandate_of(bank)
    payment = bank.asked("GET", "/v1/checkouts/VISIT").json()["payment"]["id"]

    answers = [
        bank.asked("POST", "/v1/refunds", {"reference": ref, "payment": payment, "amount": 400}).status_code
        for ref in ("R1", "R2")
    ]

    assert answers == [200, 409]
    assert [line["amount"] for line in bank.movements()] == [600, -400]


def test_a_debit_settles_when_the_clock_is_moved(bank: Bank) -> None:
    mandate_of(bank, "debit")
    assert bank.movements() == []

    bank.clock_file.write_bytes(struct.pack("<q", 7 * 86400))
    wait_for(lambda: len(bank.movements()) == 1)

    promised, paid = (event for event in bank.events() if event["kind"].startswith("payment."))
    assert paid["at"] == bank_days_after(promised["at"], 3)


def test_a_bank_that_is_shut_and_opened_remembers(bank: Bank) -> None:
    mandate = mandate_of(bank)

    bank.close()
    bank.open()

    assert bank.asked("POST", "/v1/payments", collection(mandate)).json()["history"][0]["state"] == "paid"


def test_the_weekend_is_no_time_for_banks() -> None:
    friday = 1_772_791_200.0  # 6 March 2026, 10:00

    assert (bank_days_after(friday, 3) - friday) / 86400 == 5


def test_fees_are_one_and_a_half_percent_and_twenty() -> None:
    assert [fee_of(amount) for amount in (600, 1000, 1033, 5, 100)] == [29, 35, 35, 5, 22]
