"""One person on one page of the desk: what went wrong, what comes next, what they were told, and what can be done."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from masthead.core import clock, jobs
from masthead.core.models import AuditRecord, Message
from masthead.core.refusals import Trouble
from masthead.giving.models import Pledge
from masthead.giving.states import State
from masthead.membership import grants
from masthead.membership.models import Courtesy
from masthead.money import failures
from masthead.money.models import Notice, Payment, PaymentMove, Refund
from masthead.money.states import NoticeKind
from masthead.readers import accounts, privacy
from masthead.readers.models import AddressChange, CareNote, Reader
from tests.giving.test_desk import at_the_desk
from tests.worlds.desk import Desk
from tests.worlds.giving import Newsroom
from tests.worlds.money import GBP
from tests.worlds.readers import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def care(newsroom: Newsroom) -> Desk:
    """Somebody of supporter care."""
    return Desk("Supporter care")


def page_of(reader: Reader) -> str:
    return f"/desk/care/reader-{reader.reference}/"


def words_of(answer: Any) -> str:
    """What a page says, without its tags."""
    text = re.sub(r"<(script|style|template)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split()).replace("&#x27;", "’")


def does(desk: Desk, path: str, **typed: Any) -> Any:
    """Opens the page of an act, fills in its form and sends it."""
    once = re.search(r'name="once" value="([0-9a-f]{32})"', desk.get(path).content.decode())
    assert once, f"{path} has no form"
    seen = re.search(r'name="seen" value="(\d+)"', desk.get(path).content.decode())
    form = {"once": once[1], "reason": "They asked by mail.", **({"seen": seen[1]} if seen else {}), **typed}
    return desk.post(path, form), form


def grown_old(pledge: Pledge, first: int, last: int) -> None:
    """More months that were told, collected and receipted, as the verbs would have left them."""
    for number in range(first, last + 1):
        day = clock.add_months(clock.today(), number - 130)
        moment = clock.start_of(day)
        key = f"pledge:{pledge.reference}:{number}"
        told = {"amount_minor": pledge.amount_minor, "currency": pledge.currency, "method": "card", "day": day}
        notice = Notice.objects.create(
            order_key=key, kind=NoticeKind.STANDING, told_at=moment, told_by=f"{key}:told", not_before=moment, **told
        )
        payment = Payment.objects.create(
            order_key=key, provider="practice", provider_ref=f"p-{key}", mandate=pledge.mandate, notice=notice,
            amount_minor=pledge.amount_minor, currency=pledge.currency, description="Support",
            income_account="income:membership", state="collected", created_at=moment, sent_at=moment,
            collected_at=moment, collected_on=day,
        )  # fmt: skip
        PaymentMove.objects.create(
            order_key=key, payment=payment, was="created", now="collected", at=moment, told_at=moment
        )
        pledge.instalments.create(
            number=number, due_on=day, covers_until=clock.add_months(day, 1), amount_minor=pledge.amount_minor,
            interval="month", state="collected", payment_reference=payment.reference, paid_on=day,
        )  # fmt: skip
        Message.objects.create(key=f"{key}:receipt", to=pledge.email, subject="Receipt", text=".", queued_at=moment)


def ours(queries: CaptureQueriesContext) -> int:
    """The queries of the page itself: who is signed in, their rights and Wagtail's own menu come on any page."""
    others = (
        "django_",
        "auth_",
        "wagtail",
        "newsroom_paper",
        'FROM "readers_staffuser" WHERE "readers_staffuser"."id" =',
    )
    return len([query["sql"] for query in queries.captured_queries if not any(name in query["sql"] for name in others)])


def test_a_failure_says_why_what_comes_next_and_what_they_were_told(newsroom, care, today):
    today(date(2026, 3, 3))
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"), card="later")
    reader = ada.confirms()
    today(date(2026, 4, 3))
    newsroom.news_arrives()

    said = words_of(care.get(page_of(reader)))

    assert "£5.00, due on 3 April 2026, did not come through" in said
    assert failures.sentence("no_money") in said
    assert failures.step("no_money") in said
    assert "6 April 2026 £5.00 is tried again from the card ending 0006. Told on 3 April 2026" in said
    assert "17 April 2026 The grace ends" in said
    assert "3 April 2026 Your payment to" in said
    assert f"For pledge {pledge.reference} Until 17 April 2026, in the grace of a payment that failed" in said
    assert AuditRecord.objects.filter(action="care.seen", subject=f"readers.reader:{reader.pk}").count() == 1
    assert failures.sentence("no_money") in Message.objects.get(key=f"pledge:{pledge.reference}:not-paid:2").text


