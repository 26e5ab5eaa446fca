"""Places stand between paragraphs, apart from each other, and never in a short story's middle."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.newsroom.places import APART, FIRST_ADVERT, SHORT, Fact, count_words, paragraphs_in, places

KINDS = ("paragraph", "paragraph", "paragraph", "heading", "picture", "pull_quote", "list", "embed", "read_on")
BLOCKS = st.builds(Fact, st.sampled_from(KINDS), st.integers(0, 120)).map(
    lambda fact: Fact(fact.kind, 0) if fact.kind in ("picture", "embed", "read_on") else fact
)


@given(st.lists(BLOCKS, max_size=40))
def test_a_place_is_always_between_two_paragraphs(facts):
    for place in places(facts):
        assert facts[place["after"]].kind == facts[place["after"] + 1].kind == "paragraph"


@given(st.lists(BLOCKS, max_size=40))
def test_places_are_apart_in_order_and_one_a_spot(facts):
    found = places(facts)
    before = [sum(fact.words for fact in facts[: place["after"] + 1]) for place in found]

    assert [place["after"] for place in found] == sorted({place["after"] for place in found})
    assert all(later - earlier >= APART for earlier, later in pairwise(before))


@given(st.lists(BLOCKS, max_size=40))
def test_there_is_at_most_one_middle_and_none_in_a_short_story(facts):
    middles = [place for place in places(facts) if "appeal" in place["kinds"]]

    assert len(middles) <= (1 if sum(fact.words for fact in facts) >= SHORT else 0)


@given(st.lists(BLOCKS, max_size=40))
def test_no_advert_stands_before_the_reader_has_read_a_little(facts):
    for place in places(facts):
        if "advert" in place["kinds"]:
            assert sum(fact.words for fact in facts[: place["after"] + 1]) >= FIRST_ADVERT


def test_a_report_of_ten_paragraphs_has_a_middle_at_half_and_adverts_around_it():
    report = [Fact("paragraph", 50)] * 10

    assert places(report) == [
        {"after": 2, "kinds": ["advert"]},
        {"after": 4, "kinds": ["appeal"]},
        {"after": 6, "kinds": ["read_on"]},
        {"after": 7, "kinds": ["advert"]},
    ]


def test_a_story_of_one_paragraph_has_no_place():
    assert places([Fact("paragraph", 400)]) == []


def test_words_are_counted_without_tags_and_entities():
    assert count_words("<p>It’s&nbsp;not <b>falling</b> down,&amp; nobody need stay-away.</p>") == 7


def test_a_report_pasted_into_one_block_has_its_paragraphs():
    pasted = '<p data-block-key="a">One <b>pier</b>.</p>\n<p data-block-key="b"></p><p>Four winters<br/>left.</p> '

    assert paragraphs_in(pasted) == ['<p data-block-key="a">One <b>pier</b>.</p>', "<p>Four winters<br/>left.</p>"]


@pytest.mark.parametrize("source", ["", "<p></p>", "<p>One.</p>", "<p></p><p></p>", "<p>One.</p>two<p>Three.</p>"])
def test_what_is_not_several_paragraphs_stays_whole(source):
    assert paragraphs_in(source) == [source]
