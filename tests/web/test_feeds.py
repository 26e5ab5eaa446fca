"""What feed readers and search machines are told."""

from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client

from masthead.core import clock as the_clock
from masthead.newsroom import publishing
from masthead.newsroom.models import Correction
from tests.worlds import newsroom
from tests.worlds.letters_issues import FOR_SUPPORTERS, FREE, an_issue

pytestmark = pytest.mark.django_db

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
MEDIA = "{http://search.yahoo.com/mrss/}"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"


def tree(path: str) -> Element:
    return fromstring(Client().get(path).content)


def places(path: str) -> list[str]:
    return [found.text.removeprefix("http://localhost:8000") for found in tree(path).iter(f"{SITEMAP}loc")]


def test_a_feed_names_who_wrote_who_photographed_and_what_was_wrong():
    picture = newsroom.a_picture(made=True)
    story = newsroom.a_story(
        "Tea & <scones>", by=[newsroom.a_person("Ada Obi")], lead_picture=picture, standfirst="It is."
    )
    story.corrections = [Correction(text="Seven years, not nine.", corrected_at=the_clock.now())]
    publishing.publish(story)

    item = tree("/feeds/all.rss").find("channel/item")

    day = the_clock.today()
    assert item.findtext("title") == "Tea & <scones>"
    assert item.findtext("link") == f"http://localhost:8000{story.path_now}"
    assert item.findtext(CREATOR) == "Ada Obi"
    assert item.findtext("description") == f"It is.\n\nCorrection, {day.day} {day:%B %Y}: Seven years, not nine."
    assert item.findtext(f"{MEDIA}content/{MEDIA}credit") == "Paul Carmona / Unsplash"


def test_a_picture_that_may_not_be_passed_on_is_not():
    newsroom.a_story(lead_picture=newsroom.a_picture(made=True, may_be_passed_on=False))

    assert tree("/feeds/all.rss").find(f".//{MEDIA}content") is None


def test_a_feed_keeps_a_storys_name_when_its_address_changes():
    story = newsroom.a_story("Four winters left")
    before = tree("/feeds/harbour.rss").findtext("channel/item/guid")
    story.slug = "four-winters"

    publishing.publish(story)

    assert tree("/feeds/harbour.rss").findtext("channel/item/guid") == before


def test_the_sitemap_names_every_page_that_stands_and_no_other():
    story, film, person = newsroom.a_story(), newsroom.a_film(), newsroom.a_person()
    draft = newsroom.a_draft("Not yet")
    free, own = an_issue(of=FREE), an_issue(of=FOR_SUPPORTERS)

    named = [place for index in places("/sitemap.xml") for place in places(index)]

    assert {"/", "/harbour/", "/films/", story.path_now, film.path_now, person.path} <= set(named)
    assert {"/letters/", free.list.path, own.list.path, free.path, "/calls/", "/open-books/"} <= set(named)
    assert {draft.path_now, own.path} & set(named) == set()
    assert len(named) == len(set(named))
    assert {Client().get(place).status_code for place in named} == {200}


def test_the_news_sitemap_holds_two_days(clock):
    newsroom.a_story("Old", published_at=the_clock.now() - timedelta(days=3))
    newsroom.a_story("New")

    assert [title.text for title in tree("/news-sitemap.xml").iter(f"{NEWS}title")] == ["New"]

    clock.forward(days=2, minutes=1)
    assert places("/news-sitemap.xml") == []


@pytest.mark.parametrize("number", ["1", "00", "9" * 30])
def test_a_sitemap_of_nothing_is_not_there(number):
    newsroom.a_story()

    assert [Client().get(f"/sitemaps/{each}.xml").status_code for each in ("0", number)] == [200, 404]


def test_robots_are_led_to_the_sitemaps_and_away_from_accounts():
    words = Client().get("/robots.txt").content.decode()

    assert "Sitemap: http://localhost:8000/sitemap.xml" in words
    for own in ("/account/", "/letters/choose/", "/letters/unsubscribe/", "/calls/*/join/", "/support/thanks/"):
        assert f"Disallow: {own}\n" in words
    assert Client().get("/account/sign-in/")["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in Client().get("/support/")
