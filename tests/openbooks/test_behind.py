"""Each figure opens, on the desk, into the records behind it."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from masthead.core import clock as the_clock
from masthead.newsroom import publishing
from masthead.newsroom.models import Correction
from tests.worlds import newsroom
from tests.worlds.desk import Desk, sentences_in
from tests.worlds.money import GBP
from tests.worlds.openbooks import gave, refunded, spent

pytestmark = pytest.mark.django_db


@pytest.fixture
def day() -> date:
    return the_clock.today().replace(month=1, day=1)


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
    lines = desk.get(f"{reverse('behind_a_figure')}?{queries[0]}&export=csv").content.decode().splitlines()

    assert [line.split(",")[2:4] for line in lines[1:]] in (
        [["refunds", "5.00"], ["income:gifts", "-20.00"], ["fees", "0.50"]],
        [["refunds", "5.00"], ["fees", "0.50"], ["income:gifts", "-20.00"]],
    )


def test_spending_leads_to_what_was_entered(day):
    spent(GBP("900.00"), on=day, note="Rent")
    desk = Desk(None)

    [query] = figures(desk)["spending"]

    assert "Rent" in sentences_in(desk.get(f"{reverse('behind_a_figure')}?{query}"))


@pytest.mark.parametrize("query", ["", "what=wages", "what=story", "what=story&year=x&own=1", "what=money&year=2026"])
def test_what_is_no_figure_is_missing(query):
    assert Desk(None).get(f"{reverse('behind_a_figure')}?{query}").status_code == 404
