"""A membership for somebody else: bought, delivered once, claimed once, given back, never lost in silence."""

import re
from datetime import date, datetime
from math import ceil

import pytest
from django.db import transaction
from django.test import Client

from masthead.core import clock, jobs
from masthead.core.models import AuditRecord, Message
from masthead.giving import pledges, presents, privacy, tasks
from masthead.giving.models import Months, Pledge, Present
from masthead.giving.refusals import (
    NoSuchLink,
    NotADayToDeliver,
    PresentClaimed,
    PresentOver,
    PresentTakenBack,
    TooLateToRefund,
)
from masthead.membership import grants, reasons
from masthead.membership.models import Tier
from masthead.money import checkouts, checks, ledger
from masthead.money.models import Refund
from masthead.readers import accounts, devices
from masthead.readers.models import Reader
from tests.worlds.giving import Giver
from tests.worlds.money import GBP
from tests.worlds.rooms import STAFF

OURS = {"HTTP_ORIGIN": "http://localhost:8000", "HTTP_HOST": "localhost:8000"}
LINK = re.compile(r"/presents/open/([\w-]+)/")


@pytest.fixture(autouse=True)
def on_a_morning_in_march(today):
    today(date(2026, 3, 10))


def buys(giver: Giver, months: int = 3, *, card: str = "", **facts) -> Present:
    """Fill in the form, pay, come back; by hand unless a day is named."""
    if facts.get("deliver_on"):
        facts = {"receiver_email": "bea@example.org", **facts}
    checkout = presents.start(
        months=months, currency="GBP", email=giver.email, device=giver.device, reader=giver.reader,
        by=giver.device.actor, giver_name="Ada", **facts,
    )  # fmt: skip
    giver.newsroom.bank.pay(checkout, card or giver.newsroom.bank.good_card)
    checkouts.ask(checkout.reference)
    return fresh(Present.objects.get(reference=checkout.order_key.split(":")[1]))


def fresh(present: Present) -> Present:
    return Present.objects.get(pk=present.pk)


def link_of(present: Present) -> str:
    found = LINK.search(presents.make_link(present, by=STAFF))
    assert found
    return found[1]


def links_mailed(to: str = "bea@example.org") -> list[str]:
    return [LINK.search(message.text)[1] for message in Message.objects.filter(to=to, text__contains="/presents/open/")]


def reader(name: str = "bea") -> Reader:
    return accounts.reader_for(f"{name}@example.org")


def edition(of: Reader) -> str:
    return grants.edition_for(of, None)[0]


def subjects_to(email: str) -> list[str]:
    return list(Message.objects.filter(to=email).order_by("pk").values_list("subject", flat=True))


def it_is(year: int, month: int, day: int, hour: int, minute: int = 0) -> None:
    moment = datetime(year, month, day, hour, minute, tzinfo=clock.zone())
    clock.move_to(clock.offset() + ceil((moment - clock.now()).total_seconds()))


def test_a_present_is_bought_claimed_and_frees_for_its_months(newsroom):
    bought = buys(newsroom.supporter("Ada"), 3)
    bea = reader()

    assert (bought.state, bought.amount, bought.claim_until) == ("bought", GBP("9.00"), date(2027, 3, 10))
    assert ledger.balance("income:membership") == {"GBP": -GBP("9.00")}
    assert edition(bea) == "public"
    claimed = presents.claim(link_of(bought), reader=bea, by=bea.actor)
    assert (claimed.state, claimed.ends_on) == ("claimed", date(2026, 6, 10))
    assert edition(bea) == "supporter"
    assert subjects_to("ada@example.org")[0] == "Your present: a membership for 3 months"
    assert subjects_to("ada@example.org")[-1] == "Your present has arrived"
    assert subjects_to("bea@example.org") == ["Your present is yours until 10 June 2026"]
    it_is(2026, 6, 9, 23)
    assert edition(bea) == "supporter"
    it_is(2026, 6, 10, 0, 1)
    assert edition(bea) == "public"


