"""The desk shows a page before anyone else can see it."""

import pytest
from django.test import Client
from django.urls import reverse

from masthead.core import clock
from masthead.newsroom.models import Byline
from masthead.press.passing import passes
from tests.worlds import asks, newsroom
from tests.worlds.desk import Desk

pytestmark = pytest.mark.django_db


def test_a_draft_is_shown_to_the_desk_as_a_visitor_would_see_it():
    asks.appeal()
    draft = newsroom.a_draft("Not out yet", words=900)
    draft.bylines.add(Byline(guest="Jo Guest"))

    preview = draft.make_preview_request()

    page = preview.content.decode()
    assert "<h1>Not out yet</h1>" in page
    assert "Jo Guest" in page
    assert page.count("data-appeal=") == 3
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]


def test_an_editor_who_is_a_supporter_sees_what_a_visitor_sees():
    asks.appeal()
    story = newsroom.a_story(words=900)
    desk = Desk()
    desk.cookies[passes().cookie_name] = passes().make("supporter", int(clock.time()) + 3600)

    page = desk.get(reverse("wagtailadmin_pages:view_draft", args=(story.pk,))).content.decode()

    assert 'data-edition="public"' in page
    assert page.count("data-appeal=") == 3


def test_nobody_else_sees_it():
    draft = newsroom.a_draft("Not out yet")

    answers = [Client().get(path) for path in (draft.path_now, "/", "/harbour/", "/feeds/all.rss", "/sitemaps/0.xml")]

    assert answers[0].status_code == 404
    assert not any(b"Not out yet" in answer.content or b"not-out-yet" in answer.content for answer in answers)


def test_nobody_may_frame_a_readers_page():
    story = newsroom.a_story()

    assert "frame-ancestors 'none'" in Client().get(story.path_now)["Content-Security-Policy"]
