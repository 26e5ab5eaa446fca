"""The open books as a reader sees them."""

import re
from datetime import date

import pytest
from django.test import Client

from masthead.core import clock as the_clock
from masthead.newsroom import publishing
from masthead.newsroom.models import Correction
from tests.openbooks.seeing import counts_on, queries_of, read, table, words
from tests.worlds import newsroom
from tests.worlds.money import GBP
from tests.worlds.openbooks import STAFF, gave, many_lines, refunded, spent, taken_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def day() -> date:
    """A day of this year that is over, in January: so that tests of the year's first days hold too."""
    return the_clock.today().replace(month=1, day=1)


def test_a_story_counts_when_it_is_published_and_as_long_as_it_stands():
    draft = newsroom.a_draft("Four winters left")
    as_draft = counts_on(read())
    story = publishing.publish(draft)
    standing = counts_on(read())
    publishing.take_down(story, by=STAFF)

    assert as_draft == {"stories": 0, "films": 0, "letters": 0, "calls": 0, "corrections": 0}
    assert standing == {**as_draft, "stories": 1}
    assert counts_on(read()) == as_draft


def test_a_correction_counts_under_a_story_that_stands():
    story = newsroom.a_story()
    story.corrections.add(Correction(corrected_at=the_clock.now(), text="Seven years, not nine."))
    story = publishing.publish(story)
    standing = counts_on(read())["corrections"]
    publishing.take_down(story, by=STAFF)

    assert (standing, counts_on(read())["corrections"]) == (1, 0)


def test_what_an_agency_sent_is_counted_apart():
    newsroom.a_story("Ours")
    newsroom.a_story("Theirs", source="PA Media")

    year = str(the_clock.today().year)
    assert counts_on(read())["stories"] == 1
    assert [row["Stories"] for row in table("counts") if row["Year"] == year] == ["1"]
    assert [row["Stories"] for row in table("agencies") if row["Year"] == year] == ["1"]


def test_each_section_and_person_has_a_row_of_its_own():
    ailsa, daniel = newsroom.a_person("Ailsa Renwick"), newsroom.a_person("Daniel Osei")
    newsroom.a_story("One", section="Harbour", by=[ailsa, daniel])
    newsroom.a_story("Two", section="Council", by=[daniel, "A guest"])

    year = the_clock.today().year
    stories = f"Stories, {year}"
    assert {row["Section"]: row[stories] for row in table("sections")} == {"Council": "1", "Harbour": "1"}
    assert {row["Person"]: row[stories] for row in table("people")} == {
        "Ailsa Renwick": "1", "Daniel Osei": "2", "Guests": "1",
    }  # fmt: skip


def test_a_piece_of_last_year_counts_there(day):
    newsroom.a_story(published_at=the_clock.start_of(day) - the_clock.days(2))

    assert counts_on(read())["stories"] == 0
    assert "Last year: 1 story, 0 films" in words(read())


def test_income_is_after_fees_and_refunds_by_kind(day):
    gave(GBP("10.00"), on=day, fee=30)
    gift = gave(GBP("20.00"), on=day, fee=50, kind="income:gifts")
    refunded(gift, 500, on=day)
    taken_back(gave(GBP("7.00"), on=day, fee=20), on=day, fee=100)

    rows = {row["Kind"]: row for row in table("income")}
    assert {kind: row["After all"] for kind, row in rows.items()} == {
        "Gifts, once": "14.50", "Regular support": "8.50", "Together": "23.00",
    }  # fmt: skip
    assert (rows["Regular support"]["Given back"], rows["Gifts, once"]["Fees"]) == ("7.00", "0.50")
    assert [row["Together"] for row in table("months")] == ["23.00"]


def test_practice_payments_never_reach_it(day):
    gave(GBP("10.00"), on=day, provider="practice")

    assert table("income") == table("months") == []
    assert "Nothing has come in yet." in words(read())


def test_currencies_are_never_mixed(day):
    gave(GBP("10.00"), on=day)
    gave(type(GBP("1.00")).of("8.00", "EUR"), on=day)

    assert [row["After all"] for row in table("income")] == ["10.00", "10.00"]
    assert [row["After all"] for row in table("income-eur")] == ["8.00", "8.00"]


def test_a_pound_is_a_hundred_discs_and_a_table_says_the_same(day):
    spent(GBP("61.00"), "Reporting and editing", on=day)
    spent(GBP("25.00"), "Films, pictures, checking and law", on=day)
    spent(GBP("9.00"), "Running costs", on=day)
    gave(GBP("100.00"), on=day, fee=500)

    [drawing] = re.findall(r'<svg viewBox="0 0 480 120".*?</svg>', read(), re.DOTALL)
    discs = re.findall(r'<circle class="(c\d)"', drawing)
    assert {css: discs.count(css) for css in discs} == {"c1": 61, "c3": 25, "c2": 9, "c4": 5}
    assert [(row["Spent on"], row["Of £1"]) for row in table("spending")] == [
        ("Reporting and editing", "0.61"), ("Films, pictures, checking and law", "0.25"), ("Running costs", "0.09"),
        ("Fees of payment providers", "0.05"), ("Together", "1.00"),
    ]  # fmt: skip


def test_the_page_has_no_style_and_no_script_of_its_own(day):
    spent(GBP("61.00"), on=day)
    gave(GBP("10.00"), on=day)

    [main] = re.findall(r"<main.*</main>", read(), re.DOTALL)
    assert "style=" not in main
    assert "<script" not in main


def test_a_table_that_there_is_not_is_missing():
    assert Client().get("/open-books/wages.csv").status_code == 404


def test_what_a_spreadsheet_would_run_is_guarded():
    newsroom.a_story(by=[newsroom.a_person("=HYPERLINK(A1)")])

    assert [row["Person"] for row in table("people")] == ["'=HYPERLINK(A1)"]


def test_the_page_costs_the_same_with_twenty_thousand_lines(day):
    person = newsroom.a_person()
    newsroom.a_story("One", by=[person])
    gave(GBP("10.00"), on=day, fee=30, kind="income:gifts")
    spent(GBP("5.00"), on=day)
    read()
    few = len(queries_of())

    many_lines(20_000, year=day.year)
    for number in range(5):
        newsroom.a_story(f"Report {number}", by=[person])
        spent(GBP("5.00"), on=day)

    asked = queries_of()
    assert len(asked) == few
    assert not [each["sql"] for each in asked if "money_line" in each["sql"] or "newsroom_storypage" in each["sql"]]
    assert [row["Given"] for row in table("income")][-1] == "33340.00"