def test_it_is_delivered_at_nine_on_its_day_with_one_mail_however_often_that_is_tried(newsroom):
    present = buys(newsroom.supporter("Ada"), deliver_on=date(2026, 3, 29), message="For the ferry.")  # clocks go on

    it_is(2026, 3, 29, 8, 59)
    jobs.run_all(with_clock=True)
    assert links_mailed() == []
    it_is(2026, 3, 29, 9)
    tasks.deliver_presents()
    for _ in range(3):
        tasks.deliver_presents()
        presents.deliver(present)  # a worker that died after its commit is run again
    jobs.run_all(with_clock=True)

    [link] = links_mailed()
    mail = Message.objects.get(to="bea@example.org")
    assert mail.subject.startswith("Ada has a present for you: ")
    assert "“For the ferry.”" in mail.text
    assert fresh(present).claim_until == date(2027, 3, 29)
    assert link not in str(Present.objects.values().get())  # its hash alone is kept
    assert presents.behind(link) == present


def test_a_delivery_that_is_cut_off_before_its_commit_leaves_nothing_and_is_done_later(newsroom):
    present = buys(newsroom.supporter("Ada"), deliver_on=date(2026, 3, 10))

    class PowerIsCut(Exception):
        """As if the worker were killed here: what it has not committed never was."""

    def until_the_power_is_cut() -> None:
        with transaction.atomic():
            presents.deliver(present)
            assert len(links_mailed()) == 1
            raise PowerIsCut

    with pytest.raises(PowerIsCut):
        until_the_power_is_cut()
    assert (fresh(present).delivered_at, links_mailed()) == (None, [])
    jobs.run_all(with_clock=True)

    assert len(links_mailed()) == 1


def test_of_two_who_open_the_link_one_gets_it_and_may_press_the_button_twice(newsroom):
    link = link_of(buys(newsroom.supporter("Ada")))
    bea, cleo = reader("bea"), reader("cleo")

    presents.claim(link, reader=bea, by=bea.actor)
    with pytest.raises(PresentClaimed):
        presents.claim(link, reader=cleo, by=cleo.actor)
    again = presents.claim(link, reader=bea, by=bea.actor)

    assert again.ends_on == date(2026, 6, 10)
    assert (edition(bea), edition(cleo)) == ("supporter", "public")
    assert AuditRecord.objects.filter(action="present.claimed").count() == 1


def test_a_new_link_voids_the_one_before(newsroom):
    present = buys(newsroom.supporter("Ada"), deliver_on=date(2026, 3, 10))
    presents.deliver(present)

    presents.send_again(present, email="beatrice@example.org", by=STAFF)

    [first], [second] = links_mailed(), links_mailed("beatrice@example.org")
    with pytest.raises(NoSuchLink):
        presents.behind(first)
    assert presents.behind(second) == present
    with pytest.raises(NoSuchLink):
        presents.behind("")


def test_time_left_carries_on_from_presents_courtesies_and_what_is_paid(newsroom, today):
    ada, bea = newsroom.supporter("Ada"), newsroom.supporter("Bea")
    bea.confirms()

    first = presents.claim(link_of(buys(ada, 1)), reader=bea.reader, by=bea.actor)
    second = presents.claim(link_of(buys(ada, 3)), reader=bea.reader, by=bea.actor)
    reasons.give_courtesy(reader=bea.reader, until=date(2026, 12, 31), why="a friend", by=STAFF)
    third = presents.claim(link_of(buys(ada, 12)), reader=bea.reader, by=bea.actor)

    assert [row.ends_on for row in (first, second, third)] == [date(2026, 4, 10), date(2026, 7, 10), date(2028, 1, 1)]


def test_who_gives_already_may_pause_that_and_loses_no_day(newsroom):
    ada, bea = newsroom.supporter("Ada"), newsroom.supporter("Bea")
    pledge = bea.pledge(GBP("5.00"))
    bea.confirms()
    present = buys(ada, 3)

    assert presents.pause_offered(bea.reader, present) == date(2026, 7, 10)
    presents.claim(link_of(present), reader=bea.reader, pause=True, by=bea.actor)

    pledge = Pledge.objects.get(pk=pledge.pk)
    assert (pledge.state, pledge.paused_until, fresh(present).ends_on) == ("paused", *[date(2026, 7, 10)] * 2)
    assert "nothing is collected before 10 July 2026" in Message.objects.get(subject__startswith="Your present is").text
    it_is(2026, 7, 9, 23)
    assert bea.edition == "supporter"
    it_is(2026, 7, 10, 0, 20)
    newsroom.news_arrives()
    assert bea.edition == "supporter"  # by what they give, which goes on
    assert Pledge.objects.get(pk=pledge.pk).state == "active"


