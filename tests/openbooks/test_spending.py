"""Spending: entered one by one, or from a file, whole or not at all."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from masthead.core import clock as the_clock
from masthead.core.models import AuditRecord
from masthead.openbooks import importing, said, spending
from masthead.openbooks.models import Category, Import, Payee, Spending
from masthead.openbooks.refusals import CategoryInUse, NothingSpent, NotYetSpent
from tests.openbooks.seeing import read, table
from tests.worlds.desk import Desk, sentences_in
from tests.worlds.money import GBP
from tests.worlds.openbooks import STAFF, spent

pytestmark = pytest.mark.django_db
HEAD = "date,category,amount,currency,payee,note\n"


@pytest.fixture
def day() -> date:
    return the_clock.today().replace(month=1, day=1)


def amounts() -> dict[str, str]:
    """What the page's table says was spent this year, by category."""
    year = str(the_clock.today().year)
    return {row["Spent on"]: row[year] for row in table("spending")}


def take_in(text: str) -> importing.Report:
    return importing.take_in(text.encode(), currency="GBP", by=STAFF)


def test_what_is_entered_changed_and_removed_stands_on_the_page(day):
    rent, wages = spent(GBP("900.00"), on=day), spent(GBP("2500.00"), "Reporting and editing", on=day)
    entered = amounts()
    category = Category.objects.get(name="Post and bank")
    spending.change(rent, on=day, category=category, amount=GBP("90.00"), payee=Payee.PUBLIC, by=STAFF)
    spending.remove(wages, by=STAFF)

    assert entered == {"Reporting and editing": "2500.00", "Running costs": "900.00", "Together": "3400.00"}
    assert amounts() == {"Post and bank": "90.00", "Together": "90.00"}
    assert spending.miscounted() == {}


def test_the_audit_log_has_amounts_and_no_note(day):
    spent(GBP("900.00"), on=day, note="Rent to Mrs Lovell")

    [record] = AuditRecord.objects.filter(action="spending.entered")
    assert record.facts["amount_minor"] == 90_000
    assert "Lovell" not in str(record.facts)


@pytest.mark.parametrize(("pence", "ahead", "refusal"), [("0.00", 0, NothingSpent), ("5.00", 1, NotYetSpent)])
def test_neither_nothing_nor_what_is_to_come_can_be_entered(pence, ahead, refusal):
    with pytest.raises(refusal):
        spent(GBP(pence), on=the_clock.today() + the_clock.days(ahead))

    assert not Spending.objects.exists()


def test_a_category_goes_only_when_nothing_stands_under_it(day):
    row = spent(GBP("900.00"), on=day)
    with pytest.raises(CategoryInUse):
        spending.remove_category(row.category, by=STAFF)

    spending.remove(row, by=STAFF)
    spending.remove_category(row.category, by=STAFF)

    assert not Category.objects.filter(pk=row.category_id).exists()


def test_a_file_is_taken_in_whole(day):
    report = take_in(
        f"{HEAD}{day},Running costs,900.00,,firm,Rent\n"
        f'{day:%d/%m/%Y},reporting and editing,"£1,250.50",GBP,Our own people,\n'
        f"{day},Running costs,12,EUR,,A domain\n"
    )

    assert [str(amount) for amount in report.totals()] == ["€12.00", "£2,150.50"]
    assert amounts() == {"Reporting and editing": "1250.50", "Running costs": "900.00", "Together": "2150.50"}
    assert list(Spending.objects.order_by("pk").values_list("payee", flat=True)) == ["firm", "staff", "other"]
    assert spending.miscounted() == {}


