"""The paper's pages, as a visitor's browser gets them."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from masthead.core import clock
from masthead.core.actors import Actor
from masthead.newsroom import publishing
from masthead.newsroom.models import Correction, Paper
from tests.worlds import asks, newsroom

pytestmark = pytest.mark.django_db


def read(path: str, status: int = 200) -> str:
    answer = Client().get(path)
    assert answer.status_code == status, f"{path}: {answer.status_code}"
    return answer.content.decode()


def test_a_story_has_what_checks_look_for():
    asks.appeal()
    asks.booking("Hale and Sons")
    other = newsroom.a_story("Who owns the pier?")
    picture = newsroom.a_picture(made=True)
    body = [*newsroom.paragraphs(400), newsroom.a_picture_block(picture), *newsroom.paragraphs(400)]
    story = newsroom.a_story(body=body)

    page = read(story.path_now)

    assert '<html lang="en-GB" data-edition="public">' in page
    assert sorted(re.findall(r'data-appeal="(\w+)"', page)) == ["end", "middle", "top"]
    assert re.search(r"<aside [^>]*data-slot=", page)
    assert re.search(rf'data-read-on.*?<a href="{other.path_now}">', page, re.DOTALL)
    assert re.search(r'<figcaption>.*?<span class="credit">Paul Carmona / Unsplash</span></figcaption>', page)


def test_a_reader_gets_no_cookie_on_any_page():
    film, story = newsroom.a_film(), newsroom.a_story(topics=["ferry"], by=[newsroom.a_person()])
    paths = ["/", story.path_now, "/harbour/", "/films/", film.path_now, "/people/daniel-osei/", "/topics/ferry/"]

    answers = [Client().get(path) for path in [*paths, "/search/?q=timber", "/feeds/all.rss", "/nowhere/"]]

    assert [dict(answer.cookies) for answer in answers] == [{}] * len(answers)
    assert {answer.status_code for answer in answers[:-1]} == {200}


def test_what_a_page_costs_does_not_grow_with_what_is_published():
    person, chain, picture = newsroom.a_person(), newsroom.a_running_story(), newsroom.a_picture(made=True)
    facts = {"by": [person], "topics": ["ferry"], "chain": chain, "lead_picture": picture}
    stories = [newsroom.a_story(f"Report {number}", **facts) for number in range(3)]
    paths = ["/", "/harbour/", person.path, chain.path, "/topics/ferry/", "/feeds/all.rss", "/sitemaps/0.xml"]
    paths += [stories[0].path_now, "/search/?q=timber"]
    before = {path: _queries(path) for path in paths}

    for number in range(3, 30):
        newsroom.a_story(f"Report {number}", **facts)

    assert {path: _queries(path) for path in paths} == before


def _queries(path: str) -> int:
    read(path)
    with CaptureQueriesContext(connection) as captured:
        read(path)
    return len(captured)


def test_a_correction_is_named_above_and_told_below():
    story = newsroom.a_story()
    story.corrections = [Correction(text="It would run for <seven> years.", corrected_at=clock.now(), place="bottom")]

    publishing.publish(story)

    page = read(story.path_now)
    assert re.search(r'Corrected <time [^>]*>[^<]*</time>: <a href="#correction-1">see below</a>', page)
    assert "It would run for &lt;seven&gt; years." in page.split('id="correction-1"')[1]


def test_a_story_shows_where_it_stands_in_its_running_story():
    chain = newsroom.a_running_story("The pier")
    newsroom.a_story("A storm takes the handrail", chain=chain)

    second = newsroom.a_story("Four winters left", chain=chain)

    assert "The second of two reports" in strip_tags(read(second.path_now))
    listed = re.findall(r"<h3><a [^>]*>([^<]+)", read("/running/the-pier/?order=first"))
    assert listed == ["A storm takes the handrail", "Four winters left"]


def test_a_read_on_disappears_with_the_story_it_points_to():
    target = newsroom.a_story("Who owns the pier?")
    body = [newsroom.paragraph(), ("read_on", target.page_ptr), newsroom.paragraph()]
    story = newsroom.a_story(body=body)
    assert "Who owns the pier?" in read(story.path_now)

    publishing.take_down(target, by=Actor.system("test"))

    assert "Who owns the pier?" not in read(story.path_now)


def test_an_old_address_leads_to_the_new_one():
    story = newsroom.a_story("Four winters left")
    before = story.path_now
    story.slug = "four-winters"

    publishing.publish(story)

    answer = Client().get(before)
    assert (answer.status_code, answer["Location"]) == (301, story.path_now)
    assert before != story.path_now


def test_what_was_taken_down_says_so_and_what_never_was_helps_to_find_it():
    story = newsroom.a_story("Four winters left")
    publishing.take_down(story, by=Actor.system("test"))

    assert "What stood here was taken down" in read(story.path_now, 410)
    assert 'value="the ferry levy"' in read("/the-ferry-levy/", 404)


def test_an_embed_loads_nothing_before_a_click():
    video = ("embed", {"address": "https://www.youtube.com/watch?v=abcdefgh", "title": "The tide"})
    story = newsroom.a_story(body=[newsroom.paragraph(), video, newsroom.paragraph()])

    answer = Client().get(story.path_now)

    page = answer.content.decode()
    assert "<iframe" not in page
    assert 'href="https://www.youtube.com/watch?v=abcdefgh"' in page
    assert "frame-src 'self' https://www.youtube-nocookie.com;" in answer["Content-Security-Policy"]


def test_markup_in_words_stays_words():
    picture = newsroom.a_picture(made=True, caption="<script>alert(1)</script>")

    story = newsroom.a_story('<b>Bold</b> & "quoted"', lead_picture=picture, standfirst="<img src=x>")

    page = read(story.path_now)
    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page
    assert "<h1>&lt;b&gt;Bold&lt;/b&gt; &amp; &quot;quoted&quot;</h1>" in page


def test_pages_beyond_the_last_are_not_there():
    newsroom.a_story()

    assert Client().get("/harbour/?page=2").status_code == 404
    assert Client().get("/harbour/?page=0").status_code == 200  # no such page is declared: the first one


def test_the_desks_colours_reach_readers_as_a_style_sheet():
    assert "/paper.css" not in read("/")

    paper = Paper.load()
    paper.accent_light = "#7a2048"
    paper.save()

    assert "/paper.css" in read("/")
    assert "--accent-by-day: #7a2048;" in read("/paper.css")


def test_when_something_breaks_readers_are_told_and_nothing_more():
    browser = Client(raise_request_exception=False)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE newsroom_address RENAME TO away")

    answer = browser.get("/harbour/")

    page = answer.content.decode()
    assert answer.status_code == 500
    assert "<h1>Something broke on our side</h1>" in page
    assert "nothing is taken twice" in strip_tags(page)
    assert "newsroom_address" not in page
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert dict(browser.cookies) == {}
