"""Several currencies: each with its own amounts and floors, chosen without a script, never added to one another."""

import pytest
from django.test import Client

from masthead.core import jobs
from masthead.giving import incomes, pledges, presents, receipts, statements, terms
from masthead.giving.forms import ChangeForm
from masthead.giving.models import CurrencyTerms, GivingTerms, Pledge, a_month_of
from masthead.giving.origins import Origin
from masthead.giving.refusals import AmountOutside, OtherCurrency
from masthead.membership.models import Benefit, Tier
from masthead.money import checks, ledger
from masthead.money.amounts import Money
from masthead.press.models import Change
from tests.worlds import asks
from tests.worlds.desk import Desk, sentences_in
from tests.worlds.money import GBP
from tests.worlds.newsroom import a_story

OURS = {"HTTP_ORIGIN": "http://localhost:8000", "HTTP_HOST": "localhost:8000"}


def EUR(amount: str) -> Money:  # noqa: N802  (as GBP is)
    return Money.of(amount, "EUR")


def also_taken(currency: str, *, month: list[int], least: int, most: int, floor: int) -> CurrencyTerms:
    """Another currency, with a tier that frees of adverts."""
    tier = Tier.objects.create(name="Supporter", currency=currency, floor_minor=floor)
    tier.benefits.set(Benefit.objects.all())
    return CurrencyTerms.objects.create(
        currency=currency, month_minor=month, year_minor=[12 * one for one in month], once_minor=month,
        least_minor=least, most_minor=most,
    )  # fmt: skip


@pytest.fixture
def euros(newsroom) -> CurrencyTerms:
    return also_taken("EUR", month=[400, 700, 1400], least=200, most=400_000, floor=400)


@pytest.fixture
def yen(newsroom) -> CurrencyTerms:
    return also_taken("JPY", month=[500, 1000], least=300, most=900_000, floor=500)


@pytest.fixture
def browser(newsroom) -> Client:
    return Client(**OURS)


def test_the_page_offers_the_others_as_links_and_sets_nothing(euros, yen, browser):
    house = browser.get("/support/?from=7&placement=end").content.decode()
    other = browser.get("/support/?currency=EUR&from=7&placement=end")
    page = other.content.decode()

    assert 'href="/support/?currency=EUR&amp;from=7&amp;placement=end">€ EUR</a>' in house
    assert "£ GBP</span>" in house
    assert 'name="month" value="700" checked' in page
    assert "€7" in page
    assert "From €4 a month or €48 a year" in page
    assert '<input type="hidden" name="currency" value="EUR">' in page
    assert '<input type="hidden" name="from" value="7">' in page
    assert dict(other.cookies) == {}
    assert "¥1,000" in browser.get("/support/?currency=JPY").content.decode()
    assert 'name="currency" value="GBP"' in browser.get("/support/?currency=USD").content.decode()  # not offered
    assert "EUR" in browser.get("/presents/?currency=EUR").content.decode()
    assert "€48" in browser.get("/presents/?currency=EUR").content.decode()


def test_with_one_currency_nothing_is_offered_to_choose(browser):
    assert "currencies" not in browser.get("/support/").content.decode()


@pytest.mark.parametrize(
    ("typed", "given"),
    [
        ({"currency": "EUR", "month": "700"}, EUR("7.00")),
        ({"currency": "EUR", "own": "€12,50"}, EUR("12.50")),
        ({"currency": "JPY", "own": "1500"}, Money(1500, "JPY")),
        ({"currency": "GBP", "month": "600"}, GBP("6.00")),
    ],
)
def test_the_form_takes_what_was_chosen(euros, yen, browser, typed, given):
    answer = browser.post("/support/", {"often": "month", "email": "ada@example.org", **typed})

    assert answer.status_code == 303
    assert Pledge.objects.get().amount == given


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"currency": "EUR", "own": "1.99"}, "between €2 and €4,000"),
        ({"currency": "JPY", "own": "500.5"}, "not an amount"),
        ({"currency": "JPY", "own": "299"}, "between JP¥300 and JP¥900,000"),
        ({"currency": "USD", "own": "5"}, "We take GBP, not USD"),
    ],
)
def test_what_is_outside_is_refused_in_its_own_currency(euros, yen, browser, typed, says):
    answer = browser.post("/support/", {"often": "month", "email": "ada@example.org", **typed})

    assert (answer.status_code, says in answer.content.decode()) == (422, True)
    assert not Pledge.objects.exists()


