"""Each figure opens, on the desk, into the records behind it."""

import csv
import io
import re
import warnings
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from masthead.core import clock as the_clock
from masthead.money.amounts import Money
from masthead.newsroom import publishing
from masthead.newsroom.models import Correction
from masthead.openbooks import records
from tests.worlds import newsroom, rooms
from tests.worlds.desk import Desk, sentences_in
from tests.worlds.money import GBP
from tests.worlds.openbooks import gave, many_lines, refunded, spent

pytestmark = pytest.mark.django_db
PAGE = "/desk/open-books/"
NAMING = {
    "Year",
    "Section",
    "Person",
    "Kind",
    "Kind (EUR)",
    "Month",
    "Month (EUR)",
    "Spent on",
    "What for",
    "Paid to",
    "When",
}


@pytest.fixture
def day() -> date:
    return the_clock.today().replace(month=1, day=1)


def csv_of(desk: Desk, query: str) -> list[dict[str, str]]:
    """The file behind a figure, as it is sent: in pieces."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the test's client reads an asynchronous answer at once
        written = b"".join(desk.get(f"{reverse('behind_a_figure')}?{query}&export=csv")).decode()
    return list(csv.DictReader(io.StringIO(written)))


def figures(desk: Desk) -> dict[str, list[str]]:
    """Where the figures lead, by what they ask for."""
    page = sentences_in(desk.get(reverse("open_books")))
    found: dict[str, list[str]] = {}
    for query in re.findall(r'href="/desk/open-books/behind/\?([^"]+)"', page):
        found.setdefault(re.search(r"what=(\w+)", query)[1], []).append(unescape(query))
    return found


def test_every_figure_leads_to_as_many_records_as_it_says(day):
    person = newsroom.a_person()
    story = newsroom.a_story("Four winters left", by=[person])
    newsroom.a_story("Theirs", source="PA Media")
    newsroom.a_film()
    story.corrections.add(Correction(corrected_at=the_clock.now(), text="Seven years, not nine."))
    publishing.publish(story)
    desk = Desk(None)

    page = sentences_in(desk.get(reverse("open_books")))
    links = re.findall(r'<a href="(/desk/open-books/behind/[^"]+)">([\d,]+)</a>', page)

    counted = {unescape(address): int(number) for address, number in links}
    told = {address: int(re.search(r"(\d+) records?\.", sentences_in(desk.get(address)))[1]) for address in counted}
    assert len(counted) == 8
    assert told == counted


def test_income_leads_to_the_lines_that_add_up_to_it(day):
    gift = gave(GBP("20.00"), on=day, fee=50, kind="income:gifts")
    refunded(gift, 500, on=day)
    gave(GBP("10.00"), on=day, kind="income:gifts", provider="practice")
    desk = Desk(None)

    queries = [query for query in figures(desk)["money"] if "column=left" in query and "year=" in query]

    assert sorted((line["Account"], line["Amount"]) for line in csv_of(desk, queries[0])) == [
        ("fees", "0.50"), ("income:gifts", "-20.00"), ("refunds", "5.00"),
    ]  # fmt: skip


def test_spending_leads_to_what_was_entered(day):
    spent(GBP("900.00"), on=day, note="Rent")
    desk = Desk(None)

    of_category = next(query for query in figures(desk)["spending"] if "category=" in query)

    assert "Rent" in sentences_in(desk.get(f"{reverse('behind_a_figure')}?{of_category}"))


def test_the_total_of_spending_leads_to_all_of_it_and_to_the_fees(day):
    gave(GBP("20.00"), on=day, fee=50)
    spent(GBP("900.00"), on=day)
    spent(GBP("100.00"), "Post and bank", on=day)
    desk = Desk(None)

    total = next(query for query in figures(desk)["spending"] if "category=" not in query)
    page = sentences_in(desk.get(f"{reverse('behind_a_figure')}?{total}"))
    fees = unescape(re.search(r'href="\?(what=money[^"]+)">fees of payment providers', page)[1])

    amounts = [Decimal(line["Amount"]) for query in (total, fees) for line in csv_of(desk, query)]
    assert sum(amounts) == Decimal("1000.50")
    assert ">£1,000.50<" in sentences_in(desk.get(reverse("open_books")))


def test_supporters_lead_to_a_grant_of_each():
    ada, _bob = rooms.supporter("Ada"), rooms.supporter("Bob")
    rooms.ends_support(ada)
    rooms.supporter("Ada")
    desk = Desk(None)

    [query] = figures(desk)["supporters"]
    page = sentences_in(desk.get(f"{reverse('behind_a_figure')}?{query}"))

    assert "2 records." in page
    assert [line["Why"] for line in csv_of(desk, query)] == ["courtesy", "courtesy"]
    assert "ada@" not in page


def test_no_figure_of_the_desk_is_without_a_way_to_its_records(day):
    story = newsroom.a_story("Four winters left", by=[newsroom.a_person(), "A guest"])
    story.corrections.add(Correction(corrected_at=the_clock.now(), text="Seven years, not nine."))
    publishing.publish(story)
    newsroom.a_story("Theirs", source="PA Media")
    newsroom.a_film()
    rooms.supporter("Ada")
    for currency in ("GBP", "EUR"):
        refunded(gave(Money(2_000, currency), on=day, fee=50), 500, on=day)
        spent(Money(90_000, currency), on=day)
    desk = Desk(None)

    seen = {}
    for heading, table in re.findall(
        r"<h2>([^<]+)</h2>\s*<div[^>]*>\s*<table(.*?)</table>", sentences_in(desk.get(PAGE)), re.DOTALL
    ):
        lead = len([each for each in re.findall(r'<th scope="col">([^<]+)</th>', table) if each in NAMING])
        cells = [cell for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL) for cell in
                 re.findall(r"<td>(.*?)</td>", row, re.DOTALL)[lead:]]  # fmt: skip
        some = [cell for cell in cells if re.search(r"[1-9]", strip_tags(cell))]
        assert [cell for cell in some if "<a href=" not in cell] == [], heading
        seen[heading] = seen.get(heading, 0) + len(some)

    assert seen == {
        "What we published": 3, "By section": 2, "By person": 4, "From agencies, counted nowhere above": 1,
        "Income by kind": 16, "Income by month, after fees and refunds": 4, "What was spent": 10, "Supporters": 1,
    }  # fmt: skip


def test_a_file_of_records_is_written_whole_in_pieces_of_the_same_size(day, monkeypatch):
    monkeypatch.setattr(records, "AT_ONCE", 20)
    many_lines(3 * 45, year=day.year)
    found = records.behind({"what": "money", "column": "left", "year": str(day.year), "currency": "GBP"})

    pieces, last = [], 0
    while True:
        lines, last = found.after(last)
        pieces.append(len(lines))
        if not lines:
            break

    assert pieces == [20, 20, 20, 20, 10, 0]
    desk = Desk(None)
    query = f"what=money&column=left&year={day.year}&currency=GBP"
    assert len({(line["Entry"], line["Account"]) for line in csv_of(desk, query)}) == 90


@pytest.mark.parametrize(
    ("group", "figures_lead_to"), [("Editors", {"story"}), ("Bookkeepers", {"story", "money", "spending"})]
)
def test_who_sees_figures_is_led_to_the_records_that_they_may_look_at(group, figures_lead_to, day):
    newsroom.a_story("Four winters left")
    rooms.supporter("Ada")
    gave(GBP("20.00"), on=day)
    spent(GBP("900.00"), on=day, note="Rent")
    desk = Desk(group)

    assert set(figures(desk)) == figures_lead_to
    page = sentences_in(desk.get(PAGE))
    assert all(figure in page for figure in ("£900.00", "£20.00", "<h2>Supporters</h2>"))
    for query in (f"what=spending&year={day.year}&currency=GBP", "what=supporters"):
        led = desk.get(f"{reverse('behind_a_figure')}?{query}", follow=True)
        assert bool(led.redirect_chain) == (query.split("&")[0][5:] not in figures_lead_to), query
        assert ("Rent" in sentences_in(led)) == (group == "Bookkeepers" and "spending" in query)


def test_reporters_see_no_figures():
    assert Desk("Reporters").get(PAGE, follow=True).redirect_chain


@pytest.mark.parametrize("query", ["", "what=wages", "what=story", "what=story&year=x&own=1", "what=money&year=2026"])
def test_what_is_no_figure_is_missing(query):
    assert Desk(None).get(f"{reverse('behind_a_figure')}?{query}").status_code == 404
