"""Months of the books: closed with their figures, held by the database, opened again with a reason."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from masthead.core.models import AuditRecord
from masthead.money import checks, ledger, matching, months, reports
from masthead.money.ledger import credit, debit, post
from masthead.money.models import Line, MonthClose, Transaction, Turnover
from tests.worlds.desk import Desk, sentences_in
from tests.worlds.money import GBP
from tests.worlds.openbooks import STAFF, gave, many_lines, refunded

pytestmark = pytest.mark.django_db
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def in_may_and_june() -> None:
    gave(GBP("10.00"), on=date(2026, 5, 14), fee=30, method="card")
    gave(GBP("6.00"), on=date(2026, 6, 2), fee=20, method="debit", provider="debitors")


def test_a_closed_month_takes_no_entry_from_anybody():
    in_may_and_june()
    closed = months.close(MAY, by=STAFF)

    point = transaction.savepoint()
    for minor in (1, -1):
        Line.objects.create(transaction_id="x", account="fees", amount_minor=minor, currency="GBP", on=MAY)
    with pytest.raises(IntegrityError, match="the month is closed"), transaction.atomic():
        Transaction.objects.create(key="x", on=MAY)
    transaction.savepoint_rollback(point)

    assert (closed.closed_by, closed.entries, closed.before) == (str(STAFF), 1, "")
    assert closed.figures == [
        ["cardhouse", "income:membership", "card", "fees", "GBP", 30],
        ["cardhouse", "income:membership", "card", "income:membership", "GBP", -1000],
        ["cardhouse", "income:membership", "card", "owed_by:cardhouse", "GBP", 970],
    ]
    assert AuditRecord.objects.get(action="month.closed").facts == {"month": "2026-05"}


def test_what_comes_late_stands_in_the_first_open_month_and_says_its_own_day():
    in_may_and_june()
    payment = gave(GBP("8.00"), on=date(2026, 5, 20))
    months.close(MAY, by=STAFF)
    months.close(JUNE, by=STAFF)

    refund = refunded(payment, 300, on=date(2026, 5, 28))
    gave(GBP("9.00"), on=date(2026, 7, 3))
    ledger.reverse(f"cardhouse:{payment.reference}:collected", on=date(2026, 6, 30))

    late = Transaction.objects.filter(happened_on__isnull=False)
    assert sorted(late.values_list("on", "happened_on")) == [
        (JULY, date(2026, 5, 28)), (JULY, date(2026, 6, 30))
    ]  # fmt: skip
    assert set(Line.objects.filter(transaction__in=late).values_list("on", flat=True)) == {JULY}

    key = f"cardhouse:{refund.reference}:refunded"  # which the provider's own books have on its own day
    assert matching.entries_called([key])[key].on == date(2026, 5, 28)
    assert key in {entry.key for entry in matching.unlisted("cardhouse", date(2026, 5, 28))}
    assert key not in {entry.key for entry in matching.unlisted("cardhouse", date(2026, 5, 29))}
    assert checks.books() == []


def test_what_was_posted_before_the_close_is_the_same_entry_afterwards():
    sides = [debit("fees", GBP("2.50")), credit("owed_by:cardhouse", GBP("2.50"))]
    first = post("coffee", on=MAY, lines=sides)
    months.close(MAY, by=STAFF)

    assert post("coffee", on=MAY, lines=sides).on == first.on == MAY


def test_the_lines_of_an_entry_have_its_day():
    point = transaction.savepoint()
    for minor in (1, -1):
        Line.objects.create(transaction_id="x", account="fees", amount_minor=minor, currency="GBP", on=MAY)

    with pytest.raises(IntegrityError, match="the day of their entry"), transaction.atomic():
        Transaction.objects.create(key="x", on=JUNE)
    transaction.savepoint_rollback(point)


def test_months_are_closed_in_their_order_when_they_are_over(clock):
    in_may_and_june()
    this_month = clock.today().replace(day=1)
    gave(GBP("5.00"), on=clock.today())

    with pytest.raises(months.EarlierIsOpen, match="May 2026"):
        months.close(JUNE, by=STAFF)
    with pytest.raises(months.NotOver):
        months.close(this_month, by=STAFF)
    months.close(MAY, by=STAFF)
    with pytest.raises(months.IsClosed):
        months.close(MAY, by=STAFF)

    assert months.next_to_close() == JUNE
    assert [(month.first, bool(month.close)) for month in months.listed()] == [
        (this_month, False), (JUNE, False), (MAY, True)
    ]  # fmt: skip


def test_wrong_books_are_not_closed():
    in_may_and_june()
    Turnover.objects.filter(month=MAY, account="fees").update(minor=31)

    with pytest.raises(months.BooksAreWrong, match="is kept as 31 and counted as 30"):
        months.close(MAY, by=STAFF)
    Turnover.objects.filter(month=MAY, account="fees").update(minor=30)

    assert months.close(MAY, by=STAFF).entries == 1


def test_an_open_imbalance_keeps_a_month_open():
    in_may_and_june()
    where = " ON money_transaction" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER money_entry_balances{where}")
    Line.objects.create(transaction_id="bent", account="fees", amount_minor=7, currency="GBP", on=MAY)
    Transaction.objects.create(key="bent", on=MAY)
    ledger.sum_again()

    with pytest.raises(months.BooksAreWrong, match="bent does not sum to zero"):
        months.close(MAY, by=STAFF)


def test_a_month_is_opened_again_from_the_last_and_with_a_reason():
    in_may_and_june()
    may = months.close(MAY, by=STAFF)
    june = months.close(JUNE, by=STAFF)

    with pytest.raises(months.LaterIsClosed, match="June 2026"):
        months.reopen(MAY, reason="A fee was missing", by=STAFF)
    with pytest.raises(months.NoReason):
        months.reopen(JUNE, reason="  ", by=STAFF)
    months.reopen(JUNE, reason="A fee was missing", by=STAFF)
    with pytest.raises(months.NotClosed):
        months.reopen(JUNE, reason="Again", by=STAFF)
    gave(GBP("1.00"), on=date(2026, 6, 3))
    again = months.close(JUNE, by=STAFF)

    assert june.before == again.before == may.digest
    assert again.digest != june.digest
    assert AuditRecord.objects.filter(action="month.reopened").count() == 1


def test_a_close_is_neither_edited_nor_deleted():
    in_may_and_june()
    months.close(MAY, by=STAFF)

    for act in (
        lambda: MonthClose.objects.update(digest="x"),
        lambda: MonthClose.objects.update(figures=[]),
        lambda: MonthClose.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="a close stays as it was"), transaction.atomic():
            act()


def test_books_that_are_not_what_was_closed_are_found():
    in_may_and_june()
    months.close(MAY, by=STAFF)
    Turnover.objects.filter(month=MAY, account="fees").update(minor=31)

    assert "2026-05: the books are not what was closed" in checks.books()


def test_closing_and_reporting_read_no_older_lines():
    in_may_and_june()
    asked = [_queries(MAY)]
    many_lines(600, year=2024)
    for month in range(1, 13):
        months.close(date(2024, month, 1), by=STAFF)
    asked.append(_queries(MAY))

    assert [len(each) for each in asked] == [23, 23]
    if connection.vendor == "sqlite":  # what it would read: the lines of a month by their entries' day, nothing whole
        steps = [step for query in asked[1] for step in _plan(query)]
        read = [step for step in steps if "money_line" in step or "money_transaction" in step]
        assert [step for step in read if step.startswith("SCAN")] == []
        assert any("lines_of_account_by_day (account=? AND currency=? AND on>? AND on<?)" in step for step in read)


def _queries(month: date) -> list[str]:
    """What looking at a month, closing it, a year's statement and an account's page ask of the database."""
    with CaptureQueriesContext(connection) as asked:
        reports.statement(2026, "GBP")
        months.listed()
        wanted = reports.asked({"account": "fees", "currency": "GBP", "month": f"{month:%Y-%m}"})
        reports.opening("fees", "GBP", month)
        reports.moved(wanted)
        assert reports.lines(wanted).count() == len(reports.lines(wanted)) == 1
        point = transaction.savepoint()
        months.close(month, by=STAFF)
        transaction.savepoint_rollback(point)
    queue = "SELECT pg_advisory"  # PostgreSQL alone needs one
    return [each["sql"] for each in asked.captured_queries if not each["sql"].startswith(queue)]


def _plan(query: str) -> list[str]:
    if not query.startswith("SELECT"):
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query}".replace("%", "%%"))
        return [row[3] for row in cursor.fetchall()]


def test_a_treasurer_closes_a_month_at_the_desk_and_opens_it_again():
    in_may_and_june()
    desk = Desk("Treasurers")

    assert "<strong>next to close</strong>" in sentences_in(desk.get("/desk/books/months/"))
    assert "Close May 2026" in sentences_in(desk.get("/desk/books/months/2026-05/"))
    assert "May 2026 is still open: close that first." in sentences_in(desk.get("/desk/books/months/2026-06/"))
    refused = desk.post("/desk/books/months/2026-06/close/")
    assert (refused.status_code, "May 2026 is still open" in sentences_in(refused)) == (422, True)
    shown = sentences_in(desk.post("/desk/books/months/2026-05/close/", follow=True))
    assert MonthClose.objects.get().digest in shown
    assert desk.post("/desk/books/months/2026-05/reopen/", {"reason": ""}).status_code == 422
    again = desk.post("/desk/books/months/2026-05/reopen/", {"reason": "A fee came later"}, follow=True)
    assert "A fee came later" in sentences_in(again)
    assert MonthClose.objects.get().reopened_by == str(desk.person.actor)


def test_who_may_not_close_sees_no_button_and_is_refused():
    in_may_and_june()

    assert Desk("Editors").get("/desk/books/months/").status_code == 302
    assert Desk("Supporter care").post("/desk/books/months/2026-05/close/").status_code == 302
    assert Desk("Bookkeepers").post("/desk/books/months/2026-05/close/").status_code == 302
    assert MonthClose.objects.count() == 1
    assert Desk("Treasurers").get("/desk/books/months/1999-01/").status_code == 404