def test_a_file_with_bad_lines_keeps_nothing_and_says_which(day):
    report = take_in(
        f"{HEAD}{day},Running costs,900.00,,,Rent\n\n"
        f"31/31/2026,Running costs,1.00,,,\n"
        f'{day},Running costs,5.00,,,"two\nlines"\n'
        f"{day},Yachts,1.00,,,\n"
        f"{day},Running costs,one pound,,,\n"
        f"{day},Running costs,1.00,XYZ,,\n"
        f"{day},Running costs,1.00,,a friend,\n"
        f"{day},Running costs,-3.00,,,\n"
        f"{day},Running costs,0,,,\n"
        f"{the_clock.today() + the_clock.days(1)},Running costs,1.00,,,\n"
    )

    assert [line.number for line in report.bad] == [4, 7, 8, 9, 10, 11, 12, 13]
    assert report.bad[1].says == "There is no category ‘Yachts’."
    assert not Spending.objects.exists()
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "must name the columns; missing: date, category, amount"),
        ("day,what,sum\n", "must name the columns; missing: date, category, amount"),
        ("date,category,amount,colour\n", "look at: colour"),
        ("date,category,amount,amount\n", "look at: amount, amount"),
        (HEAD, "no line of spending"),
        ("date,category,amount\n2026-01-01,Running costs,1.00,GBP,,\n", "more cells than the first line has names"),
        ('date,category,amount\n2026-01-01,"Running costs,1.00', "no CSV file"),
    ],
)
def test_a_file_of_another_shape_is_refused_with_the_reason(text, says):
    report = take_in(text)

    assert says in report.bad[0].says
    assert report.taken is None


def test_the_same_file_is_noticed_until_it_is_taken_out_again(day):
    text = f"{HEAD}{day},Running costs,900.00,,,\n"
    first = take_in(text)
    again = take_in(text)
    importing.take_back(first.taken, by=STAFF)
    empty = amounts()
    third = take_in(text)

    assert "was taken in on" in again.bad[0].says
    assert (empty, len(third.good)) == ({}, 1)
    assert amounts()["Together"] == "900.00"


def test_the_spreadsheets_of_other_countries_are_read(day):
    report = importing.take_in(
        f"date;category;amount;note\n{day};Running costs;9,50;Café".encode("cp1252"), currency="GBP", by=STAFF
    )

    assert [(row.amount, row.note) for row in report.good] == [(GBP("9.50"), "Café")]


# --- On the desk -------------------------------------------------------------------------------------------


def typed(day: date, **more: str) -> dict[str, str]:
    category = Category.objects.get(name="Running costs")
    return {
        "on": str(day), "category": str(category.pk), "amount": "900", "currency": "gbp", "payee": "firm",
        "note": "Rent", **more,
    }  # fmt: skip


def test_spending_is_entered_changed_and_removed_on_the_desk(day):
    desk = Desk(None)
    desk.post(reverse("spending:add"), typed(day))
    row = Spending.objects.get()
    entered = amounts()
    desk.post(reverse("spending:edit", args=[row.pk]), typed(day, amount="£90.50"))
    changed = amounts()
    desk.post(reverse("spending:delete", args=[row.pk]))

    assert (entered["Running costs"], changed["Running costs"]) == ("900.00", "90.50")
    assert amounts() == {}
    by = f"staff:{desk.person.pk}"
    written = AuditRecord.objects.filter(action__startswith="spending.").order_by("pk")
    assert list(written.values_list("action", "by")) == [
        ("spending.entered", by), ("spending.changed", by), ("spending.removed", by),
    ]  # fmt: skip


def test_what_was_typed_stays_beside_the_reason(day):
    page = sentences_in(Desk(None).post(reverse("spending:add"), typed(day, amount="nine pounds")))

    assert "This is not an amount" in page
    assert 'value="nine pounds"' in page
    assert not Spending.objects.exists()


def test_a_bad_file_is_reported_on_the_desk_line_by_line(day):
    desk = Desk(None)
    bad = SimpleUploadedFile("costs.csv", f"{HEAD}{day},Yachts,1.00,,,\n".encode())
    answer = desk.post(reverse("import_spending"), {"file": bad})
    good = SimpleUploadedFile("costs.csv", f"{HEAD}{day},Running costs,1.00,,,\n".encode())
    taken = desk.post(reverse("import_spending"), {"file": good}, follow=True)

    assert answer.status_code == 422
    assert "<td>2</td><td>There is no category ‘Yachts’.</td>" in sentences_in(answer)
    assert "1 lines taken in, £1.00." in sentences_in(taken)