def test_who_gives_already_and_pauses_nothing_goes_on_giving_and_gets_the_months_after(newsroom):
    bea = newsroom.supporter("Bea")
    pledge = bea.pledge(GBP("5.00"))
    bea.confirms()
    present = presents.claim(link_of(buys(newsroom.supporter("Ada"), 1)), reader=bea.reader, by=bea.actor)

    assert Pledge.objects.get(pk=pledge.pk).state == "active"
    assert present.ends_on == date(2026, 5, 10)
    pledges.end(pledge, by=bea.actor)
    it_is(2026, 5, 9, 12)
    assert edition(bea.reader) == "supporter"
    it_is(2026, 5, 10, 12)
    assert edition(bea.reader) == "public"


def test_what_nobody_has_opened_is_given_back_and_paid_back_within_14_days(newsroom):
    ada = newsroom.supporter("Ada")
    present, late = buys(ada), buys(ada, 1)
    link = link_of(present)

    presents.give_back(present, by=ada.actor)
    with pytest.raises(PresentTakenBack):
        presents.claim(link, reader=reader(), by=STAFF)
    newsroom.news_arrives()

    refund = Refund.objects.get()
    assert (refund.amount, refund.made_at is not None) == (GBP("9.00"), True)
    assert subjects_to("ada@example.org").count("Your present was given back") == 1
    assert not [subject for subject in subjects_to("ada@example.org") if "could not be paid" in subject]
    assert checks.books() == []
    with pytest.raises(PresentTakenBack):
        presents.give_back(present, by=ada.actor)
    newsroom.sleeps(days=15)
    with pytest.raises(TooLateToRefund):
        presents.give_back(late, by=ada.actor)


def test_a_promised_debit_is_delivered_at_once_and_paid_back_when_it_comes_after_it_was_given_back(newsroom):
    ada = newsroom.supporter("Ada")
    present = buys(ada, card="debit")

    assert present.state == "bought"
    presents.give_back(present, by=ada.actor)
    assert not Refund.objects.exists()
    newsroom.days_pass(7)

    assert Refund.objects.get().made_at is not None
    assert fresh(present).state == "taken_back"
    assert checks.books() == []


def test_a_debit_that_bounces_ends_what_was_claimed_and_both_are_told(newsroom):
    present = buys(newsroom.supporter("Ada"), card="bounces")
    bea = reader()
    presents.claim(link_of(present), reader=bea, by=bea.actor)

    newsroom.days_pass(7)

    assert fresh(present).state == "failed"
    assert edition(bea) == "public"
    assert subjects_to("ada@example.org")[-1] == "Your present could not be paid for"
    assert subjects_to("bea@example.org")[-1] == "Your present has ended earlier than planned"


@pytest.mark.parametrize("card", ["empty", "stolen"])
def test_a_card_that_is_refused_buys_nothing(newsroom, card):
    present = buys(newsroom.supporter("Ada"), card=card, deliver_on=date(2026, 3, 10))

    jobs.run_all(with_clock=True)

    assert present.state in ("pending", "failed")
    assert (links_mailed(), subjects_to("ada@example.org")) == ([], [])


