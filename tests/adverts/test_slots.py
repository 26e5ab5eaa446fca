"""What slots carry, for whom, and when that changes."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from masthead.adverts import bookings
from masthead.adverts.models import Booking
from masthead.adverts.slots import for_slots, without_room
from masthead.core import clock as the_clock
from masthead.press.models import Change
from masthead.press.recording import record
from tests.worlds.asks import booking

pytestmark = pytest.mark.django_db


@dataclass
class Story:
    """As much of a story as an advert knows."""

    rests_from_adverts: bool = False


def words(slots) -> list[list[str]]:
    """What each slot may show."""
    return [[creative.alt for creative in slot.creatives] for slot in slots]


@pytest.mark.parametrize(("edition", "count"), [("public", 1), ("thanked", 1), ("supporter", 0)])
def test_supporters_get_no_slot(edition, count):
    booking()

    assert len(for_slots(edition, 3)) == count


def test_a_story_can_be_left_without_adverts():
    booking()

    assert for_slots("public", 3, story=Story(rests_from_adverts=True)) == []
    assert len(for_slots("public", 3, story=Story())) == 1


def test_without_bookings_there_is_no_slot():
    assert for_slots("public", 3) == []


def test_no_creative_is_in_two_slots_and_each_has_a_heavy_one_first():
    booking("Heavy", weight=9, creatives=2)
    booking("Light", weight=1, creatives=3)

    slots = for_slots("public", 2)

    assert words(slots) == [["Heavy, 1", "Light, 1", "Light, 3"], ["Heavy, 2", "Light, 2"]]
    assert [(slot.name, slot.label) for slot in slots] == [
        ("story-1", "Advertisement 1"),
        ("story-2", "Advertisement 2"),
    ]


def test_a_slot_carries_at_most_four():
    booking("Many", creatives=7)

    assert [len(slot.creatives) for slot in for_slots("public", 1)] == [4]


def test_of_too_many_our_own_give_way_first_and_what_is_shown_nowhere_is_named():
    booking("Ours", creatives=2, advertiser="", weight=50)
    for number in range(11):
        booking(f"Theirs {number:02}", weight=9)
    assert [row.name for row in without_room(the_clock.today())] == ["Ours"]
    booking("Light")
    booking("Later", starts_on=the_clock.today() + timedelta(days=1))

    shown = [word for slot in words(for_slots("public", 3)) for word in slot]

    assert sorted(shown) == ["Light, 1", *(f"Theirs {number:02}, 1" for number in range(11))]
    assert [row.name for row in without_room(the_clock.today())] == ["Ours"]
    assert [row.name for row in without_room(the_clock.today() + timedelta(days=1))] == ["Later", "Ours"]


def test_a_wide_slot_takes_wide_creatives_alone():
    booking("Box")
    booking("Wide", shape="wide")

    slots = for_slots("public", 1, page="front", shape="wide")

    assert words(slots) == [["Wide, 1"]]
    assert slots[0].name == "front-1"


def test_a_booking_runs_from_its_first_to_its_last_day_and_prints_end_with_it(clock):
    today = clock.today()
    booking(starts_on=today + timedelta(days=1), ends_on=today + timedelta(days=2))

    seen = []
    for _ in range(4):
        with record() as noted:
            count = len(for_slots("public", 1))
        ends = the_clock.datetime.fromtimestamp(noted.ends_at, the_clock.UTC) if noted.ends_at else None
        seen.append((count, the_clock.day_of(ends) if ends else None))
        clock.forward(days=1)

    first, over = today + timedelta(days=1), today + timedelta(days=3)
    assert seen == [(0, first), (1, over), (1, over), (0, None)]


def test_pages_are_made_of_adverts_even_while_there_are_none():
    with record() as noted:
        for_slots("public", 1)

    assert noted.parts == {"adverts"}


def test_booking_and_switching_off_are_announced():
    before = Change.objects.count()
    made = booking()

    Booking.objects.get(pk=made.pk).delete()

    changes = list(Change.objects.all()[before:])
    assert {tuple(change.parts) for change in changes} == {("adverts",)}
    assert changes[-1].pull


def test_a_slot_loads_nothing_before_one_is_drawn_and_shows_the_heaviest_without_script():
    booking("Heavy", weight=9)
    booking("Light", weight=1)

    html = render_to_string("parts/slot.html", {"slot": for_slots("public", 1)[0]})

    outside = re.sub(r"<template.*?</template>", "", html, flags=re.DOTALL)
    with_script = re.sub(r"<noscript>.*?</noscript>", "", outside, flags=re.DOTALL)
    assert html.count("<template data-weight=") == 2
    assert "<img" not in with_script
    assert re.findall(r'alt="([^"]*)"', outside) == ["Heavy, 1"]
    assert 'width="600" height="500"' in outside
    assert 'Advertisement · <a href="/support/">go ad-free</a>' in html


def test_the_script_is_the_same_in_every_slot():
    booking("Heavy", creatives=2)

    scripts = {
        re.search(r"<script>(.*?)</script>", render_to_string("parts/slot.html", {"slot": slot}), re.DOTALL)[1]
        for slot in for_slots("public", 2)
    }

    assert len(scripts) == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": ""}, "cannot be blank"),
        ({"ends_on": the_clock.today() - timedelta(days=1)}, "The last day has to be the first day"),
        ({"weight": 0}, "greater than or equal to 1"),
    ],
)
def test_a_booking_that_cannot_be_is_refused(fields, says):
    with pytest.raises(ValidationError, match=says):
        bookings.book(**{"name": "Hale", "artwork": [], "starts_on": the_clock.today(), **fields})

    assert not Booking.objects.exists()


def test_a_page_costs_the_same_queries_however_many_bookings_there_are(django_assert_num_queries):
    for number in range(6):
        booking(f"Number {number}")

    with django_assert_num_queries(3):
        for_slots("public", 3)