def test_each_tier_has_its_floor_in_its_own_currency(euros, newsroom):
    below, at = newsroom.supporter("Ada"), newsroom.supporter("Bea")

    below.pledge(EUR("3.99"))
    at.pledge(EUR("4.00"))

    assert (below.edition, at.edition) == ("thanked", "supporter")


def test_sums_stand_apart_and_the_house_currency_comes_first(euros, newsroom):
    story = a_story()
    from_here = Origin(story=story.pk, placement="end")
    ada = newsroom.supporter("Ada")
    ada.confirms()
    ada.pledge(GBP("5.00"), origin=from_here)
    ada.pledge(EUR("7.00"), origin=from_here)
    ada.gives(EUR("20.00"), origin=from_here)

    found = incomes.of_story(story.pk)

    assert (found.collected, found.a_year) == (GBP("5.00"), GBP("60.00"))
    assert found.others == ((EUR("27.00"), EUR("84.00")),)
    assert receipts.totals(receipts.listed(ada.reader, None)) == [EUR("27.00"), GBP("5.00")]
    assert len(statements.of(ada.reader, None).totals) == 2
    assert ledger.balance("income:membership") == {"EUR": -EUR("7.00"), "GBP": -GBP("5.00")}
    assert checks.books() == []


def test_what_is_given_in_a_currency_goes_on_when_it_is_offered_no_more(euros, newsroom):
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(EUR("7.00"))
    CurrencyTerms.objects.update(offered=False)

    assert terms.currencies() == ["GBP"]
    with pytest.raises(OtherCurrency, match="GBP"):
        newsroom.supporter("Bea").begins(EUR("7.00"))
    form = ChangeForm.of(pledge, {"often": "month", "own": "9", "currency": "EUR"})
    assert form.is_valid(), form.errors
    pledges.change(pledge, amount=form.cleaned_data["amount"], interval=form.interval, by=ada.actor)
    with pytest.raises(AmountOutside, match="€2"):
        pledges.change(pledge, amount=EUR("1.00"), interval=form.interval, by=ada.actor)
    assert Pledge.objects.get().amount == EUR("9.00")


def test_an_appeal_leads_to_the_others(euros, browser):
    story = a_story()
    asks.appeal()

    page = browser.get(story.url).content.decode()

    assert "Or give in" in page
    assert "currency=EUR" in page
    assert f"from={story.pk}" in page


def test_a_present_in_another_currency_costs_what_its_level_does(euros, newsroom):
    assert [offer.price for offer in presents.offers("EUR")] == [EUR(one) for one in ("4", "12", "24", "48")]
    assert presents.offers("USD") == []


def test_a_year_is_shown_by_the_month(browser):
    page = browser.get("/support/").content.decode()

    assert "<small>£3 a month</small>" in page
    assert a_month_of(GBP("50.00")) == "about £4.17 a month"
    assert a_month_of(Money(6000, "JPY")) == "JP¥500 a month"


TYPED = {
    "currency": "EUR",
    "month": "4, 7",
    "year": "48, 84",
    "once": "10",
    "least": "2",
    "most": "4000",
    "offered": "on",
}


def test_the_desk_keeps_a_currency_with_a_tier_and_pages_follow(newsroom, browser):
    treasurer = Desk("Treasurers")

    refused = treasurer.post("/desk/currencyterms/new/", TYPED)
    assert "Nobody who gives in EUR would get anything yet" in sentences_in(refused)
    owner = Desk(None)
    benefits = [str(pk) for pk in Benefit.objects.values_list("pk", flat=True)]
    owner.post("/desk/tier/new/", {"name": "Amis", "in_currency": "EUR", "floor_typed": "4", "benefits": benefits})
    assert Tier.objects.get(currency="EUR").floor == EUR("4.00")
    before = Change.objects.count()
    treasurer.post("/desk/currencyterms/new/", TYPED)
    kept = CurrencyTerms.objects.get()
    assert (kept.month_minor, kept.least_minor, kept.offered) == ([400, 700], 200, True)
    assert Change.objects.count() > before
    outside = treasurer.post("/desk/currencyterms/new/", TYPED | {"currency": "USD", "month": "1"})
    assert "Suggest only amounts that are taken" in sentences_in(outside)
    assert Desk("Editors").get("/desk/currencyterms/").status_code == 302
    assert "EUR" in sentences_in(treasurer.get("/desk/currencyterms/"))
    jobs.run_all()


def test_the_house_currency_itself_is_no_other(newsroom):
    assert GivingTerms.load().currency == "GBP"
    assert terms.choices("GBP") == []
