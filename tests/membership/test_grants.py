"""Who may have what, why, from when and until when."""

from datetime import date, timedelta

import pytest
from django.core.checks import run_checks
from django.db import IntegrityError, transaction

from masthead.core import clock
from masthead.core.actors import Actor
from masthead.core.models import AuditRecord, Message
from masthead.core.refusals import Refusal
from masthead.core.starting import BEFORE_START
from masthead.giving import pledges
from masthead.giving.promises import levels
from masthead.giving.signals import pledge_moved
from masthead.membership import grants, reasons
from masthead.membership.checks import membership_alone_listens
from masthead.membership.models import Benefit, Grant, Tier
from masthead.readers import privacy
from tests.worlds.money import GBP

STAFF = Actor.staff(1)


def test_a_pledge_at_the_floor_grants_its_tier_to_the_device_and_below_it_thanks(newsroom):
    ada, bo = newsroom.supporter("Ada"), newsroom.supporter("Bo")

    ada.pledge(GBP("3.00"))
    bo.pledge(GBP("2.99"))

    assert (ada.edition, bo.edition) == ("supporter", "thanked")
    assert grants.may("ad-free", device=ada.device)
    assert grants.may("letter", device=ada.device)
    assert not grants.may("ad-free", device=bo.device)
    assert not grants.may("ad-free")


def test_a_floor_that_rises_takes_nothing_of_what_is_paid_from_who_ends(newsroom, today):
    today(date(2026, 3, 10))
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("3.00"))

    Tier.objects.update(floor_minor=500)
    pledges.end(pledge, by=ada.actor)

    today(date(2026, 4, 9))
    assert ada.edition == "supporter"
    today(date(2026, 4, 10))
    assert ada.edition == "public"


@pytest.mark.parametrize(("yearly", "edition"), [("36.00", "supporter"), ("35.99", "thanked")])
def test_a_year_counts_as_twelve_months(newsroom, yearly, edition):
    ada = newsroom.supporter("Ada")

    ada.pledge(GBP(yearly), every="year")

    assert ada.edition == edition


def test_a_floor_that_rises_takes_nothing_from_who_gives_as_before(newsroom, today):
    today(date(2026, 3, 10))
    ada, bo = newsroom.supporter("Ada"), newsroom.supporter("Bo")
    pledge = ada.pledge(GBP("3.00"))

    Tier.objects.update(floor_minor=500)
    today(date(2026, 4, 10))
    newsroom.news_arrives()
    bo.pledge(GBP("3.00"))

    assert (ada.edition, bo.edition) == ("supporter", "thanked")
    pledges.change(pledge, amount=GBP("2.00"), interval="month", by=ada.actor)
    today(date(2026, 5, 10))
    newsroom.news_arrives()
    assert ada.edition == "thanked"


def test_confirming_grants_to_the_reader_as_well(newsroom):
    ada = newsroom.supporter("Ada")
    ada.pledge(GBP("5.00"))

    ada.confirms()

    holders = set(Grant.objects.filter(benefit="ad-free").values_list("reader", "device"))
    assert holders == {(ada.reader.pk, None), (None, ada.device.pk)}


def test_only_what_is_delivered_is_promised(newsroom):
    (level,) = levels()
    assert [promise.code for promise in level.promises] == ["ad-free", "letter", "call"]

    Benefit.objects.filter(code="shop").update(delivered=True)

    (level,) = levels()
    assert [promise.code for promise in level.promises] == ["ad-free", "letter", "call", "shop"]


def test_a_courtesy_lasts_its_last_day(newsroom, today):
    today(date(2026, 3, 10))
    ada = newsroom.supporter("Ada")

    given = reasons.give_courtesy(email="Ada@example.org", until=date(2026, 3, 20), why="won the quiz", by=STAFF)

    ada.confirms()
    today(date(2026, 3, 20))
    assert ada.edition == "supporter"
    today(date(2026, 3, 21))
    assert ada.edition == "public"
    logged = AuditRecord.objects.get(action="courtesy.given")
    assert (logged.by, logged.facts) == ("staff:1", {"until": "2026-03-20"})
    assert given.reason not in str(logged.facts)