def test_a_long_history_costs_as_little_as_a_short_one(newsroom, care):
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    ada.gives(GBP("20.00"))
    reader = ada.confirms()
    does(care, f"{page_of(reader)}do/note/")
    counted = []

    for first, last_one in ((2, 13), (14, 121)):
        grown_old(pledge, first, last_one)
        with CaptureQueriesContext(connection) as queries:
            page = care.get(page_of(reader))
        counted.append(ours(queries))
    second = words_of(care.get(f"{page_of(reader)}payments/?p=2"))
    last = words_of(care.get(f"{page_of(reader)}log/?p=5&kind=money"))

    assert counted[0] == counted[1] <= 12, counted
    assert "Older payments" in words_of(page)
    assert "All of it, page by page" in words_of(page)
    assert second.count("Collected") == 12
    assert "Newer" in last


def test_money_moves_only_by_the_right_to_and_only_on_the_page_of_whose_it_is(newsroom, care):
    ada, bo = newsroom.supporter("Ada"), newsroom.supporter("Bo")
    pledge, other = ada.pledge(GBP("5.00")), bo.pledge(GBP("6.00"))
    payment, reader = newsroom.payment_of(pledge), ada.confirms()
    bo.confirms()
    sees = at_the_desk("see_money")
    theirs = {"amount": pledge.reference, "move-date": pledge.reference, "extend-grace": pledge.reference}
    theirs |= {"end": pledge.reference, "refund": payment.reference, "refund-and-end": payment.reference}
    whole = ["address", "merge", "erase", "grant"]
    form = {"once": "a" * 32, "reason": "why", "amount": "1.00", "seen": "500", "email": "ada@example.org"}

    refused = [sees.post(f"{page_of(reader)}do/{act}/{to}/", form).status_code for act, to in theirs.items()]
    refused += [sees.post(f"{page_of(reader)}do/{act}/", form).status_code for act in whole]
    stranger = at_the_desk()
    hidden = [stranger.get(path).status_code for path in ("/desk/care/", page_of(reader), f"{page_of(reader)}log/")]
    elsewhere = [
        care.post(f"{page_of(reader)}do/{act}/{to}/", form).status_code
        for act, to in (("refund", newsroom.payment_of(other).reference), ("end", other.reference))
    ]

    assert set(refused) == {302}
    assert set(hidden) == {302}
    assert elsewhere == [404, 404]
    assert sees.get(page_of(reader)).status_code == 200
    assert "Refund" not in words_of(sees.get(page_of(reader)))
    assert not Refund.objects.exists()
    assert not CareNote.objects.exists()
    assert set(Pledge.objects.values_list("state", flat=True)) == {State.ACTIVE}


def test_a_refund_with_the_end_is_done_once_and_outlasts_an_outage(newsroom, care):
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    reader, payment = ada.confirms(), newsroom.payment_of(pledge)
    path = f"{page_of(reader)}do/refund-and-end/{payment.reference}/"
    newsroom.bank.close()

    first, form = does(care, path, amount="5.00")
    again = care.post(path, form, follow=True)
    with pytest.raises(Trouble):
        jobs.run_all()

    pledge.refresh_from_db()
    assert first.status_code == 302
    assert "done already" in words_of(again)
    assert (pledge.state, pledge.next_on, Refund.objects.count()) == (State.ENDED, None, 1)
    assert Refund.objects.get().made_at is None
    assert "A refund on" in words_of(care.get(page_of(reader)))

    newsroom.bank.open()
    newsroom.sleeps(days=1)
    newsroom.news_arrives()
    newsroom.news_arrives()

    refund, note = Refund.objects.get(), CareNote.objects.get()
    payment.refresh_from_db()
    assert refund.made_at is not None
    assert payment.refunded == GBP("5.00")
    assert (refund.reason, note.text, note.act) == (f"note {note.pk}", "They asked by mail.", "refund-and-end")
    assert "They asked" not in str(list(AuditRecord.objects.values_list("facts", flat=True)))
    assert grants.edition_for(reader, None)[0] == "public"


def test_a_part_is_given_back_and_what_drifted_is_refused(newsroom, care):
    ada = newsroom.supporter("Ada")
    payment = newsroom.payment_of(ada.pledge(GBP("5.00")))
    reader = ada.confirms()
    path = f"{page_of(reader)}do/refund/{payment.reference}/"
    stale = {"once": "b" * 32, "reason": "again", "seen": "500", "amount": "2.00"}

    words = [does(care, path, amount=amount)[0].status_code for amount in ("abc", "0", "9.00", "2.00")]
    drifted = care.post(path, stale)
    newsroom.news_arrives()

    payment.refresh_from_db()
    assert words == [422, 422, 422, 302]
    assert drifted.status_code == 422
    assert "Meanwhile £3.00 is left" in words_of(drifted)
    assert 'value="2.00"' in drifted.content.decode()
    assert payment.refunded == GBP("2.00")
    assert CareNote.objects.count() == 1


