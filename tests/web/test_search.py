"""Looking for words in everything that was published."""

import re

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.rich_text import RichText

from masthead.core import jobs
from masthead.web import excerpts
from tests.worlds import newsroom

pytestmark = pytest.mark.django_db


def found(words: str) -> list[str]:
    page = Client().get("/search/", {"q": words}).content.decode()
    return [re.sub("<.*?>", "", headline) for headline in re.findall(r"<h2><a [^>]*>(.*?)</a></h2>", page)]


def test_a_word_of_the_body_finds_its_story():
    newsroom.a_story("Four winters left", body=[("paragraph", RichText("<p>Shipworm eats the piles.</p>"))])
    newsroom.a_story("The night bus ends")
    jobs.run_all()

    assert found("shipworm") == ["Four winters left"]
    assert found("zeppelin") == []


def test_what_was_found_is_marked_where_it_stands():
    assert excerpts.of("Nobody had heard of the Łevy & the ferry.", "levy ferry") == (
        "Nobody had heard of the Łevy &amp; the <mark>ferry</mark>."
    )
    assert excerpts.marked("Café <b>", "cafe") == "<mark>Café</mark> &lt;b&gt;"


@pytest.mark.parametrize(
    "typed", ['"', '" OR 1', "NEAR(", "a*", "-", "x\x00y", "{}", "%", "col:", "^", "''; --", "🌊", "a" * 9999]
)
def test_odd_words_are_answered(typed):
    newsroom.a_story()
    jobs.run_all()

    assert Client().get("/search/", {"q": typed, "page": typed}).status_code == 200


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(typed=st.text(max_size=40))
def test_any_words_are_answered(typed):
    assert Client().get("/search/", {"q": typed}).status_code == 200