def test_the_giver_hears_before_it_ends_unclaimed_and_the_receiver_before_it_ends(newsroom):
    ada, bea = newsroom.supporter("Ada"), reader()
    unclaimed, claimed = buys(ada), buys(ada, 1)
    link = link_of(unclaimed)
    presents.claim(link_of(claimed), reader=bea, by=bea.actor)

    it_is(2026, 4, 4, 12)
    for _ in range(2):
        tasks.keep_presents()
    assert subjects_to("bea@example.org")[1:] == ["Your present ends on 10 April 2026"]
    it_is(2027, 2, 10, 12)
    for _ in range(2):
        tasks.keep_presents()
    assert subjects_to("ada@example.org").count("Nobody has claimed your present yet") == 1
    it_is(2027, 3, 10, 12)
    tasks.keep_presents()
    assert presents.behind(link) == unclaimed
    it_is(2027, 3, 11, 0, 1)
    with pytest.raises(PresentOver):
        presents.claim(link, reader=bea, by=bea.actor)
    tasks.keep_presents()
    assert fresh(unclaimed).state == "over"


def test_a_floor_that_rises_before_the_claim_takes_nothing_away(newsroom):
    present, bea = buys(newsroom.supporter("Ada")), reader()
    Tier.objects.update(floor_minor=900)

    presents.claim(link_of(present), reader=bea, by=bea.actor)

    assert edition(bea) == "supporter"


def test_a_day_in_the_past_or_too_far_ahead_is_refused(newsroom):
    ada = newsroom.supporter("Ada")

    for day in (date(2026, 3, 9), date(2027, 3, 11)):
        with pytest.raises(NotADayToDeliver, match="10 March 2027"):
            buys(ada, deliver_on=day)
    assert not Present.objects.exists()
    assert [str(offer.price) for offer in presents.offers("GBP")] == ["£3.00", "£9.00", "£18.00", "£36.00"]
    assert [offer.months for offer in presents.offers("GBP")] == list(Months)


def test_erasing_forgets_what_was_written_and_the_receiver_keeps_the_months(newsroom):
    ada, bea = newsroom.supporter("Ada"), reader()
    ada.confirms()
    present = buys(ada, deliver_on=date(2026, 3, 10), message="Love", receiver_name="Bea")
    presents.deliver(present)
    assert privacy.export(ada.reader)["presents"][0]["receiver_email"] == "bea@example.org"
    presents.claim(links_mailed()[0], reader=bea, by=bea.actor)
    assert "receiver_email" not in privacy.export(bea)["presents"][0]
    assert fresh(present).receiver_email == ""

    privacy.erase(ada.reader)

    found = fresh(present)
    assert (found.email, found.message, found.giver_name, found.receiver_name) == ("", "", "", "")
    assert edition(bea) == "supporter"


def test_the_mails_with_links_are_forgotten_after_a_week_and_so_is_what_was_never_paid(newsroom):
    ada = newsroom.supporter("Ada")
    presents.deliver(buys(ada, deliver_on=date(2026, 3, 10)))
    never = buys(ada, card="empty", deliver_on=date(2026, 3, 10), message="Love")

    newsroom.sleeps(days=8)
    tasks.forget_presents()
    assert links_mailed() == []
    assert fresh(never).message == "Love"
    newsroom.sleeps(days=31)
    tasks.forget_presents()
    assert (fresh(never).message, fresh(never).receiver_email) == ("", "")


# --- The pages -------------------------------------------------------------------------------------------


FORM = {
    "months": "3", "currency": "GBP", "how": "mail", "receiver_name": "Bea", "receiver_email": "bea@example.org",
    "deliver_on": "", "message": "Read this.", "giver_name": "Ada", "email": "ada@example.org",
}  # fmt: skip


def browser(*, signed_in: Reader | None = None) -> Client:
    client = Client(**OURS)
    if signed_in:
        client.cookies[devices.COOKIE] = devices.open_device(signed_in)[1]
    return client