def test_amount_day_grace_and_mails_are_put_right_with_a_reason(newsroom, care, today):
    today(date(2026, 3, 3))
    ada, bo = newsroom.supporter("Ada"), newsroom.supporter("Bo")
    pledge, late = ada.pledge(GBP("5.00")), bo.pledge(GBP("6.00"), card="later")
    reader, overdue = ada.confirms(), bo.confirms()
    today(date(2026, 4, 3))
    newsroom.news_arrives()
    own, other = f"{page_of(reader)}do/", f"{page_of(overdue)}do/"
    to = pledge.reference

    wrong = {
        f"{own}amount/{to}/": {"amount": "abc"},
        f"{own}move-date/{to}/": {"day": "2026-04-03"},
        f"{own}extend-grace/{to}/": {"until": "2026-05-01"},
        f"{own}grant/": {"until": "2026-04-01"},
        f"{own}address/": {"email": "bo@example.org"},
        f"{other}extend-grace/{late.reference}/": {"until": "2026-12-24"},
        f"{own}note/": {"reason": " "},
    }
    refused = {path: does(care, path, **typed)[0] for path, typed in wrong.items()}
    before = CareNote.objects.count()
    right = {
        f"{own}amount/{to}/": {"amount": "7.50"},
        f"{own}move-date/{to}/": {"day": "2026-05-15"},
        f"{own}grant/": {"until": "2026-12-31"},
        f"{own}receipt/{newsroom.payment_of(pledge).reference}/": {},
        f"{own}sign-in-help/": {},
        f"{other}extend-grace/{late.reference}/": {"until": "2026-04-24"},
        f"{other}move-date/{late.reference}/": {"day": "2026-04-20"},
        f"{other}not-paid-again/{late.reference}/": {},
    }
    done = {path: does(care, path, **typed)[0].status_code for path, typed in right.items()}

    assert {answer.status_code for answer in refused.values()} == {422}
    assert before == 0
    assert "Another account has this address" in words_of(refused[f"{own}address/"])
    assert set(done.values()) == {302}, done
    pledge.refresh_from_db()
    assert (pledge.amount, pledge.next_on, pledge.anchor_day) == (GBP("7.50"), date(2026, 5, 15), 15)
    failing = late.instalments.get(number=2)
    assert (failing.grace_until, failing.try_again_on) == (date(2026, 4, 24), date(2026, 4, 20))
    assert CareNote.objects.count() == len(right)
    assert Courtesy.objects.get().reason.startswith("see note")
    told = ada.mails()
    assert told.count("Receipt: £5.00 for The Paper") == 2
    assert any("A link that signs you in" in subject for subject in told)
    assert "We wait for your payment until 24 April 2026" in bo.mails()
    newsroom.until(date(2026, 4, 20))
    assert late.instalments.get(number=2).tries == 2


def test_two_accounts_become_one_with_both_histories(newsroom, care):
    ada, old = newsroom.supporter("Ada"), newsroom.supporter("Old")
    pledge, payment = old.pledge(GBP("5.00")), None
    old.gives(GBP("20.00"))
    kept, gone = ada.confirms(), old.confirms()
    payment = newsroom.payment_of(pledge)
    path = f"{page_of(kept)}do/merge/"

    missing = does(care, path, email="nobody@example.org")[0]
    itself = does(care, path, email="Ada@Example.org")[0]
    asked, form = does(care, path, email="OLD@example.org")
    standing = Pledge.objects.get().reader_id
    other = care.post(path, form | {"sure": "bo@example.org"})
    done = care.post(path, form | {"sure": "old@example.org"})

    assert (missing.status_code, itself.status_code) == (422, 422)
    assert f"Pledge {pledge.reference}: £5.00 every month, active." in words_of(asked)
    assert (standing, other.status_code, done.status_code) == (gone.pk, 200, 302)
    pledge.refresh_from_db()
    gone.refresh_from_db()
    assert (pledge.reader_id, pledge.email, gone.email, gone.merged_into_id) == (
        kept.pk,
        "ada@example.org",
        None,
        kept.pk,
    )
    assert grants.edition_for(kept, None)[0] == "supporter"
    assert grants.edition_for(None, old.device)[0] == "supporter"
    said = words_of(care.get(page_of(kept)))
    assert payment.reference in said
    assert "Given once" in said
    assert "Merged another account" in said
    assert care.get(page_of(gone))["Location"] == page_of(kept)
    assert AuditRecord.objects.get(action="reader.merged").facts == {"into": kept.reference}
    with pytest.raises(IntegrityError), transaction.atomic():
        Reader.objects.create(email="ADA@example.org")


