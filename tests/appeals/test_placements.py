"""Which appeal stands where, for whom, and from when until when."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from masthead.appeals.placements import NONE, for_page
from masthead.core import fillins
from masthead.membership.models import Tier
from masthead.press.models import Change
from masthead.press.recording import record
from tests.worlds.asks import appeal

pytestmark = pytest.mark.django_db


@dataclass
class Story:
    """As much of a story as an appeal knows."""

    pk: int = 12
    rests_from_appeals: bool = False


def test_a_visitor_is_asked_at_the_top_in_the_middle_and_at_the_end():
    appeal(top_line="Support us and go ad-free", middle_line="Keep us going")

    asked = for_page("public", story=Story())

    assert (asked.top.words, asked.middle.words) == ("Support us and go ad-free", "Keep us going")
    assert asked.top.note == asked.end.note == "from £3 a month"
    assert asked.end.headline == "A town this size is not meant to have a newsroom"


@pytest.mark.parametrize("edition", ["thanked", "supporter"])
def test_who_has_given_is_not_asked(edition):
    appeal()

    assert for_page("public", story=Story()) != NONE
    assert for_page(edition, story=Story()) == NONE


def test_a_story_can_be_left_without_appeals():
    appeal()

    assert for_page("public", story=Story(rests_from_appeals=True)) == NONE


def test_the_way_to_give_carries_story_placement_and_appeal():
    spring = appeal()

    asked = for_page("public", story=Story(pk=12))

    query = parse_qs(urlsplit(asked.middle.url).query)
    assert urlsplit(asked.middle.url).path == asked.end.url == "/support/"
    assert query == {"from": ["12"], "placement": ["middle"], "appeal": [str(spring.pk)]}
    assert asked.end.origin == {"from": "12", "placement": "end", "appeal": str(spring.pk), "often": "month"}


def test_an_appeal_stands_from_its_start_to_its_end_and_prints_end_with_it(clock):
    start, end = clock.now() + timedelta(days=2), clock.now() + timedelta(days=5)
    appeal(starts_at=start, ends_at=end)

    seen = []
    for _ in range(3):
        with record() as noted:
            seen.append((for_page("public").top is not None, noted.ends_at))
        clock.forward(days=3)

    assert seen == [(False, start.timestamp()), (True, end.timestamp()), (False, None)]


def test_one_that_is_switched_off_does_not_stand():
    appeal(live=False)

    assert for_page("public") == NONE


def test_of_several_the_one_begun_last_stands(clock):
    appeal("old", top_line="Old", starts_at=clock.now() - timedelta(days=9))
    appeal("new", top_line="New", starts_at=clock.now() - timedelta(days=1))

    assert for_page("public").top.words == "New"


def test_pages_are_made_of_appeals_even_while_there_are_none():
    with record() as noted:
        for_page("public")

    assert {"appeals", "giving"} <= noted.parts


def test_saving_an_appeal_announces_it():
    before = Change.objects.count()

    appeal()

    assert [change.parts for change in Change.objects.all()[before:]] == [["appeals"]]


def test_only_benefits_that_are_delivered_and_granted_are_promised():
    appeal()

    promised = for_page("public").end.benefits

    assert promised == [
        "No adverts, no appeals",
        "A letter every month from behind the scenes",
        "The call with the editor-in-chief",
    ]
    assert Tier.objects.get().benefits.filter(delivered=False).exists()


def test_figures_of_this_year_stand_in_words_and_are_noted_for_the_print(monkeypatch):
    monkeypatch.setitem(fillins.WORDS, "stories this year", lambda: "nearly 2,000")
    monkeypatch.setitem(fillins.WORDS, "films this year", lambda: "over 50")
    appeal(headline="We wrote {stories this year} stories & more")

    with record() as noted:
        plea = for_page("public").end

    assert plea.headline == "We wrote nearly 2,000 stories & more"
    assert [count.figure for count in plea.counts] == ["nearly 2,000", "over 50"]
    assert {"fill:stories this year", "fill:films this year"} <= noted.parts


@pytest.mark.parametrize("field", ["top_line", "headline", "why", "money", "aims"])
def test_a_word_that_nobody_fills_in_is_refused_with_those_that_can_be_used(field):
    with pytest.raises(ValidationError) as refused:
        appeal(**{field: "Read by {readers of the moon}"})

    said = refused.value.message_dict[field][0]
    assert "Nobody fills in {readers of the moon}" in said
    assert "{stories this year}" in said


def test_an_appeal_that_ends_before_it_starts_is_refused(clock):
    with pytest.raises(ValidationError, match="has to end after it starts"):
        appeal(starts_at=clock.now(), ends_at=clock.now() - timedelta(days=1))


def test_too_many_aims_are_refused():
    with pytest.raises(ValidationError, match="Name 6 aims at most; these are 7"):
        appeal(aims="\n".join("An aim" for _ in range(7)))


def test_what_an_editor_writes_cannot_carry_script():
    appeal(why="<p>Read <script>alert(1)</script><a href='javascript:alert(1)'>this</a></p>", top_line="<b>Support</b>")

    asked = for_page("public")
    html = render_to_string("parts/plea.html", {"plea": asked.end}) + render_to_string(
        "parts/ask.html", {"ask": asked.top}
    )

    assert "<script" not in html
    assert "javascript:" not in html
    assert "&lt;b&gt;Support&lt;/b&gt;" in html


def test_the_long_form_works_without_script_and_suggests_an_amount():
    appeal()

    html = render_to_string("parts/plea.html", {"plea": for_page("public", story=Story()).end})

    assert html.count('data-appeal="end"') == 1
    assert '<form class="give" action="/support/" method="get">' in html
    assert 'name="amount" value="600" checked' in html
    assert 'name="from" value="12"' in html


def test_a_page_costs_the_same_queries_however_many_appeals_there_are(django_assert_num_queries):
    for number in range(5):
        appeal(f"Appeal {number}")

    with django_assert_num_queries(11):
        for_page("public", story=Story())