def test_a_file_is_taken_out_again_after_asking(day):
    desk = Desk(None)
    report = take_in(f"{HEAD}{day},Running costs,900.00,,,\n")
    address = reverse("take_back_spending", args=[report.taken.pk])
    asked = sentences_in(desk.get(address))
    desk.post(address)

    assert "1 line that this file brought will leave the open books: £900.00" in asked
    assert not Spending.objects.exists()


def test_a_category_in_use_stays_on_the_desk(day):
    row = spent(GBP("900.00"), on=day)
    page = sentences_in(Desk(None).post(reverse("category:delete", args=[row.category_id]), follow=True))

    assert "1 entries stand under this category" in page
    assert Category.objects.filter(pk=row.category_id).exists()


def test_what_a_category_is_for_is_changed_with_a_trace_and_the_share_follows(day):
    spent(GBP("900.00"), on=day)
    spent(GBP("100.00"), "Reporting and editing", on=day)
    desk, running = Desk(None), Category.objects.get(name="Running costs")
    before = said.words_for("share to journalism")

    form = {"name": "Rent of the newsroom", "kind": "people", "position": "2"}
    desk.post(reverse("category:edit", args=[running.pk]), form)
    desk.post(reverse("category:edit", args=[running.pk]), form)
    desk.post(reverse("category:add"), {"name": "Archive", "kind": "journalism", "position": "4"})

    assert (before, said.words_for("share to journalism")) == ("10%", "100%")
    assert Category.objects.filter(name="Archive", kind="journalism", position=4).exists()
    log = AuditRecord.objects.filter(action__contains="category").order_by("pk")
    assert [(each.action, each.by, each.facts) for each in log] == [
        (
            "spending.category-changed",
            str(desk.person.actor),
            {"what": "name, kind", "was": "running", "now": "people"},
        ),
        ("spending.category-added", str(desk.person.actor), {"kind": "journalism"}),
    ]


def test_a_second_category_of_the_same_name_is_refused_and_what_was_typed_stays():
    typed = {"name": "Running costs", "kind": "fees", "position": "9"}

    page = sentences_in(Desk(None).post(reverse("category:add"), typed))

    assert "already exists" in page
    assert 'value="Running costs"' in page
    assert Category.objects.filter(name="Running costs").get().kind == "running"


@pytest.mark.parametrize("name", ["spending:index", "category:index", "import:index"])
def test_each_list_can_be_searched_and_exported(name, day):
    take_in(f"{HEAD}{day},Running costs,900.00,,,Rent\n")
    desk = Desk(None)

    assert desk.get(reverse(name), {"q": "Rent"}).status_code == 200
    assert b"Running costs" in desk.get(reverse("spending:index"), {"export": "csv"}).getvalue()


@pytest.mark.parametrize("name", ["spending:index", "category:index", "import:index", "import_spending"])
def test_spending_is_for_bookkeepers_and_an_editor_is_sent_away_kindly(name):
    sent_away = Desk("Editors").get(reverse(name), follow=True)

    assert sent_away.redirect_chain
    assert "you do not have permission" in sentences_in(sent_away)
    assert Desk("Bookkeepers").get(reverse(name)).status_code == 200


def test_a_bookkeeper_follows_the_guide(day):
    desk = Desk("Bookkeepers")
    desk.post(reverse("spending:add"), typed(day))
    file = SimpleUploadedFile("costs.csv", f"{HEAD}{day},Running costs,1.00,,,\n".encode())
    desk.post(reverse("import_spending"), {"file": file})
    menu = sentences_in(desk.get(reverse("wagtailadmin_home")))

    assert amounts()["Together"] == "901.00"
    assert all(name in menu for name in ("All figures", "Spending", "Categories", "Files taken in"))
    assert "All figures" in sentences_in(Desk("Editors").get(reverse("wagtailadmin_home")))


def test_a_list_costs_the_same_whatever_is_in_it(day, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk = Desk(None)
    spent(GBP("1.00"), on=day)
    desk.get(reverse("spending:index"))
    with CaptureQueriesContext(connection) as few:
        desk.get(reverse("spending:index"))
    for _number in range(5):
        spent(GBP("1.00"), on=day)

    with django_assert_num_queries(len(few)):
        desk.get(reverse("spending:index"))
    assert read()
