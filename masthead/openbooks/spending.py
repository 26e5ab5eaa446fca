"""What was spent: entered, changed and removed, always together with the sums that the page shows."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import TruncMonth

from masthead.core import audit, clock, sums
from masthead.core.actors import Actor
from masthead.money.amounts import Money
from masthead.press.changes import announce

from . import said
from .figures import SPENT
from .models import Category, Import, Kind, Payee, Spending, Spent
from .refusals import CategoryInUse, NothingSpent, NotYetSpent

CATEGORY_IS = ("name", "kind", "position")
KEY = ("month", "category", "payee", "currency")

audit.register("spending.entered", "{by} entered {amount_minor} {currency} spent on {on}")
audit.register("spending.changed", "{by} changed {subject}: {amount_minor} {currency} spent on {on}")
audit.register("spending.removed", "{by} removed {amount_minor} {currency} spent on {on}")
audit.register("spending.category-added", "{by} added the category {subject}, which is for {kind}")
audit.register(
    "spending.category-changed", "{by} changed the category {subject}: {what}; it was for {was}, and is for {now}"
)
audit.register("spending.category-removed", "{by} removed the category {subject}")


def enter(*, on: date, category: Category, amount: Money, payee: Payee, note: str = "", by: Actor) -> Spending:
    """Enter what was spent on a day. Raises NotYetSpent for a day to come, NothingSpent below a penny."""
    made = Spending(category=category, payee=payee, note=note, on=on, entered_at=clock.now())
    made.amount_minor, made.currency = amount.minor, amount.currency
    check(on, amount)
    with transaction.atomic():
        announce(SPENT)
        made.save(force_insert=True)
        add_up([made])
        audit.record("spending.entered", made, by=by, **_facts(made))
        said.refresh()
    return made


def change(
    spending: Spending, *, on: date, category: Category, amount: Money, payee: Payee, note: str = "", by: Actor
) -> Spending:
    """Enter it anew in place of what stood there. Raises as `enter` does."""
    check(on, amount)
    with transaction.atomic():
        announce(SPENT)
        spending = Spending.objects.select_for_update(of=("self",)).get(pk=spending.pk)
        add_up([spending], times=-1)
        spending.on, spending.category, spending.payee, spending.note = on, category, payee, note
        spending.amount_minor, spending.currency = amount.minor, amount.currency
        spending.save()
        add_up([spending])
        audit.record("spending.changed", spending, by=by, **_facts(spending))
        said.refresh()
    return spending


def remove(spending: Spending, *, by: Actor) -> None:
    """Take out what was entered by mistake; the audit log keeps what it was. Twice is once."""
    with transaction.atomic():
        announce(SPENT)
        there = Spending.objects.select_for_update(of=("self",)).filter(pk=spending.pk).first()
        if there is None:
            return
        add_up([there], times=-1)
        audit.record("spending.removed", there, by=by, **_facts(there))
        there.delete()
        said.refresh()


def add_category(name: str, *, kind: Kind, position: int = 0, by: Actor) -> Category:
    """A thing to spend money on, as readers will see it. `name` is no other category's."""
    with transaction.atomic():
        category = Category.objects.create(name=name, kind=kind, position=position)
        audit.record("spending.category-added", category, by=by, kind=kind)
        said.refresh()
    return category


def change_category(category: Category, *, by: Actor, **facts: Any) -> Category:
    """Give it another name, kind or position. The kind decides what counts as journalism, also in years gone by."""
    with transaction.atomic():
        category = Category.objects.select_for_update().get(pk=category.pk)
        changed = [name for name in CATEGORY_IS if name in facts and getattr(category, name) != facts[name]]
        if not changed:
            return category
        was = category.kind
        for name in changed:
            setattr(category, name, facts[name])
        category.save(update_fields=changed)
        what = ", ".join(changed)
        audit.record("spending.category-changed", category, by=by, what=what, was=was, now=category.kind)
        said.refresh()
    return category


def remove_category(category: Category, *, by: Actor) -> None:
    """Remove a category that nothing stands under. Raises CategoryInUse."""
    with transaction.atomic():
        if count := Spending.objects.filter(category=category).count():
            raise CategoryInUse(count=count)
        audit.record("spending.category-removed", category, by=by)
        category.delete()


def check(on: date, amount: Money) -> None:
    """Raise what forbids entering this."""
    if on > clock.today():
        raise NotYetSpent()
    if amount.minor <= 0:
        raise NothingSpent()


def add_up(rows: Iterable[Spending], *, times: int = 1) -> None:
    """Add rows to their months, or take them out (`times` -1); called in the transaction that writes them."""
    changes: Counter[tuple[date, int, str, str]] = Counter()
    for row in rows:
        changes[row.on.replace(day=1), row.category_id, row.payee, row.currency] += times * row.amount_minor
    sums.add(Spent, changes, keys=KEY, total="minor")


def miscounted() -> dict[tuple[date, int, str, str], tuple[int, int]]:
    """Sums that are not what the rows add up to: the key, what is kept, what was counted now, row by row."""
    rows = Spending.objects.values_list(TruncMonth("on"), "category_id", "payee", "currency")
    sums_of_rows: Any = rows.annotate(minor=Sum("amount_minor")).order_by()
    counted = {tuple(key): minor for *key, minor in sums_of_rows}
    kept_rows: Any = Spent.objects.exclude(minor=0).values_list("month", "category_id", "payee", "currency", "minor")
    kept = {tuple(key): minor for *key, minor in kept_rows}
    keys = sorted(counted.keys() | kept.keys())
    return {key: (kept.get(key, 0), counted.get(key, 0)) for key in keys if kept.get(key) != counted.get(key)}


def sum_again() -> None:
    """Keep what the rows add up to in place of the sums: the cure where they differ."""
    with transaction.atomic():
        announce(SPENT)
        Spent.objects.all().delete()
        add_up(Spending.objects.all().iterator())
        said.refresh()


def of_file(taken: Import) -> list[Spending]:
    """What one file brought."""
    return list(Spending.objects.filter(from_file=taken))


def _facts(row: Spending) -> dict[str, object]:
    """Amounts, days and kinds are facts; a note may hold a name, so it stays out of the log."""
    return {
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "on": row.on,
        "category": row.category_id,
        "payee": row.payee,
    }
