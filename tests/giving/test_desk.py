"""What the newsroom sees of giving and membership, and who may."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.admin.icons import get_icons
from wagtail.models import Page

from masthead.core import clock, jobs
from masthead.core.actors import Actor
from masthead.giving import desk, incomes, pledges, terms
from masthead.giving.desk import Giving
from masthead.giving.origins import Origin
from masthead.membership import reasons
from masthead.membership.desk import Membership
from masthead.membership.models import Courtesy, Tier
from masthead.money.desk import TheMoney
from masthead.money.models import Refund
from masthead.readers.models import StaffUser
from tests.worlds.desk import Desk
from tests.worlds.giving import Newsroom
from tests.worlds.money import GBP

OURS = {"HTTP_ORIGIN": "http://localhost:8000", "HTTP_HOST": "localhost:8000"}
LISTS = ["/desk/pledge/", "/desk/gift/", "/desk/leaving/", "/desk/tier/", "/desk/courtesy/", "/desk/grant/"]


def at_the_desk(*permissions: str, is_superuser: bool = False) -> Client:
    number = StaffUser.objects.count()
    person = StaffUser.objects.create_user(f"s{number}@example.org", is_superuser=is_superuser, is_staff=True)
    group = Group.objects.create(name=f"group {number}")
    codes = ["access_admin", *permissions]
    group.permissions.set(Permission.objects.filter(codename__in=codes))
    person.groups.add(group)
    browser = Client(**OURS)
    browser.force_login(person)
    return browser


@pytest.fixture
def treasurer(newsroom: Newsroom) -> Client:
    return at_the_desk(is_superuser=True)


@pytest.fixture
def editor(newsroom: Newsroom) -> Desk:
    """One of the Editors, who were given nothing more."""
    return Desk("Editors")


def test_editors_see_what_came_in_and_not_who_gave_it(newsroom, editor):
    newsroom.supporter("Ada").pledge(GBP("5.00"))
    people = ["/desk/pledge/", "/desk/gift/", "/desk/grant/", "/desk/payment/", "/desk/snippets/readers/reader/"]

    refused = {path: editor.get(path).status_code for path in people}

    assert refused == dict.fromkeys(people, 302)
    assert editor.get("/desk/courtesy/").status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_every_list_has_search_filters_and_csv_for_who_may(newsroom, treasurer, path):
    newsroom.supporter("Ada").pledge(GBP("5.00"))

    assert treasurer.get(path).status_code == 200
    assert treasurer.get(path, {"q": "ada@example.org"}).status_code == 200
    exported = treasurer.get(path, {"export": "csv"})
    assert exported["Content-Type"].startswith("text/csv")
    assert at_the_desk().get(path).status_code == 302


@pytest.mark.parametrize("path", [*LISTS, "/desk/payment/", "/desk/refund/", "/desk/line/", "/desk/transaction/"])
def test_a_list_costs_the_same_however_long_it_is(newsroom, treasurer, path):
    def somebody_gives_and_gets_it_back(name: str) -> None:
        payment = newsroom.payment_of(newsroom.supporter(name).pledge(GBP("5.00")))
        newsroom.supporter(name).gives(GBP("5.00"))
        Refund.objects.create(payment=payment, amount_minor=1, currency="GBP", asked_by="staff:1")
        until = clock.today() + timedelta(days=30)
        reasons.give_courtesy(email=f"{name}@example.org", until=until, why="a friend", by=Actor.staff(1))

    somebody_gives_and_gets_it_back("ada")
    treasurer.get(path)

    with CaptureQueriesContext(connection) as short:
        treasurer.get(path)
    somebody_gives_and_gets_it_back("bo")
    somebody_gives_and_gets_it_back("cy")
    with CaptureQueriesContext(connection) as long:
        treasurer.get(path)

    assert len(long) == len(short)


def test_every_icon_of_the_menu_is_one_that_the_desk_has(newsroom, treasurer):
    page = treasurer.get("/desk/pledge/").content.decode()
    used = {
        icon for group in (Giving, Membership, TheMoney) for icon in (group.menu_icon, *(v.icon for v in group.items))
    }

    assert "Giving" in page
    assert [icon for icon in sorted(used) if f'id="icon-{icon}"' not in get_icons()] == []


def test_the_list_of_pledges_finds_an_address_and_shows_one(newsroom, treasurer):
    pledge = newsroom.supporter("Ada").pledge(GBP("5.00"))
    newsroom.supporter("Bo").pledge(GBP("7.00"))

    found = treasurer.get("/desk/pledge/", {"q": "ada@"}).content.decode()
    shown = treasurer.get(f"/desk/pledge/inspect/{pledge.pk}/").content.decode()

    assert pledge.reference in found
    assert "bo@example.org" not in found
    assert "£5.00" in found
    assert pledge.reference in shown


def test_nobody_edits_a_pledge_by_a_form_of_all_fields(newsroom, treasurer):
    pledge = newsroom.supporter("Ada").pledge(GBP("5.00"))

    for path in ("/desk/pledge/new/", f"/desk/pledge/edit/{pledge.pk}/", f"/desk/pledge/delete/{pledge.pk}/"):
        assert treasurer.post(path, {"state": "ended"}).status_code in (302, 403, 404)

    pledge.refresh_from_db()
    assert pledge.state == "active"


def test_a_story_lists_what_it_brought_in_without_names(newsroom, editor):
    story = Page.objects.get(depth=2)
    came = Origin(story=story.pk, address="/harbour/", placement="end")
    newsroom.supporter("Ada").pledge(GBP("5.00"), origin=came)
    newsroom.supporter("Bo").gives(GBP("20.00"), origin=came)
    newsroom.supporter("Cy").pledge(GBP("9.00"))
    newsroom.supporter("Di").begins(GBP("9.00"), origin=came)

    found = incomes.of_story(story.pk)
    page = editor.get(f"/desk/stories/{story.pk}/income/").content.decode()
    rows = editor.get(f"/desk/stories/{story.pk}/income/", {"export": "csv"}).content.decode()

    assert (found.pledges, found.gifts, found.collected, found.a_year) == (1, 1, GBP("25.00"), GBP("60.00"))
    assert found.by_placement == (("end", 2),)
    assert "£25.00" in page
    assert "£60.00" in page
    assert "ada@" not in page + rows
    assert len(rows.strip().splitlines()) == 3
    assert at_the_desk().get(f"/desk/stories/{story.pk}/income/").status_code in (302, 403)


def test_what_a_story_brought_in_comes_in_pages_and_whole_as_csv(newsroom, editor, monkeypatch):
    monkeypatch.setattr(desk, "LINES_A_PAGE", 2)
    story = Page.objects.get(depth=2)
    for name in ("Ada", "Bo", "Cy"):
        newsroom.supporter(name).gives(GBP("20.00"), origin=Origin(story=story.pk))
    address = f"/desk/stories/{story.pk}/income/"

    pages = [editor.get(address, {"p": number}).content.decode().count("<td>£20.00</td>") for number in (1, 2)]

    assert pages == [2, 1]
    assert len(editor.get(address, {"export": "csv"}).content.decode().strip().splitlines()) == 4


def test_a_courtesy_needs_an_address_a_reason_and_an_end(newsroom, editor):
    until = (clock.today() + timedelta(days=30)).isoformat()
    good = {"email": "ada@example.org", "reason": "won the quiz", "until": until}

    for missing in good:
        answer = editor.post("/desk/courtesies/give/", good | {missing: ""})
        assert answer.status_code == 200
        assert "won the quiz" in answer.content.decode() or missing == "reason"
    for day in ("2001-01-01", "9999-12-31"):
        assert editor.post("/desk/courtesies/give/", good | {"until": day}).status_code == 200
    assert not Courtesy.objects.exists()

    assert editor.post("/desk/courtesies/give/", good).status_code == 302
    given = Courtesy.objects.get()
    assert (given.reader.email, given.reason, given.by.split(":")[0]) == ("ada@example.org", "won the quiz", "staff")
    assert editor.post(f"/desk/courtesies/{given.pk}/end/").status_code == 302
    assert Courtesy.objects.get().ended_at is not None
    assert at_the_desk().post("/desk/courtesies/give/", good).status_code in (302, 403)
    assert Courtesy.objects.count() == 1


def test_amounts_are_changed_on_the_desk_as_people_write_them(treasurer):
    address = "/desk/settings/giving/givingterms/"
    address = treasurer.get(address, follow=True).request["PATH_INFO"]
    good = {
        "currency": "eur",
        "month": "4, 8, 16",
        "year": "40, 80",
        "once": "10, 50",
        "least": "2",
        "least_under_attack": "6",
        "most": "1,000",
        "grace_days": "21",
        "standfirst": "Readers pay.",
        "where_it_goes": "",
    }

    for bad in (
        {"currency": "XYZ"},
        {"month": "four"},
        {"least": "0"},
        {"most": "1"},
        {"month": "1, 8"},
        {"standfirst": "{x}"},
        {"grace_days": "6"},
    ):
        assert treasurer.post(address, good | bad).status_code == 200
    assert terms.in_force().currency == "GBP"

    assert treasurer.post(address, good).status_code == 302
    now = terms.in_force()
    assert [amount.short for amount in now.suggested("month")] == ["€4", "€8", "€16"]
    assert (now.least.short, now.most.short, now.grace.days) == ("€2", "€1,000", 21)
    assert now.least_under_attack.short == "€6"


def test_a_tier_is_named_and_priced_on_the_desk(treasurer):
    tier = Tier.objects.get()
    benefits = [benefit.pk for benefit in tier.benefits.all()]

    wrong = treasurer.post(f"/desk/tier/edit/{tier.pk}/", {"name": "Friend", "floor_typed": "x", "benefits": benefits})
    right = treasurer.post(f"/desk/tier/edit/{tier.pk}/", {"name": "Friend", "floor_typed": "4", "benefits": benefits})

    assert (wrong.status_code, right.status_code) == (200, 302)
    tier.refresh_from_db()
    assert (tier.name, tier.floor) == ("Friend", GBP("4.00"))


def test_who_gives_already_gets_what_a_tier_newly_grants(newsroom, treasurer):
    ada, bo = newsroom.supporter("Ada"), newsroom.supporter("Bo")
    ada.pledge(GBP("24.00"), every="year")
    pledges.end(bo.pledge(GBP("24.00"), every="year"), by=bo.actor)
    tier = Tier.objects.get()
    benefits = [benefit.pk for benefit in tier.benefits.all()]

    treasurer.post(f"/desk/tier/edit/{tier.pk}/", {"name": "Friend", "floor_typed": "2", "benefits": benefits})
    jobs.run_all()

    assert (ada.edition, bo.edition) == ("supporter", "thanked")
