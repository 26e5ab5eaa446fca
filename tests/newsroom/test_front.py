"""The editor's choice stands on the front page, recency fills the rest, and nothing stands twice."""

from datetime import timedelta

import pytest

from masthead.core import clock as the_clock
from masthead.newsroom import front, publishing
from masthead.newsroom.models import FrontPage, Pick
from tests.worlds.newsroom import a_story

pytestmark = pytest.mark.django_db


def stories(count, section="Harbour"):
    return [
        a_story(f"{section} {number}", section=section, published_at=the_clock.now() - timedelta(days=number))
        for number in range(count)
    ]


def test_an_empty_paper_has_an_empty_front_page():
    assert front.compose() == front.FrontItems(lead=None, picks=[], latest=[], by_section=[], films=[])


def test_the_newest_leads_until_an_editor_chooses():
    stories(3)

    assert front.compose().lead.headline == "Harbour 0"


def test_lead_and_picks_stand_in_the_editors_order():
    made = stories(6)
    page = FrontPage.objects.get()
    page.lead = made[4].page_ptr
    page.picks = [Pick(piece=made[5].page_ptr, sort_order=0), Pick(piece=made[2].page_ptr, sort_order=1)]
    publishing.publish(page)

    items = front.compose()

    assert items.lead.headline == "Harbour 4"
    assert [piece.headline for piece in items.picks] == [f"Harbour {number}" for number in (5, 2, 0, 1, 3)]


def test_a_pick_that_was_taken_down_leaves_no_hole(staff):
    made = stories(3)
    page = FrontPage.objects.get()
    page.lead = made[2].page_ptr
    publishing.publish(page)

    publishing.take_down(made[2], by=staff)

    assert front.compose().lead.headline == "Harbour 0"


def test_nothing_stands_twice_and_the_archive_costs_nothing(django_assert_max_num_queries):
    stories(14)
    stories(14, "Council")

    with django_assert_max_num_queries(14):
        items = front.compose()

    shown = [items.lead, *items.picks, *items.latest, *(piece for row in items.by_section for piece in row.pieces)]
    assert len({piece.pk for piece in shown}) == len(shown) == 28
