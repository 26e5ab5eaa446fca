"""The sums that the page reads: kept where things change, counted anew at night, filled in for what was before."""

from datetime import date
from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from structlog.testing import capture_logs

from masthead.core import clock as the_clock
from masthead.money import checks, guards, ledger
from masthead.money.ledger import credit, debit, post
from masthead.money.models import Transaction, Turnover
from masthead.newsroom import publishing, tallies, tasks
from masthead.newsroom.models import Correction, FilmPage, Tallied, Tally
from masthead.openbooks import spending
from masthead.openbooks.models import Spent
from tests.openbooks.seeing import table
from tests.worlds import newsroom
from tests.worlds.money import GBP
from tests.worlds.openbooks import STAFF, gave, many_lines, refunded, spent, taken_back

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 14)


def turnover() -> dict[tuple[str, str, str], int]:
    """What is kept, by provider, income and account."""
    rows = Turnover.objects.exclude(minor=0).values_list("provider", "income", "account", "minor")
    return {(provider, income, account): minor for provider, income, account, minor in rows}


def test_an_entry_is_added_to_its_month():
    payment = gave(GBP("10.00"), on=MARCH, fee=30)
    refunded(payment, 400, on=MARCH)

    about = ("cardhouse", "income:membership")
    assert turnover() == {
        (*about, "fees"): 30, (*about, "refunds"): 400, (*about, "income:membership"): -1000,
        (*about, "owed_by:cardhouse"): 570,
    }  # fmt: skip
    assert list(Turnover.objects.values_list("month", flat=True).distinct().order_by()) == [date(2026, 3, 1)]


def test_what_is_posted_twice_or_refused_is_not_added():
    sides = [debit("fees", GBP("2.50")), credit("owed_by:cardhouse", GBP("2.50"))]
    post("coffee", on=MARCH, lines=sides)
    post("coffee", on=MARCH, lines=sides)
    with pytest.raises(IntegrityError), transaction.atomic():
        post("uneven", on=MARCH, lines=sides[:1])

    assert turnover() == {("cardhouse", "", "fees"): 250, ("cardhouse", "", "owed_by:cardhouse"): -250}


def test_what_is_reversed_leaves_nothing():
    payment = gave(GBP("10.00"), on=MARCH, fee=30)
    refund = refunded(payment, 400, on=MARCH)
    for key in (f"cardhouse:{payment.reference}:collected", f"cardhouse:{refund.reference}:refunded"):
        ledger.reverse(key, on=MARCH)

    assert turnover() == {}


def test_a_sum_that_is_not_what_the_lines_say_is_found():
    gave(GBP("10.00"), on=MARCH)
    Turnover.objects.filter(account="income:membership").update(minor=-900)

    assert checks.books() == [
        "2026-03 cardhouse income:membership income:membership GBP: the sum is -900, the lines say -1000"
    ]


def test_many_lines_at_once_are_as_good_as_one_by_one():
    many_lines(300, year=2026)

    assert checks.books() == []
    assert Turnover.objects.filter(account="fees").aggregate(sum=Sum("minor")) == {"sum": 100 * 19}


def test_what_was_posted_before_there_were_sums_is_added_up():
    first = gave(GBP("10.00"), on=MARCH, fee=30, kind="income:gifts")
    refunded(first, 400, on=MARCH)
    taken_back(gave(GBP("7.00"), on=MARCH, provider="debitors"), on=MARCH, fee=100)
    ledger.reverse(f"cardhouse:{first.reference}:collected", on=MARCH)
    kept = turnover()
    about = dict(Transaction.objects.values_list("key", "income"))
    Turnover.objects.all().delete()
    fill = import_module("masthead.money.migrations.0004_what_was_posted_before")
    editor = connection.schema_editor(atomic=False)
    guards.remove(editor)
    Transaction.objects.update(provider="", income="")

    fill.say_what_it_is_about(apps, editor)
    fill.add_up(apps, editor)

    assert turnover() == kept
    assert dict(Transaction.objects.values_list("key", "income")) == about
    assert checks.books() == []


# --- Tallies -----------------------------------------------------------------------------------------------


def a_year_of_work() -> None:
    person = newsroom.a_person()
    story = newsroom.a_story("One", by=[person, "A guest"])
    story.corrections.add(Correction(corrected_at=the_clock.now(), text="Seven years, not nine."))
    publishing.publish(story)
    newsroom.a_story("Two", by=[person], source="PA Media")
    publishing.take_down(newsroom.a_story("Three"), by=STAFF)
    newsroom.a_draft("Four")
    newsroom.a_film()


def test_what_was_published_before_there_were_tallies_is_tallied():
    a_year_of_work()
    kept = set(Tally.objects.exclude(count=0).values_list("year", "kind", "is_own", "part", "count"))
    notes = set(Tallied.objects.values_list("piece", "kind", "is_own", "part", "count"))
    Tally.objects.all().delete()
    Tallied.objects.all().delete()

    import_module("masthead.newsroom.migrations.0004_what_was_published_before").tally(apps, None)

    assert set(Tally.objects.values_list("year", "kind", "is_own", "part", "count")) == kept
    assert set(Tallied.objects.values_list("piece", "kind", "is_own", "part", "count")) == notes
    assert tallies.miscounted() == {}


def test_a_wrong_tally_is_an_error_in_the_log():
    newsroom.a_story()
    Tally.objects.filter(part="").update(count=7)

    with capture_logs() as log:
        tasks.recount()

    assert [(each["kind"], each["kept"], each["counted"]) for each in log if each["log_level"] == "error"] == [
        ("story", 7, 1)
    ]


def test_a_story_that_moves_counts_for_its_new_section():
    story = newsroom.a_story(section="Harbour")
    story.move(newsroom.a_section("Council"), "last-child")

    assert [row["Section"] for row in table("sections")] == ["Council"]
    assert tallies.miscounted() == {}


def test_a_section_that_is_deleted_leaves_its_films():
    section = newsroom.a_section("Harbour")
    film = newsroom.a_film(section=section)

    section.delete()

    assert FilmPage.objects.get(pk=film.pk).section is None
    assert tallies.miscounted() == {}
    assert table("sections") == []


def test_a_draft_of_a_standing_story_changes_nothing():
    story = newsroom.a_story(by=["A guest"])
    story.source = "PA Media"
    story.bylines = []
    story.save_revision()

    assert tallies.miscounted() == {}
    assert [row["Person"] for row in table("people")] == ["Guests"]


def test_wrong_sums_are_named_and_mended():
    newsroom.a_story()
    gave(GBP("10.00"), on=MARCH)
    spent(GBP("5.00"), on=MARCH)
    Tally.objects.filter(part="").update(count=7)
    Turnover.objects.filter(account="income:membership").update(minor=-900)
    Spent.objects.update(minor=1)
    told, after = StringIO(), StringIO()

    call_command("recount", mend=True, stdout=told)
    call_command("recount", stdout=after)

    assert "kept 7, counted 1" in told.getvalue()
    assert [line.rpartition(": ")[2] for line in after.getvalue().splitlines()] == ["right"] * 3
    assert (tallies.miscounted(), checks.books(), spending.miscounted()) == ({}, [], {})
