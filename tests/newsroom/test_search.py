"""Search takes whatever is typed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.rich_text import RichText

from masthead.core import jobs
from masthead.newsroom import search
from tests.worlds.newsroom import a_draft, a_film, a_story

pytestmark = pytest.mark.django_db


def found(typed):
    return [piece.headline for piece in search.search(typed).pieces]


@pytest.fixture
def archive():
    a_story("Four winters left", body=[("paragraph", RichText("<p>Shipworm ate a third of the <b>timber</b>.</p>"))])
    a_story("Shipworm in print", body=[("paragraph", RichText("<p>A word in the headline.</p>"))])
    a_story("By a guest", by=["Ailsa Renwick"])
    a_draft("Shipworm, not yet out")
    a_film("The tide")
    jobs.run_all()


def test_bodies_headlines_and_bylines_are_searched_and_drafts_are_not(archive):
    assert set(found("shipworm")) == {"Four winters left", "Shipworm in print"}
    assert found("Renwick") == ["By a guest"]
    assert found("shipworm timber") == ["Four winters left"]
    assert found("tide") == ["The tide"]


ODD = ['" OR 1', "timber*", 'NEAR("a b")', "timber AND", "-timber", "a:b", "(", "'", "\x00", "%", "x" * 5000]


@pytest.mark.parametrize("typed", ODD)
def test_odd_signs_are_no_operators(archive, typed):
    search.search(typed)

    assert found('"Renwick') == ["By a guest"]


def test_nothing_typed_finds_nothing(archive):
    assert search.search("  ?! ") == search.Results("", [], has_more=False)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_the_search(db, typed):
    search.search(typed)


def test_what_is_taken_down_is_found_no_more(archive, staff):
    from masthead.newsroom import publishing
    from masthead.newsroom.models import StoryPage

    publishing.take_down(StoryPage.objects.get(title="Four winters left"), by=staff)

    assert found("shipworm timber") == []