def test_the_shop_window_takes_the_form_and_keeps_what_was_typed_when_it_is_wrong(newsroom):
    page = browser().get("/presents/")
    assert (page.status_code, dict(page.cookies)) == (200, {})
    assert "£36" in page.content.decode()

    for wrong, says in (
        ({"months": "7"}, "Choose one of the lengths offered."),
        ({"receiver_email": "bea"}, "lacks the @ sign"),
        ({"deliver_on": "2020-01-01"}, "Choose a day from today"),
        ({"deliver_on": "soon"}, "Write the day as in 2026-12-24."),
        ({"currency": "EUR"}, "We take GBP here"),
        ({"email": ""}, "Type your e-mail address"),
        ({"message": "x" * 301}, "300"),
    ):
        answer = browser().post("/presents/", FORM | wrong)
        assert answer.status_code == 422, wrong
        assert says in answer.content.decode()
        assert 'value="Bea"' in answer.content.decode()
    assert not Present.objects.exists()

    paid = browser().post("/presents/", FORM)
    assert (paid.status_code, paid["Location"].startswith(newsroom.bank.address)) == (303, True)
    present = Present.objects.get()
    assert (present.deliver_on, present.receiver_email, present.months) == (clock.today(), "bea@example.org", 3)


def test_opening_the_link_changes_nothing_and_the_button_claims_once_signed_in(newsroom):
    link = link_of(buys(newsroom.supporter("Ada")))
    visitor, bea = browser(), reader()

    assert "Ada gives you" in visitor.get(f"/presents/open/{link}/").content.decode()
    assert Present.objects.get().state == "bought"
    to_sign_in = visitor.post(f"/presents/open/{link}/")
    assert to_sign_in["Location"] == "/account/sign-in/?next=%2Fpresents%2Fyours%2F"  # the link stands in no address
    held = to_sign_in.cookies["present"].value
    signed_in = browser(signed_in=bea)
    assert "once more" in signed_in.get("/presents/yours/").content.decode()
    signed_in.cookies["present"] = held
    assert "It’s mine" in signed_in.get("/presents/yours/").content.decode()
    assert Present.objects.get().state == "bought"
    done = signed_in.post("/presents/yours/").content.decode()

    assert "yours without adverts until 10 June 2026" in done
    assert edition(bea) == "supporter"
    assert "opened already" in browser().get(f"/presents/open/{link}/").content.decode()
    assert browser().get(f"/presents/open/{link}/").status_code == 410
    assert "until 10 June 2026" in signed_in.get(f"/presents/open/{link}/").content.decode()


def test_wrong_expired_and_taken_back_links_each_have_a_kind_page(newsroom):
    ada = newsroom.supporter("Ada")
    over, back = buys(ada), buys(ada)
    links = link_of(over), link_of(back)
    presents.give_back(back, by=ada.actor)

    assert "opens no present" in browser().get("/presents/open/nonsense/").content.decode()
    assert "This present was taken back" in browser().get(f"/presents/open/{links[1]}/").content.decode()
    newsroom.sleeps(days=366)
    assert "The time for this present is over" in browser().get(f"/presents/open/{links[0]}/").content.decode()


def test_the_giver_prints_sends_again_and_gives_back_and_nobody_else_does(newsroom):
    ada = newsroom.supporter("Ada")
    present = buys(ada)
    path = f"/account/presents/{present.reference}/"
    own = browser()
    own.cookies["session"] = ada.token

    assert browser().get(path)["Location"].startswith("/account/sign-in/")
    assert browser(signed_in=reader("cleo")).get(path).status_code == 404
    assert browser(signed_in=reader("cleo")).post(path + "give-back/").status_code == 404
    assert "Make the page to print" in own.get(path).content.decode()
    printed = own.post(path + "link/").content.decode()
    assert presents.behind(LINK.search(printed)[1]) == present
    wrong = own.post(path + "send/", {"email": "bea"})
    assert (wrong.status_code, "lacks the @ sign" in wrong.content.decode()) == (422, True)
    assert own.post(path + "send/", {"email": "bea@example.org"})["Location"] == path + "?done=sent"
    assert len(links_mailed()) == 1
    assert fresh(present).state == "bought"
    assert "£9.00" in own.get(path + "give-back/").content.decode()
    assert fresh(present).state == "bought"
    own.post(path + "give-back/")
    assert fresh(present).state == "taken_back"
    assert "Give a membership" in own.get("/account/").content.decode()


def test_the_address_that_is_confirmed_later_has_the_present_on_its_account(newsroom):
    ada = newsroom.supporter("Ada")
    present = buys(ada)

    ada.confirms()

    assert fresh(present).reader == ada.reader