def test_an_address_changes_once_the_new_one_is_confirmed_and_can_be_stopped(newsroom, care):
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    reader = ada.confirms()
    path = f"{page_of(reader)}do/address/"

    does(care, path, email="first@example.org")
    stop = _link_in(Message.objects.filter(to="ada@example.org").latest("pk"))
    shown = Browser().get(stop)
    Browser().post(stop)
    stopped = accounts.reader_at("first@example.org")
    does(care, path, email="new@example.org")
    confirm = _link_in(Message.objects.filter(to="new@example.org").latest("pk"))
    looked, was = Browser().get(confirm), accounts.reader_at("ada@example.org")
    Browser().post(confirm)

    assert "Stop the change" in words_of(shown)
    assert stopped is None
    assert "Is new@example.org your address?" in words_of(looked)
    assert was == reader
    pledge.refresh_from_db()
    assert accounts.reader_at("new@example.org") == reader
    assert pledge.email == "new@example.org"
    assert Browser().post(confirm).status_code == 410
    changed = Message.objects.filter(key__startswith="address:", subject__contains="has been changed")
    assert set(changed.values_list("to", flat=True)) == {"ada@example.org", "new@example.org"}


def test_an_erased_person_leaves_no_words_and_nothing_to_do(newsroom, care):
    ada = newsroom.supporter("Ada")
    payment = newsroom.payment_of(ada.pledge(GBP("5.00")))
    reader = ada.confirms()
    does(care, f"{page_of(reader)}do/note/", reason="Her sister called.")
    exported = privacy.export(reader, by=reader.actor)
    does(care, f"{page_of(reader)}do/address/", email="new@example.org")

    slip = does(care, f"{page_of(reader)}do/erase/", email="adda@example.org")[0]
    done = does(care, f"{page_of(reader)}do/erase/", email="ada@example.org")[0]

    said = words_of(care.get(page_of(reader)))
    assert (slip.status_code, done.status_code) == (422, 302)
    assert exported["account"]["written by staff"][0]["text"] == "Her sister called."
    assert "An account that was erased" in said
    assert payment.reference in said
    assert "ada@" not in said
    assert not CareNote.objects.exists()
    assert not AddressChange.objects.exists()
    assert AuditRecord.objects.filter(action="care.acted", facts__act="erase").count() == 1
    assert care.get(f"{page_of(reader)}do/note/").status_code == 404
    assert care.post(f"{page_of(reader)}do/refund/{payment.reference}/", {}).status_code == 404


def test_one_box_finds_by_all_that_is_read_out(newsroom, care, today):
    today(date(2026, 3, 3))
    ada, bo = newsroom.supporter("Ada"), newsroom.supporter("Bo")
    pledge, gift = ada.pledge(GBP("5.00"), card="later"), bo.gives(GBP("20.00"))
    reader = ada.confirms()
    Reader.objects.filter(pk=reader.pk).update(name="Ada Obi")
    payment = newsroom.payment_of(pledge)

    def finds(typed: str) -> list[str]:
        answer = care.get("/desk/care/", {"q": typed})
        if answer.status_code == 302:  # one person alone: their page at once
            return answer["Location"].split("/")[-2:-1]
        return re.findall(r'href="/desk/care/([\w-]+)/"', answer.content.decode())

    own, other = [f"reader-{reader.reference}"], [f"gift-{gift.reference}"]
    assert [finds(typed) for typed in ("ada@", "ADA", "obi", reader.reference, "0006")] == [own] * 5
    for typed in (pledge.reference.lower().replace("-", ""), payment.reference, payment.provider_ref, "£5"):
        assert finds(typed) == own, typed
    assert finds("bo@example") == other
    assert finds("20.00 on 3 March 2026") == other
    assert finds(gift.reference) == other
    assert sorted(finds("2026-03-03")) == sorted(own + other)
    nothing = care.get("/desk/care/", {"q": "zeppelin' OR 1"})
    assert "Nobody was found by ‘zeppelin’ OR 1’" in words_of(nothing)
    page = words_of(care.get(f"/desk/care/{other[0]}/"))
    assert "not confirmed yet" in page
    assert "£20.00" in page
    assert "Correct the address" in page


def _link_in(message: Message) -> str:
    found = re.search(r"https?://[^/]+(/account/address/\S+)", message.text)
    assert found, message.text
    return found[1]
