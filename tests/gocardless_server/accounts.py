"""Pretend accounts. Each plays what its bank will do with a permission and with the payments on it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """`refuses`: why its bank turns the permission down. `fails`, `late`, `back`: why a payment fails in time, fails
    after it was confirmed, or is claimed back. Empty: it doesn't."""

    number: str
    refuses: str = ""
    fails: str = ""
    late: str = ""
    back: str = ""


GOOD, EMPTY, LATE, BACK, CLOSED = "55779911", "22222227", "33333335", "44444443", "11111116"
ALL = (
    Account(GOOD),
    Account(EMPTY, fails="refer_to_payer"),
    Account(LATE, late="insufficient_funds"),
    Account(BACK, back="refund_requested"),
    Account(CLOSED, refuses="bank_account_closed"),
)
BY_NUMBER = {account.number: account for account in ALL}
