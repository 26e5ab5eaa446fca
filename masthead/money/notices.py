"""Notice before money: who pays was told of each collection on a mandate before it is made, and a row says so.

The database refuses a collection without one (see guards): the same order, amount and currency, told before, and not
before its day. What has to be told in which way is a rule of the customer above; how long before, a rule of the method.
"""

from datetime import date, timedelta

from masthead.core import clock
from masthead.money.amounts import Money
from masthead.money.models import Notice
from masthead.money.states import NoticeKind

WORKING_DAYS = {  # from the day on which it was told to that of the collection, by method
    "card": 0,
    "wallet": 0,
    "debit": 3,  # the Bacs rules, https://www.bacs.co.uk: advance notice, of the agreed plan or of each change
    "other": 3,
}
FRIDAY = 4


class NotAnnounced(Exception):
    """A collection without its notice: nothing is collected. A fault of ours, not of who pays."""


def working_days_after(day: date, count: int) -> date:
    """`day` moved on by working days, Monday to Friday; the banks' own holidays are not known here."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() <= FRIDAY
    return day


def earliest(method: str) -> date:
    """The first day on which could be collected what is told today. An unknown method waits as long as any does."""
    return working_days_after(clock.today(), WORKING_DAYS.get(method, max(WORKING_DAYS.values())))


def tell(order_key: str, amount: Money, *, day: date, method: str, kind: NoticeKind, told_by: str) -> Notice:
    """Note that who pays was told that `amount` is collected on `day`; of several for one order the newest counts.

    `told_by` is the key of the mail that says it, or the page. Called in the transaction that writes the mail down.
    Raises ValueError for a day that is sooner than the method allows.
    """
    if day < earliest(method) and kind != NoticeKind.PAGE:  # on the page who pays sees it and agrees at once
        raise ValueError(f"{order_key} can't be collected on {day}: that is too soon after the notice")
    newest = newest_of(order_key)
    if newest and (newest.amount, newest.day, newest.method, newest.told_by) == (amount, day, method, told_by):
        return newest
    now = clock.now()
    return Notice.objects.create(
        order_key=order_key,
        kind=kind,
        amount_minor=amount.minor,
        currency=amount.currency,
        day=day,
        method=method,
        told_at=now,
        told_by=told_by,
        not_before=max(now, clock.start_of(day)),
    )


def newest_of(order_key: str) -> Notice | None:
    """What was told last of the collection for this order."""
    return Notice.objects.filter(order_key=order_key).order_by("-pk").first()
