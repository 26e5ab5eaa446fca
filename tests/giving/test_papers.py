"""Receipts as their giver has them: numbered, corrected, with the VAT of what is sold; a year in one click."""

from django.test import Client

from masthead.giving import receipts
from masthead.membership.models import Tier
from masthead.money import ledger, payments
from masthead.money.ledger import Account
from tests.giving.test_account import OURS, STAFF, browser_of, browser_with
from tests.worlds.desk import Desk
from tests.worlds.giving import Newsroom
from tests.worlds.money import GBP


def test_a_giver_has_numbered_papers_and_the_year_and_nobody_else_has(newsroom: Newsroom, clock):
    Tier.objects.filter(floor_minor__lte=600).update(sale_minor=120, vat_hundredths=2000)
    ada, bo = newsroom.supporter("Ada"), newsroom.supporter("Bo")
    pledge = ada.pledge(GBP("6.00"))
    ada.gives(GBP("10.00"))
    payment, year = newsroom.payment_of(pledge), clock.today().year
    address = f"/account/receipts/{payment.reference}/"
    number = payment.receipts.get()

    page = browser_of(ada).get(address).content.decode()
    own = browser_of(ada).get(f"{address}{number.year}-{number.number}.pdf")
    ada.confirms()
    bo.confirms()
    browser = browser_with(ada)
    before = browser.get(f"/account/years/{year}/").content.decode()
    payments.refund(payment, GBP("3.00"), by=STAFF, reason="Asked for")
    newsroom.news_arrives()
    corrected = browser.get(address).content.decode()
    summary = browser.get(f"/account/years/{year}/").content.decode()
    pdf = browser.get(f"/account/years/{year}.pdf")

    assert (str(number) in page, "VAT in it, 20 %" in page, "£0.20" in page) == (True, True, True)
    assert own.content[:5] == pdf.content[:5] == b"%PDF-"
    assert ("£16.00" in before, "£13.00" in before) == (True, False)
    assert ("Earlier papers" in corrected, "£3.00" in corrected, "£0.10" in corrected) == (True, True, True)
    assert ("£13.00" in summary, "with £0.10 VAT in it" in summary) == (True, True)
    assert ledger.balance(Account.VAT) == {"GBP": GBP("-0.10")}
    assert f"/account/years/{year}.pdf" in browser.get("/account/").content.decode()
    stranger, other = Client(**OURS), browser_with(bo)
    for path in (f"/account/years/{year}/", f"/account/years/{year}.pdf", f"{address}{year}-{number.number}.pdf"):
        assert (stranger.get(path).status_code, other.get(path).status_code) == (302, 404), path
    assert browser.get(f"{address}{year}-999.pdf").status_code == 404
    assert receipts.of_year(ada.reader, year)[0].left == GBP("13.00")
    at_desk = f"/desk/books/readers/{ada.reader.pk}/{year}.pdf"
    assert Desk("Supporter care").get(at_desk).content[:5] == b"%PDF-"
    assert Desk("Editors").get(at_desk).status_code == 302


def test_a_tier_says_which_part_of_its_price_is_a_sale(newsroom: Newsroom):
    tier = Tier.objects.order_by("floor_minor").first()
    assert tier is not None
    desk, typed = Desk(None), {"name": tier.name, "floor_typed": "6.00"}
    typed["benefits"] = list(tier.benefits.values_list("pk", flat=True))

    wrong = desk.post(f"/desk/tier/edit/{tier.pk}/", {**typed, "sale_typed": "7.00", "rate_typed": "20"})
    desk.post(f"/desk/tier/edit/{tier.pk}/", {**typed, "sale_typed": "1.20", "rate_typed": "5.5"})
    tier.refresh_from_db()

    assert "can’t be more than the tier begins at" in wrong.content.decode()
    assert (tier.sale_minor, tier.vat_hundredths) == (120, 550)
    desk.post(f"/desk/tier/edit/{tier.pk}/", {**typed, "sale_typed": "", "rate_typed": "20"})
    tier.refresh_from_db()
    assert (tier.sale_minor, tier.vat_hundredths) == (0, 0)