def test_a_courtesy_can_be_ended_and_not_given_for_yesterday(newsroom):
    ada = newsroom.supporter("Ada")
    given = reasons.give_courtesy(email=ada.email, until=clock.today() + timedelta(days=9), why="thanks", by=STAFF)
    ada.confirms()

    reasons.end_courtesy(given, by=STAFF)
    reasons.end_courtesy(given, by=STAFF)

    assert ada.edition == "public"
    with pytest.raises(reasons.CourtesyInThePast):
        reasons.give_courtesy(email=ada.email, until=clock.today() - timedelta(days=1), why="late", by=STAFF)
    with pytest.raises(Refusal):
        reasons.give_courtesy(email="ada@", until=clock.today(), why="typo", by=STAFF)


def test_a_grant_belongs_to_exactly_one(newsroom):
    ada = newsroom.supporter("Ada")

    facts = {"benefit": "ad-free", "reason_kind": "pledge", "reason_ref": "x", "from_at": clock.now()}
    reader = ada.confirms()

    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(**facts, reader=reader, device=ada.device)


def test_membership_alone_listens_and_a_second_listener_stops_the_start():
    assert membership_alone_listens() == []

    def a_chart(**_: object) -> None: ...

    pledge_moved.connect(a_chart)
    try:
        (error,) = membership_alone_listens()
        assert error.id == "membership.E001"
        assert "a_chart" in error.msg
        assert error in run_checks(tags=[BEFORE_START])
        assert error in run_checks()
    finally:
        pledge_moved.disconnect(a_chart)


def test_a_move_and_its_grants_stand_or_fall_together(newsroom):
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))

    def breaks(**_: object) -> None:
        raise RuntimeError("a fault in the grants")

    pledge_moved.connect(breaks)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            pledges.end(pledge, by=ada.actor)
    finally:
        pledge_moved.disconnect(breaks)

    pledge.refresh_from_db()
    assert pledge.state == "active"
    assert Grant.objects.get(benefit="ad-free").until_at is None


def test_erasing_ends_the_pledge_and_keeps_what_the_books_need(newsroom):
    ada = newsroom.supporter("Ada")
    pledge = ada.pledge(GBP("5.00"))
    gift = ada.gives(GBP("9.00"))
    reader = ada.confirms()
    told = privacy.before_erasing(reader)
    exported = privacy.export(reader, by=ada.actor)

    privacy.erase(reader, by=ada.actor)

    assert "£5.00 every month" in told[0]
    assert exported["giving"]["pledges"][0]["reference"] == pledge.reference
    assert [gift["amount"] for gift in exported["giving"]["gifts"]] == ["£9.00"]
    assert exported["membership"][0]["benefit"]
    pledge.refresh_from_db()
    gift.refresh_from_db()
    assert (pledge.state, pledge.email, gift.email) == ("ended", "", "")
    assert pledge.instalments.get().payment_reference
    assert not Grant.objects.of(reader, None).at(clock.now()).exists()


def test_erasing_finds_what_was_given_at_a_device_that_never_confirmed(newsroom):
    ada, ada_elsewhere = newsroom.supporter("Ada"), newsroom.supporter("Ada")
    reader = ada.confirms()
    pledge, gift = ada_elsewhere.pledge(GBP("5.00")), ada_elsewhere.gives(GBP("9.00"))
    told = privacy.before_erasing(reader)

    privacy.erase(reader, by=ada.actor)

    assert "£5.00 every month" in told[0]
    pledge.refresh_from_db()
    gift.refresh_from_db()
    assert (pledge.state, pledge.email, gift.email) == ("ended", "", "")
    assert not Message.objects.filter(to=ada.email).exists()
